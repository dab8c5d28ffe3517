"""How long counts are kept by the day: later the rows of a month become one, on its first day.

Figures are told by month and year, so none of them changes; only the table stops growing with the days.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone


def merge_days(
    model: type[models.Model], columns: Sequence[str], *, months: int, on: datetime, key: str = "page"
) -> int:
    """Join the days of each month that ended `months` ago, a month a transaction; return how many rows went.

    `columns`: what is counted apart besides the page. The model has `page` (or another `key`), `day` and `count`.
    """
    before = _first_day_stored(timezone.localtime(on).date(), months)
    crowded = (
        model.objects.filter(day__lt=before)
        .annotate(month=TruncMonth("day"))
        .values("month", key, *columns)
        .annotate(rows=Count("pk"))
        .filter(rows__gt=1)
    )
    found = sorted(set(crowded.order_by().values_list("month", flat=True)))
    return sum(_merge_month(model, [f"{key}_id", *columns], month) for month in found)


def _first_day_stored(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


@transaction.atomic
def _merge_month(model: type[models.Model], columns: Sequence[str], month: date) -> int:
    rows = model.objects.filter(day__year=month.year, day__month=month.month)
    sums = list(rows.order_by().values(*columns).annotate(total=Sum("count")))
    before = rows.count()
    rows.delete()
    model.objects.bulk_create(
        [model(day=month, count=row.pop("total"), **row) for row in sums],
        batch_size=1000,
    )
    return before - len(sums)
