"""The register of abuse cases, and the record of what each of them found.

1. A module of a group registers its cases with `case`.
2. `run.py` calls each with the stage and a `Check`.
3. The case says what it found with `check.that`, naming the role it acted as.
4. It passes when every assertion held, every role that it names was asserted for, and nothing broke.
"""

import threading
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic

MOST_SHOWN = 12
CASES: dict[str, "Case"] = {}


@dataclass(frozen=True)
class Case:
    """One row of `docs/abuse-cases.md`: who does what, and the function that tries it."""

    number: str
    title: str
    roles: tuple[str, ...]
    function: Callable

    @property
    def module(self) -> str:
        return self.function.__module__.rsplit(".", 1)[-1]


@dataclass
class Check:
    """What one case found: assertions made, those that failed, and for which roles."""

    roles: tuple[str, ...] = ()
    made: int = 0
    failed: list[str] = field(default_factory=list)
    asserted_for: set[str] = field(default_factory=set)
    figures: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def that(self, holds, said: str, *, role: str = "") -> bool:
        """Record one assertion; `said` tells what was expected, in words that make sense when it failed."""
        with self._lock:
            self.made += 1
            if role:
                self.asserted_for.add(role)
            if not holds:
                self.failed.append(f"{role}: {said}" if role else said)
        return bool(holds)

    def same(self, found, wanted, said: str, *, role: str = "") -> bool:
        """Record that two values are equal; both are shown when they are not."""
        return self.that(found == wanted, f"{said}: {found!r}, expected {wanted!r}", role=role)

    def figure(self, text: str) -> None:
        """Keep a measured figure for the report."""
        self.figures.append(text)

    @property
    def missing_roles(self) -> set[str]:
        return set(self.roles) - self.asserted_for

    @property
    def passed(self) -> bool:
        return self.made > 0 and not self.failed and not self.missing_roles


@dataclass
class Outcome:
    """A case that was run."""

    case: Case
    check: Check
    seconds: float

    @property
    def passed(self) -> bool:
        return self.check.passed

    def lines(self) -> list[str]:
        """The line of the report and, below it, each assertion that failed."""
        word = "pass" if self.passed else "FAIL"
        head = f"{self.case.number}  {word}  {self.check.made:5d} assertions {self.seconds:6.1f} s  {self.case.title}"
        if self.check.figures:
            head += f" ({'; '.join(self.check.figures)})"
        shown = [f"       - {text}" for text in self.check.failed[:MOST_SHOWN]]
        if len(self.check.failed) > MOST_SHOWN:
            shown.append(f"       - and {len(self.check.failed) - MOST_SHOWN} more")
        if self.check.missing_roles:
            shown.append(f"       - nothing was asserted for: {', '.join(sorted(self.check.missing_roles))}")
        if not self.check.made:
            shown.append("       - nothing was asserted")
        return [head, *shown]


def together(function: Callable, values: Iterable, *, at_once: int = 3) -> list:
    """Call a function for several roles (or other values) at the same time; return the results in order.

    Only for what asks over HTTP: each thread of ours would open a database connection of its own.
    """
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(function, values))


def case(number: str, title: str, *, roles: tuple[str, ...] = ()):
    """Register a function as a case; it takes the stage and a `Check`."""

    def register(function):
        if number in CASES:
            raise ValueError(f"{number} is registered twice")
        CASES[number] = Case(number, title, roles, function)
        return function

    return register


def run(chosen: Case, stage) -> Outcome:
    """Run one case; whatever it raises counts as a failed assertion."""
    check, began = Check(roles=chosen.roles), monotonic()
    try:
        chosen.function(stage, check)
    except Exception as error:  # noqa: BLE001  a case that breaks is a case that fails; the others go on
        place = traceback.extract_tb(error.__traceback__)[-1]
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if "/abuse/" in frame.filename]
        where = f"{own[-1].filename.rsplit('/', 1)[-1]}:{own[-1].lineno}" if own else place.filename
        check.failed.append(f"the case broke at {where}: {type(error).__name__}: {str(error)[:300]}")
    return Outcome(chosen, check, monotonic() - began)
