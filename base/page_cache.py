"""The page cache: answers an anonymous reader from memory, before Django runs.

1. A view marks its response with `mark_public`: the sites it shows, the query parameters it reads, its
   lifetime.
2. `PageCache`, around the WSGI application, keeps the whole answer (plain, gzip, brotli) under host, path
   and the declared parameters, with the generation of each site as read *before* the page was made.
3. A verb that changes what a site shows ends with `raise_generation`, in its own transaction.
4. Every worker reads all generations at most every half second. A copy of another generation is out of
   date: one thread makes the page anew, the others get the old copy for a moment, and after an urgent change
   not even that.
5. With the database away, copies of the last generation seen go on being served.

There is no list of addresses to purge, so none can be forgotten, on any number of machines.
"""

import gzip
import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from hashlib import blake2b
from threading import Event, Lock
from time import monotonic
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode
from weakref import WeakSet

import brotli
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection, transaction
from django.db.models import F

from .models.generation import SiteGeneration

logger = logging.getLogger(__name__)

# Internal headers: from the view to the wrapper, never further.
INTERNAL_PREFIX = "X-Portal-"
PUBLIC = "X-Portal-Cache"
SITES = "X-Portal-Sites"
PARAMS = "X-Portal-Vary-Params"
MAX_AGE = "X-Portal-Max-Age"

READ_EVERY_SECONDS = 0.5
STALE_SECONDS = 0.4
LIFETIME_SECONDS = 3600
WAIT_FOR_RENDER_SECONDS = 10.0
# For what stands in front: a page taken down (Quy chế Điều 21) must leave every cache at once.
SHARED_SECONDS = 1
KEPT_STATUSES = {200, 410}
MAX_VARIANTS_OF_PATH = 200
MAX_VALUE_LENGTH = 64
MAX_ROUTES = 20_000
SMALLEST_COMPRESSED = 500
OVERHEAD_BYTES = 3000
# Set by the links of social networks and campaigns; no page reads them, so they make no other page.
TRACKING_PARAMS = frozenset(
    "fbclid gclid zarsrc utm_source utm_medium utm_campaign utm_term utm_content utm_id".split()
)
# Made anew for the variant kept, or meaningful on one connection only.
DROPPED_HEADERS = frozenset("content-length etag vary cache-control expires date server connection keep-alive".split())
COMPRESSIBLE = ("text/", "application/json", "application/ld+json", "application/xml", "application/rss",
                "application/atom", "image/svg")  # fmt: skip

PLAIN, GZIP, BROTLI = 0, 1, 2
# Paths that are never looked at.
BYPASS = ("/healthz", "/readyz")


# --- What views and verbs call --------------------------------------------------------------------


def mark_public(response, sites: Iterable, params: Iterable[str] = (), max_age: int | timedelta | None = None):
    """Allow the page cache to keep `response`; return it.

    `sites`: the PortalSites (or their primary keys) whose changes can show on the page.
    `params`: every query parameter the page reads; a request with another one is answered uncached.
    `max_age`: lifetime in seconds or as timedelta, for a page that changes by the clock (default: one hour).
    Without a site the response stays unmarked: nothing could ever declare it out of date.
    """
    keys = sorted({_site_key(site) for site in sites})
    if not keys:
        return response
    response[PUBLIC] = "public"
    response[SITES] = ",".join(map(str, keys))
    if names := sorted(params):
        response[PARAMS] = ",".join(names)
    if max_age is not None:
        seconds = max_age.total_seconds() if isinstance(max_age, timedelta) else max_age
        response[MAX_AGE] = str(max(0, int(seconds)))
    return response


def unmark(response) -> None:
    """Take back what `mark_public` said."""
    for name in (PUBLIC, SITES, PARAMS, MAX_AGE):
        if name in response:
            del response[name]


