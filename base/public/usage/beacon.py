"""Counts what readers do with pages, before Django and behind the page cache (`counting.py` says what counts).

1. `/luot-su-dung/` takes a view of a page: a POST of `static/js/usage.js`, or without scripts the picture of one point
   in the page's <noscript>. It is answered here, always alike, whether it was counted or not.
   So does the page of a search say which words were looked for (`words.py`).
2. A file asked for from a page (`/tep/…?dich-vu=<page>`, a form of a service) is counted when it was answered; it is
   served as ever.

Pages stay whole in the page cache: nothing in them differs from reader to reader, and a page that is answered from
there never comes here.
"""

import base64
import logging
import re

from django.conf import settings

from ...middleware.headers import HEADERS
from .counted import DOWNLOAD, GUIDE, PLACE, VIEW
from .counting import KIND, PAGE, SERVICE, Usage
from .words import LONGEST_BODY, words_in

logger = logging.getLogger(__name__)

SENT = re.compile(rf"{PAGE}=(\d{{1,12}})&{KIND}=({VIEW}|{GUIDE})(?:&{SERVICE}=(\d{{1,12}}))?", re.ASCII)
OF_SERVICE = re.compile(rf"{SERVICE}=(\d{{1,12}})", re.ASCII)
POINT = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
# A browser that has the file already asks only whether it is still the same.
FETCHED = ("200", "304")


class UsageBeacon:
    """A WSGI application before `application` that counts into `usage`."""

    def __init__(self, application, usage: Usage):
        self._application, self._usage = application, usage
        self._headers = [
            ("Cache-Control", "no-store"),
            ("X-Robots-Tag", "noindex"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            *HEADERS.items(),
        ]
        if settings.SECURE_HSTS_SECONDS:
            self._headers.append(
                ("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains")
            )

    def __call__(self, environ, start_response):
        """Answer what is counted here; let everything else through."""
        path = environ["PATH_INFO"]
        if path == PLACE:
            return self._answer(environ, start_response)
        if path.startswith(settings.MEDIA_URL) and environ["REQUEST_METHOD"] == "GET":
            found = OF_SERVICE.fullmatch(environ.get("QUERY_STRING", ""))
            if found:
                start_response = self._noting(environ, int(found[1]), start_response)
        return self._application(environ, start_response)

    def _answer(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            body = _body(environ)
            self._count(environ, SENT.fullmatch(body), "")
            if words := words_in(body):
                self._note(environ, *words, "")
            start_response("204 No Content", self._headers[:])
            return []
        if method not in ("GET", "HEAD"):
            start_response("405 Method Not Allowed", [("Allow", "GET, HEAD, POST"), *self._headers])
            return []
        if method == "GET":
            self._count(environ, SENT.fullmatch(environ.get("QUERY_STRING", "")), "image")
        start_response("200 OK", [("Content-Type", "image/gif"), ("Content-Length", str(len(POINT))), *self._headers])
        return [POINT] if method == "GET" else []

    def _noting(self, environ, page: int, start_response):
        # Django may put other values in the place of these.
        asked = dict(environ)

        def noting(status, headers, exc_info=None):
            if status[:3] in FETCHED:
                self._note(asked, page, DOWNLOAD, "document")
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return noting

    def _count(self, environ, found: re.Match | None, destination: str) -> None:
        if found is None:
            return
        page, kind = int(found[1]), found[2]
        if kind == GUIDE:
            # The use is the service's that leads there; what is read is the guide.
            self._note(environ, int(found[3] or page), GUIDE, destination)
        self._note(environ, page, VIEW, destination)

    def _note(self, environ, page: int | str, kind: str, destination: str) -> None:
        try:
            self._usage.count(environ, page, kind, destination=destination)
        except Exception:
            # Readers get page and file whatever becomes of the counts.
            logger.exception("A use was not counted.")


def _body(environ) -> str:
    """Return the body of a request, "" for one that is too long or says no length."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not (length.isascii() and length.isdigit() and 0 < int(length) <= LONGEST_BODY):
        return ""
    return environ["wsgi.input"].read(int(length)).decode("ascii", "replace")
