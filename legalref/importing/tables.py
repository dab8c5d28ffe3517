"""The table of documents: what of it is taken in, the sheet to fill in, the list of what is wrong."""

from collections.abc import Iterable, Sequence

from base.tables import xlsx
from base.tables.columns import Column
from base.tables.incoming import Layout

from .columns import COLUMNS

MOST_ROWS = 20_000
SHEET = "Văn bản"
LAYOUT = Layout(
    COLUMNS,
    most_rows=MOST_ROWS,
    too_many=f"Bảng có hơn {MOST_ROWS} dòng; hãy chia thành nhiều tệp.",
    missing="Dòng đầu của bảng thiếu cột: {headers}; hãy tải mẫu và giữ nguyên tên các cột.",
    repeated="Bảng có hai cột cùng tên: {headers}; hãy bỏ một cột.",
    sheet=SHEET,
)
RULES = (
    "Dòng đầu giữ nguyên tên cột; thứ tự cột tùy ý, cột không dùng có thể bỏ. Mỗi dòng sau là một văn bản.",
    "Văn bản đã có trong sổ (cùng cơ quan, nhóm, loại, số, năm) được sửa theo bảng: ô trống làm trống trường đó, "
    "cột bị bỏ giữ nguyên trường đó.",
    "Tệp kèm theo để trong một tệp ZIP; ô ghi đúng tên tệp kể cả thư mục, ví dụ tep/01-2020.pdf.",
    "Tên tệp, tên văn bản có dấu | thì ghi bằng dấu ¦.",
    "Văn bản nhập vào là bản nháp; người thứ hai duyệt cả lô rồi mới đăng.",
)


def sheets(rows: Iterable[list[str]], *, columns: Sequence[Column] = COLUMNS) -> list[xlsx.Sheet]:
    """Return the sheet of documents, and the sheet that explains its columns; without rows they are to be filled in."""
    return [xlsx.to_fill_in(SHEET, columns, rows), xlsx.guide(columns, RULES)]


def problems(rows) -> bytes:
    """Return the list of what is wrong in a batch as XLSX: row, document, column, the problem and how to fix it."""
    return xlsx.problems(
        "Văn bản",
        (
            (row.number, level, row.label, found["column"], found["message"])
            for row in rows
            for level, items in (("Lỗi", row.problems), ("Lưu ý", row.remarks))
            for found in items
        ),
    )
