"""Who is missing where: asked of the room that keeps units and their people (`home/units/staffing.py`)."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Lack:
    """A site or unit and which people it lacks."""

    name: str
    unit_id: int
    missing: tuple[str, ...] = field(default=())


_lacks: Callable[[], list[Lack]] | None = None


def register(function: Callable[[], list[Lack]]) -> None:
    """Let the room above say which sites and units lack people; called once, when it is ready."""
    global _lacks
    _lacks = function


def lacks() -> list[Lack]:
    """Return the sites and units that lack people now; nothing while no room says so."""
    return _lacks() if _lacks is not None else []
