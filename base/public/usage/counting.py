"""How often pages are used (Quy chế Điều 12.2): counted in memory, written once a second, no personal data.

1. `count` judges whether a person did it (`readers.py`), then whether the network does it too often, then whether the
   same visitor did it a moment ago (`visitors.py`), and adds one.
2. A thread of each process writes what was gathered at most every second: one INSERT … ON CONFLICT a table. Numbers of
   pages that do not exist, are not public or are not counted (`register_counted`) are left out then.
3. No reader waits for the database: while it is away the counts wait in memory. They are written when the process
   ends; one that is killed loses its last second, so what is shown is called "about" a number.
"""

import logging
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from multiprocessing.util import Finalize
from threading import Event, Lock, Thread

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection, transaction
from django.db.models import Model
from wagtail.models import Page

from ...operations.throttle import Buckets, Rate
from .readers import is_person, visitor_of
from .visitors import Visitors, day_of, shared_path
from .words import words_table

logger = logging.getLogger(__name__)

# A page, or words that were looked for (`words.py`), on a local day.
Key = tuple[int | str, date, str]

# Parameters of an address: the page, what was done, and the page (a service) from which it was done.
PAGE, KIND, SERVICE = "trang", "loai", "dich-vu"
WRITE_EVERY_SECONDS = 1.0
LONGEST_STOP_SECONDS = 30.0
# Numbers of pages, days and kinds that wait to be written; what comes beyond is forged.
MOST_WAITING = 5_000
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
# Pages, what is counted of them, and where.
_counted: list[tuple[type[Page], frozenset[str], type[Model]]] = []
# What is counted that is no page, by its kind: the table, and the key in it.
_others: dict[str, tuple[type[Model], str]] = {}


def register_counted(pages: type[Page], kinds: Iterable[str], *, table: type[Model]) -> None:
    """Count these kinds of use of the public pages of a type; called from the `AppConfig.ready` of a room above.

    `table`: where they are counted, a model with `page`, `day` and `count`, unique in the first two; with a `kind` too
    it is unique in the three.
    """
    _counted.append((pages, frozenset(kinds), table))


def register_kind(kind: str, *, table: type[Model], key: str) -> None:
    """Count uses of what is no page under a kind of its own; called from the `AppConfig.ready` of a room above.

    `table`: a model with the foreign key `key`, `day` and `count`, unique in the first two.
    """
    _others[kind] = table, key


