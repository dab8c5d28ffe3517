"""Site × mandatory section × language as it is now: fresh, present, late, empty, each with the page that shows it.

| State | When |
|---|---|
| empty | no page, not public, or a section of items without any |
| late | filled; older than the board allows, or with a deadline of its rules that has passed |
| fresh | filled, nothing late, and its age is measured: the board has set an amount for it |
| present | filled, nothing late, without such an amount |

In another language a section is only there or not: no rule says how old a translation may be.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from base.models import PortalSite
from base.sites import all_sites
from sections import catalogue, completeness, freshness
from workflows import deadlines

from ..models import ScoreLine

Shown = ScoreLine.Shown
LABELS = dict(Shown.choices)
# What a site offers in another language, where it offers any (NĐ 43/2011 Điều 13): introduction, contacts, services.
IN_OTHER_LANGUAGES = ("gioi-thieu", "lien-he-can-bo", "lien-he", "dich-vu-cong")


@dataclass(frozen=True)
class Cell:
    """One section of one site in one language; `page` None where there is none. `words`: why the state is so."""

    site: PortalSite
    section: catalogue.Section
    language: str
    shown: str
    words: str
    page: object = None
    is_required: bool = True

    @property
    def label(self) -> str:
        return LABELS[self.shown]


@dataclass(frozen=True)
class Row:
    """One section in one language on all sites; None where the law does not ask a site for it."""

    section: catalogue.Section
    language: str
    basis: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Matrix:
    """The cells of some sites on a day, and how many of each state a site has among its mandatory sections."""

    day: date
    sites: list[PortalSite]
    rows: list[Row]

    def counts(self) -> list[tuple[PortalSite, Counter]]:
        """Return (site, state → number of its mandatory sections) in the order of the sites."""
        counted = {site.pk: Counter() for site in self.sites}
        for row in self.rows:
            for cell in row.cells:
                if cell is not None and cell.is_required:
                    counted[cell.site.pk][cell.shown] += 1
        return [(site, counted[site.pk]) for site in self.sites]

    def of_site(self, site: PortalSite) -> dict[tuple[str, str], Cell]:
        """Return the cells of a site by (key of the section, language)."""
        place = [one.pk for one in self.sites].index(site.pk)
        cells = ((row.section.key, row.language, row.cells[place]) for row in self.rows)
        return {(key, language): cell for key, language, cell in cells if cell is not None}


def open_sites() -> list[PortalSite]:
    """Return the sites that are scored: the open ones, the city first."""
    return [site for site in all_sites() if site.state == PortalSite.State.OPEN]


def matrix(sites: Sequence[PortalSite], on: date | None = None) -> Matrix:
    """Return what sites show of what they must show on a local date; a handful of queries however many there are."""
    day = on or deadlines.today()
    reports = {
        pk: {report.section.key: report for report in found} for pk, found in completeness.reports(sites, day).items()
    }
    allowed = freshness.amounts(day)
    rows = []
    for section in catalogue.SECTIONS:
        of_sites = [(site, reports[site.pk].get(section.key)) for site in sites]
        if section.key != "tieng-nuoc-ngoai" and any(report and report.is_required for _site, report in of_sites):
            cells = [_cell(site, report, allowed) if report else None for site, report in of_sites]
            rows.append(Row(section, settings.LANGUAGE_CODE, _basis(section, day), cells))
    for code, _name in settings.LANGUAGES:
        if code != settings.LANGUAGE_CODE:
            rows += _translated(code, sites, reports, day)
    return Matrix(day, list(sites), rows)


def _cell(site: PortalSite, report: completeness.SectionReport, allowed: freshness.Amounts) -> Cell:
    days = allowed.days(report.section, site.kind)
    if not report.is_filled:
        shown, words = Shown.EMPTY, report.state
    elif report.late_deadlines:
        shown, words = Shown.LATE, f"{report.late_deadlines} việc quá hạn"
    elif days is not None and report.age_in_days is not None and report.age_in_days > days:
        shown, words = Shown.LATE, f"{report.age_in_days} ngày chưa cập nhật, cho phép {days} ngày"
    elif days is not None:
        when = f"{report.age_in_days} ngày trước" if report.age_in_days else "hôm nay"
        shown, words = Shown.FRESH, f"Cập nhật {when}"
    else:
        shown, words = Shown.PRESENT, report.state
    return Cell(site, report.section, settings.LANGUAGE_CODE, shown, words, report.page, report.is_required)


def _translated(code: str, sites, reports, day: date) -> list[Row]:
    """The sections that a site offers in another language, on the sites that have a front page in it."""
    rows = []
    for key in IN_OTHER_LANGUAGES:
        section, cells = catalogue.section(key), []
        for site in sites:
            home, report = reports[site.pk].get("tieng-nuoc-ngoai"), reports[site.pk].get(key)
            cells.append(_translation(site, section, report, code) if home and home.is_live and report else None)
        if any(cells):
            rows.append(Row(section, code, _basis(catalogue.section("tieng-nuoc-ngoai"), day), cells))
    return rows


def _translation(site, section, report: completeness.SectionReport, code: str) -> Cell:
    found = report.translations.get(code)
    is_there = found is not None and found.is_filled
    words = "Đã có nội dung" if is_there else "Chưa có bản dịch" if found is None else "Chưa đăng bản dịch"
    shown = Shown.PRESENT if is_there else Shown.EMPTY
    return Cell(site, section, code, shown, words, found and found.page, is_required=False)


def _basis(section: catalogue.Section, day: date) -> str:
    return "; ".join(basis.clause for basis in section.bases if basis.is_valid(day))
