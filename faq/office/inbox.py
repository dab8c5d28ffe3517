"""The questions a person works on: which they see, what waits for them, filters with their counts, how they are sorted.

A question belongs to the site whose people handle it now; a person without a right to questions on that site does not
see it. The people of a unit without a site see what is given to their unit, and nothing else. Nothing of the asker's
contact data is read here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast

from accounts import responsibility
from accounts.models import Appointment
from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, OF_UNIT, ROLES, SIGN_ANSWERS, may
from accounts.unit_roles import units_for
from base.models import PortalSite
from base.sites import all_sites
from workflows import deadlines
from workflows.models import Deadline, DeadlineRule

from ..handling.running import DEADLINES, STEPS
from ..handling.states import AFTER_REPLY, WITH_UNIT
from ..models import Answer, Question, QuestionTopic, State

CAPABILITIES = (HANDLE_QUESTIONS, ANSWER_QUESTIONS, SIGN_ANSWERS)
# Which capability has a question in its work queue, by the question's state.
WAITS_FOR = {
    HANDLE_QUESTIONS: (State.RECEIVED, State.CLASSIFIED, State.SIGNED, State.REPLIED),
    ANSWER_QUESTIONS: (State.ASSIGNED,),
    SIGN_ANSWERS: (State.DRAFTED,),
}
WAITING = frozenset(state for states in WAITS_FOR.values() for state in states)
# Where a question can stand that was given to a unit.
GIVEN_TO_UNIT = WITH_UNIT | AFTER_REPLY
ANY, OPEN = "tat-ca", "dang-xu-ly"


# --- 1. Whose questions ----------------------------------------------------------------------------


def sites_for(user, *capabilities: str) -> list[PortalSite]:
    """Return the sites on which a person may do one of the things (by default anything) with questions, by name."""
    wanted = capabilities or CAPABILITIES
    sites = sorted(all_sites(), key=lambda site: site.name)
    return [site for site in sites if any(may(user, capability, site) for capability in wanted)]


def works_with_questions(user) -> bool:
    """Tell whether questions concern a person at all."""
    return any(may(user, capability) for capability in CAPABILITIES)


def visible_to(user) -> QuerySet:
    """Return the questions that a person may see: of their sites, or given to their unit."""
    wanted = Q(owner_site__in=sites_for(user))
    if units := units_for(user, ANSWER_QUESTIONS):
        wanted |= Q(unit__in=units, state__in=GIVEN_TO_UNIT)
    return Question.objects.filter(wanted)


def waiting_for(user, own_work: set[tuple[str, int]] | None = None) -> QuerySet:
    """Return what waits for a person: what they have taken, and what is in their work queue and not taken.

    `own_work`: what `responsibility.own_work` gave, when it is known already. A question counts as taken while the
    person who took it is active and may do the step.

    A question that waits for the asker waits for no person here; an answered one does, until it is decided whether it
    is published.
    """
    own_work, wanted = responsibility.own_work(user) if own_work is None else own_work, Q(pk=None)
    for capability, states in WAITS_FOR.items():
        allowed = [site.pk for site in sites_for(user, capability)]
        wanted |= Q(claimed_by=user, owner_site__in=allowed, state__in=states)
        sites = [site_id for found, site_id in own_work if found == capability]
        if sites:
            of_others = Q(unit__in=units_with(capability)) if capability != HANDLE_QUESTIONS else Q(pk=None)
            wanted |= Q(owner_site__in=sites, state__in=states) & ~claim_holds(capability) & ~of_others
        if units := units_for(user, capability):
            wanted |= Q(unit__in=units, state__in=states) & (~claim_holds(capability) | Q(claimed_by=user))
    prepared = Q(state=State.REPLIED) & ~Q(page=None)
    return visible_to(user).filter(wanted, waiting_since=None).exclude(prepared)


def units_with(capability: str) -> QuerySet:
    """Return the keys of the units that have people of their own who may do something."""
    roles = [role for role in OF_UNIT if capability in ROLES[role].capabilities]
    held = Appointment.objects.in_force().filter(role__in=roles, person__is_active=True)
    return held.exclude(unit=None).values("unit")


def claim_holds(capability: str):
    """The condition on questions that who took one is active and may do on its site what is to be done next."""
    roles = [role.key for role in ROLES.values() if capability in role.capabilities]
    of_city = Q(site__parent=None) & (~Q(role__in=OF_UNIT) | Q(unit=OuterRef("unit")))
    at = Q(site=OuterRef("owner_site"), unit=None) | of_city
    holding = Appointment.objects.in_force().filter(
        at, person=OuterRef("claimed_by"), person__is_active=True, role__in=roles
    )
    return Q(claimed_by__isnull=False) & Q(Exists(holding))


def capability_wanted(question: Question) -> str | None:
    """Return the capability in whose work queue a question is; None when it is in none.

    An answered question whose page is prepared goes the way of a page.
    """
    if question.state == State.REPLIED and question.page_id:
        return None
    return next((capability for capability, states in WAITS_FOR.items() if question.state in states), None)


def to_sign(sites: Iterable[int], units: Iterable[int] = ()) -> QuerySet:
    """Return the answers that wait for a signature on some sites, or of some units, given by their keys.

    Those of a unit that has a head with an account are that head's to sign, not the site's.
    """
    waiting = Answer.objects.filter(
        state=Answer.State.SUBMITTED, round=F("question__round"), question__state=State.DRAFTED
    )
    of_sites = Q(question__owner_site__in=sites) & ~Q(question__unit__in=units_with(SIGN_ANSWERS))
    return waiting.filter(of_sites | Q(question__unit__in=units) if units else of_sites)


def returned_to(user) -> QuerySet:
    """Return the answers that a person wrote last and that came back to be corrected."""
    return Answer.objects.filter(
        written_by=user,
        state=Answer.State.RETURNED,
        round=F("question__round"),
        question__state=State.ASSIGNED,
        question__in=visible_to(user).values("pk"),
    )


def to_sign_by(user, sites: Iterable[int], signers: dict[int, set[int]]) -> QuerySet:
    """Return the answers that a person is to sign: those on some sites at which they did not write.

    `signers`: to the city's people those who sign on each other site, by their keys: where all of them wrote at an
    answer it is the city's to sign.
    """
    rows = to_sign([*sites, *signers], units_for(user, SIGN_ANSWERS)).values_list(
        "pk", "question__owner_site_id", "writer_ids"
    )
    return Answer.objects.filter(
        pk__in=[
            pk
            for pk, site_id, writers in rows
            if user.pk not in writers and (site_id in sites or not signers.get(site_id, set()) - set(writers))
        ]
    )


def proposals_to_amend(user) -> QuerySet:
    """Return the proposals to amend the Regulation that a person may see and that still run (Quy chế Điều 24)."""
    return visible_to(user).open().filter(topic__kind=QuestionTopic.Kind.AMENDMENT)


# --- 2. When it is due -----------------------------------------------------------------------------


def with_due(questions: QuerySet) -> QuerySet:
    """Annotate questions with `due_by` (the key of the running deadline that is due first, the asker's or that of a
    step), `due` (its last day) and `has_been_late` (it or another was extended when late).
    """
    deadline_rows = Deadline.objects.open().filter(
        content_type=ContentType.objects.get_for_model(Question),
        object_id=OuterRef("key_as_text"),
        rule__code__in=(*DEADLINES, *STEPS),
    )
    return questions.annotate(key_as_text=Cast("pk", CharField(max_length=64))).annotate(
        due_by=Subquery(deadline_rows.values("pk")[:1], output_field=IntegerField()),
        due=Subquery(deadline_rows.values("last_day")[:1], output_field=DateField()),
        has_been_late=Exists(deadline_rows.filter(was_late=True)),
    )


def soon_and_paused(on: date) -> tuple[list[int], list[int]]:
    """Return the keys of the deadlines of questions that are due soon on a day, and of those that are paused.

    By `deadlines.standing`, as on the other screens; three queries. Those that are far are left to the database.
    """
    codes = (*DEADLINES, *STEPS)
    longest = DeadlineRule.objects.filter(code__in=codes).aggregate(most=Max("soon_within"))["most"] or 0
    found: dict[deadlines.Standing, list[int]] = defaultdict(list)
    with deadlines.calendar_held():
        # The first working day that is soon by no rule.
        near = Q(last_day__lt=deadlines.workdays_after(on, longest + 1)) | Q(paused_on__isnull=False)
        rows = Deadline.objects.open().filter(near, rule__code__in=codes, last_day__gte=on)
        for deadline in rows.select_related("rule").prefetch_related("pauses"):
            found[deadlines.standing(deadline, on)].append(deadline.pk)
    return found[deadlines.Standing.SOON], found[deadlines.Standing.PAUSED]


def first_mine_then_due(questions: QuerySet, user) -> QuerySet:
    """Sort annotated questions: one's own work first, then the soonest due, those without a deadline at the end."""
    mine = Case(When(claimed_by=user, then=Value(0)), default=Value(1), output_field=IntegerField())
    return questions.order_by(mine, F("due").asc(nulls_last=True), "received_at", "pk")


