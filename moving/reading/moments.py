"""Moments as exports write them: local ones are of Việt Nam, numbers are seconds since 1970."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from vietnam.dates import VIETNAM, parse_vn

EARLIEST, LATEST = 1990, 2100
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
HOUR = re.compile(r"\b([01]?\d|2[0-3])[:h]([0-5]\d)\b")


def local(written: str) -> datetime | None:
    """Read "2020-06-05 08:30:00", an ISO moment or a day as people write it; None for what is no moment."""
    written = (written or "").strip()
    for read in (datetime.fromisoformat, _of_day):
        try:
            return _in_bounds(read(written))
        except (ValueError, OverflowError):
            continue
    return None


def universal(written: str) -> datetime | None:
    """Read a moment that is stored by the time of Greenwich, without a zone."""
    moment = local(written)
    return moment.replace(tzinfo=UTC) if moment is not None else None


def found_in(written: str) -> datetime | None:
    """Read the first day, with the hour beside it, in a text of people: "Thứ Sáu, 05/06/2019 | 08:30"."""
    day, hour = DAY.search(written or ""), HOUR.search(written or "")
    if day is None:
        return local(written)
    try:
        moment = datetime(int(day[3]), int(day[2]), int(day[1]), tzinfo=VIETNAM)
    except ValueError:
        return None
    return _in_bounds(moment.replace(hour=int(hour[1]), minute=int(hour[2])) if hour else moment)


def of_mail(written: str) -> datetime | None:
    """Read a moment as RSS writes it (RFC 2822), or as ISO does."""
    try:
        return _in_bounds(parsedate_to_datetime((written or "").strip()))
    except (ValueError, TypeError, OverflowError):
        return local(written)


def of_seconds(written) -> datetime | None:
    """Read seconds since 1970; 0 stands for none."""
    try:
        return _in_bounds(datetime.fromtimestamp(int(written), UTC)) if int(written) > 0 else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _of_day(written: str) -> datetime:
    day = parse_vn(written)
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM)


def _in_bounds(moment: datetime) -> datetime | None:
    if not EARLIEST <= moment.year <= LATEST:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
