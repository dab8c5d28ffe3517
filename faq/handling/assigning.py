"""Whose work a question is: which unit answers, which person has it in hand.

A unit has a deadline of its own inside the 15 days; another unit does not start these anew. One that is not the right
one gives the question back to who sorts it, with a reason; how often is counted, and after that they decide. A proposal
to amend the Regulation goes to the standing office (Điều 24), whichever site it came by.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, may
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from workflows import deadlines

from ..models import Answer, Question, QuestionEvent, QuestionTopic, State
from . import notices, running, steps

Kind = QuestionEvent.Kind
MOST_TIMES_GIVEN_BACK = 2


def route_amendment(question: Question, on, by) -> None:
    """Give a proposal to amend the Regulation to the standing office, whatever site it came by (Quy chế Điều 24)."""
    topic = question.topic
    if topic is None or topic.kind != QuestionTopic.Kind.AMENDMENT:
        return
    city = PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)
    if question.owner_site_id == city.pk and question.events.filter(kind=Kind.ROUTED).exists():
        return
    office = topic.unit if topic.unit is not None and topic.unit.is_valid(deadlines.local_date(on)) else None
    question.owner_site, question.unit = city, office
    question.claimed_by = question.claimed_at = None
    question.save(update_fields=["owner_site", "unit", "claimed_by", "claimed_at"])
    running.give_to(question, office or city.unit, site=city)
    steps.note(
        question,
        Kind.ROUTED,
        on,
        by,
        public_text="Kiến nghị sửa đổi Quy chế do cơ quan Thường trực Ban Biên tập tổng hợp, trình (Điều 24).",
    )


def route_to_service(question: Question, on: datetime) -> None:
    """Set the unit that answers for the service that a question is about, on the question and on its deadline."""
    unit = question.service.responsible_unit if question.service is not None else None
    if unit is None or question.unit_id or not unit.is_valid(deadlines.local_date(on)):
        return
    question.unit = unit
    question.save(update_fields=["unit"])
    running.give_to(question, unit)


@transaction.atomic
def claim(question: Question, *, by, on: datetime | None = None) -> Question:
    """Take a question as one's own work; raises Refused when another has it (they or a handler release it first).

    Who has no right to answer there any more holds it no longer.
    """
    question = steps.hold("claim", question, by)
    if question.claimed_by_id == by.pk:
        return question
    if question.claimed_by_id and may(question.claimed_by, ANSWER_QUESTIONS, question.owner_site):
        raise Refused(f"{question} đang do {question.claimed_by} xử lý; người đó hoặc người điều phối cần thôi trước.")
    question.claimed_by, question.claimed_at = by, on or timezone.now()
    question.save(update_fields=["claimed_by", "claimed_at"])
    running.note_accepted(question, on, by)
    steps.note(question, Kind.CLAIMED, on, by, is_public=False)
    return question


@transaction.atomic
def release(question: Question, *, by, on: datetime | None = None) -> Question:
    """Give a question back to all; one's own, or with the right to handle questions another's."""
    question = steps.hold("release", question, by)
    if question.claimed_by_id is None:
        return question
    if question.claimed_by_id != by.pk and not may(by, HANDLE_QUESTIONS, question.owner_site):
        raise Refused("Bạn chỉ thôi xử lý được câu hỏi của mình.")
    question.claimed_by = question.claimed_at = None
    question.save(update_fields=["claimed_by", "claimed_at"])
    steps.note(question, Kind.RELEASED, on, by, is_public=False)
    return question


def site_answering(unit: OrganisationUnit) -> PortalSite:
    """Return the site whose people handle what a unit is to answer: its own that is open, else the city's."""
    own = PortalSite.objects.filter(unit=unit, state=PortalSite.State.OPEN).first()
    return own or PortalSite.objects.get(kind=PortalSite.Kind.CITY)


@transaction.atomic
def assign(question: Question, *, unit: OrganisationUnit, by, note: str = "", on: datetime | None = None) -> Question:
    """Give a question to the unit that answers it; the unit's own, shorter deadline starts."""
    question = steps.hold("assign", question, by)
    if not question.in_scope:
        raise Refused("Câu hỏi không thuộc phạm vi trả lời thì không chuyển đơn vị; hãy trả lời người hỏi ngay.")
    return _give(question, unit, Kind.ASSIGNED, by, note, on)


