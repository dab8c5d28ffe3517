"""How common some words are among the documents of the register, told from a few hundred of them.

PostgreSQL keeps statistics of single words; that the same documents hold several of them it does not know.
"""

from collections.abc import Sequence
from functools import reduce
from operator import and_
from time import monotonic

from ..models.entry import RegisterEntry

SIZE = 500
# After this long a sample is taken anew: what documents speak of changes slowly.
SECONDS = 3600

_cached: tuple[float, dict[str, dict[str, int]], int] = (0.0, {}, 0)


def share(column: str, terms: list[list[str]], keys: Sequence[int]) -> float:
    """Return which part of the documents holds every term in "title" or "words": 0.25 for a quarter of them.

    `keys`: a register, of which the sample is taken; one query now and then, else none.
    """
    holders, size = _sample(keys)
    found = (1 << size) - 1
    for words in terms:
        either = 0
        for alternative in words:
            either |= reduce(and_, (holders[column].get(word, 0) for word in alternative.split()))
        found &= either
    return found.bit_count() / max(1, size)


def _sample(keys: Sequence[int]) -> tuple[dict[str, dict[str, int]], int]:
    """For "title" and "words" the documents of the sample that hold each token, as bits; how many documents it has."""
    global _cached
    taken, holders, size = _cached
    if not size or monotonic() - taken > SECONDS:
        holders, size = _take(keys[:: max(1, len(keys) // SIZE)])
        _cached = (monotonic(), holders, size)
    return holders, size


def _take(keys: Sequence[int]) -> tuple[dict[str, dict[str, int]], int]:
    rows = RegisterEntry.tokens_of(keys)
    holders: dict[str, dict[str, int]] = {"title": {}, "words": {}}
    for place, (title, words) in enumerate(rows):
        for held, tokens in zip(holders.values(), (title, words), strict=True):
            for token in tokens:
                held[token] = held.get(token, 0) | 1 << place
    return holders, len(rows)