@dataclass(frozen=True)
class DeadlineText:
    """The asker's deadline of a question as text: the last day, what is left, the colour of the badge.

    `step`: the same of the step that is due before it, None where there is none.
    """

    deadline: Deadline | None = None
    left: str = ""
    badge: str = "unknown"
    step: "DeadlineText | None" = None


BADGES = {
    deadlines.Standing.VERY_LATE: "lapsed",
    deadlines.Standing.LATE: "lapsed",
    deadlines.Standing.SOON: "partly",
    deadlines.Standing.RUNNING: "in-force",
    deadlines.Standing.PAUSED: "unknown",
}


def deadline_texts(questions: Iterable[Question], on: date | datetime | None = None) -> dict[int, DeadlineText]:
    """Return the deadlines of each question as text, by its key; three queries, however many questions."""
    keys = {str(question.pk): question.pk for question in questions}
    deadline_rows = (
        Deadline.objects.open()
        .filter(content_type=ContentType.objects.get_for_model(Question), object_id__in=keys)
        .filter(rule__code__in=[*DEADLINES, *STEPS])
        .select_related("rule")
        .prefetch_related("pauses")
    )
    askers, steps = {}, {}
    for deadline in deadline_rows:
        (steps if deadline.rule.code in STEPS else askers).setdefault(keys[deadline.object_id], deadline)
    with deadlines.calendar_held():
        return {key: _deadline_text(askers.get(key), steps.get(key), on) for key in keys.values()}


def _deadline_text(deadline: Deadline | None, step: Deadline | None, on) -> DeadlineText:
    is_first = step is not None and (deadline is None or step.last_day < deadline.last_day)
    of_step = _deadline_text(step, None, on) if is_first else None
    if deadline is None:
        return DeadlineText(step=of_step)
    badge = BADGES.get(deadlines.standing(deadline, on), "unknown")
    return DeadlineText(deadline, deadlines.time_left(deadline, on), badge, of_step)
