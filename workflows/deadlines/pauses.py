"""How far the pauses of a deadline move its last day."""

from datetime import date, datetime

from vietnam import workdays

from ..models import Deadline, DeadlinePause
from .due import workdays_after
from .terms import WorkingCalendar, local_date
from .working_calendar import calendar


def is_paused(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether a deadline is paused on a day: it was paused, and its rule's limit is not used up."""
    if not deadline.is_open or not deadline.paused_on or local_date(on) < deadline.paused_on:
        return False
    return local_date(on) < workdays_after(deadline.paused_on, allowance(deadline))


def moved_by_pauses(
    deadline: Deadline, due: date, present: WorkingCalendar, *, without_open: bool = False
) -> tuple[date, int]:
    """Return (last day, working days paused) of a deadline whose rule gives `due`: extension and pauses move it.

    An extension was granted for a day; only pauses after it move that day. A pause that is open counts with all that
    the rule still allows.
    """
    left, moved, counted = deadline.rule.pause_limit or 0, 0, 0
    for item in pauses_of(deadline):
        if item.resumed_on:
            length = min(left, workdays.working_days_between(item.stopped_on, item.resumed_on, present.days))
        else:
            length = 0 if without_open else left
        left -= length
        counted += length
        if counts_after_extension(item, deadline):
            moved += length
    base = deadline.extended_to or due
    return (workdays.add_working_days(base, moved, present.days) if moved else base), counted


def allowance(deadline: Deadline) -> int:
    """The working days for which the rule still lets a deadline be paused, its open pause not counted."""
    _, counted = moved_by_pauses(deadline, deadline.due_on, calendar(), without_open=True)
    return (deadline.rule.pause_limit or 0) - counted


def counts_after_extension(item: DeadlinePause, deadline: Deadline) -> bool:
    return deadline.extended_on is None or item.stopped_on >= deadline.extended_on


def pauses_of(deadline: Deadline) -> list[DeadlinePause]:
    """The pauses of a deadline in their order; read once when they were prefetched."""
    return list(deadline.pauses.all())
