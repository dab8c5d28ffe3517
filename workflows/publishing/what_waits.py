"""The kinds of approval of this room that wait (`waiting`), in the order in which they are locked and released."""

from . import arrangement, file_changes, record_changes, reviews, schedules, takedown
from .bundles import stops


def register() -> None:
    """Register them; called once, from `WorkflowsConfig.ready`."""
    for module in (stops, arrangement, takedown, schedules, reviews, record_changes, file_changes):
        module.register_what_waits()
