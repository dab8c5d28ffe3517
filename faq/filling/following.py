"""One's own answers, for those who have their number and secret: seen, and erased.

`LOOK_UP` takes both, as for a question (`faq/asking/lookups.py`), at `dien/tra-cuu/` below a form and at
`/hoi-dap/bieu-mau/tra-cuu/`, which answers also once the form is taken down: receipts lead there. Erasing needs no
decision of the office: consent may be withdrawn at any time (Luật 91/2025/QH15), and nothing public was made of what
was written.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.public.routed import answer_private
from base.public.waits import slowed
from sections.models import FormPage
from sections.models.taking_part.form import FILLING

from ..asking import limits
from ..asking.lookups import LookUp, Opened, carry_out, with_marks
from ..models import QuestionsPage
from . import receiving
from .fields import FindFilledForm

# Below the page of questions; and below that or a form.
FORMS, FOLLOWING = "bieu-mau", "tra-cuu"


def address_for(page: FormPage, request) -> str:
    """Return where what was written in a form is looked up as long as its site is there."""
    home = page.portal_site.home_page(locale=page.locale)
    found = QuestionsPage.objects.live().child_of(home).first() if home is not None else None
    above, below = (found, FORMS) if found is not None else (page, FILLING)
    return f"{above.get_url(request)}{below}/{FOLLOWING}/"


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
    is_below_form = isinstance(page, FormPage)
    context = with_marks(page, request, {"form_url": page.get_url(request) if is_below_form else "", **context})
    for language in context["frame"].languages:
        if language.is_translation:
            language.url = f"{language.url}{FILLING if is_below_form else FORMS}/"
    return answer_private(page, request, template, context, _("Biểu mẫu tôi đã gửi"))


LOOK_UP = LookUp(
    form=FindFilledForm,
    find=receiving.find,
    what="biểu mẫu đã gửi",
    wrong=gettext_lazy("Số hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai."),
    draw=_draw,
    show=_show,
)
