"""What is the same in each language and is never typed twice: a translation shows it as its public source has it.

1. `fields_of`: which fields of a page type these are: dates, numbers, choices, addresses, files and pictures, and what
the type names besides (`same_in_each_language`). 2. `take_from_source`: a translation that is about to be shown gets
their values. 3. `without_same`: they are no fields of the form of a translation. 4. `that_show`: a file that a
translation has in one of them is shown by its source alone.
"""

from functools import cache

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.models import Page

from ...models.files import StoredFile

SAME = (
    models.DateField,
    models.TimeField,
    models.DecimalField,
    models.FloatField,
    models.IntegerField,
    models.BooleanField,
    models.URLField,
    models.EmailField,
)


@cache
def fields_of(model) -> tuple[str, ...]:
    """Return the names of the fields of a page type that are the same in each language, without those of every page."""
    if getattr(model, "is_made_by_portal", True):
        return ()
    # What is declared for pages of every type, by Wagtail and by the abstract pages above.
    for_all = [base for base in model.__mro__ if base is Page or issubclass(base, Page) and base._meta.abstract]
    common = {field.name for base in for_all for field in (*base._meta.local_fields, *base._meta.get_fields())}
    own = [field for field in model._meta.concrete_fields if field.name not in common and not field.primary_key]
    return tuple(field.name for field in own if _is_same(field) or field.name in model.same_in_each_language)


def _is_same(field) -> bool:
    if isinstance(field, models.ForeignKey):
        return issubclass(field.related_model, StoredFile)
    return isinstance(field, SAME) or bool(field.choices)


def is_translation(thing) -> bool:
    """Tell whether something is a page in another language than Vietnamese."""
    return isinstance(thing, Page) and bool(thing.locale_id) and thing.locale.language_code != settings.LANGUAGE_CODE


def take_from_source(page):
    """Give a translation what is the same in each language, as its public source has it now; return the page.

    One query for a translation of a type that has such fields, none for any other page. Nothing is stored.
    """
    names = fields_of(type(page))
    if not names or not is_translation(page):
        return page
    wanted = {"translation_key": page.translation_key, "locale__language_code": settings.LANGUAGE_CODE}
    source = type(page).objects.filter(live=True, **wanted).select_related(*_keys(type(page), names)).first()
    for name in names if source is not None else ():
        setattr(page, name, getattr(source, name))
    return page


def _keys(model, names) -> list[str]:
    return [name for name in names if isinstance(model._meta.get_field(name), models.ForeignKey)]


def without_same(form) -> None:
    """Take out of the form of a translation what it takes from its source."""
    page = form.instance
    if isinstance(page, Page) and page.pk and (names := fields_of(type(page))) and is_translation(page):
        if _has_source(page):
            for name in names:
                form.fields.pop(name, None)


def _has_source(page) -> bool:
    wanted = {"translation_key": page.translation_key, "locale__language_code": settings.LANGUAGE_CODE}
    return Page.objects.filter(live=True, **wanted).exists()


def that_show(rows: QuerySet, references: list[tuple]) -> QuerySet:
    """Return those of some rows that show a file to which they refer (`StoredFile.is_shown`).

    A translation does not where each of its references is in a field that it takes from its public source.
    """
    if not issubclass(rows.model, Page):
        return rows
    own, taken = set(), set()
    for key, content_type, path in references:
        names = fields_of(ContentType.objects.get_for_id(content_type).model_class())
        (taken if path.partition(".")[0] in names else own).add(key)
    vietnamese = {"locale__language_code": settings.LANGUAGE_CODE}
    source = Page.objects.filter(translation_key=OuterRef("translation_key"), live=True, **vietnamese)
    return rows.exclude(Q(pk__in=taken - own) & ~Q(**vietnamese) & Exists(source)) if taken - own else rows
