"""What is found in the register by words, from its own index.

1. Words typed with marks are looked for as they are spelt, then in any spelling; each time first in number, type,
   subject and issuer, then in the text, where what means the same in several words comes with any spelling.
2. Each of these looks takes the newest documents, and the search ends with the look that fills the measure.
3. A sample of the register tells how common the words are (`word_frequency.py`). For rare ones all looks are one
query; for
   others a look goes no further back than it must. So the price is that of the documents found, however many there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from django.db import connection

from base.queries import sql
from vietnam import equivalents
from vietnam.equivalents import Wanted

from ..models.entry import NO_DATE, holding, marks_of_months
from .facet_index import Part
from .word_frequency import share

# Found beyond this many is not counted: "hơn 500 văn bản".
MOST_FOUND = 500
EXACT_IN_TITLE, EXACT, NEAR_IN_TITLE, NEAR = range(4)
# Words that fewer than 1/FEW of the wanted number of documents hold are looked for at once.
FEW = 5
# A look reaches back until MARGIN times the wanted number of documents is expected.
MARGIN = 1.4
# Where it would reach back to more than this part of the documents, it takes all.
NEARLY_ALL = 0.7
# In an order that no index has: PostgreSQL would go through the newest documents until enough hold the words, and does
# not know that unpacking the words of each costs more than asking the index of words.
NEWEST_FIRST = f"{{greatest}}(issued_on, '{NO_DATE.isoformat()}') DESC, document_id DESC"


@dataclass(frozen=True)
class Found:
    """Documents by key with the look that found them, the best first; `is_cut` when there are more than these.

    `facts`: what was wanted along with each.
    """

    looks: dict[int, int]
    is_cut: bool = False
    facts: dict[int, tuple] = field(default_factory=dict)


def find(
    query: str, part: Part, *, most: int = MOST_FOUND, wanted: Wanted | None = None, along: Sequence[str] = ()
) -> Found:
    """Return the documents of a part of the register that hold every word of a query.

    One query for rare words, else at most four, and one more for a look that reached back not far enough. `wanted`:
    what the query asks for with words that mean the same; without it its own words alone. `along`: columns of the
    entries that are wanted of each document too.
    """
    wanted = wanted or equivalents.wanted(query)
    exact, terms = wanted.exact, wanted.near
    if not terms or not part.bits:
        return Found({})
    looks = [(EXACT_IN_TITLE, "title", exact), (EXACT, "words", wanted.in_text)]
    if exact != terms:
        looks.append((NEAR_IN_TITLE, "title", terms))
    if wanted.in_text != wanted.near_in_text:
        looks.append((NEAR, "words", wanted.near_in_text))
    found: dict[int, int] = {}
    facts: dict[int, tuple] = {}
    if _expected(part, "words", terms, most) < most / FEW:
        found = _all_looks(part, looks, most, along, facts)
        if len(found) <= most:
            return Found(found, facts=facts)
        found = {}
    for look, column, asked in looks:
        months = _months(part, column, asked, most)
        rows = _entries(part, column, [*asked, months], most, along) if months else []
        if len(rows) <= most:
            rows = _entries(part, column, asked, most, along)
        for key, *known in rows:
            found.setdefault(key, look)
            facts[key] = tuple(known)
        if len(found) > most:
            return Found(dict(list(found.items())[:most]), is_cut=True, facts=facts)
        if part.is_within(found):
            break
    return Found(found, facts=facts)


def _expected(part: Part, column: str, wanted: list[list[str]], most: int) -> float:
    """Return how many documents hold the words, as far as can be told: of a small part, all of it."""
    return part.count if part.count < most / FEW else part.count * share(column, wanted, part.index.keys)


def _all_looks(part: Part, looks: list[tuple], most: int, along: Sequence[str], facts: dict) -> dict[int, int]:
    """Return the documents that hold the words with the look that finds each, the best first; at most one too many.

    What is wanted `along` with each is put into `facts`.
    """
    _look, column, widest = looks[-1]
    answers, wanted = zip(*(holding(column, terms) for _look, column, terms in looks[:-1]), strict=True)
    found = {}
    for key, *known in _entries(part, column, widest, most, [*along, *answers], wanted):
        held = known[len(along) :]
        found[key] = next((looks[at][0] for at, holds in enumerate(held) if holds), looks[-1][0])
        facts[key] = tuple(known[: len(along)])
    # Sorting is stable: among equals the newest stays first.
    return dict(sorted(found.items(), key=itemgetter(1)))


def _months(part: Part, column: str, wanted: list[list[str]], most: int) -> list[str]:
    """Return the marks of the months in which a look finds enough, as far as can be told; none to look everywhere."""
    needed, expected = MARGIN * most, _expected(part, column, wanted, most)
    if expected * NEARLY_ALL <= needed:
        return []
    return marks_of_months(part.issued_at(int(part.count * needed / expected)), part.issued_at(0))


def _entries(part: Part, column: str, wanted: list[list[str]], most: int, answers=(), parameters=()) -> list[tuple]:
    """The keys of the entries of a part that hold the words in a column, the newest first, one more than the most.

    With each what `answers` ask of it, columns and written conditions with their `parameters`.
    """
    holds, words = holding(column, [*wanted, *part.marks])
    newest_first = NEWEST_FIRST.format(greatest="GREATEST" if connection.vendor == "postgresql" else "MAX")
    return sql.read(
        f"SELECT {', '.join(['document_id', *answers])} FROM legalref_registerentry "
        f"WHERE {holds} AND {part.condition} ORDER BY {newest_first} LIMIT {most + 1}",
        [*parameters, words, *part.parameters],
    )
