"""One press in a poll: counted, thanked for, and answered with the figures where the poll shows them.

The page is in the page cache, so its form holds no token of a session; the reader has none. What keeps other sites from
sending it in the reader's name is where the browser says that the form comes from. Without a cookie readers are not
told from their neighbours: a visitor counts once a day, by the digests of `base/public/usage/visitors.py`, and figures
are called about a number. A second press, a double click too, is not counted.
"""

from datetime import timedelta
from http import HTTPStatus

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from base.gate import Refused
from base.public.frame import build_frame
from base.public.navigation import Link
from base.public.translated.same import take_from_source
from base.public.usage.counting import WORD, usage
from base.request_facts import demand_own_form
from base.sites import site_of
from base.views import press_again

from ..models import PollPage, PollVotes

CHOICE = "phuong-an"
PRESSED, ALREADY = "da-chon", "da-co"
# So long who has pressed may look at the figures of a poll that others see at its end.
LOOKING = timedelta(hours=1)
_signer = signing.TimestampSigner(salt="sections.polls")


@transaction.atomic
def count(page: PollPage, key: str) -> PollVotes:
    """Add one to a choice of a poll; return its row. Raises Refused while it is not open, or for no choice of it."""
    page = take_from_source(PollPage.objects.select_for_update(of=("self",)).get(pk=page.pk))
    text = {choice.key: choice.text for choice in page.offered()}.get(key)
    if not page.live or not page.is_open or text is None:
        raise Refused(_("Cuộc thăm dò này không nhận ý kiến lúc này."))
    row, _made = PollVotes.objects.get_or_create(poll=page.translation_key, choice=key, defaults={"text": text})
    PollVotes.objects.filter(pk=row.pk).update(votes=F("votes") + 1)
    return row


@never_cache
@csrf_exempt
@require_POST
def vote(request, pk: int):
    """Count the press of a visitor once a day; 403 when another site sent the form.

    Without a choice the form is drawn again and says so. Leads to the thanks, or to the page of a poll that is over.
    """
    demand_own_form(request)
    page = _public(pk)
    with translation.override(page.locale.language_code):
        if not page.is_open:
            return _led(page.get_url(request))
        key = request.POST.get(CHOICE, "")
        if key not in {choice.key for choice in page.offered()}:
            errors = [(CHOICE, _("Hãy chọn một phương án rồi bấm lại."))]
            return _drawn(request, page, {"choices": page.offered(), "errors": errors})
        what = f"tham-do {page.translation_key}"
        if seconds := usage.vote_wait(request.META, what):
            return press_again(request, seconds)
        with usage.once_today(request.META, what, request.POST.get(WORD, "")) as is_first:
            if is_first:
                count(page, key)
    query = f"{PRESSED}={_signer.sign(str(page.pk))}{'' if is_first else f'&{ALREADY}=1'}"
    return _led(f"{reverse('poll_thanks', args=[page.pk])}?{query}")


@never_cache
@require_safe
def thanks(request, pk: int):
    """Thank who has pressed, with the figures where the poll shows them before its end; others are led to the page."""
    page = _public(pk)
    if not _has_pressed(request, page):
        return _led(page.get_url(request))
    with translation.override(page.locale.language_code):
        shows = not page.is_open or page.shows_results == PollPage.Results.AFTER_VOTE
        context = {"is_counted": ALREADY not in request.GET, "has_pressed": True, "shows": shows}
        return _drawn(request, page, {**context, "choices": page.counted() if shows else []})


def _has_pressed(request, page: PollPage) -> bool:
    try:
        return _signer.unsign(request.GET.get(PRESSED, ""), max_age=LOOKING) == str(page.pk)
    except signing.BadSignature:
        return False


def _public(pk: int) -> PollPage:
    page = PollPage.objects.live().filter(pk=pk).select_related("locale").first()
    if page is None or site_of(page) is None or not page.get_url():
        raise Http404
    return take_from_source(page)


def _led(address: str):
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _drawn(request, page: PollPage, context: dict):
    frame = build_frame(page, request)
    frame.breadcrumbs.append(Link(page.title, page.get_url(request)))
    frame.title, frame.is_indexed, frame.canonical_url, frame.counted = page.title, False, "", None
    frame.alternates, frame.languages, frame.metadata, frame.structured_data = [], [], {}, {}
    frame.has_errors, frame.report_url = bool(context.get("errors")), ""
    context = {"frame": frame, "poll": page, "back": page.get_url(request), **context}
    return render(request, "sections/poll_answer.html", context)
