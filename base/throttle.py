"""How often one network address may ask for what costs much: token buckets in the memory of each process.

1. Each kind of request has a bucket an address: `burst` requests may come at once, `per_second` come back.
2. `take` answers 0 when the request may go on, else the seconds to wait.
3. A step of a form that somebody began here, which stored nothing and sent nothing, gives the token of the form back
   and takes one of `step` (`note_step`): many people behind one address look at what they are going to send.
4. An address that is quiet for a while is forgotten; so is the quietest one when there are too many.

Each web process counts by itself, so an address gets at most as many times more as there are processes. That is enough
for what the buckets are for, keeping crawlers and floods away from the database; a shared counter would itself cost a
write a request. Guessing passwords is counted elsewhere, exactly and by account (`accounts`). Pages that the page cache
answers never come here.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from threading import Lock
from time import monotonic
from typing import NamedTuple

MOST_BUCKETS = 50_000


class Rate(NamedTuple):
    """`burst` requests at once, `per_second` new ones."""

    burst: float
    per_second: float


RATES = {
    # Pages made afresh: nobody reads ten a second, a whole office behind one address together does not either.
    "page": Rate(150, 10),
    # A search reads much and is never kept for long.
    "search": Rate(30, 1),
    # Feed readers ask every few minutes.
    "feed": Rate(60, 2),
    # A program that reads page after page of an API; who wants all of it waits in between.
    "api": Rate(100, 5),
    # A program that sends what it knows, batch after batch, with a token that has a bucket of its own.
    "push": Rate(120, 20),
    # A page of pictures asks for dozens at once.
    "file": Rate(400, 20),
    # A careful person sends a form again after mending it, not twenty times a minute.
    "form": Rate(12, 0.1),
    # Looking again at what was typed: no more than drawing a page and a search, so no more often than these.
    "step": Rate(30, 1),
    # A draft shown to an outsider: each opening writes into the audit trail.
    "preview": Rate(20, 0.1),
    # Addresses that do not exist: a broken link now and then, or somebody trying names.
    "missing": Rate(60, 0.5),
    # Entries in the audit trail about all of the above: a flood must not become a flood of writes.
    "noted": Rate(1, 1 / 60),
}


# Ends of addresses that are asked by POST and change nothing: what is typed shall stand in no address and no log.
# Rooms above add theirs when they are ready; such a request is a search.
LOOKUPS: set[str] = set()
# Beginnings of addresses to which programs send, by their kind: no form of a person. Rooms above add theirs.
SENDINGS: dict[str, str] = {}
# Beginnings of addresses that are counted as a kind of their own. Rooms above add theirs when they are ready.
BEGINNINGS: dict[str, str] = {}


class Buckets:
    """The buckets of one process."""

    def __init__(self, rates: dict[str, Rate] = RATES, clock: Callable[[], float] = monotonic):
        self._rates = rates
        self._clock = clock
        self._lock = Lock()
        # (kind, address): (tokens, when they were counted); the longest untouched first.
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, address: str) -> int:
        """Take one token; return 0 when there was one, else the whole seconds until there is one again."""
        rate, key = self._rates[kind], (kind, network_of(address))
        with self._lock:
            level = self._level(key, rate)
            allowed = level >= 1
            self._levels[key] = (level - 1 if allowed else level, self._clock())
            self._levels.move_to_end(key)
            if len(self._levels) > MOST_BUCKETS:
                self._levels.popitem(last=False)
        return 0 if allowed else _seconds(level, rate)

    def give_back(self, kind: str, address: str) -> None:
        """Put a token back that was taken for what turned out to cost nothing."""
        rate, key = self._rates[kind], (kind, network_of(address))
        with self._lock:
            self._levels[key] = (min(rate.burst, self._level(key, rate) + 1), self._clock())

    def wait(self, kind: str, address: str) -> int:
        """Return the seconds to wait without taking a token; 0 when there is one."""
        rate = self._rates[kind]
        with self._lock:
            level = self._level((kind, network_of(address)), rate)
        return 0 if level >= 1 else _seconds(level, rate)

    def _level(self, key: tuple[str, str], rate: Rate) -> float:
        tokens, counted_at = self._levels.get(key, (rate.burst, 0.0))
        return min(rate.burst, tokens + (self._clock() - counted_at) * rate.per_second)


def note_step(request) -> None:
    """Say that a request was one step of a form begun here, and stored nothing, sent nothing and counted nowhere else.

    A request with files is never one: they are looked into and kept.
    """
    request.is_mere_step = not request.FILES


def network_of(address: str) -> str:
    """Return what is counted together: an IPv4 address, or the /64 that an IPv6 subscriber is given.

    >>> network_of("2001:db8::1")
    '2001:db8::/64'
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, 64), strict=False))
    except ValueError:
        return address


def _seconds(level: float, rate: Rate) -> int:
    return max(1, ceil((1 - level) / rate.per_second))
