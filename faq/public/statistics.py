"""The page of the figures (`/hoi-dap/thong-ke/`) and the same figures as a file; what each counts: `figures.py`."""

from collections.abc import Iterable, Iterator

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from base.figures import MONTH_LABELS, chosen_year, rows_of_year, written
from base.public import charts
from base.public.charts import Part, Series
from base.public.index.addresses import Addresses
from base.public.page_cache import mark_public
from base.public.routed import place_below
from base.queries import sql
from base.tables import xlsx
from base.tables.csv import csv_file
from base.tables.csv import download as as_download
from workflows import deadlines

from . import figures
from .figures import Figures, Year

YEAR, UNIT = "nam", "don-vi"
PARAMETERS = (YEAR, UNIT)
MOST_BARS = 15
TEMPLATE = "faq/statistics_page.html"


def sitemap_addresses(keys: Iterable[int], request=None) -> Iterator[tuple[str, str]]:
    """Return where the figures of libraries of answers stand, for the sitemap; `keys`: of their pages. One query."""
    addresses = Addresses(request)
    rows = sql.read(f"SELECT url_path FROM wagtailcore_page WHERE id IN {sql.places(keys)} ORDER BY path", keys)
    for (url_path,) in rows:
        yield f"{addresses.full(url_path)}thong-ke/", ""


def respond(page, request) -> TemplateResponse:
    """Answer the figures of the year asked for (this one) as a page, marked for the page cache."""
    site = page.portal_site
    found, years = _asked(site, request)
    context = page.get_context(request)
    frame = context["frame"]
    title = _("Thống kê hỏi – đáp năm %(year)s") % {"year": found.year}
    # Another year or one unit is the same page for search engines.
    place_below(frame, page, request, title, "thong-ke")
    frame.is_demo = figures.has_illustrative(site, found.year)
    context |= {
        "page": None,
        "title": title,
        "found": found,
        "years": years,
        "page_url": page.get_url(request),
        "statistics_url": f"{page.get_url(request)}thong-ke/",
        "made_at": timezone.localtime(),
        "median": as_written(found.total.median_workdays),
        "month_rows": _with_days(rows_of_year(found.year, found.months, found.total)),
        "unit_rows": _with_days([(unit.name, row) for unit, row in found.units]),
        **_charts(found),
    }
    response = page.mark_public(TemplateResponse(request, TEMPLATE, context))
    return mark_public(response, page.cache_sites(), params=PARAMETERS)


def download(page, request, ending: str):
    """Answer the figures of the year asked for as a file, "csv" or "xlsx"; raises Http404 for another ending."""
    makers = {"csv": as_csv, "xlsx": as_xlsx}
    if ending not in makers:
        raise Http404
    site = page.portal_site
    found, _years = _asked(site, request)
    return as_download(makers[ending](found, site.name), f"hoi-dap-{site.slug}-{found.year}.{ending}")


def as_csv(found: Year, name: str) -> bytes:
    """Return the figures as CSV in UTF-8 with its mark: months first, then units."""
    return csv_file(
        [
            _headers(_("Bảng")),
            *([label, *_cells(row)] for label, row in rows_of_year(found.year, found.months, found.total)),
            *([unit.name, *_cells(row)] for unit, row in found.units),
        ]
    )


def as_xlsx(found: Year, name: str) -> bytes:
    """Return the figures as a spreadsheet: a sheet by month, one by unit."""
    lines = [
        _("Thống kê hỏi – đáp năm %(year)s") % {"year": found.year},
        f"{name}{f', {found.unit.name}' if found.unit else ''}",
        _("Tính theo tháng tiếp nhận câu hỏi; số ngày là ngày làm việc."),
    ]
    widths = [34, *[13] * (len(_headers("")) - 1)]
    months = [[label, *_cells(row)] for label, row in rows_of_year(found.year, found.months, found.total)]
    units = [[unit.name, *_cells(row)] for unit, row in found.units]
    return xlsx.write(
        [
            xlsx.Sheet(_("Theo tháng"), lines, _headers(_("Tháng")), widths, months),
            xlsx.Sheet(_("Theo đơn vị"), lines, _headers(_("Đơn vị")), widths, units),
        ]
    )


def _asked(site, request) -> tuple[Year, list[int]]:
    """Return the figures of the year and unit asked for, and the years there are; the calendar is read once."""
    years = figures.years(site)
    year = chosen_year(request.GET.get(YEAR, ""), years, deadlines.today().year)
    return figures.of_year(site, year, unit=request.GET.get(UNIT, "")), years


def _charts(found: Year) -> dict:
    rows = [row for _month, row in found.months]
    received = Series(_("Tiếp nhận"), "a", [row.received for row in rows])
    answered = Series(_("Đã trả lời"), "b", [row.answered for row in rows])
    shares = Series(_("Đúng hạn"), "b", [row.share_on_time for row in rows])
    total = found.total
    ratings = [
        Part(_("Rất hài lòng"), "b", total.very),
        Part(_("Hài lòng"), "a", total.satisfied),
        Part(_("Chưa hài lòng"), "c", total.not_satisfied),
    ]
    busiest = sorted(found.units, key=lambda item: -item[1].received)[:MOST_BARS]
    by_unit = [(unit.name, _outcomes(row)) for unit, row in busiest]
    return {
        "months_chart": charts.columns(
            "thang", _("Câu hỏi tiếp nhận và đã trả lời theo tháng"), MONTH_LABELS, [received, answered]
        ),
        "share_chart": charts.columns(
            "dung-han", _("Tỷ lệ trả lời đúng hạn theo tháng"), MONTH_LABELS, [shares], most=100, tail="%"
        ),
        "ratings_chart": charts.bars("hai-long", _("Mức hài lòng của người hỏi"), [(_("Ý kiến"), ratings)]),
        "units_chart": charts.bars("don-vi", _("Câu hỏi theo đơn vị"), by_unit),
    }


def _outcomes(row: Figures) -> list[Part]:
    return [
        Part(_("Đã trả lời"), "b", row.answered),
        Part(_("Không thuộc phạm vi"), "c", row.out_of_scope),
        Part(_("Đang xử lý"), "a", row.waiting),
    ]


def _with_days(rows: list[tuple[str, Figures]]) -> list[tuple[str, Figures, str]]:
    return [(label, row, as_written(row.median_workdays)) for label, row in rows]


def _figures() -> list[tuple[str, str]]:
    return [
        (_("Tiếp nhận"), "received"),
        (_("Đã trả lời"), "answered"),
        (_("Không thuộc phạm vi"), "out_of_scope"),
        (_("Đang xử lý"), "waiting"),
        (_("Quá hạn"), "overdue"),
        (_("Đúng hạn"), "on_time"),
        (_("Tỷ lệ đúng hạn (%)"), "share_on_time"),
        (_("Số ngày trung vị"), "median_workdays"),
        (_("Rất hài lòng"), "very"),
        (_("Hài lòng"), "satisfied"),
        (_("Chưa hài lòng"), "not_satisfied"),
        (_("Tỷ lệ hài lòng (%)"), "share_satisfied"),
        (_("Xem xét lại"), "reopened"),
    ]


def _headers(first: str) -> list[str]:
    return [first, *(header for header, _name in _figures())]


def _cells(row: Figures) -> list[str]:
    return [as_written(getattr(row, name)) for _header, name in _figures()]


def as_written(number: float | int | None) -> str:
    """Write a number, "3" for 3.0: the median of a month is a whole number or a half."""
    return written(int(number) if number is not None and number == int(number) else number)
