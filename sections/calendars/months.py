"""A month of a site for readers: its days with what happens on them, and the months beside it."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from base.sites import site_of

from . import events, receptions

# Months that are shown, before and after the present one; other addresses answer that there is nothing.
BEFORE, AFTER = 24, 12
ONE_DAY = timedelta(days=1)
CANCELLED, MOVED, EXPECTED = "cancelled", "moved", "expected"


@dataclass(frozen=True)
class Line:
    """What one line of a day says. `status`: "cancelled", "moved", "expected" or ""; `note`: why."""

    hours: str
    title: str
    place: str = ""
    note: str = ""
    url: str = ""
    status: str = ""

    @property
    def status_label(self) -> str:
        return {CANCELLED: _("Đã hủy"), MOVED: _("Đã dời"), EXPECTED: _("Dự kiến")}.get(self.status, "")


@dataclass(frozen=True)
class Month:
    """`days`: list of (day, its lines), only those with lines. `weeks`: weeks from Monday of (day, is of the month,
    how many lines). `before`, `after`: first days of the months beside it, None where they are not shown.
    """

    first: date
    days: list[tuple[date, list[Line]]]
    weeks: list[list[tuple[date, bool, int]]]
    before: date | None
    after: date | None


def is_shown(year: int, month: int, today: date) -> bool:
    """Tell whether a month is among those that are shown on a day."""
    if not 1 <= month <= 12:
        return False
    return -BEFORE <= (year - today.year) * 12 + month - today.month <= AFTER


def month_of(page, first: date, today: date, request=None) -> Month:
    """Return the month of a calendar page's site that begins on a day; two queries for events and changes."""
    last = _next(first) - ONE_DAY
    by_day: dict[date, list[Line]] = {}
    for reception in receptions.between(page.receptions.all(), page.changes.all(), first, last):
        by_day.setdefault(reception.on, []).extend(_reception_lines(reception))
    for event in events.between(site_of(page), page.locale.language_code, first, last, request):
        day = max(event.starts_on, first)
        while day <= min(event.ends_on, last):
            by_day.setdefault(day, []).append(_event_line(event, day))
            day += ONE_DAY
    weeks = [
        [(day, day.month == first.month, len(by_day.get(day, ()))) for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    before, after = (first - ONE_DAY).replace(day=1), _next(first)
    return Month(
        first,
        [
            (day, sorted(lines, key=lambda line: (line.hours != "", line.hours)))
            for day, lines in sorted(by_day.items())
        ],
        weeks,
        before if is_shown(before.year, before.month, today) else None,
        after if is_shown(after.year, after.month, today) else None,
    )


def _next(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _reception_lines(reception) -> list[Line]:
    status = EXPECTED if reception.is_expected else ""
    if reception.is_moved:
        status = MOVED
    if reception.is_cancelled:
        status = CANCELLED
    rule = reception.rule
    hours = "; ".join(f"{start:%H:%M} – {end:%H:%M}" for start, end in rule.sessions)
    return [Line(hours, receptions.title_of(rule), rule.place, " ".join(reception.notes), status=status)]


def _event_line(event: events.Event, day: date) -> Line:
    status = CANCELLED if event.is_cancelled else MOVED if event.state == events.MOVED else ""
    hours = events.hours(event) if event.ends_on == event.starts_on or day == event.starts_on else ""
    if event.ends_on > event.starts_on and event.starts_at is not None and day == event.starts_on:
        hours = event.starts_at.isoformat("minutes")
    return Line(hours, event.title, event.place, event.change, event.url, status)
