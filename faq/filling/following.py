"""One's own answers, for those who have their number and secret (`dien/tra-cuu/` below a form): seen, and erased.

`LOOK_UP` takes both, as for a question (`faq/asking/lookups.py`). Erasing needs no decision of the office: consent may
be withdrawn at any time (Luật 91/2025/QH15), and nothing public was made of what was written.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.public.routed import answer_private
from base.public.waits import slowed
from sections.models.taking_part.form import FILLING

from ..asking import limits
from ..asking.lookups import LookUp, Opened, carry_out, with_marks
from . import receiving
from .fields import FindFilledForm


def _show(opened: Opened):
    """Carry out what was asked for, then draw the answers; over a limit nothing is done."""
    if opened.seconds:
        context = {"problem": limits.again(opened.seconds)}
    else:
        context = carry_out(opened, {"erase": _erase}, too_late=_("Việc này không làm được; xin xem bên dưới."))
    found = LOOK_UP.find_again(opened)
    context |= {"form": opened.form, "filled": found, "rows": found.rows()}
    return slowed(_draw(opened.page, opened.request, context, "faq/filling/followed.html"), opened.seconds)


def _erase(opened: Opened) -> dict:
    receiving.erase(opened.found, on=opened.now)
    return {"done": _("Đã xóa những gì ông/bà ghi trong biểu mẫu này.")}


def _draw(page, request, context: dict, template: str = "faq/filling/follow.html"):
    context = with_marks(page, request, {"page_url": page.get_url(request), **context})
    for language in context["frame"].languages:
        if language.is_translation:
            language.url = f"{language.url}{FILLING}/"
    return answer_private(page, request, template, context, _("Biểu mẫu tôi đã gửi"))


LOOK_UP = LookUp(
    form=FindFilledForm,
    find=receiving.find,
    what="biểu mẫu đã gửi",
    wrong=gettext_lazy("Số hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai."),
    draw=_draw,
    show=_show,
)
