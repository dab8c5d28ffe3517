"""Reading and writing the table as a stream: memory does not grow with the number of rows."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zipfile import BadZipFile

from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from base.files.checks.common import MB, extension_of
from base.files.checks.packages import Package
from vietnam import text
from vietnam.dates import format_short

from .columns import BY_KEY, COLUMNS, REQUIRED, YES, Column

MOST_ROWS = 20_000
MOST_COLUMNS = 120
LARGEST_TABLE = 20 * MB
# Of the shared texts of a workbook, which are held in memory as a whole.
LARGEST_SHARED = 40 * MB
EMPTY_ROWS_TO_THE_END = 500
SHEET, GUIDE = "Văn bản", "Hướng dẫn"

NOT_READ = "Không mở được bảng; hãy mở tệp bằng phần mềm bảng tính, lưu lại dạng .xlsx rồi tải lên."


def rows_of(file, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (number of the row, {name of the column: text of the cell}) of an open table; empty rows are left out.

    Only columns of `columns.COLUMNS` are read; a cell of a column that is absent from the table is absent from the
    mapping. Raises ValidationError when the table cannot be read or lacks a column that it needs.
    """
    raw = raw_rows(file, name)
    columns = []
    for _number, cells in raw:
        if any(cells):
            columns = _columns_of(cells)
            break
    if not columns:
        raise ValidationError("Bảng trống; hãy tải mẫu, điền từ dòng thứ hai rồi tải lên.")
    count = 0
    for number, cells in raw:
        if not any(cells):
            continue
        count += 1
        if count > MOST_ROWS:
            raise ValidationError(f"Bảng có hơn {MOST_ROWS} dòng; hãy chia thành nhiều tệp.")
        yield (
            number,
            {column.name: cell for column, cell in zip(columns, cells, strict=False) if column and column.is_read},
        )


def raw_rows(file, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (number of the row, texts of its cells) of an open table, empty rows too; for any table that is handed in.

    Of an XLSX file its first sheet, or the one of documents. Raises ValidationError when it cannot be read.
    """
    return _csv_rows(file) if extension_of(name) == "csv" else _xlsx_rows(file)


def unknown_heads(file, name: str) -> list[str]:
    """Return the heads of a table that are no column of ours, so that a misspelt one is not lost in silence."""
    for _number, cells in raw_rows(file, name):
        if any(cells):
            return [cell for cell in cells if cell and text.fold(cell) not in BY_KEY]
    return []


def _columns_of(cells: list[str]) -> list[Column | None]:
    found = [BY_KEY.get(text.fold(cell)) for cell in cells]
    named = [column.head for column in found if column]
    if missing := [column.head for column in REQUIRED if column not in found]:
        raise ValidationError(
            f"Dòng đầu của bảng thiếu cột: {', '.join(missing)}; hãy tải mẫu và giữ nguyên tên các cột."
        )
    if twice := sorted({head for head in named if named.count(head) > 1}):
        raise ValidationError(f"Bảng có hai cột cùng tên: {', '.join(twice)}; hãy bỏ một cột.")
    return found


def _xlsx_rows(file) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    package = Package(file, "xlsx")
    shared = sum(entry.file_size for entry in package.entries if entry.filename.lower().endswith("sharedstrings.xml"))
    if shared > LARGEST_SHARED:
        raise ValidationError("Bảng có quá nhiều chữ; hãy chia thành nhiều tệp, toàn văn để trong ZIP.")
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (BadZipFile, KeyError, ValueError, OSError, TypeError, AttributeError):
        raise ValidationError(NOT_READ) from None
    try:
        sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
        # What the file says of its own size may be wrong, or the whole sheet.
        sheet.reset_dimensions()
        empty = 0
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            cells = [_text_of(cell) for cell in row]
            empty = 0 if any(cells) else empty + 1
            if empty > EMPTY_ROWS_TO_THE_END:
                return
            yield number, cells
    except (BadZipFile, KeyError, ValueError, OSError, TypeError, IndexError, SyntaxError):
        raise ValidationError(NOT_READ) from None
    finally:
        book.close()


def _csv_rows(file) -> Iterator[tuple[int, list[str]]]:
    file.seek(0)
    try:
        whole = file.read(LARGEST_TABLE + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            "Tệp CSV không dùng bảng mã UTF-8 (Điều 7.3); hãy lưu lại dạng «CSV UTF-8» hoặc .xlsx rồi tải lên."
        ) from None
    delimiter = max(",;\t", key=whole.split("\n", 1)[0].count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(whole, newline=""), delimiter=delimiter), 1):
            yield number, [text.nfc(cell).strip() for cell in row[:MOST_COLUMNS]]
    except csv.Error:
        raise ValidationError(
            "Không đọc được tệp CSV (ô quá dài hoặc dấu nháy kép chưa đóng); hãy lưu lại dạng .xlsx rồi tải lên."
        ) from None


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


# --- Writing ------------------------------------------------------------------------------------------------


def write(target, rows: Iterable[list[str]], *, columns: tuple[Column, ...] = COLUMNS) -> None:
    """Write the table to an open binary file: the sheet of documents, and the sheet that explains its columns.

    Every cell is text, so that nothing is computed on opening and no number loses its zeros.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, column.head, bold=True) for column in columns])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    guide = book.create_sheet(GUIDE)
    for letter, width in zip("ABCD", (34, 12, 90, 50), strict=True):
        guide.column_dimensions[letter].width = width
    guide.freeze_panes = "A2"
    guide.append([_cell(guide, head, bold=True) for head in ("Cột", "Bắt buộc", "Ghi gì", "Ví dụ")])
    for column in columns:
        guide.append(
            [_cell(guide, value) for value in (column.head, YES * column.is_required, column.help, column.example)]
        )
    for line in RULES:
        guide.append([_cell(guide, ""), _cell(guide, ""), _cell(guide, line)])
    book.save(target)


