"""How often services were used and how satisfied people were: one definition for each figure.

Whose and when. A use belongs to the page of the service (so to one site) and to the local day on which it happened. The
city's figures are those of all sites together; a service of the city's list of top services is one procedure, whatever
site it was used on. What a page was moved or taken down after still counts.

| Figure | Counts |
|---|---|
| views | the page of a service was looked at for a second, by a person, once a visitor in half an hour |
| downloads | a form was fetched from the page of a service |
| outgoing | a visitor went on from the page to the place of application |
| guides | a guide was looked at, of the service from which it was opened, else of the guide itself |
| very, satisfied, not_satisfied | what visitors said, once a service and day each (TT 32/2017/TT-BTTTT Điều 12) |
| share_satisfied | very and satisfied, in per cent of all; None below `FEWEST_ANSWERS`: it would show single answers |

Programs are left out as far as they can be recognised (`base/public/usage/readers.py`), and a process that is killed
loses its last second: the figures are approximate, and the pages say so.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.figures import MONTHS, Answers, last_months, latest_first
from base.models import PortalSite
from base.public import charts
from base.public.charts import number
from base.public.usage.counted import Counted
from base.public.usage.counting import SERVICE
from base.queries import sql
from vietnam import text

from ..models import Satisfaction, ServiceGuidePage, ServiceOffering, UsageCount
from . import satisfaction

# With fewer answers than this no share is shown.
FEWEST_ANSWERS = 5
# How long a page may show figures that have changed meanwhile.
REFRESHED_SECONDS = 600
Kind, Step = UsageCount.Kind, Satisfaction.Step
COLUMNS = {
    Kind.VIEW: "views",
    Kind.DOWNLOAD: "downloads",
    Kind.OUTGOING: "outgoing",
    Kind.GUIDE: "guides",
    Step.VERY: "very",
    Step.SATISFIED: "satisfied",
    Step.NOT: "not_satisfied",
}

# A kind is a text in the database, a step a number.
_BY_TEXT = {str(key.value): name for key, name in COLUMNS.items()}


@dataclass(frozen=True)
class Figures(Answers):
    """The figures of some uses; see the module for what each counts."""

    views: int = 0
    downloads: int = 0
    outgoing: int = 0
    guides: int = 0
    very: int = 0
    satisfied: int = 0
    not_satisfied: int = 0
    fewest = FEWEST_ANSWERS

    @property
    def is_empty(self) -> bool:
        return not (self.views or self.downloads or self.outgoing or self.guides or self.rated)


@dataclass(frozen=True, slots=True)
class Fact:
    """One number: of a page in a month (its first day), under the name of a figure."""

    page: int
    month: date
    name: str
    number: int


@dataclass(frozen=True)
class Shown:
    """What the page of a service shows: this month, the last twelve months, a line of their views, the form."""

    month: Figures
    year: Figures
    line: SafeString
    counted: Counted | None
    say_url: str
    address: str = ""
    answer_state: str = ""
    feedback_url: str = ""
    statistics_url: str = ""
    is_illustrative: bool = False

    @property
    def month_views(self) -> str:
        return number(self.month.views)

    @property
    def year_views(self) -> str:
        return number(self.year.views)

    @property
    def year_downloads(self) -> str:
        return number(self.year.downloads)

    @property
    def year_outgoing(self) -> str:
        return number(self.year.outgoing)


@dataclass(frozen=True)
class Service:
    """A service in the list of top services: its name, its address on one site, its figures."""

    name: str
    figures: Figures
    url: str = ""


@dataclass(frozen=True)
class Year:
    """The figures of a year: in all, by month (12), by service and site, the most used first; views a year before."""

    year: int
    total: Figures
    months: list[tuple[int, Figures]]
    views_before: list[int]
    services: list[Service]
    sites: list[tuple[PortalSite, Figures]] = field(default_factory=list)
    site: PortalSite | None = None
    is_illustrative: bool = False

    @property
    def year_before(self) -> int:
        return self.year - 1


# --- One service -----------------------------------------------------------------------------------


def of_page(page: int, on: date | None = None) -> list[tuple[date, Figures]]:
    """Return the figures of a page for each of the last twelve months, the present one last; one query."""
    months = last_months(on or timezone.localdate())
    facts = _facts(months[0], None, page=page)
    return [(month, count(fact for fact in facts if fact.month == month)) for month in months]


def shown_on(offering: ServiceOffering, request=None, *, address: str = "", statistics_url: str = "") -> Shown:
    """Return what the page of a service shows of its use, at an address of its own or on the English mirror."""
    today = timezone.localdate()
    months = of_page(offering.pk, today) if offering.pk else [(month, Figures()) for month in last_months(today)]
    labels = [f"{month:%m/%Y}" for month, _row in months]
    line = charts.sparkline("luot-xem", _("Lượt xem 12 tháng qua"), labels, [row.views for _month, row in months])
    answer_state = request.GET.get(satisfaction.PARAMETER, "") if request is not None else ""
    is_public = bool(offering.pk and offering.live)
    return Shown(
        month=months[-1][1],
        year=sum_of(row for _month, row in months),
        line=line,
        counted=Counted(offering.pk or 0) if is_public else None,
        say_url=reverse("servicecatalog_satisfaction", args=[offering.pk]) if is_public else "",
        address=address,
        answer_state=answer_state if answer_state in satisfaction.WORDS else "",
        feedback_url=satisfaction.feedback_address(offering, request) if is_public else "",
        statistics_url=statistics_url,
        is_illustrative=offering.is_illustrative,
    )


def counted_on_guide(guide: ServiceGuidePage, request) -> Counted:
    """Return what a guide's page says to the counter: for the service it was opened from (`?dich-vu=`), else itself."""
    typed = request.GET.get(SERVICE, "") if request is not None else ""
    if typed.isascii() and typed.isdigit() and len(typed) < 13:
        named = set(guide.procedures.values_list("pk", flat=True)) if guide.pk else set()
        service = ServiceOffering.objects.live().filter(pk=int(typed)).values_list("pk", "procedure_id").first()
        if service is not None and (not named or service[1] in named):
            return Counted(guide.pk or 0, Kind.GUIDE, service=service[0])
    return Counted(guide.pk or 0, Kind.GUIDE)


