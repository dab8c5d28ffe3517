"""How often services are used (Quy chế Điều 12.2): counted in memory, written once a second, nothing about anybody.

1. `count` judges whether a person did it (`is_person`), then whether the same visitor did it a moment ago
   (`visitors.py`), then whether his network does it too often, and adds one.
2. A thread of each process writes what was gathered at most every second: one INSERT … ON CONFLICT for all pages.
   Numbers of pages that do not exist, are not public or are no service are left out then.
3. Nobody who reads waits for the database: while it is away the counts wait in memory. They are written when the
   process ends; one that is killed loses its last second, so what is shown is said to be "about" so many.

What is told apart: a view of a service's page (`view`), a form that was fetched from there (`download`), the way to the
place of application (`outgoing`), and a guide (`guide`: of the service from which it was opened, else of itself).
"""

import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from multiprocessing.util import Finalize
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction

from base.operations.throttle import Buckets, Rate, network_of
from base.request_facts import client_address

from ..models import ServiceGuidePage, ServiceOffering, UsageCount
from .visitors import Days, Visitors, shared_path

logger = logging.getLogger(__name__)

Kind = UsageCount.Kind
Key = tuple[int, date, str]

# Where a view is said (`beacon.py`).
PLACE = "/luot-su-dung/"
# Parameters of an address: the page (a service), and what was done.
PAGE, KIND, SERVICE = "trang", "loai", "dich-vu"
# The same visitor, page and kind counts once in this time.
ONE_VISIT_SECONDS = 1800
WRITE_EVERY_SECONDS = 1.0
LONGEST_RETRY_SECONDS = 30.0
# Numbers of pages that nobody has seen yet: the rest of a second with more is forged.
MOST_UNKNOWN = 500
# What stands behind one address may be thousands of people: browsers are bounded, and all of a network widely.
RATES = {
    # One browser of a network reads so much.
    "usage": Rate(120, 2),
    # All of them together; a program that invents browsers more.
    "usage-network": Rate(3000, 30),
    # Different browsers of one network on one page.
    "usage-page": Rate(500, 2),
    # What people of one network say about one page, one press each.
    "vote": Rate(500, 2),
}
# The field of a press in which a browser with scripts puts a random word for this page and day (`static/js/vote.js`).
WORD, LONGEST_WORD = "loi", 40
KINDS_OF = ((ServiceOffering, frozenset(Kind.values)), (ServiceGuidePage, frozenset({Kind.GUIDE})))
# Programs that say what they are; "Cubot" is a telephone.
PROGRAMS = re.compile(
    r"(?<!cu)bot|crawl|spider|slurp|scrap|preview|fetch|archiv|monitor|headless|lighthouse|pingdom|validator|"
    r"facebookexternalhit|embed|curl|wget|python|perl|java/|ruby|go-http|okhttp|libwww|httpclient|phantom|selenium",
    re.IGNORECASE,
)
LONGEST_AGENT = 600


# --- Who counts ------------------------------------------------------------------------------------


