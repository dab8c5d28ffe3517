"""What became of the questions of a year, by month and by unit: one definition for each figure.

Whose and when. A question counts once, for the month in which it was *received* (local date of Việt Nam), whatever
happened to it later, so that the figures of a month add up. It counts for the unit that sent the first answer, before that
for the unit it is with, else for the unit of the site that handles it. A unit that was merged away keeps what it answered
under its own name. Put aside as spam, or held as suspected spam, it counts nowhere. One merged into another counts by
itself: another person asked, and is answered.

| Figure | Counts |
|---|---|
| received | every question of the year, as above |
| answered | an answer was sent; a reopened question stays answered by its first answer |
| out_of_scope | the asker was told that it is out of scope, and nothing has changed that |
| waiting | the rest: neither answered nor out of scope |
| overdue | of those waiting: the last day of the running deadline has passed; one that waits for its asker is not overdue |
| on_time | of those answered: every deadline of the asker until the first answer was met by its last day. An interim notice sent in time meets the 15 working days (Quy chế Điều 10.1.d), the answer then has to come by the day promised |
| share_on_time | on_time of those answered or overdue, in per cent: a question left lying counts against it |
| median_workdays | of those answered: working days from receipt to the first answer, the first day left out, those in which one waited for the asker taken off |
| very, satisfied, not_satisfied | what askers said last of the answer they have; reopening takes back what was said of the former one |
| share_satisfied | very and satisfied of all who said something, in per cent |
| reopened | questions that were looked at again, at least once |

Nothing here tells who asked what: numbers and names of units only.
"""  # noqa: E501

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField, CharField, OuterRef, Subquery
from django.db.models.functions import Cast, Coalesce

from base.figures import MONTHS, Answers, latest_first, share, share_on_time
from base.models import OrganisationUnit, PortalSite
from vietnam import text
from workflows import deadlines
from workflows.models import Deadline

from ..handling.running import ANSWER, DEADLINES
from ..models import Answer, Question, QuestionEvent, State

Kind, Rating = QuestionEvent.Kind, Question.Satisfaction
# What gives a question to a unit.
GIVEN = (Kind.ASSIGNED, Kind.REASSIGNED)


@dataclass(frozen=True, slots=True)
class Fact:
    """What is counted of one question; `workdays` of the first answer, None before it.

    `key` (its row), `topic` and `officer` (who took it as their own work, else who wrote its answer) are for the
    office; no public figure names a person.
    """

    month: int
    unit: int
    is_answered: bool = False
    is_out_of_scope: bool = False
    is_overdue: bool = False
    is_on_time: bool = False
    workdays: int | None = None
    satisfaction: int | None = None
    is_reopened: bool = False
    key: int = 0
    topic: int | None = None
    officer: int | None = None

    @property
    def waits(self) -> bool:
        """Whether it is neither answered nor out of scope."""
        return not self.is_answered and not self.is_out_of_scope


# Figure → which questions it counts.
COUNTED: dict[str, Callable[[Fact], bool]] = {
    "received": lambda fact: True,
    "answered": lambda fact: fact.is_answered,
    "out_of_scope": lambda fact: fact.is_out_of_scope,
    "waiting": lambda fact: fact.waits,
    "overdue": lambda fact: fact.is_overdue,
    "on_time": lambda fact: fact.is_on_time,
    "reopened": lambda fact: fact.is_reopened,
}


@dataclass(frozen=True)
class Figures(Answers):
    """The figures of some questions; see the module for what each counts. Shares in per cent, None of nothing."""

    received: int = 0
    answered: int = 0
    out_of_scope: int = 0
    waiting: int = 0
    overdue: int = 0
    on_time: int = 0
    median_workdays: float | None = None
    very: int = 0
    satisfied: int = 0
    not_satisfied: int = 0
    reopened: int = 0

    @property
    def share_on_time(self) -> int | None:
        return share_on_time(self.on_time, self.answered, self.overdue)


