"""Cached pages that are to be made anew while readers get the old copies."""

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock, Thread
from time import monotonic, sleep

from ..request_kinds import FOR_EVERYBODY

logger = logging.getLogger(__name__)

# Threads of a process that work it off. They only wait for the renders, of which there are a few on the whole machine.
THREADS = 2
# A reader who still wants a page after this time asks again.
LONGEST_WANTED_SECONDS = 20.0
MOST_WANTED = 500
# So long a page is left to the process that makes it.
LEFT_TO_ANOTHER_SECONDS = 0.1
LOOK_EVERY_SECONDS = 0.01
# What a page is made from, without what identifies the reader: the page is for all readers.
MADE_FROM = (
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "wsgi.version",
    "wsgi.url_scheme",
    "wsgi.errors",
    "wsgi.multithread",
    "wsgi.multiprocess",
    "wsgi.run_once",
)


@dataclass
class Wanted:
    """A page that is to be made: by what request, how much it is worth, since when and from when on (seconds)."""

    environ: dict
    worth: float
    since: float = field(default_factory=monotonic)
    not_before: float = 0.0


class Backlog:
    """The pages that are to be made, the one that is worth most first.

    `make`: makes the page of a key by a request (key, environ); returns 0, or after how many seconds to try again where
    another process is at it, or it is not the time. The threads begin with the first page and end with the last.
    """

    def __init__(self, make: Callable[[tuple, dict], float]):
        self._make = make
        self._wanted: dict[tuple, Wanted] = {}
        self._lock = Lock()
        self._threads = 0

    def __len__(self) -> int:
        return len(self._wanted)

    @property
    def is_at_work(self) -> bool:
        """Whether pages are being made, or wait for it."""
        return self._threads > 0

    def want(self, key: tuple, environ: dict, worth: float) -> None:
        """Note that a reader wanted the page of a key and got an old copy; what it is worth adds up."""
        with self._lock:
            if found := self._wanted.get(key):
                found.worth += worth
                return
            if len(self._wanted) >= MOST_WANTED:
                del self._wanted[min(self._wanted, key=lambda one: self._wanted[one].worth)]
            self._wanted[key] = Wanted(for_everybody(environ), worth)
            if self._threads >= min(THREADS, len(self._wanted)):
                return
            self._threads += 1
        try:
            Thread(target=self._work, name="page-backlog", daemon=True).start()
        except RuntimeError:
            # No thread can be started now. The next reader's request tries again, or makes the page itself.
            logger.warning("No thread to make kept pages anew.")
            with self._lock:
                self._threads -= 1

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            key, wanted = taken
            try:
                again_in = self._make(key, wanted.environ)
            except Exception:
                # Readers ask again, and meet it themselves when the old copy may be shown no longer.
                logger.exception("A kept page cannot be made anew: %s%s", *key[:2])
                again_in = 0.0
            if again_in:
                wanted.not_before = monotonic() + again_in
                with self._lock:
                    # Others may have asked for it meanwhile.
                    if found := self._wanted.get(key):
                        wanted.worth += found.worth
                    self._wanted[key] = wanted

    def _next(self) -> tuple[tuple, Wanted] | None:
        """Take out the page that is worth most; None ends the thread."""
        while True:
            with self._lock:
                now = monotonic()
                for key in [key for key, one in self._wanted.items() if now - one.since > LONGEST_WANTED_SECONDS]:
                    del self._wanted[key]
                ready = [item for item in self._wanted.items() if item[1].not_before <= now]
                if ready:
                    key, wanted = max(ready, key=lambda item: item[1].worth)
                    del self._wanted[key]
                    return key, wanted
                if not self._wanted:
                    self._threads -= 1
                    return None
            sleep(LOOK_EVERY_SECONDS)


def for_everybody(environ: dict) -> dict:
    """Return a request for the same page without a reader's data, which outlives the one that it is made from."""
    request_data = {name: environ[name] for name in MADE_FROM if name in environ}
    made = {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "", "wsgi.input": io.BytesIO(), FOR_EVERYBODY: True}
    return request_data | made
