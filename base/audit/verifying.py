"""Whether the trail is whole: every link, every entry, the tips outside."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from ..models import AuditChain, AuditEntry, AuditSeal
from ..operations import append_only
from . import keys as audit_keys
from .sealing import BATCH, LATEST_COMMIT, UNSEALED_FOR, entry_digest, link_seal, unsealed
from .tips import CHAIN, UNREADABLE, Head, read_heads
from .trail import FIELDS

MOST_FAULTS = 100
GONE = object()


@dataclass(frozen=True)
class Fault:
    """One thing `verify` found wrong: the link (0 when none can be named), its entry, and why."""

    sequence: int
    entry_id: int
    message: str

    def __str__(self):
        place = f"mắt xích {self.sequence}" if self.sequence else "toàn chuỗi"
        return f"{place}{f', dòng nhật ký {self.entry_id}' if self.entry_id else ''}: {self.message}"


@dataclass
class Report:
    """What `verify` saw: the faults, the first bad link first; the whole links; what waits for a seal."""

    faults: list[Fault] = field(default_factory=list)
    sealed: int = 0
    sealed_at: datetime | None = None
    unsealed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> Fault | None:
        """The first bad entry."""
        return self.faults[0] if self.faults else None


class Comparison:
    """Compares a chain, link by link, with the heads stated outside; used by the trail and by the archive.

    `confirmed`: so many links agree with a head; `reached`: so many have been compared with one, whatever came out.
    """

    def __init__(self, stated: list[Head]):
        self._stated, self._next, self.confirmed, self.reached = stated, 0, 0, 0

    def check(self, count: int, seal: str) -> tuple[int, str]:
        """Compare the seal after `count` links; return (first link that may be bad, message), or (0, "")."""
        result = (0, "")
        while self._next < len(self._stated) and self._stated[self._next].count <= count:
            head = self._stated[self._next]
            self._next, self.reached = self._next + 1, head.count
            if head.count == count and head.seal == seal:
                self.confirmed = count
            elif not result[0]:
                result = (
                    self.confirmed + 1,
                    f"chuỗi đã bị viết lại trong khoảng mắt xích {self.confirmed + 1}–{head.count}: "
                    f"khác đầu chuỗi đã ký ({head.where}).",
                )
        return result

    def missing(self, count: int) -> str:
        """After the last link: tell that the heads outside know of more links, or ""."""
        if self._next >= len(self._stated):
            return ""
        last = self._stated[-1]
        return (
            f"mất {last.count - count} mắt xích cuối: cơ sở dữ liệu bị cắt đuôi hoặc là bản sao cũ "
            f"({last.where} ghi {last.count} mắt xích, ở đây chỉ có {count})."
        )


def verify(*, on: datetime | None = None, tail: bool = True) -> Report:
    """Check every link, every entry and every head; change nothing.

    Faults stop the walk after `MOST_FAULTS`. Entries that at `on` (default: now) have waited over a minute for a seal
    are a fault, and so are links that no head outside knows by then; with `tail` false neither is asked.
    """
    on = on or timezone.now()
    report, previous, expected = Report(), "", 1
    outside = read_heads()
    comparison, authorship = Comparison(outside.of_chain.get(CHAIN, [])), Authorship()
    latest = None
    for link, row in _links():
        found = _faults_of(link, row, expected, previous) or authorship.faults_of(link, row)
        report.faults += found
        first, message = comparison.check(link.sequence, link.seal)
        if first:
            # Written anew from the first fault on, if one is known in this stretch; else from its beginning.
            first = min((fault.sequence for fault in report.faults if fault.sequence >= first), default=first)
            report.faults.append(Fault(first, _entry_of(first), message))
        if not found:
            if latest is not None and row["at"] < latest - LATEST_COMMIT and len(report.notes) < MOST_FAULTS:
                report.notes.append(
                    f"Dòng nhật ký {row['id']} ghi giờ lùi so với dòng trước nó ({audit_keys.moment(row['at'])})."
                )
            latest = row["at"] if latest is None else max(latest, row["at"])
        expected, previous, report.sealed_at = link.sequence + 1, link.seal, link.sealed_at
        if len(report.faults) >= MOST_FAULTS:
            break
        report.sealed = link.sequence if not report.faults else report.sealed
    else:
        report.faults += _faults_of_the_end(expected - 1, previous, comparison, on if tail else None)
    waiting = unsealed(everything=True)
    report.unsealed = waiting.count()
    oldest = waiting.order_by("at").values("id", "at").first()
    if tail and oldest and oldest["at"] < on - UNSEALED_FOR:
        report.faults.append(
            Fault(
                expected, oldest["id"], f"{report.unsealed} dòng chưa niêm phong, từ {audit_keys.moment(oldest['at'])}."
            )
        )
    report.faults += _put_in_twice()
    report.faults.sort(key=lambda fault: fault.sequence or expected)
    report.faults += [Fault(0, 0, message) for message in outside.faults]
    report.faults += [
        Fault(0, 0, f"Bảng {table} không còn bộ chặn sửa, xóa trong cơ sở dữ liệu.") for table in append_only.missing()
    ]
    return report


class Authorship:
    """Tells whether the portal wrote each entry, in the order of the chain.

    Entries of the time before there were signatures stand at the beginning and have none; after the first signed one
    all are signed.
    """

    def __init__(self):
        self._known, self._has_begun = audit_keys.keys(), False

    def faults_of(self, link: AuditSeal, row: dict | None) -> list[Fault]:
        if row is None or (not row["signature"] and not self._has_begun):
            return []
        self._has_begun = True
        if audit_keys.wrote_entry(row, self._known):
            return []
        message = "dòng nhật ký không do cổng ghi: chữ ký sai hoặc thiếu."
        if row["signature"] and not audit_keys.has_key_of(row, self._known):
            number = row["signature"].partition(":")[0]
            message = f"dòng nhật ký không do cổng ghi, hoặc tệp khóa của máy này thiếu khóa {number}."
        return [Fault(link.sequence, link.entry_id, message)]


def _put_in_twice() -> list[Fault]:
    """An entry copied with its signature: the database refuses it, but for whoever takes its rule away."""
    signed = AuditEntry.objects.exclude(signature="").order_by()
    twice = signed.values("signature").annotate(times=Count("pk")).filter(times__gt=1).values("signature")
    faults, seen = [], set()
    for link in AuditSeal.objects.filter(entry_id__in=signed.filter(signature__in=twice).values("pk")):
        signature = AuditEntry.objects.values_list("signature", flat=True).get(pk=link.entry_id)
        if signature in seen:
            faults.append(Fault(link.sequence, link.entry_id, "dòng nhật ký là bản chép lại của một dòng trước."))
        seen.add(signature)
    return faults


def verify_tail(links: int) -> Report:
    """Check the last links by themselves and against the chain's head; quick, and no substitute for `verify`."""
    head = AuditChain.objects.filter(name=CHAIN).first()
    if head is None or not head.count:
        return Report()
    report, expected, previous = Report(), max(1, head.count - links + 1), None
    for link, row in _links(expected - 1):
        found = _faults_of(link, row, expected, link.previous_seal if previous is None else previous)
        report.faults += found
        expected, previous, report.sealed_at = link.sequence + 1, link.seal, link.sealed_at
        report.sealed = link.sequence
    if (expected - 1, previous) != (head.count, head.seal):
        report.faults.append(Fault(expected, 0, "đầu chuỗi trong cơ sở dữ liệu không khớp với mắt xích cuối."))
    return report


