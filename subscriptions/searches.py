"""The searches that are followed, found by the words of what changed: each distinct one is read and analysed once.

A search that hundreds follow is one key (`following.py`), and a text is compared only with those of which it has the
rarest-looking word. So what one change costs does not rise with the number of searches that it does not answer.
"""

from collections.abc import Iterable

from django.db.models import Min

from vietnam.analysis import query_terms

from .following import SEARCH
from .models import Subscription

# One list of alternatives a term, as `query_terms` gives them.
Terms = list[list[str]]


class FollowedSearches:
    """The searches that count at the moment of their first use; what is confirmed later hears of later changes."""

    def __init__(self):
        self._by_word: dict[str, list[tuple[str, Terms]]] | None = None

    def answered_by(self, words_there: set[str], sites: Iterable[int]) -> list[str]:
        """Return the keys of the searches in the whole city or on some sites that a text with these tokens answers."""
        if self._by_word is None:
            self._by_word = _read()
        places = tuple(f"{SEARCH}-{site}-" for site in (0, *sites))
        found = {
            key
            for word in words_there & self._by_word.keys()
            for key, terms in self._by_word[word]
            if key.startswith(places) and all(any(one in words_there for one in term) for term in terms)
        }
        return sorted(found)


def _read() -> dict[str, list[tuple[str, Terms]]]:
    """Return the followed searches by one of their words, in every form in which a text may have it."""
    found = Subscription.objects.counting().filter(followed__startswith=f"{SEARCH}-")
    first = found.values("followed").annotate(first=Min("pk")).values("first")
    by_word: dict[str, list[tuple[str, Terms]]] = {}
    for key, words in Subscription.objects.filter(pk__in=first).values_list("followed", "words"):
        if terms := query_terms(words):
            # Long words are in fewer texts; those of one letter or two are in nearly all.
            for word in max(terms, key=lambda term: len(term[0])):
                by_word.setdefault(word, []).append((key, terms))
    return by_word
