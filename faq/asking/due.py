"""By when the asker gets an answer, as they read it: the last day of the running deadline, and how it was computed.

The deadline and its explanation are those of `workflows.deadlines`, which every screen uses.
"""

from dataclasses import dataclass
from datetime import date

from workflows import deadlines

from ..handling.running import PROMISED, running_deadline
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
    deadline = running_deadline(question)
    if deadline is None:
        return None
    return Due(
        day=deadline.last_day,
        explanation=deadlines.explain(deadline),
        is_late=deadlines.is_late(deadline),
        is_paused=deadlines.is_paused(deadline),
        is_promised=deadline.rule.code == PROMISED,
        workdays_left=deadlines.days_left(deadline) or 0,
        amount=deadline.rule.amount,
    )