@transaction.atomic
def reassign(question: Question, *, unit: OrganisationUnit, reason: str, by, on: datetime | None = None) -> Question:
    """Give a question to another unit: the 15 days of the asker run on, the new unit gets its own deadline.

    What the former unit wrote stays, as an unsigned draft.
    """
    question = steps.hold("reassign", question, by)
    steps.demand_reason(reason)
    if question.unit_id == unit.pk:
        raise ValidationError({"unit": f"{unit} đang xử lý câu hỏi này; hãy chọn đơn vị khác."})
    if question.state == State.SIGNED:
        raise Refused("Câu trả lời đã được ký duyệt; hãy gửi cho người hỏi, không chuyển đơn vị nữa.")
    Answer.objects.filter(question=question, round=question.round).update(
        state=Answer.State.DRAFT, unit=unit, submitted_at=None
    )
    deadlines.cancel_for(question, reason=f"chuyển {unit}", on=on, by=by, rule=running.UNITS_SHARE)
    return _give(question, unit, Kind.REASSIGNED, by, reason, on)


@transaction.atomic
def give_back(question: Question, *, reason: str, by, on: datetime | None = None) -> Question:
    """Give a question that is not the unit's back to those who sort it, with a reason; the asker's days run on.

    It goes to the site on which it was asked, from that site itself to the city's board. What the unit wrote stays, as
    an unsigned draft. Raises Refused once it has come back `MOST_TIMES_GIVEN_BACK` times: then who sorts has decided.
    """
    question = steps.hold("give_back", question, by)
    steps.demand_reason(reason)
    if question.times_given_back >= MOST_TIMES_GIVEN_BACK:
        raise Refused(
            f"Câu hỏi này đã bị trả lại {question.times_given_back} lần nên đơn vị được giao trả lời; nếu vẫn không "
            "đúng đơn vị, hãy báo Ban Biên tập chuyển đơn vị khác."
        )
    former, site = question.unit, site_that_sorts(question)
    question.state, question.unit, question.owner_site = State.CLASSIFIED, None, site
    question.claimed_by = question.claimed_at = None
    question.times_given_back += 1
    question.save()
    running.note_accepted(question, on, by)
    deadlines.cancel_for(question, reason=f"{former} trả lại", on=on, by=by, rule=running.UNITS_SHARE)
    running.give_to(question, site.unit, site=site)
    running.start_acceptance(question, on or timezone.now(), by)
    data = {"times": question.times_given_back}
    steps.note(question, Kind.GIVEN_BACK, on, by, note=reason, unit=former, is_public=False, data=data)
    notices.tell_given_back(question, reason=reason.strip(), former=former)
    return question


def site_that_sorts(question: Question) -> PortalSite:
    """Return the site to which a unit gives a question back: where it was asked, from there to the city's board."""
    asked_on = question.asked_on_site
    if asked_on.pk != question.owner_site_id and asked_on.state == PortalSite.State.OPEN:
        return asked_on
    return PortalSite.objects.select_related("unit").get(kind=PortalSite.Kind.CITY)


def _give(question: Question, unit: OrganisationUnit, kind: str, by, note: str, on) -> Question:
    if not unit.is_valid(deadlines.local_date(on)):
        raise ValidationError({"unit": f"{unit} đã chấm dứt hoạt động; hãy chọn đơn vị kế thừa."})
    question.state, question.unit, question.owner_site = State.ASSIGNED, unit, site_answering(unit)
    question.claimed_by = question.claimed_at = None
    question.save()
    running.give_to(question, unit, site=question.owner_site)
    deadline = running.running_deadline(question)
    running.start_units_deadline(question, deadline.started_on if deadline else on, by)
    running.note_accepted(question, on, by)
    running.start_acceptance(question, on or timezone.now(), by)
    steps.note(question, kind, on, by, note=note, unit=unit)
    notices.tell_unit(question)
    notices.tell_assigned(question)
    return question
