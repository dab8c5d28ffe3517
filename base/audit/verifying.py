"""Whether the trail is whole: every link, every entry, the tips outside."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from ..chain import keys
from ..chain.canonical_json import moment
from ..chain.tips import read_tips
from ..chain.verifying import Violation, Walk, in_batches, in_order, readable
from ..models import AuditChain, AuditEntry, AuditSeal
from ..models.chain import UNREADABLE
from ..operations import append_only
from .sealing import BATCH, LATEST_COMMIT, UNSEALED_FOR, entry_digest, unsealed
from .trail import FIELDS

MOST_VIOLATIONS = 100
GONE = object()
TIP_DIFFERS = "đầu chuỗi trong cơ sở dữ liệu không khớp với mắt xích cuối."


@dataclass(frozen=True)
class LinkViolation(Violation):
    """One thing wrong with the trail: `place` is the number of the link, `entry_id` that of its entry."""

    entry_id: int = 0

    def __str__(self):
        link = f"mắt xích {self.place}" if self.place else "toàn chuỗi"
        return f"{link}{f', dòng nhật ký {self.entry_id}' if self.entry_id else ''}: {self.message}"


@dataclass
class Report:
    """What `verify` saw: the violations, the first bad link first; the whole links; what waits for a seal."""

    violations: list[LinkViolation] = field(default_factory=list)
    sealed: int = 0
    sealed_at: datetime | None = None
    unsealed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> LinkViolation | None:
        """The first bad entry."""
        return self.violations[0] if self.violations else None


def verify(*, on: datetime | None = None, tail: bool = True) -> Report:
    """Check every link, every entry and every tip; change nothing.

    Violations stop the walk after `MOST_VIOLATIONS`. Entries that at `on` (default: now) have waited over a minute for
    a seal are a violation, and so are links that no tip outside knows by then; with `tail` false neither is asked.
    """
    on, outside, latest = on or timezone.now(), read_tips(), None
    walk, authorship = Walk(AuditChain, outside), Authorship()
    report = Report(walk.violations)
    for link, row in _links():
        found = _violations_of(link, row, walk.count + 1, walk.seal) or authorship.violations_of(link, row)
        walk.violations += found
        first, message = walk.follow(link.seal, count=link.sequence)
        if first:
            # Written anew from the first violation on, if one is known in this stretch; else from its beginning.
            first = walk.first_bad(first, otherwise=first)
            walk.violations.append(LinkViolation(first, message, _entry_of(first)))
        if not found:
            if latest is not None and row["at"] < latest - LATEST_COMMIT and len(report.notes) < MOST_VIOLATIONS:
                report.notes.append(f"Dòng nhật ký {row['id']} ghi giờ lùi so với dòng trước nó ({moment(row['at'])}).")
            latest = row["at"] if latest is None else max(latest, row["at"])
        report.sealed_at = link.sealed_at
        if len(walk.violations) >= MOST_VIOLATIONS:
            break
        report.sealed = link.sequence if not walk.violations else report.sealed
    else:
        walk.violations += _violations_of_the_end(walk, on if tail else None)
    waiting = unsealed(everything=True)
    report.unsealed = waiting.count()
    oldest = waiting.order_by("at").values("id", "at").first()
    if tail and oldest and oldest["at"] < on - UNSEALED_FOR:
        message = f"{report.unsealed} dòng chưa niêm phong, từ {moment(oldest['at'])}."
        walk.violations.append(LinkViolation(walk.count + 1, message, oldest["id"]))
    report.violations = in_order([*walk.violations, *_put_in_twice()])
    report.violations += [LinkViolation(0, message) for message in outside.violations]
    report.violations += [
        LinkViolation(0, f"Bảng {table} không còn bộ chặn sửa, xóa trong cơ sở dữ liệu.")
        for table in append_only.missing()
    ]
    return report


class Authorship:
    """Tells whether the portal wrote each entry, in the order of the chain.

    Entries of the time before there were signatures stand at the beginning and have none; after the first signed one
    all are signed.
    """

    def __init__(self):
        self._known, self._has_begun = keys.keys(), False

    def violations_of(self, link: AuditSeal, row: dict | None) -> list[LinkViolation]:
        if row is None or (not row["signature"] and not self._has_begun):
            return []
        self._has_begun = True
        if keys.wrote_entry(row, self._known):
            return []
        message = "dòng nhật ký không do cổng ghi: chữ ký sai hoặc thiếu."
        if row["signature"] and not keys.has_key_of(row, self._known):
            number = row["signature"].partition(":")[0]
            message = f"dòng nhật ký không do cổng ghi, hoặc tệp khóa của máy này thiếu khóa {number}."
        return [LinkViolation(link.sequence, message, link.entry_id)]


def _put_in_twice() -> list[LinkViolation]:
    """Find entries copied with their signature: the database refuses one, unless its rule is taken away."""
    signed = AuditEntry.objects.exclude(signature="").order_by()
    twice = signed.values("signature").annotate(times=Count("pk")).filter(times__gt=1).values("signature")
    found, seen = [], set()
    for link in AuditSeal.objects.filter(entry_id__in=signed.filter(signature__in=twice).values("pk")):
        signature = AuditEntry.objects.values_list("signature", flat=True).get(pk=link.entry_id)
        if signature in seen:
            message = "dòng nhật ký là bản chép lại của một dòng trước."
            found.append(LinkViolation(link.sequence, message, link.entry_id))
        seen.add(signature)
    return found


def verify_tail(links: int) -> Report:
    """Check the last links by themselves and against the chain's tip; quick, and no substitute for `verify`."""
    report, (count, seal) = Report(), AuditChain.tip()
    if not count:
        return report
    expected, previous = max(1, count - links + 1), None
    for link, row in _links(expected - 1):
        report.violations += _violations_of(link, row, expected, link.previous_seal if previous is None else previous)
        expected, previous, report.sealed_at = link.sequence + 1, link.seal, link.sealed_at
        report.sealed = link.sequence
    if (expected - 1, previous) != (count, seal):
        report.violations.append(LinkViolation(expected, TIP_DIFFERS))
    return report


