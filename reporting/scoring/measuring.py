"""How a criterion gets its points: from sections as they are, deadlines of the month, findings of the nightly check."""

from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db.models import Count, Value
from django.db.models.functions import Concat

from base.figures import share_on_time, written
from base.models import PortalSite
from base.public.index.addresses import Addresses
from workflows.models import LiveFinding

from ..figures import OnTime, on_time_by_site
from ..models import Criterion, ScoreLine
from .matrix import Cell, Matrix, matrix

Shown, Measure = ScoreLine.Shown, Criterion.Measure
HUNDREDTH = Decimal("0.01")
OTHER_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)


@dataclass(frozen=True)
class Measured:
    """What a criterion got: points (None: a person gives them), the state shown, what was found, evidence.

    `evidence`: [{"label", "address"}], public addresses only: the paper goes to the province.
    """

    points: Decimal | None
    shown: str = ""
    found: str = ""
    evidence: list[dict[str, str]] = field(default_factory=list)


def last_day_of(month: date) -> date:
    """Return the last day of the month that a day is in."""
    return month.replace(day=monthrange(month.year, month.month)[1])


def is_over(month: date, today: date) -> bool:
    """Tell whether a month is over, so that its sheets can be signed."""
    return today > last_day_of(month)


class Measuring:
    """Measures the sites for one month as it stands on a day of it; a handful of queries for all of them together.

    `day`: the last day of the month that is known, today at the latest.
    """

    def __init__(self, sites: Sequence[PortalSite], month: date, day: date):
        self.sites, self.month, self.day = list(sites), month, day
        self._matrix: Matrix = matrix(self.sites, day)
        self._deadlines = on_time_by_site(self.sites, month, last_day_of(month), day)
        self._findings = _pages_with_findings(self.sites)
        self._criteria = list(Criterion.objects.valid(last_day_of(month)))
        self._addresses = Addresses()

    def of(self, site: PortalSite) -> list[tuple[Criterion, Measured]]:
        """Return the criteria of a site with what each got, in the order of the list."""
        cells = self._matrix.of_site(site)
        return [
            (criterion, self._measure(criterion, site, cells))
            for criterion in self._criteria
            if criterion.site_kind in ("", site.kind)
        ]

    def _measure(self, criterion: Criterion, site: PortalSite, cells: dict[tuple[str, str], Cell]) -> Measured:
        if criterion.measure == Measure.SECTION:
            return self._of_cell(criterion, cells.get((criterion.section_key, settings.LANGUAGE_CODE)))
        if criterion.measure == Measure.ENGLISH:
            found = (cells.get((criterion.section_key, code)) for code in OTHER_LANGUAGES)
            return self._of_cell(criterion, next((cell for cell in found if cell is not None), None))
        if criterion.measure == Measure.DEADLINES:
            return _of_deadlines(criterion, self._deadlines[site.pk])
        if criterion.measure == Measure.FINDINGS:
            return self._of_findings(criterion, site)
        return Measured(None)

    def _of_cell(self, criterion: Criterion, cell: Cell | None) -> Measured:
        if cell is None:
            return Measured(Decimal(0), Shown.EMPTY, "Chưa có mục")
        points = {Shown.EMPTY: Decimal(0), Shown.LATE: criterion.late_points}.get(cell.shown, criterion.max_points)
        return Measured(points, cell.shown, cell.words, self._evidence(cell))

    def _evidence(self, cell: Cell) -> list[dict[str, str]]:
        address = self._addresses.full(cell.page.url_path) if cell.page is not None and cell.page.live else ""
        return [{"label": cell.section.title(cell.language), "address": address}] if address else []

    def _of_findings(self, criterion: Criterion, site: PortalSite) -> Measured:
        wrong = self._findings[site.pk]
        if not wrong:
            return Measured(criterion.max_points, Shown.PRESENT, "Không còn lỗi phải sửa")
        # Each page or record that must be corrected costs a tenth, so that twenty are no worse than ten.
        points = criterion.max_points * max(0, 10 - wrong) / 10
        return Measured(_rounded(points), Shown.LATE, f"{wrong} trang, văn bản còn lỗi phải sửa")


def _of_deadlines(criterion: Criterion, found: dict[str, OnTime]) -> Measured:
    counts = OnTime.sum(
        counts for code, counts in found.items() if not criterion.rule_codes or code in criterion.rule_codes
    )
    percent = share_on_time(counts.on_time, counts.on_time + counts.late, digits=1)
    if percent is None:
        return Measured(criterion.max_points, Shown.PRESENT, "Không có việc đến hạn trong tháng")
    points = criterion.max_points * counts.on_time / (counts.on_time + counts.late)
    words = f"{counts.on_time}/{counts.on_time + counts.late} việc đúng hạn ({written(percent)}%)"
    return Measured(_rounded(points), Shown.LATE if counts.late else Shown.FRESH, words)


def _rounded(points: Decimal) -> Decimal:
    """Points to a hundredth, a half upwards, as people do on paper."""
    return Decimal(points).quantize(HUNDREDTH, ROUND_HALF_UP)


def _pages_with_findings(sites: Iterable[PortalSite]) -> Counter:
    """How many public pages and records of each site must be corrected; one query."""
    rows = LiveFinding.objects.filter(owner_site__in=list(sites), level="blocker").order_by()
    # A page and a document may have the same number.
    thing = Concat("object_type", Value(" "), "object_id")
    found = rows.values("owner_site").annotate(things=Count(thing, distinct=True))
    return Counter({row["owner_site"]: row["things"] for row in found})


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)
