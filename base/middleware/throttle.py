"""Keeps floods and crawlers away from what costs much: 429 with the seconds to wait."""

from urllib.parse import parse_qsl

from django.conf import settings
from django.urls import reverse

from ..api import is_api
from ..request_facts import client_address, note_refusal
from ..throttle import BEGINNINGS, LOOKUPS, SENDINGS, Buckets
from ..views import too_many_requests

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WATCHED = ("/healthz", "/readyz")


class ThrottleMiddleware:
    """Ask the buckets of `throttle.py` before a public request is answered.

    1. The administration is not counted (accounts and second factors have counters of their own), nor what watches
       the process.
    2. Each other request takes a token of its kind; without one it gets 429. The first such answer in a minute stands
       in the audit trail, the others ask nothing of the database.
    3. A mere step of a form takes a token of `step` instead of `form`, as long as there is one.
    4. An answer 404 takes a token of `missing`; an address without any left waits with everything.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.admin_prefix = reverse("wagtailadmin_home")
        self.buckets = Buckets()

    def __call__(self, request):
        path = request.path_info
        if not settings.PORTAL_THROTTLE or path.startswith(self.admin_prefix) or path in WATCHED:
            return self.get_response(request)
        address = client_address(request)
        kind = kind_of(request)
        seconds = self.buckets.wait("missing", address) or self.buckets.take(kind, address)
        if seconds:
            if not self.buckets.take("noted", address):
                note_refusal("rate", f"chờ {seconds} giây")
            return too_many_requests(request, seconds)
        response = self.get_response(request)
        # Given back afterwards, so that no more of them are worked on at once than forms are.
        if kind == "form" and getattr(request, "is_mere_step", False) and not self.buckets.take("step", address):
            self.buckets.give_back(kind, address)
        if response.status_code == 404:
            self.buckets.take("missing", address)
        return response


def kind_of(request) -> str:
    """Return the kind of a public request, a key of `throttle.RATES`."""
    path = request.path_info
    if request.method in CHANGING:
        sent = next((kind for beginning, kind in SENDINGS.items() if path.startswith(beginning)), "")
        if sent:
            return sent
        return "search" if path.endswith(tuple(LOOKUPS)) else "form"
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
