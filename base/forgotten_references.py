"""A form that is shown again does not show what its reader may not see.

The widgets look up what they are given: a number that somebody made up would come back as the title, the picture and
the address of another site's unpublished thing. So the numbers are taken out of what was sent; all other text stays.
"""

import json
from collections.abc import Iterable, Iterator

from django.http import QueryDict
from wagtail.fields import StreamField

# What a form says about its own rows; a number there is no reference.
BOOKKEEPING = ("-count", "-order", "-deleted", "-type", "-id", "_FORMS", "-ORDER", "-DELETE")


def forget(data, keys: Iterable[str]):
    """Return a form's data without the numbers of some things: as a chosen value, or inside rich text."""
    keys, found = frozenset(keys), data.copy()
    for name in list(found):
        if name.endswith(BOOKKEEPING):
            continue
        if isinstance(found, QueryDict):
            found.setlist(name, [_without(value, keys) for value in found.getlist(name)])
        else:
            found[name] = _without(found[name], keys)
    return found


def unchecked_streams(form) -> Iterator[tuple[str, object]]:
    """Yield (name, value as it was sent) of the stream fields that did not pass: the instance has not got them."""
    for name in form.errors:
        if name in form.fields and isinstance(_model_field(form, name), StreamField):
            yield name, form[name].data


def _model_field(form, name: str):
    return next((field for field in form._meta.model._meta.get_fields() if field.name == name), None)


def _without(value, keys: frozenset[str]):
    if str(value) in keys:
        return ""
    if isinstance(value, str) and value.startswith("{") and '"entityMap"' in value:
        return _without_entities(value, keys)
    return value


def _without_entities(value: str, keys: frozenset[str]) -> str:
    """Turn the links of rich text (the editor's own format) to some things into plain text."""
    try:
        content = json.loads(value)
        entities = content["entityMap"]
        gone = {name for name, entity in entities.items() if str(entity["data"].get("id")) in keys}
        if not gone:
            return value
        for block in content["blocks"]:
            block["entityRanges"] = [part for part in block["entityRanges"] if str(part["key"]) not in gone]
        content["entityMap"] = {name: entity for name, entity in entities.items() if name not in gone}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return value
    return json.dumps(content, ensure_ascii=False)
