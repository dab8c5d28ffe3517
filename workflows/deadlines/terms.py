"""What every deadline speaks in: the time zone, the units, how one stands, the calendar of one version."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models
from django.utils import timezone

from vietnam import workdays
from vietnam.dates import VIETNAM

from ..models import DeadlineRule

NOVEMBER = 11
LONGEST = timedelta(days=366)
Unit = DeadlineRule.Unit
# A unit of periods that other rooms lay down (`period_end`); no rule of the Regulation counts in months.
MONTH = "month"
BOARD_HEAD = "head"


class NoDeadline(LookupError):
    """No due date can be computed: the rule is unknown or ended, or its period was never set."""


class Standing(models.TextChoices):
    """The standing of a deadline on a day; the order is that of concern."""

    VERY_LATE = "very_late", "Quá hạn lâu"
    LATE = "late", "Quá hạn"
    SOON = "soon", "Sắp đến hạn"
    RUNNING = "running", "Còn hạn"
    PAUSED = "paused", "Đang tạm dừng"
    MET_LATE = "met_late", "Hoàn thành quá hạn"
    MET = "met", "Hoàn thành đúng hạn"
    CANCELLED = "cancelled", "Đã hủy"


@dataclass(frozen=True)
class Duty:
    """One publication deadline that a page or record names in its `duties()`: the rule's code, the day it counts from.

    `is_met`: publishing the version that names it meets it; else the publication starts it, as that of a consultation
    starts the duty to publish its outcome. The days themselves are data (`DeadlineRule`), never numbers here.
    """

    rule: str
    started_on: date
    title: str
    is_met: bool = True


@dataclass(frozen=True)
class WorkingCalendar:
    """The calendar of one version: the arithmetic's days, and which of them are only expected."""

    version: int
    days: workdays.Calendar
    confirmed_years: frozenset[int]
    unconfirmed_days: frozenset[date]

    def estimated_years(self, first: date, last: date) -> list[int]:
        """Years from first to last whose working days are not official yet, for this stretch of days."""
        unknown = set(range(first.year, last.year + 1)) - self.confirmed_years
        return sorted(unknown | {day.year for day in self.unconfirmed_days if first <= day <= last})


def local_date(moment: date | datetime | None = None) -> date:
    """Return the day in Việt Nam on which a moment falls; today for None. A naive moment is local."""
    if moment is None:
        return today()
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(VIETNAM).date() if timezone.is_aware(moment) else moment.date()


def today() -> date:
    """Return today's date in Việt Nam."""
    return timezone.localdate(timezone=VIETNAM)
