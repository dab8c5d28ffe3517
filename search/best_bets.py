"""The pages that editors want readers to see first for a query, kept between requests until the city's site changes.

Which of them are shown is asked of what is public now: a page taken down leaves with its take-down (`showing.py`).
"""

from collections import defaultdict

from base.public.site_cache import homes_of, memory_of
from base.queries import sql
from vietnam.analysis import query_terms

MEMORY_KEY = "best bets"
MOST = 3


def pages_for(query: str, request=None) -> list[int]:
    """Return the keys of the pages kept for a query, at most MOST; a word typed without marks may have any."""
    terms = query_terms(query)
    found = [
        page
        for wanted, page in _known(request).get(tuple(term[-1] for term in terms), ())
        if all(len(term) == 1 or term[0] == spelt for term, spelt in zip(terms, wanted, strict=True))
    ]
    return list(dict.fromkeys(found))[:MOST]


def _known(request) -> dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]]:
    """Return {the words of a query without marks: [(as they are spelt, page)]}."""
    memory = memory_of(request)
    if memory is None:
        return _read()
    found = memory.get(MEMORY_KEY)
    return found if found is not None else memory.keep(MEMORY_KEY, _read(), [homes_of(memory).city])


def _read() -> dict[tuple[str, ...], list[tuple[tuple[str, ...], int]]]:
    found = defaultdict(list)
    for queries, page in sql.read("SELECT queries, page_id FROM search_bestbet WHERE is_active ORDER BY id"):
        for line in queries.splitlines():
            if terms := query_terms(line):
                found[tuple(term[-1] for term in terms)].append((tuple(term[0] for term in terms), page))
    return dict(found)
