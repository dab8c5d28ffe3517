"""In which order the search shows what it found: documents, services, pages, units and people in one list.

1. A document whose number was typed stands first.
2. Then the units and people asked for by name, and the services, documents and pages whose names have the words one
   after the other: some of each lead.
3. Services and documents whose names have all the words, but apart from each other, follow those.
4. All other exact matches by turns, each sort in its own order: a service, a page, a document, a unit.
5. What matches only after folding comes last, by turns as well.
Or by day, the newest first, whatever it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import NamedTuple

from .facets import Row

# How many services, documents and pages lead for their name.
LEADING = 5

DOCUMENT, SERVICE, PAGE, CONTACT = "document", "service", "page", "contact"


class Slot(NamedTuple):
    """A place in the list: what stands there, by its key."""

    source: str
    key: int
    is_exact: bool = True


@dataclass
class Sort:
    """What was found of one sort, the best first; `exact`: the exact matches, `leading`: those that lead.

    `apart`: those of `leading` whose names have the words apart from each other.
    """

    source: str
    keys: list[int]
    exact: set[int]
    leading: list[int] = field(default_factory=list)
    apart: frozenset[int] = frozenset()

    def slots(self, *, is_exact: bool) -> list[Slot]:
        """Return the slots of what does not lead."""
        rest = (key for key in self.keys if key not in self._led and (key in self.exact) == is_exact)
        return [Slot(self.source, key, is_exact) for key in rest]

    def __post_init__(self):
        self._led = set(self.leading)


def arrange(sorts: Mapping[str, Sort], *, is_number: bool = False) -> list[Slot]:
    """Return the slots of everything found. `is_number`: the documents were found by the number typed."""
    called = (DOCUMENT, CONTACT, SERVICE, PAGE) if is_number else (CONTACT, SERVICE, DOCUMENT, PAGE)
    named = [Slot(source, key) for source in called if source in sorts for key in sorts[source].leading]
    # Sorting is stable.
    lead = sorted(named, key=lambda slot: slot.key in sorts[slot.source].apart)
    turns = [sorts[source] for source in (SERVICE, PAGE, DOCUMENT, CONTACT) if source in sorts]
    exact = by_turns(*(sort.slots(is_exact=True) for sort in turns))
    near = by_turns(*(sort.slots(is_exact=False) for sort in turns))
    return [*lead, *exact, *near]


def newest_first(rows: Iterable[Row]) -> list[Slot]:
    """Return the slots of everything found, the newest day first; what has no day comes last."""
    return [Slot(row.source, row.key) for row in sorted(rows, key=lambda row: row.day, reverse=True)]


def by_turns(*lists: Iterable) -> list:
    """Return the first of each list, then the second of each: ([1, 2, 3], [4]) -> [1, 4, 2, 3]."""
    return [item for turn in zip_longest(*lists) for item in turn if item is not None]
