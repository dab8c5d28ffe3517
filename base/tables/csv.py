"""Lists as files: `download` answers them, `csv_file` is the only writer of CSV; Wagtail's screens give XLSX only.

Wagtail also offers CSV, which passes what a user typed on as a formula to the program that opens it, names no character
set and writes times in UTC. In XLSX every text is a text cell; in our own CSV a text that would be a formula is marked.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import PurePath

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from ..models.files import CONTENT_TYPES
from . import xlsx
from .columns import shown

XLSX = SpreadsheetExportMixin.FORMAT_XLSX
# What a cell of a formula begins with; the empty string is in no tuple.
FORMULA_SIGNS = tuple("=+-@\t\r")


def download(content: bytes, name: str, content_type: str = "") -> HttpResponse:
    """Answer bytes as a file to keep, never cached; its type is that of its name unless another is given."""
    kind = content_type or CONTENT_TYPES[PurePath(name).suffix.lstrip(".").lower()]
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def csv_for_readers(rows: Iterable[Sequence], name: str) -> HttpResponse:
    """Answer rows of a public page as a CSV that search engines do not list; the caller says who may keep it."""
    response = HttpResponse(csv_file(rows), content_type=f"{CONTENT_TYPES['csv']}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def csv_file(rows: Iterable[Sequence]) -> bytes:
    """Return rows as CSV in UTF-8 with its mark; what a spreadsheet would take for a formula stays text."""
    out = io.StringIO()
    csv.writer(out).writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def csv_pieces(rows: Iterable[Sequence]) -> Iterator[bytes]:
    """Return rows as `csv_file` does, in pieces as they come: for a table too long to be held at once."""
    yield codecs.BOM_UTF8
    for batch in in_batches(rows):
        out = io.StringIO()
        csv.writer(out).writerows([_cell(value) for value in row] for row in batch)
        yield out.getvalue().encode()


def in_batches(rows: Iterable[Sequence], most: int = 500) -> Iterator[list]:
    """Return rows in pieces of at most some, each read when it is wanted."""
    rows = iter(rows)
    while batch := list(islice(rows, most)):
        yield batch


def download_sheets(sheets: Sequence[xlsx.Sheet], name: str) -> HttpResponse:
    """Answer sheets as the file that a name ends in: XLSX, or CSV of their heads and rows, an empty line between."""
    if name.endswith(".xlsx"):
        return download(xlsx.write(sheets), name)
    rows = [row for one in sheets for row in ([], one.columns, *one.rows)]
    return download(csv_file(rows[1:]), name)


def _cell(value) -> str | int | float:
    """A number as it is; everything else is text, whatever kind of thing says it."""
    return value if isinstance(value, int | float) else plain(shown(value))


def plain(words: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; an empty one stays empty."""
    return f"'{words}" if words[:1] in FORMULA_SIGNS else words


def as_typed(cell: str) -> str:
    """Return what `plain` was given, for a table that is read in again: "'=1" -> "=1"."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_SIGNS else cell


def local(value: datetime) -> datetime:
    """Return a moment as local time of the portal, without its time zone: spreadsheets know none."""
    return timezone.make_naive(value) if timezone.is_aware(value) else value


def narrow_exports() -> None:
    """Take CSV out of Wagtail's screens and write moments in local time; called once, from `BaseConfig.ready`."""
    mixin = SpreadsheetExportMixin
    mixin.FORMATS = (XLSX,)
    mixin.custom_value_preprocess = {**mixin.custom_value_preprocess, datetime: {XLSX: local}}
    offered = mixin.header_more_buttons.func

    def buttons(view):
        return [button for button in offered(view) if "export=csv" not in (button.url or "")]

    mixin.header_more_buttons = cached_property(buttons)
    mixin.header_more_buttons.__set_name__(mixin, "header_more_buttons")
