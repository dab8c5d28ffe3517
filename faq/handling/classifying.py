"""What a question is: a question or spam, alone or the same as another, for the portal's bodies to answer or not.

The asker of a question out of scope is told at once whose matter it is.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused
from workflows import deadlines

from ..models import Question, QuestionEvent, QuestionTopic, State
from . import notices, running, steps
from .assigning import route_amendment
from .states import STEPS

Kind = QuestionEvent.Kind


@transaction.atomic
def clear_suspicion(question: Question, *, by, on: datetime | None = None) -> Question:
    """Confirm that a held question is a real one; its deadline has run since it came."""
    question = steps.hold("clear_suspicion", question, by)
    if question.is_suspect:
        question.is_suspect = False
        question.save(update_fields=["is_suspect"])
        notices.acknowledge(question)
    log(instance=question, action="portal.question.clear", user=by)
    return question


@transaction.atomic
def mark_spam(question: Question, *, reason: str, by, on: datetime | None = None) -> Question:
    """Put aside what is no question; the deadline is cancelled, the row and its number stay."""
    question = steps.hold("mark_spam", question, by)
    steps.demand_reason(reason)
    question.state = State.SPAM
    steps.end(question, on)
    deadlines.cancel_for(question, reason="không phải câu hỏi", on=on, by=by)
    steps.note(question, Kind.SPAM, on, by, note=reason, is_public=False)
    return question


@transaction.atomic
def merge(question: Question, into: Question, *, reason: str, by, on: datetime | None = None) -> Question:
    """Answer a question together with another: its deadline runs until that one is answered, then its asker is told.

    Raises Refused for itself, for one that is merged or answered, and for one of another site.
    """
    question = steps.hold("merge", question, by)
    into = Question.objects.select_for_update(of=("self",)).get(pk=into.pk)
    steps.demand_reason(reason)
    if into.pk == question.pk:
        raise Refused("Không gộp câu hỏi vào chính nó được; hãy chọn câu hỏi khác.")
    if into.state not in STEPS["merge"].sources:
        raise Refused(f"{into} đang ở bước «{into.get_state_display()}» nên không nhận câu hỏi gộp vào được.")
    if not may(by, HANDLE_QUESTIONS, into.owner_site):
        raise Refused(f"{into} thuộc trang khác nên bạn không gộp vào được.")
    question.state, question.merged_into = State.MERGED, into
    question.owner_site, question.unit = into.owner_site, into.unit
    question.save(update_fields=["state", "merged_into", "owner_site", "unit"])
    running.note_accepted(question, on, by)
    # Those merged into it before follow it.
    question.duplicates.update(merged_into=into)
    steps.note(question, Kind.MERGED, on, by, note=reason, public_text="Được trả lời chung với câu hỏi cùng nội dung.")
    return question


@transaction.atomic
def classify(
    question: Question,
    *,
    by,
    topic: QuestionTopic | None,
    in_scope: bool,
    reason: str = "",
    competent_body: str = "",
    competent_body_url: str = "",
    on: datetime | None = None,
) -> Question:
    """Say what a question is about and whether it is for the portal's bodies to answer.

    Out of scope takes a reason and, when it is known, the competent body: the asker is then to be told at once
    (`reject`), at the latest on the next working day. Raises ValidationError without topic or reason.
    """
    question = steps.hold("classify", question, by)
    wrong = {}
    if in_scope and topic is None:
        wrong["topic"] = "Hãy chọn lĩnh vực của câu hỏi."
    if not in_scope and not reason.strip():
        wrong["reason"] = "Hãy ghi lý do câu hỏi không thuộc phạm vi trả lời; người hỏi sẽ đọc được lý do này."
    if wrong:
        raise ValidationError(wrong)
    was_suspect = question.is_suspect
    question.state, question.topic, question.in_scope, question.is_suspect = State.CLASSIFIED, topic, in_scope, False
    question.scope_reason = "" if in_scope else reason.strip()
    question.competent_body = "" if in_scope else competent_body.strip()
    question.competent_body_url = "" if in_scope else competent_body_url.strip()
    question.save()
    running.note_accepted(question, on, by)
    if in_scope:
        deadlines.cancel_for(question, reason="câu hỏi thuộc phạm vi trả lời", on=on, by=by, rule=running.REJECT)
    else:
        deadlines.start(
            question,
            running.REJECT,
            on=on,
            by=by,
            site=question.owner_site,
            unit=question.owner_site.unit,
            title=str(question),
        )
    steps.note(question, Kind.CLASSIFIED, on, by, data={"in_scope": in_scope})
    if was_suspect:
        notices.acknowledge(question)
    if in_scope:
        route_amendment(question, on, by)
    return question


@transaction.atomic
def reject(question: Question, *, by, on: datetime | None = None) -> Question:
    """Tell the asker at once that it is out of scope, why, and whose matter it is; the question ends."""
    question = steps.hold("reject", question, by)
    if question.in_scope is not False:
        raise Refused("Câu hỏi này đã phân loại là thuộc phạm vi trả lời; hãy phân loại lại trước.")
    question.state, question.replied_at = State.OUT_OF_SCOPE, on or timezone.now()
    steps.end(question, on)
    deadlines.meet_for(question, on=on, by=by)
    steps.note(question, Kind.OUT_OF_SCOPE, on, by, public_text=scope_words(question))
    notices.tell_out_of_scope(question)
    return question


def scope_words(question: Question) -> str:
    """Return what the asker of a question out of scope is told: why, and whose matter it is."""
    parts = [question.scope_reason.rstrip(".") + "."]
    if question.competent_body:
        where = f" ({question.competent_body_url})" if question.competent_body_url else ""
        parts.append(f"Cơ quan có thẩm quyền: {question.competent_body}{where}.")
    return " ".join(parts)
