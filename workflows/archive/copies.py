"""The archive: a sealed copy of every approved version, kept until its retention ends (Quy chế Điều 21.1).

`keep` writes the files under their own digests, flushed to disk, *before* the row that names them is committed; a
crash leaves orphans for `sweep_orphans`, never a row without its file. Each row's `seal` covers its fields and
the seal before it, so a changed, dropped or swapped row is found by `verify`.
"""

import io
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import ReferenceIndex

from accounts.roles import ADMINISTER, may, owner_site, works_on
from base.audit import keys as audit_keys
from base.audit.canonical_json import CLEARED_BY_PUBLICATION, canonical, in_one_form, sealed_content
from base.audit.tips import UNREADABLE, read_heads
from base.audit.trail import FIELDS, record
from base.audit.verifying import Comparison, each
from base.gate import Refused
from base.models import AuditEntry, PortalFile, PortalImage

from ..models import ArchiveCopy, ChainHead, Disposal, DisposalList
from . import retention

CHAIN = "archive"
PIECE, BATCH = 1024**2, 500
# The entries of the audit trail that bear witness to the archive: a copy was kept; copies were destroyed.
KEPT, DESTROYED = "archive.kept", "portal.disposal.destroy"


def may_read(user, site) -> bool:
    """Tell whether a user may read a site's copies: who works on its content, or keeps the archive (Điều 14)."""
    return works_on(user, site) or (site is not None and may(user, ADMINISTER, site))


# --- Sealing a version -----------------------------------------------------------------------------


def referenced_files(obj) -> list:
    """Return the pictures and files an object shows, found by Wagtail's reference index, in a stable order."""
    found = set()
    for (
        content_type_id,
        object_id,
        _model_path,
        _content_path,
    ) in ReferenceIndex._extract_references_from_object(obj):
        found.add((content_type_id, object_id))
    files = []
    for model in (PortalFile, PortalImage):
        type_id = ReferenceIndex._get_base_content_type(model).id
        ids = [object_id for content_type_id, object_id in found if content_type_id == type_id]
        files += model.objects.filter(pk__in=ids).order_by("pk")
    return files


def as_shown(item) -> dict:
    """Return what readers see of a picture or file: its place, the digest of its content, its texts."""
    return {
        "type": item._meta.label,
        "id": item.pk,
        "name": item.title,
        "path": item.file.name,
        "digest": item.digest,
        "shown": item.shown(),
    }


# --- Keeping ---------------------------------------------------------------------------------------


@transaction.atomic
def keep(revision, *, approved_by, on: datetime, submitted_by="", ground: str = "") -> ArchiveCopy:
    """Seal one approved version in the archive and return its row.

    Keeps the serialised content, the page as the public will read it, and every file it shows; `approved_by` and
    `submitted_by` are users or names. Runs inside the transaction of the approval.
    """
    obj = revision.as_object()
    site = owner_site(obj)
    files = [as_shown(item) | _kept_file(item) for item in referenced_files(obj)]
    content, _size = store(canonical(sealed_content(obj, revision.content)))
    html = obj.archive_html() if hasattr(obj, "archive_html") else ""
    html_digest = store(html.encode())[0] if html else ""
    retention_class = retention.class_key_of(obj)
    head = ChainHead.lock(CHAIN)
    copy = ArchiveCopy(
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        revision_id=revision.pk,
        title=str(obj)[:300],
        site_slug=site.slug if site else "",
        language=getattr(getattr(obj, "locale", None), "language_code", settings.LANGUAGE_CODE),
        address=(getattr(obj, "full_url", "") or "")[:500],
        metadata=obj.dublin_core() if hasattr(obj, "dublin_core") else {},
        content_digest=content,
        html_digest=html_digest,
        files=files,
        submitted_by=name_of(submitted_by),
        approved_by=name_of(approved_by),
        ground=ground[:300],
        approved_at=on,
        retention_class=retention_class,
        retention_until=retention.end_of(retention_class, timezone.localtime(on).date()),
        previous_seal=head.seal,
    )
    copy.seal = seal_of(copy)
    copy.save(force_insert=True)
    head.move_on(copy.seal)
    is_user = bool(approved_by) and not isinstance(approved_by, str)
    record(
        KEPT,
        by=approved_by if is_user else None,
        actor_name="" if is_user else approved_by or "",
        obj=obj,
        site=site,
        after=content,
        detail={"copy": copy.pk, "seal": copy.seal},
    )
    return copy


def store(data: bytes) -> tuple[str, int]:
    """Write bytes under their digest, flushed to disk before any row names them; return (digest, size)."""
    return store_file(io.BytesIO(data))


