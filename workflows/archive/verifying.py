"""Whether the archive is whole: rows, the chain between them, files, tips outside, and what the audit trail knows."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest

from base.audit.trail import FIELDS
from base.chain import keys
from base.chain.tips import read_tips
from base.chain.verifying import Violation, Walk, in_batches, in_order, readable
from base.models import AuditEntry
from base.models.chain import UNREADABLE

from ..models import ArchiveCopy, ChainTip, Disposal
from . import contents
from .copies import DESTROYED, SEALED, destruction_digest

BATCH = 500


@dataclass(frozen=True)
class CopyViolation(Violation):
    """One thing wrong with the archive: `place` is the number of the row."""

    def __str__(self):
        return f"bản ghi {self.place}: {self.message}"


def verify(copies=None) -> list[CopyViolation]:
    """Check seals, chain and files of the archive; return what is wrong, the first bad row first.

    With `copies` given (a queryset or list), checks only those rows and their files, not the chain between them.
    """
    if copies is not None:
        named, found = {}, []
        for copy in copies:
            found += [CopyViolation(copy.pk, message) for message in _wrong_with(copy)]
            _name_files(copy, named)
    else:
        found, named = verify_rows(), files_named()
    return in_order([*found, *(violation for digest in named for violation in _violations_of_file(digest, named))])


def verify_step(progress: dict, *, seconds: float) -> tuple[list[CopyViolation], dict]:
    """Do the next part of `verify`, for about `seconds`; return what it found and how far it is.

    The progress is {"after": the digest of the last file read, or None when all is done; "count": how many violations
    there are so far; "violations": the first 20 of them as text}. {} begins: with the rows and their chain.
    """
    until, found, after = time.monotonic() + seconds, [], progress.get("after", "")
    if not progress:
        found += verify_rows()
    named = files_named()
    for digest in sorted(digest for digest in named if digest > after):
        found += _violations_of_file(digest, named)
        after = digest
        if time.monotonic() >= until:
            break
    else:
        after = None
    count = progress.get("count", 0) + len(found)
    return found, {
        "after": after,
        "count": count,
        "violations": [*progress.get("violations", []), *map(str, found)][:20],
    }


def verify_rows() -> list[CopyViolation]:
    """Check seals and chain of the archive's rows, without their files; return what is wrong.

    The chain is also compared with its tips outside the database, which shows a chain that was written anew, a cut tail
    and an older copy; and with the signed entries of the audit trail, which know of every copy that was kept and of
    every destruction.
    """
    walk, present = Walk(ChainTip, read_tips()), []
    disposed = {row.copy_id: row for _, row in readable(Disposal.objects.all()) if row is not None}
    sealed, decided = _witnesses()
    there, rows = set(ArchiveCopy.objects.values_list("pk", flat=True)), _rows()
    for pk in sorted({*there, *disposed, *sealed}):
        row, messages = (next(rows)[1] if pk in there else None) or disposed.get(pk), []
        if row is None:
            message = "Bản ghi đã bị sửa: không đọc được." if pk in there else "Bản ghi đã bị xóa."
            walk.violations.append(CopyViolation(pk, message))
            continue
        if row.previous_seal != walk.seal:
            messages.append("Chuỗi niêm phong bị đứt trước bản ghi này: thiếu, đổi chỗ hoặc sửa bản ghi.")
        messages += _wrong_with(row) if pk in there else []
        # Copies made before the trail recorded them come first.
        if sealed and pk >= min(sealed) and sealed.get(pk) != row.seal:
            messages.append("Bản ghi không phải bản mà nhật ký kiểm tra ghi là đã lưu.")
        if pk in disposed and pk not in decided.get(disposed[pk].list_number, ()):
            messages.append("Bản ghi bị hủy, nhưng nhật ký kiểm tra không ghi đúng việc tiêu hủy này.")
        walk.violations += [CopyViolation(pk, message) for message in messages]
        present.append(pk)
        first, message = walk.follow(row.seal, count=len(present))
        if first:
            first_pk = walk.first_bad(present[first - 1], otherwise=pk)
            walk.violations.append(CopyViolation(first_pk, f"Trong đoạn này, {message}"))
    if message := walk.cut_off():
        walk.violations.append(CopyViolation(0, f"Sau bản ghi {present[-1] if present else 0}: {message}"))
    if not walk.ends_at_the_tip():
        message = "Cuối chuỗi niêm phong không khớp: có bản ghi bị cắt bỏ hoặc thêm vào."
        walk.violations.append(CopyViolation(0, message))
    return in_order(walk.violations)


def files_named() -> dict[str, int]:
    """Return what the sealed rows say of files: {digest: the first row that names it}."""
    named: dict[str, int] = {}
    for _, copy in _rows():
        if copy is not None:
            _name_files(copy, named)
    return named


def _rows() -> Iterator[tuple[int, ArchiveCopy | None]]:
    """Yield (key, row) of the archive in its order; None for a row that cannot be read."""
    for batch in in_batches(ArchiveCopy.objects.all(), BATCH):
        yield from batch


def _witnesses() -> tuple[dict[int, str], dict[int, set[int]]]:
    """What the audit trail says, by entries the portal signed: {copy: its seal} and {disposal list: its copies}."""
    known, sealed, decided = keys.keys(), {}, {}
    for row in AuditEntry.objects.filter(action__in=[SEALED, DESTROYED]).order_by("pk").values(*FIELDS):
        if not keys.wrote_entry(row, known):
            continue
        if row["action"] == SEALED:
            sealed[row["detail"]["copy"]] = row["detail"]["seal"]
        elif row["object_id"].isdecimal():
            number = int(row["object_id"])
            try:
                agrees = row["detail"].get("destroyed") == destruction_digest(number)
            except UNREADABLE:
                agrees = False
            if agrees:
                destroyed = Disposal.objects.filter(list_number=number)
                decided[number] = set(destroyed.values_list("copy_id", flat=True))
    return sealed, decided


def _wrong_with(copy: ArchiveCopy) -> list[str]:
    if not copy.is_sealed():
        return ["Bản ghi đã bị sửa: niêm phong không khớp."]
    try:
        [item["digest"] for item in copy.files]
    except (KeyError, *UNREADABLE):
        return ["Bản ghi đã bị sửa: danh sách tệp không đọc được."]
    return []


def _name_files(copy: ArchiveCopy, named: dict[str, int]) -> None:
    # What a row says of its files is worth nothing once the row was changed: `_wrong_with` says so.
    if not _wrong_with(copy):
        for digest in filter(None, (copy.content_digest, copy.html_digest, *(item["digest"] for item in copy.files))):
            named.setdefault(digest, copy.pk)


def _violations_of_file(digest: str, named: dict[str, int]) -> list[CopyViolation]:
    """Read a file once, in pieces, and compare it with its name."""
    try:
        with contents.opened(digest) as handle:
            found = file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        return [CopyViolation(named[digest], f"Thiếu tệp lưu trữ {digest[:12]}…")]
    return [] if found == digest else [CopyViolation(named[digest], f"Tệp lưu trữ {digest[:12]}… đã bị sửa.")]
