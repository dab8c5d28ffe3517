"""The WSGI application that stands before Django and answers what it has kept."""

import logging
import re
from collections.abc import Callable, Iterable
from threading import Event, Lock
from time import monotonic

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from ..accepted_encodings import encoding_for
from ..gone.journal import Journal, journal
from ..request_kinds import WATCHED
from .copies import (
    NEVER_RAISED,
    NOBODY_KNOWS,
    NOTHING_GONE,
    PLAIN,
    VARIANT_OF,
    Copy,
    Generation,
    Route,
    Started,
    copy_of,
)
from .generations import caches, read_generations
from .marks import keepable, stripped
from .queries import canonical_query

# Said to the application: a copy of this page is kept, and readers wait for the new one.
REFRESH = "portal.refresh"
# Said by the application: there was no room to make the answer now.
BUSY = "portal.busy"
# In the environ of somebody who has waited for the first page of an address.
_LOOKED_AGAIN = "portal.looked_again"

logger = logging.getLogger(__name__)

READ_EVERY_SECONDS = 0.5
STALE_SECONDS = 0.4
WAIT_FOR_RENDER_SECONDS = 10.0
# Readers of one page, or of several, who wait for the thread that makes it; more than these are told to come again.
MOST_WAITING = 200
MAX_VARIANTS_OF_PATH = 200
MAX_ROUTES = 20_000
# What an answer says of the request alone (its headers, its size, how often it came), and nothing of the page.
OF_THE_REQUEST = frozenset({"304", "400", "405", "406", "408", "412", "413", "414", "415", "416", "417", "428", "429"})


