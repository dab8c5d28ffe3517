"""The list of services: all that wards and city offer, narrowed by filters whose counts add up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import BooleanField, CharField, Count, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Substr
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.index import meanings
from base.public.index.addresses import Addresses
from base.public.index.filters import Choice, Filter
from base.public.navigation import Link
from base.public.site_cache import memory_of, remembered
from base.queries import sql
from base.queries.prepared import Prepared, given
from vietnam import text
from vietnam.analysis import clean

from ..models import (
    OfferingLevel,
    Procedure,
    ProcedureAgency,
    ProcedureLevel,
    ServiceGuidePage,
    ServiceOffering,
)
from . import finding, outages
from .entries import (
    AGENCY,
    APPLICANT,
    BY_FIELD,
    BY_NAME,
    EVENT,
    FIELD,
    FILTERS,
    LABELS,
    LEVEL,
    LONGEST_VALUE,
    NONE,
    PAGE,
    QUERY,
    RUNG,
    RUNGS,
    SECTOR,
    SERVICES_A_PAGE,
    SORT,
    Catalogue,
    Entry,
    Fact,
    Section,
    place_of,
)
from .levels import Levels

# More of them no catalogue has.
MOST_GUIDES = 200


def list_services(page, parameters: Mapping, request=None) -> Catalogue:
    """Return one page of the services of a site in the language of its catalogue.

    `parameters`: a mapping with "q", "trang", "xep" and the names of the filters. At most ten queries, however many
    services there are.
    """
    now, site = timezone.now(), page.portal_site
    day, source, url = timezone.localdate(now), source_of(page), page.get_url(request) or ""
    facts = facts_of(source, site, day, request) if source is not None and site is not None else []
    everything = len(facts)
    query = clean(str(parameters.get(QUERY) or "")).strip()
    is_searched, is_near, marked = bool(finding.words_of(query)), False, ""
    if is_searched:
        wanted = meanings.wanted(query, request)
        facts, is_near = _found(facts, query, wanted.readings)
        marked = meanings.marked(query, wanted)
    facts, filters, is_narrowed = _narrow(facts, parameters)
    sort = parameters.get(SORT) if parameters.get(SORT) in (BY_FIELD, BY_NAME) else ""
    if sort == BY_NAME:
        facts.sort(key=lambda fact: text.sort_key(fact.name))
    elif sort == BY_FIELD or not is_searched:
        facts.sort(key=lambda fact: fact.order)
    paging = Paginator(facts, SERVICES_A_PAGE).get_page(parameters.get(PAGE))
    is_by_field = sort == BY_FIELD or (not is_searched and not sort)
    sections = _sections(list(paging.object_list), marked, url, is_by_field=is_by_field)
    away = outages.on_site(source, now, request, page.cache_sites()) if source is not None else []
    return Catalogue(
        query=query,
        sort=sort,
        filters=filters,
        sections=sections,
        paging=paging,
        everything=everything,
        is_filtered=is_narrowed or is_searched,
        is_near=is_near,
        is_city=bool(site and site.is_city),
        outages=away,
        guides=_guides(page, request),
        turns=outages.turns(away),
    )


def _found(facts: list[Fact], query: str, readings: Sequence[str]) -> tuple[list[Fact], bool]:
    """Return the services that a query finds, the best first, and whether none of them has all its words."""
    hits = finding.find(query, [finding.Known(fact.key, fact.name, fact.folded) for fact in facts], readings)
    known = {fact.key: fact for fact in facts}
    return [known[key] for key in hits.keys], hits.is_near


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
    return _SOURCES.first(key=page.translation_key)


_SOURCES = Prepared(
    lambda: Page.objects.filter(
        translation_key=given("key"), locale__language_code=settings.LANGUAGE_CODE, live=True
    ).order_by("path")[:1]
)


def own_services(source):
    return ServiceOffering.objects.live().child_of(source)


def facts_of(source, site, day: date, request=None, version: tuple | None = None) -> list[Fact]:
    """Return every service within reach with what narrows the list: five queries, none until a service changes.

    `version`: the `offerings_version`, for a caller that asks about many catalogues.
    """
    memory = memory_of(request)
    version = offerings_version(request) if version is None and memory is not None else version
    key = ("services", source.pk, get_language(), day, version)
    facts = memory.get(key) if memory is not None else None
    if facts is None:
        facts = known_services(source, site, day)
        _add_groups(facts)
        _add_levels(facts, day)
        if memory is not None:
            # A procedure, a level and the state of a site raise the city's generation, too.
            memory.keep(key, facts, [site.pk, site.parent_id])
    return list(facts)


def offerings_version(request=None) -> tuple:
    """Return what differs whenever any site offers something else than before: one query, none until a site changes."""
    return remembered(request, "offerings version", _offerings_version)


def _offerings_version() -> tuple:
    found = sql.read(
        "SELECT COUNT(*), SUM(page_id), MAX(updated_at) FROM base_publicitem WHERE kind = %s",
        [ServiceOffering._meta.label],
    )
    return tuple(map(str, found[0]))


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

    A value that no service has is ignored.
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
    addresses = Addresses(request)
    rows = remembered(request, ("guides below", page.pk), lambda: _guides_below(page.pk), page.cache_sites())
    return [Link(title, addresses.of(url_path)) for title, url_path in rows]


def _guides_below(key: int) -> list[tuple]:
    """Return title and address in the tree of the guides right below a catalogue."""
    return sql.read(
        "SELECT i.title, p.url_path FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        f"WHERE i.section_id = %s AND i.kind = %s ORDER BY p.path LIMIT {MOST_GUIDES}",
        [key, ServiceGuidePage._meta.label],
    )
