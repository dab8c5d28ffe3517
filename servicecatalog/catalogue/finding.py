"""Services found by words, as people type them: with marks or without, in whatever order, by the names in use.

1. Every word typed must begin a word of what the service is known by: code, name, description, words people use.
2. Best first: the name as typed, the words of the name together, all words in the name, everything else.
3. When no service has all the words, those that have the most of them are shown, as near ones.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from vietnam import text
from vietnam.analysis import clean

WORD = re.compile(r"\w+(?:\.\w+)*")
LONGEST_QUERY = 200
MOST_WORDS = 12
# Words of every request, without their marks: they tell nothing about which service is meant.
COMMON = frozenset(
    "toi em anh chi ong ba minh muon can xin lam giay to thu tuc ho so dich vu cong cho cua con o tai va de nao gi the "
    "a an the to of for in my how do i get apply".split()
)


# The ranks of services whose name has all the words.
IN_THE_NAME = frozenset({0, 1, 3})


@dataclass(frozen=True)
class Known:
    """What words find a service by: its key, its name as it is written, all of it without marks."""

    key: int
    name: str
    folded: str


@dataclass(frozen=True)
class Hits:
    """Keys of what was found, the best first; `is_near`: none has all the words; `named`: the name has them all."""

    keys: list[int]
    is_near: bool = False
    named: frozenset[int] = frozenset()


def words_of(query: str) -> list[str]:
    """Return the words of a query without marks: "Làm giấy khai sinh" -> ["lam", "giay", "khai", "sinh"]."""
    return WORD.findall(text.fold(clean(query[:LONGEST_QUERY])))[:MOST_WORDS]


def find(query: str, services: Iterable[Known], readings: Iterable[str] = ()) -> Hits:
    """Return what the words of a query find among services, the best first; `readings`: the query said otherwise."""
    services, words = list(services), words_of(query)
    if not words:
        return Hits([])
    ranks: dict[int, int] = {}
    for reading in (query, *readings):
        for known in services:
            rank = _rank(known, reading)
            if rank is not None:
                ranks[known.key] = min(rank, ranks.get(known.key, rank))
    if ranks:
        found = sorted(
            (ranks[known.key], text.sort_key(known.name), known.key) for known in services if known.key in ranks
        )
        named = frozenset(key for rank, _name, key in found if rank in IN_THE_NAME)
        return Hits([key for *_order, key in found], named=named)
    return Hits(_nearest(words, services), is_near=True)


def _rank(known: Known, query: str) -> int | None:
    typed, words = _asked(query)
    folded, known_words = " ".join(words), _words(known.folded)
    if not all(_has(known_words, word) for word in words):
        return None
    name = _folded(known.name)
    if typed in known.name.casefold():
        return 0
    if folded in name:
        return 1
    if folded in known.folded:
        return 2
    return 3 if all(_has(_words(name), word) for word in words) else 4


# Only the last one: what people look for is not kept.
@lru_cache(maxsize=1)
def _asked(query: str) -> tuple[str, list[str]]:
    """Return a query as it was typed, in small letters, and its words."""
    return " ".join(text.nfc(query).casefold().split()), words_of(query)


def _nearest(words: list[str], services: list[Known]) -> list[int]:
    """Those that have the most of the words that tell something, at least half of them."""
    telling = [word for word in words if word not in COMMON]
    counted = []
    for known in services:
        known_words = _words(known.folded)
        shared = sum(_has(known_words, word) for word in telling)
        if shared and 2 * shared >= len(telling):
            counted.append((-shared, text.sort_key(known.name), known.key))
    most = min(counted)[0] if counted else 0
    return [key for shared, _name, key in sorted(counted) if shared == most]


@lru_cache(maxsize=5_000)
def _words(folded: str) -> str:
    """The words of a text, each with a blank before it: a word that another one begins is found by looking once."""
    return "".join(f" {word}" for word in WORD.findall(folded))


@lru_cache(maxsize=5_000)
def _folded(name: str) -> str:
    return text.fold(name)


def _has(known_words: str, word: str) -> bool:
    return f" {word}" in known_words
