"""The catalogue of a site (`/dich-vu-cong/`): found by words, narrowed by seven filters, by ngành and lĩnh vực.

1. `_facts` reads what every service within reach is listed and counted by; the number of queries does not grow.
2. A ward lists what it offers itself. The city lists what it offers and every procedure that an open ward offers; such
a procedure leads to `thu-tuc/1-001193/`, where one chooses one's ward.
3. Words are looked up in `finding.py`; `_narrow` counts each value of a filter under the other filters.
4. The English mirror shows the services of its Vietnamese page under the same names in the address.
Only public procedures in use and offerings valid on the day are listed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import BooleanField, CharField, Count, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Substr
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.navigation import Link
from base.public.page_cache import mark_public
from vietnam import text
from vietnam.analysis import clean

from ..models import (
    CataloguePage,
    OfferingLevel,
    Procedure,
    ProcedureAgency,
    ProcedureLevel,
    ServiceGuidePage,
    ServiceOffering,
)
from ..models.offering import gone_procedure
from . import finding, outages, service_page
from .levels import Levels, level_on

# Enough that whatever a field holds stands on one page: no service is further than three clicks from the front page.
SERVICES_A_PAGE = 100
QUERY, PAGE, SORT = "q", "trang", "xep"
SECTOR, FIELD, EVENT, LEVEL, RUNG, AGENCY, APPLICANT = (
    "nganh",
    "linh-vuc",
    "su-kien",
    "muc-do",
    "cap",
    "co-quan",
    "doi-tuong",
)
LABELS = {
    SECTOR: (gettext_lazy("Ngành"), gettext_lazy("Mọi ngành")),
    FIELD: (gettext_lazy("Lĩnh vực"), gettext_lazy("Mọi lĩnh vực")),
    EVENT: (gettext_lazy("Sự kiện trong đời"), gettext_lazy("Mọi sự kiện")),
    LEVEL: (gettext_lazy("Mức độ trực tuyến"), gettext_lazy("Mọi mức độ")),
    RUNG: (gettext_lazy("Cấp thực hiện"), gettext_lazy("Mọi cấp")),
    AGENCY: (gettext_lazy("Cơ quan thực hiện"), gettext_lazy("Mọi cơ quan")),
    APPLICANT: (gettext_lazy("Đối tượng"), gettext_lazy("Mọi đối tượng")),
}
FILTERS = tuple(LABELS)
PARAMETERS = (QUERY, PAGE, SORT, *FILTERS)
RUNGS = (
    ("at_province", "tinh", gettext_lazy("Cấp tỉnh")),
    ("at_district", "huyen", gettext_lazy("Cấp huyện")),
    ("at_ward", "xa", gettext_lazy("Cấp xã")),
    ("at_other", "khac", gettext_lazy("Cơ quan khác")),
)
BY_FIELD, BY_NAME = "linh-vuc", "ten"
NONE = "chua-xep"
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what stands in the address, its label, how many services, whether it is chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter with its values; `total`: how many services there are under the other filters."""

    name: str
    label: str
    any_label: str
    choices: list[Choice]
    total: int


