"""Rows that an action only reads are read once in it: all that ask for one by a foreign key get the same object.

Django asks the database for the row of a foreign key anew with each instance that has the key, and at each `full_clean`
whether the row is there; Wagtail asks so of each key of a version that is built from its JSON: an approval asks twenty
times for the same content type, language, user and version.

1. `rows_known` encloses an action. Outside of it nothing is remembered.
2. Objects are shared of the models in SHARED alone, which no action changes that others decide by.
3. That a row is there is asked once for any model: an action that deletes rows is not enclosed. Content types are
   Django's own, which it reads once for each process.
4. What an action has read it may hand on: rows of the shared models (`make_known`), that a row is there which it has
   locked (`make_present`), and whatever it does not change itself (`known_once`).
5. `install` changes Django's descriptor of foreign keys and their validation, and how `modelcluster` builds a version,
   in this module alone.

It can go when Django gives query sets and instances such a memory of their own: its "fetch modes" (Django 6.1) read for
all instances of one query set, not for those of several.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from modelcluster import models as clusters
from wagtail.models import revisions

# Content of versions never changes. Files are not among them: they are read again when they are locked.
SHARED = frozenset(
    {
        "accounts.User",
        "base.OrganisationUnit",
        "base.PortalSite",
        "contenttypes.ContentType",
        "wagtailcore.Collection",
        "wagtailcore.Locale",
        "wagtailcore.Revision",
        "wagtailcore.Task",
        "wagtailcore.Workflow",
    }
)
TYPES = ContentType._meta.label
# Their whole text would be read to know that they are there.
LARGE = frozenset({"wagtailcore.Revision"})
PRESENT = "is there"
_known: ContextVar[dict | None] = ContextVar("known rows", default=None)
_get_object = ForwardManyToOneDescriptor.get_object
_validate = ForeignKey.validate
_from_data = clusters.model_from_serializable_data


@contextmanager
def rows_known() -> Iterator[None]:
    """Read each row of the shared models once for all that is asked inside by a foreign key; nests."""
    if _known.get() is not None:
        yield
        return
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def make_known(rows: Iterable[Model]) -> None:
    """Let rows of the shared models that were just read be what their keys lead to; without effect outside."""
    known = _known.get()
    for row in rows if known is not None else ():
        if row._meta.label in SHARED:
            known.setdefault((row._meta.label, row.pk), row)


def make_present(obj: Model) -> None:
    """Say that a row is there: it was locked. Without effect outside."""
    known = _known.get()
    if known is not None:
        for model in (type(obj), *obj._meta.all_parents):
            known[PRESENT, model._meta.label, obj.pk] = True


def known_once(key: Hashable, read: Callable):
    """Return what `read()` gives, read once in an action under a key; outside it is read each time.

    For what the action does not change between its first and its last question.
    """
    known = _known.get()
    if known is None:
        return read()
    key = (known_once, key)
    if key not in known:
        known[key] = read()
    return known[key]


def install() -> None:
    """Let foreign keys ask `rows_known` first; called once, when the apps are ready."""
    ForwardManyToOneDescriptor.get_object = _known_object
    ForeignKey.validate = _validate_unknown
    # Wagtail has imported it by name for models without children.
    clusters.model_from_serializable_data = revisions.model_from_serializable_data = _from_known_data


def _known_object(descriptor, instance):
    known, key = _key_of(descriptor.field, getattr(instance, descriptor.field.attname, None))
    if known is None:
        return _get_object(descriptor, instance)
    if key not in known:
        is_type = key[0] == TYPES
        known[key] = ContentType.objects.get_for_id(key[1]) if is_type else _get_object(descriptor, instance)
    return known[key]


def _validate_unknown(field, value, model_instance) -> None:
    known, relation = _known.get(), field.remote_field
    if known is None or value is None or relation.parent_link or relation.limit_choices_to or not _is_key(field):
        _validate(field, value, model_instance)
    elif _is_there(known, field, value):
        # As Django does before it looks for the row.
        super(ForeignKey, field).validate(value, model_instance)
    else:
        _validate(field, value, model_instance)


def _from_known_data(model: type[Model], data: dict, check_fks: bool = True, strict_fks: bool = False):
    return _from_data(model, data, check_fks=check_fks and not _all_there(model, data), strict_fks=strict_fks)


def _all_there(model: type[Model], data: dict) -> bool:
    """Tell whether every row is there that the keys of a version name; each is asked for once in an action."""
    known = _known.get()
    if known is None:
        return False
    for field in model._meta.concrete_fields:
        value = data.get(field.name)
        if value is None or not isinstance(field, ForeignKey) or field.remote_field.parent_link:
            continue
        if not _is_key(field) or not _is_there(known, field, field.target_field.to_python(value)):
            return False
    return True


def _is_there(known: dict, field: ForeignKey, value) -> bool:
    """Tell whether the row of a primary key is there; a small shared one is read, for it is asked for soon after."""
    model = field.remote_field.model
    key = (model._meta.label, value)
    if key in known or (PRESENT, *key) in known:
        return True
    if model is ContentType:
        return _is_type(value)
    rows = model._default_manager.filter(pk=value)
    if model._meta.label not in SHARED - LARGE:
        if found := rows.exists():
            known[PRESENT, *key] = True
        return found
    row = rows.first()
    if row is not None:
        known[key] = row
    return row is not None


def _is_type(value) -> bool:
    try:
        return ContentType.objects.get_for_id(value) is not None
    except ContentType.DoesNotExist:
        return False


def _is_key(field: ForeignKey) -> bool:
    """Tell whether a foreign key holds the primary key of the row, and not another of its columns."""
    return field.target_field.primary_key


def _key_of(field, value) -> tuple[dict | None, tuple]:
    """Return the memory, None where this row has no place in it, and the place."""
    known, model = _known.get(), field.remote_field.model
    if known is None or value is None or model._meta.label not in SHARED or field.target_field is not model._meta.pk:
        return None, ()
    return known, (model._meta.label, value)
