"""Whether a person's browser sent a request, and what tells its visitor from others: network and browser."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlsplit

from ...operations.throttle import network_of
from ...request_facts import address_of

# Programs that say what they are; "Cubot" is a telephone.
PROGRAMS = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|scrap|preview|fetch|archiv|monitor|headless|lighthouse|pingdom|validator|"
    r"facebookexternalhit|embed|curl|wget|python|perl|java/|ruby|go-http|okhttp|libwww|httpclient|phantom|selenium",
    re.IGNORECASE,
)
LONGEST_AGENT = 600


def is_person(environ: Mapping[str, str], *, destination: str = "") -> bool:
    """Tell whether a request looks like one that a person's browser sends from a page of ours.

    `environ`: a WSGI environment. `destination`: the `Sec-Fetch-Dest` that a GET must have, "image" or "document". A
    POST of an older browser, which says nothing of this kind, is known by its Origin; a GET without it is not counted.
    """
    get = environ.get
    if not _is_browser(get("HTTP_USER_AGENT", "")) or _is_ahead_of_time(get):
        return False
    site = get("HTTP_SEC_FETCH_SITE")
    if get("REQUEST_METHOD") != "POST":
        return site == "same-origin" and get("HTTP_SEC_FETCH_DEST") == destination
    origin = urlsplit(get("HTTP_ORIGIN", "")).netloc
    return site in (None, "same-origin") and bool(origin) and origin == get("HTTP_HOST")


def visitor_of(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return network and browser."""
    return network_of(address_of(environ)), environ.get("HTTP_USER_AGENT", "")


@lru_cache(maxsize=512)
def _is_browser(agent: str) -> bool:
    return agent.startswith("Mozilla/") and len(agent) <= LONGEST_AGENT and not PROGRAMS.search(agent)


def _is_ahead_of_time(get) -> bool:
    """Whether a browser fetches what its user has not asked to see yet."""
    purposes = f"{get('HTTP_SEC_PURPOSE', '')} {get('HTTP_PURPOSE', '')} {get('HTTP_X_MOZ', '')}".lower()
    return any(word in purposes for word in ("prefetch", "prerender", "preview"))
