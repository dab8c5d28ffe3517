"""Where an article stands, for those who have its number and secret (`/hoi-dap/gui-bai/theo-doi/`).

As with a question (`faq/asking/tracking.py`): by POST, nothing in an address or a log, a wrong number and a wrong
secret answered alike, and a user who guesses is slowed, then locked (`faq/asking/guessing.py`). By the same page the
sender answers what they were asked, and withdraws the article; each carries number and secret again, and counts once.
"""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.gate import Refused
from base.operations import idempotency
from base.operations.throttle import over_limit
from base.public.routed import answer_private
from base.public.waits import slowed
from base.request_facts import client_address
from base.views import press_again

from ..asking import draft_files, guessing, limits
from ..asking.asking import STEP, TICKET
from ..asking.forms import errors_of
from ..models import ContributedArticle
from . import handling, receiving
from .forms import AnswerForm, FindArticleForm
from .notices import SENDING


def follow(page, request):
    """Answer the page: the form, or the article whose number and secret came with it."""
    if request.method != "POST":
        return _draw(page, request, {"form": FindArticleForm()})
    now, form, step = timezone.now(), FindArticleForm(request.POST), request.POST.get(STEP, "")
    if not form.is_valid():
        return _draw(page, request, {"form": form, "errors": errors_of(form)})
    if (seconds := over_limit(request)) and not step:
        return slowed(_draw(page, request, {"form": form, "errors": [("", limits.again(seconds))]}), seconds)
    try:
        article = guessing.look_up(
            receiving.find, **form.cleaned_data, address=client_address(request), what="bài gửi", on=now
        )
    except guessing.TooManyGuesses as error:
        if step:
            # Text that was typed below the article: the sender cannot see it any more, but can send it again.
            return press_again(request, error.seconds)
        return slowed(_draw(page, request, {"form": form, "errors": [("", error.message)]}), error.seconds)
    if article is None:
        wrong = _("Số bài gửi hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai.")
        return _draw(page, request, {"form": form, "errors": [("tra-number", wrong)]})
    return _show(page, request, form, article, now, seconds)


def _show(page, request, form, article: ContributedArticle, now, seconds: int):
    """Carry out what was asked for, then draw the article; over a limit only keep what was typed."""
    acts = {"answer": _answer, "withdraw": _withdraw}
    step = request.POST.get(STEP, "")
    taken = draft_files.read_tickets(request.POST.getlist(TICKET), now)
    context = {"form": form, "answering": AnswerForm(), "done": "", "taken": taken}
    if seconds and step in acts:
        if step == "answer":
            draft_files.take_in(request, taken, on=now)
        context |= {"problem": limits.again(seconds), "answering": AnswerForm(request.POST)}
    elif step in acts:
        try:
            context |= acts[step](request, article, taken, now)
        except Refused as error:
            context["problem"] = _refused(error)
    article = receiving.find(form.cleaned_data["number"], form.cleaned_data["secret"])
    public = article.page if article.page is not None and article.page.live else None
    context |= {
        "article": article,
        "messages_of_it": list(article.messages.all()),
        "files": list(article.files.filter(removed_at=None)),
        "may_answer": handling.may_answer(article),
        "may_withdraw": article.is_open,
        "page_url": public.get_url(request) if public is not None else "",
    }
    return slowed(_draw(page, request, context, "faq/contributing/followed.html"), seconds)


def _answer(request, article: ContributedArticle, taken: draft_files.Taken, now) -> dict:
    form = AnswerForm(request.POST)
    draft_files.take_in(request, taken, on=now)
    if not form.is_valid() or taken.refusals:
        return {"answering": form}

    def call() -> str:
        files = draft_files.attached(taken.files)
        number = handling.answer_back(article, text=form.cleaned_data["text"], files=files, on=now).number
        draft_files.release_files(taken.files)
        return number

    try:
        idempotency.once(request, f"faq.contribution.answer {article.pk}", call)
    except ValidationError as error:
        form.add_error("text", error.message_dict["text"])
        return {"answering": form}
    taken.files = []
    return {"done": _("Đã nhận trả lời; việc xử lý bài tiếp tục.")}


def _withdraw(request, article: ContributedArticle, _taken, now) -> dict:
    if not request.POST.get("sure"):
        return {"problem": _("Bài chưa được rút: hãy đánh dấu xác nhận rồi bấm lại.")}
    idempotency.once(
        request, f"faq.contribution.withdraw {article.pk}", lambda: handling.withdraw(article, on=now).number
    )
    return {"done": _("Đã rút bài; bài sẽ không được đăng.")}


def _refused(error: Refused) -> str:
    """Return the refusal of an action as it is in Vietnamese; in another language, a sentence that fits all of them."""
    if get_language() == "vi":
        return str(error)
    return _("Việc này không còn phù hợp với tình trạng hiện nay của bài gửi; xin xem bên dưới.")


def _draw(page, request, context: dict, template: str = "faq/contributing/follow.html"):
    whole = page.get_context(request) | {
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.new_key(),
        "send_url": f"{page.get_url(request)}{SENDING}",
        "bounds": draft_files.BOUNDS,
        **context,
    }
    if "taken" in context:
        whole["kept"] = [(file, draft_files.ticket(file)) for file in context["taken"].files]
        whole["refused"] = context["taken"].refusals
    return answer_private(page, request, template, whole, _("Theo dõi bài gửi cộng tác"))