class Usage:
    """The counts of one process.

    `write`: takes {(page, local day, kind): count}; may raise DatabaseError. `clock`: seconds since 1970. `buckets`: of
    RATES; they have their own clock, which no user sets back.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        write: Callable[[dict[Key, int]], None] | None = None,
        visitors: Visitors | None = None,
        buckets: Buckets | None = None,
    ):
        self._clock = clock
        self._write = write_counts if write is None else write
        self._visitors = visitors or Visitors(clock=clock)
        self._buckets = buckets or Buckets(RATES)
        self._lock, self._writing = Lock(), Lock()
        self._pending: Counter[Key] = Counter()
        self._stopping = Event()
        self._thread: Thread | None = None
        self._is_away = False

    def count(self, environ: Mapping[str, str], page: int | str, kind: str, *, destination: str = "") -> bool:
        """Count what a request means when a person sent it, once; tell whether it was counted. Never waits."""
        if not is_person(environ, destination=destination):
            return False
        network, agent = visitor_of(environ)
        is_bounded = settings.PORTAL_THROTTLE
        if is_bounded and (self._take("usage", network, agent) or self._take("usage-network", network)):
            return False
        if not self._visitors.is_first(network, agent, str(page), kind):
            return False
        if is_bounded and self._take("usage-page", network, str(page)):
            return False
        return self.add(page, kind)

    def vote_wait(self, environ: Mapping[str, str], what: str) -> int:
        """Return the seconds that a press about something has to wait, because too many come from its network."""
        return self._take("vote", visitor_of(environ)[0], what) if settings.PORTAL_THROTTLE else 0

    @contextmanager
    def once_today(self, environ: Mapping[str, str], what: str, word: str = "") -> Iterator[bool]:
        """Tell whether a visitor presses the first time on this local day; noted, unless what is done inside fails.

        Noted before it is done, so that a double click has one effect. `word`: what a browser says to be told from a
        neighbour's of the same kind, behind the same address.
        """
        marks = (*visitor_of(environ), what, word[:LONGEST_WORD])
        is_first = self._visitors.is_first_today(*marks)
        try:
            yield is_first
        except BaseException:
            if is_first:
                self._visitors.take_back(*marks)
            raise

    def _take(self, kind: str, network: str, what: str = "") -> int:
        # A browser's name may be long, and the buckets remember many.
        digest = blake2b(what.encode("utf-8", "replace"), digest_size=8).hexdigest()
        return self._buckets.take(kind, f"{network} {digest}")

    def add(self, page: int | str, kind: str) -> bool:
        """Add one to today's count of a page; False when too many others wait to be written."""
        key = (page, day_of(self._clock()), kind)
        with self._lock:
            if key not in self._pending and len(self._pending) >= MOST_WAITING:
                return False
            self._pending[key] += 1
        return True

    # --- Writing

    def start(self, *, visitors: Visitors | None = None) -> None:
        """Begin to write in a thread, and when the process ends; `visitors`: shared with the other processes."""
        self._visitors = visitors or self._visitors
        self._thread = Thread(target=self._run, name="usage", daemon=True)
        self._thread.start()
        # Runs at the end of a server's child process too, which ends without Python's own `atexit`.
        Finalize(None, self.stop, exitpriority=1)

    def stop(self) -> None:
        """End the thread, write what is left, and take away what is shared."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=LONGEST_STOP_SECONDS)
        self.flush()
        self._visitors.leave()

    def flush(self) -> bool:
        """Write what was gathered; False when the database did not take it: it waits."""
        with self._writing:
            with self._lock:
                counts, self._pending = self._pending, Counter()
            if not counts:
                return True
            began = time.time()
            try:
                self._write(dict(counts))
            except DatabaseError as error:
                with self._lock:
                    self._pending.update(counts)
                if not self._is_away:
                    # Only the kind: the text of an error may hold anything.
                    logger.warning("Counts of use cannot be written (%s); they wait.", type(error).__name__)
                self._is_away = True
                return False
            self._is_away = False
            logger.debug("process %d: %d counts in one write of %.3f", os.getpid(), sum(counts.values()), began)
            return True

    def _run(self) -> None:
        while not self._stopping.wait(WRITE_EVERY_SECONDS):
            try:
                self.flush()
            except Exception:
                # Whatever it is, it must not end the thread.
                logger.exception("Counts of use were lost.")


def write_counts(counts: dict[Key, int]) -> None:
    """Add counts to their tables, one statement a table; what is no public page that is counted is left out.

    Raises DatabaseError (IntegrityError when a page went meanwhile): nothing was written then.
    """
    is_ours = not connection.in_atomic_block
    if is_ours:
        close_old_connections()
    try:
        numbers, rows = {page for page, _day, _kind in counts if isinstance(page, int)}, defaultdict(dict)
        others: list[tuple[type[Model], dict[Key, int], str]] = []
        for pages, kinds, table in _counted:
            public = set(pages.objects.live().filter(pk__in=numbers).values_list("pk", flat=True))
            rows[table] |= {key: count for key, count in counts.items() if key[0] in public and key[2] in kinds}
        for kind, (table, key) in _others.items():
            found = {one: count for one, count in counts.items() if one[2] == kind}
            there = table._meta.get_field(key).related_model._base_manager.filter(pk__in=[one[0] for one in found])
            known = set(there.values_list("pk", flat=True)) if found else set()
            others.append((table, {one: count for one, count in found.items() if one[0] in known}, f"{key}_id"))
        words = {key: count for key, count in counts.items() if isinstance(key[0], str)}
        with transaction.atomic():
            for table, found in rows.items():
                _add(table, found)
            for table, found, key in others:
                _add(table, found, key)
            if words and (table := words_table()) is not None:
                _add(table, words, "words")
    finally:
        if is_ours:
            close_old_connections()


def _add(model: type[Model], rows: dict[Key, int], what: str = "page_id") -> None:
    if not rows:
        return
    table, adapt = model._meta.db_table, connection.ops.adapt_datefield_value
    has_kinds = any(field.name == "kind" for field in model._meta.fields)
    columns, place = (f"{what}, day, kind", "(%s, %s, %s, %s)") if has_kinds else (f"{what}, day", "(%s, %s, %s)")
    # In one order, so that two processes never wait for each other in a circle.
    values = [
        value
        for (page, day, kind), count in sorted(rows.items())
        for value in (page, adapt(day), *([kind] if has_kinds else []), count)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}, count) VALUES {', '.join([place] * len(rows))} "  # noqa: S608  no text from outside
            f"ON CONFLICT ({columns}) DO UPDATE SET count = {table}.count + excluded.count",
            values,
        )


# What this process counts. Without `start` nothing is written: commands and tests write by `flush`.
usage = Usage()


def start() -> None:
    """Begin to write what this process counts, and to share what was said today with the others (`config/wsgi.py`)."""
    usage.start(visitors=Visitors(shared_path(str(settings.VAR_DIR))))