def store_file(source) -> tuple[str, int]:
    """Write what a file holds under its digest, in pieces of a megabyte; otherwise as `store`.

    `source` is open for reading bytes and can seek: a film is read twice rather than held in memory.
    """
    source.seek(0)
    digest = file_digest(source, "sha256").hexdigest()
    size = source.seek(0, os.SEEK_END)
    path = _path_of(digest)
    if path.exists():
        # It may be an orphan that is about to be swept: young again, it stays.
        os.utime(path)
        return digest, size
    path.parent.mkdir(parents=True, exist_ok=True)
    source.seek(0)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{id(source)}")
    with temporary.open("wb") as handle:
        shutil.copyfileobj(source, handle, PIECE)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)
    return digest, size


def _kept_file(item) -> dict:
    """Keep the content of a picture or file, read in pieces and only if the archive has none of this digest yet.

    Raises Refused when what lies in the store is not what was looked into and scanned.
    """
    path = _path_of(item.digest) if item.digest else None
    if path is not None and path.exists():
        os.utime(path)
        return {"digest": item.digest, "size": path.stat().st_size}
    with item.file.open("rb") as handle:
        digest, size = store_file(handle)
    if item.digest and digest != item.digest:
        raise Refused(f"Tệp «{item.title}» trong kho không còn khớp mã băm lúc nhận; hãy báo cán bộ kỹ thuật.")
    return {"digest": digest, "size": size}


def name_of(person) -> str:
    """Return how a person stands in the archive: "Cán bộ mẫu 01 (can-bo)"; a name stays as it is."""
    if not person:
        return ""
    return (person if isinstance(person, str) else f"{person.get_full_name()} ({person.get_username()})")[:200]


def lock_chain() -> None:
    """Hold the archive's chain until the transaction ends, so that what is decided about copies happens in a row."""
    ChainHead.lock(CHAIN)


def seal_of(copy: ArchiveCopy) -> str:
    """Return the seal of a row: SHA-256 over its fields and the seal before it."""
    fields = {
        field.attname: getattr(copy, field.attname)
        for field in copy._meta.concrete_fields
        if field.attname not in ("id", "seal")
    }
    fields["approved_at"] = copy.approved_at.astimezone(timezone.get_default_timezone()).isoformat()
    return sha256(canonical(fields)).hexdigest()


def read(digest: str) -> bytes:
    """Return the bytes kept under a digest; raises FileNotFoundError when they are gone."""
    return _path_of(digest).read_bytes()


def archived_content(copy: ArchiveCopy) -> dict:
    """Return the archived content of a version, in the form `with_content_json` takes."""
    return _with_keys(json.loads(read(copy.content_digest)))


def is_as_sealed(copy: ArchiveCopy, obj) -> bool:
    """Tell whether an object is what a copy of it says, by the fields that the copy has.

    What a later release added to a page, or to the rows in it, is in no older copy; what it took away is in no page.
    """
    now = canonical(sealed_content(obj))
    if sha256(now).hexdigest() == copy.content_digest:
        return True
    try:
        return _agrees(in_one_form(json.loads(read(copy.content_digest))), json.loads(now), type(obj))
    except FileNotFoundError:
        return False


def _agrees(sealed: dict, now: dict, model) -> bool:
    """Compare the fields that both contents have; rows of a child relation in whatever order they stand."""
    rows_of = {relation.get_accessor_name(): relation.related_model for relation in get_all_child_relations(model)}
    common = (sealed.keys() & now.keys()) - CLEARED_BY_PUBLICATION
    if any(sealed[name] != now[name] for name in common - rows_of.keys()):
        return False
    return all(_rows_agree(sealed[name], now[name], rows_of[name]) for name in common & rows_of.keys())


def _rows_agree(sealed: list[dict], now: list[dict], model) -> bool:
    if len(sealed) != len(now):
        return False
    common = {name for row in sealed[:1] for name in row} & {name for row in now[:1] for name in row}
    ordered = [
        sorted(rows, key=lambda row: canonical({name: row.get(name) for name in common})) for rows in (sealed, now)
    ]
    return all(_agrees(row, row_now, model) for row, row_now in zip(*ordered, strict=True))


def _with_keys(content: dict) -> dict:
    """Give the rows of child relations, sealed without their keys and in any order, the form and order of new ones."""
    return {
        name: sorted(({"pk": None, **_with_keys(row)} for row in value), key=lambda row: row.get("sort_order") or 0)
        if isinstance(value, list) and all(isinstance(row, dict) for row in value)
        else value
        for name, value in content.items()
    }


def last_copy_of(revision) -> ArchiveCopy | None:
    """Return the last copy that was sealed of a version; None of one that nobody approved."""
    return ArchiveCopy.objects.filter(revision_id=revision.pk).order_by("pk").last()


