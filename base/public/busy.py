"""What a reader gets when there is no room: a page made without Django's middleware and without the database.

1. The answer to a GET is the same for all readers: it is made once for each language and number of seconds.
2. A reader who sent a form gets back what they typed, to be sent again with one press (`views.busy`). Reading it takes
   a thread that others wait for, so no more is read than a form of ours may hold (`clean_input.Limits`).
"""

from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from .. import views
from ..middleware.clean_input import ADMIN, PUBLIC, SIGNING_IN, Limits, has_more_parts, most_bytes
from ..middleware.headers import SecurityHeadersMiddleware
from ..operations.handlers import PortalRequest
from .api import is_api, problem
from .page_cache import BUSY
from .renders.gate import ADMIN as ADMIN_PREFIX
from .request_kinds import READ_AHEAD

STATUS = "503 Service Unavailable"


def refuse_when_busy(environ, start_response, seconds: int):
    """Answer 503, as a WSGI application: there is no room, come again in `seconds`."""
    environ[BUSY] = True
    request = PortalRequest(environ)
    headers, body = _given_back(request, seconds) or _page(
        is_api(request), request.path_info.startswith("/en/"), seconds
    )
    start_response(STATUS, [*headers, ("Content-Length", str(len(body)))])
    return [body] if request.method != "HEAD" else []


def _given_back(request, seconds: int) -> tuple[list[tuple[str, str]], bytes] | None:
    """Return headers and body of the answer to a form; None for what is no form, or none that can be read."""
    if request.method != "POST" or is_api(request) or not _may_be_a_form(request):
        return None
    try:
        response = views.busy(request, seconds)
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError, ValueError):
        return None
    return headers_of(request, response), response.content


def _may_be_a_form(request) -> bool:
    """Tell whether a body was read and is no larger, and has no more fields, than a form of ours."""
    if not request.META.get(READ_AHEAD):
        return False
    limits = _limits(request)
    is_large = int(request.META["CONTENT_LENGTH"]) > most_bytes(request, limits)
    return not is_large and not has_more_parts(request, limits)


def _limits(request) -> Limits:
    """Return the limits of a form without looking the user up: a session cookie counts as a session."""
    if not request.path_info.startswith(ADMIN_PREFIX):
        return PUBLIC
    return ADMIN if settings.SESSION_COOKIE_NAME in request.COOKIES else SIGNING_IN


@lru_cache(maxsize=128)
def _page(for_program: bool, in_english: bool, seconds: int) -> tuple[list[tuple[str, str]], bytes]:
    """Return headers and body of the answer to a request that only asked."""
    request = PortalRequest(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/en/" if in_english else "/", "wsgi.input": BytesIO()}
    )
    if for_program:
        response = problem(503, "Cổng đang quá tải", f"Hãy hỏi lại sau {seconds} giây.")
        response.headers["Retry-After"] = str(seconds)
        response.headers["Cache-Control"] = "no-store"
    else:
        response = views.busy(request, seconds)
    return headers_of(request, response), response.content


def headers_of(request, response) -> list[tuple[str, str]]:
    """Return the headers of an answer as the middleware would have completed them."""
    response = SecurityHeadersMiddleware(lambda _request: response)(request)
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    if settings.SECURE_HSTS_SECONDS:
        response.headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains"
    return list(response.headers.items())
