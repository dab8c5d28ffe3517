"""A copy of an attachment without personal data: a new file beside the original, which stays private."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused

from .. import submission
from ..models import Question, QuestionFile
from ..submission import Attached


@transaction.atomic
def redact(original: QuestionFile, copy: Attached, *, by, on: datetime | None = None) -> QuestionFile:
    """Keep a copy of an attachment in which personal data are covered; return it.

    `copy`: examined and scanned. The original is not touched and never leaves the circle of those who handle the
    question; of a copy no copy is made. Raises Refused without the right, or for the same content.
    """
    held = Question.objects.select_for_update(of=("self",)).select_related("owner_site")
    question = held.get(pk=original.question_id)
    if not may(by, HANDLE_QUESTIONS, question.owner_site):
        raise Refused("Bạn không có quyền thêm bản đã che cho tệp của câu hỏi này.")
    if original.redacted_of_id is not None:
        raise Refused("Tệp này đã là bản đã che; hãy che từ tệp gốc.")
    stored = submission.store(QuestionFile(question=question, redacted_of=original), copy, on or timezone.now())
    if stored.digest == original.digest:
        stored.file.delete(save=False)
        raise Refused("Tệp vừa chọn giống hệt tệp gốc; hãy chọn tệp đã che thông tin cá nhân.")
    log(instance=question, action="portal.question.redact", user=by, data={"file": original.pk, "new": stored.pk})
    return stored