@dataclass
class Fact:
    """What one service is listed by; `values`: {filter: {value: label}}, several where it bears several."""

    key: int
    code: str
    name: str
    native_name: str
    summary: str
    folded: str
    spelt: str
    order: tuple
    field_name: str
    sector_name: str
    slug: str = ""
    own_key: int | None = None
    places: int = 0
    level: object = None
    is_illustrative: bool = False
    values: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A service as the list shows it: `name` is safe HTML with the typed words marked."""

    name: SafeString
    url: str
    summary: str
    code: str
    level: object
    places: int
    is_native: bool
    is_illustrative: bool


@dataclass(frozen=True)
class Section:
    """The services of one field under its branch, in the order of the lists; without a heading in other orders."""

    heading: str
    sector: str
    anchor: str
    entries: list[Entry]


@dataclass
class Catalogue:
    """What the template of the catalogue needs."""

    query: str
    sort: str
    filters: list[Filter]
    sections: list[Section]
    paging: PaginatorPage
    everything: int
    is_filtered: bool
    is_near: bool
    is_city: bool
    outages: list
    guides: list[Link]
    turns: list

    @property
    def total(self) -> int:
        return self.paging.paginator.count

    def filter(self, name: str) -> Filter:
        return next(one for one in self.filters if one.name == name)

    @property
    def ways_in(self) -> list[tuple[str, Filter]]:
        """The filters that are also shown as links while nothing is chosen: life events, then fields."""
        return [(name, self.filter(name)) for name in (EVENT, FIELD)] if not self.is_filtered else []


# --- Answers ---------------------------------------------------------------------------------------


def respond(page, request) -> TemplateResponse:
    """Answer the catalogue of a site, marked for the page cache."""
    catalogue = list_services(page, request.GET, request)
    context = page.get_context(request)
    if catalogue.query or len(request.GET.keys() & set(PARAMETERS)) > 1:
        # One address a query or combination of filters would fill search engines with our lists.
        context["frame"].is_indexed = False
    context |= {"catalogue": catalogue, "page_url": page.get_url(request) or ""}
    response = page.mark_public(TemplateResponse(request, page.template, context))
    return mark_public(response, shown_sites(page), params=PARAMETERS, turns=catalogue.turns)


def procedure(page, request, code: str):
    """Answer one procedure with every open site that offers it; on a ward that offers it, lead to its own page.

    `code`: as in an address, "1-001193". 404 for a code that no public procedure bears.
    """
    code = code.replace("-", ".", 1)
    found = Procedure.objects.select_related("field__sector").filter(code=code).first()
    if found is None:
        raise Http404
    if not found.live:
        return gone_procedure(request, found)
    site, day = page.portal_site, timezone.localdate()
    places = _places(page, found, day, request)
    own = next((place for place in places if place.site_id == site.pk), None) if site else None
    if own is not None and not site.is_city:
        return redirect(own.url)
    context = page.get_context(request)
    frame = context["frame"]
    frame.title, frame.description = found.label, found.description
    frame.breadcrumbs = [*frame.breadcrumbs, Link(page.title, page.get_url(request) or "")]
    frame.canonical_url = f"{page.full_url or ''}{place_of(found.code)}"
    frame.is_demo = found.is_illustrative
    context |= {
        "procedure": found,
        "places": places,
        "page_url": page.get_url(request) or "",
        "is_in_use": found.is_in_use(day),
        "level": Levels().on(found.levels.all(), (), day),
        "is_english": get_language() == "en",
    }
    response = page.mark_public(TemplateResponse(request, "servicecatalog/procedure_page.html", context))
    return mark_public(response, shown_sites(page))


def place_of(code: str) -> str:
    """Return where a procedure stands below a catalogue: "1.001193" -> "thu-tuc/1-001193/" (addresses have no dots)."""
    return f"thu-tuc/{code.replace('.', '-')}/"


def english(page, request, slug: str) -> TemplateResponse:
    """Answer a service of the Vietnamese catalogue on its English mirror; 404 on a Vietnamese page."""
    source = source_of(page)
    if source is None or source.pk == page.pk:
        raise Http404
    offering = (
        _own(source).select_related("procedure__field__sector", "responsible_unit", "locale").filter(slug=slug).first()
    )
    if offering is None:
        raise Http404
    if not offering.procedure.live:
        return gone_procedure(request, offering.procedure)
    context = service_page.fill_english(offering, page, source, request)
    response = TemplateResponse(request, service_page.template(offering, request), context)
    # The page of the offering says how long it holds.
    page.cache_max_age_seconds, page.turns = offering.cache_max_age_seconds, offering.turns
    page.mark_public(response)
    return mark_public(response, page.cache_sites(), params=offering.cache_params)


def shown_sites(page) -> list[int]:
    """Return the keys of the sites whose changes can show in a catalogue: on the city's all, as it lists the wards'."""
    site = page.portal_site
    return list(PortalSite.objects.values_list("pk", flat=True)) if site and site.is_city else page.cache_sites()


def as_listed(offering: ServiceOffering, request) -> Entry:
    """Return a version of a service as the list of its site shows it, for a preview."""
    procedure = offering.procedure
    summary = "" if procedure.description == procedure.label else procedure.description
    return Entry(
        name=highlight(procedure.label, ""),
        url=offering.get_url(request) or "",
        summary=summary,
        code=procedure.code,
        level=level_on(offering),
        places=0,
        is_native=procedure.label == procedure.name,
        is_illustrative=procedure.is_illustrative,
    )


def in_english(offering: ServiceOffering, request) -> TemplateResponse | None:
    """Return a version of a service as English readers get it, for a preview; None without an English catalogue."""
    source = CataloguePage.objects.ancestor_of(offering).first()
    mirror = source and source.get_translations().exclude(locale=source.locale_id).filter(live=True).first()
    if mirror is None:
        return None
    context = service_page.fill_english(offering, mirror, source, request)
    return TemplateResponse(request, service_page.template(offering, request), context)


def sitemap_urls(page) -> list[dict]:
    """Return the addresses that a catalogue answers besides its pages: procedures on the city's, English services."""
    source, day = source_of(page), timezone.localdate()
    site = page.portal_site
    if source is None or site is None:
        return []
    facts = _facts(source, site, day)
    addresses = []
    if page.pk != source.pk:
        addresses += [f"{page.full_url}{fact.slug}/" for fact in facts if fact.slug]
    if site.is_city:
        addresses += [f"{page.full_url}{place_of(fact.code)}" for fact in facts if fact.places]
    return [{"location": address} for address in addresses]


