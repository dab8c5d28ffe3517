"""Score sheets for tests: the list of criteria, a measured month, sheets that are submitted or signed."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reporting import seeding
from reporting.models import Criterion, ScoreLine, ScoreSheet
from reporting.scoring import sheets

MONTH = date(2020, 7, 1)
TODAY = date(2020, 7, 31)
AFTER = datetime(2020, 8, 3, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
POINTS = Decimal(2)


def few_criteria() -> None:
    """Leave four criteria of the shipped list: two sections, the deadlines of documents, one that a person scores."""
    seeding.load_criteria()
    Criterion.objects.exclude(code__in=["muc-tin-tuc", "muc-gop-y", "han-van-ban", "an-toan"]).delete()


def measured(on: date = TODAY) -> dict[str, ScoreSheet]:
    """Measure the month; return the sheets by the name of the site in addresses."""
    return {sheet.site.slug: sheet for sheet in sheets.measure(MONTH, on=on)}


def line_of(sheet: ScoreSheet, criterion: str) -> ScoreLine:
    """The line of a criterion as it is stored."""
    return sheet.lines.get(criterion=criterion)


def submitted(sheet: ScoreSheet, *, by, on: datetime = AFTER) -> ScoreSheet:
    """Give the points that a person must give, then submit."""
    for line in sheet.lines.filter(measured=None):
        sheets.correct(line, by=by, points=POINTS, reason="Đã kiểm tra tại chỗ")
    return sheets.submit([sheet], by=by, on=on)[0]


def signed(sheet: ScoreSheet, *, office, head, on: datetime = AFTER) -> ScoreSheet:
    """Submit and sign a sheet."""
    return sheets.sign([submitted(sheet, by=office, on=on)], by=head, on=on)[0]
