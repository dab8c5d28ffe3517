"""Where an article stands, for those who have its number and secret (`/hoi-dap/gui-bai/theo-doi/`).

`LOOK_UP` takes both, as for a question (`faq/asking/lookups.py`). By the same page the sender answers what they were
asked, and withdraws the article.
"""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.operations import idempotency
from base.public.routed import answer_private
from base.public.waits import slowed

from ..asking import draft_files, limits
from ..asking.lookups import LookUp, Opened, carry_out, send_with_files, with_marks
from . import handling, receiving
from .forms import AnswerForm, FindArticleForm
from .notices import SENDING


def _show(opened: Opened):
    """Carry out what was asked for, then draw the article; over a limit only keep what was typed."""
    steps = {"answer": _answer, "withdraw": _withdraw}
    opened.read_tickets()
    context = {"form": opened.form, "answering": AnswerForm(), "done": "", "taken": opened.taken}
    if opened.seconds and opened.step in steps:
        if opened.step == "answer":
            draft_files.take_in(opened.request, opened.taken, on=opened.now)
        context |= {"problem": limits.again(opened.seconds), "answering": AnswerForm(opened.request.POST)}
    else:
        too_late = _("Việc này không còn phù hợp với tình trạng hiện nay của bài gửi; xin xem bên dưới.")
        context |= carry_out(opened, steps, too_late=too_late)
    article = LOOK_UP.find_again(opened)
    public = article.page if article.page is not None and article.page.live else None
    context |= {
        "article": article,
        "messages_of_it": list(article.messages.all()),
        "files": list(article.files.filter(removed_at=None)),
        "may_answer": handling.may_answer(article),
        "may_withdraw": article.is_open,
        "page_url": public.get_url(opened.request) if public is not None else "",
    }
    return slowed(_draw(opened.page, opened.request, context, "faq/contributing/followed.html"), opened.seconds)


def _answer(opened: Opened) -> dict:
    form, article = AnswerForm(opened.request.POST), opened.found

    def receive(files: list) -> str:
        return handling.answer_back(article, text=form.cleaned_data["text"], files=files, on=opened.now).number

    try:
        if not send_with_files(opened, f"faq.contribution.answer {article.pk}", form, receive):
            return {"answering": form}
    except ValidationError as error:
        form.add_error("text", error.message_dict["text"])
        return {"answering": form}
    return {"done": _("Đã nhận trả lời; việc xử lý bài tiếp tục.")}


def _withdraw(opened: Opened) -> dict:
    if not opened.request.POST.get("sure"):
        return {"problem": _("Bài chưa được rút: hãy đánh dấu xác nhận rồi bấm lại.")}
    article = opened.found
    idempotency.once(
        opened.request,
        f"faq.contribution.withdraw {article.pk}",
        lambda: handling.withdraw(article, on=opened.now).number,
    )
    return {"done": _("Đã rút bài; bài sẽ không được đăng.")}


def _draw(page, request, context: dict, template: str = "faq/contributing/follow.html"):
    context = with_marks(page, request, context | {"send_url": f"{page.get_url(request)}{SENDING}"})
    return answer_private(page, request, template, context, _("Theo dõi bài gửi cộng tác"))


LOOK_UP = LookUp(
    form=FindArticleForm,
    find=receiving.find,
    what="bài gửi",
    wrong=gettext_lazy("Số bài gửi hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai."),
    draw=_draw,
    show=_show,
)