class PageCache:
    """A WSGI application that stands before `application` and answers what it has kept.

    `max_bytes`: bound of all kept bodies with their keys and headers; the least recently used go first.
    0 keeps nothing. `read`: returns {site: (value, urgent value)}, may raise when the database is away.
    `personal_cookies`: names whose presence makes a request somebody's own. `bypass`: paths never looked at.
    `scheme_key`: the environ key that tells http from https, as Django is told. `ports`: those that a host may be
    written with ("" for none); with another one it is answered, and nothing of it kept. `journal`: what went from
    public view; without one a copy is judged by its generations alone, and none outlives a change. `busy`: answers a
    reader where too many wait already, a WSGI application; without one all of them wait.
    """

    def __init__(
        self,
        application: Callable,
        *,
        max_bytes: int,
        read: Callable[[], dict[int, tuple[int, int]]] = read_generations,
        personal_cookies: Iterable[str] = ("sessionid", "messages"),
        bypass: Iterable[str] = WATCHED,
        scheme_key: str = "wsgi.url_scheme",
        ports: Iterable[str] = ("",),
        journal: Journal | None = None,
        busy: Callable | None = None,
        clock: Callable[[], float] = monotonic,
    ):
        self._application = application
        self._max_bytes = max_bytes
        self._read = read
        # Names of cookies as Django reads them: to the sign, without blanks.
        self._personal = re.compile(rf"(?:^|;)\s*(?:{'|'.join(map(re.escape, personal_cookies))})\s*=")
        self._bypass = frozenset(bypass)
        self._scheme_key = scheme_key
        self._ports = frozenset(ports)
        self._clock = clock
        self._journal = journal
        self._busy = busy
        # Its first eight bytes are the counter of what went; read anew for every answer.
        self._gone = journal.memory if journal else NOTHING_GONE
        self._copies: dict[tuple, Copy] = {}
        self._routes: dict[tuple, Route] = {}
        self._renders: dict[tuple, Event] = {}
        # Addresses whose answer could not be kept when it was made the last time: nobody waits there for another.
        self._unkept: dict[tuple, None] = {}
        self._waiting = 0
        self._bytes = 0
        self._lock = Lock()
        self._snapshot: dict[int, Generation] | None = None
        self._read_due = 0.0
        self._read_at = 0.0
        self._away = False
        self._reading = Lock()
        self._accepted: dict[str | None, int] = {None: PLAIN}
        caches.add(self)

    @classmethod
    def from_settings(cls, application: Callable, *, bypass: Iterable[str] = WATCHED, **given) -> "PageCache":
        """Return the wrapper that the settings ask for; `given` are further arguments."""
        if settings.USE_X_FORWARDED_HOST:
            raise ImproperlyConfigured("The page cache knows a site by its Host header alone.")
        proxy_header = settings.SECURE_PROXY_SSL_HEADER
        return cls(
            application,
            max_bytes=settings.PORTAL_PAGE_CACHE_MB * 1024 * 1024 if settings.PORTAL_PAGE_CACHE else 0,
            personal_cookies=(settings.SESSION_COOKIE_NAME, "messages"),
            bypass=bypass,
            scheme_key=proxy_header[0] if proxy_header else "wsgi.url_scheme",
            ports={"", "" if settings.PORTAL_HTTPS else str(settings.PORTAL_PORT)},
            journal=_opened_journal(),
            **given,
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
        if (
            copy.seen is not self._snapshot
            or copy.stamp != self._gone[:8]
            or now >= copy.expires
            or "HTTP_AUTHORIZATION" in environ
        ):
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

    def read_soon(self) -> None:
        """Read the generations before the next answer."""
        self._read_due = 0.0

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
        host = environ.get("HTTP_HOST", "").lower()
        name, _, port = host.partition(":")
        if port not in self._ports or name.endswith("."):
            # Links are written with the host as it was asked for: every spelling would be a site of its own.
            return self._pass_by(environ, start_response)
        environ["HTTP_HOST"] = host
        place = (host, environ["PATH_INFO"])
        scheme = environ.get(self._scheme_key)
        if scheme not in (None, "http", "https"):
            return self._pass_by(environ, start_response)
        raw_query = environ.get("QUERY_STRING", "")
        route = self._routes.get(place)
        if route is None:
            # Nothing is known of this path: the answer will say if it may be kept, and by what parameters.
            if method == "HEAD":
                return self._pass_by(environ, start_response)
            return self._make_known((*place, raw_query, scheme), environ, start_response)
        query = canonical_query(raw_query, route.params)
        if query is None:
            return self._pass_by(environ, start_response)
        environ["QUERY_STRING"] = query
        key = (*place, query, scheme)
        copy = self._untouched(key)
        if copy is not None and (self._is_fresh(copy, now) or self._may_outlive(copy)):
            return self._send(copy, environ, start_response)
        if method == "HEAD":
            return self._pass_by(environ, start_response)
        return self._render_once(key, environ, start_response)

    def _make_known(self, key, environ, start_response):
        """Make the first page of an address: the others who ask for it wait, and look again then."""
        place = (*key[:2], None, key[3])
        if place in self._unkept or _LOOKED_AGAIN in environ:
            return self._render(key, environ, start_response)
        render, is_mine = self._begin(place)
        if is_mine:
            try:
                return self._render(key, environ, start_response)
            finally:
                self._end(place, render)
        if not self._wait(render):
            return self._busy(environ, start_response)
        environ[_LOOKED_AGAIN] = True
        return self._look_closer(environ, start_response)

    def _begin(self, key: tuple) -> tuple[Event, bool]:
        """Return what says that a page is made, and whether this thread is to make it."""
        with self._lock:
            render = self._renders.get(key)
            is_mine = render is None
            if is_mine:
                render = self._renders[key] = Event()
        return render, is_mine

    def _end(self, key: tuple, render: Event) -> None:
        with self._lock:
            del self._renders[key]
        render.set()

    def _render_once(self, key, environ, start_response):
        """Let one thread make the page; the others get the old copy while they may, else the new one."""
        render, is_mine = self._begin(key)
        if is_mine:
            try:
                copy = self._untouched(key)
                if copy is not None and self._is_fresh(copy, self._clock()):
                    return self._send(copy, environ, start_response)
                return self._render(key, environ, start_response)
            finally:
                self._end(key, render)
        copy = self._untouched(key)
        if copy is None or not self._may_show_stale(copy, self._clock()):
            if not self._wait(render):
                return self._busy(environ, start_response)
            copy = self._untouched(key)
            if copy is None or not self._is_fresh(copy, self._clock()):
                # Too slow, not to be kept, or out of date again: no reason to queue a second time.
                return self._render(key, environ, start_response)
        return self._send(copy, environ, start_response)

    def _wait(self, render: Event) -> bool:
        """Wait for the thread that makes the page; False where too many wait already."""
        with self._lock:
            if self._busy is not None and self._waiting >= MOST_WAITING:
                return False
            self._waiting += 1
        try:
            render.wait(WAIT_FOR_RENDER_SECONDS)
        finally:
            with self._lock:
                self._waiting -= 1
        return True

    def _render(self, key, environ, start_response):
        # Of searches and filters anybody can make as many copies as he likes: they are pages like others.
        environ[REFRESH] = not key[2] and key in self._copies
        # Read before the page is made: a change in between makes the copy too old, never too new.
        snapshot, begun, day = self._snapshot, self._clock(), timezone.localdate()
        stamp = self._journal.stamp() if self._journal else NOTHING_GONE
        started = Started()
        result = self._application(environ, started)
        if started.status is not None and getattr(result, "streaming", not isinstance(result, list)):
            start_response(started.status, stripped(started.headers))
            return result
        try:
            body = b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        old = self._untouched(key)
        # Begun before midnight and done after it, nobody knows of which day the page speaks.
        may_keep = snapshot is not None and day == timezone.localdate()
        copy = None
        if started.status[0] == "5":
            # It cannot be made anew now. Better the last good page than an error, when only its time is over, or when
            # the database went away and nothing that the page names has gone since. An error never drops a copy.
            is_away = self._away or started.status.startswith("503")
            if old is not None and (self._bears_current(old) or (is_away and self._journal)):
                # Where there is merely no room, an alert must be seen.
                if not (environ.get(BUSY) and self._is_urgently_changed(old)):
                    return self._send(old, environ, start_response)
        elif may_keep:
            copy = self._keep(key, old, (snapshot, stamp), started, body, begun)
        if copy is None:
            start_response(started.status, stripped(started.headers))
            return [body]
        return self._send(copy, environ, start_response)

    def _pass_by(self, environ, start_response):
        def start_stripped(status, headers, exc_info=None):
            return start_response(status, stripped(headers))

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
        return self._personal.search(cookie) is not None

    def _accepted_encodings(self, header: str | None) -> int:
        accepted = self._accepted.get(header)
        if accepted is None:
            accepted = VARIANT_OF[encoding_for(header)]
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
            if self._journal:
                self._journal.tend()
                is_deaf = self._away and self._journal.is_deaf()
                self._gone = NOBODY_KNOWS if is_deaf else self._journal.memory
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

    def _untouched(self, key: tuple) -> Copy | None:
        """Return a copy that shows and names nothing that went since it was made; one that does is dropped."""
        copy = self._copies.get(key)
        if copy is None:
            return None
        counter = self._gone[:8]
        if counter == NOBODY_KNOWS:
            return None
        if copy.stamp != counter:
            if not self._journal.is_clean(copy.stamp, counter, key[0], key[1], copy.answers[PLAIN].body):
                self._drop(key, copy)
                return None
            copy.stamp = counter
        return copy

    def _may_outlive(self, copy: Copy) -> bool:
        """Whether an untouched copy of an older generation is the best there is: the database is away."""
        return self._away and self._journal is not None

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

    def _is_urgently_changed(self, copy: Copy) -> bool:
        snapshot = self._snapshot
        return any(snapshot.get(site, NEVER_RAISED).urgent != urgent for site, (_, urgent) in copy.generations)

    # --- Keeping

    def _keep(self, key, old: Copy | None, borne: tuple, started: Started, body: bytes, begun: float) -> Copy | None:
        """Keep the answer if it may be kept and return the copy, else drop the old one and return None.

        `borne`: generations and counter of the journal, read when the making of the page began; `begun`: that moment,
        from which its lifetime counts.
        """
        if started.status[:3] in OF_THE_REQUEST:
            return None
        said = keepable(started, body)
        place = (*key[:2], None, key[3])
        if said is None:
            self._drop(key)
            self._note_unkept(place)
            return None
        self._unkept.pop(place, None)
        sites, params, lifetime = said
        host, path, raw_query, _ = key
        query = canonical_query(raw_query, params)
        copy = copy_of(started, body, old, borne, sites, begun, lifetime, is_plain_address=not query)
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

    def _note_unkept(self, place: tuple) -> None:
        if len(self._unkept) >= MAX_ROUTES:
            self._unkept.clear()
        self._unkept[place] = None

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

    def _drop(self, key: tuple, copy: Copy | None = None) -> None:
        """Drop what is kept under a key; with `copy` given, only that one and not what took its place meanwhile."""
        with self._lock:
            if copy is not None and self._copies.get(key) is not copy:
                return
            if key in self._copies:
                self._remove(key)
            if not key[2]:
                self._routes.pop(key[:2], None)

    def _remove(self, key: tuple) -> None:
        self._bytes -= self._copies.pop(key).size
        route = self._routes.get(key[:2])
        if key[2] and route is not None:
            route.variants -= 1


def _opened_journal() -> Journal:
    """Raises ImproperlyConfigured, with the reason, where the journal cannot be kept: copies could not be trusted."""
    try:
        return journal()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Không mở được sổ những gì đã gỡ ở {settings.PORTAL_GONE} ({error.strerror}): "
            "tài khoản chạy cổng phải ghi được thư mục này."
        ) from error
