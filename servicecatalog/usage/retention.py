"""How long uses are kept by the day: after two years those of a month become one (`base/public/usage/merging.py`)."""

from datetime import datetime

from base.public.usage.merging import merge_days

from ..models import Satisfaction, UsageCount

RETENTION_MONTHS = 24


def merge_old(*, on: datetime) -> int:
    """Join the days of each month that ended `RETENTION_MONTHS` ago; return how many rows went."""
    tables = ((UsageCount, "kind"), (Satisfaction, "step"))
    return sum(merge_days(model, [column], months=RETENTION_MONTHS, on=on) for model, column in tables)
