"""What Wagtail's steps of a review ask for while one of them ends, handed on by the action that holds it.

Ending a step, Wagtail reads the step that it has in its hands from its review once more, and looks twice for the step
that comes next. It can go when `TaskState.approve` of Wagtail (8.0 here) hands itself on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from wagtail.models import TaskState


@contextmanager
def steps_known(task_state: TaskState) -> Iterator[None]:
    """Let a review know the locked step by which it is moved on inside; the next one is looked for once."""
    state = task_state.workflow_state
    if state.current_task_state_id == task_state.pk:
        state.current_task_state = task_state
    state.get_next_task = cache(state.get_next_task)
    try:
        yield
    finally:
        del state.get_next_task
