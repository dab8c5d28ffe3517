"""What the words of a query find in the index: the best first, for the same price however much there is.

1. Words are looked for four times at most: as they are spelt in the title, as they are spelt anywhere, in any spelling
   in the title, in any spelling anywhere; what means the same in several words is looked for in titles alone. Each
   look takes those that became public last. All are one query, in which the database looks for other spellings only
   where the words as they are spelt have not filled the measure.
2. The looks are the rank; among equals a title that has the words one after the other comes first, then the newest.
3. Rows are numbered as they become public. PostgreSQL is asked among the last of them first: what is found there is
   enough for a common word, and what is not found there is no common word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from django.db import connection

from vietnam import equivalents
from vietnam.analysis import query_terms, split_words
from vietnam.equivalents import Wanted

from ...queries import sql
from .words import asked

# Found beyond this many is not counted.
MOST_FOUND = 500
# Of a look in titles, which ranks before the text.
MOST_IN_TITLE = 200
# The last rows among which PostgreSQL looks first.
LAST_ROWS = 3_000
# The mark of no site.
NOWHERE = "zznowhere"
EXACT_IN_TITLE, EXACT, NEAR_IN_TITLE, NEAR = range(4)
_COLUMNS = (
    "i.id, i.page_id, i.kind, i.site_id, i.unit_id, i.year, i.title, p.path, i.file_kinds, "
    "CAST(i.published_at AS TEXT) AS published"
)
# A row that was left behind shows nothing that is not public.
_TABLES = "base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live"


class Hit(NamedTuple):
    """A page that was found: what it is counted by, and the look that found it.

    `path`: in the tree; `file_kinds`: of the files that it shows, "pdf word"; `published`: the moment as text, in UTC,
    which is only compared.
    """

    number: int
    page_id: int
    kind: str
    site_id: int
    unit_id: int | None
    year: int | None
    title: str
    path: str
    file_kinds: str
    published: str
    look: int

    @property
    def is_exact(self) -> bool:
        """Whether it has the words as they were typed."""
        return self.look <= EXACT


@dataclass(frozen=True)
class Found:
    """Pages, the best first; `is_cut` when there are more than these."""

    hits: list[Hit]
    is_cut: bool = False


@dataclass(frozen=True)
class Where:
    """Where is looked: among rows that have one mark of each list, and that meet a written condition on `i` and `p`."""

    marks: list[list[str]]
    condition: str = ""
    parameters: Sequence = ()


def find(query: str, where: Where, *, most: int = MOST_FOUND, wanted: Wanted | None = None) -> Found:
    """Return the pages that hold every word of a query: one query.

    `wanted`: what the query asks for with words that mean the same; without it its own words alone.
    """
    wanted = wanted or equivalents.wanted(query)
    exact, near = wanted.exact, wanted.near
    if not exact:
        return Found([])
    looks = [(EXACT_IN_TITLE, "title_words", exact, MOST_IN_TITLE), (EXACT, "words", wanted.in_text, most)]
    if exact != near:
        looks.append((NEAR_IN_TITLE, "title_words", near, MOST_IN_TITLE))
    if wanted.in_text != wanted.near_in_text:
        looks.append((NEAR, "words", wanted.near_in_text, most))
    found: dict[int, Hit] = {}
    for look, *row in _looked(looks, where, most):
        if row[0] not in found:
            found[row[0]] = Hit(*row[:9], str(row[9] or ""), look)
    is_cut = len(found) > most
    newest = sorted(found.values(), key=lambda hit: (hit.published, hit.page_id), reverse=True)
    phrases = phrases_of(query, wanted)
    # Sorting is stable: among equals the newest stays first.
    return Found(sorted(newest, key=lambda hit: _rank(hit, phrases))[:most], is_cut)


def holding_any(phrases: Sequence[str], where: Where, most: int) -> list[int]:
    """Return the keys of pages that hold every word of one of some phrases, those that became public last first: one
    query."""
    conditions, parameters = [], []
    for phrase in phrases:
        if terms := query_terms(phrase):
            condition, wanted = asked("words", [*terms, *where.marks])
            conditions.append(condition)
            parameters.append(wanted)
    if not conditions:
        return []
    statement = _statement(f"({' OR '.join(conditions)}){where.condition}", "i.id DESC", most)
    return [row[1] for row in sql.read(statement, [*parameters, *where.parameters])]


def _rank(hit: Hit, phrases: list[list[str]]) -> tuple:
    return hit.look, hit.look != EXACT_IN_TITLE or not any(has_phrase(hit.title, words) for words in phrases)


def phrases_of(query: str, wanted: Wanted) -> list[list[str]]:
    """Return the words of a query, and of what means the same, as they are spelt: a list of tokens each."""
    return [[term[0] for term in query_terms(text)] for text in (query, *wanted.readings)]


def has_phrase(title: str, words: list[str], *, is_begun: bool = False) -> bool:
    """Tell whether a title has the tokens of some words one after the other, each as it is spelt or without marks.

    `is_begun`: the last of them may be the beginning of a word only.
    """
    spelt, last = _spelt(title), len(words) - 1
    for start in range(len(spelt) - len(words) + 1):
        for place, word in enumerate(words):
            known = spelt[start + place]
            if word in known or (is_begun and place == last and any(form.startswith(word) for form in known)):
                continue
            break
        else:
            return True
    return False


# Titles of public pages come again with every common word; what readers type is not kept.
_spelt = lru_cache(maxsize=4_000)(split_words)


def _looked(looks: Sequence[tuple], where: Where, most: int) -> list[tuple]:
    """Return what several looks find, each row with its look before it, those of the first look first: one query."""
    parts, parameters = {EXACT: [], NEAR: []}, []
    for look, column, terms, limit in looks:
        # Of what is spelt otherwise, nothing is looked for when the words as they are spelt are enough.
        few = "" if look <= EXACT else f" AND (SELECT COUNT(DISTINCT id) FROM spelt) <= {int(most)}"
        statement, given = _newest(column, [*terms, *where.marks], where, limit + 1, few)
        found = f"SELECT {look} AS look, look{look}.* FROM ({statement}) look{look}"
        parts[EXACT if look <= EXACT else NEAR].append(found)
        parameters += given
    others = "".join(f" UNION ALL {part}" for part in parts[NEAR])
    found = sql.read(f"WITH spelt AS ({' UNION ALL '.join(parts[EXACT])}) SELECT * FROM spelt{others}", parameters)
    # Sorting is stable: what a look found stays in its order.
    return sorted(found, key=itemgetter(0))


def _newest(column: str, terms: list[list[str]], where: Where, limit: int, few: str) -> tuple[str, list]:
    """Return what reads the rows that hold the terms and became public last, the last first, with its parameters."""
    condition, wanted = asked(column, terms, newest=0 if where.condition else limit)
    condition = f"{condition}{few}"
    if connection.vendor != "postgresql":
        return _statement(f"{condition}{where.condition}", "i.id DESC", limit), [wanted, *where.parameters]
    # In an order that no index has: PostgreSQL would go through the last rows one by one, and unpack the words of each.
    edge = f"COALESCE((SELECT id FROM base_publicitem ORDER BY id DESC LIMIT 1 OFFSET {LAST_ROWS}), 0)"
    parts = [
        _statement(f"{condition} AND i.id {side} {edge}{where.condition}", "(i.id + 0) DESC", limit)
        for side in (">", "<=")
    ]
    # The second part is not looked for when the first has enough.
    both = f"SELECT * FROM ({' UNION ALL '.join(f'({part})' for part in parts)}) found LIMIT {int(limit)}"
    return both, [wanted, *where.parameters] * 2


def _statement(condition: str, order: str, limit: int) -> str:
    return f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {condition} ORDER BY {order} LIMIT {int(limit)}"