# --- A year ----------------------------------------------------------------------------------------


def of_year(site: PortalSite, year: int, *, only: str = "", homes: dict[str, PortalSite] | None = None) -> Year:
    """Return the figures of a local year: of one site, or for the city of all sites, or of the one named `only`.

    `only`: a site's name in addresses; one that there is not is as if it were not asked for. `homes`: what
    `homes_of_sites` returns, where it is known. At most seven queries.
    """
    homes = homes_of_sites() if homes is None else homes
    chosen = next((found for found in homes.values() if found.slug == only), None) if site.is_city else site
    facts = _facts(date(year - 1, 1, 1), date(year, 12, 31))
    places = _places({fact.page for fact in facts}, homes)
    facts = [
        fact for fact in facts if fact.page in places and (chosen is None or places[fact.page].site.pk == chosen.pk)
    ]
    before = [fact for fact in facts if fact.month.year < year and fact.name == "views"]
    facts = [fact for fact in facts if fact.month.year == year]
    by_site = _grouped(facts, lambda fact: places[fact.page].site.slug)
    names = {found.slug: found for found in homes.values()}
    return Year(
        year=year,
        total=count(facts),
        months=[(month, count(fact for fact in facts if fact.month.month == month)) for month in MONTHS],
        views_before=[sum(fact.number for fact in before if fact.month.month == month) for month in MONTHS],
        services=_services(facts, places, chosen),
        sites=_most_used([(names[slug], row) for slug, row in by_site.items()]) if chosen is None else [],
        site=chosen if site.is_city else None,
        is_illustrative=any(places[fact.page].is_illustrative for fact in facts),
    )


def years(on: date | None = None) -> list[int]:
    """Return the years in which something was counted, and this one, the latest first; one query."""
    found = {day.year for day in UsageCount.objects.dates("day", "year")}
    return latest_first(found, (on or timezone.localdate()).year)


def sites_of_services(homes: dict[str, PortalSite]) -> list[PortalSite]:
    """Return the sites that anything may have been used on, the city first, then by name."""
    return sorted({site.pk: site for site in homes.values()}.values(), key=_city_first)


# --- From rows to figures --------------------------------------------------------------------------


def count(facts: Iterable[Fact]) -> Figures:
    """Return the figures that some facts add up to."""
    numbers: dict[str, int] = defaultdict(int)
    for fact in facts:
        numbers[fact.name] += fact.number
    return Figures(**numbers)


