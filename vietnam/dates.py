"""Dates as Vietnamese documents write them."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")

_NUMERIC = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})")
_AT_THE_BEGINNING = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)|(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WRITTEN_OUT = re.compile(r"ngày\s+(\d{1,2})\s+tháng\s+(\d{1,2})\s+năm\s+(\d{4})", re.IGNORECASE)


def moments_of(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first moment of the days from `first` to `last`, both included, and the first after them.

    >>> [f"{moment:%d/%m %H:%M %z}" for moment in moments_of(date(2026, 8, 31), date(2026, 8, 31))]
    ['31/08 00:00 +0700', '01/09 00:00 +0700']
    """
    return datetime.combine(first, time.min, VIETNAM), datetime.combine(last + timedelta(days=1), time.min, VIETNAM)


def format_moment(moment: datetime, *, seconds: bool = False) -> str:
    """Return a moment, with its zone, as people in Vietnam read it. Example: "06:00 10/09/2020"."""
    local = moment.astimezone(VIETNAM)
    return f"{local:{'%H:%M:%S' if seconds else '%H:%M'}} {format_short(local.date())}"


def format_short(day: date) -> str:
    """Write dd/mm/yyyy: "05/06/2020"."""
    return f"{day:%d/%m}/{day.year:04d}"


def format_vn(day: date) -> str:
    """Write the weekday and the date: "thứ Sáu 05/06/2020"."""
    return f"{WEEKDAYS[day.weekday()]} {format_short(day)}"


def format_long(day: date) -> str:
    """Write a date as in a document: "ngày 05 tháng 6 năm 2020".

    Days under 10 and months 1 and 2 get a leading zero (Nghị định 30/2020/NĐ-CP, Phụ lục I).
    """
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def parse_vn(text: str) -> date:
    """Read "05/06/2020", "5-6-2020", "5.6.2020" or "ngày 05 tháng 6 năm 2020" (day first, always).

    ValueError with a Vietnamese message when the text is no date or the day does not exist.
    """
    match = _NUMERIC.fullmatch(text.strip()) or _WRITTEN_OUT.fullmatch(text.strip())
    if match:
        try:
            return date(int(match[3]), int(match[2]), int(match[1]))
        except ValueError:
            raise ValueError(f"Ngày “{text.strip()}” không có trong lịch. Hãy kiểm tra ngày và tháng.") from None
    raise ValueError(f"Không đọc được ngày “{text.strip()}”. Hãy ghi theo dạng ngày/tháng/năm, ví dụ 05/06/2020.")


def impossible_day(text: str) -> str:
    """Return the day with which a text begins, as written, when the calendar has no such day; else "".

    "31/02/2026 08:00" → "31/02/2026"; "28/02/2026" and "mai" → "". Day first, or ISO 8601; a year of two digits is 20….
    """
    match = _AT_THE_BEGINNING.match(text.strip())
    if match is None:
        return ""
    day, month, year = match[1] or match[6], match[2] or match[5], match[3] or match[4]
    try:
        date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
    except ValueError:
        return match[0]
    return ""
