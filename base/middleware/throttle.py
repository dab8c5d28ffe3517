"""Keeps floods and crawlers away from what costs much: 429 with the seconds to wait, and nothing typed is lost."""

from urllib.parse import parse_qsl

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from ..operations.throttle import BEGINNINGS, DRAWN_AGAIN, LOOKUPS, OF_ALL, SENDINGS, Buckets, Visit, visit_of
from ..public.api import is_api
from ..public.request_kinds import CHANGING, FOR_EVERYBODY, WATCHED
from ..request_facts import client_address
from ..views import press_again, too_many_requests

# What people send by a form and get back when they have to wait.
OF_PEOPLE = frozenset({"sending", "lookup", "vote"})


class ThrottleMiddleware:
    """Ask the buckets of `throttle.py` before a public request is answered.

    1. The administration is not counted (accounts and second factors have counters of their own), nor what watches
       the process.
    2. Each other request takes a token of its kind; without one it gets 429. The first such answer of an address in a
       minute is noted for the audit trail, which sums up what comes from many (`audit/floods.py`); the others ask
       nothing of the database.
    3. What people send is judged by `FormThrottleMiddleware`, behind what makes sure that its body can be read.
    4. A mere step of a form takes a token of `step` instead of `form`, as long as there is one.
    5. An answer 404 takes a token of `missing` and gives back what was taken before; without any left, addresses that
       do not exist get a small 429, and nothing else does: one neighbour's broken links shut no user's forms or pages.
       What asks an API gets nothing back: its 404 costs a query, and no small answer takes its place.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")
        self.buckets = Buckets(of_all=OF_ALL)

    def __call__(self, request):
        path = request.path_info
        if not settings.PORTAL_THROTTLE or path.startswith(self.admin_prefix) or path in WATCHED:
            return self.get_response(request)
        if FOR_EVERYBODY in request.META:
            return self.get_response(request)
        address, kind = client_address(request), kind_of(request)
        visit = request.visit = Visit(self.buckets, address, kind)
        visit.wait = visit.take(kind)
        if visit.wait and not is_of_people(request, kind):
            visit.note(visit.wait)
            return too_many_requests(request, visit.wait)
        response = self.get_response(request)
        if visit.is_drawn_again and response.status_code != 429:
            # Whatever answered in the place of the form did not give back what was typed.
            return press_again(request, visit.wait)
        # Given back afterwards, so that no more of them are worked on at once than forms are.
        is_step = kind == "sending" and getattr(request, "is_mere_step", False) and not visit.is_proven
        if is_step and "form" in visit.taken and not self.buckets.take("step", address):
            self.buckets.give_back("form", address)
        if (response.status_code == 404 or visit.is_missing) and not is_api(request):
            visit.give_back()
        if response.status_code == 404:
            self.buckets.take("missing", address)
        return response


class FormThrottleMiddleware:
    """Judge what people send, once its body is known to be readable: who brings a proof of work, who has to wait.

    Who has to wait gets back what was typed, with the seconds after which to press again: by the form itself at the
    addresses of `DRAWN_AGAIN` (as often as `redraw` allows), else by a page that asks nothing of the database.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        visit = visit_of(request)
        if visit is None or not is_of_people(request, visit.kind):
            return None
        if visit.kind == "sending" and not visit.wait:
            visit.demand_proof_or_room(request.POST, timezone.now())
        if not visit.wait:
            return None
        visit.note(visit.wait)
        if request.path_info.endswith(tuple(DRAWN_AGAIN)) and not visit.buckets.take("redraw", visit.address):
            visit.is_drawn_again = True
            return None
        return press_again(request, visit.wait)


def is_of_people(request, kind: str) -> bool:
    """Tell whether a request is a form that a user sends, and gets back when it has to wait."""
    return request.method == "POST" and kind in OF_PEOPLE


def kind_of(request) -> str:
    """Return the kind of a public request, a key of `throttle.RATES`."""
    path = request.path_info
    if request.method in CHANGING:
        sent = next((kind for beginning, kind in SENDINGS.items() if path.startswith(beginning)), "")
        asked = next((kind for ending, kind in LOOKUPS.items() if path.endswith(ending)), "")
        # No form of ours is sent by another method.
        return sent or asked or ("sending" if request.method == "POST" else "form")
    own = next((kind for beginning, kind in BEGINNINGS.items() if path.startswith(beginning)), "")
    if path.startswith(settings.MEDIA_URL) or (own and settings.MEDIA_URL in path):
        return "file"
    if own:
        return own
    if path.rstrip("/").endswith(("/rss", "/atom", "/ical")) or path.startswith("/sitemap"):
        return "feed"
    query = parse_qsl(request.META.get("QUERY_STRING", ""), max_num_fields=None)
    if any(name == "q" and value.strip() for name, value in query):
        return "search"
    return "api" if is_api(request) else "page"
