"""The columns of the table, in Vietnamese: each reads a cell into the value that `data.py` knows, and writes it back.

Parts of a procedure share one cell, one a line, their facts separated by "|". A time limit is written as text, read by
`read_limit`: "3 ngày làm việc", "trong ngày, nhận từ 15 giờ trả ngày làm việc tiếp theo", "kéo dài 5 ngày làm việc khi
phải xác minh".
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from base.tables.columns import CellError, gathered, joined, lines, parted
from base.tables.columns import Column as TableColumn
from vietnam import text

from ..models import Procedure, ProcedureAgency, ProcedureChannel
from .data import plain_text

UNITS = {"gio": "hour", "ngay": "calendar_day", "ngay lam viec": "working_day", "thang": "month"}
UNIT_LABELS = {
    "hour": "giờ",
    "calendar_day": "ngày",
    "working_day": "ngày làm việc",
    "month": "tháng",
}
LEVELS_OF_GOVERNMENT = {
    "cap tinh": "at_province",
    "tinh": "at_province",
    "cap huyen": "at_district",
    "huyen": "at_district",
    "cap xa": "at_ward",
    "xa": "at_ward",
    "co quan khac": "at_other",
    "khac": "at_other",
}
WAYS = {text.fold(label): value for value, label in ProcedureChannel.Way.choices}
ROLES = {text.fold(label): value for value, label in ProcedureAgency.Role.choices}
KINDS = {text.fold(label): value for value, label in Procedure.Kind.choices}
AMOUNT = re.compile(r"(\d+)\s*(giờ|ngày làm việc|ngày|tháng)", re.IGNORECASE)
CUTOFF = re.compile(r"(?:từ|sau)\s*(\d{1,2})\s*(?:giờ|h)", re.IGNORECASE)
SINCE = re.compile(r"kể từ\s*(?:khi\s*)?:?\s*(.+)", re.IGNORECASE)
LONGER = re.compile(r"kéo dài(?:\s*không quá)?:?\s*", re.IGNORECASE)
WHEN = re.compile(r"\bkhi\s+(.+)", re.IGNORECASE)
NOT_COUNTED = re.compile(r"không tính:?\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class Column(TableColumn):
    """One column: `read(cell)` → the keys of `data.py` that it fills; `write(data)` → text."""

    keys: tuple[str, ...] = ()


def _column(header: str, keys: tuple[str, ...], read, write, **more) -> Column:
    return Column(keys[0], header, width=30, keys=keys, read=read, write=write, **more)


# --- Cells with one fact -----------------------------------------------------------------------------


def _words(header: str, key: str, **more) -> Column:
    return _column(header, (key,), lambda cell: {key: cell}, lambda data: str(data[key] or ""), **more)


def _number(header: str, key: str, **more) -> Column:
    def read(cell):
        if cell and not cell.isdecimal():
            raise CellError(f"Phải là số nguyên; hãy sửa «{cell}».")
        return {key: int(cell) if cell else None}

    return _column(header, (key,), read, lambda data: "" if data[key] is None else str(data[key]), **more)


def _day(header: str, key: str, **more) -> Column:
    def write(data):
        return "/".join(reversed(data[key].split("-"))) if data[key] else ""

    return _column(header, (key,), lambda cell: {key: cell or None}, write, **more)


def _list(header: str, key: str, **more) -> Column:
    return _column(
        header,
        (key,),
        lambda cell: {key: lines(cell)},
        lambda data: "\n".join(data[key]),
        **{"help": "Mỗi dòng trong ô một mục, đúng tên trong danh mục.", **more},
    )


def parts(line: str, most: int) -> list[str]:
    """Return the facts of a line: always `most` of them, the missing ones empty. Raises CellError for more."""
    found = parted(line)
    if len(found) > most:
        raise CellError(f"«{line}» có quá nhiều dấu |; mỗi dòng có tối đa {most} phần.")
    return found + [""] * (most - len(found))


# --- Cells with parts --------------------------------------------------------------------------------


def together(*readers: Callable) -> list:
    """Return what each of the readers gives; raises one CellError with the problems of all."""
    return gathered(readers, lambda read: read())


def _steps(cell: str) -> dict:
    return {"steps": gathered(lines(cell), _step)}


def _step(line: str) -> dict:
    title, body = parts(line, 2)
    return {"title": title if body else "", "body": _rich(body or title)}


def _rich(words: str) -> str:
    return words if words.startswith("<") else f"<p>{words}</p>"


def read_limit(words: str) -> dict:
    """Read the text of a time limit into the fields of `TimeLimit`; {} for none.

    Example: "3 ngày làm việc; kéo dài 3 ngày làm việc khi phải xác minh". Raises CellError.
    """
    found: dict = {}
    for part in gathered(filter(None, (part.strip() for part in words.split(";"))), _part_of_limit):
        found |= part
    return found


def _part_of_limit(part: str) -> dict:
    found: dict = {}
    if longer := LONGER.match(part):
        amount, unit = _amount(part[longer.end() :])
        found |= {"extra_amount": amount, "extra_unit": unit}
        if when := WHEN.search(part):
            found["extra_reason"] = when[1].strip()
    elif since := SINCE.match(part):
        found["start_event"] = since[1].strip()
    elif left_out := NOT_COUNTED.match(part):
        found["not_counted"] = left_out[1].strip()
    elif "trong ngày" in part.lower():
        found["same_day"] = True
        if cutoff := CUTOFF.search(part):
            found["cutoff_hour"] = int(cutoff[1])
    else:
        amount, unit = _amount(part)
        found |= {"amount": amount, "unit": unit}
        if since := SINCE.search(part):
            found["start_event"] = since[1].strip()
    return found


def _amount(words: str) -> tuple[int, str]:
    found = AMOUNT.search(words)
    if found is None:
        raise CellError(
            f"Không đọc được thời hạn «{words.strip()}»; hãy ghi số và đơn vị, ví dụ «3 ngày làm việc», «trong ngày, "
            "nhận từ 15 giờ trả ngày làm việc tiếp theo»."
        )
    return int(found[1]), UNITS[text.fold(found[2])]


def write_limit(row: dict) -> str:
    """Write the fields of a time limit as text: the inverse of `read_limit`."""
    given = []
    if row["same_day"]:
        late = f", nhận từ {row['cutoff_hour']} giờ trả ngày làm việc tiếp theo" if row["cutoff_hour"] else ""
        given.append(f"trong ngày{late}")
    elif row["amount"]:
        given.append(f"{row['amount']} {UNIT_LABELS[row['unit']]}")
    if given and row["start_event"] and row["start_event"] != DEFAULT_EVENT:
        given.append(f"kể từ {row['start_event']}")
    if row["extra_amount"]:
        reason = f" khi {row['extra_reason']}" if row["extra_reason"] else ""
        given.append(f"kéo dài {row['extra_amount']} {UNIT_LABELS[row['extra_unit']]}{reason}")
    if row["not_counted"]:
        given.append(f"không tính {row['not_counted']}")
    return "; ".join(given)


DEFAULT_EVENT = ProcedureChannel._meta.get_field("start_event").default


def _channels(cell: str) -> dict:
    return {"channels": gathered(lines(cell), _channel)}


def _channel(line: str) -> dict:
    way, limit, description = parts(line, 3)
    way, limit = together(lambda: _way(way), lambda: read_limit(limit))
    return {"way": way, "description": description, **limit}


def _way(given: str) -> str:
    return _one_of(WAYS, given, "hình thức nộp", ProcedureChannel.Way.labels)


def _one_of(known: dict[str, str], given: str, what: str, labels: Iterable[str]) -> str:
    found = known.get(text.fold(given))
    if found is None:
        raise CellError(f"Không có {what} «{given}»; hãy dùng một trong: {', '.join(labels)}.")
    return found


def _fees(cell: str) -> dict:
    return {"fees": gathered(lines(cell), _fee)}


def _fee(line: str) -> dict:
    label, amount, per, note, way = parts(line, 5)
    amount, way = together(lambda: _money(amount), lambda: _way(way) if way else "")
    return {"label": label, "amount": amount, "per": per, "note": note, "way": way}


def _money(given: str) -> int | None:
    if given and not given.replace(".", "").isdecimal():
        raise CellError(f"Số tiền «{given}» phải là số, ví dụ 8000; ghi 0 khi miễn phí.")
    return int(given.replace(".", "")) if given else None


def _components(cell: str) -> dict:
    return {"components": gathered(lines(cell), _component)}


def _component(line: str) -> dict:
    case, name, originals, copies, form, note = parts(line, 6)
    show = text.fold(originals) == "xuat trinh"
    name, originals, copies = together(
        lambda: _paper(name, line), lambda: 0 if show else _copies(originals), lambda: _copies(copies)
    )
    return {
        "case": case,
        "name": name,
        "originals": originals,
        "copies": copies,
        "to_show_only": show,
        "form_file": form,
        "note": note,
    }


def _paper(name: str, line: str) -> str:
    if not name:
        raise CellError(f"«{line}» thiếu tên giấy tờ; hãy ghi: trường hợp | tên giấy tờ | bản chính | bản sao.")
    return name


def _copies(given: str) -> int:
    if given and not given.isdecimal():
        raise CellError(f"Số bản «{given}» phải là số; hãy ghi 0, 1, 2 hoặc «xuất trình».")
    return int(given or 0)


def _agencies(cell: str) -> dict:
    return {"agencies": gathered(lines(cell), _agency)}


def _agency(line: str) -> dict:
    role, name = parts(line, 2) if "|" in line else (DEFAULT_ROLE, line)
    return {"role": _one_of(ROLES, role, "vai trò", ProcedureAgency.Role.labels), "name": name}


DEFAULT_ROLE = ProcedureAgency.Role.PERFORMS.label


def _bases(cell: str) -> dict:
    found = gathered(lines(cell), lambda line: parts(line, 2))
    return {"legal_bases": [{"document": document, "provision": provision} for document, provision in found]}


def _levels(cell: str) -> dict:
    found = gathered(lines(cell), lambda line: parts(line, 2))
    return {"levels": [{"level": level.replace(" ", ""), "reason": reason} for level, reason in found]}


def _done_at(cell: str) -> dict:
    found = dict.fromkeys(("at_province", "at_district", "at_ward", "at_other"), False)
    words = [word.strip() for word in re.split(r"[,;\n]", cell) if word.strip()]
    labels = [label for _key, label in _TIERS]
    given = gathered(words, lambda word: _one_of(LEVELS_OF_GOVERNMENT, word, "cấp thực hiện", labels))
    return found | dict.fromkeys(given, True)


def _kind(cell: str) -> dict:
    return {
        "kind": _one_of(KINDS, cell, "loại thủ tục", Procedure.Kind.labels) if cell else Procedure.Kind.DETAILED.value
    }


_TIERS = (
    ("at_province", "cấp tỉnh"),
    ("at_district", "cấp huyện"),
    ("at_ward", "cấp xã"),
    ("at_other", "cơ quan khác"),
)
_WAY = dict(ProcedureChannel.Way.choices)
_ROLE = dict(ProcedureAgency.Role.choices)

COLUMNS: tuple[Column, ...] = (
    _words("Mã thủ tục", "code", example="1.001193", is_required=True, help="Một chữ số, dấu chấm, sáu chữ số."),
    _words("Mã thủ tục địa phương", "local_code"),
    _words(
        "Tên thủ tục",
        "name",
        example="Đăng ký khai sinh",
        help="Đúng từng chữ như quyết định công bố.",
        is_required=True,
    ),
    _words("Tên tiếng Anh", "title_en", example="Birth registration"),
    _words("Mô tả ngắn", "summary"),
    _words("Mô tả tiếng Anh", "summary_en"),
    _words("Lĩnh vực", "field", example="Hộ tịch", help="Đúng tên trong danh mục lĩnh vực.", is_required=True),
    _words("Quyết định công bố", "deciding_document", help="Số, ký hiệu của văn bản trong sổ."),
    _words("Số quyết định công bố", "decided_by", help="Khi quyết định chưa có trong sổ văn bản."),
    _day("Ngày công bố", "decided_on", example="02/03/2020"),
    _column(
        "Cấp thực hiện",
        ("at_province", "at_district", "at_ward", "at_other"),
        _done_at,
        lambda data: ", ".join(given for key, given in _TIERS if data[key]),
        help="Cách nhau bằng dấu phẩy: cấp tỉnh, cấp huyện, cấp xã, cơ quan khác.",
        example="cấp xã",
        is_required=True,
    ),
    _column("Loại thủ tục", ("kind",), _kind, lambda data: dict(Procedure.Kind.choices)[data["kind"]]),
    _list("Sự kiện trong đời", "life_events", example="Sinh con, nuôi con"),
    _list("Đối tượng thực hiện", "applicants", example="Công dân Việt Nam"),
    _column(
        "Trình tự thực hiện",
        ("steps",),
        _steps,
        lambda data: "\n".join(joined(row["title"], plain_text(row["body"])) for row in data["steps"]),
        help="Mỗi dòng một bước: tên bước | nội dung.",
        example="Nộp hồ sơ | Nộp tại bộ phận một cửa.",
    ),
    _column(
        "Cách thức thực hiện",
        ("channels",),
        _channels,
        lambda data: "\n".join(
            joined(_WAY[row["way"]], write_limit(row), row["description"]) for row in data["channels"]
        ),
        help="Mỗi dòng: hình thức nộp | thời hạn | mô tả. Thời hạn: «3 ngày làm việc», «30 ngày», «trong ngày, nhận từ "
        "15 giờ trả ngày làm việc tiếp theo»; thêm sau dấu chấm phẩy: «kéo dài 5 ngày làm việc khi phải xác minh», "
        "«kể từ …», «không tính …».",
        example="Trực tiếp | 3 ngày làm việc; kéo dài 3 ngày làm việc khi phải xác minh",
    ),
    _column(
        "Phí, lệ phí",
        ("fees",),
        _fees,
        lambda data: "\n".join(
            joined(
                row["label"],
                "" if row["amount"] is None else row["amount"],
                row["per"],
                row["note"],
                _WAY.get(row["way"], ""),
            )
            for row in data["fees"]
        ),
        help="Mỗi dòng: tên | số tiền (0 là miễn phí) | đơn vị tính | ghi chú | hình thức nộp.",
        example="Lệ phí | 8000 | bản",
    ),
    _words("Ghi chú về phí", "fee_note"),
    _column(
        "Thành phần hồ sơ",
        ("components",),
        _components,
        lambda data: "\n".join(
            joined(
                row["case"],
                row["name"],
                "xuất trình" if row["to_show_only"] else row["originals"],
                row["copies"],
                row["form_file"],
                row["note"],
            )
            for row in data["components"]
        ),
        help="Mỗi dòng: trường hợp (để trống khi ai cũng cần) | tên giấy tờ | số bản chính hoặc «xuất trình» | số bản "
        "sao | tên tệp mẫu trong kho | ghi chú.",
        example="| Tờ khai theo mẫu | 1 | 0",
    ),
    _number("Số lượng hồ sơ (bộ)", "sets_count", example="1"),
    _column(
        "Cơ quan",
        ("agencies",),
        _agencies,
        lambda data: "\n".join(joined(_ROLE[row["role"]], row["unit"] or row["name"]) for row in data["agencies"]),
        help="Mỗi dòng: vai trò | tên cơ quan; chỉ ghi tên là cơ quan thực hiện.",
        example="Ủy ban nhân dân cấp xã",
    ),
    _column(
        "Kết quả",
        ("results",),
        lambda cell: {"results": [{"name": line} for line in lines(cell)]},
        lambda data: "\n".join(row["name"] for row in data["results"]),
        help="Mỗi dòng một kết quả.",
        example="Giấy khai sinh",
    ),
    _column(
        "Căn cứ pháp lý",
        ("legal_bases",),
        _bases,
        lambda data: "\n".join(
            joined(row["document"] or row["as_printed"], row["provision"]) for row in data["legal_bases"]
        ),
        help="Mỗi dòng: số, ký hiệu hoặc tên văn bản | điều, khoản.",
        example="60/2014/QH13 | Điều 13 đến 16",
    ),
    _words("Yêu cầu, điều kiện", "requirements"),
    _words("Địa chỉ tiếp nhận", "reception_address"),
    _words("Từ khóa", "keywords", help="Mỗi dòng một từ, cụm từ mà người dân hay dùng."),
    _column(
        "Mức độ",
        ("levels",),
        _levels,
        lambda data: "\n".join(joined(row["level"], row["reason"]) for row in data["levels"]),
        help="Mỗi dòng: hệ:mã | lý do. Hệ nd43: muc-do-1 … muc-do-4; nd42, nd224: thong-tin, mot-phan, toan-trinh.",
        example="nd43:muc-do-3",
    ),
    _day("Áp dụng từ ngày", "valid_from"),
    _day("Áp dụng đến hết ngày", "valid_to"),
)
BY_NAME = {column.name: column for column in COLUMNS}
HEADER_OF = {key: column.header for column in COLUMNS for key in column.keys}
