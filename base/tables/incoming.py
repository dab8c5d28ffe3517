"""Tables that come in, XLSX or CSV, as a stream of rows: memory does not grow with the number of rows.

A room states a `Layout`: its columns, and the sentences it refuses a table with. What a row means is the room's matter.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zipfile import BadZipFile

from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from vietnam import text
from vietnam.dates import format_short

from ..files.checks.common import MB, extension_of, refuse_size
from ..files.checks.examine import examine_document
from ..files.checks.packages import Package
from .columns import Column

MOST_COLUMNS = 120
LARGEST_TABLE = 20 * MB
# Of the shared texts of a workbook, which are held in memory as a whole.
LARGEST_SHARED = 40 * MB
EMPTY_ROWS_TO_THE_END = 500
ENDINGS = ("xlsx", "csv")
EMPTY = "Bảng trống; hãy tải mẫu, điền từ dòng thứ hai rồi tải lên."
NOT_A_TABLE = "Bảng phải là tệp .xlsx hoặc .csv; hãy lưu lại đúng dạng rồi chọn lại."
NOT_READ = "Không mở được bảng; hãy mở tệp bằng phần mềm bảng tính, lưu lại dạng .xlsx rồi tải lên."
UNREADABLE = (BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError, IndexError, SyntaxError)


class TableError(ValidationError):
    """A table that cannot be used as it stands; `row` is the number of the row that says so, 0 for the whole."""

    def __init__(self, message: str, row: int = 0):
        super().__init__(message)
        self.row = row


@dataclass(frozen=True)
class Layout:
    """A table that a room takes in: its columns, its most rows, its sentences; what has no sentence is allowed.

    A sentence may name the columns it is about: {headers} (a, b), {quoted} («a», «b»), {first}; {number} is that of a
    row. `sheet`: the sheet of a workbook that is read, if it is there, and not the first.
    """

    columns: Sequence[Column]
    missing: str
    most_rows: int = 0
    too_many: str = ""
    empty: str = EMPTY
    without_rows: str = ""
    repeated: str = ""
    unknown: str = ""
    gap: str = ""
    surplus: str = ""
    not_utf8: str = "Tệp CSV không dùng bảng mã UTF-8 (Điều 7.3); hãy lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi tải lên."
    not_csv: str = "Không đọc được tệp CSV (ô quá dài hoặc dấu nháy kép chưa đóng); hãy lưu lại dạng .xlsx rồi tải lên."
    sheet: str = ""
    longest_header: int = 80

    def rows(self, file, name: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (number of the row, {name of the column: text of the cell}) of an open file; empty rows are left out.

        A column that is absent from the table is absent from the mapping. Raises TableError.
        """
        return self._rows(self._cells(file, name))

    def rows_of_text(self, written: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the same of a table that is text: CSV, with commas, semicolons or tabs."""
        return self._rows(self._csv_cells(written))

    def unknown_headers(self, file, name: str) -> list[str]:
        """Return the heads of a table that are no column, so that a misspelt one is not lost in silence."""
        for _number, cells in self._cells(file, name):
            if any(cells):
                return [cell for cell in cells if cell and text.fold(cell) not in self._by_key]
        return []

    @property
    def _by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    def _rows(self, raw) -> Iterator[tuple[int, dict[str, str]]]:
        columns, count = None, 0
        for number, cells in raw:
            if not any(cells):
                continue
            if columns is None:
                columns = self._columns_of(cells, number)
                continue
            count += 1
            if self.too_many and count > self.most_rows:
                raise TableError(self.too_many)
            if self.surplus and any(cells[len(columns) :]):
                raise TableError(self.surplus.format(number=number))
            found = zip(columns, cells, strict=False)
            yield number, {column.name: cell for column, cell in found if column and column.is_read}
        if columns is None:
            raise TableError(self.empty)
        if not count and self.without_rows:
            raise TableError(self.without_rows)

    def _columns_of(self, cells: list[str], number: int) -> list[Column | None]:
        """The column of each head; None for one that is passed over, and for a second one of the same name."""
        while not cells[-1]:
            cells = cells[:-1]
        by_key, found, twice = self._by_key, [], []
        for cell in cells:
            column = by_key.get(text.fold(cell))
            if column in found and column:
                twice.append(column.header)
                column = None
            found.append(column)
        absent = [column.header for column in self.columns if column.is_required and column not in found]
        unknown = [cell[: self.longest_header] for cell in cells if cell and text.fold(cell) not in by_key]
        for sentence, headers in (
            (self.unknown, unknown),
            (self.missing, absent),
            (self.repeated, list(dict.fromkeys(twice))),
            (self.gap, [cell for cell in cells if not cell]),
        ):
            if sentence and headers:
                quoted = ", ".join(f"«{header}»" for header in headers)
                raise TableError(sentence.format(headers=", ".join(headers), quoted=quoted, first=headers[0]), number)
        return found

    # --- Cells of a file ----------------------------------------------------------------------------------

    def _cells(self, file, name: str) -> Iterator[tuple[int, list[str]]]:
        file.seek(0)
        if extension_of(name) == "csv":
            return self._csv_cells(decoded(file.read(LARGEST_TABLE + 1), self.not_utf8))
        return _xlsx_cells(file, self.sheet)

    def _csv_cells(self, whole: str) -> Iterator[tuple[int, list[str]]]:
        if "\0" in whole:
            raise TableError(self.not_csv)
        delimiter = max(",;\t", key=whole.split("\n", 1)[0].count)
        try:
            for number, row in enumerate(csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter), 1):
                yield number, [cell.strip() for cell in row[:MOST_COLUMNS]]
        except csv.Error:
            raise TableError(self.not_csv) from None


def decoded(content: bytes, refusal: str) -> str:
    """Return the text of a file in UTF-8, with or without its mark, in composed letters; raises TableError."""
    try:
        return text.nfc(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TableError(refusal) from None


def examined(file, *, endings: Sequence[str] = ENDINGS, most: int = LARGEST_TABLE, refusal: str = NOT_A_TABLE):
    """Return an uploaded table that was looked into like any upload; raises ValidationError, for its name `refusal`."""
    if extension_of(file.name) not in endings:
        raise ValidationError(refusal)
    refuse_size(file.size, most)
    return examine_document(file).file


def shipped(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table that is part of the program (UTF-8, commas): {head: text}."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _xlsx_cells(file, sheet_name: str) -> Iterator[tuple[int, list[str]]]:
    package = Package(file, "xlsx")
    shared = sum(entry.file_size for entry in package.entries if entry.filename.lower().endswith("sharedstrings.xml"))
    if shared > LARGEST_SHARED:
        raise TableError("Bảng có quá nhiều chữ; hãy chia thành nhiều tệp, toàn văn để trong ZIP.")
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except UNREADABLE:
        raise TableError(NOT_READ) from None
    try:
        sheet = book[sheet_name] if sheet_name in book.sheetnames else book.worksheets[0]
        # What the file says of its own size may be wrong, or the whole sheet.
        sheet.reset_dimensions()
        empty = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            cells = [_text_of(cell) for cell in row]
            empty = 0 if any(cells) else empty + 1
            if empty > EMPTY_ROWS_TO_THE_END:
                return
            yield number, cells
    except UNREADABLE:
        raise TableError(NOT_READ) from None
    finally:
        book.close()


def _text_of(cell) -> str:
    """A cell as the person sees it: a day as dd/mm/yyyy, a whole number without a point."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return format_short(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, bool):
        return "có" if cell else "không"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return text.nfc(str(cell)).replace("_x000D_", "").strip()
