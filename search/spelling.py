"""What a reader meant who typed with a slip, or on a keyboard that was not switched to Vietnamese.

1. Each word has candidates: itself, what its keys spell (`vietnam.keyboards`), and words that public things are called
   by and that differ by one letter, two letters exchanged or one sound that is written in two ways; a word typed
   without its blank may be two.
2. The candidates of all words make ways through the query; the best one costs the fewest slips and has words that stand
   beside each other in public titles and summaries (`known_words.py`).
3. `meant` returns the query by that way, or "" when it is what was typed. Two queries, however long it is.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from math import log

from base.queries import sql
from vietnam import keyboards
from vietnam.analysis import WORD, clean
from vietnam.text import fold, has_diacritics, nfc, unify_tone_placement

# A number of a document is no word with a slip.
NUMBER = re.compile(r"\d\s?[/-]|[/-]\s?\d")
# A query with more words says enough by itself.
MOST_WORDS = 8
MOST_CANDIDATES = 10
# How many words are tried to be left out, one at a time.
MOST_LEFT_OUT = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# What a slip costs, against the logarithm of how often words are seen.
SOUND, NEIGHBOUR, EXCHANGED, ANY, UNKNOWN = 1.5, 2.0, 2.0, 3.0, 4.5
# More, for a word that is known as it was typed.
IS_KNOWN = 1.5
OFTEN, TOGETHER = 0.25, 1.0
# For two words that were ever seen beside each other.
SEEN = 2.0
# Sounds that are written in two ways, or said alike in many places: at the beginning and at the end of a word.
BEGINNINGS = ("s x", "ch tr", "d gi", "d r", "d v", "gi r", "l n", "c k", "g gh", "ng ngh", "v z", "d z", "ph f")
ENDINGS = ("n ng", "n nh", "t c", "i y")
_WAYS = [
    (re.compile(pattern.format(one)), other)
    for pattern, pairs in (
        ("^{}(?=[aeiouy])", BEGINNINGS),
        ("(?<=[aeiouy]){}$", ENDINGS),
        ("^([^aeiouy]*){}$", ("i y",)),
    )
    for pair in pairs
    for one, other in (pair.split(), pair.split()[::-1])
]


@dataclass(frozen=True)
class _Candidate:
    """A way to read a word: without marks, two words with a blank; what the slip costs, how often it is seen."""

    words: str
    cost: float
    count: int = 0
    spellings: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        return OFTEN * log(1 + self.count) - self.cost


def meant(query: str) -> str:
    """Return the query without its slips, in the marks of what is known; "" when nothing better is known."""
    typed = [unify_tone_placement(word) for word in WORD.findall(nfc(clean(query)).lower())]
    if not 0 < len(typed) <= MOST_WORDS or NUMBER.search(query):
        return ""
    decoded = [keyboards.decode(word) for word in typed]
    wanted = [_costs(fold(keys or word)) for word, keys in zip(typed, decoded, strict=True)]
    for word, keys, costs in zip(typed, decoded, wanted, strict=True):
        if keys:
            costs.setdefault(fold(word), SOUND)
    known = _known({word for costs in wanted for word in costs})
    if moved := _blank_moved([next(iter(costs)) for costs in wanted], known):
        return meant(moved) or moved
    slots = [_candidates(costs, known) for costs in wanted]
    together = _known({_pair(one, two) for some, more in pairwise(slots) for one in some for two in more})
    way = _best(slots, together)
    words = [
        _spelt(word, keys, way, place, together) for place, (word, keys) in enumerate(zip(typed, decoded, strict=True))
    ]
    text = " ".join(words)
    if not has_diacritics(query) and not any(decoded):
        text = fold(text)
    return "" if unify_tone_placement(text) == " ".join(typed) else text


def knows(query: str) -> bool:
    """Tell whether public things are called by every word of a query; one query."""
    words = {fold(word) for word in WORD.findall(nfc(query).lower())}
    return len(_known(words)) == len(words)


def shortened(query: str) -> list[str]:
    """Return a query of several words without those that nothing public is called by, then without one word each.

    The word that tells least is left out first: the most frequent. Of two words none is: one alone tells too little.
    Nor is any where no word of the query is known, as before the words are counted for the first time: nothing says
    then which of them is the slip. One query.
    """
    words = query.split()
    if not 2 < len(words) <= MOST_WORDS:
        return []
    known = _known({fold(word.lower()) for word in words})
    if not known:
        return []
    counts = [known.get(fold(word.lower()), (0,))[0] for word in words]
    least = sorted(range(len(words)), key=lambda place: -counts[place])[:MOST_LEFT_OUT]
    without_unknown = " ".join(word for word, count in zip(words, counts, strict=True) if count)
    return [without_unknown, *(" ".join(words[:place] + words[place + 1 :]) for place in least)]


def _blank_moved(words: list[str], known) -> str:
    """Return the query with a blank where it belongs, "" where none was moved: "xayd ung" -> "xay dung"."""
    for place, (one, two) in enumerate(pairwise(words)):
        if one in known and two in known:
            continue
        joined = one + two
        ways = _known({f"{joined[:at]} {joined[at:]}" for at in range(1, len(joined))})
        if ways:
            best = max(ways, key=lambda way: ways[way][0])
            return " ".join([*words[:place], ways[best][1][0], *words[place + 2 :]])
    return ""


def _costs(word: str) -> dict[str, float]:
    """Return what a word without marks may have been meant as, with the cost of the slip."""
    costs = {word: 0.0}

    def add(other: str, cost: float) -> None:
        if other and cost < costs.get(other, UNKNOWN):
            costs[other] = cost

    for pattern, other in _WAYS:
        if pattern.search(word):
            add(pattern.sub(lambda match, other=other: (match[1] if match.re.groups else "") + other, word), SOUND)
    if len(word) < 3 or not word.isalpha():
        return costs
    for place in range(len(word)):
        head, letter, tail = word[:place], word[place], word[place + 1 :]
        add(head + tail, ANY)
        if tail:
            add(head + tail[0] + letter + tail[1:], EXCHANGED)
        for other in LETTERS:
            add(head + other + tail, NEIGHBOUR if other in _BESIDE[letter] else ANY)
            add(head + other + letter + tail, ANY)
        if place:
            add(f"{head} {letter}{tail}", SOUND)
    for other in LETTERS:
        add(word + other, ANY)
    return costs


def _beside() -> dict[str, set[str]]:
    """Return for each letter those whose keys are next to its own."""
    places = {letter: (row, column + row * 0.5) for row, keys in enumerate(ROWS) for column, letter in enumerate(keys)}
    return {
        one: {
            two
            for two, (row, column) in places.items()
            if two != one and abs(row - places[one][0]) <= 1 and abs(column - places[one][1]) <= 1
        }
        for one in places
    }


_BESIDE = _beside()


def _known(words: set[str]) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return how often words are seen, and how they are spelt, of those that are known: one query."""
    if not words:
        return {}
    rows = sql.read(
        f"SELECT words, count, spellings FROM search_knownword WHERE words IN {sql.places(sorted(words))}",
        sorted(words),
    )
    return {
        words: (count, (spellings,) if " " in words else tuple(spellings.split())) for words, count, spellings in rows
    }


