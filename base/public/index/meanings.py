"""What the words of a query ask for with what means the same, for every public list that is searched by words.

The words that mean the same are kept by a room above, which registers how they are read; without it a query asks for
its own words alone.
"""

from collections.abc import Callable

from vietnam import equivalents
from vietnam.equivalents import Equivalents, Wanted

_known: Callable[[object], Equivalents] | None = None


def register_equivalents(function: Callable[[object], Equivalents]) -> None:
    """Let a room above say which words mean the same: `function(request)`; called once, from `AppConfig.ready`."""
    global _known
    _known = function


def wanted(query: str, request=None) -> Wanted:
    """Return what a query asks for; no query of the database on a public request until those words change."""
    return _known(request).wanted(query) if _known else equivalents.wanted(query)


def marked(query: str, asked: Wanted) -> str:
    """Return the words to mark in what is shown: those typed, and those that mean the same."""
    return " ".join((query, *asked.readings))
