"""Lists as files, in all of Wagtail's screens: XLSX only, and in the time of the clock on the wall.

Wagtail also offers CSV, which carries what somebody typed as a formula into whatever opens it, names no character set
and writes times in UTC. In XLSX every text is a text cell. Our own screens answer files by `download`,
and write CSV by `csv_file`, which has none of this.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import PurePath

from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from wagtail.admin.views.mixins import SpreadsheetExportMixin

from ..models.files import CONTENT_TYPES

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


def csv_file(rows: Iterable[Sequence]) -> bytes:
    """Return rows as CSV in UTF-8 with its mark; what a spreadsheet would take for a formula stays text."""
    out = io.StringIO()
    csv.writer(out).writerows([plain(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def plain(words: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; an empty one stays empty."""
    return f"'{words}" if words[:1] in FORMULA_SIGNS else words


def as_typed(cell: str) -> str:
    """Return what `plain` was given, for a table that is read in again: "'=1" -> "=1"."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_SIGNS else cell


def local(value: datetime) -> datetime:
    """Return a moment as the clock of the portal's time zone shows it, without its zone: spreadsheets know none."""
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