def raise_generation(sites: Iterable, urgent: bool = False) -> None:
    """Declare every kept page of `sites` out of date: the last statement of a verb, in its transaction.

    `sites`: PortalSites or their primary keys. `urgent`: a take-down or an alert; no old copy is shown again.
    The rows are locked in the order of their sites' keys, so that two verbs never wait for each other in a
    circle.
    """
    keys = sorted({_site_key(site) for site in sites})
    if not keys:
        return
    with transaction.atomic():
        rows = SiteGeneration.objects.filter(site_id__in=keys)
        locked = set(rows.select_for_update().order_by("site_id").values_list("site_id", flat=True))
        if missing := [key for key in keys if key not in locked]:
            SiteGeneration.objects.bulk_create([SiteGeneration(site_id=key) for key in missing], ignore_conflicts=True)
        changes = {"value": F("value") + 1}
        if urgent:
            changes["urgent_value"] = F("urgent_value") + 1
        rows.update(**changes)
        transaction.on_commit(_read_at_once)


def read_generations() -> dict[int, tuple[int, int]]:
    """Return {site key: (value, urgent value)} for all sites: one query on this thread's own connection.

    Raises django.db.Error when the database is away.
    """
    _close_old_connections()
    try:
        return {
            site: (value, urgent)
            for site, value, urgent in SiteGeneration.objects.values_list("site_id", "value", "urgent_value")
        }
    finally:
        _close_old_connections()


def _close_old_connections() -> None:
    # Django does this around each request; the page cache asks outside of one.
    if not connection.in_atomic_block:
        close_old_connections()


# --- What is kept ---------------------------------------------------------------------------------


class Generation(NamedTuple):
    """A site's generation as this worker knows it; `previous` held until `since` (monotonic seconds)."""

    value: int
    urgent: int
    previous: int
    since: float


NEVER_RAISED = Generation(0, 0, 0, 0.0)


class Answer:
    """One variant of a copy, ready to send."""

    __slots__ = ("body", "etag", "headers", "headers_of_304")

    def __init__(self, body: bytes, etag: str, headers: list, encoding: str):
        self.body = body
        self.etag = etag
        own = [("ETag", etag)] if etag else []
        self.headers = [*headers, *own, ("Content-Length", str(len(body)))]
        if encoding:
            self.headers.append(("Content-Encoding", encoding))
        self.headers_of_304 = [pair for pair in headers if pair[0] in ("Cache-Control", "Vary")] + own


class Copy:
    """A kept response: its variants by accepted encodings, the generations it bears, when it ends."""

    __slots__ = ("answers", "conditional", "expires", "generations", "seen", "size", "status", "used")

    def __init__(self, status, conditional, answers, generations, seen, expires, size, used):
        self.status = status
        self.conditional = conditional
        self.answers = answers
        self.generations = generations
        self.seen = seen
        self.expires = expires
        self.size = size
        self.used = used


class Route:
    """A path known to be public: the parameters it declares, how many of its variants are kept."""

    __slots__ = ("params", "variants")

    def __init__(self, params: frozenset):
        self.params = params
        self.variants = 0


class Started:
    """The `start_response` given to Django: keeps what it says."""

    __slots__ = ("headers", "status")

    def __init__(self):
        self.status = None
        self.headers = []

    def __call__(self, status, headers, exc_info=None):
        self.status = status
        self.headers = headers


# --- The wrapper ----------------------------------------------------------------------------------


