"""The days on which leaders receive citizens (lịch tiếp công dân), worked out from the rules of a site's calendar page.

1. A rule gives its days: the 5th and the 20th of each month, or each Thursday.
2. A day that offices do not work moves to the next working day or the one before, as the rule says, by the working
   calendar of the portal (`workflows.deadlines`, `vietnam.workdays`); or there is no reception then.
3. What leaders change of single days comes last, with its reason: another day, or no reception.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from base.templatetags.portal import WEEKDAYS
from vietnam import workdays
from vietnam.dates import format_short
from workflows.deadlines.terms import WorkingCalendar
from workflows.deadlines.working_calendar import calendar

from .lines import CANCELLED, CONFIRMED, TENTATIVE, Entry

NEXT, BEFORE, NONE = "next", "before", "none"
# The longest way that a day moves: around Tết, or as leaders change it.
FARTHEST = timedelta(days=31)
# How far ahead of today days are told to calendars, and how far back.
AHEAD, BACK = timedelta(days=366), timedelta(days=31)


@dataclass(frozen=True)
class Reception:
    """One day of one rule. `planned`: the day that the rule names; `on`: the day that counts, after all changes.

    `why`: why it is another day or called off, "" where it is not. `is_expected`: the working calendar of that time is
    not official yet, so the day may still move.
    """

    planned: date
    on: date
    rule: object
    why: str = ""
    is_cancelled: bool = False
    is_expected: bool = False

    @property
    def is_moved(self) -> bool:
        return self.on != self.planned

    @property
    def notes(self) -> list[str]:
        """What is said of the day besides its hours: why it is another one, that it may still move."""
        expected = _("Dự kiến: lịch nghỉ của năm này chưa công bố.") if self.is_expected else ""
        return [note for note in (self.why, expected) if note]


def between(rules: Iterable, changes: Iterable, first: date, last: date) -> list[Reception]:
    """Return the receptions that fall on days from `first` to `last`, the earliest first, cancelled ones among them.

    `rules`, `changes`: rows of a calendar page (`sections.models.calendar`).
    """
    working, changes = calendar(), {change.on: change for change in changes}
    found = []
    for rule in rules:
        for day in _days(rule, first - 2 * FARTHEST, last + 2 * FARTHEST):
            reception = _moved(rule, day, working)
            if reception is not None:
                found.append(_changed(reception, changes.get(reception.on)))
    found = [reception for reception in found if first <= reception.on <= last]
    return sorted(found, key=lambda one: (one.on, one.rule.sessions[:1], one.rule.sort_order or 0))


def falls_on(rules: Iterable, day: date) -> bool:
    """Tell whether there is a reception on a day by the rules, moved around days off and before any change."""
    try:
        return bool(between(rules, [], day, day))
    except OverflowError:
        # A year that was mistyped: no day is counted before the first of all, or after the last.
        return False


def entries_of(page, receptions: Iterable[Reception], url: str) -> Iterator[Entry]:
    """Yield the sessions of receptions as a calendar writes them."""
    stamp = page.last_published_at or timezone.now()
    # Grows with each publication of the rules, and with each change of the days off.
    sequence = int((stamp - (page.first_published_at or stamp)).total_seconds()) + calendar().version
    for reception in receptions:
        rule = reception.rule
        details = (*reception.notes, f"{_('Căn cứ')}: {rule.legal_source}" if rule.legal_source else "")
        for place, (start, end) in enumerate(rule.sessions):
            yield Entry(
                uid=f"tiep-dan-{page.translation_key}-{rule.pk}-{reception.planned:%Y%m%d}-{place + 1}",
                stamp=stamp,
                start=_moment(reception.on, start),
                end=_moment(reception.on, end),
                title=f"{_('Đã hủy')}: {title_of(rule)}" if reception.is_cancelled else title_of(rule),
                place=rule.place,
                details=tuple(filter(None, details)),
                url=url,
                status=_status(reception),
                sequence=sequence,
            )


def title_of(rule) -> str:
    """Return what a calendar calls the receptions of a rule."""
    return _("Tiếp công dân: %(leader)s") % {"leader": rule.leader}


def _days(rule, first: date, last: date) -> Iterator[date]:
    """Yield the days that a rule names from `first` to `last`, within the time for which it holds."""
    first = max(first, rule.valid_from)
    last = min(last, rule.valid_to) if rule.valid_to else last
    if rule.weekday is not None:
        day = first + timedelta(days=(rule.weekday - first.weekday()) % 7)
        while day <= last:
            yield day
            day += timedelta(days=7)
        return
    month = first.replace(day=1)
    while month <= last:
        length = monthrange(month.year, month.month)[1]
        for number in sorted({min(number, length) for number in rule.month_days}):
            if first <= month.replace(day=number) <= last:
                yield month.replace(day=number)
        month += timedelta(days=length)


def _moved(rule, day: date, working: WorkingCalendar) -> Reception | None:
    """Return the reception of a day, moved where offices do not work on it; None where there is no reception then."""
    move = {NEXT: workdays.first_working_day, BEFORE: workdays.last_working_day}.get(rule.when_off)
    if workdays.is_working_day(day, working.days):
        on = day
    elif move is None:
        return None
    else:
        on = move(day, working.days)
    expected = bool(working.estimated_years(min(day, on), max(day, on)))
    return Reception(day, on, rule, _why_moved(day) if on != day else "", is_expected=expected)


def _why_moved(day: date) -> str:
    words = {"day": format_short(day), "weekday": WEEKDAYS[day.weekday()]}
    return _("Chuyển từ ngày %(day)s (%(weekday)s) vì là ngày nghỉ.") % words


def _changed(reception: Reception, change) -> Reception:
    """Return a reception as leaders changed it."""
    if change is None:
        return reception
    if change.new_on is None:
        return replace(reception, why=_("Không tiếp: %(why)s") % {"why": change.reason}, is_cancelled=True)
    words = {"day": format_short(reception.on), "why": change.reason}
    return replace(reception, on=change.new_on, why=_("Dời từ ngày %(day)s: %(why)s") % words)


def _status(reception: Reception) -> str:
    if reception.is_cancelled:
        return CANCELLED
    return TENTATIVE if reception.is_expected else CONFIRMED


def _moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
