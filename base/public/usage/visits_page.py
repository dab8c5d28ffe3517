"""The public page of the visits (`/luot-truy-cap/` of each site, for the city of all sites), and the same as a file."""

from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from ...figures import MONTH_LABELS
from ...tables.csv import csv_file
from ...tables.csv import download as as_download
from .. import charts
from ..charts import Part, Series, number
from ..frame import build_frame
from ..navigation import Link
from ..page_cache import mark_public
from ..routed import place_below
from . import visits

ADDRESS = "luot-truy-cap"
# How long the page may show figures that have been summed up anew meanwhile.
REFRESHED_SECONDS = 600
TEMPLATE = "base/visits.html"


def respond(page, request) -> TemplateResponse:
    """Answer the visits below a home page, marked for the page cache."""
    now = timezone.now()
    found = visits.of_site(page.portal_site, on=now)
    frame = build_frame(page, request)
    title = _("Lượt truy cập")
    place_below(frame, page, request, title, ADDRESS)
    frame.breadcrumbs, frame.is_home = [Link(_("Trang chủ"), frame.home_url)], False
    frame.title_tail = frame.site_name
    labels = [f"{month:%m/%Y}" for month, _count in found.months]
    counts = [count for _month, count in found.months]
    pages = [(one.title, one.get_url(request), number(count), "") for one, count in visits.most_read(page, on=now)]
    bars = [(site.name_in(frame.language_code), [Part(_("Lượt truy cập"), "b", count)]) for site, count in found.sites]
    context = {
        "frame": frame,
        "title": title,
        "found": found,
        "today": number(found.today),
        "month": number(found.month),
        "year": number(found.year),
        "total": number(found.total),
        "month_rows": [(label, "", number(count), "") for label, count in zip(labels, counts, strict=True)],
        "site_rows": [_site_row(site, count, frame) for site, count in found.sites],
        "page_rows": pages,
        "months_chart": charts.columns(
            "theo-thang-ve",
            _("Lượt truy cập 12 tháng qua"),
            [MONTH_LABELS[month.month - 1] for month, _count in found.months],
            [Series(_("Lượt truy cập"), "b", counts)],
        ),
        "sites_chart": charts.bars("theo-trang-ve", _("Lượt truy cập theo trang"), bars),
        "file_url": f"{page.get_url(request)}{ADDRESS}/csv/",
        "days": visits.MOST_READ_DAYS,
    }
    page.cache_max_age_seconds = REFRESHED_SECONDS
    response = page.mark_public(TemplateResponse(request, TEMPLATE, context))
    return mark_public(response, page.cache_sites())


def _site_row(site, count: int, frame) -> tuple:
    """Return a row of the table; the last place says of a name that it is Vietnamese on another language's page."""
    name = site.name_in(frame.language_code)
    return name, "", number(count), frame.native_lang if name == site.name else ""


def download(page, ending: str):
    """Answer all months by site as a file, "csv"; raises Http404 for another ending."""
    if ending != "csv":
        raise Http404
    site = page.portal_site
    rows = [(one.slug, one.name, f"{month:%Y-%m}", count) for one, month, count in visits.by_site_and_month(site)]
    # One name a column in every language: programs read them, and the page says what each holds.
    headers = ("ma_trang", "ten_trang", "thang", "luot_truy_cap")
    return as_download(csv_file([headers, *rows]), f"luot-truy-cap-{site.slug}.csv")
