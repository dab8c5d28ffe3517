"""Services for the search of the portal: each once, whatever the number of sites that offer it, in both languages.

1. `find_services`: the catalogue of a site is asked by its own words (`finding.py`), marks or not: one hit a procedure.
2. `offered_at`: the sites that offer what was found, for the filters and below each hit; `addresses`: their pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from wagtail.models import Page

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


@dataclass(frozen=True)
class Offer:
    """A public offering of a procedure: its page, and the tree path of the front page of its site."""

    key: int
    home: str
    unit: str
    year: int | None


def catalogue_under(home_path: str) -> CataloguePage | None:
    """Return the public catalogue right below a front page, or None."""
    depth = len(home_path) // Page.steplen + 1
    return CataloguePage.objects.live().filter(path__startswith=home_path, depth=depth).select_related("locale").first()


def find_services(catalogue, query: str, request=None, *, only_own: bool = False) -> list[FoundService]:
    """Return the services of a catalogue that have all the words of a query, the best first; at most four queries.

    `only_own`: of the city's catalogue those that the city itself offers.
    """
    source, site = narrowing.source_of(catalogue), catalogue.portal_site
    if source is None or site is None:
        return []
    facts = {fact.key: fact for fact in narrowing.known_services(source, site, timezone.localdate())}
    if only_own:
        facts = {key: fact for key, fact in facts.items() if fact.slug}
    hits = finding.find(query, [finding.Known(fact.key, fact.name, fact.folded) for fact in facts.values()])
    if hits.is_near:
        return []
    url, words = catalogue.get_url(request) or "", [alternatives[0] for alternatives in query_terms(query)]
    return [_found(facts[key], url, words, key in hits.named) for key in hits.keys]


def _found(fact, url: str, words: list[str], is_named: bool) -> FoundService:
    known = tokens(fact.spelt)
    is_exact = all(any(token.startswith(word) for token in known) for word in words)
    address = f"{url}{fact.slug}/" if fact.slug else f"{url}{entries.place_of(fact.code)}"
    summary = "" if fact.summary == fact.name else fact.summary
    return FoundService(fact.key, fact.name, summary, address, is_named, is_exact, fact.name == fact.native_name)


def offered_at(keys: Iterable[int], homes: Mapping[str, object], day: date | None = None) -> dict[int, list[Offer]]:
    """Return the offerings of procedures that count on a day, by procedure, in the order of the tree: one query.

    `homes`: the tree paths of the front pages of the sites whose offerings are wanted.
    """
    rows = ServiceOffering.objects.filter(narrowing.offered(day or timezone.localdate()), procedure__in=list(keys))
    columns = ("procedure_id", "pk", "path", "responsible_unit__name", "first_published_at")
    found: dict[int, list[Offer]] = {}
    for procedure, key, path, unit, published in rows.order_by("path").values_list(*columns):
        home = path[: -2 * Page.steplen]
        if home in homes:
            year = timezone.localtime(published).year if published else None
            found.setdefault(procedure, []).append(Offer(key, home, unit or "", year))
    return found


def addresses(keys: Iterable[int], request=None) -> dict[int, str]:
    """Return the addresses of offerings by their keys; one query."""
    pages = ServiceOffering.objects.filter(pk__in=list(keys)).select_related("locale").defer_streamfields()
    return {page.pk: page.get_url(request) or "" for page in pages}
