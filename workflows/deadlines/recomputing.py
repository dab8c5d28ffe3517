"""A change of the calendar: a new version, and every open deadline computed anew by it."""

from collections.abc import Callable, Iterable
from datetime import date

from django.db import transaction
from wagtail.log_actions import log

from base.gate import Refused
from vietnam.dates import format_short

from ..models import CalendarDay, Deadline, EmergencyAct
from .due import due_of
from .explaining import explanation_of
from .pauses import moved_by_pauses
from .running import tell_subject
from .working_calendar import (
    calendar,
    calendar_of,
    demand_calendar_right,
    demand_second,
    facts_of,
    hold_calendar,
    make_version,
)


@transaction.atomic
def change_days(
    days: Iterable[CalendarDay],
    removed: Iterable[date] = (),
    *,
    by,
    agreed_by=None,
    act: EmergencyAct | None = None,
    on=None,
) -> list[Deadline]:
    """Add or replace several days, make others ordinary ones, as one version; return the deadlines that moved.

    `days`: unsaved rows. `by` proposed it, `agreed_by` is the second person; without one there is an open emergency
    `act` of `by` (`calendar_changes.change_at_once`). All of it or nothing. Raises Refused without the right, for one
    person alone, or when nothing would change; ValidationError (field → messages) for a day that makes no sense.
    """
    if act is None or not act.is_open or act.kind != EmergencyAct.Kind.CALENDAR or act.acted_by_id != by.pk:
        demand_calendar_right(by)
        demand_second(by, agreed_by)
    hold_calendar()
    known = {row.date: row for row in CalendarDay.objects.select_for_update()}
    changes = []
    for day in days:
        row = known.get(day.date) or CalendarDay(date=day.date)
        if row.pk and facts_of(row) == facts_of(day):
            continue
        row.kind, row.name, row.legal_source, row.confirmed = facts_of(day)
        row.full_clean()
        row.save()
        log(
            instance=row,
            action="portal.calendar.set",
            user=by,
            data={"date": row.date.isoformat(), "kind": row.kind},
        )
        changes.append(f"{format_short(row.date)}: {row.get_kind_display()}, {row.name}")
    for day in sorted(set(removed) & known.keys()):
        row = known[day]
        log(
            instance=row,
            action="portal.calendar.remove",
            user=by,
            data={"date": day.isoformat(), "kind": row.kind},
        )
        row.delete()
        changes.append(f"{format_short(day)}: bỏ khỏi lịch ({row.name})")
    if not changes:
        raise Refused("Không có gì thay đổi so với lịch hiện nay.")
    make_version(changes[0] if len(changes) == 1 else f"{len(changes)} ngày: {'; '.join(changes)}", by)
    return recompute_open(by=by, on=on)


def affected_by(changes: Iterable[CalendarDay], removed: Iterable[date] = ()) -> list[tuple[Deadline, date]]:
    """List (open deadline, new last day) for what a change of the calendar would move; nothing is changed.

    `changes`: unsaved rows to add or replace by date; `removed`: days that become ordinary. Soonest due first.
    """
    rows = {row.date: row for row in CalendarDay.objects.all()}
    rows |= {row.date: row for row in changes}
    proposed = calendar_of([row for day, row in rows.items() if day not in set(removed)], calendar().version)
    moved = []
    for deadline in Deadline.objects.open().select_related("rule").prefetch_related("pauses"):
        last_day, _ = moved_by_pauses(deadline, due_of(deadline, proposed), proposed)
        if last_day != deadline.last_day:
            moved.append((deadline, last_day))
    return moved


@transaction.atomic
def recompute_open(*, by=None, on=None) -> list[Deadline]:
    """Recompute every open deadline by the present calendar; return, with a log line each, those that moved.

    Deadlines that ended keep what was computed for them. An extension that was granted stays.
    """
    present = calendar()
    moved = []
    for deadline in (
        Deadline.objects.select_for_update(of=("self",))
        .filter(pk__in=Deadline.objects.open().values("pk"))
        .select_related("rule")
        .prefetch_related("pauses")
    ):
        if deadline.calendar_version == present.version:
            continue
        before = deadline.last_day
        deadline.due_on = due_of(deadline, present)
        deadline.last_day, deadline.paused_workdays = moved_by_pauses(deadline, deadline.due_on, present)
        deadline.explanation = explanation_of(deadline, present)
        deadline.calendar_version = present.version
        deadline.save(update_fields=["due_on", "last_day", "paused_workdays", "explanation", "calendar_version"])
        if deadline.last_day != before:
            data = {"from": before.isoformat(), "to": deadline.last_day.isoformat(), "version": present.version}
            log(instance=deadline, action="portal.deadline.recompute", user=by, data=data)
            moved.append((deadline, before))
            tell_subject(deadline)
    if moved:
        for function in _after_moving:
            function(moved)
    return [deadline for deadline, _ in moved]


_after_moving: list[Callable[[list[tuple[Deadline, date]]], object]] = []


def register_after_move(function: Callable) -> Callable:
    """Register a function to call when a change of the calendar moves deadlines, in the same transaction.

    `function(moved)`: list of (deadline with its new last day, last day before).
    """
    if function not in _after_moving:
        _after_moving.append(function)
    return function
