"""An update of a dossier as it comes in, from a program or a row of a table, read into what the portal keeps.

`read` takes known names only. Any other field is refused and named, so that no name, number or address of an applicant
can reach the portal by mistake; the value of that field is neither stored nor repeated.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from vietnam import dossier_codes
from workflows import deadlines

from ..models import Channel, DossierStatus
from ..models.procedure import CODE as PROCEDURE_CODE

KEY, DOSSIER, STATUS, AT, SEQUENCE = "key", "code", "status", "at", "sequence"
PROCEDURE, CHANNEL, PROMISED, REAPPOINTED = "procedure", "channel", "promised_on", "reappointed_on"
# What an update may say; a letter of apology says only the first row and its day.
OF_EACH = (KEY, DOSSIER, AT, SEQUENCE)
NAMES = (*OF_EACH, STATUS, PROCEDURE, CHANNEL, PROMISED, REAPPOINTED)
KEY_PATTERN = r"[A-Za-z0-9._:/-]{1,80}"
MOMENT_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
DAY_PATTERN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
FIRST_YEAR = 2010
LAST_SEQUENCE = 1_000_000
LONGEST_PROMISE = timedelta(days=3 * 366)
# The system clocks of two machines never agree exactly.
AHEAD = timedelta(minutes=10)
SHOWN_OF_A_NAME = 40


@dataclass(frozen=True)
class Update:
    """One update in the portal's own terms: `status` of the step, or None for a letter of apology."""

    key: str
    code: str
    at: datetime
    status: int | None = None
    sequence: int = 0
    procedure_code: str = ""
    channel: str = ""
    promised_on: date | None = None
    reappointed_on: date | None = None


class Wrong(ValueError):
    """An update that makes no sense: a list of (field, what is wrong and how to correct it)."""

    def __init__(self, problems: list[tuple[str, str]]):
        super().__init__("; ".join(message for _field, message in problems))
        self.problems = problems


def read(raw: Mapping, *, now: datetime, unit_codes: Container[str] = ()) -> Update:
    """Return the update that a mapping of plain JSON values tells. Raises Wrong with every problem there is.

    `unit_codes`: identification codes one of which the dossier's code must begin with; empty: any.
    """
    problems: list[tuple[str, str]] = [
        (name, _unknown(name)) for name in (str(name)[:SHOWN_OF_A_NAME] for name in raw if name not in NAMES)
    ]

    def take(name: str, reader, *arguments, default=None):
        if raw.get(name) is None:
            return default
        try:
            return reader(raw[name], *arguments)
        except ValueError as error:
            problems.append((name, str(error)))
            return default

    for name in (KEY, DOSSIER, AT):
        if raw.get(name) is None:
            problems.append((name, f"Thiếu «{name}»; hãy ghi giá trị."))
    at = take(AT, _moment, now)
    day = deadlines.local_date(at) if at else None
    update = Update(
        key=take(KEY, _key, default=""),
        code=take(DOSSIER, _dossier, unit_codes, default=""),
        at=at or now,
        status=take(STATUS, _status),
        sequence=take(SEQUENCE, _sequence, default=0),
        procedure_code=take(PROCEDURE, _procedure, default=""),
        channel=take(CHANNEL, _channel, default=""),
        promised_on=take(PROMISED, _day_from, day),
        reappointed_on=take(REAPPOINTED, _day_from, day),
    )
    problems += _together(raw)
    if problems:
        raise Wrong(problems)
    return update


def _unknown(name: str) -> str:
    return (
        f"Không có trường «{name}»; hãy bỏ trường này. Cổng chỉ nhận: {', '.join(NAMES)}, "
        "không nhận dữ liệu nào về người nộp hồ sơ."
    )


def _together(raw: Mapping) -> list[tuple[str, str]]:
    if raw.get(STATUS) is None and raw.get(REAPPOINTED) is None:
        return [(STATUS, f"Thiếu «{STATUS}»; hãy ghi trạng thái từ 1 đến 10 (hoặc «{REAPPOINTED}» cho thư xin lỗi).")]
    if raw.get(REAPPOINTED) is None:
        return []
    return [
        (name, f"Thư xin lỗi, hẹn lại là một lần cập nhật riêng; hãy bỏ «{name}» hoặc bỏ «{REAPPOINTED}».")
        for name in (STATUS, PROCEDURE, CHANNEL, PROMISED)
        if raw.get(name) is not None
    ]


# --- Values: each returns it, or raises ValueError with what is wrong and how to correct it ------------


def _key(value) -> str:
    if not isinstance(value, str) or not re.fullmatch(KEY_PATTERN, value, re.ASCII):
        raise ValueError("Khóa gồm 1 đến 80 chữ cái không dấu, chữ số và các dấu . _ : / -; hãy đặt lại.")
    return value


def _dossier(value, unit_codes: Container[str]) -> str:
    if not isinstance(value, str):
        raise ValueError("Mã hồ sơ là một chuỗi ký tự; hãy ghi trong dấu nháy.")
    found = dossier_codes.parse(value)
    if found.text != value:
        raise ValueError(f"Mã hồ sơ phải viết đúng một cách: {found.text}.")
    if unit_codes and found.unit_code not in unit_codes:
        raise ValueError("Khóa này không nạp được hồ sơ của đơn vị ghi trong mã; hãy kiểm tra mã hoặc đổi khóa.")
    return found.text


def _moment(value, now: datetime) -> datetime:
    wrong = "Thời điểm phải ghi đủ ngày, giờ, giây và múi giờ, ví dụ 2026-06-05T08:30:00+07:00."
    if not isinstance(value, str) or not re.fullmatch(MOMENT_PATTERN, value, re.ASCII):
        raise ValueError(wrong)
    if not FIRST_YEAR <= int(value[:4]) <= now.year + 1:
        raise ValueError(f"Thời điểm phải từ năm {FIRST_YEAR} đến nay.")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(wrong) from None
    if moment > now + AHEAD:
        raise ValueError("Thời điểm ở tương lai; hãy kiểm tra đồng hồ và múi giờ của hệ thống gửi.")
    return moment


def _status(value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value not in DossierStatus.values:
        raise ValueError("Trạng thái là một số từ 1 đến 10 theo QCVN 120:2019/BTTTT.")
    return value


def _sequence(value) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LAST_SEQUENCE:
        raise ValueError(f"Thứ tự là một số nguyên từ 0 đến {LAST_SEQUENCE}.")
    return value


def _procedure(value) -> str:
    if not isinstance(value, str) or not PROCEDURE_CODE.fullmatch(value) or not value.isascii():
        raise ValueError("Mã thủ tục có dạng 1.001193; hãy ghi đúng mã của Cơ sở dữ liệu quốc gia.")
    return value


def _channel(value) -> str:
    if not isinstance(value, str) or value not in Channel.values:
        raise ValueError(f"Kênh là một trong: {', '.join(Channel.values)}.")
    return value


def _day_from(value, first: date | None) -> date:
    wrong = "Ngày ghi dạng năm-tháng-ngày, ví dụ 2026-06-10."
    if not isinstance(value, str) or not re.fullmatch(DAY_PATTERN, value, re.ASCII):
        raise ValueError(wrong)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError(wrong) from None
    if first is not None and not first <= day <= first + LONGEST_PROMISE:
        raise ValueError("Ngày hẹn phải từ ngày của lần cập nhật đến ba năm sau.")
    return day
