"""What a person's desk holds, for tests of the rooms that bring something to it."""

from collections.abc import Iterable

from django.utils import timezone

from tests.city import fresh
from workflows.dashboard import work_queue


def rows_for(user, kinds: Iterable[str] = work_queue.WORK) -> list[work_queue.Row]:
    """Return the rows of some kinds on the desk of a person, pile by pile."""
    return [
        row for pile in work_queue.piles_of(work_queue.Scope(fresh(user), timezone.now()), kinds) for row in pile.rows
    ]
