"""A citizen asks (Quy chế Điều 10.1.d): `/hoi-dap/gui-cau-hoi/`, without an account, without scripts, by the keyboard.

1. `ask` answers the form in the steps of public forms (`steps.py`); `similar` is one more, which looks for answers
   there are. It says what happens with the data.
2. `send` calls `intake.receive` once and answers with the receipt: number, secret, last day. The secret is in no
   address, cookie or log.
"""

from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.http import JsonResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from base import personal_data
from workflows import deadlines

from .. import consents, submission
from ..handling import intake, running
from ..models import Question, QuestionContact, QuestionTopic
from ..public import policy, service_feedback
from . import draft_files, limits, similar, steps
from .due import due_of
from .forms import QuestionForm
from .steps import STEP, Asked, Steps

# The topic that an address names: a slug, or this for proposals to amend the Regulation (Quy chế Điều 24).
TOPIC, AMENDMENT = "chu-de", "sua-doi-quy-che"
SAME_TEXT_DAYS = 90


def ask(page, request):
    """Answer the form in any of its steps."""
    form = QuestionForm(request.POST) if request.method == "POST" else QuestionForm(initial=_initial(page, request))
    return _STEPS.answer(Asked(page, request, timezone.now(), form))


def _initial(page, request) -> dict:
    """Return what an address fills in beforehand: a topic, or the service that the question is about."""
    service = service_feedback.named(page, request.GET.get(service_feedback.SERVICE))
    return {**_topic_of_address(request), **(service_feedback.initial(service) if service is not None else {})}


def _topic_of_address(request) -> dict:
    """Return the topic that an address names beforehand (`?chu-de=`), by its slug or as a proposal to amend."""
    name = request.GET.get(TOPIC, "")
    topics = QuestionTopic.objects.filter(is_active=True)
    named = topics.filter(kind=QuestionTopic.Kind.AMENDMENT) if name == AMENDMENT else topics.filter(slug=name)
    found = named.first() if name else None
    return {"topic": found} if found is not None else {}


def similar_titles(page, request):
    """Answer the script of the form with answers like what was typed: {"items": [{"title", "url"}]}."""
    text = f"{request.POST.get('title', '')} {request.POST.get('text', '')}"
    found = similar.answered(page, text, request)
    response = JsonResponse({"items": [{"title": item.title, "url": item.url} for item in found]})
    response.headers["Cache-Control"] = "no-store"
    return response


# --- Sending ---------------------------------------------------------------------------------------


def _send(asked: Asked):
    """Send the question once; draw the receipt, or the form again with what is wrong."""
    return _STEPS.send_once(asked, "faq.ask", lambda: _receive(asked), partial(_receipt, asked))


def _receive(asked: Asked) -> str:
    """Receive the question within the transaction of its one sending; return its number."""
    data, suspect = asked.form.cleaned_data, steps.demand_within_limits(asked)
    received = intake.receive(
        site=asked.page.portal_site,
        title=data["title"],
        text=data["text"],
        contact=steps.contact_of(
            asked, consent_words(asked.page), name_words(), source=f"biểu mẫu gửi câu hỏi ({get_language()})"
        ),
        topic=data["topic"],
        files=draft_files.attached(asked.taken.files),
        language_code=get_language(),
        is_suspect=suspect,
        on=asked.now,
        service=service_feedback.named(asked.page, data["service"]),
    )
    draft_files.release_files(asked.taken.files)
    return received.question.number


# --- Consent ---------------------------------------------------------------------------------------


def consent_words(page) -> str:
    """Return the text that the asker agrees to, in their language; stored unchanged with their question."""
    return consents.words(page.portal_site, get_language())


def name_words() -> str:
    """Return the text of the separate consent to be named."""
    return _("Tôi đồng ý nêu tên tôi cùng câu hỏi khi câu trả lời được đăng công khai.")


def consent_version(page) -> str:
    """Return a short mark of both texts: what was read and what is stored must be the same."""
    return sha256(f"{consent_words(page)}\n{name_words()}".encode()).hexdigest()[:16]


def _demand_present(asked: Asked) -> None:
    steps.demand_present_consent(asked, consent_version(asked.page))


# --- Drawing ---------------------------------------------------------------------------------------


