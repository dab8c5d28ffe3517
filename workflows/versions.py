"""A version as an object, made once in an action: building it costs a dozen queries, and an approval looks at it five
times.

What holds (`versions_held`) only reads the objects: they are shared by all that ask for the same version inside.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from wagtail.models import Revision

_held: ContextVar[dict | None] = ContextVar("held versions", default=None)


@contextmanager
def versions_held() -> Iterator[None]:
    """Make each version once for all that is asked inside; nests. For what changes no row that a version is made
    with."""
    if _held.get() is not None:
        yield
        return
    token = _held.set({})
    try:
        yield
    finally:
        _held.reset(token)


def version_of(revision: Revision):
    """Return a page or record as one version has it."""
    held = _held.get()
    if held is None:
        return revision.as_object()
    if revision.pk not in held:
        held[revision.pk] = revision.as_object()
    return held[revision.pk]


def once_for(obj, name: str, read, *, anew: bool = False):
    """Return what `read(obj)` gives, read once for an object while versions are held. For what only reads.

    `anew`: read it again, for what has just been locked.
    """
    held = _held.get()
    if held is None:
        return read(obj)
    key = (name, id(obj))
    if anew or key not in held:
        # With the object, so that no other one gets its number meanwhile.
        held[key] = (obj, read(obj))
    return held[key][1]


def newest_of(obj):
    """Return a page or record as its newest version has it; where it has none, as it is stored."""
    if _held.get() is None or obj.latest_revision_id is None:
        return obj.get_latest_revision_as_object()
    return version_of(obj.latest_revision)
