"""The yearly report begins by itself, early enough for two persons (NĐ 43/2011/NĐ-CP Điều 30.5.b: by 30 November)."""

from datetime import datetime

from base.sites import city_site
from workflows import deadlines

from ..models import YearlyReport
from . import reports

BEGINS = (10, 1)


def draft_due(*, on: datetime) -> YearlyReport | None:
    """Make this year's draft from October on, unless it is there; return it. The job `draft_yearly_report`."""
    day = deadlines.local_date(on)
    if (day.month, day.day) < BEGINS or city_site() is None or YearlyReport.objects.filter(year=day.year).exists():
        return None
    return reports.prepare(day.year, on=on)
