"""Lists as spreadsheets: every cell is text, so that nothing that was typed somewhere is computed on opening.

A `Decimal` alone is a number, so that the sums of an official table can be computed again by who receives it.

Rows are written as a stream. Two sheets are always the same: the one that explains a table to fill in, and the list of
what is wrong in one that came in.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from operator import attrgetter

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from .columns import Column, shown

TITLE_LENGTH = 31  # of a sheet's name, by the format
# How many lines above a table are its title.
BOLD_LINES = 2
LINE_HEIGHT, WIDER = 15, 1.15  # of one line of text in points; how much more room than its count of letters it takes
NUMBER, NUMBER_WITH_PARTS = "#,##0", "#,##0.00"
WRAPPED, PLAIN, BOLD = Alignment(wrap_text=True, vertical="top"), Font(bold=False), Font(bold=True)


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, lines above the table, the heads of its columns, their widths in letters, its rows."""

    name: str
    lines: Sequence[str]
    columns: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence]


def sheet(name: str, lines: Sequence[str], columns: Sequence[tuple[str, int, str | Callable]], things) -> Sheet:
    """Return a sheet with a row for each thing; a column is (head, width in letters, its "attribute" or function)."""
    headers, widths, ways = zip(*columns, strict=True)
    cells = [attrgetter(way) if isinstance(way, str) else way for way in ways]
    return Sheet(name, lines, headers, widths, ([cell(thing) for cell in cells] for thing in things))


def write(sheets: Sequence[Sheet]) -> bytes:
    """Return the sheets as an XLSX file."""
    out = io.BytesIO()
    write_to(out, sheets)
    return out.getvalue()


def write_to(target, sheets: Sequence[Sheet]) -> None:
    """Write the sheets to an open binary file, row by row."""
    book = Workbook(write_only=True)
    for one in sheets:
        page = book.create_sheet(one.name[:TITLE_LENGTH])
        for place, width in enumerate(one.widths, 1):
            page.column_dimensions[get_column_letter(place)].width = width
        header_row = len(one.lines) + 1
        page.freeze_panes = f"A{header_row + 1}"
        page.print_title_rows = f"{header_row}:{header_row}"
        page.page_setup.orientation = "landscape"
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr.fitToPage = True
        for place, line in enumerate(one.lines):
            _across(page, place + 1, line, one.widths)
            page.append(_cells(page, [line], bold=place < BOLD_LINES))
        page.append(_cells(page, one.columns, bold=True))
        for row in one.rows:
            page.append(_cells(page, row))
    book.save(target)


def to_fill_in(name: str, columns: Sequence[Column], rows: Iterable[Sequence]) -> Sheet:
    """Return the sheet of a table that is read in again: a head for each column, and what is known already."""
    return Sheet(name, [], [column.header for column in columns], [column.width for column in columns], rows)


def guide(columns: Sequence[Column], rules: Sequence[str] = ()) -> Sheet:
    """Return the sheet that explains the columns of a table to fill in, and rules for the whole."""
    rows = [(column.header, "có" * column.is_required, column.help, column.example) for column in columns]
    headers = ("Cột", "Bắt buộc", "Ghi gì", "Ví dụ")
    return Sheet("Hướng dẫn", [], headers, (34, 12, 90, 50), [*rows, *(("", "", rule) for rule in rules)])


def problems(thing: str, found: Iterable[tuple[int, str, str, str, str]]) -> bytes:
    """Return what is wrong in a table, of (row, level, name of the `thing`, column, what and how to correct it)."""
    headers = ("Dòng", "Mức", thing, "Cột", "Lỗi và cách sửa")
    return write([Sheet("Lỗi và lưu ý", [], headers, (8, 12, 40, 30, 100), found)])


def _across(page, row: int, line: str, widths: Sequence[int]) -> None:
    """Let a line above a table go over all its columns, as high as it needs: no program finds that out by itself."""
    if len(widths) > 1:
        page.merged_cells.add(f"A{row}:{get_column_letter(len(widths))}{row}")
    # Capital and bold letters are wider than those a width counts.
    wrapped = sum(max(1, ceil(len(part) * WIDER / sum(widths))) for part in str(line).split("\n"))
    page.row_dimensions[row].height = wrapped * LINE_HEIGHT


def _cells(page, values: Sequence, *, bold: bool = False) -> list[WriteOnlyCell]:
    made = []
    for value in values:
        if isinstance(value, Decimal):
            cell = WriteOnlyCell(page, value)
            cell.number_format = NUMBER if value == value.to_integral_value() else NUMBER_WITH_PARTS
        else:
            cell = WriteOnlyCell(page, ILLEGAL_CHARACTERS_RE.sub("", shown(value)))
            # Text, whatever it begins with: «=1+1» stays what was typed.
            cell.data_type, cell.number_format = "s", "@"
        cell.alignment = WRAPPED
        cell.font = BOLD if bold else PLAIN
        made.append(cell)
    return made
