"""Kết quả giữ thời hạn: of the deadlines that started in a period, which were met or are open, in time or late.

A deadline that was extended is judged by its new day, unless it was late already; a paused one by the latest day it can
become; a cancelled one does not count. In percent: met in time, of those that were met or are late. The rows are units,
summed up by site and for all; a deadline without a unit has a row of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from base.figures import share_on_time, written
from base.tables import xlsx
from vietnam.dates import format_short
from vietnam.text import sort_key

from .. import deadlines
from .boards import NO_UNIT

# Percent met in time from which a row is green, and from which it is amber; below it is red.
GREEN_FROM, AMBER_FROM = 95, 80
COLUMNS = (
    ("Trang", 34, "site"),
    ("Đơn vị", 34, "unit"),
    ("Xong đúng hạn", 14, "met_in_time"),
    ("Xong quá hạn", 14, "met_late"),
    ("Đang mở, còn hạn", 14, "open_in_time"),
    ("Đang mở, quá hạn", 14, "open_late"),
    ("Cộng", 14, "total"),
    ("Có gia hạn", 14, "extended"),
    ("Có tạm dừng", 14, "paused"),
    ("Tỷ lệ đúng hạn", 14, "percent_text"),
    ("Mức", 12, "level_name"),
)


@dataclass(frozen=True)
class Line:
    """One row of the table: a unit of a site, the sum of a site, or the sum of all."""

    site: str
    unit: str
    met_in_time: int
    met_late: int
    open_in_time: int
    open_late: int
    extended: int
    paused: int
    is_sum: bool = False

    @property
    def total(self) -> int:
        return self.met_in_time + self.met_late + self.open_in_time + self.open_late

    @property
    def percent(self) -> float | None:
        """Met in time, of those that are decided: met, or open and late; None when none is."""
        return share_on_time(self.met_in_time, self.met_in_time + self.met_late, self.open_late, digits=1)

    @property
    def level(self) -> str:
        """The key of the level: green, amber, red, or none when nothing is decided."""
        if self.percent is None:
            return "none"
        return "green" if self.percent >= GREEN_FROM else "amber" if self.percent >= AMBER_FROM else "red"

    @property
    def level_name(self) -> str:
        return {"green": "Tốt", "amber": "Cần chú ý", "red": "Kém", "none": "Chưa có"}[self.level]

    @property
    def percent_text(self) -> str:
        """ "92,3%", as people here write it; "—" for none."""
        return "—" if self.percent is None else f"{written(self.percent)}%"


def year_to_date(on: date | datetime | None = None) -> tuple[date, date]:
    """Return the first day of the year and the day itself: the period when none was chosen."""
    day = deadlines.local_date(on)
    return day.replace(month=1, day=1), day


def table(deadline_rows: QuerySet, first: date, last: date, on: date | datetime | None = None) -> list[Line]:
    """Count the deadlines that started from `first` to `last`, both included, by site and unit; one query.

    Sites by name, in each its units and then its sum; at the end the sum of all. [] without any deadline.
    """
    day = deadlines.local_date(on)
    is_late = Q(was_late=True) | Q(last_day__lt=Coalesce(F("met_on"), Value(day)))
    met, still_open = ~Q(met_on=None), Q(met_on=None)
    found = (
        deadline_rows.filter(started_on__gte=first, started_on__lte=last, cancelled=False)
        .order_by()
        .values("site__name", "unit__name")
        .annotate(
            met_in_time=Count("pk", filter=met & ~is_late),
            met_late=Count("pk", filter=met & is_late),
            open_in_time=Count("pk", filter=still_open & ~is_late),
            open_late=Count("pk", filter=still_open & is_late),
            extended=Count("pk", filter=Q(extensions__gt=0)),
            paused=Count("pk", filter=~Q(paused_on=None) | Q(paused_workdays__gt=0)),
        )
    )
    units = [Line(row.pop("site__name") or "—", row.pop("unit__name") or NO_UNIT, **row) for row in found]
    units.sort(key=lambda line: (sort_key(line.site), line.unit == NO_UNIT, sort_key(line.unit)))
    lines = []
    for site in dict.fromkeys(line.site for line in units):
        own = [line for line in units if line.site == site]
        lines += [*own, _sum(own, site, "Cộng")]
    return [*lines, _sum(units, "Tất cả", "Cộng")] if units else []


def _sum(lines: Iterable[Line], site: str, unit: str) -> Line:
    lines = list(lines)
    names = ("met_in_time", "met_late", "open_in_time", "open_late", "extended", "paused")
    return Line(site, unit, **{name: sum(getattr(line, name) for line in lines) for name in names}, is_sum=True)


def heading(first: date, last: date) -> str:
    """Say the period: "bắt đầu từ 01/01/2026 đến 25/11/2026"."""
    return f"bắt đầu từ {format_short(first)} đến {format_short(last)}"


def sheet(lines: Sequence[Line], first: date, last: date) -> xlsx.Sheet:
    """Return the table as a sheet."""
    above = [
        "Kết quả giữ thời hạn",
        f"Việc {heading(first, last)}",
        f"Tỷ lệ đúng hạn: xong đúng hạn trên số đã xong hoặc đã quá hạn. Tốt từ {GREEN_FROM}%, cần chú ý từ "
        f"{AMBER_FROM}%.",
    ]
    return xlsx.sheet("Kết quả", above, COLUMNS, lines)
