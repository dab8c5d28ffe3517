"""What askers and offices are told by mail about a question; written into the outbox with the step that causes it.

An asker without a mail address reads the same on the tracking page. His mail holds number, secret (in the
acknowledgement only), dates and what the office says to him, never his own question: a mail may be read by others. The
outbox forgets it once it has left. What offices get names the number and nothing of the asker.
"""

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from accounts.roles import ANSWER_QUESTIONS, SIGN_ANSWERS, holders
from base.models import PortalSite
from base.operations.mail import FORGET_HEADER, KEY_HEADER
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline

from ..models import Answer, InterimNotice, Question, QuestionsPage

# Mails of this many office people at most; the board knows the rest from its digest.
MOST_RECIPIENTS = 20


def questions_page(question: Question) -> QuestionsPage | None:
    """Return the page of questions the asker knows: of the site and in the language he asked in.

    When that site has stopped, the page of the site that has taken the question over.
    """
    asked_on = question.asked_on_site
    home = (asked_on if asked_on.state == PortalSite.State.OPEN else question.owner_site).home_page()
    if home is None:
        return None
    pages = QuestionsPage.objects.live().filter(translation_key__in=_keys_under(home)).select_related("locale")
    by_language = {page.locale.language_code: page for page in pages}
    return by_language.get(question.language_code) or by_language.get(settings.LANGUAGE_CODE)


def _keys_under(home):
    return QuestionsPage.objects.child_of(home).values("translation_key")


def tracking_url(question: Question) -> str:
    """Return the address of the tracking page; without the secret."""
    page = questions_page(question)
    return f"{page.full_url}tra-cuu/" if page is not None and page.full_url else ""


# --- To the asker ----------------------------------------------------------------------------------


def acknowledge(question: Question) -> None:
    """Say that the question was received: number, secret, last day and how it was computed."""
    clock = Deadline.objects.for_subject(question).open().select_related("rule").first()
    if clock is None:
        return
    with translation.override(question.language_code):
        _tell(
            question,
            "received",
            _("Đã tiếp nhận câu hỏi %(number)s") % {"number": question.number},
            _("Cổng thông tin đã tiếp nhận câu hỏi của ông/bà."),
            _("Số câu hỏi: %(number)s") % {"number": question.number},
            _("Mã tra cứu: %(secret)s") % {"secret": question.secret},
            _("Hạn trả lời: %(day)s") % {"day": format_short(clock.last_day)},
            _("Cách tính: %(explanation)s.") % {"explanation": deadlines.explain(clock)},
        )


def tell_out_of_scope(question: Question) -> None:
    """Say at once that it is not for this portal's bodies, why, and whose matter it is (Quy chế Điều 10.1.d)."""
    with translation.override(question.language_code):
        lines = [
            _("Câu hỏi của ông/bà không thuộc phạm vi trả lời của cổng thông tin."),
            _("Lý do: %(reason)s") % {"reason": question.scope_reason},
        ]
        if question.competent_body:
            lines.append(_("Cơ quan có thẩm quyền: %(body)s") % {"body": question.competent_body})
        if question.competent_body_url:
            lines.append(question.competent_body_url)
        _tell(
            question,
            f"out-of-scope-{question.round}",
            _("Câu hỏi %(number)s không thuộc phạm vi trả lời") % {"number": question.number},
            *lines,
        )


def tell_assigned(question: Question) -> None:
    """Say which unit answers, and that the last day is what it was."""
    clock = Deadline.objects.for_subject(question).open().select_related("rule").order_by("pk").first()
    with translation.override(question.language_code):
        lines = [_("Đơn vị trả lời: %(unit)s") % {"unit": question.unit}]
        if clock is not None:
            lines.append(_("Hạn trả lời: %(day)s") % {"day": format_short(clock.last_day)})
        _tell(
            question,
            f"assigned-{question.round}-{question.events.count()}",
            _("Câu hỏi %(number)s được chuyển đến đơn vị trả lời") % {"number": question.number},
            *lines,
        )