@dataclass(frozen=True)
class Year:
    """The figures of a year: of all, of each month (12), of each unit by its name; of one unit when `unit` is set."""

    year: int
    total: Figures
    months: list[tuple[int, Figures]]
    units: list[tuple[OrganisationUnit, Figures]]
    unit: OrganisationUnit | None = None


def of_year(site: PortalSite, year: int, *, unit: str = "", on: datetime | date | None = None) -> Year:
    """Return the figures of a year as they stand on a day (today): of all sites for the city, else of one site.

    `unit`: the name in addresses of one unit, of which months and total are then told; one without questions is as if
    it were not asked for. Six queries however many questions.
    """
    facts = _facts(_questions(site).filter(year=year), deadlines.local_date(on))
    known = OrganisationUnit.objects.in_bulk({fact.unit for fact in facts})
    chosen = next((found for found in known.values() if unit and found.slug == unit), None)
    units = [(found, count(fact for fact in facts if fact.unit == key)) for key, found in known.items()]
    if chosen is not None:
        facts = [fact for fact in facts if fact.unit == chosen.pk]
    return Year(
        year,
        count(facts),
        [(month, count(fact for fact in facts if fact.month == month)) for month in MONTHS],
        sorted(units, key=lambda row: text.sort_key(row[0].name)),
        chosen,
    )


def facts_of(site: PortalSite, year: int, *, on: datetime | date | None = None) -> list[Fact]:
    """Return what is counted of each question of a year, for tables of the office by field and officer."""
    return _facts(_questions(site).filter(year=year), deadlines.local_date(on))


@dataclass(frozen=True)
class GivenBack:
    """How often a unit gave questions back: `given` to it, `questions` that it gave back, how many `times` in all."""

    given: int = 0
    questions: int = 0
    times: int = 0

    @property
    def share(self) -> int | None:
        """Of the questions that it was given, those it gave back, in per cent."""
        return share(self.questions, self.given)


def given_back(site: PortalSite, year: int) -> dict[int, GivenBack]:
    """Return how often each unit gave back questions of a year, by the unit's key; for the office."""
    return {unit: times_of(*questions) for unit, questions in handed_out(site, year).items()}


def times_of(given: set[int], back: list[int]) -> GivenBack:
    """Count what `handed_out` says of one unit."""
    return GivenBack(len(given), len(set(back)), len(back))


def handed_out(site: PortalSite, year: int) -> dict[int, tuple[set[int], list[int]]]:
    """Return unit → (questions of a year that it was given, those that it gave back, one for each time).

    Of all units for the city, else of those on which the site's questions are: its own unit and what stands below it.
    Units that were given nothing are left out. Two queries.
    """
    asked = Question.objects.exclude(state=State.SPAM).filter(is_suspect=False, year=year)
    events = QuestionEvent.objects.filter(question__in=asked.values("pk"), kind__in=(*GIVEN, Kind.GIVEN_BACK))
    if not site.is_city:
        events = events.filter(unit__in=_units_of(site))
    given: dict[int, set[int]] = {}
    back: dict[int, list[int]] = {}
    for kind, unit, question in events.exclude(unit=None).values_list("kind", "unit_id", "question_id"):
        if kind == Kind.GIVEN_BACK:
            back.setdefault(unit, []).append(question)
        # Who gave it back had it, also by a transfer from before these events.
        given.setdefault(unit, set()).add(question)
    return {unit: (questions, back.get(unit, [])) for unit, questions in given.items()}


def _units_of(site: PortalSite) -> list[int]:
    """The unit of a site and all below it."""
    children: dict[int | None, list[int]] = {}
    for key, parent in OrganisationUnit.objects.values_list("pk", "parent_id"):
        children.setdefault(parent, []).append(key)
    found = [site.unit_id]
    for unit in found:
        found += children.get(unit, [])
    return found


def years(site: PortalSite) -> list[int]:
    """Return the years in which questions were received, and this one, the latest first; one query."""
    found = _questions(site).order_by().values_list("year", flat=True).distinct()
    return latest_first(found, deadlines.today().year)


def has_illustrative(site: PortalSite, year: int) -> bool:
    """Tell whether illustrative questions are among those of a year; one query."""
    return _questions(site).filter(year=year, is_illustrative=True).exists()


