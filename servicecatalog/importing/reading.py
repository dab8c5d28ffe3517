"""A file of procedures → numbered items of `data.py`; and the way back, as a table or as JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from base.files.checks.common import MB, extension_of
from base.tables import xlsx
from base.tables.columns import CellError
from base.tables.incoming import EMPTY, ENDINGS, Layout

from ..models import Procedure
from .columns import BY_NAME, COLUMNS, HEADER_OF
from .data import as_data

MOST_ITEMS = 500
LARGEST = 5 * MB
JSON = "json"
SHEET = "Thủ tục"
TOO_MANY = f"Tệp có hơn {MOST_ITEMS} thủ tục; hãy chia thành nhiều tệp."
LAYOUT = Layout(
    COLUMNS,
    most_rows=MOST_ITEMS,
    too_many=TOO_MANY,
    without_rows=EMPTY,
    unknown="Không có cột «{first}» trong mẫu; hãy bỏ cột này hoặc sửa lại tên.",
    missing="Dòng đầu của bảng thiếu cột: {headers}; hãy tải mẫu và giữ tên các cột.",
    repeated="Bảng có hai cột cùng tên: {first}; hãy bỏ một cột.",
    gap="Dòng đầu của bảng có ô trống giữa các cột; hãy bỏ cột trống.",
)


@dataclass
class Item:
    """One procedure of a file: the number of its row (or its place), its data, what of it could not be read.

    `problems`: (column, message).
    """

    number: int
    data: dict
    problems: list[tuple[str, str]] = field(default_factory=list)


def read(file, name: str) -> list[Item]:
    """Return the procedures of an open binary file by its extension (.xlsx, .csv, .json).

    Raises ValidationError when the file cannot be read at all, or lacks a column that it needs.
    """
    kind = extension_of(name)
    if kind == JSON:
        return _from_json(file)
    if kind in ENDINGS:
        return _from_table(file, name)
    raise ValidationError("Hãy dùng tệp .xlsx, .csv hoặc .json theo mẫu.")


def _from_json(file) -> list[Item]:
    file.seek(0)
    try:
        found = json.loads(file.read(LARGEST + 1).decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        where = f" (dòng {error.lineno}, cột {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise ValidationError(f"Không đọc được tệp JSON{where}; hãy kiểm tra bảng mã UTF-8 và cú pháp.") from None
    except RecursionError:
        raise ValidationError("Tệp JSON lồng nhau quá sâu; hãy xem mẫu.") from None
    rows = found.get("procedures") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not rows:
        raise ValidationError('Tệp JSON phải là một danh sách thủ tục, hoặc {"procedures": [...]}; hãy xem mẫu.')
    if len(rows) > MOST_ITEMS:
        raise ValidationError(TOO_MANY)
    return [
        Item(place, row)
        if isinstance(row, dict)
        else Item(place, {}, [("", "Mục này không phải một đối tượng có tên trường; hãy xem mẫu.")])
        for place, row in enumerate(rows, 1)
    ]


def _from_table(file, name: str) -> list[Item]:
    items = []
    for number, cells in LAYOUT.rows(file, name):
        item = Item(number, {})
        for key, cell in cells.items():
            try:
                item.data |= BY_NAME[key].read(cell)
            except CellError as error:
                item.problems += [(BY_NAME[key].header, message) for message in error.messages]
        items.append(item)
    return items


def column_of(key: str) -> str:
    """Return the head of the column that holds a key of the data; the key itself where there is none."""
    return HEADER_OF.get(key, key)


# --- The way back ------------------------------------------------------------------------------------


def as_table(procedures: Iterable[Procedure]) -> bytes:
    """Return procedures as the table that `read` takes, with the sheet that explains its columns (XLSX)."""
    rows = [[column.write(data) for column in COLUMNS] for data in map(as_data, procedures)]
    return xlsx.write([xlsx.to_fill_in(SHEET, COLUMNS, rows), xlsx.guide(COLUMNS)])


def as_json(procedures: Iterable[Procedure]) -> bytes:
    """Return procedures with all their parts as the JSON that `read` takes (UTF-8)."""
    found = {"procedures": [as_data(procedure) for procedure in procedures]}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()
