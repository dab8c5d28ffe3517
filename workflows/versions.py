"""What an action decides about is read once in it: the version as an object, the row it locked, the files it shows.

Building a version costs a dozen queries, and an approval looks at it five times, Wagtail's own steps among them.
What is held is shared by all that ask for it inside, and is only read. What is published is built anew (`unshared`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from wagtail.models import Revision, RevisionMixin

from base.locking import hold_version
from base.queries.known_rows import make_known, make_present, rows_known
from base.queries.savepoints import savepoints_left_out
from base.sites import sites_held

_held: ContextVar[dict | None] = ContextVar("held versions", default=None)


@contextmanager
def one_action() -> Iterator[None]:
    """Read sites, versions and the rows around them once for all that an action asks inside; nests.

    For what changes no row that a version is made with, and neither opens, closes nor moves a site. What fails inside
    fails the whole (`base/queries/savepoints.py`).
    """
    if _held.get() is not None:
        yield
        return
    with savepoints_left_out(), sites_held() as sites, rows_known():
        make_known([*sites, *(site.unit for site in sites)])
        held: dict = {}
        token = _held.set(held)
        try:
            yield
        finally:
            _held.reset(token)
            for revision in held.pop("revisions", ()):
                unshared(revision)


@contextmanager
def action_on(revision: Revision) -> Iterator:
    """`one_action` about the page or record that a version is of: locked first, so that what is read once is read
    under the lock; gives it as it is stored."""
    if _held.get() is not None:
        yield hold_subject(revision)
        return
    locked = hold_version(revision)
    with one_action():
        note_held(locked)
        yield locked


def note_held(obj) -> None:
    """Say that a page or record was locked, and is stored as it is here; without effect outside of an action."""
    held = _held.get()
    if held is not None:
        held["subject", obj.get_base_content_type().pk, str(obj.pk)] = obj
        make_present(obj)


def hold_subject(revision: Revision):
    """Lock the row of the page or record that a version is of; return it as it is stored now.

    Inside an action that has locked it already, return what that read: no other transaction can have changed it since.
    """
    held = _held.get()
    if held is None:
        return hold_version(revision)
    key = _key_of_subject(revision)
    if key not in held:
        note_held(hold_version(revision))
    return held[key]


def as_stored(obj):
    """Return a page or record as it is stored, None where it is not: what an action holds, else read anew."""
    held = _held.get() or {}
    found = held.get(("subject", obj.get_base_content_type().pk, str(obj.pk)))
    return type(obj)._base_manager.filter(pk=obj.pk).first() if found is None else found


def _key_of_subject(revision: Revision) -> tuple:
    return "subject", revision.base_content_type_id, str(revision.object_id)


def version_of(revision: Revision):
    """Return a page or record as one version has it."""
    held = _held.get()
    if held is None:
        return revision.as_object()
    if revision.pk not in held:
        held[revision.pk] = _reread(revision).as_object()
        # Wagtail's steps that write about it get the same object.
        revision.as_object = partial(held.get, revision.pk)
        held.setdefault("revisions", []).append(revision)
    return held[revision.pk]


def unshared(revision: Revision) -> Revision:
    """Let a version be built anew when Wagtail asks it for its object; return it.

    Who draws a page may change the object that it draws: Wagtail's table block completes its own value. Published would
    be something else than was sealed.
    """
    revision.__dict__.pop("as_object", None)
    return _reread(revision)


@contextmanager
def built_anew(revision: Revision) -> Iterator[Revision]:
    """`unshared` for a publication: of the version before Wagtail only asks what the page is called by now."""
    unshared(revision)
    revision.get_previous = partial(_previous, revision)
    try:
        yield revision
    finally:
        del revision.get_previous


def _previous(revision: Revision) -> Revision:
    return _reread(type(revision).get_previous(revision))


def _reread(revision: Revision) -> Revision:
    """Let a version read the page or record that it is of anew: a version as an object has columns of its row, too.

    What an action has locked is what another reading would find.
    """
    subject = (_held.get() or {}).get(_key_of_subject(revision))
    if subject is None:
        revision._state.fields_cache.pop("content_object", None)
    else:
        revision._state.fields_cache["content_object"] = subject
    return revision


def once_for(obj, name: str, read, *, anew: bool = False):
    """Return what `read(obj)` gives, read once for an object inside an action. For what only reads.

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


def files_held(model: type) -> dict[str, object]:
    """Return the pictures or files that an action has locked, by their keys as text; it may be added to."""
    held = _held.get()
    return {} if held is None else held.setdefault(("files", model._meta.label), {})


def newest_of(obj):
    """Return a page or record as its newest version has it; where it has none, as it is stored."""
    if not isinstance(obj, RevisionMixin):
        return obj
    if _held.get() is None or obj.latest_revision_id is None:
        return obj.get_latest_revision_as_object()
    return version_of(obj.latest_revision)
