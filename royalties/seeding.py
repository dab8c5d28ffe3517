"""What the law says of base salary and income tax, put into an empty portal; what people decided since stays."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from .models import BaseSalary, TaxRule

# (from which day, đồng a month, by which decree)
SALARIES = (
    (date(2013, 7, 1), 1_150_000, "Nghị định 66/2013/NĐ-CP"),
    (date(2016, 5, 1), 1_210_000, "Nghị định 47/2016/NĐ-CP"),
    (date(2017, 7, 1), 1_300_000, "Nghị định 47/2017/NĐ-CP"),
    (date(2018, 7, 1), 1_390_000, "Nghị định 72/2018/NĐ-CP"),
    (date(2019, 7, 1), 1_490_000, "Nghị định 38/2019/NĐ-CP"),
    (date(2023, 7, 1), 1_800_000, "Nghị định 24/2023/NĐ-CP"),
    (date(2024, 7, 1), 2_340_000, "Nghị định 73/2024/NĐ-CP"),
    (date(2026, 7, 1), 2_530_000, "Nghị định 161/2026/NĐ-CP"),
)
TAX = (date(2013, 10, 1), Decimal(10), 2_000_000, "Thông tư 111/2013/TT-BTC, Điều 25.1.i")


@transaction.atomic
def load_law() -> None:
    """Add the base salaries and the tax rule where there are none; safe to run again."""
    decided = {"accepted": True, "proposed_at": timezone.now(), "decided_at": timezone.now()}
    if not BaseSalary.objects.exists():
        ends = [first - timedelta(days=1) for first, *_rest in SALARIES[1:]]
        for (first, amount, source), last in zip(SALARIES, [*ends, None], strict=True):
            BaseSalary.objects.create(amount=amount, valid_from=first, valid_to=last, legal_source=source, **decided)
    if not TaxRule.objects.exists():
        first, percent, threshold, source = TAX
        TaxRule.objects.create(percent=percent, threshold=threshold, valid_from=first, legal_source=source, **decided)