def last_public_versions(objects: list) -> list[int | None]:
    """Return which version of each was public before it was taken down: its id; None of what is, or never was.

    The archive keeps a copy of all that became public; a later one is of a version that still waited for its hour.
    """
    gone = {
        (obj._meta.label, str(obj.pk)): obj.last_published_at
        for obj in objects
        if not getattr(obj, "live", True) and getattr(obj, "last_published_at", None) is not None
    }
    found: dict[tuple[str, str], int] = {}
    if gone:
        types, keys = ({key[part] for key in gone} for part in (0, 1))
        copies = ArchiveCopy.objects.filter(object_type__in=types, object_id__in=keys).order_by("pk")
        for object_type, key, approved_at, revision_id in copies.values_list(
            "object_type", "object_id", "approved_at", "revision_id"
        ):
            if (object_type, key) in gone and approved_at <= gone[object_type, key]:
                found[object_type, key] = revision_id
    return [found.get((obj._meta.label, str(obj.pk))) for obj in objects]


# --- Verifying -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """One thing `verify` found wrong: the row (0 for the chain as a whole) and why."""

    copy_id: int
    message: str

    def __str__(self):
        return f"bản ghi {self.copy_id}: {self.message}"


def verify(copies=None) -> list[Fault]:
    """Check seals, chain and files of the archive; return the faults found, the first bad row first.

    With `copies` given (a queryset or list), checks only those rows and their files, not the chain between them.
    """
    if copies is not None:
        named, found = {}, []
        for copy in copies:
            found += _faults_of_row(copy)
            _name_files(copy, named)
    else:
        found, named = verify_rows(), files_named()
    found += [fault for digest in named for fault in _faults_of_file(digest, named)]
    return sorted(found, key=lambda fault: (not fault.copy_id, fault.copy_id))


def verify_step(progress: dict, *, seconds: float) -> tuple[list[Fault], dict]:
    """Do a part of `verify` that takes about so many seconds; return what it found and how far it is.

    The progress is {"after": the digest of the last file read, or None when all is done; "count", "faults": how many
    faults there are so far, and the first 20 in words}. {} begins: with the rows and their chain.
    """
    until, found, after = time.monotonic() + seconds, [], progress.get("after", "")
    if not progress:
        found += verify_rows()
    named = files_named()
    for digest in sorted(digest for digest in named if digest > after):
        found += _faults_of_file(digest, named)
        after = digest
        if time.monotonic() >= until:
            break
    else:
        after = None
    count = progress.get("count", 0) + len(found)
    return found, {"after": after, "count": count, "faults": [*progress.get("faults", []), *map(str, found)][:20]}


def verify_rows() -> list[Fault]:
    """Check seals and chain of the archive's rows, without their files; return the faults found.

    The chain is also compared with its heads outside the database (`base/audit/sealing.py`), which shows a chain that
    was written anew, a cut tail and an older copy; and with the signed entries of the audit trail, which know of every
    copy that was kept and of every destruction.
    """
    faults, previous, present = [], "", []
    comparison = Comparison(read_heads().of_chain.get(CHAIN, []))
    disposed = {row.copy_id: row for _, row in each(Disposal.objects.all()) if row is not None}
    kept, decided = _witnesses()
    there, rows = set(ArchiveCopy.objects.values_list("pk", flat=True)), _rows()
    for pk in sorted({*there, *disposed, *kept}):
        row = (next(rows)[1] if pk in there else None) or disposed.get(pk)
        if row is None:
            faults.append(Fault(pk, "Bản ghi đã bị sửa: không đọc được." if pk in there else "Bản ghi đã bị xóa."))
            continue
        if row.previous_seal != previous:
            faults.append(Fault(pk, "Chuỗi niêm phong bị đứt trước bản ghi này: thiếu, đổi chỗ hoặc sửa bản ghi."))
        faults += _faults_of_row(row) if pk in there else []
        # Copies of the time before the trail bore witness stand at the beginning.
        if kept and pk >= min(kept) and kept.get(pk) != row.seal:
            faults.append(Fault(pk, "Bản ghi không phải bản mà nhật ký kiểm tra ghi là đã lưu."))
        if pk in disposed and pk not in decided.get(disposed[pk].list_number, ()):
            faults.append(Fault(pk, "Bản ghi bị hủy, nhưng nhật ký kiểm tra không ghi đúng việc tiêu hủy này."))
        present.append(pk)
        first, message = comparison.check(len(present), row.seal)
        if first:
            first_pk = min((fault.copy_id for fault in faults if fault.copy_id >= present[first - 1]), default=pk)
            faults.append(Fault(min(first_pk, pk), f"Trong đoạn này, {message}"))
        previous = row.seal
    if message := comparison.missing(len(present)):
        faults.append(Fault(0, f"Sau bản ghi {present[-1] if present else 0}: {message}"))
    if chain_head() != (len(present), previous):
        faults.append(Fault(0, "Cuối chuỗi niêm phong không khớp: có bản ghi bị cắt bỏ hoặc thêm vào."))
    return sorted(faults, key=lambda fault: (not fault.copy_id, fault.copy_id))


