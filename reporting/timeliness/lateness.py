"""The deadlines that fell due in a period: in time or late, by site, unit, kind and person, down to the items.

What counts as due and late says `reporting/figures.py`. Lines and items are made of the same rows, so that they add up.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from base.figures import written
from base.tables import xlsx
from vietnam.dates import format_short
from vietnam.text import sort_key
from workflows import deadlines
from workflows.deadlines.acting import people_of
from workflows.deadlines.boards import NO_UNIT

from ..figures import OnTime, due_between, middle

NO_SITE, NO_PERSON = "—", "Chưa rõ người"


@dataclass(frozen=True)
class Item:
    """One deadline that fell due; `days_late`: working days after its last day, 0 when it was met in time.

    `reason`: why it was late, "" where none was asked or given.
    """

    pk: int
    title: str
    site: str
    site_key: str
    unit: str
    unit_key: str
    kind: str
    kind_key: str
    person: str
    person_key: str
    last_day: date
    met_on: date | None
    days_late: int
    reason: str

    @property
    def is_late(self) -> bool:
        return self.days_late > 0

    @property
    def outcome(self) -> str:
        """As text: "đúng hạn", "muộn 3 ngày làm việc", "quá hạn 3 ngày làm việc, chưa xong"."""
        if not self.is_late:
            return "đúng hạn"
        days = f"{self.days_late} ngày làm việc"
        return f"muộn {days}" if self.met_on else f"quá hạn {days}, chưa xong"


@dataclass(frozen=True)
class Way:
    """One way to sum up: its key in addresses, its name, and (name, key) of an item."""

    key: str
    label: str
    of: Callable[[Item], tuple[str, str]]


WAYS = (
    Way("trang", "Trang", lambda item: (item.site, item.site_key)),
    Way("don-vi", "Đơn vị", lambda item: (item.unit, item.unit_key)),
    Way("loai", "Loại thời hạn", lambda item: (item.kind, item.kind_key)),
    Way("nguoi", "Người", lambda item: (item.person, item.person_key)),
)
BY_KEY = {way.key: way for way in WAYS}


@dataclass(frozen=True)
class Line:
    """The items of one site, unit, kind or person: how many, and how late. Days are working days, of the late ones."""

    name: str
    key: str
    counts: OnTime
    median_late: float | None
    worst_late: int

    @property
    def percent_text(self) -> str:
        return "—" if self.counts.percent is None else f"{written(self.counts.percent)}%"

    @property
    def median_text(self) -> str:
        return days_text(self.median_late)

    @property
    def worst_text(self) -> str:
        return str(self.worst_late) if self.worst_late else "—"


def days_text(days: float | None) -> str:
    """Write a number of days, "3" for 3.0, "—" for none."""
    return "—" if days is None else written(int(days) if days == int(days) else days)


def items(visible: QuerySet, first: date, last: date, on: date | None = None) -> list[Item]:
    """Return what fell due from `first` to `last` among deadlines a person may see, the latest delay first.

    A few queries however many there are. A deadline that was late before it was extended is a day late at least.
    """
    day = on or deadlines.today()
    found = due_between(first, last, day).filter(pk__in=visible.values("pk"))
    rows = list(found.select_related("rule", "site", "unit", "content_type"))
    people = people_of(rows)
    spans = [(row.last_day, row.met_on or day) for row in rows]
    made = [
        Item(
            pk=row.pk,
            title=row.title,
            site=row.site.name if row.site else NO_SITE,
            site_key=row.site.slug if row.site else "",
            unit=row.unit.name if row.unit else NO_UNIT,
            unit_key=row.unit.slug if row.unit else "",
            kind=row.rule.label,
            kind_key=row.rule.code,
            person=people[row.pk].get_full_name() if row.pk in people else NO_PERSON,
            person_key=str(people[row.pk].pk) if row.pk in people else "",
            last_day=row.last_day,
            met_on=row.met_on,
            days_late=_days_late(row, between),
            reason=row.late_reason,
        )
        for row, between in zip(rows, deadlines.workdays_between(spans), strict=True)
    ]
    return sorted(made, key=lambda item: (-item.days_late, item.last_day, sort_key(item.title)))


def _days_late(row, between: int | None) -> int:
    """Working days after the last day; late by days off alone is late by one."""
    passed = row.met_on is None or row.met_on > row.last_day
    return max(between or 0, 1) if passed or row.was_late else 0


def lines(found: Iterable[Item], way: Way) -> list[Line]:
    """Sum items up in one way: the worst share in time first, then by name."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in found:
        groups.setdefault(way.of(item), []).append(item)
    made = [_line(name, key, group) for (name, key), group in groups.items()]
    return sorted(made, key=lambda line: (line.counts.percent or 0, sort_key(line.name)))


def total(found: Sequence[Item]) -> Line:
    """Return the sum of all items."""
    return _line("Cộng", "", found)


def _line(name: str, key: str, group: Sequence[Item]) -> Line:
    late = [item.days_late for item in group if item.is_late]
    return Line(name, key, OnTime(len(group) - len(late), len(late)), middle(late), max(late, default=0))


def chosen(found: Iterable[Item], way: Way | None, key: str, *, late_only: bool = False) -> list[Item]:
    """Return the items of one line, or of all when no way was chosen."""
    return [item for item in found if (way is None or way.of(item)[1] == key) and (item.is_late or not late_only)]


def heading(first: date, last: date) -> str:
    """Say the period: "đến hạn từ 01/11/2026 đến 30/11/2026"."""
    return f"đến hạn từ {format_short(first)} đến {format_short(last)}"


LINE_COLUMNS = (
    ("Đúng hạn", 12, lambda line: line.counts.on_time),
    ("Muộn", 12, lambda line: line.counts.late),
    ("Cộng", 12, lambda line: line.counts.due),
    ("Tỷ lệ đúng hạn", 14, "percent_text"),
    ("Muộn trung vị (ngày làm việc)", 18, "median_text"),
    ("Muộn nhất (ngày làm việc)", 18, "worst_text"),
)
ITEM_COLUMNS = (
    ("Việc", 50, "title"),
    ("Trang", 34, "site"),
    ("Đơn vị", 34, "unit"),
    ("Loại thời hạn", 40, "kind"),
    ("Người", 28, "person"),
    ("Hạn", 12, "last_day"),
    ("Xong ngày", 12, "met_on"),
    ("Kết quả", 34, "outcome"),
    ("Lý do quá hạn", 50, "reason"),
)


def sheets(found: Sequence[Item], first: date, last: date) -> list[xlsx.Sheet]:
    """Return the tables as sheets: one a way, and the items."""
    above = _above(first, last)
    summed = [
        xlsx.sheet(
            f"Theo {way.label.lower()}",
            above,
            ((way.label, 44, "name"), *LINE_COLUMNS),
            [*lines(found, way), total(found)],
        )
        for way in WAYS
    ]
    return [*summed, sheet_of_items(found, first, last)]


def sheet_of_items(found: Sequence[Item], first: date, last: date) -> xlsx.Sheet:
    """Return items as a sheet."""
    return xlsx.sheet("Từng việc", _above(first, last), ITEM_COLUMNS, found)


def _above(first: date, last: date) -> list[str]:
    return ["Kết quả đúng hạn", f"Việc {heading(first, last)}"]
