"""By when the asker gets an answer, as they read it: the last day of the running deadline, and how it was computed.

The deadline and its explanation are those of `workflows.deadlines`, which every screen uses.
"""

from dataclasses import dataclass
from datetime import date

from workflows import deadlines

from ..handling.clocks import PROMISED, running_clock
from ..models import Question


@dataclass(frozen=True)
class Due:
    """The last day; `explanation` is a Vietnamese sentence; `is_promised`: the day was named in an interim notice.

    `amount`: the working days that the rule gives, `workdays_left`: those that are left, negative when late.
    """

    day: date
    explanation: str
    is_late: bool
    is_paused: bool
    is_promised: bool
    workdays_left: int
    amount: int | None


def due_of(question: Question) -> Due | None:
    """Return by when a question is to be answered; None when no deadline runs any more."""
    clock = running_clock(question)
    if clock is None:
        return None
    return Due(
        day=clock.last_day,
        explanation=deadlines.explain(clock),
        is_late=deadlines.is_late(clock),
        is_paused=deadlines.is_paused(clock),
        is_promised=clock.rule.code == PROMISED,
        workdays_left=deadlines.days_left(clock) or 0,
        amount=clock.rule.amount,
    )
