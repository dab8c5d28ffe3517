"""The WSGI application that stands before Django and answers what it has kept."""

import re
from collections.abc import Callable, Iterable
from threading import Event, Lock
from time import monotonic, sleep

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from ..accepted_encodings import encoding_for
from ..gone.journal import CHANGED, Journal, journal
from ..request_kinds import GENERATIONS, MADE_IN, WATCHED
from .backlog import LEFT_TO_ANOTHER_SECONDS, Backlog
from .copies import PLAIN, STAYS, VARIANT_OF, Copy, Started, copy_of, not_for_others
from .disk_cache import DiskCache, disk_cache_of_this_server
from .generations import caches, read_generations
from .marks import cacheable, stripped
from .queries import canonical_query
from .store import Store, address_of
from .watch import Watch

# Said to the application: a copy of this page is kept, or was until something went, and readers wait for the new one.
REFRESH = "portal.refresh"
# Said by the application: there was no room to make the answer now.
BUSY = "portal.busy"
# In the environ of a request that has waited for the first page of an address.
_LOOKED_AGAIN = "portal.looked_again"
# In the environ of a request whose page was thrown away because something went from it.
_IN_PLACE_OF_WHAT_WENT = "portal.in_place_of_what_went"

WAIT_FOR_RENDER_SECONDS = 10.0
# While this many pages are being made in a process, each reader who may get an old copy gets it.
MOST_MADE = 2
# Readers of one page, or of several, who wait for the thread that makes it; more than these are told to come again.
MOST_WAITING = 200
# What the thread that makes pages in spare time claims in the disk cache, and how long it rests at most after each.
SPARE_TIME = ("", "", "", "spare time")
LONGEST_REST_SECONDS = 0.5
# Where many pages wait, those that stayed as they were are left alone for so long after a change: others may follow,
# and what they show is made once for all of them.
SETTLING_SECONDS = 3.0
MANY_WAIT = 10
# What was right longer ago is made at once, like what changes: soon it may be shown no longer.
HURRYING_SECONDS = 8.0
# What an answer says of the request alone (its headers, its size, how often it came), and nothing of the page.
OF_THE_REQUEST = frozenset({"304", "400", "405", "406", "408", "412", "413", "414", "415", "416", "417", "428", "429"})


