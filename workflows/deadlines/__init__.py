"""Deadlines: when a thing is due, how that was computed, what becomes of it.

Callers say `deadlines.start`, `deadlines.is_late`; which part does it: `running` (an event starts one; it is
extended, met, cancelled), `pausing` (it is paused while the office waits for the person who asked), `status` (what
officers and citizens are told, all from the stored last day), `due` and `explaining` (how the last day is computed),
`working_calendar` and `recomputing` (the working calendar changes by two persons: a new version, and every open
deadline is computed anew). Beside them what is built on it: boards, reminders, rules, the screens.

An event at 23:50 belongs to its local day. A thing is not late on its last day; it is from the next day at
00:00 in Việt Nam (Bộ luật Dân sự 2015, Điều 148.6: the last day ends at 24:00).
"""

from .due import due_date, find_rule, is_working_day, period_end, workdays_after, workdays_between, workdays_until
from .pauses import is_paused
from .pausing import pause, resume
from .recomputing import affected_by, change_days, recompute_open, register_after_move
from .running import cancel, cancel_deadline, cancel_for, extend, meet, meet_for, start, start_until
from .status import days_left, explain, is_late, standing, time_left
from .terms import LONGEST, MONTH, VIETNAM, Duty, NoDeadline, Standing, WorkingCalendar, local_date, today
from .working_calendar import (
    calendar,
    calendar_held,
    demand_calendar_right,
    demand_second,
    facts_of,
    hold_calendar,
    may_change_calendar,
    reread_calendar,
    years_without_calendar,
)

__all__ = [
    "Duty",
    "LONGEST",
    "MONTH",
    "NoDeadline",
    "Standing",
    "VIETNAM",
    "WorkingCalendar",
    "affected_by",
    "calendar",
    "calendar_held",
    "cancel",
    "cancel_deadline",
    "cancel_for",
    "change_days",
    "days_left",
    "demand_calendar_right",
    "demand_second",
    "due_date",
    "explain",
    "extend",
    "facts_of",
    "find_rule",
    "reread_calendar",
    "hold_calendar",
    "is_late",
    "is_paused",
    "is_working_day",
    "local_date",
    "may_change_calendar",
    "meet",
    "meet_for",
    "register_after_move",
    "pause",
    "period_end",
    "recompute_open",
    "resume",
    "standing",
    "start",
    "start_until",
    "time_left",
    "today",
    "workdays_after",
    "workdays_between",
    "workdays_until",
    "years_without_calendar",
]
