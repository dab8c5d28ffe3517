"""How satisfied people are with a service, in three steps (Thông tư 32/2017/TT-BTTTT Điều 12), and why not.

1. `say`: the form on the page of a service, without scripts: one press, counted a page and day without a trace of who
   said it; once a visitor, service and day (`base/public/usage/visitors.py`).
2. The page thanks. A visitor who is not satisfied may tell the unit why: a room above receives that with a deadline
   (`register_feedback`).
"""

from collections.abc import Callable
from http import HTTPStatus

from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from base.public.usage.counting import WORD, usage
from base.public.usage.readers import is_person
from base.request_facts import demand_own_form
from base.views import press_again

from ..models import Satisfaction, ServiceOffering

STEP, BACK = "muc", "ve"
# What the page is told when it is shown again, in its address: thanks, and whether it asks why.
PARAMETER, THANKS, WHY = "danh-gia", "da-ghi", "ly-do"
# Nothing was counted: this visitor had said something today; the browser did not say from where the form came.
ALREADY, UNKNOWN = "da-co", "chua-ghi"
WORDS = (THANKS, WHY, ALREADY, UNKNOWN)
Step = Satisfaction.Step
STEPS = {str(step.value): step for step in Step}
_feedback: list[Callable] = []


def register_feedback(address: Callable) -> Callable:
    """Let a room above receive what people say of a service; called from its `AppConfig.ready`.

    `address(offering, request)` returns where one writes to the unit of the service, "" where that is not possible.
    """
    _feedback[:] = [address]
    return address


def feedback_address(offering: ServiceOffering, request) -> str:
    """Return where one writes to the unit of a service, "" where that is not possible."""
    return next((address(offering, request) for address in _feedback), "")


@never_cache
@csrf_exempt
@require_POST
def say(request, pk: int):
    """Count what a visitor says of a public service and show its page again; 403 for a request from another site.

    A word that makes no sense is not counted, nor is a program's, nor a second one of the same visitor on a day.
    """
    demand_own_form(request)
    page = ServiceOffering.objects.live().select_related("locale").filter(pk=pk).first()
    address = page.get_url(request) if page is not None else None
    if not address:
        raise Http404
    step, back = STEPS.get(request.POST.get(STEP, "")), _back(request, page, address)
    if step is None:
        return HttpResponseRedirect(f"{back}#{PARAMETER}", status=HTTPStatus.SEE_OTHER)
    what, state = f"hai-long {page.pk}", UNKNOWN
    if is_person(request.META):
        if seconds := usage.vote_wait(request.META, what):
            return press_again(request, seconds)
        state = ALREADY
        with usage.once_today(request.META, what, request.POST.get(WORD, "")) as is_first:
            if is_first:
                count(page, step)
                state = WHY if step == Step.NOT else THANKS
    return HttpResponseRedirect(f"{back}?{PARAMETER}={state}#{PARAMETER}", status=HTTPStatus.SEE_OTHER)


@transaction.atomic
def count(page: ServiceOffering, step: int) -> None:
    """Add one to today's row of a page and step."""
    row, _made = Satisfaction.objects.get_or_create(page_id=page.pk, day=timezone.localdate(), step=step)
    Satisfaction.objects.filter(pk=row.pk).update(count=F("count") + 1)


def _back(request, page: ServiceOffering, address: str) -> str:
    """Return the address the reader came from, when it is this page or its English mirror; else the page's own."""
    typed = request.POST.get(BACK, "")
    is_path = typed.startswith("/") and not set(typed) & set("?#\\")
    is_here = typed.endswith(f"/{page.slug}/") and url_has_allowed_host_and_scheme(typed, allowed_hosts=None)
    return typed if is_path and is_here else address
