"""The score sheets of the demo: two months measured, the last one scored, submitted, and signed for two sites.

One of the signed has a second version.
"""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from reporting.models import ScoreSheet
from reporting.models.score_sheet import first_of_month
from reporting.scoring import sheets, versions
from reporting.scoring.measuring import month_before

# The criteria that a person scores: (code, points, reason).
BY_HAND = (
    ("nhan-luc", Decimal(2), "Theo danh sách phân công (dữ liệu minh họa)"),
    ("an-toan", Decimal(3), "Trong tháng không có sự cố (dữ liệu minh họa)"),
)
OFFICE, HEAD, WARD = "thuong-truc", "truong-ban", "cong-tac-vien.my-long"
SIGNED, WAITING = ("long-xuyen", "my-long"), "my-xuyen"
# Signed a second time, with the mistake that it corrects: (site, code, points, reason).
NEW_VERSION = (
    "my-long",
    "an-toan",
    Decimal("2.5"),
    "Sau khi ký mới nhận báo cáo về một lần lộ mật khẩu (dữ liệu minh họa)",
)
# What the ward of the demo gives itself, of the most points of each criterion.
OWN_SHARE = Decimal("0.9")
HUNDREDTH = Decimal("0.01")


def score_months(people: dict[str, User], *, now: datetime) -> None:
    """Measure this month and the last two, and bring the last one to the signature; does nothing a second time."""
    if ScoreSheet.objects.exists():
        return
    office, head, ward = (people[name] for name in (OFFICE, HEAD, WARD))
    this = first_of_month(timezone.localdate(now))
    last = month_before(this)
    for month in (month_before(last), last, this):
        sheets.measure(month, on=now)
    ScoreSheet.objects.update(is_illustrative=True)
    of_month = {sheet.site.slug: sheet for sheet in ScoreSheet.objects.filter(month=last).select_related("site")}
    _assess(of_month["my-long"], ward)
    for slug in SIGNED:
        _score_by_hand(of_month[slug], office)
    signed = sheets.submit([of_month[slug] for slug in SIGNED], by=office, on=now)
    sheets.sign(signed, by=head, on=now)
    slug, code, points, reason = NEW_VERSION
    again = versions.reopen(of_month[slug], by=office, reason=reason)
    sheets.correct(again.lines.get(criterion=code), by=office, points=points, reason=reason)
    sheets.sign(sheets.submit([again], by=office, on=now), by=head, on=now)
    _score_by_hand(of_month[WAITING], office)
    sheets.submit([of_month[WAITING]], by=office, on=now)


def _assess(sheet: ScoreSheet, ward: User) -> None:
    own = {line.pk: (line.max_points * OWN_SHARE).quantize(HUNDREDTH) for line in sheet.lines.all()}
    sheets.assess(sheet, own, by=ward)


def _score_by_hand(sheet: ScoreSheet, office: User) -> None:
    for code, points, reason in BY_HAND:
        sheets.correct(sheet.lines.get(criterion=code), by=office, points=points, reason=reason)
