"""How long uses are kept by the day: after two years the rows of a month become one, on its first day.

Figures are told by month and year (`figures.py`), so none of them changes; only the table stops growing with the days.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from ..models import Satisfaction, UsageCount

RETENTION_MONTHS = 24


def merge_old(*, on: datetime) -> int:
    """Join the days of each month that ended `RETENTION_MONTHS` ago, a month a transaction; return how many rows
    went."""
    day = timezone.localtime(on).date()
    months = day.year * 12 + day.month - 1 - RETENTION_MONTHS
    before = date(months // 12, months % 12 + 1, 1)
    return sum(_merge(model, column, before) for model, column in ((UsageCount, "kind"), (Satisfaction, "step")))


def _merge(model, column: str, before: date) -> int:
    old = model.objects.filter(day__lt=before)
    crowded = old.annotate(month=TruncMonth("day")).values("month", "page", column).annotate(rows=Count("pk"))
    gone = 0
    for month in sorted(set(crowded.filter(rows__gt=1).order_by().values_list("month", flat=True))):
        gone += _merge_month(model, column, month)
    return gone


@transaction.atomic
def _merge_month(model, column: str, month: date) -> int:
    rows = model.objects.filter(day__year=month.year, day__month=month.month)
    sums = list(rows.order_by().values("page_id", column).annotate(total=Sum("count")))
    before = rows.count()
    rows.delete()
    model.objects.bulk_create(
        model(page_id=row["page_id"], day=month, count=row["total"], **{column: row[column]}) for row in sums
    )
    return before - len(sums)