def _links(after: int | None = None):
    """Yield (link, its entry as a dict or None) in the order of the chain, those beyond `after`."""
    for batch in in_batches(AuditSeal.objects.all(), BATCH, after=after):
        links = [link or AuditSeal(sequence=sequence, entry_id=0) for sequence, link in batch]
        ids = [link.entry_id for link in links if isinstance(link.entry_id, int)]
        entries = dict(readable(AuditEntry.objects.filter(pk__in=ids)))
        for link in links:
            entry = entries.get(link.entry_id, GONE)
            yield link, None if entry is GONE else {name: getattr(entry, name, None) for name in FIELDS}


def _violations_of(link: AuditSeal, row: dict | None, expected: int, previous: str) -> list[LinkViolation]:
    message = ""
    if link.sequence != expected:
        return [LinkViolation(expected, f"thiếu mắt xích trước mắt xích {link.sequence}.")]
    if link.previous_seal != previous:
        message = "mắt xích không nối với mắt xích trước nó."
    elif not link.is_sealed():
        message = "mắt xích đã bị sửa."
    elif row is None:
        message = "dòng nhật ký đã bị xóa."
    elif _of_entry(row) != link.digest:
        message = "dòng nhật ký đã bị sửa."
    return [LinkViolation(link.sequence, message, link.entry_id)] if message else []


def _of_entry(row: dict) -> str:
    try:
        return entry_digest(row)
    except UNREADABLE:
        return "không đọc được"


def _violations_of_the_end(walk: Walk, on: datetime | None) -> list[LinkViolation]:
    if message := walk.cut_off():
        return [LinkViolation(walk.count + 1, message)]
    if not walk.ends_at_the_tip():
        return [LinkViolation(walk.count + 1, TIP_DIFFERS)]
    first = AuditSeal.objects.filter(sequence=walk.reached + 1).first()
    if first is not None and on is not None and first.sealed_at < on - UNSEALED_FOR:
        message = f"{walk.count - walk.reached} mắt xích cuối không có đầu chuỗi nào ký bên ngoài cơ sở dữ liệu."
        return [LinkViolation(first.sequence, message, first.entry_id)]
    return []


def _entry_of(sequence: int) -> int:
    return AuditSeal.objects.filter(sequence=sequence).values_list("entry_id", flat=True).first() or 0
