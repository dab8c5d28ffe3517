"""On the way to the answer: notices that promise a day, and pauses while the asker owes something.

A notice takes the place of the answer in the 15 days, only while the answer is not late, and starts a deadline that
ends on the day promised.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.roles import APPROVE, may
from base.gate import Refused
from base.operations.log_names import person_text
from vietnam import text as written
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline, DeadlinePause

from .. import submission
from ..models import InterimNotice, Question, QuestionEvent, QuestionFile
from ..submission import Attached
from . import notices, running, steps
from .intake import LONGEST_TEXT

Kind = QuestionEvent.Kind


@transaction.atomic
def notify(question: Question, *, text: str, promised_on: date, by, on: datetime | None = None) -> InterimNotice:
    """Send an interim notice: what was done, and the day by which the answer will come.

    Only while the running deadline is not late: then it counts as the answer within the 15 days, and the promised day
    is the new last day. The first one is any handler's, every further one takes the right to approve. Raises Refused
    when it is too late, ValidationError without a text, or for a day that is not after today or not worked.
    """
    question = steps.hold("notify", question, by)
    moment = on or timezone.now()
    deadline = running.running_deadline(question)
    if deadline is None:
        raise Refused("Câu hỏi này không còn thời hạn nào đang chạy.")
    if deadlines.is_late(deadline, moment):
        raise Refused(
            f"Đã quá hạn trả lời ({format_short(deadline.last_day)}) nên không thông báo quá trình xử lý thay cho "
            "trả lời được nữa; hãy trả lời người hỏi."
        )
    if question.notices.exists() and not may(by, APPROVE, question.owner_site):
        raise Refused("Đã hẹn người hỏi một lần; lần hẹn tiếp theo do lãnh đạo Ban Biên tập quyết định.")
    wrong = {}
    if not text.strip():
        wrong["text"] = "Hãy ghi đã làm được gì và còn vướng gì; người hỏi sẽ đọc được."
    if promised_on <= deadlines.local_date(moment):
        wrong["promised_on"] = "Ngày hẹn trả lời phải sau hôm nay."
    elif promised_on <= deadline.last_day:
        wrong["promised_on"] = f"Ngày hẹn phải sau hạn đang chạy ({format_short(deadline.last_day)})."
    elif not deadlines.is_working_day(promised_on):
        later = deadlines.workdays_after(promised_on, 1)
        wrong["promised_on"] = (
            f"{format_short(promised_on)} không phải ngày làm việc; có thể chọn {format_short(later)}."
        )
    if wrong:
        raise ValidationError(wrong)
    notice = InterimNotice.objects.create(
        question=question,
        text=text.strip(),
        promised_on=promised_on,
        sent_at=moment,
        sent_by_id=by.pk,
        sent_by_name=person_text(by),
    )
    deadlines.meet(deadline, on=moment, by=by)
    running.note_accepted(question, moment, by)
    deadlines.start_until(
        question,
        running.PROMISED,
        on=moment,
        until=promised_on,
        by=by,
        site=question.owner_site,
        unit=question.unit or question.owner_site.unit,
        title=str(question),
    )
    steps.note(
        question,
        Kind.NOTICE,
        moment,
        by,
        public_text=f"{notice.text} Hẹn trả lời chậm nhất ngày {format_short(promised_on)}.",
    )
    notices.tell_progress(question, notice)
    return notice


@transaction.atomic
def wait_for_asker(
    question: Question,
    *,
    text: str,
    by,
    category: str = DeadlinePause.Category.MORE_INFORMATION,
    on: datetime | None = None,
) -> Question:
    """Ask the asker for what is missing; the deadline is paused until they answer, at most as long as its rule allows.

    Raises Refused when the answer is late already, or no more pause is allowed (`deadlines.pause`).
    """
    question = steps.hold("wait_for_asker", question, by)
    if not text.strip():
        raise ValidationError({"text": "Hãy ghi cần người hỏi bổ sung những gì."})
    if question.waiting_since:
        raise Refused("Đang chờ người hỏi bổ sung; hãy tiếp tục xử lý trước khi đề nghị lần nữa.")
    moment = on or timezone.now()
    deadline = running.running_deadline(question)
    if deadline is None:
        raise Refused("Câu hỏi này không còn thời hạn nào đang chạy.")
    for standing in (deadline, *_units_deadlines(question, moment)):
        deadlines.pause(standing, category=category, reason="chờ người hỏi bổ sung", on=moment, by=by)
    running.note_accepted(question, moment, by)
    question.waiting_since = deadlines.local_date(moment)
    question.save(update_fields=["waiting_since"])
    steps.note(question, Kind.WAITING, on, by, public_text=text.strip())
    notices.ask_for_more(question, text.strip())
    return question


def _units_deadlines(question: Question, moment: datetime) -> list[Deadline]:
    """The unit's own deadline, unless it is late: what is late stays late."""
    found = Deadline.objects.for_subject(question).open().filter(rule__code=running.UNITS_SHARE).select_related("rule")
    return [deadline for deadline in found if deadline.rule.pause_limit and not deadlines.is_late(deadline, moment)]


@transaction.atomic
def supplement(
    question: Question, *, text: str, files: Iterable[Attached] = (), on: datetime | None = None
) -> Question:
    """Take what the asker adds by the tracking page while the question waits for them; the deadline runs again."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if not question.waiting_since:
        raise Refused("Câu hỏi này hiện không chờ bổ sung.")
    text = written.nfc(text).strip()
    if not text:
        raise ValidationError({"text": "Hãy ghi nội dung bổ sung."})
    if len(text) > LONGEST_TEXT:
        raise ValidationError({"text": f"Nội dung bổ sung tối đa {LONGEST_TEXT} ký tự; hãy rút gọn."})
    moment = on or timezone.now()
    day = timezone.localtime(moment, deadlines.VIETNAM)
    question.text = f"{question.text}\n\n[Bổ sung ngày {day:%d/%m/%Y}]\n{text}"
    question.save(update_fields=["text"])
    for attached in files:
        submission.store(QuestionFile(question=question), attached, moment)
    return _go_on(question, None, moment, "người hỏi đã bổ sung")


@transaction.atomic
def resume(question: Question, *, by, on: datetime | None = None) -> Question:
    """Go on without waiting any longer: what was missing came another way, or is not needed."""
    question = steps.hold("resume", question, by)
    if not question.waiting_since:
        raise Refused("Câu hỏi này hiện không chờ người hỏi bổ sung.")
    return _go_on(question, by, on, "")


def _go_on(question: Question, by, on, note: str) -> Question:
    moment = on or timezone.now()
    for deadline in Deadline.objects.for_subject(question).open().exclude(paused_on=None):
        deadlines.resume(deadline, on=moment, by=by)
    question.waiting_since = None
    question.save(update_fields=["waiting_since"])
    steps.note(question, Kind.RESUMED, on, by, note=note)
    return question
