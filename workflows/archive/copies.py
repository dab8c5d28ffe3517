"""The archive: a sealed copy of every approved version, kept until its retention ends (Quy chế Điều 21.1).

`seal` writes the files under their own digests, flushed to disk, *before* the row that names them is committed; a
crash leaves orphans for `purge_orphans`, never a row without its file. Each row's `seal` covers its fields and
the seal before it, so a changed, dropped or swapped row is found by `verify`.
"""

import io
import json
import os
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from hashlib import file_digest, sha256

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.models import ReferenceIndex

from accounts.roles import ADMINISTER, may, owner_site, works_on
from base.audit.trail import record
from base.authority import has_owner
from base.chain.canonical_json import CLEARED_BY_PUBLICATION, canonical, in_one_form, moment, sealed_content
from base.chain.canonical_json import digest as digest_of
from base.gate import Refused
from base.models import PortalFile, PortalImage
from base.operations.log_names import person_text

from ..models import ArchiveCopy, ChainTip, Disposal, DisposalList
from ..versions import files_held, once_for, version_of
from . import contents, retention

# The entries of the audit trail that prove what is in the archive: a copy was kept; copies were destroyed.
SEALED, DESTROYED = "archive.kept", "portal.disposal.destroy"
# What the row of a record says that has no versions.
NO_VERSION = 0


def may_read(user, site) -> bool:
    """Tell whether a user may read a site's copies: who works on its content, or keeps the archive (Điều 14)."""
    return works_on(user, site) or (site is not None and may(user, ADMINISTER, site))


# --- Sealing a version -----------------------------------------------------------------------------


def referenced_files(obj) -> list:
    """Return the pictures and files an object shows, found by Wagtail's reference index, in a stable order."""
    return list(once_for(obj, "files", _referenced_files))


def hold_files(obj) -> list:
    """Return the same as they are stored now, locked until the transaction ends; outside of one they are only read."""
    return list(once_for(obj, "files", partial(_referenced_files, locks=connection.in_atomic_block), anew=True))


def _referenced_files(obj, *, locks: bool = False) -> list:
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
        ids = {object_id for content_type_id, object_id in found if content_type_id == type_id}
        files += _read_files(model, ids, locks)
    return files


def _read_files(model, ids: set[str], locks: bool) -> list:
    """Read pictures or files by their keys; those that an action has locked are as it has read them then."""
    rows = model.objects.order_by("pk")
    known = files_held(model)
    if locks or not ids <= known.keys():
        rows = rows.filter(pk__in=ids)
        read = list(rows.select_for_update(no_key=True, of=("self",)) if locks else rows)
        if locks:
            known.update({str(item.pk): item for item in read})
        return read
    return [known[key] for key in sorted(ids, key=int)]


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
def seal(revision, *, approved_by, on: datetime, submitted_by="", ground: str = "") -> ArchiveCopy:
    """Seal one approved version in the archive and return its row.

    Keeps the serialised content, the page as the public will read it, and every file it shows; `approved_by` and
    `submitted_by` are users or names. Runs inside the transaction of the approval.
    """
    obj = version_of(revision)
    files = [as_shown(item) | _stored_file(item) for item in referenced_files(obj)]
    return _appended(
        obj,
        canonical(sealed_content(obj, revision.content)),
        files,
        approved_by=approved_by,
        submitted_by=submitted_by,
        on=on,
        ground=ground,
        revision_id=revision.pk,
    )


@transaction.atomic
def seal_record(
    obj,
    content: dict,
    *,
    approved_by,
    on: datetime,
    submitted_by="",
    ground: str = "",
    files: Iterable[tuple[str, bytes]] = (),
) -> ArchiveCopy:
    """Seal a record that has no versions as it was signed, and return its row; the archive's row has no version.

    `content`: what the seal covers, as JSON holds it; its digest is the digest of the record. `files`: (name, bytes) of
    the papers that were signed. Runs inside the transaction of the signature.
    """
    papers = []
    for name, data in files:
        digest, size = store(data)
        papers.append({"type": "", "id": 0, "name": name, "path": "", "digest": digest, "size": size, "shown": {}})
    return _appended(
        obj,
        canonical(content),
        papers,
        approved_by=approved_by,
        submitted_by=submitted_by,
        on=on,
        ground=ground,
        revision_id=NO_VERSION,
    )


