"""After the answer: the end without a page, the asker's opinion, another look in a new round."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.gate import Refused
from vietnam import text
from workflows import deadlines

from ..models import Question, QuestionContact, QuestionEvent, State
from . import notices, running, steps, succession
from .answering import answer_of
from .states import demand

# A dissatisfied asker may have the answer looked at again for this long.
REOPEN_DAYS = 30
Kind = QuestionEvent.Kind


@transaction.atomic
def close(question: Question, *, by, on: datetime | None = None) -> Question:
    """End an answered question without a page; refused for one of common interest, which must be published."""
    question = steps.hold("close", question, by)
    if question.common_interest:
        raise Refused("Câu hỏi có liên quan chung nên phải đăng công khai (Điều 10.1.d); hãy soạn trang công khai.")
    if question.page_id is not None:
        raise Refused("Đã soạn trang công khai cho câu hỏi này; hãy xóa bản nháp đó trước khi kết thúc.")
    steps.move(question, "close")
    steps.end(question, on)
    steps.note(question, Kind.CLOSED, on, by)
    return question


@transaction.atomic
def rate(question: Question, *, satisfaction: int, on: datetime | None = None) -> Question:
    """Take the asker's opinion of the answer, once one was sent; it may be changed until the question is reopened."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if satisfaction not in Question.Satisfaction.values:
        raise ValidationError({"satisfaction": "Hãy chọn một trong ba mức hài lòng."})
    if answer_of(question) is None:
        raise Refused("Chỉ đánh giá được sau khi câu hỏi đã được trả lời.")
    question.satisfaction, question.satisfaction_at = satisfaction, on or timezone.now()
    question.save(update_fields=["satisfaction", "satisfaction_at"])
    steps.note(question, Kind.RATED, on, None)
    return question


@transaction.atomic
def reopen(question: Question, *, reason: str, by=None, on: datetime | None = None) -> Question:
    """Look at an answered question again, in a new round with deadlines of its own; the sent answer stays.

    `by` None: the asker, by the tracking page, who said that they were not satisfied and came within `REOPEN_DAYS`.
    Raises Refused when either is not so, ValidationError without a reason.
    """
    moment = on or timezone.now()
    if by is None:
        question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
        demand("reopen", question)
        if question.satisfaction != Question.Satisfaction.NOT:
            raise Refused("Chỉ câu trả lời bị đánh giá «Chưa hài lòng» mới được đề nghị xem xét lại.")
        if question.replied_at and moment > question.replied_at + timedelta(days=REOPEN_DAYS):
            raise Refused(f"Đã quá {REOPEN_DAYS} ngày từ khi trả lời; hãy gửi câu hỏi mới.")
    else:
        question = steps.hold("reopen", question, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi vì sao cần xem xét lại câu trả lời."})
    question.round += 1
    was_out_of_scope = question.state == State.OUT_OF_SCOPE
    question.state = State.RECEIVED if was_out_of_scope or question.unit is None else State.ASSIGNED
    question.in_scope = None if was_out_of_scope else question.in_scope
    question.replied_at = question.closed_at = question.satisfaction = question.satisfaction_at = None
    question.claimed_by = question.claimed_at = None
    if question.unit is not None:
        question.unit = succession.unit_that_acts(question.unit, moment)
    question.owner_site = succession.site_that_acts(question.owner_site)
    question.save()
    # What the asker adds from now on has a term of its own.
    QuestionContact.objects.filter(question=question).update(purge_on=None, purged_at=None)
    running.start_answer_deadline(question, moment, by)
    running.start_acceptance(question, moment, by)
    if question.state == State.ASSIGNED:
        running.start_units_deadline(question, moment, by)
    # What the asker wrote stands on the question, not in an event.
    if by is None:
        day = timezone.localtime(moment, deadlines.VIETNAM)
        question.text = f"{question.text}\n\n[Đề nghị xem xét lại ngày {day:%d/%m/%Y}]\n{text.nfc(reason).strip()}"
        question.save(update_fields=["text"])
    steps.note(question, Kind.REOPENED, moment, by, note=reason.strip() if by is not None else "")
    notices.tell_unit(question)
    return question
