"""Who acts on the deadlines of citizens' matters, and their screens in the admin (`workflows/deadlines/acting.py`)."""

from django.db.models import F
from django.urls import reverse

from accounts.models import User
from accounts.roles import HANDLE_QUESTIONS, SIGN_ANSWERS, holders, may
from accounts.unit_roles import may_for_unit, unit_holders
from workflows.deadlines import acting
from workflows.models import Deadline

from ..models import Answer, Question
from . import inbox


def handlers(deadline_rows: list[Deadline]) -> dict[int, list[User]]:
    """Return the handlers on each deadline's own site; a site without any is left out, so the rule's people act."""
    by_site = {}
    for site in {deadline.site for deadline in deadline_rows if deadline.site is not None}:
        by_site[site.pk] = list(holders(HANDLE_QUESTIONS, site).filter(appointments__site=site).distinct())
    return {deadline.pk: by_site[deadline.site_id] for deadline in deadline_rows if by_site.get(deadline.site_id)}


def answerers(deadline_rows: list[Deadline]) -> dict[int, list[User]]:
    """Return who has the question of each deadline: the person who took it, else those in whose work queue it is:
    the people of its unit, where that has some, else those of its site.

    A person who wrote at an answer does not sign it; while the question waits for the asker no person is due.
    """
    questions = Question.objects.filter(pk__in={deadline.object_id for deadline in deadline_rows}).select_related(
        "claimed_by", "owner_site"
    )
    wrote = {pk: set(writers) for pk, writers in _writers(questions)}
    at: dict[tuple[str, int, int | None], list[User]] = {}
    found = {}
    for question in questions:
        capability = inbox.capability_wanted(question)
        if capability is None:
            continue
        if question.waiting_since is not None:
            found[str(question.pk)] = []
            continue
        person = question.claimed_by
        of_unit = may_for_unit(person, capability, question.unit_id) if person is not None else False
        if person is not None and person.is_active and (of_unit or may(person, capability, question.owner_site)):
            found[str(question.pk)] = [person]
            continue
        key = (capability, question.owner_site_id, question.unit_id)
        if key not in at:
            own_people = list(unit_holders(capability, question.unit_id))
            at[key] = own_people or acting.people_at(capability, question.owner_site)
        own = wrote.get(question.pk, set()) if capability == SIGN_ANSWERS else set()
        # Where all who sign wrote at it, the city's sign.
        people = at[key] if {user.pk for user in at[key]} - own else holders(capability, question.owner_site)
        found[str(question.pk)] = [user for user in people if user.pk not in own]
    return {deadline.pk: found[deadline.object_id] for deadline in deadline_rows if deadline.object_id in found}


def _writers(questions):
    answers = Answer.objects.filter(question__in=questions, round=F("question__round"), state=Answer.State.SUBMITTED)
    return answers.values_list("question_id", "writer_ids")


def register() -> None:
    """Tell the boards and reminders of this room's records; called once, from `FaqConfig.ready`."""
    acting.register_subject("faq.Question", people=answerers, address=_address("faq_question"), climbs_to=SIGN_ANSWERS)
    # Who works on them is what their rule says: the standing office.
    acting.register_subject("faq.ContributedArticle", address=_address("faq_contribution"))


def _address(screen: str):
    return lambda record: reverse(screen, args=[record.pk])
