"""Reminders of what is due: one digest per working day and person, never of the same thing twice.

1. `due_reminders`: open deadlines for which a day of their rule (`DeadlineRule.reminders`: working days before and
after the last day, and half-way where the rule asks) has come and was not told yet. A paused deadline is left out.
2. `send_digests`: each person who must act (`acting`) gets one mail with all of theirs; what is late climbs to whom its
room names (`climbs_to`), what is very late also to those who approve on its site. Only titles and dates leave, never
what a citizen wrote; a digest that lay for hours leaves only while something of it is open (`is_still_wanted`).
3. `tell_moved`: the calendar changed and deadlines have another last day.
4. `warn_missing_calendar`: the official calendar of a year is missing; told once a month.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.roles import ADMINISTER, APPROVE, DISPATCH, holders
from base.operations.health import OK, WARNING, Finding
from base.operations.notices import notify
from base.sites import city_site
from vietnam.dates import format_short, format_vn

from .. import deadlines
from ..models import Deadline, DeadlineReminder
from . import Standing
from .acting import Actors, subject_of

MOST_LINES = 100
RETENTION = timedelta(days=365)
# Working days: half of a shorter period is no warning of its own.
SHORTEST_HALVED = 4
HEADINGS = {
    Standing.VERY_LATE: "QUÁ HẠN LÂU",
    Standing.LATE: "QUÁ HẠN",
    Standing.SOON: "SẮP ĐẾN HẠN",
    Standing.RUNNING: "CÒN HẠN",
}


@dataclass(frozen=True)
class Due:
    """One deadline to remind of: its standing, the days left (negative: late), the day of the rule that has come."""

    deadline: Deadline
    standing: Standing
    left: int
    level: int


# --- Every morning ---------------------------------------------------------------------------------


def due_reminders(on: date | datetime | None = None) -> list[Due]:
    """Return what people are to be told on a day, the soonest due first; nothing is written.

    A day that passed while nothing ran is made up for: the latest day of the rule that has come counts.
    """
    day = deadlines.local_date(on)
    found = []
    deadline_rows = Deadline.objects.open().select_related("rule", "site", "content_type", "unit")
    for deadline in deadline_rows.prefetch_related("reminders", "pauses"):
        if deadlines.is_paused(deadline, day):
            continue
        left = deadlines.workdays_until(deadline.last_day, day)
        come = [level for level in _levels(deadline) if level <= -left]
        reminded = {reminder.level for reminder in deadline.reminders.all() if reminder.last_day == deadline.last_day}
        if come and not any(level >= come[-1] for level in reminded):
            found.append(Due(deadline, deadlines.standing(deadline, day), deadlines.days_left(deadline, day), come[-1]))
    return found


def _levels(deadline: Deadline) -> list[int]:
    """The working days against its last day on which people are told of it, half-way too where the rule asks."""
    days = deadline.rule.reminder_days
    if not deadline.rule.warns_half_way:
        return days
    (length,) = deadlines.workdays_between([(deadline.started_on, deadline.last_day)])
    return sorted({*days, -(length // 2)}) if length and length >= SHORTEST_HALVED else days


@transaction.atomic
def send_digests(on: date | datetime | None = None) -> int:
    """Send each person their digest of the day; return how many mails were written. Nothing on a day off.

    Safe to run again: a day has one round, and what was told is not told again.
    """
    day = deadlines.local_date(on)
    if not deadlines.is_working_day(day) or DeadlineReminder.objects.filter(reminded_on=day).exists():
        return 0
    warn_missing_calendar(on=day)
    due = sorted(due_reminders(day), key=lambda item: list(HEADINGS).index(item.standing))
    actors = Actors([item.deadline for item in due])
    of_person: dict[int, list[Due]] = {}
    people: dict[int, User] = {}
    for item in due:
        for user in _people_of(item, actors):
            people[user.pk] = user
            of_person.setdefault(user.pk, []).append(item)
    # What no mail had room for is not told yet: it comes on the next working day.
    left_out = {item.deadline.pk for items in of_person.values() for item in items[MOST_LINES:]}
    left_out -= {item.deadline.pk for items in of_person.values() for item in items[:MOST_LINES]}
    DeadlineReminder.objects.bulk_create(
        [
            DeadlineReminder(deadline=item.deadline, level=item.level, last_day=item.deadline.last_day, reminded_on=day)
            for item in due
            if item.deadline.pk not in left_out
        ]
    )
    return sum(_send_digest(people[pk], items, day) for pk, items in sorted(of_person.items()))


def is_still_wanted(key: str, on: datetime) -> bool:
    """Tell the outbox whether a digest may leave: while something that it told its person of on its day is open."""
    _kind, person, day = key.split(" ")
    reminded = DeadlineReminder.objects.filter(reminded_on=day, deadline__in=Deadline.objects.open())
    rows = reminded.select_related("deadline__rule", "deadline__site", "deadline__content_type")
    still_open = [row.deadline for row in rows]
    actors, today = Actors(still_open), deadlines.local_date(on)
    items = [Due(deadline, deadlines.standing(deadline, today), 0, 0) for deadline in still_open]
    return any(user.pk == int(person) for item in items for user in _people_of(item, actors))


def purge_old(*, on: datetime) -> int:
    """Delete what was told a year ago of deadlines that run no more; return how many rows were deleted."""
    old = DeadlineReminder.objects.filter(reminded_on__lt=deadlines.local_date(on) - RETENTION)
    return old.exclude(deadline__in=Deadline.objects.open()).delete()[0]


def _people_of(item: Due, actors: Actors) -> list[User]:
    people = actors.of(item.deadline)
    site = item.deadline.site or city_site()
    climbs_to = subject_of(item.deadline).climbs_to
    if climbs_to and item.standing in (Standing.LATE, Standing.VERY_LATE) and site is not None:
        people = [*people, *actors.holders(climbs_to, site)]
    if item.standing == Standing.VERY_LATE and site is not None:
        people = [*people, *actors.holders(APPROVE, site)]
    return list({user.pk: user for user in people}.values())


def _send_digest(user: User, items: list[Due], day: date) -> int:
    groups = []
    for standing, heading in HEADINGS.items():
        lines = [_line(item, day) for item in items[:MOST_LINES] if item.standing == standing]
        if lines:
            count = sum(item.standing == standing for item in items)
            groups.append({"heading": heading, "count": count, "lines": lines})
    context = {
        "day": day,
        "today": format_short(day),
        "count": len(items),
        "late": sum(item.left < 0 for item in items),
        "groups": groups,
        "left_out": len(items[MOST_LINES:]),
    }
    return notify(user, "deadline_digest", context)


def _line(item: Due, day: date) -> dict:
    deadline, described = item.deadline, deadlines.time_left(item.deadline, day)
    return {"deadline": deadline, "last_day": format_vn(deadline.last_day), "described": described}


# --- When the calendar changes ---------------------------------------------------------------------


def tell_moved(moved: Iterable[tuple[Deadline, date]]) -> int:
    """Tell those who must act which deadlines have another last day; one mail per person and change of the calendar.

    `moved`: (deadline with its new last day, last day before). Registered with `deadlines.register_after_move`.
    """
    moved = list(moved)
    actors = Actors([deadline for deadline, _ in moved])
    items: dict[int, list[dict]] = {}
    people: dict[int, User] = {}
    for deadline, before in moved:
        item = {"title": deadline.title, "before": format_vn(before), "after": format_vn(deadline.last_day)}
        for user in actors.of(deadline):
            people[user.pk] = user
            items.setdefault(user.pk, []).append(item)
    version = deadlines.calendar().version
    for pk, moved_of_person in sorted(items.items()):
        notify(people[pk], "deadlines_moved", {"moved": moved_of_person, "version": version})
    return len(items)


# --- When a year has no calendar -------------------------------------------------------------------


def warn_missing_calendar(on: date | datetime | None = None) -> list[int]:
    """Tell those who keep the calendar which years lack an official one, once a month; return these years."""
    day = deadlines.local_date(on)
    missing = deadlines.years_without_calendar(day)
    city = city_site()
    if missing and city is not None:
        years = ", ".join(map(str, missing))
        people = {user.pk: user for user in [*holders(DISPATCH, city), *holders(ADMINISTER, city)]}
        notify(people.values(), "calendar_missing", {"years": years, "day": day})
    return missing


def check_calendar() -> Finding:
    """Look for years whose official calendar is missing: this one, and from November the next (`/readyz`)."""
    missing = deadlines.years_without_calendar()
    if missing:
        years = ", ".join(map(str, missing))
        return Finding(
            "calendar", WARNING, f"Chưa có lịch làm việc chính thức năm {years}; hãy nhập ở «Lịch làm việc»."
        )
    return Finding("calendar", OK, "Lịch làm việc đã có văn bản công bố.")
