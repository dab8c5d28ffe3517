"""Who waits for a render, who is next, and who is turned away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from threading import Condition, Event
from time import monotonic

from .asked import Asked

# Cached pages made anew in a row, while others wait; while one of these has waited for long (seconds).
MOST_REFRESHED, MOST_REFRESHED_THEN, LONG_SECONDS = 2, 1, 1.0


class Kind(IntEnum):
    """What is wanted, the most urgent first."""

    # A cached page made anew, for which many readers wait.
    REFRESH = 0
    # A reader sends what they typed.
    FORM = 1
    PAGE = 2


@dataclass(eq=False)
class Ticket:
    """A request that waits: `is_recent` tells whether its address asked a moment ago, `turn` in which round it is
    served, as addresses take turns, `came` is when it came (monotonic seconds).
    """

    kind: Kind
    address: str
    is_recent: bool
    turn: int
    came: float
    run: Callable | None = None
    done: Event = field(default_factory=Event)
    is_turned_away: bool = False
    outcome: object = None
    error: BaseException | None = None

    @property
    def order(self) -> tuple:
        """The smallest is next."""
        return self.is_recent, self.turn, self.came

    @property
    def excess(self) -> tuple:
        """The largest is turned away where too many wait."""
        return self.is_recent, self.turn, -self.came


class RenderQueue:
    """The waiting requests of one process; `most` bounds each kind, `asked` knows who asked a moment ago.

    An address that did not ask lately comes first; then addresses take turns, and the requests of each come in their
    order: no request is overtaken without end by later ones. Where too many wait, one of the address with the most is
    turned away, of equals the one that has waited longest: an address that asks for much turns itself away, and one of
    many people, who each ask for little, has the chance of every other that asked lately. Forms and pages come by
    turns; cached pages that are made anew come before both, two in a row, or one while another request has waited long.
    """

    def __init__(self, most: dict[Kind, int], clock: Callable[[], float] = monotonic, asked: Asked | None = None):
        self._most = most
        self._clock = clock
        self._waiting: dict[Kind, list[Ticket]] = {kind: [] for kind in Kind}
        self._asked = asked or Asked()
        # The round that is served, and the last one that an address with waiting requests has a place in.
        self._round = dict.fromkeys(Kind, 0)
        self._places: dict[tuple[Kind, str], int] = {}
        self._changed = Condition()
        self._last = Kind.PAGE
        self._refreshed = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def waiting(self, kind: Kind) -> int:
        """Return how many of a kind wait."""
        return len(self._waiting[kind])

    def enter(self, kind: Kind, address: str, run: Callable) -> Ticket:
        """Let a request wait; it, or another one, comes back turned away where too many wait."""
        with self._changed:
            now = self._clock()
            waiting = self._waiting[kind]
            is_recent = self._asked.is_recent(address, now)
            turn = max(self._round[kind], self._places.get((kind, address), 0)) + 1
            self._places[kind, address] = turn
            ticket = Ticket(kind, address, is_recent, turn, now, run)
            self._asked.note(address, now)
            waiting.append(ticket)
            if len(waiting) > self._most[kind]:
                excess = max(waiting, key=lambda one: one.excess)
                self._take_out(excess)
                _turn_away(excess)
            if not ticket.is_turned_away:
                # Some of those who wait for it take no forms.
                self._changed.notify_all()
        return ticket

    def leave(self, ticket: Ticket) -> bool:
        """Take a request out that waited too long; False where it is being worked on already."""
        with self._changed:
            if ticket not in self._waiting[ticket.kind]:
                return False
            self._take_out(ticket)
            return True

    def wait(self, *, forms: bool = True) -> None:
        """Block until a request waits; without `forms`, one for a page."""
        with self._changed:
            while not (len(self) - (0 if forms else self.waiting(Kind.FORM))):
                self._changed.wait()

    def next(self, *, forms: bool = True) -> Ticket | None:
        """Take the next request out; None where none waits any more, or only forms and `forms` is false."""
        with self._changed:
            for kind in self._turn():
                if self._waiting[kind] and (forms or kind is not Kind.FORM):
                    found = min(self._waiting[kind], key=lambda one: one.order)
                    self._take_out(found)
                    self._round[kind] = max(self._round[kind], found.turn)
                    self._note_turn(kind)
                    return found
        return None

    def _turn(self) -> tuple[Kind, ...]:
        others = (Kind.PAGE, Kind.FORM) if self._last is Kind.FORM else (Kind.FORM, Kind.PAGE)
        most = MOST_REFRESHED_THEN if self._has_waited_long(others) else MOST_REFRESHED
        return (*others, Kind.REFRESH) if self._refreshed >= most else (Kind.REFRESH, *others)

    def _has_waited_long(self, kinds: tuple[Kind, ...]) -> bool:
        since = self._clock() - LONG_SECONDS
        return any(ticket.came <= since for kind in kinds for ticket in self._waiting[kind])

    def _note_turn(self, kind: Kind) -> None:
        if kind is Kind.REFRESH:
            self._refreshed += 1
        else:
            self._refreshed, self._last = 0, kind

    def _take_out(self, ticket: Ticket) -> None:
        waiting = self._waiting[ticket.kind]
        waiting.remove(ticket)
        # A request that was turned away, or given up, leaves no empty place before later ones of its address.
        left = [one.turn for one in waiting if one.address == ticket.address]
        place = ticket.kind, ticket.address
        if left:
            self._places[place] = max(left)
        else:
            self._places.pop(place, None)


def _turn_away(ticket: Ticket) -> None:
    ticket.is_turned_away = True
    ticket.done.set()
