"""The public report on the use of services (`/dich-vu-cong/thong-ke/`): figures, drawings with their tables, CSV.

What each figure counts: `figures.py`. A page may be ten minutes old: no count declares a page out of date.
"""

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.figures import MONTH_LABELS, chosen_year, rows_of_year
from base.public import charts
from base.public.charts import Part, Series
from base.public.page_cache import mark_public
from base.public.routed import place_below
from base.tables.csv import csv_file
from base.tables.csv import download as as_download

from . import figures
from .figures import Figures, Year, number

YEAR, SITE = "nam", "noi-dang"
PARAMETERS = (YEAR, SITE)
MOST_SERVICES, MOST_BARS = 20, 10
TEMPLATE = "servicecatalog/usage_page.html"


def respond(page, request) -> TemplateResponse:
    """Answer the figures of the year asked for (this one) as a page, marked for the page cache."""
    homes = figures.homes_of_sites()
    found, years = _asked(page.portal_site, request, homes)
    context, address = page.get_context(request), page.get_url(request) or ""
    frame = context["frame"]
    title = _("Lượt sử dụng dịch vụ công năm %(year)s") % {"year": found.year}
    # Another year or one site is the same page for search engines.
    place_below(frame, page, request, title, "thong-ke")
    frame.is_demo = found.is_illustrative
    context |= {
        "page": None,
        "title": title,
        "found": found,
        "years": years,
        "page_url": address,
        "statistics_url": f"{address}thong-ke/",
        "made_at": timezone.localtime(),
        "sites": _choices(found, homes) if page.portal_site.is_city else [],
        "chosen_name": found.site.name_in(frame.language_code) if found.site else "",
        "total": _described(found.total),
        "month_rows": _described_rows(rows_of_year(found.year, found.months, found.total)),
        "service_rows": [(service, _described(service.figures)) for service in found.services[:MOST_SERVICES]],
        "site_rows": _described_rows([(site.name_in(frame.language_code), row) for site, row in found.sites]),
        "fewest": figures.FEWEST_ANSWERS,
        **_charts(found),
    }
    page.cache_max_age_seconds = figures.REFRESHED_SECONDS
    response = page.mark_public(TemplateResponse(request, TEMPLATE, context))
    return mark_public(response, page.cache_sites(), params=PARAMETERS)


def download(page, request, ending: str):
    """Answer the same figures as a file, "csv"; raises Http404 for another ending."""
    if ending != "csv":
        raise Http404
    site = page.portal_site
    found, _years = _asked(site, request)
    return as_download(as_csv(found), f"luot-su-dung-{(found.site or site).slug}-{found.year}.csv")


def as_csv(found: Year) -> bytes:
    """Return the figures as CSV: months, then services, then sites; answers only where there are enough of them."""
    headers = [
        _("Bảng"),
        _("Tên"),
        _("Lượt xem"),
        _("Lượt tải biểu mẫu"),
        _("Lượt đến nơi nộp hồ sơ"),
        _("Lượt xem hướng dẫn"),
        _("Số ý kiến"),
        _("Tỷ lệ hài lòng (%)"),
    ]
    rows = [(_("Theo tháng"), label, row) for label, row in rows_of_year(found.year, found.months, found.total)]
    rows += [(_("Theo dịch vụ"), service.name, service.figures) for service in found.services]
    rows += [(_("Theo trang"), site.name, row) for site, row in found.sites]
    return csv_file([headers, *([table, name, *_cells(row)] for table, name, row in rows)])


def _asked(site, request, homes=None) -> tuple[Year, list[int]]:
    years = figures.years()
    year = chosen_year(request.GET.get(YEAR, ""), years, timezone.localdate().year)
    return figures.of_year(site, year, only=request.GET.get(SITE, ""), homes=homes), years


def _choices(found: Year, homes) -> list[tuple[str, str, bool]]:
    """Return the sites to choose from: (name in addresses, name, whether it is chosen)."""
    language = get_language()
    return [(site.slug, site.name_in(language), site == found.site) for site in figures.sites_of_services(homes)]


def _cells(row: Figures) -> list:
    share = row.share_satisfied
    answers = [row.rated, share] if share is not None else ["", ""]
    return [row.views, row.downloads, row.outgoing, row.guides, *answers]


def _described(row: Figures) -> dict[str, str]:
    """The figures as they are written in the language of the page."""
    share = row.share_satisfied
    return {
        "views": number(row.views),
        "downloads": number(row.downloads),
        "outgoing": number(row.outgoing),
        "guides": number(row.guides),
        "rated": number(row.rated) if row.are_answers_shown else "–",
        "share": f"{share}%" if share is not None else "–",
    }


def _described_rows(rows: list[tuple[str, Figures]]) -> list[tuple[str, dict[str, str]]]:
    return [(label, _described(row)) for label, row in rows]


def _charts(found: Year) -> dict:
    rows = [row for _month, row in found.months]
    views = Series(_("Năm %(year)s") % {"year": found.year}, "b", [row.views for row in rows])
    before = Series(_("Năm %(year)s") % {"year": found.year - 1}, "a", found.views_before)
    done = [
        Series(_("Tải biểu mẫu"), "a", [row.downloads for row in rows]),
        Series(_("Đến nơi nộp hồ sơ"), "b", [row.outgoing for row in rows]),
    ]
    top = [(service.name, [Part(_("Lượt xem"), "b", service.figures.views)]) for service in found.services[:MOST_BARS]]
    sites = [(site.name_in(get_language()), [Part(_("Lượt xem"), "b", row.views)]) for site, row in found.sites]
    return {
        "views_chart": charts.columns("luot-xem", _("Lượt xem dịch vụ theo tháng"), MONTH_LABELS, [before, views]),
        "done_chart": charts.columns("viec-lam", _("Lượt tải biểu mẫu và đến nơi nộp hồ sơ"), MONTH_LABELS, done),
        "services_chart": charts.bars("dich-vu", _("Dịch vụ được xem nhiều nhất"), top),
        "sites_chart": charts.bars("trang", _("Lượt xem theo trang"), sites),
    }
