"""A form that is shown again does not show what its reader may not see.

The widgets look up what they are given: for a made-up number they would show the title, the picture and the address of
another site's unpublished thing. So the numbers are taken out of what was sent; all other text stays.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.http import QueryDict
from wagtail.blocks import BaseStreamBlock, BaseStructBlock, Block, ChooserBlock, ListBlock
from wagtail.blocks.base import BlockField
from wagtail.fields import StreamField
from wagtail.models import Page

from ..models.files import PortalFile, PortalImage

# What a form says about its own rows; a number there is no reference.
BOOKKEEPING = ("-count", "-order", "-deleted", "-type", "-id", "_FORMS", "-ORDER", "-DELETE")

# What the links of the rich text editor lead to.
ENTITIES = {"LINK": Page, "DOCUMENT": PortalFile, "IMAGE": PortalImage}


@dataclass(frozen=True)
class Named:
    """A number that a form must not name again: of which model, and in which field (empty: in any).

    `choices` are the names under which the choosers of a stream field were sent, with what each takes.
    """

    model: type
    number: str
    field: str = ""
    choices: frozenset[tuple[str, type]] = frozenset()

    def may_stand_in(self, name: str) -> bool:
        """Tell whether the number, sent under a name, may lead to the thing."""
        taken = dict(self.choices).get(name)
        if taken is not None and taken is not self.model:
            return False
        return not self.field or name == self.field or name.startswith(f"{self.field}-")


def without(data, gone: Iterable["Named"]):
    """Return a form's data without some numbers, each where it leads to what its reader may not see.

    The same number in another field leads to something else, and stays.
    """
    gone, found = tuple(gone), data.copy()
    for name in list(found):
        if name.endswith(BOOKKEEPING) or not (here := [one for one in gone if one.may_stand_in(name)]):
            continue
        if isinstance(found, QueryDict):
            found.setlist(name, [_without(value, here) for value in found.getlist(name)])
        else:
            found[name] = _without(found[name], here)
    return found


def unchecked_streams(form) -> Iterator[tuple[str, object]]:
    """Yield (name, value as it was sent) of the stream fields that did not pass: the instance has not got them."""
    for name in form.errors:
        if name in form.fields and isinstance(_model_field(form, name), StreamField):
            yield name, form[name].data


def chosen_in_streams(form) -> Iterator[tuple[str, str, type, str]]:
    """Yield (field, name sent, model, number sent) of every choice in the stream fields of a sent form.

    Wagtail drops a choice that leads to nothing before any code can look at it.
    """
    for name, field in form.fields.items():
        if isinstance(field, BlockField):
            for choice in _chosen(field.block, form.data, form.add_prefix(name)):
                yield name, *choice


def _chosen(block: Block, data, prefix: str) -> Iterator[tuple[str, type, str]]:
    if isinstance(block, ChooserBlock):
        if number := str(data.get(prefix) or "").strip():
            yield prefix, block.model_class, number
    elif isinstance(block, BaseStructBlock):
        for name, child in block.child_blocks.items():
            yield from _chosen(child, data, f"{prefix}-{name}")
    elif isinstance(block, BaseStreamBlock | ListBlock):
        for place in range(int(data.get(f"{prefix}-count") or 0)):
            row = f"{prefix}-{place}"
            child = (
                block.child_block if isinstance(block, ListBlock) else block.child_blocks.get(data.get(f"{row}-type"))
            )
            if child is not None and not data.get(f"{row}-deleted"):
                yield from _chosen(child, data, f"{row}-value")


def _model_field(form, name: str):
    return next((field for field in form._meta.model._meta.get_fields() if field.name == name), None)


def _without(value, gone: list["Named"]):
    if isinstance(value, str) and value.startswith("{") and '"entityMap"' in value:
        return _without_entities(value, {(one.model, one.number) for one in gone})
    return "" if str(value) in {one.number for one in gone} else value


def _without_entities(value: str, gone: set[tuple[type, str]]) -> str:
    """Turn the links of rich text (the editor's own format) to some things into plain text."""
    try:
        content = json.loads(value)
        entities = content["entityMap"]
        led = {name: (ENTITIES.get(one["type"]), str(one["data"].get("id"))) for name, one in entities.items()}
        out = {name for name, target in led.items() if target in gone}
        if not out:
            return value
        for block in content["blocks"]:
            block["entityRanges"] = [part for part in block["entityRanges"] if str(part["key"]) not in out]
        content["entityMap"] = {name: entity for name, entity in entities.items() if name not in out}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return value
    return json.dumps(content, ensure_ascii=False)
