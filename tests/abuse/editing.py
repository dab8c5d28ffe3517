"""Edit forms filled by hand: what a browser's scripts would draw is written out, and may be crafted."""

import json

from wagtail.fields import StreamField
from wagtail.test.utils.form_data import nested_form_data, streamfield

from tests.abuse.visitor import ADMIN

FORM_ID = "page-edit-form"


def edit_address(page) -> str:
    """The address of a page's edit form."""
    return f"{ADMIN}pages/{page.pk}/edit/"


def add_address(section, kind: str) -> str:
    """The address of the form of a new page in a section."""
    return f"{ADMIN}pages/add/sections/{kind}/{section.pk}/"


def filled(visitor, address: str, model, **changes) -> dict:
    """Fetch a page's form and return its fields, stream fields empty unless `changes` names them."""
    streams = {field.name: streamfield([]) for field in model._meta.get_fields() if isinstance(field, StreamField)}
    return {**visitor.form(address, FORM_ID), **nested_form_data({**streams, **changes})}


def new_page(visitor, address: str, model, **changes) -> dict:
    """The fields of a complete new page, with some changed."""
    values = {
        "title": "Bài của phường A",
        "slug": "",
        "summary": "Tóm tắt của bài.",
        "author_name": "Cán bộ mẫu 01",
        "source_name": "Ban Biên tập",
        "responsible_unit": "",
        **changes,
    }
    data = filled(visitor, address, model, **{name: value for name, value in values.items() if value != ""})
    return data


def contentstate(text: str, kind: str = "", data: dict | None = None) -> str:
    """The value of a rich text field as the editor sends it; `kind` and `data` make the whole text one entity."""
    block = {
        "key": "a",
        "text": text,
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [{"offset": 0, "length": len(text), "key": 0}] if kind else [],
    }
    entities = {"0": {"type": kind, "mutability": "MUTABLE", "data": data or {}}} if kind else {}
    return json.dumps({"blocks": [block], "entityMap": entities}, ensure_ascii=False)


def paragraphs(*texts: str):
    """A body of plain paragraphs."""
    return streamfield([("paragraph", contentstate(text)) for text in texts])


def several(*values):
    """The items of a list block."""
    return streamfield([("item", value) for value in values])


def table(*rows, **extra) -> str:
    """The value of a table block."""
    return json.dumps({"data": list(rows), "first_row_is_table_header": True, "first_col_is_header": False, **extra})
