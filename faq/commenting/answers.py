"""What is answered below a consultation: `gop-y/` takes a comment, `gop-y/tra-cuu/` says where it stands.

The form goes by the steps of public forms (`faq/asking/steps.py`): stamp, proof, trap, draft files, preview, one effect
a sending. After the last day it says so, and returns what was typed so that it can be copied.
"""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from sections.models.consultation import COMMENTING

from .. import terms
from ..asking import draft_files, steps
from ..asking.steps import Asked, Steps
from ..models import CommentContact, ConsultationComment, QuestionsPage
from ..public import policy
from . import following, receiving
from .forms import CommentForm


def answer(page, request, steps: list[str]):
    """Answer an address below a consultation; raises Http404 for one that is none."""
    if steps == []:
        return comment(page, request)
    if steps == ["tra-cuu"]:
        return following.LOOK_UP.answer(page, request)
    raise Http404


@dataclass
class Commented(Asked):
    """One sending of the form of a comment."""

    @property
    def closed(self) -> str:
        """Why no comment is taken now, or ""."""
        try:
            receiving.demand_window(self.page, self.now, self.opened_at)
        except receiving.WindowClosed as error:
            return str(error)
        return ""


def comment(page, request):
    """Answer the form in any of its steps."""
    asked = Commented(page, request, timezone.now(), CommentForm(request.POST or None))
    if closed := asked.closed:
        return _closed(asked, closed)
    return _STEPS.answer(asked)


# --- Sending ---------------------------------------------------------------------------------------


def _send(asked: Commented):
    """Send the comment once; draw the receipt, or the form again with what is wrong."""
    key = f"faq.comment {asked.page.translation_key}"
    try:
        return _STEPS.send_once(asked, key, lambda: _receive(asked), partial(_receipt, asked))
    except receiving.WindowClosed as error:
        return _closed(asked, str(error))


def _receive(asked: Commented) -> str:
    """Receive the comment within the transaction of its one sending; return its number."""
    data, suspect = asked.form.cleaned_data, steps.demand_within_limits(asked)
    received = receiving.receive(
        asked.page,
        text=data["text"],
        part=data["part"],
        sender=data["sender"],
        contact=steps.contact_of(
            asked, consent_words(asked.page), name_words(), source=f"biểu mẫu góp ý dự thảo ({get_language()})"
        ),
        files=draft_files.attached(asked.taken.files),
        language_code=get_language(),
        opened_at=asked.opened_at,
        is_suspect=suspect,
        on=asked.now,
    )
    draft_files.release_files(asked.taken.files)
    return received.comment.number


# --- Consent ---------------------------------------------------------------------------------------


def consent_words(page) -> str:
    """Return the text that the sender agrees to, in their language; stored unchanged with their comment."""
    return _(
        "Tôi đồng ý để %(unit)s dùng thông tin liên hệ tôi ghi trong biểu mẫu này vào việc tiếp nhận, tổng hợp ý kiến "
        "gửi cơ quan soạn thảo và phản hồi cho tôi. Thông tin được mã hóa khi lưu, chỉ người xử lý ý kiến đọc được, "
        "không đăng công khai, và được xóa sau %(days)s ngày kể từ khi có kết quả tiếp thu, giải trình. Tôi có quyền "
        "xem, sửa, xóa thông tin của mình và rút lại đồng ý bất cứ lúc nào."
    ) % {"unit": _unit_name(page.portal_site.unit), "days": terms.CONTACT_DAYS}


def _unit_name(unit) -> str:
    return unit.name_en if get_language() == "en" and unit.name_en else unit.full_name


def name_words() -> str:
    """Return the text of the separate consent to be named."""
    return _("Tôi đồng ý nêu tên tôi (hoặc tên tổ chức) cùng ý kiến góp ý khi ý kiến được đăng công khai.")


def consent_version(page) -> str:
    """Return a short mark of both texts: what was read and what is stored must be the same."""
    return sha256(f"{consent_words(page)}\n{name_words()}".encode()).hexdigest()[:16]


# --- Drawing ---------------------------------------------------------------------------------------


def _rows(form: CommentForm) -> list[tuple[str, str]]:
    """Return (label, value) of what will be sent beside the text."""
    sender = dict(ConsultationComment.Sender.choices)[form.cleaned_data["sender"]]
    others = steps.rows_of(form, ("name", "email", "phone", "address", "ward"))
    return [(form.fields["sender"].label, sender), *others]


def _receipt(asked: Commented, number: str, is_repeat: bool):
    sent = ConsultationComment.objects.get(number=number)
    contact = CommentContact.objects.filter(comment=sent).first()
    return steps.receipt(
        asked,
        ("faq/commenting/receipt.html", _("Biên nhận ý kiến góp ý")),
        sent,
        contact,
        is_repeat=is_repeat,
        follow_url=f"{_own_url(asked)}tra-cuu/",
        files=list(sent.files.filter(removed_at=None)),
    )


def _closed(asked: Commented, message: str):
    """Say that no comment is taken now, and give back what was typed."""
    context = asked.page.get_context(asked.request) | {
        "message": message,
        "written": asked.posted("text"),
        "part": asked.posted("part"),
        "follow_url": f"{_own_url(asked)}tra-cuu/",
    }
    return steps.drawn(asked, ("faq/commenting/closed.html", _("Gửi góp ý")), context)


def _context(asked: Commented) -> dict:
    return steps.context_of(asked) | {
        "consent_words": consent_words(asked.page),
        "name_words": name_words(),
        "consent_version": consent_version(asked.page),
        "policy_url": _policy_url(asked.page, asked.request),
    }


def _policy_url(page, request) -> str:
    """Return where the site says how it treats personal data, or "" while it has no page of questions."""
    home = page.portal_site.home_page(locale=page.locale)
    found = QuestionsPage.objects.live().child_of(home).first() if home is not None else None
    return policy.policy_url(found, request) if found is not None else ""


def _own_url(asked: Commented) -> str:
    return f"{asked.page.get_url(asked.request)}{COMMENTING}/"


def _demand_present(asked: Commented) -> None:
    steps.demand_present_consent(asked, consent_version(asked.page))


_STEPS = Steps(
    form=("faq/commenting/comment.html", gettext_lazy("Gửi góp ý")),
    preview=("faq/commenting/preview.html", gettext_lazy("Xem lại ý kiến trước khi gửi")),
    context=_context,
    rows=_rows,
    demand_present=_demand_present,
    send=_send,
)
