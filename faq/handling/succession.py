"""Open questions when a unit ends: they go to its successor, and their deadlines run on.

1. A dossier that merges or closes a component site is decided (`home/opening/`); it calls `hand_over`. Open requests
about own data, reports of errors, comments on drafts, articles and forms that were sent are included. A unit without a
site that ends calls `hand_over_unit` (`home/units/`).
2. What still has to be answered goes to the successor's site and unit: no deadline starts anew, no number changes, what
was written stays. The asker reads of it in the timeline.
3. What is answered stays with the unit that answered: figures of years past do not move. Only who may still publish
or end it changes.
4. What is asked on, or reopened for, a site that has stopped goes to the site that acts for it now
(`site_that_acts`, `unit_that_acts`).
"""

from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from base.models import OrganisationUnit, PortalSite, UnitSuccession
from base.sites import city_site
from workflows import deadlines
from workflows.models import Deadline

from ..models import (
    Answer,
    ConsultationComment,
    ContributedArticle,
    FilledForm,
    Question,
    QuestionEvent,
    QuestionTopic,
    State,
)
from . import notices, steps

# What the unit still works on; from the reply on, only the board does.
TO_ANSWER = (State.RECEIVED, State.CLASSIFIED, State.ASSIGNED, State.DRAFTED, State.SIGNED, State.MERGED)

# Models of rooms above whose open records go to the successor as well.
_records: list[type[Model]] = []
# The most mergers in a row that are followed: no mergers form a circle, but wrong data may.
LONGEST_CHAIN = 10


def register_records(*models: type[Model]) -> None:
    """Let the open records of a room above go along; each model has `owner_site`, perhaps `unit`, `objects.open()`."""
    _records.extend(models)


@transaction.atomic
def hand_over(
    site: PortalSite, successor: PortalSite | None, *, legal_act: str, by, on: datetime | None = None
) -> list[Question]:
    """Give the open questions of a site that stops to its successor, without one to the city; return them.

    Called by the dossier's decision, which has checked who may; one event and one line of the log each. Safe to repeat.
    """
    moment = on or timezone.now()
    to = successor or city_site()
    moved = []
    of_site = Q(owner_site=site) | Q(unit=site.unit)
    running = Question.objects.open() | Question.objects.filter(state=State.MERGED, replied_at=None)
    for question in running.filter(of_site).select_for_update(of=("self",)).select_related("unit").order_by("pk"):
        _move(question, site, to, legal_act, by, moment)
        moved.append(question)
    QuestionTopic.objects.filter(unit=site.unit).update(unit=to.unit)
    for model in _registers():
        _give_records(model, site, to)
    _give_units_records(site.unit, to.unit)
    return moved


def _move(question: Question, site: PortalSite, to: PortalSite, legal_act: str, by, moment: datetime) -> None:
    was_the_sites = question.unit_id == site.unit_id
    answers = question.state in TO_ANSWER
    if answers and was_the_sites:
        question.unit = to.unit
    if question.owner_site_id == site.pk:
        question.owner_site = to
    question.claimed_by = question.claimed_at = None
    question.save(update_fields=["unit", "owner_site", "claimed_by", "claimed_at"])
    if answers and was_the_sites:
        _give_answer(question, site.unit, to.unit)
    deadline_rows = Deadline.objects.for_subject(question).open()
    deadline_rows.filter(site=site).update(site=to)
    deadline_rows.filter(unit=site.unit).update(unit=to.unit)
    steps.note(
        question,
        QuestionEvent.Kind.HANDED_OVER,
        moment,
        by,
        unit=to.unit,
        public_text=f"Chuyển từ {site.unit} sang {to.unit} theo {legal_act}; thời hạn trả lời giữ nguyên."
        if answers
        else "",
        note=f"{site} ngừng hoạt động theo {legal_act}",
        is_public=answers,
    )
    if question.state in (State.ASSIGNED, State.DRAFTED):
        notices.tell_unit(question)