def is_person(environ: Mapping[str, str], *, destination: str = "") -> bool:
    """Tell whether a request looks like one that a person's browser sends from a page of ours.

    `environ`: a WSGI environment. `destination`: the `Sec-Fetch-Dest` that a GET must bear, "image" or "document". A
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


@lru_cache(maxsize=512)
def _is_browser(agent: str) -> bool:
    return agent.startswith("Mozilla/") and len(agent) <= LONGEST_AGENT and not PROGRAMS.search(agent)


def _is_ahead_of_time(get) -> bool:
    """Whether a browser fetches what its user has not asked to see yet."""
    said = f"{get('HTTP_SEC_PURPOSE', '')} {get('HTTP_PURPOSE', '')} {get('HTTP_X_MOZ', '')}".lower()
    return said != "  " and any(word in said for word in ("prefetch", "prerender", "preview"))


# --- Counting --------------------------------------------------------------------------------------


class Usage:
    """The counts of one process.

    `write`: takes {(page, local day, kind): count}, returns the pages there are; may raise DatabaseError.
    `clock`: seconds since 1970. `buckets`: of RATES; they have a clock of their own, which nobody sets back.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        write: Callable[[dict[Key, int]], set[int]] | None = None,
        visitors: Visitors | None = None,
        buckets: Buckets | None = None,
    ):
        self._clock, self._days = clock, Days()
        self._write = write_counts if write is None else write
        self._visitors = visitors or Visitors(clock=clock)
        self._buckets = buckets or Buckets(RATES)
        self._lock, self._writing = Lock(), Lock()
        self._pending: Counter[Key] = Counter()
        self._unknown: set[int] = set()
        self._known: set[int] = set()
        self._wake, self._stopping = Event(), Event()
        self._thread: Thread | None = None
        self._written_at = float("-inf")
        self._is_away = False

    def count(self, environ: Mapping[str, str], page: int, kind: str, *, destination: str = "") -> bool:
        """Count what a request means when a person sent it, once; tell whether it was counted. Never waits."""
        if not is_person(environ, destination=destination):
            return False
        network, agent = _visitor(environ)
        is_bounded = settings.PORTAL_THROTTLE
        if is_bounded and (self._take("usage", network, agent) or self._take("usage-network", network)):
            return False
        if not self._visitors.is_first(network, agent, str(page), kind, seconds=ONE_VISIT_SECONDS):
            return False
        if is_bounded and self._take("usage-page", network, str(page)):
            return False
        return self.add(page, kind)

    def vote_wait(self, environ: Mapping[str, str], what: str) -> int:
        """Return the seconds that a press about something has to wait, because too many come from its network."""
        return self._take("vote", _visitor(environ)[0], what) if settings.PORTAL_THROTTLE else 0

    def is_first_today(self, environ: Mapping[str, str], what: str, word: str = "") -> bool:
        """Tell whether a visitor presses the first time on this local day; note it.

        `word`: what his browser says to be told from a neighbour's of the same kind, behind the same address.
        """
        return self._visitors.is_first(*_visitor(environ), what, word[:LONGEST_WORD], seconds=86_400)

    def _take(self, kind: str, network: str, what: str = "") -> int:
        # A browser's name may be long, and the buckets remember many.
        digest = blake2b(what.encode("utf-8", "replace"), digest_size=8).hexdigest()
        return self._buckets.take(kind, f"{network} {digest}")

    def add(self, page: int, kind: str) -> bool:
        """Add one to today's count of a page; False when too many pages are counted of which nobody knows yet."""
        key = (page, self._days.of(self._clock()), kind)
        with self._lock:
            if page not in self._known and page not in self._unknown:
                if len(self._unknown) >= MOST_UNKNOWN:
                    return False
                self._unknown.add(page)
            self._pending[key] += 1
        self._wake.set()
        return True

    # --- Writing

    def start(self, *, shared: Visitors | None = None) -> None:
        """Begin to write in a thread, and when the process ends; `shared`: the visitors of all processes."""
        self._visitors = shared or self._visitors
        self._thread = Thread(target=self._run, name="usage", daemon=True)
        self._thread.start()
        # Runs at the end of a server's child process too, which ends without Python's own `atexit`.
        Finalize(None, self.stop, exitpriority=1)

    def stop(self) -> None:
        """Write what is left, end the thread and stop sharing the visitors."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=LONGEST_RETRY_SECONDS)
        self.flush()
        self._visitors.leave()

    def flush(self) -> bool:
        """Write what was gathered; False when the database did not take it: it is kept."""
        with self._writing:
            with self._lock:
                counts, self._pending, self._unknown = self._pending, Counter(), set()
            if not counts:
                return True
            began = time.time()
            try:
                pages = self._write(dict(counts))
            except DatabaseError as error:
                self._keep(counts)
                if not self._is_away:
                    # Only the kind: the text of an error may hold anything.
                    logger.warning("Counts of use cannot be written (%s); they wait.", type(error).__name__)
                self._is_away = True
                return False
            with self._lock:
                self._known = self._known - {page for page, _day, _kind in counts} | pages
            self._is_away = False
            logger.debug("process %d: %d counts in one write of %.3f", os.getpid(), sum(counts.values()), began)
            return True

    def _keep(self, counts: Counter[Key]) -> None:
        with self._lock:
            self._pending.update(counts)
            self._unknown |= {page for page, _day, _kind in counts if page not in self._known}

    def _run(self) -> None:
        pause = WRITE_EVERY_SECONDS
        while not self._stopping.is_set():
            self._wake.wait()
            left = self._written_at + pause - time.monotonic()
            if left > 0 and self._stopping.wait(left):
                return
            self._wake.clear()
            self._written_at = time.monotonic()
            try:
                is_written = self.flush()
            except Exception:
                # Whatever it is, it must not end the thread.
                logger.exception("Counts of use were lost.")
                is_written = True
            pause = WRITE_EVERY_SECONDS if is_written else min(pause * 2, LONGEST_RETRY_SECONDS)
            if not is_written:
                self._wake.set()


def _visitor(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return network and browser."""
    return network_of(client_address(_Asked(environ))), environ.get("HTTP_USER_AGENT", "")


class _Asked:
    """What `client_address` reads of a request."""

    __slots__ = ("META",)

    def __init__(self, environ):
        self.META = environ


def write_counts(counts: dict[Key, int]) -> set[int]:
    """Add counts to the table in one statement; return the pages there are, the only ones that were written.

    Raises DatabaseError (IntegrityError when a page went meanwhile): nothing was written then.
    """
    is_ours = not connection.in_atomic_block
    if is_ours:
        close_old_connections()
    try:
        numbers = {page for page, _day, _kind in counts}
        kinds = {
            page: kinds
            for model, kinds in KINDS_OF
            for page in model.objects.live().filter(pk__in=numbers).values_list("pk", flat=True)
        }
        # In one order, so that two processes never wait for each other in a circle.
        rows = sorted((key, number) for key, number in counts.items() if key[2] in kinds.get(key[0], ()))
        if rows:
            _add(rows)
        return set(kinds)
    finally:
        if is_ours:
            close_old_connections()


def _add(rows: list[tuple[Key, int]]) -> None:
    table = UsageCount._meta.db_table
    places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    adapt = connection.ops.adapt_datefield_value
    values = [value for (page, day, kind), number in rows for value in (page, adapt(day), kind, number)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (page_id, day, kind, count) VALUES {places} "  # noqa: S608  no text of anybody's
            f"ON CONFLICT (page_id, day, kind) DO UPDATE SET count = {table}.count + excluded.count",
            values,
        )


# What this process counts. Without `start` nothing is written: commands and tests write by `flush`.
usage = Usage()


def start() -> None:
    """Begin to write what this process counts, and to share who was counted with the others (`config/wsgi.py`)."""
    usage.start(shared=Visitors(shared_path(str(settings.VAR_DIR))))
