"""Words that mean the same (từ đồng nghĩa, chữ viết tắt), and how a query is asked with them.

1. `Equivalents` holds phrases, each with what is said instead of it; what they are is data of a room above.
2. `Equivalents.wanted` reads a query: a phrase of it becomes one term, for which any of its equivalents will do; every
   other word stays the term that it is (`analysis.query_terms`).
3. `Wanted.readings` are the query said otherwise, for what is looked for by words of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .analysis import query_terms, typed_terms

# More ways to say a query than these are not tried.
MOST_READINGS = 4
# Of one phrase.
MOST_EQUIVALENTS = 8

Terms = list[list[str]]


@dataclass(frozen=True)
class Wanted:
    """What a query asks for: `exact`: as it is spelt, `near`: in any spelling; `readings`: the query said otherwise.

    AND between terms, OR inside one. An alternative of several tokens has blanks between them: all of them stand for
    it. `in_text`, `near_in_text`: as `exact` and `near`, without what means the same in several words: in a long text
    these may stand far from each other and mean something else.
    """

    exact: Terms
    near: Terms
    in_text: Terms
    near_in_text: Terms
    readings: tuple[str, ...] = ()


def wanted(query: str) -> Wanted:
    """Return what the words of a query ask for by themselves."""
    terms = query_terms(query)
    exact = [words[:1] for words in terms]
    return Wanted(exact, terms, exact, terms)


@dataclass(frozen=True)
class _Phrase:
    """A phrase, each word as it is spelt and without marks, and the texts that mean the same."""

    words: tuple[tuple[str, str], ...]
    others: list[str] = field(default_factory=list)

    def stands_at(self, terms: Terms) -> bool:
        """Tell whether the first terms of a list are the phrase; a word typed without marks may have any."""
        return len(terms) >= len(self.words) and all(
            term[0] == spelt or (len(term) == 1 and term[0] == folded)
            for term, (spelt, folded) in zip(terms, self.words, strict=False)
        )


class Equivalents:
    """Phrases that mean the same.

    `rows`: (phrase, what it means, whether those mean the phrase as well); the phrases of a row are plain texts.

    Example: with ("sổ đỏ", ["giấy chứng nhận quyền sử dụng đất"], True) the query "làm sổ đỏ" asks for «làm» and for
    either «sổ đỏ» or all words of the other name.
    """

    def __init__(self, rows: Iterable[tuple[str, Iterable[str], bool]] = ()):
        self._phrases: dict[str, list[_Phrase]] = {}
        for phrase, means, is_both_ways in rows:
            means = [text for text in means if text.strip()]
            self._add(phrase, means)
            for text in means if is_both_ways else ():
                self._add(text, [phrase, *(other for other in means if other != text)])
        for known in self._phrases.values():
            known.sort(key=lambda phrase: -len(phrase.words))

    def _add(self, text: str, others: list[str]) -> None:
        words = tuple((term[0], term[-1]) for term in query_terms(text))
        if not words:
            return
        known = self._phrases.setdefault(words[0][1], [])
        phrase = next((phrase for phrase in known if phrase.words == words), None)
        if phrase is None:
            phrase = _Phrase(words)
            known.append(phrase)
        phrase.others.extend(other for other in others if other not in phrase.others)
        del phrase.others[MOST_EQUIVALENTS:]

    def wanted(self, query: str) -> Wanted:
        """Return what the words of a query ask for, with what means the same; the longest phrases first."""
        pieces = typed_terms(query)
        terms = [term for _typed, term in pieces]
        exact, near, in_text, near_in_text, readings, place = [], [], [], [], [], 0
        while place < len(terms):
            phrase = self._at(terms, place)
            if phrase is None:
                exact.append(terms[place][:1])
                in_text.append(terms[place][:1])
                near.append(terms[place])
                near_in_text.append(terms[place])
                place += 1
                continue
            end = place + len(phrase.words)
            ways = [query_terms(other) for other in phrase.others]
            spelt = [_joined(terms[place:end], 0), *(_joined(way, 0) for way in ways)]
            folded = [_joined(way, -1) for way in (terms[place:end], *ways)]
            exact.append(list(dict.fromkeys(spelt)))
            near.append(list(dict.fromkeys([*spelt, *folded])))
            in_text.append(_in_text(spelt))
            near_in_text.append(_in_text(spelt, folded))
            before, after = _text(pieces[:place]), _text(pieces[end:])
            readings += [" ".join(filter(None, (before, other, after))) for other in phrase.others]
            place = end
        return Wanted(exact, near, in_text, near_in_text, tuple(readings[:MOST_READINGS]))

    def _at(self, terms: Terms, place: int) -> _Phrase | None:
        known = self._phrases.get(terms[place][-1], ())
        return next((phrase for phrase in known if phrase.stands_at(terms[place:])), None)


def _joined(terms: Terms, spelling: int) -> str:
    """Return one alternative of several tokens; `spelling`: 0 as typed, -1 without marks."""
    return " ".join(term[spelling] for term in terms)


def _in_text(*spellings: list[str]) -> list[str]:
    """Return of each list of alternatives the first, which was typed, and those of one token."""
    found = [way for ways in spellings for place, way in enumerate(ways) if not place or " " not in way]
    return list(dict.fromkeys(found))


def _text(pieces: list[tuple[str, list[str]]]) -> str:
    return " ".join(typed for typed, _term in pieces)