# --- The list --------------------------------------------------------------------------------------


def list_services(page, parameters: Mapping, request=None) -> Catalogue:
    """Return one page of the services of a site in the language of its catalogue.

    `parameters`: a mapping with "q", "trang", "xep" and the names of the filters. At most ten queries, however many
    services there are.
    """
    now, site = timezone.now(), page.portal_site
    day, source, url = timezone.localdate(now), source_of(page), page.get_url(request) or ""
    facts = _facts(source, site, day) if source is not None and site is not None else []
    everything = len(facts)
    query = clean(str(parameters.get(QUERY) or "")).strip()
    hits = finding.find(query, [finding.Known(fact.key, fact.name, fact.folded) for fact in facts])
    is_searched = bool(finding.words_of(query))
    if is_searched:
        known = {fact.key: fact for fact in facts}
        facts = [known[key] for key in hits.keys]
    facts, filters, is_narrowed = _narrow(facts, parameters)
    sort = parameters.get(SORT) if parameters.get(SORT) in (BY_FIELD, BY_NAME) else ""
    if sort == BY_NAME:
        facts.sort(key=lambda fact: text.sort_key(fact.name))
    elif sort == BY_FIELD or not is_searched:
        facts.sort(key=lambda fact: fact.order)
    paging = Paginator(facts, SERVICES_A_PAGE).get_page(parameters.get(PAGE))
    is_by_field = sort == BY_FIELD or (not is_searched and not sort)
    sections = _sections(list(paging.object_list), query if is_searched else "", url, is_by_field=is_by_field)
    away = outages.on_site(source, now) if source is not None else []
    return Catalogue(
        query=query,
        sort=sort,
        filters=filters,
        sections=sections,
        paging=paging,
        everything=everything,
        is_filtered=is_narrowed or is_searched,
        is_near=hits.is_near and is_searched,
        is_city=bool(site and site.is_city),
        outages=away,
        guides=_guides(page, request),
        turns=outages.turns(away),
    )


def offered(day: date) -> Q:
    """The condition that a public offering counts on a local day."""
    return Q(
        Q(offered_from=None) | Q(offered_from__lte=day),
        Q(offered_to=None) | Q(offered_to__gte=day),
        live=True,
    )


def source_of(page) -> Page | None:
    """Return the Vietnamese catalogue of a catalogue's site, under which its services stand; the page itself for it."""
    if page.locale.language_code == settings.LANGUAGE_CODE:
        return page
    return Page.objects.filter(
        translation_key=page.translation_key, locale__language_code=settings.LANGUAGE_CODE, live=True
    ).first()


def _own(source):
    return ServiceOffering.objects.live().child_of(source)


def _facts(source, site, day: date) -> list[Fact]:
    """Return every service within reach with what narrows the list: five queries."""
    facts = known_services(source, site, day)
    _add_groups(facts)
    _add_levels(facts, day)
    return facts


def known_services(source, site, day: date) -> list[Fact]:
    """Return every service within reach, by what words find it: one query. `source`: the Vietnamese catalogue."""
    own = ServiceOffering.objects.child_of(source).filter(offered(day), procedure=OuterRef("pk")).order_by("path")
    rows = Procedure.objects.in_use(day).annotate(
        own_slug=Subquery(own.values("slug")[:1]), own_key=Subquery(own.values("pk")[:1])
    )
    if site.is_city:
        # A ward's front page stands beside the city's catalogue.
        there = _of_open_wards(day, len(source.path)).filter(procedure=OuterRef("pk")).order_by().values("procedure")
        count = there.annotate(count=Count("pk")).values("count")
        rows = rows.annotate(places=Coalesce(Subquery(count, output_field=IntegerField()), Value(0)))
        rows = rows.filter(Q(own_slug__isnull=False) | Q(places__gt=0))
    else:
        rows = rows.annotate(places=Value(0, output_field=IntegerField())).filter(own_slug__isnull=False)
    rows = rows.select_related("field__sector").only(
        "code",
        "name",
        "title_en",
        "summary",
        "summary_en",
        "keywords",
        "search_text",
        "is_illustrative",
        *(name for name, _slug, _label in RUNGS),
        "field__slug",
        "field__name",
        "field__name_en",
        "field__sort_order",
        "field__sector__slug",
        "field__sector__name",
        "field__sector__name_en",
        "field__sector__sort_order",
    )
    return [_fact(row) for row in rows.order_by("pk")]