def sum_of(rows: Iterable[Figures]) -> Figures:
    """Return several figures as one."""
    rows = list(rows)
    return Figures(**{name: sum(getattr(row, name) for row in rows) for name in COLUMNS.values()})


def _facts(first: date, last: date | None, *, page: int | None = None) -> list[Fact]:
    condition, parameters = "day >= %s", [first]
    for wanted, value in (("day <= %s", last), ("page_id = %s", page)):
        if value:
            condition, parameters = f"{condition} AND {wanted}", [*parameters, value]
    parts = [
        f"SELECT page_id, substr(CAST(day AS TEXT), 1, 7) AS month, CAST({column} AS TEXT) AS name, SUM(count) "
        f"FROM {model._meta.db_table} WHERE {condition} GROUP BY 1, 2, 3"
        for model, column in ((UsageCount, "kind"), (Satisfaction, "step"))
    ]
    return [
        Fact(key, date.fromisoformat(f"{month}-01"), _BY_TEXT[name], int(total))
        for key, month, name, total in sql.read(" UNION ALL ".join(parts), [*parameters, *parameters])
        if name in _BY_TEXT
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose a page is, and what it is a page of: the key of a procedure, or None for a guide."""

    site: PortalSite
    procedure: int | None
    name: str
    page: int
    url_path: str
    is_illustrative: bool


def homes_of_sites() -> dict[str, PortalSite]:
    """The sites that readers know by the tree paths of their home pages, in every language; two queries."""
    known = PortalSite.objects.exclude(state__in=PortalSite.UNKNOWN).select_related("unit")
    sites = {site.home_key: site for site in known}
    rows = Page.objects.filter(translation_key__in=list(sites)).values_list("path", "translation_key")
    return {path: sites[key] for path, key in rows}


def _places(pages: set[int], homes: dict[str, PortalSite]) -> dict[int, Place]:
    """Return whose the pages are; a page that stands under no site is left out. Two queries."""
    english = get_language() == "en"
    rows = [
        (pk, path, procedure, (name_en if english else "") or name, url_path, is_illustrative)
        for pk, path, procedure, name, name_en, url_path, is_illustrative in ServiceOffering.objects.filter(
            pk__in=pages
        ).values_list(
            "pk", "path", "procedure_id", "procedure__name", "procedure__title_en", "url_path", "is_illustrative"
        )
    ]
    rows += [
        (pk, path, None, title, url_path, is_illustrative)
        for pk, path, title, url_path, is_illustrative in ServiceGuidePage.objects.filter(pk__in=pages).values_list(
            "pk", "path", "title", "url_path", "is_illustrative"
        )
    ]
    # A site's home page stands two levels above its services.
    return {
        pk: Place(homes[path[: -2 * Page.steplen]], procedure, name, pk, url_path, is_illustrative)
        for pk, path, procedure, name, url_path, is_illustrative in rows
        if path[: -2 * Page.steplen] in homes
    }


def _services(facts: list[Fact], places: dict[int, Place], chosen: PortalSite | None) -> list[Service]:
    """The services, guides left out; on one site each with its address there."""
    facts = [fact for fact in facts if places[fact.page].procedure is not None]
    rows = _grouped(facts, lambda fact: places[fact.page].procedure)
    of = {places[fact.page].procedure: places[fact.page] for fact in facts}
    found = [(of[key].name, row, of[key].page if chosen is not None else None) for key, row in rows.items()]
    live = Page.objects.live().in_bulk([page for _name, _row, page in found if page]) if chosen is not None else {}
    services = [Service(name, row, live[page].get_url() or "" if page in live else "") for name, row, page in found]
    return sorted(services, key=lambda service: (-service.figures.views, text.sort_key(service.name)))


def _grouped(facts: Iterable[Fact], key) -> dict:
    groups = defaultdict(list)
    for fact in facts:
        groups[key(fact)].append(fact)
    return {name: count(found) for name, found in groups.items()}


def _most_used(rows: list[tuple[PortalSite, Figures]]) -> list[tuple[PortalSite, Figures]]:
    return sorted(rows, key=lambda row: (-row[1].views, text.sort_key(row[0].name)))


def _city_first(site: PortalSite):
    return (not site.is_city, text.sort_key(site.name))