def _candidates(costs: dict[str, float], known) -> list[_Candidate]:
    """Return the best ways to read one word; as it was typed among them."""
    typed = next(iter(costs))
    more = IS_KNOWN if typed in known else 0.0
    found = [
        _Candidate(word, cost + more if word != typed else 0.0, *known[word])
        for word, cost in costs.items()
        if word in known
    ]
    found = sorted(found, key=lambda one: -one.value)[:MOST_CANDIDATES]
    if all(one.words != typed for one in found):
        found.append(_Candidate(typed, 0 if typed in known else UNKNOWN, *known.get(typed, ())))
    return found


def _best(slots: list[list[_Candidate]], together) -> list[_Candidate]:
    """Return the way of the highest value: one candidate of each slot."""
    ways = [(one.value, [one]) for one in slots[0]]
    for slot in slots[1:]:
        further = []
        for one in slot:
            values = [value + TOGETHER * _often(_pair(way[-1], one), together) for value, way in ways]
            best = max(range(len(ways)), key=values.__getitem__)
            further.append((values[best] + one.value, [*ways[best][1], one]))
        ways = further
    return max(ways, key=lambda found: found[0])[1]


def _often(words: str, together) -> float:
    return SEEN + log(1 + together[words][0]) if words in together else 0.0


def _pair(one: _Candidate, two: _Candidate) -> str:
    """Return the two words that stand beside each other where two candidates do."""
    return f"{one.words.rpartition(' ')[2]} {two.words.partition(' ')[0]}"


def _spelt(typed: str, keys: str, way: list[_Candidate], place: int, together) -> str:
    """Return a word of the way with marks: as typed, as its keys spell it, else as beside its neighbours."""
    one = way[place]
    if one.words == fold(typed) and not keys:
        return typed
    if keys and one.words == fold(keys) and (keys in one.spellings or not one.spellings):
        return keys
    if " " in one.words or not one.spellings:
        return one.spellings[0] if one.spellings else one.words
    for pair, part in (
        (_pair(one, way[place + 1]) if place + 1 < len(way) else "", 0),
        (_pair(way[place - 1], one) if place else "", 1),
    ):
        if pair in together:
            return together[pair][1][0].split()[part]
    return one.spellings[0]