def _of_open_wards(day: date, depth_of_home: int):
    """The offerings of open wards and communes that count on a day; `depth_of_home`: letters of a front page's path."""
    keys = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=PortalSite.State.OPEN).values("home_key")
    homes = Page.objects.filter(translation_key__in=keys, locale__language_code=settings.LANGUAGE_CODE, live=True)
    found = ServiceOffering.objects.filter(offered(day)).annotate(home=Substr("path", 1, depth_of_home))
    return found.filter(home__in=homes.values("path"))


def _fact(row: Procedure) -> Fact:
    place, sector = row.field, row.field.sector
    return Fact(
        key=row.pk,
        code=row.code,
        name=row.label,
        native_name=row.name,
        summary=row.description,
        folded=" ".join([row.search_text, text.fold(row.title_en), text.fold(row.summary_en)]),
        spelt="\n".join([row.code, row.name, row.summary, row.keywords, row.title_en, row.summary_en]),
        order=(
            sector.sort_order,
            text.sort_key(sector.name),
            place.sort_order,
            text.sort_key(place.name),
            text.sort_key(row.name),
        ),
        field_name=place.label,
        sector_name=sector.label,
        slug=row.own_slug or "",
        own_key=row.own_key,
        places=row.places,
        is_illustrative=row.is_illustrative,
        values={
            SECTOR: {sector.slug: sector.label},
            FIELD: {place.slug: place.label},
            RUNG: {slug: str(label) for name, slug, label in RUNGS if getattr(row, name)},
        },
    )


def _add_groups(facts: list[Fact]) -> None:
    """Give every service its life events, who may apply, and the agencies that carry it out: one query."""
    keys = [fact.key for fact in facts]
    parts = []
    for name, through, column in (
        (EVENT, Procedure.life_events.through, "lifeevent"),
        (APPLICANT, Procedure.applicants.through, "applicantkind"),
    ):
        rows = through.objects.filter(procedure_id__in=keys).order_by()
        parts.append(
            rows.values_list(
                "procedure_id",
                Value(name, output_field=CharField()),
                f"{column}__slug",
                f"{column}__name",
                f"{column}__name_en",
                f"{column}__sort_order",
            )
        )
    performing = ProcedureAgency.objects.filter(procedure_id__in=keys, role=ProcedureAgency.Role.PERFORMS).order_by()
    nothing = Value("", output_field=CharField())
    parts.append(
        performing.values_list(
            "procedure_id",
            Value(AGENCY, output_field=CharField()),
            nothing,
            Coalesce("unit__authority_name", F("name")),
            Coalesce("unit__name_en", nothing),
            Value(0, output_field=IntegerField()),
        )
    )
    known, is_english = {fact.key: fact for fact in facts}, get_language() == "en"
    for key, name, slug, label, label_en, _order in parts[0].union(*parts[1:], all=True) if keys else ():
        if label:
            value = slug or text.slug(label, LONGEST_VALUE)
            known[key].values.setdefault(name, {})[value] = (is_english and label_en) or label


def _add_levels(facts: list[Fact], day: date) -> None:
    """Give every service its level of the day: one query for all rows, two for the schemes."""
    columns = ("level_id", "valid_from", "valid_to", "reason")
    offerings = [fact.own_key for fact in facts if fact.own_key]
    of_procedures = ProcedureLevel.objects.filter(procedure_id__in=[fact.key for fact in facts]).order_by()
    of_offerings = OfferingLevel.objects.filter(offering_id__in=offerings).order_by()
    mine = of_offerings.values_list("offering_id", Value(True, output_field=BooleanField()), *columns)
    everywhere = of_procedures.values_list("procedure_id", Value(False, output_field=BooleanField()), *columns)
    rows: dict[tuple, list] = {}
    for key, is_own, *values in everywhere.union(mine, all=True) if facts else ():
        rows.setdefault((bool(is_own), key), []).append(SimpleNamespace(**dict(zip(columns, values, strict=True))))
    known = Levels()
    for fact in facts:
        fact.level = known.on(rows.get((False, fact.key), ()), rows.get((True, fact.own_key), ()), day)
        level = fact.level.level if fact.level else None
        fact.values[LEVEL] = {level.code: level.label} if level else {NONE: _("Chưa xếp mức độ")}


