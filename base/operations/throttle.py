"""How often one network address may ask for what costs much: token buckets in the memory of each process.

1. Each kind of request has a bucket an address: `burst` requests may come at once, `per_second` come back. One address
   may be that of thousands of people (a mobile carrier, a school), so the rates are those of a crowd; who costs the
   portal more than it can do waits at its gate.
2. `take` answers 0 when the request may go on, else the seconds to wait.
3. A form takes from `sending`, the wide bucket of all people behind an address. One that brings no unused proof of
   work (`proof.py`) may be a program's and takes from `form`, the narrow one, too (`demand_proof_or_room`).
4. A step of a form that was begun here, which stored nothing and sent nothing, gives the token of `form` back
   and takes one of `step` (`note_step`): people without scripts look at what they are going to send.
5. Over a limit a form comes back with all that was typed and chosen and says when to press again
   (`middleware/throttle.py`).
6. For a form with a stamp that has to wait in the narrow bucket the next free token is put aside, and a turn
   (`proof.py`) says when: the form is let in when it is sent again at that time (`take_or_turn`). `MOST_ASIDE` at most.
7. The buckets of an address that is quiet for a while are dropped, and the quietest ones when there are too many.

Each web process counts by itself, so an address gets at most as many times more as there are processes. That is enough
for keeping crawlers and floods away from the database, where a shared counter would itself cost a write a request. What
protects people and data holds in sum over all servers (`OF_ALL`, `machines/levels.py`): one is asked after the other.
Guessing is counted exactly and by account or number, in the database (`attempts.py`). Pages that the page cache answers
never come here.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from threading import Lock
from time import monotonic
from typing import NamedTuple

from ..request_facts import note_refusal
from . import proof
from .machines import levels as shared_levels

MOST_BUCKETS = 50_000
MOST_ASIDE = 60
FORM = "form"
# A question with its preview, some corrections and its submission.
REQUESTS_OF_PROOF = 20


class Rate(NamedTuple):
    """`burst` requests at once, `per_second` new ones."""

    burst: float
    per_second: float


# What a thousand people behind one address do in ten minutes goes through, several times over.
RATES = {
    # Pages made afresh.
    "page": Rate(2000, 100),
    # A search reads much and is never kept for long.
    "search": Rate(600, 20),
    # Answers like what is being typed: the script of a form asks at every pause.
    "similar": Rate(600, 20),
    # Feed readers ask every few minutes.
    "feed": Rate(300, 10),
    # A program that reads page after page of an API; who wants all of it waits in between.
    "api": Rate(100, 5),
    # A whole set of data as a file: some at once, then one every twenty seconds.
    "bulk": Rate(10, 0.05),
    # A program that sends what it knows, batch after batch, with a token that has a bucket of its own.
    "push": Rate(120, 20),
    # A page of pictures asks for dozens at once.
    "file": Rate(4000, 200),
    # Whatever people send by a form, in all its steps.
    "sending": Rate(600, 12),
    # A form without proof of work: a careful person sends it again after a correction, not twenty times a minute.
    "form": Rate(12, 0.1),
    # The requests of one form, by the word of its stamp: looking again, correcting, sending. It never comes back.
    "stamp": Rate(REQUESTS_OF_PROOF, 1 / 86_400),
    # What a turn that has come lets in: looking once more, correcting, sending. It never comes back.
    "turn": Rate(4, 1 / 86_400),
    # Looking again at what was typed, without a proof.
    "step": Rate(60, 2),
    # Forms that are drawn whole over a limit, with the files that were chosen; beyond it the small page gives back.
    "redraw": Rate(60, 1),
    # Looking up what one has a number or a code for; guessing has counters of its own.
    "lookup": Rate(300, 6),
    # One press each: useful or not, satisfied or not.
    "vote": Rate(600, 12),
    # A draft shown to an outsider: each opening writes into the audit trail.
    "preview": Rate(20, 0.1),
    # Addresses that do not exist: a broken link now and then, or a person who tries names. Beyond it they cost nothing.
    "missing": Rate(60, 0.5),
    # Entries in the audit trail about all of the above: a flood must not become a flood of writes.
    "noted": Rate(1, 1 / 60),
}

# What all servers count together: forms without a proof, what one proof or turn lets in, look-ups, drafts for others.
OF_ALL = frozenset({"form", "stamp", "turn", "lookup", "preview"})

# Ends of addresses that are asked by POST and change nothing, or only what number and secret open, by their kind: what
# is typed must be in no address and no log. Rooms above add theirs when they are ready.
LOOKUPS: dict[str, str] = {}
# Beginnings of addresses to which something else than a form is sent, by their kind. Rooms above add theirs.
SENDINGS: dict[str, str] = {}
# Beginnings of addresses that are counted as a kind of their own. Rooms above add theirs when they are ready.
BEGINNINGS: dict[str, str] = {}
# Ends of addresses whose forms draw themselves again over a limit (`over_limit`): those that keep files, and what ends
# like one of them. Rooms above add theirs.
DRAWN_AGAIN: set[str] = set()


def register_addresses(*, lookups=None, sendings=None, beginnings=None, drawn_again=()) -> None:
    """Let a room above name its addresses, {end or beginning: kind}, and ends of forms that draw themselves again."""
    LOOKUPS.update(lookups or {})
    SENDINGS.update(sendings or {})
    BEGINNINGS.update(beginnings or {})
    DRAWN_AGAIN.update(drawn_again)


# What says that the portal has more to do than it can; a room that knows adds it.
BUSY: list[Callable[[], bool]] = []


class Buckets:
    """Buckets of one process, of the kinds that `rates` states: those of public requests, or of a caller's own.

    Each caller has buckets of its own, so that many keys of one kind push out no others. `of_all`: the kinds that the
    processes of all servers count together, too, under the caller's `name`.
    """

    def __init__(
        self,
        rates: dict[str, Rate] = RATES,
        clock: Callable[[], float] = monotonic,
        of_all: frozenset[str] = frozenset(),
        name: str = "portal",
    ):
        self._rates, self._of_all, self._name = rates, of_all, name
        self._clock = clock
        self._lock = Lock()
        # (kind, address): (tokens, when they were counted); the longest untouched first. Used stamps stand apart: many
        # addresses push no used one out, which would count as new.
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._stamps: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        # (kind, word of a stamp): when the token comes that is put aside for it.
        self._places: OrderedDict[tuple[str, str], float] = OrderedDict()

    def take(self, kind: str, address: str) -> int:
        """Take one token; return 0 when there was one, else the whole seconds until there is one again."""
        rate, key = self._rates[kind], (kind, network_of(address))
        with self._lock:
            level = self._level(key, rate)
            allowed = level >= 1
            self._put(key, level - 1 if allowed else level)
        if allowed:
            level = self._with_the_others(key, rate, level)
        return 0 if level >= 1 else _seconds(level, rate)

    def reserve(self, kind: str, address: str, word: str, most: int = MOST_ASIDE) -> tuple[int, bool]:
        """Take a token, or put the next one that comes aside for the form with a stamp's `word`.

        Return the whole seconds until then, 0: now, and whether it is put aside. A form has one place: asked again, it
        is told the rest of its time. At most `most` are put aside: beyond, the seconds are those behind the last one.
        """
        rate, key, place = self._rates[kind], (kind, network_of(address)), (kind, word)
        with self._lock:
            now = self._clock()
            due = self._places.get(place)
            if due is not None and now < due:
                return ceil(due - now), True
            if due is not None:
                del self._places[place]
                if now < due + proof.TURN_LAPSES_SECONDS:
                    return 0, True
            level = self._level(key, rate)
            is_aside = level >= 1 - most
            self._put(key, level - 1 if is_aside else level)
        if is_aside:
            level = self._with_the_others(key, rate, level, floor=1 - most)
            is_aside = level >= 1 - most
        seconds = 0 if level >= 1 else _seconds(level, rate)
        if seconds and is_aside:
            with self._lock:
                self._places[place] = now + seconds
                if len(self._places) > MOST_BUCKETS:
                    self._places.popitem(last=False)
        return seconds, is_aside

    def put_aside_again(self, kind: str, address: str, most: int = MOST_ASIDE) -> None:
        """Put a place aside with the other servers a second time: the first went back with its transaction."""
        self._with_the_others((kind, network_of(address)), self._rates[kind], 0, floor=1 - most)

    def take_for_proof(self, kind: str, form, on: datetime) -> bool:
        """Tell whether a form brings a proof of work with tokens of `kind` left, by its word; take one of them."""
        known = proof.proven(form.get(proof.STAMP, ""), form.get(proof.PROOF, ""), on)
        return known is not None and not self.take(kind, known.word)

    def take_or_turn(
        self, kind: str, address: str, form, on: datetime, most: int = MOST_ASIDE
    ) -> tuple[int, str, bool]:
        """Let a form without a proof take a token, let it in where its turn has come, or put a place aside for it.

        Return the seconds to wait (0: it is let in), the turns it gets ("": as they were), whether a token went.
        `kind` names the turn as well; what a turn lets in are tokens of "turn", by the word of the stamp.
        """
        known, left = proof.read(form.get(proof.STAMP, ""), on), proof.turn_of(form, kind, on)
        if known is None:
            # A form without a stamp cannot be recognised when it comes again.
            seconds = self.take(kind, address)
            return seconds, "", not seconds
        if left is not None and left > 0:
            return ceil(left), "", False
        if left is not None and not self.take("turn", known.word):
            # Its place is free again.
            with self._lock:
                self._places.pop((kind, known.word), None)
            return 0, "", False
        seconds, is_aside = self.reserve(kind, address, known.word, most)
        turn = proof.with_turn(form, kind, seconds, on) if seconds and is_aside else ""
        return seconds, turn, not seconds

    def give_back(self, kind: str, address: str) -> None:
        """Put a token back that was taken for what turned out to cost nothing."""
        rate, key = self._rates[kind], (kind, network_of(address))
        with self._lock:
            self._of(kind)[key] = (min(rate.burst, self._level(key, rate) + 1), self._clock())
        if kind in self._of_all:
            shared_levels.give_back(f"{self._name}.{kind}", key[1], burst=rate.burst)

    def wait(self, kind: str, address: str) -> int:
        """Return the seconds to wait without taking a token; 0 when there is one."""
        rate = self._rates[kind]
        with self._lock:
            level = self._level((kind, network_of(address)), rate)
        return 0 if level >= 1 else _seconds(level, rate)

    def _with_the_others(self, key: tuple[str, str], rate: Rate, level: float, floor: float = 1) -> float:
        """Take a token of what all servers count together, too; return the lower level. Outside of the lock."""
        kind, whose = key
        if kind not in self._of_all:
            return level
        numbers = {"burst": rate.burst, "per_second": rate.per_second, "floor": floor}
        return min(level, shared_levels.take(f"{self._name}.{kind}", whose, **numbers))

    def _put(self, key: tuple[str, str], level: float) -> None:
        levels = self._of(key[0])
        levels[key] = (level, self._clock())
        levels.move_to_end(key)
        if len(levels) > MOST_BUCKETS:
            levels.popitem(last=False)

    def _of(self, kind: str) -> OrderedDict:
        return self._stamps if kind in ("stamp", "turn") else self._levels

    def _level(self, key: tuple[str, str], rate: Rate) -> float:
        tokens, counted_at = self._of(key[0]).get(key, (rate.burst, 0.0))
        return min(rate.burst, tokens + (self._clock() - counted_at) * rate.per_second)


@dataclass
class Visit:
    """A public request as the limits see it: who, of which kind, and for how many seconds it has to wait (0: not)."""

    buckets: Buckets
    address: str
    kind: str
    wait: int = 0
    is_proven: bool = False
    is_drawn_again: bool = False
    # What it took, each to be given back where it turns out that there is nothing at the address.
    taken: list[str] = field(default_factory=list)
    is_missing: bool = False
    # The turns that the form gets while it waits (`proof.with_turn`).
    turn: str = ""

    def take(self, kind: str) -> int:
        """Take a token of a kind; return the seconds to wait where there is none."""
        seconds = self.buckets.take(kind, self.address)
        if not seconds:
            self.taken.append(kind)
        return seconds

    def give_back(self) -> None:
        """Give back all that was taken."""
        for kind in self.taken:
            self.buckets.give_back(kind, self.address)
        self.taken = []

    def demand_proof_or_room(self, form, on: datetime) -> None:
        """Let a form with an unused proof of work pass, or one whose turn has come.

        The others take from the narrow bucket, or wait for their turn.
        """
        self.is_proven = self.buckets.take_for_proof("stamp", form, on)
        if self.is_proven:
            return
        self.wait, self.turn, is_taken = self.buckets.take_or_turn(FORM, self.address, form, on)
        if is_taken:
            self.taken.append(FORM)
        if self.wait:
            self.turn = self.turn or form.get(proof.TURN, "")
            # What may be a program's takes nothing from the people behind its address.
            self.give_back()

    def missing_wait(self) -> int:
        """Return the seconds for which an address that does not exist is answered in short; 0 when it is not."""
        self.is_missing = True
        seconds = self.buckets.wait("missing", self.address)
        if seconds:
            self.note(seconds)
        return seconds

    def note(self, seconds: int) -> None:
        """Record that a user has to wait, once a minute and address; a flood is summed up in the audit trail."""
        if not self.buckets.take("noted", self.address):
            note_refusal("rate", f"chờ {seconds} giây")


def visit_of(request) -> Visit | None:
    """Return how the limits see a request; None for one that is not limited."""
    return getattr(request, "visit", None)


def over_limit(request) -> int:
    """Return the seconds after which a form is to be sent again; 0 when it may be worked on now.

    A form whose address is in `DRAWN_AGAIN` asks this first, and only draws itself again.
    """
    visit = visit_of(request)
    return visit.wait if visit is not None else 0


def turn_in(request) -> str:
    """Return the turns that the form of a request gets while it waits; "" for none."""
    visit = visit_of(request)
    return visit.turn if visit is not None else ""


def is_busy() -> bool:
    """Tell whether the portal has more to do than it can just now: proofs of work are harder then."""
    return any(says() for says in BUSY)


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
