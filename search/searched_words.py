"""What the page of a search lets the browser say of it, so that it can be counted (`searched.py`)."""

from dataclasses import dataclass

from base.public.usage.counted import PLACE
from base.public.usage.words import FOUND, NOTHING

from .results import Found


@dataclass(frozen=True)
class SearchedWords:
    """The words, what became of them, and where that is said."""

    words: str
    kind: str
    place: str = PLACE


def words_of(found: Found) -> SearchedWords | None:
    """Return what is said of the first page of a search; None for its other pages and for results that are narrowed."""
    if found.is_narrowed or found.sort or (found.paging is not None and found.paging.number > 1):
        return None
    return SearchedWords(found.query, FOUND if found.total and not found.instead else NOTHING)
