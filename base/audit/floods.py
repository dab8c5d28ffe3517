"""Refusals of people who are not signed in, summed up: a flood must not become a flood of permanent rows.

1. The first refusal of a kind that a network gets is written at once, for the first `AT_ONCE` networks in a minute.
2. All further ones are counted. When the minute is over, the next request that writes something also writes one entry a
   kind: how many, from how many networks, which of them and which addresses most, from when to when.
3. What could not be written is counted on. What is still unwritten when the process ends is written then
   (`audit.start`): a number is lost only with a process that is killed, or that ends while the database is away.

Counted in each process. What a person who is signed in is refused stays one entry each (`audit.Bounds`).
"""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import NamedTuple

from django.utils import timezone

from ..operations.throttle import network_of

MINUTE_SECONDS = 60
AT_ONCE = 5
# Of one kind, remembered by name in one minute; who comes later is counted without a name.
MOST_NAMES = 1000
NAMED = 10


class Sum(NamedTuple):
    """What was refused of one kind since `first`: how many requests, by network and by address of the portal."""

    networks: Counter
    paths: Counter
    first: datetime
    last: datetime

    @property
    def count(self) -> int:
        """How many requests there were."""
        return self.networks.total()

    def as_detail(self, kind: str) -> dict:
        """Return it as the details of one entry."""
        named = [network for network in self.networks if network]
        return {
            "kind": kind,
            "count": self.count,
            "networks": len(named),
            "most": [f"{network}: {count}" for network, count in self.networks.most_common(NAMED) if network],
            "paths": [f"{path}: {count}" for path, count in self.paths.most_common(NAMED) if path],
            "from": self.first.isoformat(timespec="seconds"),
            "to": self.last.isoformat(timespec="seconds"),
        }


class Floods:
    """The sums of one process."""

    def __init__(self, clock: Callable[[], float] = monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._sums: dict[str, Sum] = {}
        self._at_once: dict[str, set[str]] = {}
        self._ends = 0.0

    def admit(self, kind: str, address: str, path: str) -> bool:
        """Tell whether a refusal is to be written by itself; count it otherwise."""
        network = network_of(address)
        with self._lock:
            now = self._clock()
            if now >= self._ends and not self._sums:
                self._at_once, self._ends = {}, now + MINUTE_SECONDS
            written = self._at_once.setdefault(kind, set())
            if network not in written and len(written) < AT_ONCE:
                written.add(network)
                return True
            self._add(kind, Counter([network]), Counter([path]), timezone.now(), timezone.now())
            return False

    def take_due(self) -> dict[str, Sum]:
        """Return {kind: its sum} once the minute is over, and count anew; {} before."""
        with self._lock:
            if not self._sums or self._clock() < self._ends:
                return {}
            return self._taken()

    def take_all(self) -> dict[str, Sum]:
        """Return {kind: its sum} whether the minute is over or not, and count anew."""
        with self._lock:
            return self._taken()

    def put_back(self, due: dict[str, Sum]) -> None:
        """Count on what could not be written."""
        with self._lock:
            for kind, summed in due.items():
                self._add(kind, *summed)

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self._sums, self._at_once, self._ends = {}, {}, 0.0

    def _taken(self) -> dict[str, Sum]:
        due, self._sums = self._sums, {}
        self._at_once, self._ends = {}, self._clock() + MINUTE_SECONDS
        return due

    def _add(self, kind: str, networks: Counter, paths: Counter, first: datetime, last: datetime) -> None:
        known = self._sums.get(kind) or Sum(Counter(), Counter(), first, last)
        for names, more in ((known.networks, networks), (known.paths, paths)):
            for name, count in more.items():
                names[name if name in names or len(names) < MOST_NAMES else ""] += count
        self._sums[kind] = Sum(known.networks, known.paths, min(known.first, first), max(known.last, last))


floods = Floods()
