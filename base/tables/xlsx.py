"""Lists as spreadsheets: every cell is text, so that nothing that was typed somewhere is computed on opening."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

TITLE_LENGTH = 31  # of a sheet's name, by the format


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, lines above the table, the heads of its columns, their widths in letters, its rows."""

    name: str
    lines: Sequence[str]
    columns: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[str]]


def write(sheets: Sequence[Sheet]) -> bytes:
    """Return the sheets as an XLSX file."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        page = book.create_sheet(sheet.name[:TITLE_LENGTH])
        for line in sheet.lines:
            _add(page, [line], bold=page.max_row == 1)
        head = len(sheet.lines) + 1
        _add(page, sheet.columns, bold=True)
        for row in sheet.rows:
            _add(page, row)
        for place, width in enumerate(sheet.widths, 1):
            page.column_dimensions[get_column_letter(place)].width = width
        page.freeze_panes = f"A{head + 1}"
        page.print_title_rows = f"{head}:{head}"
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _add(page, values: Sequence[str], *, bold: bool = False) -> None:
    row = page._current_row + 1
    for column, value in enumerate(values, 1):
        cell = page.cell(row, column, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
        # Text, whatever it begins with: «=1+1» stays what was typed.
        cell.data_type, cell.number_format = "s", "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=bold)
