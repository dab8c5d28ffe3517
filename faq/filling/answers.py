"""What is answered below a form: `dien/` takes it filled in, `dien/tra-cuu/` shows one's own answers and erases them.

The form goes by the steps of public forms (`faq/asking/steps.py`): stamp, proof, trap, preview, one effect a sending.
After the last day it says so, and returns what was typed so that it can be copied.
"""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from base.public.translated.same import take_from_source
from sections.models.taking_part.form import FILLING
from vietnam.dates import format_short

from ..asking import steps
from ..asking.steps import Asked, Steps
from ..models import FilledForm
from . import fields, following, receiving


def answer(page, request, steps: list[str]):
    """Answer an address below a form; raises Http404 for one that is none."""
    page = take_from_source(page)
    if steps == []:
        return fill(page, request)
    if steps == [following.FOLLOWING]:
        return following.LOOK_UP.answer(page, request)
    raise Http404


@dataclass
class Filled(Asked):
    """One sending of a form."""

    @property
    def closed(self) -> str:
        """Why nothing is taken now, or ""."""
        try:
            receiving.demand_open(self.page, self.now, self.opened_at)
        except receiving.FormClosed as error:
            return str(error)
        return ""


def fill(page, request):
    """Answer the form in any of its steps."""
    form = fields.FillForm(request.POST or None, questions=page.asked())
    asked = Filled(page, request, timezone.now(), form)
    if closed := asked.closed:
        return _closed(asked, closed)
    return _STEPS.answer(asked)


# --- Sending ---------------------------------------------------------------------------------------


def _send(asked: Filled):
    """Send what was filled in once; draw the receipt, or the form again with what is wrong."""
    key = f"faq.fill {asked.page.pk}"
    try:
        return _STEPS.send_once(asked, key, lambda: _receive(asked), partial(_receipt, asked))
    except receiving.FormClosed as error:
        return _closed(asked, str(error))


def _receive(asked: Filled) -> str:
    """Receive the answers within the transaction of their one sending; return their number."""
    suspect = steps.demand_within_limits(asked)
    received = receiving.receive(
        asked.page,
        answers=asked.form.answers(),
        consent_text=consent_words(asked.page),
        language_code=get_language(),
        is_suspect=suspect,
        opened_at=asked.opened_at,
        on=asked.now,
    )
    return received.filled.number


# --- Consent ---------------------------------------------------------------------------------------


def consent_words(page) -> str:
    """Return the text that the sender agrees to, in their language; stored unchanged with their answers."""
    unit = page.responsible_unit or page.portal_site.unit
    return _(
        "Tôi đồng ý để %(unit)s dùng thông tin tôi ghi trong biểu mẫu này để %(purpose)s. Thông tin được mã hóa khi "
        "lưu, chỉ người xử lý của đơn vị đọc được, không đăng công khai, và được xóa sau %(days)s ngày kể từ ngày đóng "
        "biểu mẫu, tức từ ngày %(day)s. Tôi xem và xóa được thông tin của mình bất cứ lúc nào bằng số và mã trên biên "
        "nhận."
    ) % {
        "unit": unit.name_en if get_language() == "en" and unit.name_en else unit.full_name,
        "purpose": page.purpose.strip().rstrip("."),
        "days": page.retention_days,
        "day": format_short(page.purge_day) if page.purge_day else "…",
    }


def consent_version(page) -> str:
    """Return a short mark of the questions and the consent: what was read and what is stored must be the same."""
    questions = [question.as_data() for question in page.asked()]
    return sha256(f"{consent_words(page)}\n{questions}".encode()).hexdigest()[:16]


# --- Drawing ---------------------------------------------------------------------------------------


def _rows(form: fields.FillForm) -> list[tuple[str, str]]:
    """Return (question, answer) of what will be sent."""
    answers = form.answers()
    shown = {key: "; ".join(value) if isinstance(value, list) else value for key, value in answers.items()}
    return [(question.label, shown[question.key]) for question in form.questions if question.key in shown]


def _receipt(asked: Filled, number: str, is_repeat: bool):
    sent = FilledForm.objects.get(number=number)
    return steps.receipt(
        asked,
        ("faq/filling/receipt.html", _("Biên nhận biểu mẫu")),
        sent,
        None,
        is_repeat=is_repeat,
        follow_url=following.address_for(asked.page, asked.request),
        files=[],
    )


def _closed(asked: Filled, message: str):
    """Say that nothing is taken now, and give back what was typed."""
    posted = asked.request.POST
    typed = [(question.label, "; ".join(posted.getlist(fields.name_of(question)))) for question in asked.form.questions]
    context = asked.page.get_context(asked.request) | {
        "message": message,
        "written": "\n".join(f"{label}: {text}" for label, text in typed if text),
        "follow_url": f"{_own_url(asked)}{following.FOLLOWING}/",
    }
    return steps.drawn(asked, ("faq/filling/closed.html", _("Điền biểu mẫu")), context)


def _context(asked: Filled) -> dict:
    return steps.context_of(asked) | {
        "consent_words": consent_words(asked.page),
        "consent_version": consent_version(asked.page),
        "follow_url": f"{_own_url(asked)}{following.FOLLOWING}/",
    }


def _own_url(asked: Filled) -> str:
    return f"{asked.page.get_url(asked.request)}{FILLING}/"


def _demand_present(asked: Filled) -> None:
    steps.demand_present_consent(asked, consent_version(asked.page))


_STEPS = Steps(
    form=("faq/filling/fill.html", gettext_lazy("Điền biểu mẫu")),
    preview=("faq/filling/preview.html", gettext_lazy("Xem lại biểu mẫu trước khi gửi")),
    context=_context,
    rows=_rows,
    demand_present=_demand_present,
    send=_send,
)
