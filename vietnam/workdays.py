"""Arithmetic of working days and calendar days: a start, an amount and a calendar give a due date.

Pure: the days off and the make-up days are arguments. The first day of a period is not counted and a period
ends at 24:00 of its last day (Bộ luật Dân sự 2015, Điều 147 and 148). A negative amount counts backwards from
an event ("at least 7 working days before").
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True)
class Calendar:
    """The days on which a working calendar differs from Monday to Friday.

    `off`: weekdays off (holidays, substitute days, swapped days). `make_up`: weekend days ordered to be
    worked; a day that is in both is worked.
    """

    off: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Answer whether offices work on this day."""
    if day in calendar.make_up:
        return True
    return day.weekday() < SATURDAY and day not in calendar.off


def next_working_day(day: date, calendar: Calendar) -> date:
    """Return the first working day after this day (never the day itself)."""
    return first_working_day(day + ONE_DAY, calendar)


def first_working_day(day: date, calendar: Calendar) -> date:
    """Return this day when it is worked, else the next working day."""
    while not is_working_day(day, calendar):
        day += ONE_DAY
    return day


def last_working_day(day: date, calendar: Calendar) -> date:
    """Return this day when it is worked, else the working day before it."""
    while not is_working_day(day, calendar):
        day -= ONE_DAY
    return day


def add_working_days(start: date, n: int, calendar: Calendar, count_first_day: bool = False) -> date:
    """Return the n-th working day after the day of the event.

    Day 1 is the next working day, so an event on a Saturday is due with one on the Friday before; with
    count_first_day a worked start is day 1 itself (Bộ luật Dân sự 2015, Điều 147.2 says it is not). n = 0 is
    the start, or the next working day when the start is not worked. n < 0 counts back: the last day on which
    something can be done |n| working days before the event.

    >>> add_working_days(date(2020, 6, 5), 2, Calendar())
    datetime.date(2020, 6, 9)
    """
    if n == 0:
        return first_working_day(start, calendar)
    step = ONE_DAY if n > 0 else -ONE_DAY
    left = abs(n) - (count_first_day and is_working_day(start, calendar))
    day = start
    while left:
        day += step
        left -= is_working_day(day, calendar)
    return day


def add_calendar_days(start: date, n: int, calendar: Calendar, count_first_day: bool = False) -> date:
    """Return the n-th day after the event, moved to the next working day when it is not worked.

    Bộ luật Dân sự 2015, Điều 148.5. A negative n counts back and moves to the working day before, so that "at
    least n days before" stays true.
    """
    towards = 1 if n > 0 else -1
    shift = n - towards if count_first_day and n else n
    end = start + timedelta(days=shift)
    return first_working_day(end, calendar) if n >= 0 else last_working_day(end, calendar)


def add_months(start: date, n: int, calendar: Calendar) -> date:
    """Return the day with the same number n months later, moved to the next working day when it is not worked.

    The last day of the month when the month has no such day (Bộ luật Dân sự 2015, Điều 148.3, 148.5).

    >>> add_months(date(2020, 1, 31), 1, Calendar())
    datetime.date(2020, 3, 2)
    """
    years, month = divmod(start.month - 1 + n, 12)
    year = start.year + years
    end = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    return first_working_day(end, calendar)


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Count the working days after start up to and including end; negative when end lies before start.

    The inverse of add_working_days in both directions: the days left when start is today and end the due
    date, the days late (negative) when the due date has passed.
    """
    if end < start:
        return -_worked(end, start - ONE_DAY, calendar)
    return _worked(start + ONE_DAY, end, calendar)


def _worked(first: date, last: date, calendar: Calendar) -> int:
    """Count the days worked from first to last, both included, without walking through them: spans may be decades."""
    if last < first:
        return 0
    weeks, rest = divmod((last - first).days + 1, 7)
    weekdays = 5 * weeks + sum((first.weekday() + step) % 7 < SATURDAY for step in range(rest))
    off = sum(first <= day <= last and day.weekday() < SATURDAY for day in calendar.off - calendar.make_up)
    made_up = sum(first <= day <= last and day.weekday() >= SATURDAY for day in calendar.make_up)
    return weekdays - off + made_up


def days_off_between(first: date, last: date, calendar: Calendar) -> list[date]:
    """List the weekdays off from first to last, both included: what a weekend-only count gets wrong."""
    return [day for day in _days(first, last) if day.weekday() < SATURDAY and not is_working_day(day, calendar)]


def make_up_days_between(first: date, last: date, calendar: Calendar) -> list[date]:
    """List the weekend days from first to last, both included, that are ordered to be worked."""
    return [day for day in _days(first, last) if day.weekday() >= SATURDAY and is_working_day(day, calendar)]


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY
