"""Where a comment stands, for those who have its number and secret (`gop-y/tra-cuu/` below a consultation).

`LOOK_UP` takes both, as for a question (`faq/asking/lookups.py`); there is nothing to do on the page that opens.
"""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.public.routed import answer_private
from sections.models.consultation import COMMENTING

from ..asking.lookups import LookUp, Opened
from . import receiving
from .forms import FindCommentForm


def _show(opened: Opened):
    context = {"comment": opened.found, "files": list(opened.found.files.filter(removed_at=None))}
    return _draw(opened.page, opened.request, context, "faq/commenting/followed.html")


def _draw(page, request, context: dict, template: str = "faq/commenting/follow.html"):
    context = page.get_context(request) | {
        "comment_url": f"{page.get_url(request)}{COMMENTING}/",
        "page_url": page.get_url(request),
        **context,
    }
    for language in context["frame"].languages:
        if language.is_translation:
            language.url = f"{language.url}{COMMENTING}/"
    return answer_private(page, request, template, context, _("Tra cứu ý kiến góp ý"))


LOOK_UP = LookUp(
    form=FindCommentForm,
    find=receiving.find,
    what="ý kiến góp ý",
    wrong=gettext_lazy("Số ý kiến hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai."),
    draw=_draw,
    show=_show,
    has_steps=False,
)
