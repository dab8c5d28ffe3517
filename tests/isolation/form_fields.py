"""Every field of every form of the administration, sent with the foreign ward's numbers.

The addresses alone do not show what a form looks up: a field that stands in no model (Wagtail's choice of a parent)
has a name that only the form knows. So each form is opened as one of the people who may, filled as a browser would,
and sent again with a foreign number in one field after the other, and in all of them at once; each time once more with
a number that nothing has, which must be answered alike.

1. `forms` opens every address with numbers of one's own and reads the forms: what stands in the page, and what the
   form objects behind it (`response.context`) know of their fields, rows and blocks.
2. `trials` makes of each form the pairs of what is sent.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import bs4
from django import forms as django_forms
from django.apps import apps
from django.db.models import Model
from wagtail import blocks
from wagtail.admin.forms.tags import TagField
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.blocks.base import BlockField
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page

from base.authority import has_owner
from base.models import PortalFile, PortalImage
from tests.bad_inputs import data_of
from tests.isolation.addresses import MISSING, OPEN_LISTS, Address, Filler, Request, model_of
from tests.isolation.ward import ForeignWard

# What a form says about its own rows, and what would end the walk.
BOOKKEEPING = ("-count", "_FORMS", "-ORDER", "-DELETE", "-order", "-deleted", "csrfmiddlewaretoken")
LEAVING = ("logout", "dang-xuat")
# Fields that take no number whatever is sent: they are tried together with all others only.
TAKES_NO_NUMBER = (
    django_forms.BooleanField,
    django_forms.DateField,
    django_forms.DateTimeField,
    django_forms.TimeField,
    django_forms.EmailField,
    django_forms.URLField,
)
# What is typed there is weighed by what it looks like.
WEIGHED = django_forms.PasswordInput
# Words that a required field takes.
WORD, DAY, ADDRESS = "Chữ thử", "2026-01-05", "thu@example.invalid"


@dataclass(frozen=True)
class Trial:
    """What is sent to a form: with foreign numbers, and the same with numbers that nothing has.

    `mark` is the field's name, kind and model; empty for all fields together.
    """

    path: str
    name: str
    data: dict
    twin: dict
    mark: tuple = ()


@dataclass
class Form:
    """A form as its reader got it: where it is sent, what it holds, and what its fields are (name → field)."""

    request: Request
    path: str
    data: dict
    fields: dict = field(default_factory=dict)

    @property
    def mark(self) -> tuple:
        """What tells forms apart that were met at many addresses."""
        return self.request.address.pattern, tuple(sorted(self.data)), tuple(sorted(self.fields))


class OwnFiller(Filler):
    """Fills addresses with what is not the foreign ward's: first the things of one's own site, then any other."""

    MOST = 3
    KINDS = (("app_label", "model_name"), ("content_type_app_name", "content_type_model_name"))

    def __init__(self, ward: ForeignWard, own: dict, site):
        super().__init__(ward, own)
        home = site.home_page()
        self.parents = [home.pk, *home.get_children().values_list("pk", flat=True)]

    def requests(self, address: Address) -> list[Request]:
        if not address.is_admin or any(word in address.pattern for word in LEAVING):
            return []
        if not address.arguments:
            path = self.path(address, ())
            return [Request(address, path)] if path else []
        return [Request(address, request.path) for request in super().requests(address) if "?" not in request.path]

    def values(self, address: Address, argument: str) -> list:
        if argument == "parent_page_id":
            return self.parents
        label = model_of(address, argument)
        if not label:
            found = super().values(address, argument)
            return found if found and isinstance(found[0], str) else [MISSING]
        first = [self.own[label]] if label in self.own else []
        others = apps.get_model(label)._base_manager.exclude(pk__in=[*self.ward.ids(label), *first]).order_by("-pk")
        return [*first, *others.values_list("pk", flat=True)[: self.MOST]] or [MISSING]

    def _combinations(self, address):
        for kind in self.KINDS:
            if set(kind) <= set(address.arguments):
                for model in apps.get_models():
                    if issubclass(model, Page) or hasattr(model, "snippet_viewset"):
                        given = dict(zip(kind, (model._meta.app_label, model._meta.model_name), strict=True))
                        yield from product(
                            *(
                                [given[name]] if name in given else self.values(address, name)
                                for name in address.arguments
                            )
                        )
                return
        yield from super()._combinations(address)

    def _related(self, address):
        return None


def read_forms(request: Request, response) -> Iterator[Form]:
    """Yield the forms of an answer that are sent by POST."""
    if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
        return
    known = _known_fields(response)
    for element in bs4.BeautifulSoup(response.content, "html.parser").find_all("form"):
        if (element.get("method") or "").lower() != "post":
            continue
        path = (element.get("action") or "").split("#")[0] or request.path
        if path.startswith("/") and not any(word in path for word in LEAVING):
            data = {name: values for name, values in data_of(element).items() if name}
            # The form objects behind a page belong to its form with the most fields; another one just gets more.
            yield Form(request, path, data, known)


def _known_fields(response) -> dict:
    """Name → field of every form object that a page was made with, new rows included."""
    found, seen = {}, set()
    for context in response.context or ():
        for layer in getattr(context, "dicts", ()):
            for value in list(layer.values()):
                if id(value) not in seen:
                    seen.add(id(value))
                    found |= _fields_of(value)
    return found


def _fields_of(value) -> dict:
    if isinstance(value, django_forms.BaseFormSet):
        rows = [*value.forms]
        if value.can_delete_extra or not rows:
            extra = value.empty_form
            extra.prefix = value.add_prefix(len(rows))
            rows.append(extra)
        return {name: known for row in rows for name, known in _fields_of(row).items()}
    if not isinstance(value, django_forms.BaseForm):
        return {}
    found = {value.add_prefix(name): known for name, known in value.fields.items()}
    for formset in getattr(value, "formsets", {}).values():
        found |= _fields_of(formset)
    return found


# --- What is sent -----------------------------------------------------------------------------------


class Trials:
    """Makes what is sent to forms out of the secret numbers of a ward."""

    def __init__(self, ward: ForeignWard):
        self.ward = ward

    def of(self, form: Form) -> Iterator[Trial]:
        """Yield a trial of each field, and one of all fields together."""
        sound = self.sound(form)
        names = [name for name in {**sound, **form.fields} if not name.endswith(BOOKKEEPING)]
        foreign = {name: self.filled(form, name, self.number) for name in names}
        missing = {name: self.filled(form, name, lambda _model: MISSING) for name in names}
        for name in names:
            known = form.fields.get(name)
            if foreign[name] and not isinstance(known, TAKES_NO_NUMBER) and not _is_words(known) and name != "next":
                mark = name, type(known), _model_of(known)
                yield Trial(form.path, name, sound | foreign[name], sound | missing[name], mark)
        everything = {key: value for name in names for key, value in foreign[name].items()}
        nothing = {key: value for name in names for key, value in missing[name].items()}
        yield Trial(form.path, "tất cả", sound | everything, sound | nothing)

    def sound(self, form: Form) -> dict:
        """The form as it was shown, its empty required fields filled with something of the right kind."""
        data = {name: values for name, values in form.data.items() if name != "csrfmiddlewaretoken"}
        for name, known in form.fields.items():
            if isinstance(known, BlockField):
                data.setdefault(f"{name}-count", ["0"])
            elif not any(data.get(name, ())) and known.required and (value := _of_kind(known)):
                data[name] = [value]
            if name.rpartition("-")[0].rpartition("-")[2].isdecimal():
                prefix = name.rpartition("-")[0]
                rows, number = prefix.rpartition("-")[0], int(prefix.rpartition("-")[2])
                total = f"{rows}-TOTAL_FORMS"
                data[total] = [str(max(number + 1, int((data.get(total) or ["0"])[0] or 0)))]
                data.setdefault(f"{rows}-INITIAL_FORMS", ["0"])
        return data

    def filled(self, form: Form, name: str, number) -> dict:
        """What stands in one field, and those that belong to it, when `number(model)` is written there."""
        known = form.fields.get(name)
        if isinstance(known, BlockField):
            return dict(self._block(known.block, name, number))
        if isinstance(known, django_forms.FileField) or isinstance(getattr(known, "widget", None), WEIGHED):
            return {}
        if known is not None and isinstance(known.widget, DraftailRichTextArea):
            return {name: [_rich_text(number)]}
        model = _model_of(known)
        if model is None and "slug" in name:
            # Whether an address is taken is something that a form may tell of the place where it stands alone.
            return {name: [self.ward.pages["draft"].slug]}
        if _is_words(known) or name == "next":
            # `next` is an address: no number is looked up there.
            return {name: [WORD]}
        if type(known) is django_forms.IntegerField and not known.widget.is_hidden:
            return {name: ["1"]}
        if model is not None and (not has_owner(model) or model._meta.label in OPEN_LISTS):
            return {}
        return {name: [str(number(model or Page))]}

    def number(self, model: type[Model]):
        """A number of the ward that others may not know, of one model; of a page, where the ward has none."""
        label = model._meta.label
        keys = [pk for found in _family(model) for pk in self.ward.ids(found)]
        secret = [pk for pk in keys if pk in self.ward.secret_ids]
        if label == "wagtailcore.Page" or not keys:
            return self.ward.pages["draft"].pk
        return (secret or keys)[0]

    def _block(self, block, prefix: str, number) -> Iterator[tuple]:
        """Yield what the editor sends of a block that is filled to its depths."""
        if isinstance(block, blocks.BaseStructBlock | ImageBlock):
            for name, child in block.child_blocks.items():
                yield from self._block(child, f"{prefix}-{name}", number)
        elif isinstance(block, blocks.BaseStreamBlock):
            yield f"{prefix}-count", [str(len(block.child_blocks))]
            for place, (name, child) in enumerate(block.child_blocks.items()):
                yield from _place(f"{prefix}-{place}", place, name)
                yield from self._block(child, f"{prefix}-{place}-value", number)
        elif isinstance(block, blocks.ListBlock):
            yield f"{prefix}-count", ["1"]
            yield from _place(f"{prefix}-0", 0, "item")
            yield from self._block(block.child_block, f"{prefix}-0-value", number)
        elif isinstance(block, TableBlock):
            yield prefix, [json.dumps({"data": [["a", "b"], ["c", "d"]], "first_row_is_table_header": True})]
        elif isinstance(block, TypedTableBlock):
            yield from ((f"{prefix}-{name}", ["0"]) for name in ("caption", "column-count", "row-count"))
        elif isinstance(block, blocks.ChooserBlock):
            yield prefix, [str(number(block.model_class))]
        elif isinstance(block, blocks.RichTextBlock):
            yield prefix, [_rich_text(number)]
        elif isinstance(block, blocks.FieldBlock):
            yield prefix, [_of_kind(block.field)]


def _place(prefix: str, place: int, kind: str) -> Iterator[tuple]:
    yield from ((f"{prefix}-deleted", [""]), (f"{prefix}-order", [str(place)]), (f"{prefix}-type", [kind]))


def _family(model: type[Model]) -> list[str]:
    """Labels of a model and of those that inherit from it."""
    return [model._meta.label, *(found._meta.label for found in apps.get_models() if model in found._meta.parents)]


def _model_of(known) -> type[Model] | None:
    """The model whose number a field takes, by its choices or by its chooser."""
    queryset = getattr(known, "queryset", None)
    if queryset is not None:
        return queryset.model
    return getattr(getattr(known, "widget", None), "model_class", None) or getattr(
        getattr(known, "widget", None), "model", None
    )


def _is_words(known) -> bool:
    """Tell whether people type words there, and no number is looked up."""
    return (
        type(known) in (django_forms.CharField, TagField)
        and _model_of(known) is None
        and not isinstance(known.widget, django_forms.HiddenInput | DraftailRichTextArea)
    )


def _of_kind(known) -> str:
    """A value that a field takes."""
    queryset = getattr(known, "queryset", None)
    if queryset is not None:
        first = queryset.first()
        return str(first.pk) if first is not None else ""
    if isinstance(known, django_forms.ChoiceField):
        choices = [(key, label) for key, label in known.choices if key not in ("", None)]
        first = choices[0] if choices else ("", "")
        return str(first[1][0][0] if isinstance(first[1], list | tuple) else first[0])
    if isinstance(known, django_forms.BooleanField):
        return "on"
    if isinstance(known, django_forms.DateTimeField):
        return f"{DAY} 08:00"
    if isinstance(known, django_forms.DateField):
        return DAY
    if isinstance(known, django_forms.TimeField):
        return "08:00"
    if isinstance(known, django_forms.IntegerField):
        return "1"
    if isinstance(known, django_forms.EmailField):
        return ADDRESS
    if isinstance(known, django_forms.URLField):
        return "https://example.invalid/"
    return "chu-thu" if isinstance(known, django_forms.SlugField) else WORD


def _rich_text(number) -> str:
    """What the rich text editor sends of a paragraph with a link to a page, one to a file, and a picture."""
    entities = {
        "0": {"type": "LINK", "mutability": "MUTABLE", "data": {"id": number(Page), "url": "/", "parentId": 1}},
        "1": {"type": "DOCUMENT", "mutability": "MUTABLE", "data": {"id": number(PortalFile), "url": "/"}},
        "2": {
            "type": "IMAGE",
            "mutability": "IMMUTABLE",
            "data": {"id": number(PortalImage), "format": "fullwidth", "alt": "Ảnh", "src": "/"},
        },
    }
    ranges = [{"offset": place * 4, "length": 3, "key": place} for place in (0, 1)]
    plain = {"inlineStyleRanges": [], "depth": 0, "data": {}}
    return json.dumps(
        {
            "blocks": [
                {"key": "aaaaa", "text": "xem tệp", "type": "unstyled", "entityRanges": ranges, **plain},
                {
                    "key": "bbbbb",
                    "text": " ",
                    "type": "atomic",
                    "entityRanges": [{"offset": 0, "length": 1, "key": 2}],
                    **plain,
                },
            ],
            "entityMap": entities,
        }
    )
