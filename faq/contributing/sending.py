"""A person without an account sends an article (Quy chế Điều 20.2): `/hoi-dap/gui-bai/`, also without scripts.

The form goes by the steps of public forms (`faq/asking/steps.py`): stamp, proof, trap, draft files, preview, one effect
a sending; the receipt with number and secret is the answer to the sending itself.
"""

from functools import partial
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .. import terms
from ..asking import draft_files, steps
from ..asking.steps import Asked, Steps
from ..models import ContributedArticle, ContributorContact
from ..public import policy
from ..submission import Contact
from . import receiving
from .forms import ArticleForm
from .notices import TRACKING


def send(page, request):
    """Answer the form in any of its steps."""
    return _STEPS.answer(Asked(page, request, timezone.now(), ArticleForm(request.POST or None)))


def _is_whole(asked: Asked) -> bool:
    """Tell whether all is there that the action will ask for; what is missing is named on the form."""
    form, has_files = asked.form, bool(asked.taken.files)
    if not form.is_valid():
        # The only thing that the form itself cannot judge is said with the rest.
        wrong = receiving.problem_of_text(form.cleaned_data.get("text", ""), has_files=has_files)
        if wrong and "text" not in form.errors:
            form.add_error("text", wrong)
        return False
    wrong = _missing(asked, has_files=has_files)
    for name, message in wrong.items():
        form.add_error(name, message)
    return not wrong


def _missing(asked: Asked, *, has_files: bool) -> dict:
    data = asked.form.cleaned_data
    words = declaration_words() if data["declaration"] else ""
    return receiving.missing(
        data["title"], data["text"], data["author_line"], _contact(asked), words, has_files=has_files
    )


# --- Sending ---------------------------------------------------------------------------------------


def _send(asked: Asked):
    """Send the article once; draw the receipt, or the form again with what is wrong."""
    return _STEPS.send_once(asked, "faq.contribution", lambda: _receive(asked), partial(_receipt, asked))


def _receive(asked: Asked) -> str:
    """Receive the article within the transaction of its one sending; return its number."""
    data, suspect = asked.form.cleaned_data, steps.demand_within_limits(asked)
    article = receiving.receive(
        asked.page.portal_site,
        title=data["title"],
        text=data["text"],
        author_line=data["author_line"],
        contact=_contact(asked),
        declaration=declaration_words(),
        files=draft_files.attached(asked.taken.files),
        language_code=get_language(),
        is_suspect=suspect,
        on=asked.now,
    )
    draft_files.release_files(asked.taken.files)
    return article.number


def _contact(asked: Asked) -> Contact:
    data = asked.form.cleaned_data
    return Contact(
        name=data["name"],
        email=data["email"],
        phone=data["phone"],
        address=data["address"],
        ward=data["ward"],
        consent_text=consent_words(asked.page) if data["consent"] else "",
        consent_source=f"biểu mẫu gửi bài cộng tác ({get_language()})",
    )


# --- What is declared and agreed to ------------------------------------------------------------------


def declaration_words() -> str:
    """Return what the sender declares of authorship and accuracy; stored unchanged with their article."""
    return _(
        "Tôi cam kết: bài này do tôi viết, hoặc tôi được tác giả đồng ý cho gửi; bài không vi phạm quyền tác giả của "
        "người khác và chưa bị cơ quan nào yêu cầu gỡ; tôi chịu trách nhiệm về tính chính xác của nội dung (Điều 20.2 "
        "Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND). Tôi đồng ý để Ban Biên tập biên tập, đăng bài với tên "
        "hoặc bút danh đã ghi."
    )


def consent_words(page) -> str:
    """Return the text by which the sender lets their contact be used; stored unchanged with their article."""
    unit = page.portal_site.unit
    return _(
        "Tôi đồng ý để %(unit)s dùng thông tin liên hệ tôi ghi trong biểu mẫu này vào việc tiếp nhận, biên tập bài và "
        "trả lời tôi. Thông tin được mã hóa khi lưu, chỉ người xử lý bài đọc được, không đăng công khai, và được xóa "
        "sau %(days)s ngày kể từ khi bài được đăng, không sử dụng hoặc được rút. Tôi có quyền xem, sửa, xóa thông tin "
        "của mình và rút lại đồng ý bất cứ lúc nào."
    ) % {
        "unit": unit.name_en if get_language() == "en" and unit.name_en else unit.full_name,
        "days": terms.CONTACT_DAYS,
    }


def words_version(page) -> str:
    """Return a short mark of both texts: what was read and what is stored must be the same."""
    return sha256(f"{consent_words(page)}\n{declaration_words()}".encode()).hexdigest()[:16]


def _demand_present_words(asked: Asked) -> None:
    had_ticked = asked.posted("declaration")
    steps.demand_present_consent(asked, words_version(asked.page))
    if asked.problem and had_ticked:
        data = asked.form.data.copy()
        data.pop("declaration", None)
        asked.form.data = data


# --- Drawing ---------------------------------------------------------------------------------------


def _rows(form: ArticleForm) -> list[tuple[str, str]]:
    """Return (label, value) of what will be sent beside title and text."""
    return steps.rows_of(form, ("author_line", "name", "email", "phone", "address", "ward"))


def _receipt(asked: Asked, number: str, is_repeat: bool):
    article = ContributedArticle.objects.get(number=number)
    contact = ContributorContact.objects.filter(contribution=article).first()
    return steps.receipt(
        asked,
        ("faq/contributing/receipt.html", _("Biên nhận bài gửi")),
        article,
        contact,
        is_repeat=is_repeat,
        follow_url=f"{asked.page.get_url(asked.request)}{TRACKING}",
        files=list(article.files.filter(removed_at=None)),
    )


def _context(asked: Asked) -> dict:
    return steps.context_of(asked) | {
        "consent_words": consent_words(asked.page),
        "declaration_words": declaration_words(),
        "consent_version": words_version(asked.page),
        "policy_url": policy.policy_url(asked.page, asked.request),
        "follow_url": f"{asked.page.get_url(asked.request)}{TRACKING}",
    }


_STEPS = Steps(
    form=("faq/contributing/send.html", gettext_lazy("Gửi bài cộng tác")),
    preview=("faq/contributing/preview.html", gettext_lazy("Xem lại bài trước khi gửi")),
    context=_context,
    rows=_rows,
    demand_present=_demand_present_words,
    send=_send,
    is_whole=_is_whole,
)
