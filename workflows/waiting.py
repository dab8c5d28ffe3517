"""What waits for a person in the rooms above: each room says how it finds it, and the queue shows it.

`register` is called from `AppConfig.ready`; `groups_for` is what the screen "Chờ duyệt" asks.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: its name, the address of its screen, and a few words on what is wanted."""

    name: str
    address: str
    note: str = ""


_found_by: dict[str, Callable[[object], list[Waiting]]] = {}


def register(heading: str, find: Callable[[object], list[Waiting]]) -> None:
    """Let the queue show, under a heading, what `find` returns for the user it is given."""
    _found_by[heading] = find


def groups_for(user) -> list[tuple[str, list[Waiting]]]:
    """Return what waits for a user in the rooms above, by heading; headings without anything are left out."""
    found = ((heading, find(user)) for heading, find in _found_by.items())
    return [(heading, rows) for heading, rows in found if rows]