def _rows(form: QuestionForm) -> list[tuple[str, str]]:
    """Return (label, value) of what will be sent beside title and text, without what was left empty."""
    return steps.rows_of(form, ("topic", "name", "email", "phone", "address", "ward"))


def _receipt(asked: Asked, number: str, is_repeat: bool):
    question = Question.objects.get(number=number)
    contact = QuestionContact.objects.filter(question=question).first()
    return steps.receipt(
        asked,
        ("faq/ask_receipt.html", _("Biên nhận câu hỏi")),
        question,
        contact,
        is_repeat=is_repeat,
        follow_url=f"{asked.page.get_url(asked.request)}tra-cuu/",
        files=question.submitted_files(),
        due=due_of(question),
    )


def _context(asked: Asked) -> dict:
    url = asked.page.get_url(asked.request)
    return steps.context_of(asked) | {
        "is_amendment": _is_amendment(asked.form),
        "service": service_feedback.named(asked.page, asked.form["service"].value()),
        "similar": [],
        "consent_words": consent_words(asked.page),
        "name_words": name_words(),
        "consent_version": consent_version(asked.page),
        "policy_url": policy.policy_url(asked.page, asked.request),
        "answer_days": deadlines.find_rule(running.ANSWER).amount,
        "similar_url": f"{url}gui-cau-hoi/tuong-tu/",
    }


def _beside(asked: Asked) -> dict:
    """Return answers like what was typed, and whether they were asked for."""
    typed = f"{asked.posted('title')} {asked.posted('text')}"
    found = similar.answered(asked.page, typed, asked.request) if typed.strip() else []
    return {"similar": found, "was_searched": asked.posted(STEP) == "similar"}


def _is_amendment(form: QuestionForm) -> bool:
    """Tell whether the topic chosen so far is the one of proposals to amend the Regulation."""
    chosen = form["topic"].value()
    if not chosen:
        return False
    pk = getattr(chosen, "pk", chosen)
    amending = QuestionTopic.objects.filter(kind=QuestionTopic.Kind.AMENDMENT).values_list("pk", flat=True)
    return str(pk) in {str(key) for key in amending}


def _hints(asked: Asked) -> list[str]:
    """Return what the asker may want to think over before they send."""
    data, hints = asked.form.cleaned_data, steps.say_beforehand(asked)
    earlier = _same_from_same(data, asked.now)
    if earlier is not None:
        # Its number is not named: a text that goes round and a neighbour's telephone number lead here too.
        message = _(
            "Ngày %(day)s cổng đã nhận một câu hỏi có cùng nội dung và cùng thông tin liên hệ. Ông/bà không cần "
            "gửi lại; muốn xem việc xử lý, hãy dùng trang tra cứu với số và mã trên biên nhận."
        ) % {"day": f"{timezone.localtime(earlier.received_at):%d/%m/%Y}"}
        address = f"{asked.page.get_url(asked.request)}tra-cuu/"
        hints.append(format_html('{} <a href="{}" target="_blank">{}</a>', message, address, _("Tra cứu câu hỏi")))
    if personal_data.kinds_in(f"{data['title']} {data['text']}"):
        hints.append(
            _(
                "Nội dung có vẻ chứa số điện thoại, thư điện tử hoặc số căn cước. Nếu không cần cho câu hỏi, xin bỏ "
                "ra; thông tin liên hệ đã có ô riêng."
            )
        )
    return hints


def _same_from_same(data: dict, now: datetime) -> Question | None:
    """Return an earlier question with the same text from the same mail address or telephone number."""
    recent = Question.objects.filter(
        text_digest=submission.text_digest(data["text"]), received_at__gt=now - timedelta(days=SAME_TEXT_DAYS)
    ).select_related("contact")
    for question in recent.order_by("-received_at")[:20]:
        contact = question.contact
        if any(data[name] and limits.same(name, data[name], getattr(contact, name)) for name in ("email", "phone")):
            return question
    return None


_STEPS = Steps(
    form=("faq/ask.html", gettext_lazy("Gửi câu hỏi")),
    preview=("faq/ask_preview.html", gettext_lazy("Gửi câu hỏi")),
    context=_context,
    rows=_rows,
    demand_present=_demand_present,
    send=_send,
    hints=_hints,
    looking=frozenset({"similar", "edit"}),
    beside=_beside,
)