def tell_progress(question: Question, notice: InterimNotice) -> None:
    """Send an interim notice with the promised day."""
    with translation.override(question.language_code):
        _tell(
            question,
            f"notice-{notice.pk}",
            _("Thông báo quá trình xử lý câu hỏi %(number)s") % {"number": question.number},
            notice.text,
            _("Hẹn trả lời chậm nhất ngày %(day)s.") % {"day": format_short(notice.promised_on)},
        )


def ask_for_more(question: Question, text: str) -> None:
    """Ask for what is missing; the asker answers on the tracking page."""
    with translation.override(question.language_code):
        _tell(
            question,
            f"waiting-{question.round}-{question.waiting_since}",
            _("Đề nghị bổ sung thông tin cho câu hỏi %(number)s") % {"number": question.number},
            text,
            _("Thời hạn trả lời tạm dừng cho đến khi ông/bà bổ sung tại trang tra cứu."),
        )


def send_answer(question: Question, answer: Answer) -> None:
    """Send the answer, and the way to say whether one is satisfied."""
    with translation.override(question.language_code):
        _tell(
            question,
            f"answer-{answer.pk}-{answer.round}",
            _("Trả lời câu hỏi %(number)s") % {"number": question.number},
            " ".join(strip_tags(answer.body.replace("</p>", "</p>\n").replace("<br/>", "\n")).split(" ")),
            _("Người ký: %(name)s, %(unit)s") % {"name": answer.signer_name, "unit": answer.unit},
            _("Xin ông/bà cho biết mức độ hài lòng tại trang tra cứu."),
        )


def _tell(question: Question, key: str, subject: str, *lines: str) -> None:
    address = question.contact.email
    if not address or question.contact.purged_at:
        return
    url = tracking_url(question)
    footer = [_("Tra cứu: %(url)s") % {"url": url}] if url else []
    EmailMessage(
        subject,
        "\n\n".join([*lines, *footer, question.asked_on_site.name]),
        None,
        [address],
        headers={KEY_HEADER: f"question-{question.pk}-{key}", FORGET_HEADER: "yes"},
    ).send()


# --- To the office ---------------------------------------------------------------------------------


def tell_unit(question: Question) -> None:
    """Tell those who write answers on the site that a question waits for their unit."""
    _tell_office(
        question,
        ANSWER_QUESTIONS,
        f"unit-{question.round}-{question.unit_id}",
        f"{question} được chuyển đến {question.unit}",
        "Hãy mở hộp câu hỏi để soạn câu trả lời.",
    )


def tell_signers(question: Question) -> None:
    """Tell those who sign that an answer waits."""
    _tell_office(
        question,
        SIGN_ANSWERS,
        f"sign-{question.round}-{question.events.count()}",
        f"{question}: câu trả lời chờ ký duyệt",
        "Hãy mở hộp câu hỏi để xem và ký duyệt câu trả lời.",
    )


def tell_writer(question: Question, answer: Answer) -> None:
    """Tell who wrote the answer that it came back."""
    writer = answer.written_by
    if writer is None or not writer.email or not writer.is_active:
        return
    _send_office(
        question,
        [writer.email],
        f"returned-{question.events.count()}",
        f"{question}: câu trả lời cần sửa",
        f"Lý do: {answer.returned_reason}",
    )


def _tell_office(question: Question, capability: str, key: str, subject: str, text: str) -> None:
    site = question.owner_site
    own = holders(capability, site).exclude(email="").filter(appointments__site=site).distinct()
    addresses = list(own.values_list("email", flat=True)[:MOST_RECIPIENTS])
    if addresses:
        _send_office(question, addresses, key, subject, text)


def _send_office(question: Question, addresses: list[str], key: str, subject: str, text: str) -> None:
    address = settings.WAGTAILADMIN_BASE_URL + reverse("faq_question", args=[question.pk])
    clock = Deadline.objects.for_subject(question).open().select_related("rule").order_by("due_on").first()
    due = f"Hạn: {format_short(clock.last_day)}." if clock is not None else ""
    EmailMessage(
        subject,
        "\n\n".join(part for part in (text, due, address) if part),
        None,
        addresses,
        headers={KEY_HEADER: f"question-{question.pk}-{key}"},
    ).send()
