"""The public report on dossiers (`/dich-vu-cong/tinh-hinh-ho-so/`): drawings, tables, and the same as a file.

What each figure counts: `figures.py`. The year is the calendar year, up to today. Figures that contradict one another
are not shown: the page says that they are being compared, the log names the rows.
"""

import logging

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from base.figures import MONTH_LABELS, chosen_year, share_on_time
from base.public import charts
from base.public.charts import Part, Series
from base.public.page_cache import mark_public
from base.public.routed import place_below
from base.tables import xlsx
from base.tables.csv import download_sheets
from workflows import deadlines

from . import figures, periods, sheet
from .figures import Mismatch, Report

logger = logging.getLogger(__name__)

YEAR = "nam"
TEMPLATE = "servicecatalog/dossiers_page.html"
# Pushes come all day; a public page may be this old.
MAX_AGE_SECONDS = 600
MOST_BARS = 12


def respond(page, request) -> TemplateResponse:
    """Answer the figures of the year asked for (this one) as a page, kept for ten minutes."""
    site = page.portal_site
    year, years = _asked(site, request)
    context = page.get_context(request)
    frame, title = context["frame"], _("Tình hình giải quyết hồ sơ năm %(year)s") % {"year": year}
    place_below(frame, page, request, title, "tinh-hinh-ho-so")
    frame.is_demo = figures.has_illustrative(site)
    found = _report(site, year)
    context |= {
        "page": None,
        "title": title,
        "year": year,
        "years": years,
        "made_at": timezone.localtime(),
        "found": found,
        "page_url": page.get_url(request),
        "report_url": f"{page.get_url(request)}tinh-hinh-ho-so/",
    }
    if found is not None:
        months = figures.by_month(site, year)
        context |= {
            "rows": [(_name(field), row) for field, row in found.rows],
            "months": [(f"{place:02}/{year}", *counts) for place, counts in enumerate(months, 1)],
            "services": figures.of_services(site, year, found.period.last_day),
            **_charts(found, months),
        }
    response = page.mark_public(TemplateResponse(request, TEMPLATE, context))
    return mark_public(response, page.cache_sites(), params=(YEAR,), max_age=MAX_AGE_SECONDS)


def download(page, request, ending: str):
    """Answer the figures of the year asked for as a file, "csv" or "xlsx"; raises Http404 for another ending."""
    site = page.portal_site
    year, _years = _asked(site, request)
    found = _report(site, year)
    if ending not in ("csv", "xlsx") or found is None:
        raise Http404
    services = figures.of_services(site, year, found.period.last_day)
    return download_sheets(sheets(found, services, site.name), f"ho-so-{site.slug}-{year}.{ending}")


def sheets(found: Report, services, name: str) -> list[xlsx.Sheet]:
    """Return the figures as sheets: one by lĩnh vực, one by service (Thông tư 32/2017/TT-BTTTT Điều 11.3)."""
    lines = [_("Tình hình giải quyết hồ sơ năm %(year)s") % {"year": found.period.year}, name]
    rows = [[_name(field), *sheet.cells(row)] for field, row in found.rows]
    rows.append([_("Tổng số"), *sheet.cells(found.total)])
    of_services = [
        (_("Mã thủ tục"), 14, "procedure.code"),
        (_("Dịch vụ"), 60, "procedure.label"),
        (_("Tổng tiếp nhận"), 14, "received"),
        (_("Tiếp nhận trực tuyến"), 14, "received_online"),
        (_("Giải quyết trực tuyến"), 14, "ended_online"),
        (_("Tỷ lệ đúng hạn (%)"), 14, "share_on_time"),
        (_("Mức hài lòng (%)"), 14, "share_satisfied"),
    ]
    return [
        xlsx.Sheet(_("Theo lĩnh vực"), lines, [_("Lĩnh vực"), *headers()], [34, *[12] * len(headers())], rows),
        xlsx.sheet(_("Theo dịch vụ"), lines, of_services, services),
    ]


def headers() -> list[str]:
    """Return the headers of the columns of figures, as `sheet.cells` gives them."""
    return [
        _("Tiếp nhận"),
        _("Trong kỳ, trực tuyến"),
        _("Trong kỳ, trực tiếp và bưu chính"),
        _("Kỳ trước chuyển sang"),
        _("Đã giải quyết"),
        _("Trước hạn"),
        _("Đúng hạn"),
        _("Quá hạn"),
        _("Đang giải quyết"),
        _("Trong hạn"),
        _("Đã quá hạn"),
        _("Tỷ lệ đúng hạn (%)"),
    ]


def _report(site, year: int) -> Report | None:
    """The figures of a year; None, with a line in the log, when they contradict one another."""
    try:
        return figures.of_period(site, periods.calendar_year(year, deadlines.today()))
    except Mismatch as error:
        logger.error("%s: %s", site.slug, error)
        return None


def _asked(site, request) -> tuple[int, list[int]]:
    years = figures.years(site)
    return chosen_year(request.GET.get(YEAR, ""), years, years[0]), years


def _charts(found: Report, months) -> dict:
    received = Series(_("Tiếp nhận"), "a", [row[0] for row in months])
    ended = Series(_("Đã giải quyết"), "b", [row[1] for row in months])
    shares = Series(_("Đúng hạn"), "b", [share_on_time(on_time, done) for _received, done, on_time in months])
    busiest = sorted(found.rows, key=lambda item: -item[1].received)[:MOST_BARS]
    parts = [
        (
            _name(field),
            [
                Part(_("Đã giải quyết, không quá hạn"), "b", row.early + row.in_time),
                Part(_("Đang giải quyết, trong hạn"), "a", row.within),
                Part(_("Quá hạn"), "c", row.late + row.overdue),
            ],
        )
        for field, row in busiest
    ]
    return {
        "months_chart": charts.columns(
            "thang", _("Hồ sơ tiếp nhận và đã giải quyết theo tháng"), MONTH_LABELS, [received, ended]
        ),
        "share_chart": charts.columns(
            "dung-han", _("Tỷ lệ giải quyết không quá hạn theo tháng"), MONTH_LABELS, [shares], most=100, tail="%"
        ),
        "fields_chart": charts.bars("linh-vuc", _("Hồ sơ theo lĩnh vực"), parts),
    }


def _name(field) -> str:
    return field.label if field else _("Chưa rõ lĩnh vực")
