"""The words that readers look for, as their browsers say them: counted like uses of pages, without saying whose.

1. The page of a search says what was asked, whether anything was found, and once whether a result was opened
   (`static/js/search_usage.js`): a POST to the place where uses are said, answered before Django (`beacon.py`).
2. A room above says which words may be counted at all (`register_words`): what may be about a person is never kept.
"""

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

from django.db.models import Model

FOUND, NOTHING, OPENED = "found", "nothing", "opened"
# What a browser says of a search: its words, and what became of them.
SENT_WORDS = re.compile(rf"tim=([\w.*%+-]{{1,300}})&loai=({FOUND}|{NOTHING}|{OPENED})", re.ASCII)
LONGEST_BODY = 330

_registered: list[tuple[Callable[[str], str], type[Model]]] = []


def register_words(countable: Callable[[str], str], *, table: type[Model]) -> None:
    """Count words in a table; called from the `AppConfig.ready` of a room above.

    `countable`: returns the words as they are counted, "" for what must not be. `table`: a model with `words`, `day`,
    `kind` and `count`, unique in the first three.
    """
    _registered.append((countable, table))


def words_in(body: str) -> tuple[str, str] | None:
    """Return (words as they are counted, what became of them) of what a browser said; None for anything else."""
    found = SENT_WORDS.fullmatch(body)
    if found is None or not _registered:
        return None
    words = _registered[0][0](unquote_plus(found[1], errors="replace"))
    return (words, found[2]) if words else None


def words_table() -> type[Model] | None:
    """Return the table in which words are counted."""
    return _registered[0][1] if _registered else None
