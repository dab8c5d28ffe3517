"""Where a comment stands, for those who have its number and secret (`gop-y/tra-cuu/` below a consultation).

As with a question (`faq/asking/tracking.py`): by POST, nothing in an address or a log, a wrong number and a wrong
secret answered alike, and a user who guesses is slowed, then locked (`faq/asking/guessing.py`).
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from base.operations.throttle import over_limit
from base.public.routed import answer_private
from base.public.waits import slowed
from base.request_facts import client_address
from sections.models.consultation import COMMENTING

from ..asking import guessing, limits
from ..asking.forms import errors_of
from . import receiving
from .forms import FindCommentForm


def follow(page, request):
    """Answer the page: the form, or the comment whose number and secret came with it."""
    if request.method != "POST":
        return _draw(page, request, {"form": FindCommentForm()})
    now, form = timezone.now(), FindCommentForm(request.POST)
    if not form.is_valid():
        return _draw(page, request, {"form": form, "errors": errors_of(form)})
    if seconds := over_limit(request):
        return slowed(_draw(page, request, {"form": form, "errors": [("", limits.again(seconds))]}), seconds)
    try:
        found = guessing.look_up(
            receiving.find, **form.cleaned_data, address=client_address(request), what="ý kiến góp ý", on=now
        )
    except guessing.TooManyGuesses as error:
        return slowed(_draw(page, request, {"form": form, "errors": [("", error.message)]}), error.seconds)
    if found is None:
        wrong = _("Số ý kiến hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai.")
        return _draw(page, request, {"form": form, "errors": [("tra-number", wrong)]})
    files = list(found.files.filter(removed_at=None))
    return _draw(page, request, {"comment": found, "files": files}, "faq/commenting/followed.html")


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
