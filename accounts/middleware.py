"""A right that ended at midnight is gone at the next request, without waiting for the periodic job."""

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from .appointments import apply_due


class AppointmentMiddleware:
    """End what is past its last day for the person who asks, then look up again who they are.

    Stands right after AuthenticationMiddleware. Costs nothing but a comparison: `rights_until` comes with the user.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # A request without a session leaves it unopened: its answer may be kept for all.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            until = getattr(request.user, "rights_until", None)
            if until is not None and until < timezone.localdate():
                apply_due(request.user.pk)
                del request._cached_user
                request.user = SimpleLazyObject(lambda: get_user(request))
        return self.get_response(request)
