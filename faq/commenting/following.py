"""Where a comment stands, for whoever has its number and secret (`gop-y/tra-cuu/` below a consultation).

As with a question (`faq/tracking.py`): by POST, nothing in an address or a log, a wrong number and a wrong secret
answered alike, and who guesses is slowed, then locked.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.signin import throttle
from base.request_facts import client_address
from sections.models.consultation import COMMENTING

from .. import limits, tracking
from ..asking import answer_private
from . import receiving
from .forms import FindCommentForm

LOCKED_SUBJECT = "Có nhiều lần tra cứu ý kiến góp ý sai"


def follow(page, request):
    """Answer the page: the form, or the comment whose number and secret came with it."""
    if request.method != "POST":
        return _draw(page, request, {"form": FindCommentForm()})
    now, form = timezone.now(), FindCommentForm(request.POST)
    if not form.is_valid():
        errors = [(form[name].id_for_label, text) for name in form.fields for text in form.errors.get(name, [])]
        return _draw(page, request, {"form": form, "errors": errors})
    address = client_address(request)
    key = tracking._key(form.cleaned_data["number"], address)
    if wait := tracking._wait(key, address, now):
        return _slowed(page, request, form, wait)
    found = receiving.find(form.cleaned_data["number"], form.cleaned_data["secret"])
    if found is None:
        if _count_wrong(key, address, now) >= throttle.LOCKED_FROM:
            return _slowed(page, request, form, throttle.LOCKED)
        wrong = _("Số ý kiến hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai.")
        return _draw(page, request, {"form": form, "errors": [("tra-number", wrong)]})
    throttle.guess_right(tracking.SCOPE, key)
    return _draw(page, request, {"comment": found}, "faq/commenting/followed.html")


def _count_wrong(key: str, address: str, now: datetime) -> int:
    """Count a wrong guess; return how many there were of this number from this address."""
    failures = throttle.guess_failed(tracking.SCOPE, key, on=now)
    everywhere = throttle.guess_failed(tracking.SCOPE_OF_ADDRESS, limits.digest_of(f"@{address}"), on=now)
    if failures == throttle.LOCKED_FROM or everywhere == tracking.GUESSES_OF_ADDRESS:
        throttle.tell_locked(
            who=None, address=address, what="đoán số và mã tra cứu ý kiến góp ý", on=now, subject=LOCKED_SUBJECT
        )
    return failures


def _slowed(page, request, form, wait: timedelta):
    seconds = max(1, -(-int(wait.total_seconds() * 1000) // 1000))
    message = _("Có quá nhiều lần nhập sai từ kết nối này. Xin chờ %(wait)s rồi thử lại.") % {
        "wait": limits.said(timedelta(seconds=seconds))
    }
    response = _draw(page, request, {"form": form, "errors": [("", message)]})
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def _draw(page, request, context: dict, template: str = "faq/commenting/follow.html"):
    context = page.get_context(request) | {
        "comment_url": f"{page.get_url(request)}{COMMENTING}/", "page_url": page.get_url(request), **context,
    }  # fmt: skip
    for language in context["frame"].languages:
        if language.is_translation:
            language.url = f"{language.url}{COMMENTING}/"
    return answer_private(page, request, template, context, _("Tra cứu ý kiến góp ý"))
