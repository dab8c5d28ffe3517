"""What the actions on a question share: its row locked, right and state checked, the event written, the end."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import may
from accounts.unit_roles import may_for_unit
from base.gate import Refused
from base.operations.log_names import person_text
from workflows import deadlines

from .. import terms
from ..models import Question, QuestionContact, QuestionEvent
from .states import STEPS, demand


def may_do(step: str, user, question: Question) -> bool:
    """Tell whether a person has the right to a step, wherever the question stands.

    The people of a unit without a site have it for what is given to their unit.
    """
    wanted = STEPS[step].capability
    return may(user, wanted, question.owner_site) or may_for_unit(user, wanted, question.unit_id)


def hold(step: str, question: Question, by) -> Question:
    """Lock the question and return it; raise Refused without the right or when it stands elsewhere."""
    held = (
        Question.objects.select_for_update(of=("self",))
        .select_related("owner_site__unit", "unit", "topic", "claimed_by")
        .get(pk=question.pk)
    )
    if not may_do(step, by, held):
        raise Refused(f"Bạn không có quyền {STEPS[step].label} đối với câu hỏi này.")
    demand(step, held)
    return held


def move(question: Question, step: str) -> None:
    """Bring the question to where a step leads."""
    question.state = STEPS[step].target
    question.save(update_fields=["state"])


def demand_reason(reason: str) -> None:
    """Raise ValidationError without a reason."""
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do."})


def note(
    question: Question,
    kind: str,
    on,
    by,
    *,
    public_text: str = "",
    note: str = "",
    unit=None,
    is_public: bool = True,
    data: dict | None = None,
) -> QuestionEvent:
    """Write the event of a step and its line in the log."""
    event = QuestionEvent.objects.create(
        question=question,
        kind=kind,
        at=on or timezone.now(),
        by_id=by.pk if by is not None else None,
        by_name=person_text(by),
        unit=unit or question.unit,
        public_text=public_text.strip(),
        note=note.strip(),
        is_public=is_public,
    )
    log(instance=question, action=f"portal.question.{kind}", user=by, data=data or {})
    return event


def end(question: Question, on) -> None:
    """Close the question and save it; its contact gets the day of its purge."""
    moment = on or timezone.now()
    question.closed_at = moment
    question.save()
    set_purge_day(question, moment)


def set_purge_day(question: Question, moment: datetime) -> None:
    """Give the contact the day of its purge: after the term, at once where consent was withdrawn on the way."""
    contact = QuestionContact.objects.filter(question=question, purged_at=None)
    contact.filter(withdrawn_at=None).update(purge_on=terms.purge_day(moment))
    contact.exclude(withdrawn_at=None).update(purge_on=deadlines.local_date(moment))
