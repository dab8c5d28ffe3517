"""Periods of reports: month, quarter, six months, year, and on which day each begins and ends.

Reports close their figures before the calendar does (Thông tư 01/2020/TT-VPCP: on the 14th of the last month); the
day is data (`ReportClosing`). A period begins the day after the one before it ended, so that no day is lost or counted
twice when the rule changes.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import models, transaction
from wagtail.log_actions import log

from accounts.roles import DISPATCH, may
from base.gate import Refused
from workflows import deadlines

from ..models import ReportClosing

ONE_DAY = timedelta(days=1)
FIRST_YEAR = 2010
_NAME = re.compile(r"(\d{4})(?:-(?:T(\d{2})|Q([1-4])|N([12])))?", re.ASCII)


class Kind(models.TextChoices):
    """What kinds of periods there are."""

    MONTH = "month", "Tháng"
    QUARTER = "quarter", "Quý"
    HALF = "half", "Sáu tháng"
    YEAR = "year", "Năm"


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.HALF: 6, Kind.YEAR: 12}


@dataclass(frozen=True)
class Period:
    """A period with its days, both included; `number` is that of the month, quarter or half (1 for a year)."""

    kind: Kind
    year: int
    number: int
    first_day: date
    last_day: date

    @property
    def begins_at(self) -> datetime:
        """The first moment of it."""
        return datetime.combine(self.first_day, time.min, deadlines.VIETNAM)

    @property
    def ends_before(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last_day + ONE_DAY, time.min, deadlines.VIETNAM)

    @property
    def code(self) -> str:
        """Return its value in an address: "2026", "2026-N1", "2026-Q2", "2026-T06"."""
        tail = {Kind.MONTH: f"-T{self.number:02}", Kind.QUARTER: f"-Q{self.number}", Kind.HALF: f"-N{self.number}"}
        return f"{self.year}{tail.get(self.kind, '')}"

    @property
    def label(self) -> str:
        """Its name: "Quý 2 năm 2026"."""
        names = {
            Kind.MONTH: f"Tháng {self.number}",
            Kind.QUARTER: f"Quý {self.number}",
            Kind.HALF: "Sáu tháng đầu" if self.number == 1 else "Sáu tháng cuối",
        }
        return f"{names[self.kind]} năm {self.year}" if self.kind in names else f"Năm {self.year}"


def period(kind: str, year: int, number: int = 1, *, closings: list[ReportClosing] | None = None) -> Period:
    """Return a period with its days by the closing days that apply. Raises ValueError when there is none such."""
    kind = Kind(kind)
    months = MONTHS[kind]
    if not FIRST_YEAR <= year <= 2100 or not 1 <= number <= 12 // months:
        raise ValueError("Kỳ báo cáo không có.")
    closings = list(ReportClosing.objects.all()) if closings is None else closings
    last_month = months * number
    before = (year, last_month - months) if last_month > months else (year - 1, 12)
    return Period(kind, year, number, _closed(*before, closings) + ONE_DAY, _closed(year, last_month, closings))


def calendar_year(year: int, until: date | None = None) -> Period:
    """Return a year by the calendar whatever reports do, or its days up to one."""
    last = date(year, 12, 31)
    return Period(Kind.YEAR, year, 1, date(year, 1, 1), min(last, until) if until else last)


def read(code: str) -> Period:
    """Return the period of a code ("2026-Q2"). Raises ValueError for what is none."""
    found = _NAME.fullmatch(code)
    if found is None:
        raise ValueError("Kỳ báo cáo không có.")
    year, *numbers = found.groups()
    for kind, number in zip((Kind.MONTH, Kind.QUARTER, Kind.HALF), numbers, strict=True):
        if number is not None:
            return period(kind, int(year), int(number))
    return period(Kind.YEAR, int(year))


def of_year(year: int) -> list[Period]:
    """Return every period of a year: the year, its halves, quarters and months; one query."""
    closings = list(ReportClosing.objects.all())
    return [
        period(kind, year, number, closings=closings)
        for kind in (Kind.YEAR, Kind.HALF, Kind.QUARTER, Kind.MONTH)
        for number in range(1, 12 // MONTHS[kind] + 1)
    ]


def _closed(year: int, month: int, closings: list[ReportClosing]) -> date:
    """The day on which the figures of a period that ends with this month are closed."""
    last = date(year, month, calendar.monthrange(year, month)[1])
    rule = max((row for row in closings if row.valid_from <= last), key=lambda row: row.valid_from, default=None)
    return last.replace(day=rule.closing_day) if rule and rule.closing_day else last


def may_set_closing(user) -> bool:
    """Tell whether a user may say on which day reports close: the standing office."""
    return may(user, DISPATCH)


@transaction.atomic
def set_closing(*, valid_from: date, closing_day: int | None, legal_source: str, by) -> ReportClosing:
    """Say from when on reports close on which day; return the row. Says it anew for a day that was said before.

    Raises Refused without the right, ValidationError (field → messages) without a source or for a day there is not.
    """
    if not may_set_closing(by):
        raise Refused("Chỉ cơ quan Thường trực được đặt ngày chốt số liệu.")
    row = ReportClosing.objects.filter(valid_from=valid_from).first() or ReportClosing(valid_from=valid_from)
    row.closing_day, row.legal_source = closing_day, legal_source.strip()
    if not row.legal_source:
        raise ValidationError({"legal_source": "Hãy ghi căn cứ: văn bản, chế độ báo cáo."})
    row.full_clean()
    row.save()
    data = {"date": valid_from.isoformat(), "on": str(closing_day or "cuối tháng")}
    log(instance=row, action="portal.report_closing.set", user=by, data=data)
    return row