def _links(last: int | None = None):
    """Yield (link, its entry as a dict or None) in the order of the chain, those after `last`."""
    links = AuditSeal.objects.order_by("sequence")
    while True:
        batch = [
            link or AuditSeal(sequence=sequence, entry_id=0)
            for sequence, link in each(links.filter(sequence__gt=last)[:BATCH] if last is not None else links[:BATCH])
        ]
        if not batch:
            return
        keys = [link.entry_id for link in batch if isinstance(link.entry_id, int)]
        entries = dict(each(AuditEntry.objects.filter(pk__in=keys)))
        for link in batch:
            entry = entries.get(link.entry_id, GONE)
            yield link, None if entry is GONE else {name: getattr(entry, name, None) for name in FIELDS}
        last = batch[-1].sequence


def each(queryset) -> Iterator[tuple[object, object]]:
    """Yield (key, row) of a queryset, in its order; None for a row that holds what its columns never could.

    SQLite lets whoever has the file write any text into any column; that one row must not hide the others.
    """
    try:
        yield from [(row.pk, row) for row in queryset]
    except UNREADABLE:
        for key in queryset.values_list("pk", flat=True):
            try:
                row = queryset.model._base_manager.get(pk=key)
            except UNREADABLE:
                row = None
            yield key, row


def _faults_of(link: AuditSeal, row: dict | None, expected: int, previous: str) -> list[Fault]:
    found = []
    if link.sequence != expected:
        found.append(Fault(expected, 0, f"thiếu mắt xích trước mắt xích {link.sequence}."))
    elif link.previous_seal != previous:
        found.append(Fault(link.sequence, link.entry_id, "mắt xích không nối với mắt xích trước nó."))
    if _of_link(link) != link.seal:
        found.append(Fault(link.sequence, link.entry_id, "mắt xích đã bị sửa."))
    if row is None:
        found.append(Fault(link.sequence, link.entry_id, "dòng nhật ký đã bị xóa."))
    elif _of_entry(row) != link.digest:
        found.append(Fault(link.sequence, link.entry_id, "dòng nhật ký đã bị sửa."))
    return found[:1]


def _of_link(link: AuditSeal) -> str:
    try:
        return link_seal(link.sequence, link.entry_id, link.digest, link.sealed_at, link.previous_seal)
    except UNREADABLE:
        return "không đọc được"


def _of_entry(row: dict) -> str:
    try:
        return entry_digest(row)
    except UNREADABLE:
        return "không đọc được"


def _faults_of_the_end(count: int, seal: str, comparison: Comparison, on: datetime | None) -> list[Fault]:
    if message := comparison.missing(count):
        return [Fault(count + 1, 0, message)]
    head = AuditChain.objects.filter(name=CHAIN).first()
    if ((head.count, head.seal) if head else (0, "")) != (count, seal):
        return [Fault(count + 1, 0, "đầu chuỗi trong cơ sở dữ liệu không khớp với mắt xích cuối.")]
    first = AuditSeal.objects.filter(sequence=comparison.reached + 1).first()
    if first is not None and on is not None and first.sealed_at < on - UNSEALED_FOR:
        message = f"{count - comparison.reached} mắt xích cuối không có đầu chuỗi nào ký bên ngoài cơ sở dữ liệu."
        return [Fault(first.sequence, first.entry_id, message)]
    return []


def _entry_of(sequence: int) -> int:
    return AuditSeal.objects.filter(sequence=sequence).values_list("entry_id", flat=True).first() or 0
