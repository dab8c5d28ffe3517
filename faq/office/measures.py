"""Whose time the days of a question were: the board's, the unit's, or the asker's while the question waited for them.

Read from the events of the present round: the board has a question from its receipt until it is given to a unit and
from the signature to the reply, the unit in between; while the asker is asked for more, the days are the asker's.
Working days are counted as deadlines count them, the first day of each stretch left out, so that the shares add up to
the whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from workflows import deadlines

from ..models import Question, QuestionEvent

Kind = QuestionEvent.Kind
BOARD, UNIT, ASKER = "board", "unit", "asker"
BEGINS = frozenset({Kind.RECEIVED, Kind.REOPENED})
ENDS = frozenset({Kind.REPLIED, Kind.OUT_OF_SCOPE, Kind.SPAM})
# Who has it after a step.
GOES_TO = {Kind.ASSIGNED: UNIT, Kind.REASSIGNED: UNIT, Kind.GIVEN_BACK: BOARD, Kind.SIGNED: BOARD}
COUNTED = [*BEGINS, *ENDS, *GOES_TO, Kind.WAITING, Kind.RESUMED]


@dataclass(frozen=True)
class Shares:
    """Working days of the present round: the board's, the unit's, those waited for the asker."""

    board: int = 0
    unit: int = 0
    asker: int = 0

    @property
    def total(self) -> int:
        """All of them, as the deadline counts."""
        return self.board + self.unit + self.asker


def shares(questions: Iterable[Question], on: date | datetime | None = None) -> dict[int, Shares]:
    """Return the shares of each question by its key, until its reply or, while it runs, until a day (today).

    Two queries however many questions.
    """
    questions = list(questions)
    steps: dict[int, list[tuple[str, date]]] = {question.pk: [] for question in questions}
    events = QuestionEvent.objects.filter(question_id__in=steps, kind__in=COUNTED).order_by("at", "pk")
    for key, kind, at in events.values_list("question_id", "kind", "at"):
        steps[key].append((kind, deadlines.local_date(at)))
    until = deadlines.local_date(on)
    spans = {key: list(_spans(found, until)) for key, found in steps.items()}
    flat = [(key, holder, span) for key, found in spans.items() for holder, *span in found]
    counted = deadlines.workdays_between(tuple(span) for _key, _holder, span in flat)
    days = {key: dict.fromkeys((BOARD, UNIT, ASKER), 0) for key in steps}
    for (key, holder, _span), length in zip(flat, counted, strict=True):
        days[key][holder] += length or 0
    return {key: Shares(**found) for key, found in days.items()}


def _spans(steps: list[tuple[str, date]], until: date) -> list[tuple[str, date, date]]:
    """The stretches of the last round: (who had it, from, to); the last one runs until the day given."""
    spans: list[tuple[str, date, date]] = []
    holder = since = None
    waiting = answered = False
    for kind, day in steps:
        if kind in BEGINS:
            # Looked at again after an answer, it lies with the unit that gave it.
            spans, since, waiting = [], day, False
            holder = UNIT if kind == Kind.REOPENED and answered else BOARD
            continue
        if since is None:
            continue
        spans.append((ASKER if waiting else holder, since, day))
        since = day
        if kind in ENDS:
            answered, since = kind == Kind.REPLIED, None
        elif kind in GOES_TO:
            holder = GOES_TO[kind]
        else:
            waiting = kind == Kind.WAITING
    if since is not None:
        spans.append((ASKER if waiting else holder, since, max(since, until)))
    return spans
