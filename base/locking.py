"""Locking a page or record while an action decides about it.

Actions that make something public, remove it, submit it or write its next version lock its row first, then the task,
the take-down, the chain of the archive and the site's generation, in this order. So of two at once the second sees what
the first did, and there is no deadlock. On SQLite a changing request locks the whole database already.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Page


@contextmanager
def without_waiting() -> Iterator[None]:
    """Let a write in the block fail at once (OperationalError) where another holds SQLite's one lock for writing.

    For a write that happens during a mere read and may be skipped: the reader does not wait 20 seconds. On PostgreSQL,
    where writers do not wait for each other, and inside a transaction, which has the lock, nothing changes.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")


def hold(obj):
    """Lock the row of a page or record until the transaction ends; return it as it is stored now, a page as specific.

    Keys of other rows may still be pointed at it meanwhile. Outside of a transaction there is nothing to hold it by:
    it is only read again.
    """
    return _held((obj.specific_class if isinstance(obj, Page) else None) or type(obj), obj.pk)


def hold_version(revision):
    """Lock the row of the page or record that a version is of, as `hold` does, without reading it before."""
    return _held(ContentType.objects.get_for_id(revision.content_type_id).model_class(), revision.object_id)


def _held(model: type, key):
    rows = (Page if issubclass(model, Page) else model)._base_manager.filter(pk=key)
    if connection.in_atomic_block:
        list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    return model._base_manager.get(pk=key)


def hold_all(objects: Iterable) -> None:
    """Lock the rows of several pages, or of several records of one model, in an order that is always the same."""
    objects = list(objects)
    if not objects or not connection.in_atomic_block:
        return
    model = Page if isinstance(objects[0], Page) else type(objects[0])
    rows = model._base_manager.filter(pk__in={obj.pk for obj in objects}).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))
