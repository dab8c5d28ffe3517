"""From an answered question to its public page: anonymised, then published like any other page (Quy chế Điều 10.1.d).

1. `prepare_page` makes the draft of the page from texts that a person has freed of personal data. 2. The page goes
through submission and approval by a second person. 3. `note_published` ends the question.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.gate import Refused
from vietnam import text
from workflows import deadlines

from ..models import FaqPage, Question, QuestionEvent, QuestionsPage, State
from . import anonymising, answering, steps
from .notices import questions_page


@transaction.atomic
def prepare_page(
    question: Question, *, title: str, question_text: str, answer: str, by, on: datetime | None = None
) -> FaqPage:
    """Make (or make anew) the draft of the public page under the site's page of questions; return it.

    Texts are those without personal data: what still holds the asker's own name, telephone, mail or address is refused,
    field by field (ValidationError), except the name when they agreed to be named. Raises Refused when the page is
    public already, or the site has no page of questions.
    """
    question = steps.hold("prepare_page", question, by)
    moment = on or timezone.now()
    contact = question.contact
    wrong = {
        name: found
        for name, value in (("title", title), ("question_text", question_text), ("answer", anonymising.plain(answer)))
        if (found := anonymising.refusal(value, contact))
    }
    for name, value, message in (
        ("title", title, "Hãy ghi tiêu đề của trang công khai."),
        ("question_text", question_text, "Hãy ghi câu hỏi đã ẩn danh."),
        ("answer", anonymising.plain(answer), "Hãy ghi câu trả lời."),
    ):
        if not value.strip():
            wrong[name] = message
    if wrong:
        raise ValidationError(wrong)
    parent = _parent(question)
    sent = answering.answer_of(question) or question.answers.filter(round=question.round).first()
    page = FaqPage.objects.filter(pk=question.page_id).first()
    if page is not None and page.first_published_at is not None:
        raise Refused("Trang công khai của câu hỏi này đã đăng; hãy sửa trang đó và gửi duyệt lại.")
    page = page or FaqPage(live=False)
    page.title, page.question_text, page.answer = text.nfc(title).strip()[:255], text.nfc(question_text), answer
    page.topic, page.responsible_unit = question.topic, sent.unit
    page.asked_on = deadlines.local_date(question.received_at)
    page.answered_on = deadlines.local_date(question.replied_at)
    page.signer_name, page.signer_position = sent.signer_name, sent.signer_position
    page.asker_shown = contact.name if contact.may_show_name and not contact.purged_at else ""
    page.legal_basis = [("document", {"document": document, "role": "basis"}) for document in sent.documents.all()]
    if page.pk is None:
        page.owner = by
        parent.add_child(instance=page)
    page.save_revision(user=by, changed=True)
    question.page = page
    question.save(update_fields=["page"])
    steps.note(question, QuestionEvent.Kind.PREPARED, moment, by, is_public=False, data={"page": page.pk})
    return page


def note_published(obj, on) -> None:
    """End the question whose page has just become public; called by the action that publishes, in its transaction."""
    if not isinstance(obj, FaqPage):
        return
    question = Question.objects.select_for_update(of=("self",)).filter(page_id=obj.pk).first()
    if question is None or question.state != State.REPLIED:
        return
    question.state = State.PUBLISHED
    steps.end(question, on)
    steps.note(question, QuestionEvent.Kind.PUBLISHED, on, None)


def _parent(question: Question) -> QuestionsPage:
    page = questions_page(question)
    if page is None:
        raise Refused(
            f"{question.asked_on_site} chưa có trang hỏi – đáp đang đăng; hãy mở mục này trước khi đăng câu trả lời."
        )
    return page