def _give_answer(question: Question, former: OrganisationUnit, to: OrganisationUnit) -> None:
    """What is signed was signed by the unit that was; what is not, the new one answers for."""
    unsigned = Answer.objects.filter(question=question, round=question.round, unit=former)
    unsigned.exclude(state__in=[Answer.State.SIGNED, Answer.State.SENT]).update(unit=to)


@transaction.atomic
def hand_over_unit(
    unit: OrganisationUnit, to: OrganisationUnit, *, legal_act: str, by, on: datetime | None = None
) -> list[Question]:
    """Give what a unit that ends has still to answer to the unit that follows it; return the questions.

    Called by the act that ends the unit, which has checked who may. Deadlines run on; safe to repeat.
    """
    moment = on or timezone.now()
    own = PortalSite.objects.filter(unit=to, state=PortalSite.State.OPEN).first()
    moved = list(
        Question.objects.open().filter(unit=unit, state__in=TO_ANSWER).select_for_update(of=("self",)).order_by("pk")
    )
    for question in moved:
        question.unit, question.owner_site = to, own or question.owner_site
        question.claimed_by = question.claimed_at = None
        question.save(update_fields=["unit", "owner_site", "claimed_by", "claimed_at"])
        _give_answer(question, unit, to)
        deadline_rows = Deadline.objects.for_subject(question).open().filter(unit=unit)
        deadline_rows.update(unit=to, site=question.owner_site)
        steps.note(
            question,
            QuestionEvent.Kind.HANDED_OVER,
            moment,
            by,
            unit=to,
            public_text=f"Chuyển từ {unit} sang {to} theo {legal_act}; thời hạn trả lời giữ nguyên.",
            note=f"{unit} chấm dứt hoạt động theo {legal_act}",
            is_public=True,
        )
        if question.state in (State.ASSIGNED, State.DRAFTED):
            notices.tell_unit(question)
    QuestionTopic.objects.filter(unit=unit).update(unit=to)
    _give_units_records(unit, to)
    return moved


def _registers() -> tuple[type[Model], ...]:
    return (ConsultationComment, ContributedArticle, FilledForm, *_records)


def _give_units_records(unit: OrganisationUnit, to: OrganisationUnit) -> None:
    """Give what is open in other registers and lies with a unit to another; it stays with the site of its page."""
    for model in _registers():
        if hasattr(model, "unit"):
            rows = list(model.objects.open().filter(unit=unit).values_list("pk", flat=True))
            model.objects.filter(pk__in=rows).update(unit=to)
            _open_deadlines(model, rows).filter(unit=unit).update(unit=to)


def _give_records(model, site: PortalSite, to: PortalSite) -> None:
    """Give what is open in another register to the successor, with its deadlines."""
    rows = list(model.objects.open().filter(owner_site=site).values_list("pk", flat=True))
    model.objects.filter(pk__in=rows).update(owner_site=to)
    _open_deadlines(model, rows).update(site=to, unit=to.unit)


def _open_deadlines(model: type[Model], rows: list[int]):
    content_type = ContentType.objects.get_for_model(model)
    return Deadline.objects.open().filter(content_type=content_type, object_id__in=[str(pk) for pk in rows])


def site_that_acts(site: PortalSite) -> PortalSite:
    """Return the site whose people act for a site now: itself while it is open, who came after it, or the city."""
    for _step in range(LONGEST_CHAIN):
        if site.state == PortalSite.State.OPEN or site.is_city:
            return site
        if site.successor is None:
            break
        site = site.successor
    return PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)


def unit_that_acts(unit: OrganisationUnit, on: datetime | None = None) -> OrganisationUnit:
    """Return the unit that acts for a unit on a day: itself while it lasts, else who came after it."""
    day = deadlines.local_date(on)
    for _step in range(LONGEST_CHAIN):
        if unit.is_valid(day):
            return unit
        links = UnitSuccession.objects.filter(predecessor=unit).select_related("successor")
        link = links.order_by("effective_on").last()
        if link is None:
            break
        unit = link.successor
    return unit