def _appended(
    obj, data: bytes, files: list, *, approved_by, submitted_by, on: datetime, ground: str, revision_id: int
) -> ArchiveCopy:
    """Store the content of a copy, chain its row to the one before it, and write it into the audit trail."""
    # What all sites share has no owner.
    site = owner_site(obj) if has_owner(type(obj)) else None
    content, _size = store(data)
    html = obj.archive_html() if hasattr(obj, "archive_html") else ""
    html_digest = store(html.encode())[0] if html else ""
    retention_class, terms = retention.class_and_terms_of(obj)
    tip = ChainTip.lock()
    copy = ArchiveCopy(
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        revision_id=revision_id,
        title=str(obj)[:300],
        site_slug=site.slug if site else "",
        language=getattr(getattr(obj, "locale", None), "language_code", settings.LANGUAGE_CODE),
        address=(getattr(obj, "full_url", "") or "")[:500],
        metadata=obj.dublin_core() if hasattr(obj, "dublin_core") else {},
        content_digest=content,
        html_digest=html_digest,
        files=files,
        submitted_by=person_text(submitted_by),
        approved_by=person_text(approved_by),
        ground=ground[:300],
        approved_at=on,
        retention_class=retention_class,
        retention_until=retention.end_of(retention_class, timezone.localtime(on).date(), terms),
    )
    tip.append([copy])
    is_user = bool(approved_by) and not isinstance(approved_by, str)
    record(
        SEALED,
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
    if contents.renewed(digest) is None:
        source.seek(0)
        contents.write(digest, source)
    return digest, size


def _stored_file(item) -> dict:
    """Keep the content of a picture or file, read in pieces and only if the archive has none of this digest yet.

    Raises Refused when what lies in the store is not what was looked into and scanned.
    """
    size = contents.renewed(item.digest) if item.digest else None
    if size is not None:
        return {"digest": item.digest, "size": size}
    with item.file.open("rb") as handle:
        digest, size = store_file(handle)
    if item.digest and digest != item.digest:
        raise Refused(f"Tệp «{item.title}» trong kho không còn khớp mã băm lúc nhận; hãy báo cán bộ kỹ thuật.")
    return {"digest": digest, "size": size}


def username_in(name: str) -> str:
    """Return the account of a person whom the archive names: "can-bo"; "" of a name that was given as text."""
    found = re.search(r" \(([^()]+)\)$", name)
    return found[1] if found else ""


def lock_chain() -> None:
    """Hold the archive's chain until the transaction ends, so that what is decided about copies happens in a row."""
    ChainTip.lock()


def destruction_digest(list_number: int) -> str:
    """Return the digest of all that is left of the copies destroyed by one list; the audit trail keeps it."""
    rows = Disposal.objects.filter(list_number=list_number).order_by("copy_id").values()
    return digest_of([{**row, "decided_at": moment(row["decided_at"])} for row in rows])


def read(digest: str) -> bytes:
    """Return the bytes kept under a digest; raises FileNotFoundError when they are gone."""
    with contents.opened(digest) as handle:
        return handle.read()


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
    """Return the last sealed copy of a version; None of one that was never approved."""
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


# --- Ending ----------------------------------------------------------------------------------------


def purge_orphans(*, older_than_seconds: int = 86_400) -> int:
    """Remove archive files that no row names and that are older than a day; return how many went."""
    named = set(DisposalList.objects.values_list("decision_file_digest", flat=True))
    for content, html, files in ArchiveCopy.objects.values_list("content_digest", "html_digest", "files"):
        named.update([content, html, *(item["digest"] for item in files)])
    limit = timezone.now() - timedelta(seconds=older_than_seconds)
    orphans = [digest for digest, written_at in contents.stored() if digest not in named and written_at < limit]
    for digest in orphans:
        contents.remove(digest)
    return len(orphans)
