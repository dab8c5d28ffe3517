"""What is found in the register by words, from its own index.

1. Words typed with marks are looked for as they are spelt, then in any spelling; each time first in number, type,
   subject and issuer, then in the text.
2. Each of these looks takes the newest documents, and the search ends with the look that fills the measure: the price
   of a common word is that of a few hundred documents, however many hold it.
"""

from dataclasses import dataclass

from django.db.models import Q

from vietnam.analysis import query_terms

from .models.entry import RegisterEntry

# Found beyond this many is not counted: "hơn 1.000 văn bản".
MOST_FOUND = 1000
EXACT_IN_TITLE, EXACT, NEAR_IN_TITLE, NEAR = range(4)


@dataclass(frozen=True)
class Found:
    """Documents by key with the look that found them, the best first; `is_cut` when there are more than these."""

    looks: dict[int, int]
    is_cut: bool = False


def find(query: str, condition: Q | None = None, *, most: int = MOST_FOUND) -> Found:
    """Return the documents whose entries fulfil a condition and hold every word of a query: at most four queries."""
    terms = query_terms(query)
    if not terms:
        return Found({})
    exact = [words[:1] for words in terms]
    looks = [(EXACT_IN_TITLE, Q(title__holds=exact)), (EXACT, Q(words__holds=exact))]
    if exact != terms:
        looks += [(NEAR_IN_TITLE, Q(title__holds=terms)), (NEAR, Q(words__holds=terms))]
    found: dict[int, int] = {}
    for look, holds in looks:
        entries = RegisterEntry.objects.filter(condition or Q(), holds).order_by("-issued_on", "-document_id")
        for key in entries.values_list("document_id", flat=True)[: most + 1]:
            found.setdefault(key, look)
        if len(found) > most:
            return Found(dict(list(found.items())[:most]), is_cut=True)
    return Found(found)