def _narrow(facts: list[Fact], parameters: Mapping) -> tuple[list[Fact], list[Filter], bool]:
    """Return the services under every chosen value, the filters with their counts, and whether any was chosen.

    A value that no service bears is as if it were not there.
    """
    labels = {name: {} for name in FILTERS}
    for fact in facts:
        for name, values in fact.values.items():
            labels[name] |= values
    chosen = {name: parameters.get(name) for name in FILTERS if parameters.get(name) in labels[name]}

    def passes(fact, but=None):
        return all(value in fact.values.get(name, {}) for name, value in chosen.items() if name != but)

    filters = []
    for name, (label, any_label) in LABELS.items():
        rest = [fact for fact in facts if passes(fact, but=name)]
        counts = Counter(value for fact in rest for value in fact.values.get(name, {}))
        # What is chosen can still be seen when the other filters leave nothing of it.
        counts.update({chosen[name]: 0} if name in chosen else {})
        choices = [
            Choice(value, labels[name][value], counts[value], value == chosen.get(name))
            for value in sorted(counts, key=lambda value, name=name: text.sort_key(labels[name][value]))
        ]
        filters.append(Filter(name, str(label), str(any_label), choices, len(rest)))
    return [fact for fact in facts if passes(fact)], filters, bool(chosen)


def _sections(facts: list[Fact], query: str, url: str, *, is_by_field: bool) -> list[Section]:
    if not is_by_field:
        return [Section("", "", "", [_entry(fact, query, url) for fact in facts])] if facts else []
    sections: dict[str, Section] = {}
    for fact in facts:
        heading, sector = fact.field_name, fact.sector_name
        key = f"{sector}/{heading}"
        if key not in sections:
            sections[key] = Section(heading, sector, text.slug(f"{sector} {heading}", LONGEST_VALUE), [])
        sections[key].entries.append(_entry(fact, query, url))
    return list(sections.values())


def _entry(fact: Fact, query: str, url: str) -> Entry:
    address = f"{url}{fact.slug}/" if fact.slug else f"{url}{place_of(fact.code)}"
    summary = "" if fact.summary == fact.name else fact.summary
    return Entry(
        name=highlight(fact.name, query),
        url=address,
        summary=summary,
        code=fact.code,
        level=fact.level,
        places=fact.places,
        is_native=fact.name == fact.native_name,
        is_illustrative=fact.is_illustrative,
    )


def _guides(page, request) -> list[Link]:
    rows = ServiceGuidePage.objects.live().child_of(page).select_related("locale").order_by("path")
    return [Link(guide.title, guide.get_url(request) or "") for guide in rows]


# --- Where a procedure is offered ------------------------------------------------------------------


def _places(page, found: Procedure, day: date, request) -> list:
    """Return the open sites that offer a procedure: site_id, name, url, place; the city first, then by name."""
    rows = list(
        ServiceOffering.objects.filter(offered(day), procedure=found).select_related("locale", "responsible_unit")
    )
    parents = {row.path[: -Page.steplen] for row in rows}
    homes = {row.path[: -2 * Page.steplen] for row in rows}
    sites = {site.home_key: site for site in PortalSite.objects.filter(state=PortalSite.State.OPEN)}
    owners = {
        path: sites[key]
        for path, key in Page.objects.filter(path__in=homes).values_list("path", "translation_key")
        if key in sites
    }
    mirrors = _mirrors(page, parents, request)
    places = []
    for row in rows:
        site = owners.get(row.path[: -2 * Page.steplen])
        if site is None:
            continue
        mirror = mirrors.get(row.path[: -Page.steplen])
        unit = row.responsible_unit
        places.append(
            SimpleNamespace(
                site_id=site.pk,
                is_city=site.is_city,
                name=(get_language() == "en" and site.name_en) or site.name,
                url=f"{mirror}{row.slug}/" if mirror else row.get_url(request) or "",
                place=row.place or (unit.address if unit else ""),
            )
        )
    return sorted(places, key=lambda place: (not place.is_city, text.sort_key(place.name)))


def _mirrors(page, paths: set[str], request) -> dict[str, str]:
    """Return the addresses of the English mirrors of catalogues by their tree paths; none on a Vietnamese page."""
    if page.locale.language_code == settings.LANGUAGE_CODE:
        return {}
    keys = dict(Page.objects.filter(path__in=paths).values_list("translation_key", "path"))
    mirrors = CataloguePage.objects.live().filter(locale=page.locale, translation_key__in=keys).select_related("locale")
    return {keys[mirror.translation_key]: mirror.get_url(request) or "" for mirror in mirrors}
