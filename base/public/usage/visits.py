"""How often the pages of a site, or of the whole portal, are read: the one definition of the figure.

A visit (lượt truy cập) is a page looked at for a second by a person, once a visitor in half an hour
(`counting.py`, `readers.py`, `visitors.py`). What a page shows below its own address counts as that page: documents as
the register. It belongs to the local day on which it happened and to the site on which the page then stood; the
city's figures are those of all sites together. Programs are left out as far as they can be recognised, and a process
that is killed loses its last second: what shows a figure says "khoảng".

1. `count_up`: a job sums up the days of this month by site (`SiteVisits`); a month that is over stays as it is.
2. `of_site`, `of_year`, `most_read`: what pages and reports show. The footer of every page reads the sum of the month
   with the generations (`site_cache.py`), without a query of its own; it makes no page anew.
3. `merge_old`: rows by page and day become rows by page and month.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from wagtail.models import Page

from ...figures import first_of_month, last_months
from ...models import PortalSite, SiteVisits, VisitCount
from ...queries import sql
from .merging import merge_days

# So long the visits of a page are kept by the day; afterwards by the month.
MONTHS_BY_DAY = 3
# Days after its end in which a month still takes what waited to be written.
DAYS_OPEN = 2
MOST_READ, MOST_READ_DAYS = 20, 30
# A page of a ward stands three steps below the root of the tree, or deeper; a page of the city as well, or higher.
DEPTH_OF_WARDS = 3


@dataclass(frozen=True)
class Visits:
    """What is shown of a site, or of the whole portal: `months` and `sites` of the last twelve months.

    `months`: (first day, visits), this month last. `sites`: the most visited first; [] for one site. `since`: the
    first month in which anything was counted. `counted_at`: up to when.
    """

    today: int
    month: int
    total: int
    months: list[tuple[date, int]]
    sites: list[tuple[PortalSite, int]]
    since: date | None = None
    counted_at: datetime | None = None

    @property
    def year(self) -> int:
        """Those of the last twelve months."""
        return sum(count for _month, count in self.months)


# --- 1. Summing up ----------------------------------------------------------------------------------


def count_up(*, on: datetime) -> int:
    """Sum up the visits of this month by site, and of the last month while it is just over; return how many rows."""
    day = timezone.localtime(on).date()
    months = sorted({first_of_month(day), first_of_month(day - timedelta(days=DAYS_OPEN))})
    homes = _homes()
    today = _by_site(homes, day, day + timedelta(days=1))
    rows = [
        SiteVisits(
            site_id=site,
            month=month,
            count=count,
            day_count=today.get(site, 0) if month == first_of_month(day) else 0,
            counted_at=on,
        )
        for month in months
        for site, count in sorted(_by_site(homes, month, _next(month)).items())
    ]
    SiteVisits.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["site", "month"], update_fields=["count", "day_count", "counted_at"]
    )
    return len(rows)


def _homes() -> dict[str, int]:
    """The sites by the tree paths of their home pages, in every language."""
    return dict(
        sql.read("SELECT p.path, s.id FROM base_portalsite s JOIN wagtailcore_page p ON p.translation_key = s.home_key")
    )


def _by_site(homes: dict[str, int], first: date, after: date) -> dict[int, int]:
    rows = sql.read(
        "SELECT substr(p.path, 1, %s) AS place, SUM(v.count) FROM base_visitcount v "
        "JOIN wagtailcore_page p ON p.id = v.page_id WHERE v.day >= %s AND v.day < %s GROUP BY 1",
        [DEPTH_OF_WARDS * Page.steplen, first, after],
    )
    sums: dict[int, int] = defaultdict(int)
    for place, count in rows:
        site = homes.get(place) or homes.get(place[: -Page.steplen]) if len(place) > Page.steplen else None
        if site is not None:
            sums[site] += int(count)
    return dict(sums)


def _next(month: date) -> date:
    return first_of_month(month + timedelta(days=31))


# --- 2. Telling -------------------------------------------------------------------------------------


def of_site(site: PortalSite, *, on: datetime) -> Visits:
    """Return the visits of a site, or for the city of the whole portal; one query, for the city two."""
    day = timezone.localtime(on).date()
    rows = SiteVisits.objects.all() if site.is_city else SiteVisits.objects.filter(site=site)
    rows = list(rows.order_by("month"))
    months = last_months(day)
    by_month: dict[date, int] = dict.fromkeys(months, 0)
    by_site: dict[int, int] = defaultdict(int)
    for row in rows:
        if row.month in by_month:
            by_month[row.month] += row.count
            by_site[row.site_id] += row.count
    return Visits(
        today=sum(row.day_count for row in rows if timezone.localtime(row.counted_at).date() == day),
        month=by_month[months[-1]],
        total=sum(row.count for row in rows),
        months=list(by_month.items()),
        sites=_most_visited(by_site) if site.is_city else [],
        since=rows[0].month if rows else None,
        counted_at=max((row.counted_at for row in rows), default=None),
    )


def of_year(year: int) -> list[tuple[int, int]]:
    """Return the visits of the whole portal by month (1–12) of a year, as summed up; one query."""
    found: dict[int, int] = dict.fromkeys(range(1, 13), 0)
    for month, count in SiteVisits.objects.filter(month__year=year).values_list("month", "count"):
        found[month.month] += count
    return list(found.items())


def by_site_and_month(site: PortalSite) -> list[tuple[PortalSite, date, int]]:
    """Return all that was ever summed up: of a site, or for the city of every site; the latest month first."""
    rows = SiteVisits.objects.select_related("site__unit").order_by("-month", "site_id")
    return [(row.site, row.month, row.count) for row in (rows if site.is_city else rows.filter(site=site))]


def most_read(home: Page, *, on: datetime) -> list[tuple[Page, int]]:
    """Return the public pages below a home page, itself too, that were read most in the last 30 days; two queries.

    Below the Vietnamese home page of the city those of all sites stand, below an English one the English pages.
    """
    first = timezone.localtime(on).date() - timedelta(days=MOST_READ_DAYS)
    rows = sql.read(
        "SELECT v.page_id, SUM(v.count) FROM base_visitcount v JOIN wagtailcore_page p ON p.id = v.page_id "
        "WHERE v.day > %s AND p.live AND p.path LIKE %s GROUP BY v.page_id ORDER BY 2 DESC, 1 LIMIT %s",
        [first, f"{home.path}%", MOST_READ],
    )
    pages = Page.objects.select_related("locale").in_bulk([page for page, _count in rows])
    return [(pages[page], int(count)) for page, count in rows if page in pages]


def _most_visited(by_site: dict[int, int]) -> list[tuple[PortalSite, int]]:
    sites = PortalSite.objects.filter(pk__in=by_site).select_related("unit")
    return sorted(((site, by_site[site.pk]) for site in sites), key=lambda row: (-row[1], row[0].pk))


# --- 3. Growing no further --------------------------------------------------------------------------


def merge_old(*, on: datetime) -> int:
    """Join the days of each month that ended `MONTHS_BY_DAY` ago, by page; return how many rows went."""
    return merge_days(VisitCount, [], months=MONTHS_BY_DAY, on=on)
