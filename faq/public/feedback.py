"""Whether an answer was useful: one word of a reader, counted a page and day, without a trace of who said it.

The page is in the page cache, so its form holds no token of a session; the reader has none. What keeps other sites
from sending it in the reader's name is where the browser says that the form comes from. A visitor says yes or no about
a page once a day, by the digests of `base/public/usage/visitors.py`; the page thanks only for what was counted.
"""

from http import HTTPStatus

from django.db import transaction
from django.db.models import F, Sum
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from base.public.usage.counting import WORD, usage
from base.request_facts import demand_own_form
from base.views import press_again

from ..models import AnswerFeedback, FaqPage

USEFUL, NOT_USEFUL = "co", "chua"
COLUMNS = {USEFUL: "useful", NOT_USEFUL: "not_useful"}
# What the page is told when it is shown again, in its address.
PARAMETER, THANKS, ALREADY = "y-kien", "da-ghi", "da-co"


@never_cache
@csrf_exempt
@require_POST
def say(request, pk: int):
    """Count what a reader said of a published answer and show the page again; 403 when another site sent the form.

    A word that makes no sense is not counted; neither is a second one of the same visitor on a day.
    """
    demand_own_form(request)
    page = FaqPage.objects.live().select_related("locale").filter(pk=pk).first()
    address = page.get_url(request) if page is not None else None
    if not address:
        raise Http404
    column = COLUMNS.get(request.POST.get("huu-ich", ""))
    if not column:
        return HttpResponseRedirect(f"{address}#{PARAMETER}", status=HTTPStatus.SEE_OTHER)
    what, state = f"huu-ich {page.pk}", ALREADY
    if seconds := usage.vote_wait(request.META, what):
        return press_again(request, seconds)
    if usage.is_first_today(request.META, what, request.POST.get(WORD, "")):
        count(page, column)
        state = THANKS
    return HttpResponseRedirect(f"{address}?{PARAMETER}={state}#{PARAMETER}", status=HTTPStatus.SEE_OTHER)


@transaction.atomic
def count(page: FaqPage, column: str) -> None:
    """Add one to today's row of a page: `column` "useful" or "not_useful"."""
    row, _made = AnswerFeedback.objects.get_or_create(page=page, day=timezone.localdate())
    AnswerFeedback.objects.filter(pk=row.pk).update(**{column: F(column) + 1})


def counts(page: FaqPage) -> tuple[int, int]:
    """Return how many found a page useful, and how many did not, since it was published."""
    found = AnswerFeedback.objects.filter(page=page).aggregate(useful=Sum("useful"), not_useful=Sum("not_useful"))
    return found["useful"] or 0, found["not_useful"] or 0