RULES = (
    "Dòng đầu giữ nguyên tên cột; thứ tự cột tùy ý, cột không dùng có thể bỏ. Mỗi dòng sau là một văn bản.",
    "Văn bản đã có trong sổ (cùng cơ quan, nhóm, loại, số, năm) được sửa theo bảng: ô trống làm trống trường đó, "
    "cột bị bỏ giữ nguyên trường đó.",
    "Tệp kèm theo để trong một tệp ZIP; ô ghi đúng tên tệp kể cả thư mục, ví dụ tep/01-2020.pdf.",
    "Tên tệp, tên văn bản có dấu | thì ghi bằng dấu ¦.",
    "Văn bản nhập vào là bản nháp; người thứ hai duyệt cả lô rồi mới đăng.",
)


def template() -> bytes:
    """Return the sheet to fill in: the heads, one example row in the guide, no data."""
    out = io.BytesIO()
    write(out, [])
    return out.getvalue()


def problems(rows) -> bytes:
    """Return the list of what is wrong in a batch as XLSX: row, document, column, what and how to mend it."""
    out, book = io.BytesIO(), Workbook(write_only=True)
    sheet = book.create_sheet("Lỗi và lưu ý")
    for letter, width in zip("ABCDE", (8, 12, 40, 30, 100), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, head, bold=True) for head in ("Dòng", "Mức", "Văn bản", "Cột", "Lỗi và cách sửa")])
    for row in rows:
        for level, found in itertools.chain(
            (("Lỗi", item) for item in row.problems), (("Lưu ý", item) for item in row.remarks)
        ):
            values = (str(row.number), level, row.label, found["column"], found["message"])
            sheet.append([_cell(sheet, value) for value in values])
    book.save(out)
    return out.getvalue()


def _cell(sheet, value: str, *, bold: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value)))
    cell.data_type, cell.number_format = "s", "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell
