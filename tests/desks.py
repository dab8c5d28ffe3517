"""What a person's desk holds, for tests of the rooms that bring something to it."""

from collections.abc import Iterable

from django.utils import timezone

from tests.city import fresh
from workflows.dashboard import queue_screen, work_queue


def rows_for(user, kinds: Iterable[str] = work_queue.WORK) -> list[queue_screen.Row]:
    """Return the rows of some kinds in the work queue of a person, group by group."""
    return [
        row
        for group in queue_screen.groups_of(work_queue.Scope(fresh(user), timezone.now()), kinds)
        for row in group.rows
    ]
