"""Which pages follow another as its aliases: mirrored trees have them, others hardly ever; asked once in an action."""

from collections.abc import Iterable

from . import sql
from .known_rows import known_once


def aliases_of(keys: Iterable[int]) -> dict[int, bool]:
    """Return the aliases of some pages, given by their keys: {key: is it public}; one query.

    An action neither makes nor ends one; which of them are public it says itself (`BasePage.update_aliases`).
    """
    keys = sorted(set(keys))
    return known_once(("aliases", *keys), lambda: _aliases_of(keys)) if keys else {}


def _aliases_of(keys: list[int]) -> dict[int, bool]:
    # Not in order: SQLite would go through all pages by their keys, because hardly any is an alias.
    return dict(sql.read(f"SELECT id, live FROM wagtailcore_page WHERE alias_of_id IN {sql.places(keys)}", keys))