def _rows() -> Iterator[tuple[int, ArchiveCopy | None]]:
    """Yield (key, row) of the archive in its order, some hundred at a time; None for a row that cannot be read."""
    last = 0
    while batch := [*each(ArchiveCopy.objects.filter(pk__gt=last).order_by("pk")[:BATCH])]:
        yield from batch
        last = batch[-1][0]


def _witnesses() -> tuple[dict[int, str], dict[int, set[int]]]:
    """What the audit trail says, by entries the portal signed: {copy: its seal} and {disposal list: its copies}."""
    known, kept, decided = audit_keys.keys(), {}, {}
    for row in AuditEntry.objects.filter(action__in=[KEPT, DESTROYED]).order_by("pk").values(*FIELDS):
        if not audit_keys.wrote_entry(row, known):
            continue
        if row["action"] == KEPT:
            kept[row["detail"]["copy"]] = row["detail"]["seal"]
        elif row["object_id"].isdecimal():
            number = int(row["object_id"])
            try:
                agrees = row["detail"].get("destroyed") == destruction_digest(number)
            except UNREADABLE:
                agrees = False
            if agrees:
                destroyed = Disposal.objects.filter(list_number=number)
                decided[number] = set(destroyed.values_list("copy_id", flat=True))
    return kept, decided


def destruction_digest(list_number: int) -> str:
    """Return the digest of all that is left of the copies destroyed by one list; the audit trail keeps it."""
    rows = Disposal.objects.filter(list_number=list_number).order_by("copy_id").values()
    exact = [{**row, "decided_at": audit_keys.moment(row["decided_at"])} for row in rows]
    return sha256(canonical(exact)).hexdigest()


def chain_head() -> tuple[int, str]:
    """Return (number of copies ever kept, last seal), as the chain's head says."""
    head = ChainHead.objects.filter(name=CHAIN).first()
    return (head.count, head.seal) if head else (0, "")


def _is_sealed(copy: ArchiveCopy) -> bool:
    try:
        return seal_of(copy) == copy.seal
    except UNREADABLE:
        return False


def files_named() -> dict[str, int]:
    """Return what the sealed rows say of files: {digest: the first row that names it}."""
    named: dict[str, int] = {}
    for _, copy in _rows():
        if copy is not None:
            _name_files(copy, named)
    return named


def _name_files(copy: ArchiveCopy, named: dict[str, int]) -> None:
    # What a row says of its files is worth nothing once the row was changed: `_faults_of_row` says so.
    if not _faults_of_row(copy):
        for digest in filter(None, (copy.content_digest, copy.html_digest, *(item["digest"] for item in copy.files))):
            named.setdefault(digest, copy.pk)


def _faults_of_row(copy: ArchiveCopy) -> list[Fault]:
    if not _is_sealed(copy):
        return [Fault(copy.pk, "Bản ghi đã bị sửa: niêm phong không khớp.")]
    try:
        [item["digest"] for item in copy.files]
    except (KeyError, *UNREADABLE):
        return [Fault(copy.pk, "Bản ghi đã bị sửa: danh sách tệp không đọc được.")]
    return []


def _faults_of_file(digest: str, named: dict[str, int]) -> list[Fault]:
    """Read a file once, in pieces, and compare it with its name."""
    try:
        with _path_of(digest).open("rb") as handle:
            found = file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        return [Fault(named[digest], f"Thiếu tệp lưu trữ {digest[:12]}…")]
    return [] if found == digest else [Fault(named[digest], f"Tệp lưu trữ {digest[:12]}… đã bị sửa.")]


# --- Ending ----------------------------------------------------------------------------------------


def sweep_orphans(*, older_than_seconds: int = 86_400) -> int:
    """Remove archive files that no row names and that are older than a day; return how many went."""
    named = set(DisposalList.objects.values_list("decision_file_digest", flat=True))
    for content, html, files in ArchiveCopy.objects.values_list("content_digest", "html_digest", "files"):
        named.update([content, html, *(item["digest"] for item in files)])
    removed, limit = 0, timezone.now().timestamp() - older_than_seconds
    for path in Path(settings.ARCHIVE_ROOT).glob("??/*"):
        if path.name not in named and path.stat().st_mtime < limit:
            path.unlink()
            removed += 1
    return removed


# --- Private ---------------------------------------------------------------------------------------


def _path_of(digest: str) -> Path:
    return Path(settings.ARCHIVE_ROOT) / digest[:2] / digest
