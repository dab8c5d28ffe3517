"""Kept pages that are to be made anew while readers get the old copies."""

import io
import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic, sleep

logger = logging.getLogger(__name__)

# Threads of a process that work it off. They only wait for the renders, of which there are a few on the whole machine.
THREADS = 2
# So long a page is left to the process that makes it.
LEFT_TO_ANOTHER_SECONDS = 0.03
# What a reader says of himself and of what he has: the page is made for everybody.
OF_ONE_READER = (
    "HTTP_COOKIE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_IF_RANGE", "HTTP_RANGE", "HTTP_REFERER", "HTTP_USER_AGENT",
)  # fmt: skip


@dataclass
class Wanted:
    """A page that is to be made: by what request, how much it is worth, and from when on (monotonic seconds)."""

    environ: dict
    worth: float
    not_before: float = 0.0


class Backlog:
    """The pages that are to be made, the one that is worth most first.

    `make`: makes the page of a key by a request (key, environ); returns False where another process is at it. The
    threads begin with the first page and end with the last.
    """

    def __init__(self, make: Callable[[tuple, dict], bool]):
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
        """Note that somebody wanted the page of a key and got an old copy; what it is worth adds up."""
        with self._lock:
            if found := self._wanted.get(key):
                found.worth += worth
                return
            self._wanted[key] = Wanted(for_everybody(environ), worth)
            is_needed = self._threads < min(THREADS, len(self._wanted))
            self._threads += is_needed
        if is_needed:
            Thread(target=self._work, name="page-backlog", daemon=True).start()

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            key, wanted = taken
            try:
                is_done = self._make(key, wanted.environ)
            except Exception:
                # Readers ask again, and meet it themselves when the old copy may be shown no longer.
                logger.exception("A kept page cannot be made anew: %s%s", *key[:2])
                is_done = True
            if not is_done:
                wanted.not_before = monotonic() + LEFT_TO_ANOTHER_SECONDS
                with self._lock:
                    self._wanted.setdefault(key, wanted)

    def _next(self) -> tuple[tuple, Wanted] | None:
        """Take out the page that is worth most; None ends the thread."""
        while True:
            with self._lock:
                now = monotonic()
                ready = [item for item in self._wanted.items() if item[1].not_before <= now]
                if ready:
                    key, wanted = max(ready, key=lambda item: item[1].worth)
                    del self._wanted[key]
                    return key, wanted
                if not self._wanted:
                    self._threads -= 1
                    return None
            sleep(LEFT_TO_ANOTHER_SECONDS / 3)


def for_everybody(environ: dict) -> dict:
    """Return a request for the same page by nobody in particular, which outlives the one that it is made from."""
    kept = {name: value for name, value in environ.items() if name not in OF_ONE_READER}
    return kept | {"REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO(), "CONTENT_LENGTH": ""}
