"""The publication guard ("gate"): shut, except inside the actions that publish, take down, order or move.

Wagtail has many ways to make a page public or to remove it, and a superuser, a call without a user and
wagtail-localize pass its permission checks. So the models themselves refuse while the gate is shut
(`signal_handlers.py`), and only the process modules of `workflows` open it; a test keeps that list.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.exceptions import PermissionDenied, ValidationError

from .request_facts import note_refusal

_open_for: ContextVar[tuple[str, ...]] = ContextVar("publication_gate", default=())


class Refused(PermissionDenied):
    """A change of what is public was tried outside the approved road; the message says which road to take.

    It is noted for the audit trail where it is raised: screens that show it as a message swallow it.
    """

    def __init__(self, *args):
        super().__init__(*args)
        note_refusal("gate", str(args[0]) if args else "")


@contextmanager
def validation_as_refusal() -> Iterator[None]:
    """Turn a ValidationError into Refused with its messages, for Wagtail's screens that have no place for the first."""
    try:
        yield
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error


@contextmanager
def open_gate(action: str) -> Iterator[None]:
    """Open the gate for one action: "publish", "take_down", "arrange" or "retire".

    Called only by process modules of `workflows`; nests.
    """
    token = _open_for.set((*_open_for.get(), action))
    try:
        yield
    finally:
        _open_for.reset(token)


def is_open() -> bool:
    """Tell whether one of the permitted actions is running in this thread."""
    return bool(_open_for.get())
