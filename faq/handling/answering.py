"""The answer: written by the unit, signed by its head (never by who wrote it), sent to the asker.

The askers of merged duplicates are told, too.
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import strip_tags

from base.gate import Refused
from base.operations.log_names import person_text
from vietnam import text
from workflows import deadlines

from ..models import Answer, Question, QuestionEvent, State
from . import notices, running, steps, template_fields

Kind = QuestionEvent.Kind


@transaction.atomic
def draft(question: Question, *, body: str, by, documents: Iterable = (), on: datetime | None = None) -> Answer:
    """Write or change the answer of this round; return it. `body` is rich text; who writes never signs it."""
    question = steps.hold("draft", question, by)
    if not strip_tags(body).strip():
        raise ValidationError({"body": "Hãy viết câu trả lời."})
    moment = on or timezone.now()
    answer = question.answers.select_for_update().filter(round=question.round).first()
    answer = answer or Answer(question=question, round=question.round)
    answer.body, answer.unit, answer.state = text.nfc(body), question.unit, Answer.State.DRAFT
    answer.written_by, answer.written_by_name, answer.written_at = by, person_text(by), moment
    answer.writer_ids = sorted({*answer.writer_ids, by.pk})
    answer.save()
    answer.documents.set(documents)
    running.note_accepted(question, moment, by)
    steps.note(question, Kind.DRAFTED, moment, by, is_public=False)
    return answer


@transaction.atomic
def submit(question: Question, *, by, on: datetime | None = None) -> Answer:
    """Lay the answer before the head of the unit.

    Raises ValidationError ("body") while a field of a template is not filled in.
    """
    question = steps.hold("submit", question, by)
    answer = _answer(question)
    if left := template_fields.left_in(answer.body):
        names = ", ".join(f"«{name}»" for name in left)
        raise ValidationError({"body": f"Còn trường của mẫu chưa điền: {names}; hãy điền hoặc xóa rồi trình ký."})
    answer.state, answer.submitted_at, answer.returned_reason = Answer.State.SUBMITTED, on or timezone.now(), ""
    answer.save(update_fields=["state", "submitted_at", "returned_reason"])
    steps.move(question, "submit")
    steps.note(question, Kind.SUBMITTED, on, by, is_public=False)
    notices.tell_signers(question)
    return answer


@transaction.atomic
def send_back(question: Question, *, reason: str, by, on: datetime | None = None) -> Answer:
    """Return the answer to the person who wrote it, with what is to be corrected."""
    question = steps.hold("send_back", question, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi cần sửa gì trong câu trả lời."})
    answer = _answer(question)
    answer.state, answer.returned_reason = Answer.State.RETURNED, reason.strip()
    answer.save(update_fields=["state", "returned_reason"])
    steps.move(question, "send_back")
    steps.note(question, Kind.RETURNED, on, by, note=reason, is_public=False)
    notices.tell_writer(question, answer)
    return answer


@transaction.atomic
def sign(
    question: Question, *, by, signer_name: str = "", signer_position: str = "", on: datetime | None = None
) -> Answer:
    """Sign the answer as the head of the unit; it does not change any more. The unit's deadline is met.

    `signer_name`, `signer_position`: who signed on paper when that is another than `by`. Raises Refused for everyone
    who wrote at it: two persons, always.
    """
    question = steps.hold("sign", question, by)
    answer = _answer(question)
    if by.pk in answer.writer_ids:
        raise Refused("Bạn đã soạn câu trả lời này nên người khác phải ký duyệt.")
    answer.state, answer.signed_at, answer.signed_by_id_then = Answer.State.SIGNED, on or timezone.now(), by.pk
    answer.signer_name = signer_name.strip() or by.get_full_name()
    answer.signer_position = signer_position.strip() or getattr(by, "position", "")
    answer.save()
    steps.move(question, "sign")
    deadlines.meet_for(question, on=on, by=by, rule=running.UNITS_SHARE)
    steps.note(question, Kind.SIGNED, on, by, is_public=False)
    return answer


@transaction.atomic
def decide_interest(question: Question, *, common: bool, reason: str, by, on: datetime | None = None) -> Question:
    """Decide, with a reason, whether the answer is of common interest: then it must be published."""
    question = steps.hold("decide_interest", question, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do: vì sao câu trả lời có (hoặc không có) liên quan chung."})
    question.common_interest, question.common_interest_reason = common, reason.strip()
    question.save(update_fields=["common_interest", "common_interest_reason"])
    steps.note(question, Kind.INTEREST, on, by, note=reason, is_public=False)
    return question


@transaction.atomic
def reply(question: Question, *, by, on: datetime | None = None) -> Answer:
    """Send the signed answer to the asker, and to the askers of what was merged; the deadlines are met.

    Raises Refused until it is decided whether the answer is of common interest.
    """
    question = steps.hold("reply", question, by)
    if question.common_interest is None:
        raise Refused("Hãy xác định câu hỏi có liên quan chung hay không trước khi gửi trả lời (Điều 10.1.d).")
    moment = on or timezone.now()
    answer = _answer(question)
    answer.state, answer.sent_at = Answer.State.SENT, moment
    answer.save(update_fields=["state", "sent_at"])
    question.state, question.replied_at, question.waiting_since = State.REPLIED, moment, None
    question.save(update_fields=["state", "replied_at", "waiting_since"])
    deadlines.meet_for(question, on=moment, by=by)
    steps.note(question, Kind.REPLIED, moment, by, unit=answer.unit)
    notices.send_answer(question, answer)
    for duplicate in question.duplicates.select_for_update(of=("self",)).filter(state=State.MERGED, replied_at=None):
        duplicate.replied_at = moment
        duplicate.closed_at = moment
        duplicate.save(update_fields=["replied_at", "closed_at"])
        deadlines.meet_for(duplicate, on=moment, by=by)
        steps.set_purge_day(duplicate, moment)
        steps.note(duplicate, Kind.REPLIED, moment, by, unit=answer.unit)
        notices.send_answer(duplicate, answer)
    return answer


def _answer(question: Question) -> Answer:
    answer = question.answers.select_for_update(of=("self",)).filter(round=question.round).first()
    if answer is None:
        raise Refused("Chưa có câu trả lời nào được soạn cho câu hỏi này.")
    return answer


def answer_of(question: Question) -> Answer | None:
    """Return the answer that was sent last to the asker of a question, or of the one it was merged into."""
    source = question.merged_into or question
    return source.answers.filter(state=Answer.State.SENT).order_by("-round").first()
