"""What an object refers to is written into Wagtail's index once each time it is saved, and only where it may differ.

Wagtail writes it with every row that is saved: for a page, then again for each row that hangs on it, each time from the
page and all its rows read anew. A procedure with thirty rows is read thirty-one times, and a page once more when
nothing but the number of its newest version was stored.

1. A save that names its fields writes the index only where one of them may refer to something.
2. An object that is saved with the rows that hang on it is written once they all stand.
3. Saved whole, it is what the database has, and is not read anew with its rows.

`install` changes what Wagtail does after a save, in this module alone. It can go when Wagtail (8.0 here) does so
itself; until then `tests/base/test_known_references.py` compares the index with one made afresh.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import transaction
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail import signal_handlers
from wagtail.models import ReferenceIndex

_write = signal_handlers.update_reference_index_on_save


@dataclass
class _Saving:
    """An object that is being saved with the rows that hang on it; `differs`: what it refers to may be another."""

    whole: object
    differs: bool = False


_saving: ContextVar[_Saving | None] = ContextVar("object that is being saved", default=None)


def install() -> None:
    """Let Wagtail ask here after each save; called once, when the apps are ready."""
    signal_handlers.disconnect_reference_index_signal_handlers()
    signal_handlers.update_reference_index_on_save = _note_saved
    signal_handlers.connect_reference_index_signal_handlers()
    ClusterableModel.save = _saved_whole(ClusterableModel.save)


def _note_saved(instance, update_fields=None, **kwargs) -> None:
    if update_fields is not None and not referring(type(instance)).intersection(update_fields):
        return
    saving = _saving.get()
    if saving is not None and _whole_of(instance) is saving.whole:
        saving.differs = True
    else:
        _write(instance, **kwargs)


def _saved_whole(save):
    @wraps(save)
    def saved(self, *args, **kwargs):
        outer = _saving.get()
        if outer is not None and _whole_of(self) is outer.whole:
            return save(self, *args, **kwargs)
        saving = _Saving(self)
        token = _saving.set(saving)
        try:
            done = save(self, *args, **kwargs)
        finally:
            _saving.reset(token)
        if saving.differs:
            _write_whole(self, kwargs.get("update_fields"))
        return done

    return saved


def _write_whole(saved, update_fields) -> None:
    """Write what an object refers to: from itself where all of it was saved, else as Wagtail does."""
    if update_fields is not None or saved.get_deferred_fields() or not ReferenceIndex.is_indexed(type(saved)):
        _write(saved)
    elif not getattr(signal_handlers.reference_index_auto_update_disabled, "value", False):
        with transaction.atomic():
            ReferenceIndex.create_or_update_for_object(saved)


def _whole_of(instance):
    """Return the object that a row hangs on, through others too; an object that hangs on nothing is its own."""
    while instance is not None and (name := _parent_key(type(instance))):
        instance = getattr(instance, name)
    return instance


@cache
def _parent_key(model: type) -> str:
    return next((field.name for field in model._meta.get_fields() if isinstance(field, ParentalKey)), "")


@cache
def referring(model: type) -> frozenset[str]:
    """Return the names by which the fields of a model that may refer to something are saved, as the index sees them."""
    found: set[str] = set()
    for field in model._meta.get_fields():
        if isinstance(field, GenericForeignKey):
            found |= {field.ct_field, field.fk_field}
        elif hasattr(field, "extract_references") or _points(field):
            found |= {field.name, getattr(field, "attname", field.name)}
    return frozenset(found)


def _points(field) -> bool:
    return bool(field.is_relation and field.many_to_one) and not (
        getattr(field, "wagtail_reference_index_ignore", False)
        or getattr(field.related_model, "wagtail_reference_index_ignore", False)
    )
