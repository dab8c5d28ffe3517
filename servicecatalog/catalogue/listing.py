"""The catalogue of a site (`/dich-vu-cong/`): found by words, narrowed by seven filters, by ngành and lĩnh vực.

1. `narrowing.facts_of` reads what each service is listed and counted by; the number of queries does not grow.
2. A ward lists what it offers itself. The city lists what it offers and every procedure that an open ward offers; such
a procedure leads to `thu-tuc/1-001193/`, where one chooses one's ward.
3. Words are looked up in `finding.py`; `narrowing` counts each value of a filter under the other filters.
4. The English mirror shows the services of its Vietnamese page under the same names in the address.
Only public procedures in use and offerings valid on the day are listed.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from types import SimpleNamespace

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.models import Page

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.index.addresses import Addresses
from base.public.navigation import Link
from base.public.page_cache import mark_public
from base.public.site_cache import memory_of, remembered
from base.queries.prepared import Prepared, given_list, in_steps
from base.sites import all_site_keys, remember_site
from vietnam import text

from ..models import (
    CataloguePage,
    Procedure,
    ServiceOffering,
)
from ..models.offering import gone_procedure
from . import service_page
from .entries import PARAMETERS, Entry, place_of
from .levels import Levels, level_on
from .narrowing import facts_of, list_services, offered, offerings_version, own_services, source_of

# --- Answers ---------------------------------------------------------------------------------------


def respond(page, request) -> TemplateResponse:
    """Answer the catalogue of a site, marked for the page cache."""
    catalogue = list_services(page, request.GET, request)
    context = page.get_context(request)
    if catalogue.query or len(request.GET.keys() & set(PARAMETERS)) > 1:
        # One address a query or combination of filters would fill search engines with our lists.
        context["frame"].is_indexed = False
    context |= {"catalogue": catalogue, "page_url": page.get_url(request) or ""}
    if page.locale.language_code == settings.LANGUAGE_CODE:
        # Services have no pages of their own in another language.
        context["frame"].feed_title, context["frame"].atom_url = page.title, f"{page.get_url(request)}atom/"
    response = page.mark_public(TemplateResponse(request, page.template, context))
    return mark_public(response, shown_sites(page), params=PARAMETERS, turns=catalogue.turns)


def procedure(page, request, code: str):
    """Answer one procedure with every open site that offers it; on a ward that offers it, lead to its own page.

    `code`: as in an address, "1-001193". 404 for a code that no public procedure has.
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


def english(page, request, slug: str) -> TemplateResponse:
    """Answer a service of the Vietnamese catalogue on its English mirror; 404 on a Vietnamese page."""
    source = source_of(page)
    if source is None or source.pk == page.pk:
        raise Http404
    offering = (
        own_services(source)
        .select_related("procedure__field__sector", "responsible_unit", "locale")
        .filter(slug=slug)
        .first()
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
    return (list(page.sites_read) or all_site_keys()) if site and site.is_city else page.cache_sites()


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


def sitemap_addresses(keys: Iterable[int], request=None) -> Iterator[tuple[str, str]]:
    """Return what catalogues answer besides pages, for the sitemap: procedures on the city's, English services."""
    keys, version = in_steps(keys), offerings_version(request)
    for page, source in remembered(request, ("catalogues", *keys), lambda: _with_sources(keys, request)):
        for address in _addresses_below(page, source, version, request):
            yield address, ""


def _with_sources(keys: list[int], request) -> list[tuple]:
    """Return catalogues, each with the Vietnamese one of its site."""
    pages = _CATALOGUES.all(keys=keys) if keys else []
    if (memory := memory_of(request)) is not None:
        for page in pages:
            remember_site(page, memory)
    return [(page, source_of(page)) for page in pages]


_CATALOGUES = Prepared(
    lambda keys: CataloguePage.objects.filter(id__in=given_list("keys", keys)).select_related("locale").order_by("path")
)


def _addresses_below(page, source, version: tuple, request) -> list[str]:
    site = page.portal_site
    if source is None or site is None or (page.pk == source.pk and not site.is_city):
        return []
    facts = facts_of(source, site, timezone.localdate(), request, version)
    address, addresses = Addresses(request).full(page.url_path), []
    if page.pk != source.pk:
        addresses += [f"{address}{fact.slug}/" for fact in facts if fact.slug]
    if site.is_city:
        addresses += [f"{address}{place_of(fact.code)}" for fact in facts if fact.places]
    return addresses


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
