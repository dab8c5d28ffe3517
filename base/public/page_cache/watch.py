"""What a process knows of the generations, and what it may still show of an older one."""

import logging
from collections.abc import Callable
from threading import Lock

from ..gone.journal import CHANGED, Journal
from .copies import NEVER_RAISED, NOTHING_GONE, UNKNOWN, Copy, Generation

logger = logging.getLogger(__name__)

READ_EVERY_SECONDS = 0.5
WAIT_FOR_READING_SECONDS = 0.4
# So long a copy may be shown that was right until a moment ago, while the new one is made.
LONGEST_OLD_SECONDS = 20.0
# Of more generations that ended the oldest are dropped.
MOST_ENDED = 5_000


class Watch:
    """Reads the generations, at most every half second, or at once when another process says that one was raised.

    `read`: returns {site: (value, urgent value)}, may raise when the database is away. `snapshot`: {site: Generation},
    the same dict as long as nothing changed; None before the first reading. `is_away`: the database did not answer.
    `gone`: its first eight bytes are the counter of the journal. `memory`, `heard`, `due`: the page cache compares them
    for each answer, and calls `refresh` when it is time.
    """

    def __init__(self, read: Callable[[], dict[int, tuple[int, int]]], journal: Journal | None, clock: Callable):
        self._read = read
        self._journal = journal
        self._clock = clock
        self.snapshot: dict[int, Generation] | None = None
        self.is_away = False
        self.gone = self.memory = journal.memory if journal else bytes(CHANGED.stop)
        self.heard = self.memory[CHANGED]
        self.due = 0.0
        self._read_at = 0.0
        self._reading = Lock()
        # When a generation of a site ceased to be the current one, at the earliest.
        self._ended: dict[tuple[int, int], float] = {}

    @property
    def has_journal(self) -> bool:
        """Whether it is known what went: without that no copy outlives a change."""
        return self._journal is not None

    @property
    def knows_what_went(self) -> bool:
        """Whether a copy can be judged: False where neither the database nor the other machines were heard for long."""
        return self.gone[:8] != UNKNOWN

    def stamp(self) -> bytes:
        """Return the counter of the journal for a copy that is made from now on."""
        return self._journal.stamp() if self._journal else NOTHING_GONE

    def refresh(self, now: float) -> None:
        """Read the generations, unless another thread is at it."""
        if not self._reading.acquire(blocking=False):
            if self.is_away or now - self._read_at < READ_EVERY_SECONDS + 0.1:
                return
            # After a pause nothing is known of the time between: wait, but not for a database that hangs.
            if self._reading.acquire(timeout=WAIT_FOR_READING_SECONDS):
                self._reading.release()
            else:
                self.is_away = True
            return
        try:
            if now < self.due and self.heard == self.memory[CHANGED]:
                return
            self.due = now + READ_EVERY_SECONDS
            # Noted before the reading: what is raised meanwhile is read once more.
            self.heard = self.memory[CHANGED]
            if self._journal:
                self._journal.tend()
                is_deaf = self.is_away and self._journal.is_deaf()
                self.memory = self._journal.memory
                self.gone = UNKNOWN if is_deaf else self.memory
            try:
                rows = self._read()
            except Exception:
                if not self.is_away:
                    logger.exception("The generations cannot be read; kept pages go on being served.")
                self.is_away = True
                self.due = self._clock() + READ_EVERY_SECONDS
                return
            self.is_away = False
            self._take(rows, self._read_at)
            self._read_at = now
        finally:
            self._reading.release()

    def _take(self, rows: dict[int, tuple[int, int]], last_read: float) -> None:
        snapshot, known = {site: Generation(*row) for site, row in rows.items()}, self.snapshot
        if snapshot == known:
            return
        for site, now in snapshot.items() if known is not None else ():
            before = known.get(site, NEVER_RAISED)
            if before != now:
                # Some time since the last reading; a generation that comes back is not remembered as over.
                self._ended[site, before.value] = last_read
                self._ended.pop((site, now.value), None)
        while len(self._ended) > MOST_ENDED:
            del self._ended[next(iter(self._ended))]
        self.snapshot = snapshot

    # --- Judging a copy

    def has_current(self, copy: Copy) -> bool:
        """Tell whether no site was changed since the copy was made."""
        snapshot = self.snapshot
        return all(snapshot.get(site, NEVER_RAISED) == borne for site, borne in copy.generations)

    def is_fresh(self, copy: Copy, now: float) -> bool:
        """Tell whether a copy is as good as a page made now."""
        snapshot = self.snapshot
        if copy.seen is not snapshot:
            if not self.has_current(copy):
                return False
            copy.seen = snapshot
        # A page cannot be made anew without the database: its time is up only when it could be replaced.
        return now < copy.expires or self.is_away

    def may_show_old(self, copy: Copy, now: float) -> bool:
        """Tell whether a copy was right until a moment ago, and no urgent change lies between."""
        snapshot = self.snapshot
        for site, (value, urgent) in copy.generations:
            current = snapshot.get(site, NEVER_RAISED)
            if current.urgent != urgent:
                return False
            if current.value != value:
                ended = self._ended.get((site, value))
                if ended is None or now >= ended + LONGEST_OLD_SECONDS:
                    return False
        return now < copy.expires + LONGEST_OLD_SECONDS

    def was_right_until(self, copy: Copy) -> float:
        """Return the moment until which an old copy was surely right; now and later for one that is right."""
        snapshot, ended = self.snapshot, self._ended
        over = [
            ended.get((site, value), 0.0)
            for site, (value, _) in copy.generations
            if snapshot.get(site, NEVER_RAISED).value != value
        ]
        return min([copy.expires, *over])

    def may_outlive(self) -> bool:
        """Whether an untouched copy of an older generation is the best there is: the database is away."""
        return self.is_away and self._journal is not None

    def is_urgently_changed(self, copy: Copy) -> bool:
        """Tell whether an urgent change lies between the copy and now."""
        snapshot = self.snapshot
        return any(snapshot.get(site, NEVER_RAISED).urgent != urgent for site, (_, urgent) in copy.generations)

    def is_untouched(self, copy: Copy, host: str, path: str, plain: bytes) -> bool:
        """Tell whether a copy shows and names nothing that went since it was made; if so, give it the counter."""
        counter = self.gone[:8]
        if copy.stamp != counter:
            if not self._journal.is_clean(copy.stamp, counter, host, path, plain):
                return False
            copy.stamp = counter
        return True
