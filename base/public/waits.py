"""A time to wait, wherever a user is told to come again: how it reads, and what the answer says to programs."""

from datetime import timedelta
from math import ceil

from django.http import HttpResponse
from django.utils.translation import ngettext


def as_text(seconds: int) -> str:
    """Say a time to wait in the present language, never less than it is.

    "45 giây", from two minutes on "3 phút", from an hour on "2 giờ".
    """
    if seconds < 120:
        return ngettext("%(n)s giây", "%(n)s giây", seconds) % {"n": seconds}
    minutes = -(-seconds // 60)
    if minutes < 60:
        return ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)s giờ", "%(n)s giờ", hours) % {"n": hours}


def seconds_of(wait: timedelta | None) -> int:
    """Return a time to wait in whole seconds, at least one; 0 for none."""
    return max(1, ceil(wait.total_seconds())) if wait is not None else 0


def slowed(response: HttpResponse, seconds: int) -> HttpResponse:
    """Give an answer the status and the header that say when to come again; leave it as it is for 0 seconds."""
    if seconds:
        response.status_code = 429
        response.headers["Retry-After"] = str(seconds)
    return response