def count(facts: Iterable[Fact]) -> Figures:
    """Return the figures of some questions."""
    facts = list(facts)
    lengths = [fact.workdays for fact in facts if fact.workdays is not None]
    satisfaction = Counter(fact.satisfaction for fact in facts)
    return Figures(
        **{name: sum(map(counts, facts)) for name, counts in COUNTED.items()},
        median_workdays=median(lengths) if lengths else None,
        very=satisfaction[Rating.VERY],
        satisfied=satisfaction[Rating.SATISFIED],
        not_satisfied=satisfaction[Rating.NOT],
    )


# --- From rows to facts ----------------------------------------------------------------------------


def _questions(site: PortalSite):
    found = Question.objects.exclude(state=State.SPAM).filter(is_suspect=False)
    return found if site.is_city else found.filter(owner_site=site)


def _facts(questions, today: date) -> list[Fact]:
    last_written = Answer.objects.filter(question=OuterRef("pk")).order_by("-round").values("written_by_id")[:1]
    rows = list(
        questions.order_by("pk").values_list(
            "pk",
            "received_at",
            "state",
            "unit_id",
            "owner_site__unit_id",
            "satisfaction",
            "round",
            "waiting_since",
            "topic_id",
            Coalesce("claimed_by_id", Subquery(last_written), output_field=BigIntegerField()),
        )
    )
    replies, deadline_rows = _first_replies(questions), _first_deadlines(questions)
    spans = [
        (deadlines.local_date(received), deadlines.local_date(replies[key][0]) if key in replies else None)
        for key, received, *_rest in rows
    ]
    facts = []
    for row, span, length in zip(rows, spans, deadlines.workdays_between(spans), strict=True):
        key, _received, state, unit, site_unit, satisfaction, rounds, waiting_since, topic, officer = row
        replied, own = replies.get(key), deadline_rows.get(key, [])
        facts.append(
            Fact(
                month=span[0].month,
                unit=(replied and replied[1]) or unit or site_unit,
                is_answered=replied is not None,
                is_out_of_scope=replied is None and state == State.OUT_OF_SCOPE,
                is_overdue=replied is None
                and not waiting_since
                and any(_runs_late(deadline, today) for deadline in own),
                is_on_time=replied is not None and all(_was_in_time(deadline) for deadline in own),
                workdays=max(0, length - sum(deadline.paused_workdays for deadline in own))
                if length is not None
                else None,
                satisfaction=satisfaction,
                is_reopened=rounds > 1,
                key=key,
                topic=topic,
                officer=officer,
            )
        )
    return facts


def _first_replies(questions) -> dict[int, tuple[datetime, int | None]]:
    """Return when each question was first answered, and by which unit."""
    events = QuestionEvent.objects.filter(kind=Kind.REPLIED, question__in=questions.values("pk"))
    found: dict[int, tuple[datetime, int | None]] = {}
    for key, at, unit in events.order_by("at", "pk").values_list("question_id", "at", "unit_id"):
        found.setdefault(key, (at, unit))
    return found


def _first_deadlines(questions) -> dict[int, list[Deadline]]:
    """Return for each question its asker's deadlines until the first answer: those before a second 15 days began."""
    kind = ContentType.objects.get_for_model(Question)
    keys = questions.annotate(key=Cast("pk", CharField())).values("key")
    rows = Deadline.objects.filter(content_type=kind, object_id__in=keys, rule__code__in=DEADLINES, cancelled=False)
    found: dict[int, list[Deadline]] = {}
    has_ended: set[int] = set()
    for deadline in rows.select_related("rule").order_by("pk"):
        key = int(deadline.object_id)
        if deadline.rule.code == ANSWER and key in found:
            has_ended.add(key)
        if key not in has_ended:
            found.setdefault(key, []).append(deadline)
    return found


def _was_in_time(deadline: Deadline) -> bool:
    return deadline.met_on is not None and not deadlines.is_late(deadline)


def _runs_late(deadline: Deadline, today: date) -> bool:
    return deadline.is_open and deadlines.is_late(deadline, today)
