"""A question comes in: by the form (`receive`) or by telephone, letter, in person (`enter`).

Number, secret, the deadline of 15 working days, the acknowledgement to the asker. Of the same sending twice there is
one question (`base/operations/idempotency.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.roles import HANDLE_QUESTIONS, may
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import person_text
from servicecatalog.models import ServiceOffering
from vietnam import text as written

from .. import numbering, submission
from ..models import Question, QuestionContact, QuestionEvent, QuestionFile, QuestionTopic
from ..submission import Attached, Contact
from . import notices, running, steps, succession
from .assigning import route_amendment, route_to_service

SHORTEST_TEXT, LONGEST_TEXT = 20, 10_000
Kind = QuestionEvent.Kind


@dataclass(frozen=True)
class Received:
    """A question that was received, and its secret."""

    question: Question
    secret: str
    files: list[QuestionFile] = field(default_factory=list)


@transaction.atomic
def receive(
    *,
    site: PortalSite,
    title: str,
    text: str,
    contact: Contact,
    on: datetime | None = None,
    topic: QuestionTopic | None = None,
    files: Iterable[Attached] = (),
    language_code: str = "vi",
    channel: str = Question.Channel.WEB,
    is_suspect: bool = False,
    by=None,
    service: ServiceOffering | None = None,
) -> Received:
    """Take a question in; return it with its secret.

    What is said of a `service` goes to the unit that answers for it.

    The deadline starts at `on` (now): later reading moves nothing. What is suspect is acknowledged by mail only once a
    person has said that it is a question (`clear_suspicion`, `classify`): no program shall mail strangers through the
    portal. Raises ValidationError (field → messages) for a text that is too short or too long, and without a channel to
    answer by or without consent.
    """
    if site.is_practice:
        raise Refused("Trang thực hành không nhận câu hỏi của người dân.")
    moment = on or timezone.now()
    title, text = written.nfc(title).strip(), written.nfc(text).strip()
    if wrong := problems(title=title, text=text, contact=contact):
        raise ValidationError(wrong)
    acting = succession.site_that_acts(site)
    number, year = numbering.next_number(numbering.Series.QUESTION, moment)
    question = Question.objects.create(
        number=number,
        year=year,
        secret=numbering.new_secret(),
        asked_on_site=site,
        owner_site=acting,
        language_code=language_code,
        channel=channel,
        title=title,
        text=text,
        text_digest=submission.text_digest(text),
        topic=topic,
        received_at=moment,
        is_suspect=is_suspect,
        received_by_name=person_text(by),
        service=service,
    )
    QuestionContact.objects.create(question=question, **contact.as_row(moment))
    stored = [submission.store(QuestionFile(question=question), attached, moment) for attached in files]
    running.start_answer_deadline(question, moment, by)
    running.start_acceptance(question, moment, by)
    steps.note(question, Kind.RECEIVED, moment, by, data={"channel": channel})
    route_amendment(question, moment, by)
    route_to_service(question, moment)
    if not is_suspect:
        notices.acknowledge(question)
    return Received(question, question.secret, stored)


@transaction.atomic
def enter(
    *,
    by,
    site: PortalSite,
    channel: str,
    title: str,
    text: str,
    contact: Contact,
    received_on: datetime,
    topic: QuestionTopic | None = None,
    files: Iterable[Attached] = (),
    on: datetime | None = None,
) -> Received:
    """Enter a question that came by telephone, letter or in person; its deadline runs from `received_on`.

    Raises Refused without the right, ValidationError as `receive` does, and for a moment in the future.
    """
    if not may(by, HANDLE_QUESTIONS, site):
        raise Refused("Bạn không có quyền nhập câu hỏi cho trang này.")
    if channel == Question.Channel.WEB:
        raise ValidationError({"channel": "Hãy chọn kênh mà câu hỏi đã đến: điện thoại, thư, trực tiếp…"})
    if wrong := problems(title=title, text=text, contact=contact, received_on=received_on, on=on):
        raise ValidationError(wrong)
    return receive(
        site=site,
        title=title,
        text=text,
        contact=contact,
        on=received_on,
        topic=topic,
        files=files,
        channel=channel,
        by=by,
    )


def find(number: str, secret: str) -> Question | None:
    """Return the question of a number and its secret; None alike for each that is wrong."""
    return numbering.opens(Question.objects.select_related("owner_site", "unit", "topic"), number, secret)


def same_text(question: Question) -> list[Question]:
    """Return the other questions with the same text that still run, the oldest first."""
    return list(Question.objects.open().filter(text_digest=question.text_digest).exclude(pk=question.pk))


def problems(
    *, title: str, text: str, contact: Contact, received_on: datetime | None = None, on: datetime | None = None
) -> dict[str, str]:
    """Return what `enter` and `receive` would refuse of a question (field → message), as far as it is known yet."""
    title, text, wrong = written.nfc(title).strip(), written.nfc(text).strip(), {}
    if received_on and received_on > (on or timezone.now()):
        wrong["received_on"] = "Thời điểm tiếp nhận không thể ở tương lai; hãy sửa lại."
    if not title:
        wrong["title"] = "Hãy ghi tiêu đề: câu hỏi về việc gì."
    if len(text) < SHORTEST_TEXT:
        wrong["text"] = f"Nội dung quá ngắn; hãy viết ít nhất {SHORTEST_TEXT} ký tự để đơn vị hiểu được câu hỏi."
    elif len(text) > LONGEST_TEXT:
        wrong["text"] = f"Nội dung dài {len(text)} ký tự; tối đa {LONGEST_TEXT}. Hãy rút gọn hoặc gửi kèm tệp."
    if not (contact.email.strip() or contact.phone.strip() or contact.address.strip()):
        wrong["email"] = "Hãy cho ít nhất một cách liên hệ: thư điện tử, số điện thoại hoặc địa chỉ."
    if not contact.consent_text:
        wrong["consent"] = "Hãy đánh dấu đồng ý cho phép xử lý thông tin liên hệ để trả lời câu hỏi."
    return wrong
