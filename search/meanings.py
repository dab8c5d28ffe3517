"""What readers mean by what they type: the words that mean the same, as editors keep them, for one search.

They are kept between requests until something changes on the city's site: what readers see changes by two persons
(`workflows.publishing.record_changes`), which raises the generations of all sites.
"""

from functools import lru_cache

from base.public.site_cache import homes_of, memory_of
from base.queries import sql
from vietnam.equivalents import Equivalents

MEMORY_KEY = "equivalents"


def known(request=None) -> Equivalents:
    """Return the words that mean the same; one query when the city has changed, and inside a transaction."""
    memory = memory_of(request)
    if memory is None:
        return _read()
    found = memory.get(MEMORY_KEY)
    return found if found is not None else memory.keep(MEMORY_KEY, _read(), [homes_of(memory).city])


def _read() -> Equivalents:
    rows = sql.read("SELECT phrase, means, is_both_ways FROM search_equivalent WHERE is_active ORDER BY id")
    return _made(tuple(map(tuple, rows)))


# Other things change on the city's site more often than these words.
@lru_cache(maxsize=1)
def _made(rows: tuple[tuple[str, str, bool], ...]) -> Equivalents:
    return Equivalents((phrase, means.splitlines(), bool(is_both_ways)) for phrase, means, is_both_ways in rows)
