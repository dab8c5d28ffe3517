"""A person without an account sends an article (Quy chế Điều 20.2): `/hoi-dap/gui-bai/`, also without scripts.

The form works like that of a question (`faq/asking/asking.py`): stamp, proof, trap, draft files, preview, one effect a
sending; the receipt with number and secret is the answer to the sending itself.
"""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.admin.action_views import add_errors
from base.operations import idempotency
from base.public.routed import answer_private
from base.public.waits import seconds_of, slowed

from .. import terms
from ..asking import asking, draft_files
from ..asking.asking import MARKS, STEP, TICKET, Asked, TooMany
from ..models import ContributedArticle, ContributorContact
from ..submission import Contact
from . import receiving
from .forms import ArticleForm
from .notices import TRACKING


def send(page, request):
    """Answer the form in any of its steps."""
    asked = Asked(page, request, timezone.now(), ArticleForm(request.POST or None))
    if request.method != "POST":
        return _draw(asked)
    step = asked.posted(STEP)
    if asking.store_over_limit(asked):
        _demand_present_words(asked)
        return _show(asked) if step == "send" and asked.form.is_valid() else _draw(asked, is_checked=False)
    if step == "send":
        return _send(asked)
    asking.note_looking(asked, step)
    asked.taken = draft_files.read_tickets(request.POST.getlist(TICKET), asked.now)
    if step.startswith("drop-"):
        asking.drop_file(asked, step.removeprefix("drop-"))
    draft_files.take_in(request, asked.taken, on=asked.now)
    if step == "preview":
        _demand_present_words(asked)
        if _is_whole(asked) and not asked.taken.refusals:
            return _show(asked)
    elif step == "edit" or step.startswith("drop-"):
        return _draw(asked, is_checked=False)
    asked.form.is_valid()
    return _draw(asked)


def _is_whole(asked: Asked) -> bool:
    """Tell whether all is there that the action will ask for; what is missing is named on the form."""
    if not asked.form.is_valid():
        return False
    wrong = _missing(asked, has_files=bool(asked.taken.files))
    for name, message in wrong.items():
        asked.form.add_error(name, message)
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
    _demand_present_words(asked)
    if not asked.form.is_valid():
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        return _draw(asked)
    try:
        outcome = idempotency.once(asked.request, "faq.contribution", lambda: _receive(asked), but=MARKS)
    except TooMany as error:
        asking.turned_down(asked, error)
        return _show(asked)
    except ValidationError as error:
        # What is wrong with the files stands beside each of them.
        add_errors(asked.form, error, but={"files"})
        return _draw(asked)
    return _receipt(asked, ContributedArticle.objects.get(number=outcome.text), outcome.is_repeat)


def _receive(asked: Asked) -> str:
    """Receive the article within the transaction of its one sending; return its number."""
    data, suspect = asked.form.cleaned_data, asking.demand_within_limits(asked)
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
    asking.demand_present_consent(asked, words_version(asked.page))
    if asked.problem and had_ticked:
        data = asked.form.data.copy()
        data.pop("declaration", None)
        asked.form.data = data


# --- Drawing ---------------------------------------------------------------------------------------


def _draw(asked: Asked, *, is_checked: bool = True):
    """Draw the form with all that was typed."""
    if asked.form.is_bound and not is_checked:
        asked.form._errors, asked.form.cleaned_data = {}, {}
    context = _context(asked)
    context["errors"] = asking.errors_in(asked) if is_checked and asked.form.is_bound else []
    if asked.problem and not is_checked:
        context["errors"] = [("", asked.problem)]
    return _answer(asked, "faq/contributing/send.html", context, _("Gửi bài cộng tác"))


def _show(asked: Asked):
    """Draw the preview: what will be sent."""
    if not asked.taken.files:
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
    context = _context(asked)
    context["hints"] = asking.say_beforehand(asked)
    context["rows"] = _rows(asked.form)
    context["carried"] = [
        (name, value) for name in asked.form.fields for value in asked.request.POST.getlist(name) if value
    ]
    return _answer(asked, "faq/contributing/preview.html", context, _("Xem lại bài trước khi gửi"))


def _rows(form: ArticleForm) -> list[tuple[str, str]]:
    """Return (label, value) of what will be sent beside title and text, without what was left empty."""
    data, rows = form.cleaned_data, []
    for name in ("author_line", "name", "email", "phone", "address", "ward"):
        if data[name]:
            field = form.fields[name]
            rows.append((field.label, field.label_from_instance(data[name]) if name == "ward" else data[name]))
    return rows


def _receipt(asked: Asked, article: ContributedArticle, is_repeat: bool):
    contact = ContributorContact.objects.filter(contribution=article).first()
    context = asked.page.get_context(asked.request) | {
        "article": article,
        "is_repeat": is_repeat,
        "is_mailed": bool(contact and contact.email) and not article.is_suspect,
        "follow_url": f"{asked.page.get_url(asked.request)}{TRACKING}",
        "files": list(article.files.filter(removed_at=None)),
    }
    return _answer(asked, "faq/contributing/receipt.html", context, _("Biên nhận bài gửi"))


def _context(asked: Asked) -> dict:
    return asking.context_of(asked) | {
        "consent_words": consent_words(asked.page),
        "declaration_words": declaration_words(),
        "consent_version": words_version(asked.page),
        "follow_url": f"{asked.page.get_url(asked.request)}{TRACKING}",
    }


def _answer(asked: Asked, template: str, context: dict, title: str):
    response = answer_private(asked.page, asked.request, template, context, title)
    return slowed(response, seconds_of(asked.wait))