class PageCache:
    """A WSGI application that stands before `application` and answers what it has kept.

    `max_bytes`: bound of all kept bodies with their keys and headers; the least recently used go first.
    0 keeps nothing. `read`: returns {site: (value, urgent value)}, may raise when the database is away.
    `personal_cookies`: names whose presence makes a request somebody's own. `bypass`: paths never looked at.
    `scheme_key`: the environ key that tells http from https, as Django is told.
    """

    def __init__(
        self,
        application: Callable,
        *,
        max_bytes: int,
        read: Callable[[], dict[int, tuple[int, int]]] = read_generations,
        personal_cookies: Iterable[str] = ("sessionid", "messages"),
        bypass: Iterable[str] = BYPASS,
        scheme_key: str = "wsgi.url_scheme",
        clock: Callable[[], float] = monotonic,
    ):
        self._application = application
        self._max_bytes = max_bytes
        self._read = read
        self._personal = tuple(f"{name}=" for name in personal_cookies)
        self._bypass = frozenset(bypass)
        self._scheme_key = scheme_key
        self._clock = clock
        self._copies: dict[tuple, Copy] = {}
        self._routes: dict[tuple, Route] = {}
        self._renders: dict[tuple, Event] = {}
        self._bytes = 0
        self._lock = Lock()
        self._snapshot: dict[int, Generation] | None = None
        self._read_due = 0.0
        self._read_at = 0.0
        self._away = False
        self._reading = Lock()
        self._accepted: dict[str | None, int] = {None: PLAIN}
        _caches.add(self)

    @classmethod
    def from_settings(cls, application: Callable, *, bypass: Iterable[str] = BYPASS) -> "PageCache":
        """Return the wrapper that the settings ask for."""
        if settings.USE_X_FORWARDED_HOST:
            raise ImproperlyConfigured("The page cache knows a site by its Host header alone.")
        proxy_header = settings.SECURE_PROXY_SSL_HEADER
        return cls(
            application,
            max_bytes=settings.PORTAL_PAGE_CACHE_MB * 1024 * 1024 if settings.PORTAL_PAGE_CACHE else 0,
            personal_cookies=(settings.SESSION_COOKIE_NAME, "messages"),
            bypass=bypass,
            scheme_key=proxy_header[0] if proxy_header else "wsgi.url_scheme",
        )

    def __call__(self, environ, start_response):
        """Answer from memory when a fresh copy lies ready, else look closer."""
        get = environ.get
        copy = self._copies.get((get("HTTP_HOST"), environ["PATH_INFO"], get("QUERY_STRING"), get(self._scheme_key)))
        if copy is None or "HTTP_COOKIE" in environ or environ["REQUEST_METHOD"] != "GET":
            return self._look_closer(environ, start_response)
        now = self._clock()
        if now >= self._read_due:
            self._refresh(now)
        if copy.seen is not self._snapshot or now >= copy.expires or "HTTP_AUTHORIZATION" in environ:
            return self._look_closer(environ, start_response)
        # The same as `_send`, written out: this is the way of nearly every request.
        copy.used = now
        accepted = self._accepted.get(get("HTTP_ACCEPT_ENCODING"))
        if accepted is None or "HTTP_IF_NONE_MATCH" in environ:
            return self._send(copy, environ, start_response)
        answer = copy.answers[accepted]
        start_response(copy.status, answer.headers[:])
        return [answer.body]

    @property
    def size_bytes(self) -> int:
        """Bytes kept now."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._copies)

    # --- One request

    def _look_closer(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        if (
            method not in ("GET", "HEAD")
            or not self._max_bytes
            or environ["PATH_INFO"] in self._bypass
            or "HTTP_AUTHORIZATION" in environ
            or self._is_personal(environ.get("HTTP_COOKIE", ""))
        ):
            return self._pass_by(environ, start_response)
        now = self._clock()
        if now >= self._read_due:
            self._refresh(now)
        place = (environ.get("HTTP_HOST", "").lower(), environ["PATH_INFO"])
        scheme = environ.get(self._scheme_key)
        if scheme not in (None, "http", "https"):
            return self._pass_by(environ, start_response)
        raw_query = environ.get("QUERY_STRING", "")
        route = self._routes.get(place)
        if route is None:
            # Nothing is known of this path: the answer will say if it may be kept, and by what parameters.
            if method == "HEAD":
                return self._pass_by(environ, start_response)
            return self._render((*place, raw_query, scheme), environ, start_response)
        query = _canonical_query(raw_query, route.params)
        if query is None:
            return self._pass_by(environ, start_response)
        environ["QUERY_STRING"] = query
        key = (*place, query, scheme)
        copy = self._copies.get(key)
        if copy is not None and self._is_fresh(copy, now):
            return self._send(copy, environ, start_response)
        if method == "HEAD":
            return self._pass_by(environ, start_response)
        return self._render_once(key, environ, start_response)

    def _render_once(self, key, environ, start_response):
        """Let one thread make the page; the others get the old copy while they may, else the new one."""
        with self._lock:
            render = self._renders.get(key)
            mine = render is None
            if mine:
                render = self._renders[key] = Event()
        if mine:
            try:
                copy = self._copies.get(key)
                if copy is not None and self._is_fresh(copy, self._clock()):
                    return self._send(copy, environ, start_response)
                return self._render(key, environ, start_response)
            finally:
                with self._lock:
                    del self._renders[key]
                render.set()
        copy = self._copies.get(key)
        if copy is None or not self._may_show_stale(copy, self._clock()):
            render.wait(WAIT_FOR_RENDER_SECONDS)
            copy = self._copies.get(key)
            if copy is None or not self._is_fresh(copy, self._clock()):
                # Too slow, not to be kept, or out of date again: no reason to queue a second time.
                return self._render(key, environ, start_response)
        return self._send(copy, environ, start_response)

    def _render(self, key, environ, start_response):
        # Read before the page is made: a change in between makes the copy too old, never too new.
        snapshot = self._snapshot
        started = Started()
        result = self._application(environ, started)
        if started.status is not None and getattr(result, "streaming", not isinstance(result, list)):
            start_response(started.status, _stripped(started.headers))
            return result
        try:
            body = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        old = self._copies.get(key)
        if old is not None and started.status[0] == "5" and self._bears_current(old):
            # Only its time is over, and it cannot be made anew now: better the last good page than an error.
            return self._send(old, environ, start_response)
        copy = self._keep(key, old, snapshot, started, body) if snapshot is not None else None
        if copy is None:
            start_response(started.status, _stripped(started.headers))
            return [body]
        return self._send(copy, environ, start_response)

    def _pass_by(self, environ, start_response):
        def start_stripped(status, headers, exc_info=None):
            return start_response(status, _stripped(headers))

        return self._application(environ, start_stripped)

    def _send(self, copy, environ, start_response):
        copy.used = self._clock()
        answer = copy.answers[self._accepted_encodings(environ.get("HTTP_ACCEPT_ENCODING"))]
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        # The tag is quoted, so a tag within the list (weak or strong) is a whole one.
        if wanted is not None and copy.conditional and (answer.etag in wanted or wanted.strip() == "*"):
            start_response("304 Not Modified", answer.headers_of_304[:])
            return []
        start_response(copy.status, answer.headers[:])
        return [answer.body] if environ["REQUEST_METHOD"] != "HEAD" else []

    def _is_personal(self, cookie: str) -> bool:
        return any(name in cookie for name in self._personal)

    def _accepted_encodings(self, header: str | None) -> int:
        accepted = self._accepted.get(header)
        if accepted is None:
            accepted = _parse_accept_encoding(header)
            if len(self._accepted) < 200 and len(header) < 200:
                self._accepted[header] = accepted
        return accepted

    # --- Freshness

    def _refresh(self, now: float) -> None:
        """Read the generations, unless another thread is at it."""
        if not self._reading.acquire(blocking=False):
            if self._away or now - self._read_at < READ_EVERY_SECONDS + 0.1:
                return
            # After a pause nothing is known of the time between: wait, but not for a database that hangs.
            if self._reading.acquire(timeout=STALE_SECONDS):
                self._reading.release()
            else:
                self._away = True
            return
        try:
            if now < self._read_due:
                return
            self._read_due = now + READ_EVERY_SECONDS
            try:
                rows = self._read()
            except Exception:
                if not self._away:
                    logger.exception("The generations cannot be read; kept pages go on being served.")
                self._away = True
                self._read_due = self._clock() + READ_EVERY_SECONDS
                return
            self._away = False
            self._read_at = now
            self._take(rows, self._clock())
        finally:
            self._reading.release()

    def _take(self, rows: dict[int, tuple[int, int]], now: float) -> None:
        known = self._snapshot
        if known is None:
            self._snapshot = {site: Generation(*row, previous=row[0], since=now) for site, row in rows.items()}
            return
        snapshot = {}
        for site, (value, urgent) in rows.items():
            before = known.get(site, NEVER_RAISED)
            changed = before.value != value or before.urgent != urgent
            snapshot[site] = Generation(value, urgent, before.value, now) if changed else before
        if snapshot != known:
            self._snapshot = snapshot

    def _bears_current(self, copy: Copy) -> bool:
        snapshot = self._snapshot
        return all(snapshot.get(site, NEVER_RAISED)[:2] == borne for site, borne in copy.generations)

    def _is_fresh(self, copy: Copy, now: float) -> bool:
        snapshot = self._snapshot
        if copy.seen is not snapshot:
            if not self._bears_current(copy):
                return False
            copy.seen = snapshot
        # A page cannot be made anew without the database: its time is up only when it could be replaced.
        return now < copy.expires or self._away

    def _may_show_stale(self, copy: Copy, now: float) -> bool:
        """Say whether the old copy was right until a moment ago, and no urgent change lies between."""
        snapshot = self._snapshot
        for site, (value, urgent) in copy.generations:
            current = snapshot.get(site, NEVER_RAISED)
            if current.urgent != urgent:
                return False
            if current.value != value and (current.previous != value or now >= current.since + STALE_SECONDS):
                return False
        return now < copy.expires + STALE_SECONDS

    # --- Keeping

    def _keep(self, key, old: Copy | None, snapshot, started: Started, body: bytes) -> Copy | None:
        """Keep the answer if it may be kept and return the copy, else drop the old one and return None."""
        said = _keepable(started, body)
        if said is None:
            self._drop(key)
            return None
        sites, params, lifetime = said
        host, path, raw_query, _ = key
        query = _canonical_query(raw_query, params)
        now = self._clock()
        copy = _copy_of(started, body, old, snapshot, sites, now, lifetime)
        copy.size += 2 * (len(host) + len(path) + len(raw_query))
        with self._lock:
            route = self._route((host, path), params)
            if query != raw_query or copy.size > self._max_bytes // 8:
                # Asked for by an address that has another spelling, or too big to be worth the room of many.
                return None
            replaced = self._copies.get(key)
            if replaced is None and query:
                if route.variants >= MAX_VARIANTS_OF_PATH:
                    self._remove(self._least_used_variant(key[:2]))
                route.variants += 1
            self._copies[key] = copy
            self._bytes += copy.size - (replaced.size if replaced is not None else 0)
            if self._bytes > self._max_bytes:
                self._make_room(key)
        return copy

    def _route(self, place: tuple, params: frozenset) -> Route:
        route = self._routes.get(place)
        if route is None or route.params != params:
            if len(self._routes) >= MAX_ROUTES:
                self._routes.clear()
            variants = route.variants if route is not None else 0
            route = self._routes[place] = Route(params)
            route.variants = variants
        return route

    def _least_used_variant(self, place: tuple) -> tuple:
        variants = (key for key in self._copies if key[:2] == place and key[2])
        return min(variants, key=lambda key: self._copies[key].used)

    def _make_room(self, but: tuple) -> None:
        """Drop the least recently used copies, down to nine tenths of the bound."""
        for key, _ in sorted(self._copies.items(), key=lambda item: item[1].used):
            if self._bytes <= self._max_bytes * 9 // 10:
                return
            if key != but:
                self._remove(key)

    def _drop(self, key: tuple) -> None:
        with self._lock:
            if key in self._copies:
                self._remove(key)
            if not key[2]:
                self._routes.pop(key[:2], None)

    def _remove(self, key: tuple) -> None:
        self._bytes -= self._copies.pop(key).size
        route = self._routes.get(key[:2])
        if key[2] and route is not None:
            route.variants -= 1


_caches: WeakSet[PageCache] = WeakSet()


def _read_at_once() -> None:
    # The process that made the change shows it to its next reader.
    for cache in _caches:
        cache._read_due = 0.0


# --- Pure helpers ---------------------------------------------------------------------------------


def _site_key(site) -> int:
    return site if isinstance(site, int) else site.pk


def _stripped(headers: list) -> list:
    """Return the headers of an answer that is not kept: without the internal ones, and not for keeping."""
    names = {pair[0] for pair in headers}
    if PUBLIC not in names:
        return headers
    kept = [pair for pair in headers if not pair[0].startswith(INTERNAL_PREFIX)]
    if "Cache-Control" not in names:
        kept.append(("Cache-Control", "no-cache"))
    return kept


def _canonical_query(raw: str, params: frozenset) -> str | None:
    """Return the one spelling of a query that all its spellings share, or None when it must not be kept.

    Undeclared, repeated and overlong parameters are not kept; those of social networks are left out.
    >>> _canonical_query("trang=2&fbclid=x&nam=2024", frozenset({"trang", "nam"}))
    'nam=2024&trang=2'
    """
    if not raw:
        return ""
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    kept = {}
    for name, value in pairs:
        if name in params:
            if name in kept or len(value) > MAX_VALUE_LENGTH:
                return None
            kept[name] = value
        elif name not in TRACKING_PARAMS:
            return None
    return urlencode(sorted(kept.items()))


def _parse_accept_encoding(header: str) -> int:
    """Return the set of our encodings that the header allows, as the sum of GZIP and BROTLI."""
    accepted = PLAIN
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        refused = weight.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000")
        if not refused:
            accepted |= {"gzip": GZIP, "br": BROTLI, "*": GZIP}.get(name.strip(), PLAIN)
    return accepted


def _keepable(started: Started, body: bytes) -> tuple[tuple[int, ...], frozenset, int] | None:
    """Return (sites, params, lifetime in seconds) of an answer that may be kept, else None."""
    headers = {}
    for name, value in started.headers:
        lower = name.lower()
        if lower == "set-cookie":
            return None
        headers[lower] = f"{headers[lower]}, {value}" if lower in headers else value
    if headers.get(PUBLIC.lower()) != "public" or int(started.status[:3]) not in KEPT_STATUSES:
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


def _copy_of(started: Started, body: bytes, old: Copy | None, snapshot, sites, now: float, lifetime: int) -> Copy:
    """Return the copy with its variants; an unchanged page takes its compressed bodies from the old one."""
    headers = [
        pair
        for pair in started.headers
        if pair[0].lower() not in DROPPED_HEADERS and not pair[0].startswith(INTERNAL_PREFIX)
    ]
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    headers.append(("Vary", "Accept-Encoding"))
    headers.append(("Cache-Control", f"public, max-age=0, s-maxage={SHARED_SECONDS}, must-revalidate"))
    conditional = started.status.startswith("200")
    tag = blake2b(body, digest_size=12).hexdigest()
    unchanged = old is not None and old.answers[PLAIN].body == body and len(set(old.answers)) > 1
    compressible = len(body) >= SMALLEST_COMPRESSED and content_type.startswith(COMPRESSIBLE)

    def answer(variant: bytes, encoding: str) -> Answer:
        suffix = f".{encoding}" if encoding else ""
        return Answer(variant, f'"{tag}{suffix}"' if conditional else "", headers, encoding)

    plain = answer(body, "")
    zipped = brotlied = plain
    if compressible:
        if unchanged:
            zipped = answer(old.answers[GZIP].body, "gzip")
            brotlied = answer(old.answers[BROTLI].body, "br")
        else:
            zipped = answer(gzip.compress(body, 6, mtime=0), "gzip")
            brotlied = answer(brotli.compress(body, quality=5), "br")
    size = OVERHEAD_BYTES + sum(len(variant.body) for variant in {plain, zipped, brotlied})
    generations = tuple((site, snapshot.get(site, NEVER_RAISED)[:2]) for site in sites)
    # Indexed by the sum of what the client accepts: nothing, gzip, brotli, both.
    answers = (plain, zipped, brotlied, brotlied)
    return Copy(started.status, conditional, answers, generations, snapshot, now + lifetime, size, now)
