"""A file of procedures → numbered items of `data.py`; and the way back, as a table or as JSON."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from base.files.checks.common import MB, extension_of
from base.tables import xlsx
from legalref.importing.tables import raw_rows
from vietnam import text

from ..models import Procedure
from .columns import BY_KEY, COLUMNS, HEAD_OF, REQUIRED
from .data import Unreadable, as_data

MOST_ITEMS = 500
LARGEST = 5 * MB
TABLES, JSON = ("xlsx", "csv"), "json"
SHEET, GUIDE = "Thủ tục", "Hướng dẫn"


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
    if kind in TABLES:
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
    _demand_few(len(rows))
    return [
        Item(place, row)
        if isinstance(row, dict)
        else Item(place, {}, [("", "Mục này không phải một đối tượng có tên trường; hãy xem mẫu.")])
        for place, row in enumerate(rows, 1)
    ]


def _from_table(file, name: str) -> list[Item]:
    columns, items = None, []
    for number, cells in raw_rows(file, name):
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells)
            continue
        _demand_few(len(items) + 1)
        item = Item(number, {})
        for column, cell in zip(columns, cells, strict=False):
            try:
                item.data |= column.read(cell)
            except Unreadable as error:
                item.problems.append((column.head, str(error)))
        items.append(item)
    if not items:
        raise ValidationError("Bảng trống; hãy tải mẫu, điền từ dòng thứ hai rồi tải lên.")
    return items


def _columns(cells: list[str]) -> list:
    heads = [cell for cell in cells if cell]
    if unknown := [head for head in heads if text.fold(head) not in BY_KEY]:
        raise ValidationError(f"Không có cột «{unknown[0][:80]}» trong mẫu; hãy bỏ cột này hoặc sửa lại tên.")
    found = [BY_KEY[text.fold(head)] for head in heads]
    if missing := [column.head for column in REQUIRED if column not in found]:
        raise ValidationError(f"Dòng đầu của bảng thiếu cột: {', '.join(missing)}; hãy tải mẫu và giữ tên các cột.")
    if twice := [column.head for column in found if found.count(column) > 1]:
        raise ValidationError(f"Bảng có hai cột cùng tên: {twice[0]}; hãy bỏ một cột.")
    if len(heads) != len(cells) and any(cells[len(heads) :]):
        raise ValidationError("Dòng đầu của bảng có ô trống giữa các cột; hãy bỏ cột trống.")
    return found


def _demand_few(count: int) -> None:
    if count > MOST_ITEMS:
        raise ValidationError(f"Tệp có hơn {MOST_ITEMS} thủ tục; hãy chia thành nhiều tệp.")


def column_of(key: str) -> str:
    """Return the head of the column that holds a key of the data; the key itself where there is none."""
    return HEAD_OF.get(key, key)


# --- The way back ------------------------------------------------------------------------------------


def as_table(procedures: Iterable[Procedure]) -> bytes:
    """Return procedures as the table that `read` takes, with the sheet that explains its columns (XLSX)."""
    rows = [[column.write(data) for column in COLUMNS] for data in map(as_data, procedures)]
    guide = [(column.head, "có" if column.is_required else "", column.help, column.example) for column in COLUMNS]
    return xlsx.write(
        [
            xlsx.Sheet(SHEET, [], [column.head for column in COLUMNS], [30] * len(COLUMNS), rows),
            xlsx.Sheet(GUIDE, [], ("Cột", "Bắt buộc", "Ghi gì", "Ví dụ"), (28, 10, 90, 50), guide),
        ]
    )


def as_json(procedures: Iterable[Procedure]) -> bytes:
    """Return procedures with all their parts as the JSON that `read` takes (UTF-8)."""
    found = {"procedures": [as_data(procedure) for procedure in procedures]}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()
