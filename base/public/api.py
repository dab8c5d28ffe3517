"""What every read API of the portal shares: JSON that anyone may read from any origin, and errors as JSON.

1. `answer`: data with an ETag, to be kept by the page cache, or 304.
2. `problem`: an error after RFC 9457; `views.py` and the throttle answer so under `API_PREFIX` as well.
3. `read_only`: a view that answers GET and HEAD, and to OPTIONS that other origins may ask.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_http_date_safe, quote_etag

from .page_cache import mark_public

API_PREFIX = "/api/"
JSON_TYPE = "application/json; charset=utf-8"
METHODS = "GET, HEAD, OPTIONS"
TITLES = {404: "Không tìm thấy", 410: "Đã gỡ"}
PREFLIGHT_SECONDS = 86_400
OPENING = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Problem(Exception):
    """The request cannot be answered: its status, and what is wrong in a sentence the reader can act on."""

    def __init__(self, status: int, detail: str):
        super().__init__(detail)
        self.status, self.detail = status, detail


def is_api(request) -> bool:
    """Tell whether an address belongs to an API."""
    return request.path_info.startswith(API_PREFIX)


def answer(
    request,
    data,
    sites: Iterable,
    params: Iterable[str] = (),
    *,
    turns: Iterable[datetime | None] = (),
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Return `data` as JSON with its ETag, 304 when the reader has it already; kept until a change on `sites`.

    `turns`: moments at which it changes by itself. `headers`: others that the answer has.
    """
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return answer_bytes(request, body, JSON_TYPE, sites, params, turns=turns, headers=headers)


def answer_bytes(
    request,
    body: bytes,
    content_type: str,
    sites: Iterable,
    params: Iterable[str] = (),
    *,
    turns: Iterable[datetime | None] = (),
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Return what another kind of data says, as `answer` returns JSON."""
    etag = quote_etag(hashlib.blake2b(body, digest_size=16).hexdigest())
    response = HttpResponse(body, content_type=content_type, headers={"ETag": etag, **(headers or {})})
    modified = parse_http_date_safe(response.headers.get("Last-Modified", "")) if headers else None
    response = get_conditional_response(request, etag, modified, response) or response
    if response.status_code == 200:
        mark_public(response, sites, params=params, refuses_others=True, turns=turns)
    return open_to_all(response)


def problem(status: int, title: str, detail: str, **more) -> HttpResponse:
    """Return an error as a problem document; `more`: what it says beside the four members of the standard."""
    data = {"type": "about:blank", "title": str(title), "status": status, "detail": str(detail), **more}
    body = json.dumps(data, ensure_ascii=False)
    return open_to_all(HttpResponse(body, status=status, content_type="application/problem+json; charset=utf-8"))


def only_for_reading() -> HttpResponse:
    """Return 405: an API takes nothing."""
    response = problem(405, "Chỉ đọc", "Giao diện này chỉ để đọc; hãy dùng GET.")
    response.headers["Allow"] = METHODS
    return response


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Let scripts of any origin read an answer; it is personal to no user and needs no cookie."""
    for name, value in OPENING.items():
        response.headers[name] = value
    return response


def closed_to_scripts(response: HttpResponse) -> HttpResponse:
    """Let scripts of no other origin read an answer: what was asked for with a token is for its holder."""
    for name in OPENING:
        del response.headers[name]
    return response


def read_only(view: Callable) -> Callable:
    """Answer OPTIONS, refuse what changes, and turn a `Problem` into its document."""

    @wraps(view)
    def answering(request, *args, **kwargs):
        if request.method == "OPTIONS":
            response = open_to_all(HttpResponse(status=204, headers={"Allow": METHODS}))
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
            return response
        if request.method not in ("GET", "HEAD"):
            return only_for_reading()
        try:
            return view(request, *args, **kwargs)
        except Problem as error:
            return problem(error.status, TITLES.get(error.status, "Yêu cầu không hợp lệ"), error.detail)

    return answering
