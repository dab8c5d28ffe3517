"""What views say to the page cache, in internal headers: from the view to the wrapper, never further."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from ..query_parameters import CACHED_PARAMETERS
from ..turning import next_turn
from .generations import site_key
from .queries import NO_OTHERS

INTERNAL_PREFIX = "X-Portal-"
PUBLIC = "X-Portal-Cache"
SITES = "X-Portal-Sites"
PARAMS = "X-Portal-Vary-Params"
MAX_AGE = "X-Portal-Max-Age"

LIFETIME_SECONDS = 3600
CACHED_STATUSES = {200, 410}


def mark_public(
    response,
    sites: Iterable,
    params: Iterable[str] = (),
    max_age: int | timedelta | None = None,
    refuses_others: bool = False,
    turns: Iterable[datetime | None] = (),
):
    """Allow the page cache to keep `response`; return it.

    `sites`: the PortalSites (or their primary keys) whose changes can show on the page.
    `params`: every query parameter the page reads; others are left out of the query before the page is made.
    `refuses_others`: the view answers a parameter that it does not know with an error, so it must see them all.
    `max_age`: seconds or timedelta after which what the page shows is too old (default: one hour).
    `turns`: moments at which the page changes by itself (`turning.py`); midnight is one for every page.
    A response marked twice keeps the shorter of its lifetimes.
    Without a site the response stays unmarked: nothing could ever declare it out of date.
    Raises ValueError for a parameter that the web server in front does not know.
    """
    if unknown := sorted(set(params) - CACHED_PARAMETERS):
        raise ValueError(f"Not in base/public/query_parameters.py: {', '.join(unknown)}")
    keys = sorted({site_key(site) for site in sites})
    if not keys:
        return response
    response[PUBLIC] = "public"
    response[SITES] = ",".join(map(str, keys))
    if names := sorted([*params, *([NO_OTHERS] if refuses_others else [])]):
        response[PARAMS] = ",".join(names)
    now = timezone.now()
    ends = [(next_turn(now, turns) - now).total_seconds(), LIFETIME_SECONDS]
    if max_age is not None:
        ends.append(max_age.total_seconds() if isinstance(max_age, timedelta) else max_age)
    if MAX_AGE in response:
        ends.append(int(response[MAX_AGE]))
    response[MAX_AGE] = str(max(0, int(min(ends))))
    return response


def unmark(response) -> None:
    """Take back what `mark_public` said."""
    for name in (PUBLIC, SITES, PARAMS, MAX_AGE):
        if name in response:
            del response[name]


def stripped(headers: list) -> list:
    """Return the headers of an answer that is not kept: without the internal ones, and not for keeping."""
    names = {pair[0] for pair in headers}
    if PUBLIC not in names:
        return headers
    public_headers = [pair for pair in headers if not pair[0].startswith(INTERNAL_PREFIX)]
    if "Cache-Control" not in names:
        public_headers.append(("Cache-Control", "no-cache"))
    return public_headers


def cacheable(started, body: bytes) -> tuple[tuple[int, ...], frozenset, int] | None:
    """Return (sites, params, lifetime in seconds) of an answer that may be kept, else None."""
    headers = {}
    for name, value in started.headers:
        lower = name.lower()
        if lower == "set-cookie":
            return None
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    if headers.get(PUBLIC.lower()) != "public" or int(started.status[:3]) not in CACHED_STATUSES:
        return None
    cache_control = headers.get("cache-control", "")
    if any(word in cache_control for word in ("private", "no-store", "no-cache")):
        return None
    vary = {name.strip().lower() for name in headers.get("vary", "").split(",")} - {""}
    if vary - {"accept-encoding"} or "content-encoding" in headers:
        return None
    if b"csrfmiddlewaretoken" in body:
        return None
    sites = tuple(int(key) for key in headers.get(SITES.lower(), "").split(",") if key)
    lifetime = min(int(headers.get(MAX_AGE.lower(), LIFETIME_SECONDS)), LIFETIME_SECONDS)
    if not sites or lifetime <= 0:
        return None
    params = frozenset(name for name in headers.get(PARAMS.lower(), "").split(",") if name)
    return sites, params, lifetime