class PageCache:
    """A WSGI application that stands before `application` and answers what it has kept.

    `max_bytes`: bound of all kept bodies with their keys and headers; the least recently used go first.
    0 keeps nothing. `read`: returns {site: (value, urgent value)}, may raise when the database is away.
    `personal_cookies`: names whose presence makes a request personal. `bypass`: paths never looked at.
    `scheme_key`: the environ key that tells http from https, as Django is told. `ports`: those that a host may be
    written with ("" for none); with another one it is answered, and nothing of it kept. `journal`: what went from
    public view; without one a copy is judged by its generations alone, and none outlives a change. `busy`: answers a
    reader where too many wait already, a WSGI application; without one all of them wait. `disk_cache`: where the
    processes of one server lay down for each other what they made.
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
        disk_cache: DiskCache | None = None,
        clock: Callable[[], float] = monotonic,
    ):
        self._application = application
        # Names of cookies as Django reads them: to the sign, without blanks.
        self._personal = re.compile(rf"(?:^|;)\s*(?:{'|'.join(map(re.escape, personal_cookies))})\s*=")
        self._bypass = frozenset(bypass)
        self._scheme_key = scheme_key
        self._ports = frozenset(ports)
        self._clock = clock
        self._watch = Watch(read, journal, clock)
        self._busy = busy
        self._disk = disk_cache
        self._backlog = Backlog(self._make_anew)
        self._spare_time = Lock()
        self._store = Store(max_bytes)
        # Looked into for every answer.
        self._copies, self._routes = self._store.copies, self._store.routes
        self._renders: dict[tuple, Event] = {}
        self._waiting = 0
        self._lock = Lock()
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
            **{"disk_cache": _opened_disk_cache(), **given},
        )

    def __call__(self, environ, start_response):
        """Answer from memory when a fresh copy lies ready, else look closer."""
        get = environ.get
        copy = self._copies.get((get("HTTP_HOST"), environ["PATH_INFO"], get("QUERY_STRING"), get(self._scheme_key)))
        if copy is None or "HTTP_COOKIE" in environ or environ["REQUEST_METHOD"] != "GET":
            return self._look_closer(environ, start_response)
        now, watch = self._clock(), self._watch
        if now >= watch.due or watch.memory[CHANGED] != watch.heard:
            watch.refresh(now)
        if (
            copy.seen is not watch.snapshot
            or copy.stamp != watch.gone[:8]
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
        return self._store.bytes

    def __len__(self) -> int:
        return len(self._copies)

    def read_soon(self) -> None:
        """Read the generations before the next answer."""
        self._watch.due = 0.0

    # --- One request

    def _look_closer(self, environ, start_response):
        method = environ["REQUEST_METHOD"]
        if (
            method not in ("GET", "HEAD")
            or not self._store.most_bytes
            or environ["PATH_INFO"] in self._bypass
            or "HTTP_AUTHORIZATION" in environ
            or self._is_personal(environ.get("HTTP_COOKIE", ""))
        ):
            return self._pass_by(environ, start_response)
        now, watch = self._clock(), self._watch
        if now >= watch.due or watch.memory[CHANGED] != watch.heard:
            watch.refresh(now)
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
        copy = self._untouched(key, environ)
        if copy is not None and (watch.is_fresh(copy, now) or watch.may_outlive()):
            return self._send(copy, environ, start_response)
        if copy is not None and watch.may_show_old(copy, now) and self._has_enough_to_make():
            # A change made many pages old: those that readers ask for most are made first, and no reader waits.
            self._backlog.want(key, environ, copy.worth)
            # Where no change is expected, and the last one is not long ago, the web server in front may keep it too.
            is_old = copy.changes != STAYS or now - watch.was_right_until(copy) > HURRYING_SECONDS
            return self._send(copy, environ, start_response, is_old=is_old)
        if method == "HEAD":
            return self._pass_by(environ, start_response)
        return self._render_once(key, environ, start_response)

    def _make_known(self, key, environ, start_response):
        """Make the first page of an address: the others who ask for it wait, and look again then."""
        place = address_of(key)
        if place in self._store.uncached or _LOOKED_AGAIN in environ:
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

    def _has_enough_to_make(self) -> bool:
        return self._backlog.is_at_work or len(self._renders) >= MOST_MADE

    def _render_once(self, key, environ, start_response):
        """Let one thread make the page; the others get the old copy while they may, else the new one."""
        render, is_mine = self._begin(key)
        if is_mine:
            try:
                copy = self._untouched(key)
                if copy is not None and self._watch.is_fresh(copy, self._clock()):
                    return self._send(copy, environ, start_response)
                return self._render(key, environ, start_response)
            finally:
                self._end(key, render)
        copy = self._untouched(key)
        if copy is not None and self._watch.may_show_old(copy, self._clock()):
            return self._send(copy, environ, start_response, is_old=True)
        if not self._wait(render):
            return self._busy(environ, start_response)
        copy, now = self._untouched(key), self._clock()
        if copy is not None and self._watch.is_fresh(copy, now):
            return self._send(copy, environ, start_response)
        if copy is not None and self._watch.may_show_old(copy, now):
            # Made a moment ago, and something changed meanwhile: all who waited would make it once more.
            return self._send(copy, environ, start_response, is_old=True)
        # Too slow, or not to be kept: no reason to queue a second time.
        return self._render(key, environ, start_response)

    def _make_anew(self, key, environ) -> float:
        """Make a page of the backlog; return after how many seconds to try again, 0 where that is not necessary."""
        copy = self._copies.get(key)
        if copy is None or copy.changes != STAYS or self._disk is None:
            return 0.0 if self._make_now(key, environ) else LEFT_TO_ANOTHER_SECONDS
        age = self._clock() - self._watch.was_right_until(copy)
        if age < 0:
            # A reader made it meanwhile.
            return 0.0
        if age < SETTLING_SECONDS and len(self._backlog) > MANY_WAIT and self._from_disk(key) is None:
            return SETTLING_SECONDS - age
        is_done = self._make_now(key, environ) if age > HURRYING_SECONDS else self._make_in_spare_time(key, environ)
        return 0.0 if is_done else LEFT_TO_ANOTHER_SECONDS

    def _make_in_spare_time(self, key, environ) -> bool:
        # It stayed as it was after the last change: it is made in spare time, one page at once on the whole machine,
        # with a rest after each, so that most of the processors is left to what readers wait for.
        if not self._spare_time.acquire(blocking=False):
            return False
        try:
            if not self._disk.claim(SPARE_TIME):
                return False
            try:
                if self._from_disk(key) is not None:
                    return True
                began = monotonic()
                is_done = self._make_now(key, environ)
                sleep(min(LONGEST_REST_SECONDS, monotonic() - began))
                return is_done
            finally:
                self._disk.release(SPARE_TIME)
        finally:
            self._spare_time.release()

    def _make_now(self, key, environ) -> bool:
        render, is_mine = self._begin(key)
        if not is_mine:
            return True
        try:
            copy = self._copies.get(key)
            if (copy is not None and self._watch.is_fresh(copy, self._clock())) or self._from_disk(key) is not None:
                return True
            if self._disk is not None and not self._disk.claim(key):
                return False
            try:
                result = self._render(key, environ, Started())
                if hasattr(result, "close"):
                    # It is a stream by now, which no reader reads.
                    result.close()
            finally:
                if self._disk is not None:
                    self._disk.release(key)
            return True
        finally:
            self._end(key, render)

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
        on_disk = self._from_disk(key)
        if on_disk is not None:
            return self._send(on_disk, environ, start_response)
        # Any client can ask for as many searches and filters as it likes: these get no priority over other pages.
        environ[REFRESH] = not key[2] and (key in self._copies or _IN_PLACE_OF_WHAT_WENT in environ)
        # Read before the page is made: a change in between makes the copy too old, never too new.
        snapshot, begun, day = self._watch.snapshot, self._clock(), timezone.localdate()
        stamp = self._watch.stamp()
        if key[:2] in self._routes:
            environ[GENERATIONS] = snapshot
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
        # Begun before midnight and done after it, the page may speak of either day.
        may_cache = snapshot is not None and day == timezone.localdate()
        copy = None
        if started.status[0] == "5":
            if old is not None and self._is_better_than_an_error(old, started.status, environ.get(BUSY)):
                return self._send(old, environ, start_response, is_old=not self._watch.has_current(old))
        elif may_cache:
            copy = self._cache(key, old, (snapshot, stamp), started, body, begun)
            if copy is not None:
                self._lay_down(key, copy, environ.get(MADE_IN), old)
            if copy is None and (cached_as := self._store.cached_as(key)) not in (None, key):
                # The first page of an address, asked for with undeclared parameters: its own links may repeat them.
                environ["QUERY_STRING"] = cached_as[2]
                return self._render_once(cached_as, environ, start_response)
        if copy is None:
            start_response(started.status, stripped(started.headers))
            return [body]
        # After a change while it was made the web server in front must not keep it.
        is_old = not self._watch.has_current(copy) or self._watch.memory[CHANGED] != self._watch.heard
        return self._send(copy, environ, start_response, is_old=is_old)

    def _is_better_than_an_error(self, old: Copy, status: str, is_busy) -> bool:
        """Tell whether the last good page is shown where it cannot be made anew now. An error never drops a copy."""
        if self._watch.has_current(old):
            # Only its time is over.
            return True
        # The database went away, or there is no room: what an alert changed must be seen as soon as it can be made.
        is_away = self._watch.may_outlive() or (self._watch.has_journal and status.startswith("503"))
        return is_away and not (is_busy and self._watch.is_urgently_changed(old))

    def _pass_by(self, environ, start_response):
        def start_stripped(status, headers, exc_info=None):
            return start_response(status, stripped(headers))

        return self._application(environ, start_stripped)

    def _send(self, copy, environ, start_response, is_old: bool = False):
        copy.used = self._clock()
        answer = copy.answers[self._accepted_encodings(environ.get("HTTP_ACCEPT_ENCODING"))]
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        # The tag is quoted, so a tag within the list (weak or strong) is a whole one.
        if wanted is not None and copy.conditional and (answer.etag in wanted or wanted.strip() == "*"):
            of_304 = answer.headers_of_304
            start_response("304 Not Modified", not_for_others(of_304) if is_old else of_304[:])
            return []
        start_response(copy.status, not_for_others(answer.headers) if is_old else answer.headers[:])
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

    # --- Keeping

    def _untouched(self, key: tuple, environ: dict | None = None) -> Copy | None:
        """Return a copy that shows and names nothing that went since it was made; one that does is dropped.

        The request in `environ` then learns that it is the first that asks for what comes instead.
        """
        copy = self._copies.get(key)
        if copy is None or not self._watch.knows_what_went:
            return None
        if self._watch.is_untouched(copy, key[0], key[1], copy.answers[PLAIN].body):
            return copy
        self._drop(key, copy)
        if environ is not None:
            environ[_IN_PLACE_OF_WHAT_WENT] = True
        return None

    def _from_disk(self, key: tuple) -> Copy | None:
        """Return, and keep, what another process has made of a plain address, where it is as good as made now."""
        watch = self._watch
        if self._disk is None or key[2] or watch.snapshot is None or not watch.knows_what_went:
            return None
        if (found := self._disk.get(key)) is None:
            return None
        copy, params = found
        if not watch.is_untouched(copy, key[0], key[1], copy.answers[PLAIN].body):
            self._disk.remove(key)
            return None
        if not watch.is_fresh(copy, self._clock()) or copy.expires <= self._clock():
            return None
        copy.used = self._clock()
        self._put(key, copy, params)
        return copy

    def _cache(self, key, old: Copy | None, borne: tuple, started: Started, body: bytes, begun: float) -> Copy | None:
        """Keep the answer if it may be kept and return the copy, else drop the old one and return None.

        `borne`: generations and counter of the journal, read when the making of the page began; `begun`: that moment,
        from which its lifetime counts.
        """
        if started.status[:3] in OF_THE_REQUEST:
            return None
        rules = cacheable(started, body)
        if rules is None:
            self._drop(key)
            self._store.note_uncached(key)
            return None
        sites, params, lifetime = rules
        host, path, raw_query, _ = key
        query = canonical_query(raw_query, params)
        copy = copy_of(started, body, old, borne, sites, begun, lifetime, is_plain_address=not query)
        copy.size += 2 * (len(host) + len(path) + len(raw_query))
        return copy if self._put(key, copy, params) else None

    def _lay_down(self, key: tuple, copy: Copy, made_in: float | None, old: Copy | None) -> None:
        """Lay a copy down for the other processes, with what its making took (seconds of processor)."""
        copy.note_making(made_in or 0.0, old)
        if self._disk is not None and not key[2] and self._copies.get(key) is copy:
            self._disk.put(key, copy, self._routes[key[:2]].params)

    def _put(self, key: tuple, copy: Copy, params: frozenset) -> bool:
        """Keep a copy in memory; a newer one, which a faster thread has put there, stays."""
        has = self._watch.has_current
        return self._store.put(key, copy, params, stays=lambda old: has(old) and not has(copy))

    def _drop(self, key: tuple, copy: Copy | None = None) -> None:
        if self._store.drop(key, copy) and self._disk is not None and not key[2]:
            self._disk.remove(key)


def _opened_disk_cache() -> DiskCache | None:
    """The disk cache of this server; none while the pages themselves are being changed."""
    if not settings.PORTAL_PAGE_CACHE or not settings.PORTAL_PAGE_CACHE_MB or settings.DEBUG:
        return None
    return disk_cache_of_this_server(settings.PORTAL_PAGES, settings.STATIC_ROOT / "staticfiles.json")


def _opened_journal() -> Journal:
    """Raises ImproperlyConfigured, with the reason, where the journal cannot be kept: copies could not be trusted."""
    try:
        return journal()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Không mở được sổ những gì đã gỡ ở {settings.PORTAL_GONE} ({error.strerror}): "
            "tài khoản chạy cổng phải ghi được thư mục này."
        ) from error
