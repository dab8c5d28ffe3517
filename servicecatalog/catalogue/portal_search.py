"""Services for the search of the portal: each once, whatever the number of sites that offer it, in both languages.

1. `find_services`: the catalogue of a site is asked by its own words (`finding.py`), marks or not: one hit a procedure.
2. `offered_at`: the sites that offer what was found, for the filters and below each hit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils import timezone
from wagtail.models import Page

from base.public.site_cache import MISSING, homes_of, memory_of
from base.sites import remember_site
from servicecatalog.catalogue import entries, narrowing
from vietnam.analysis import query_terms, tokens

from ..models import CataloguePage, ServiceOffering
from . import finding


@dataclass(frozen=True)
class FoundService:
    """A procedure that words find: `is_named`: its name has all of them; `is_exact`: with the marks that were typed."""

    key: int
    name: str
    summary: str
    url: str
    is_named: bool
    is_exact: bool
    is_native: bool
    field: str = ""


@dataclass(frozen=True)
class Offer:
    """A public offering of a procedure: its page, and the tree path of the front page of its site."""

    home: str
    unit: str
    year: int | None
    url_path: str


def catalogue_under(home_path: str, request=None) -> CataloguePage | None:
    """Return the public catalogue right below a front page, or None."""
    memory, key = memory_of(request), ("catalogue", home_path)
    found = memory.get(key, MISSING) if memory is not None else MISSING
    if found is MISSING:
        depth = len(home_path) // Page.steplen + 1
        pages = CataloguePage.objects.live().filter(path__startswith=home_path, depth=depth).select_related("locale")
        found = pages.first()
        if memory is not None:
            if found is not None:
                remember_site(found, memory)
            memory.keep(key, found, [found.portal_site.pk] if found is not None else memory.all_sites)
    return found


def find_services(
    catalogue, query: str, request=None, *, only_own: bool = False, readings: Sequence[str] = ()
) -> list[FoundService]:
    """Return the services of a catalogue that have all the words of a query, the best first.

    `only_own`: of the city's catalogue those that the city itself offers. `readings`: the query said otherwise. No
    query until a site changes.
    """
    source, site = narrowing.source_of(catalogue), catalogue.portal_site
    if source is None or site is None:
        return []
    facts = {fact.key: fact for fact in narrowing.facts_of(source, site, timezone.localdate(), request)}
    if only_own:
        facts = {key: fact for key, fact in facts.items() if fact.slug}
    hits = finding.find(query, [finding.Known(fact.key, fact.name, fact.folded) for fact in facts.values()], readings)
    if hits.is_near or not hits.keys:
        return []
    url = catalogue.get_url(request) or ""
    asked = [[terms[0] for terms in query_terms(text)] for text in (query, *readings)]
    return [_found(facts[key], url, asked, key in hits.named) for key in hits.keys]


def services_by_key(catalogue, keys: Sequence[int], request=None, *, most: int) -> list[FoundService]:
    """Return services of a catalogue by key, in this order, then others in that of the list, `most` in all."""
    source, site = narrowing.source_of(catalogue), catalogue.portal_site
    if source is None or site is None:
        return []
    facts = {fact.key: fact for fact in narrowing.facts_of(source, site, timezone.localdate(), request)}
    others = sorted((fact for fact in facts.values() if fact.key not in keys), key=lambda fact: fact.order)
    chosen = [*(facts[key] for key in keys if key in facts), *others][:most]
    return [_found(fact, catalogue.get_url(request) or "", [], True) for fact in chosen]


def _found(fact, url: str, asked: list[list[str]], is_named: bool) -> FoundService:
    known = _tokens(fact.spelt)
    is_exact = any(all(any(token.startswith(word) for token in known) for word in words) for words in asked)
    address = f"{url}{fact.slug}/" if fact.slug else f"{url}{entries.place_of(fact.code)}"
    summary = "" if fact.summary == fact.name else fact.summary
    return FoundService(
        fact.key, fact.name, summary, address, is_named, is_exact, fact.name == fact.native_name, fact.field_name
    )


@lru_cache(maxsize=2_000)
def _tokens(spelt: str) -> frozenset[str]:
    return frozenset(tokens(spelt))


def offered_at(keys: Iterable[int], homes: Mapping[str, object], request=None) -> dict[int, list[Offer]]:
    """Return the offerings of procedures that count today, by procedure, in the order of the tree.

    `homes`: the tree paths of the front pages of the sites whose offerings are wanted. One query, none until a site
    changes.
    """
    keys = list(keys)
    if not keys:
        return {}
    everything = _offers(timezone.localdate(), request)
    return {key: [offer for offer in everything[key] if offer.home in homes] for key in keys if key in everything}


def _offers(day: date, request) -> dict[int, list[Offer]]:
    memory = memory_of(request)
    key = ("offers", day, narrowing.offerings_version(request)) if memory is not None else ()
    found = memory.get(key) if memory is not None else None
    if found is None:
        found = {}
        rows = ServiceOffering.objects.filter(narrowing.offered(day)).order_by("path")
        columns = ("procedure_id", "path", "responsible_unit__name", "first_published_at", "url_path")
        for procedure, path, unit, published, url_path in rows.values_list(*columns):
            year = timezone.localtime(published).year if published else None
            found.setdefault(procedure, []).append(Offer(path[: -2 * Page.steplen], unit or "", year, url_path))
        if memory is not None:
            # The name of a unit changes for all sites.
            memory.keep(key, found, [homes_of(memory).city])
    return found
