"""What a new release brings to a portal that stands, as `migrate` has ended: rows that its rooms ship.

A room registers a step (`register_step`, from `AppConfig.ready`). A step adds what is missing and leaves what people
changed; on an empty portal it does nothing: that is filled by `setup_portal`. Safe to run again.
"""

from collections.abc import Callable

_steps: list[Callable[[], list[str]]] = []


def register_step(step: Callable[[], list[str]]) -> None:
    """Register a step; `step()` returns what it added, a line each."""
    if step not in _steps:
        _steps.append(step)


def run_steps() -> list[str]:
    """Run every step; return what they added."""
    return [line for step in _steps for line in step()]
