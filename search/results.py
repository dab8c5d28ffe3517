"""What a search finds, made ready to show: live pages of one language, services, and the documents of the register.

1. Pages come from Wagtail's index, best first; exact matches before those that match only after folding.
2. Documents come from the register's own search, which reads numbers as people type them; services from that of the
   catalogue.
3. Everything found is a row of facets (`facets.py`), which count and narrow all of it.
4. All of it is one list (`order.py`), of which one page is made ready: summaries and units come in one query over all
   page types; titles and summaries get the typed words marked.
Nothing is looked up that is not live: a page taken down leaves the results with its take-down.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.matching import MOST_FOUND, BestFirst, may_be_near
from base.public.navigation import Link
from base.sites import ancestor_paths
from legalref.models import LegalDocument, RegisterEntry
from legalref.register.addresses import Registers
from legalref.register.listing import holding, numbered
from servicecatalog.catalogue import portal_search
from servicecatalog.models import ServiceOffering
from vietnam.analysis import clean, query_terms, tokens

from . import facets
from .counting import document_rows_of, kind_names, of_all_types, page_rows_of, service_rows_of
from .facets import FACETS, KIND, PLACE, Choice, Facet
from .order import DOCUMENT, LEADING, PAGE, SERVICE, Slot, Sort, arrange

HITS_A_PAGE = 15
# How many documents are looked at for those whose titles have all the words.
MOST_TITLES = 100
LONGEST_EXCERPT = 320
QUERY, NUMBER, SCOPE = "q", "trang", "pham-vi"
PARAMETERS = (QUERY, NUMBER, SCOPE, *FACETS)
DOCUMENTS = "van-ban"
WHOLE_CITY, THIS_SITE = "toan-thanh-pho", "trang-nay"
NOT_OPEN = (PortalSite.State.PREPARED, PortalSite.State.CLOSED)


@dataclass(frozen=True)
class Hit:
    """One thing found: `title` and `summary` are safe HTML with the typed words in <mark>.

    `is_native`: its words are Vietnamese whatever the page speaks. `places`: of a service the sites that offer it, with
    the address of its page there, "" where there is none.
    """

    title: SafeString
    summary: SafeString
    url: str
    kind: str
    site: str
    unit: str = ""
    published_on: datetime | None = None
    document: object = None
    is_native: bool = False
    places: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Home:
    """What a search needs to know of the site under a home page."""

    site_id: int
    name: str
    state: str


@dataclass
class Found:
    """What the search page shows: `hits` are exact matches, `near_hits` match only after folding.

    `documents_total`: how many documents of the register are among all that was found.
    """

    query: str
    scope: str
    scopes: list[Choice]
    homes: dict[str, Home]
    facets: list[Facet] = field(default_factory=list)
    documents_total: int = 0
    hits: list[Hit] = field(default_factory=list)
    near_hits: list[Hit] = field(default_factory=list)
    paging: PaginatorPage | None = None
    total: int = 0
    is_cut: bool = False

    @property
    def is_asked(self) -> bool:
        return bool(self.query)

    @property
    def kind(self) -> str:
        """The kind chosen, or ""."""
        kinds = self.facet(KIND).choices if self.facets else []
        return next((choice.value for choice in kinds if choice.is_chosen), "")

    @property
    def leads_to_documents(self) -> bool:
        """Whether a link to the documents alone is of use: there are some, other things too, and more than a few."""
        return LEADING < self.documents_total < self.total

    @property
    def is_narrowed(self) -> bool:
        return any(facet.is_chosen for facet in self.facets)

    @property
    def may_widen(self) -> bool:
        """Whether the whole city can be searched and is not."""
        return any(choice.value == WHOLE_CITY and not choice.is_chosen for choice in self.scopes)

    @property
    def site_ids(self) -> set[int]:
        """The sites whose changes can show: whatever any of them publishes may be found."""
        return {home.site_id for home in self.homes.values()}

    def facet(self, name: str) -> Facet:
        return next(facet for facet in self.facets if facet.name == name)


def search(page, parameters, request=None) -> Found:
    """Search from a search page: in its language, on its site or in the whole city.

    `parameters`: a mapping with "q", "trang", "pham-vi" and the names of the facets; values that make no sense are as
    if they were not there.
    """
    site = page.portal_site
    query = clean(str(parameters.get(QUERY) or ""))
    scope = _scope(site, parameters.get(SCOPE))
    found = Found(query=query, scope=scope, scopes=_scopes(site, scope), homes=_homes())
    if not query_terms(query):
        return found
    numbers = numbered(_register(site, scope), query)
    pages, documents = _pages(page, site, scope, found.homes), _documents(site, scope, query, numbers)
    services = _services(page, site, scope, found.homes, query, request)
    offers = portal_search.offered_at([service.key for service in services], found.homes)
    page_rows, document_rows = page_rows_of(pages, query, found.homes), document_rows_of(documents)
    found.is_cut = len(page_rows) >= MOST_FOUND or len(document_rows) >= MOST_FOUND
    rows = page_rows + document_rows + service_rows_of(services, offers, found.homes)
    rows, found.facets = facets.narrow(rows, parameters)
    by_source = {source: [row.key for row in rows if row.source == source] for source in (PAGE, DOCUMENT, SERVICE)}
    found.total, found.documents_total = len(rows), len(by_source[DOCUMENT])
    if found.is_narrowed:
        pages = pages.filter(pk__in=by_source[PAGE])
    listed = BestFirst(pages, query, len(by_source[PAGE]))
    exact_pages = listed.count if listed.exact_keys is None else len(listed.exact_keys)
    slots = arrange(
        _sort_of_services(services, by_source[SERVICE]),
        _sort_of_documents(documents, by_source[DOCUMENT], query, numbers),
        listed.count,
        exact_pages,
        is_number=bool(numbers),
    )
    found.paging = Paginator(slots, HITS_A_PAGE).get_page(parameters.get(NUMBER))
    shown: list[Slot] = list(found.paging.object_list)
    hits = {
        **_page_hits(listed, shown, query, found.homes, request),
        **_document_hits(_keys(shown, DOCUMENT), query, request),
        **_service_hits(services, offers, _keys(shown, SERVICE), query, found, request),
    }
    for slot in shown:
        if slot in hits:
            (found.hits if slot.is_exact else found.near_hits).append(hits[slot])
    return found


def _keys(slots: list[Slot], source: str) -> list[Slot]:
    return [slot for slot in slots if slot.source == source]


# --- Where to look --------------------------------------------------------------------------------


def _scope(site, typed) -> str:
    if typed in (WHOLE_CITY, THIS_SITE):
        return typed
    return WHOLE_CITY if site is None or site.is_city else THIS_SITE


def _scopes(site, scope: str) -> list[Choice]:
    if site is None:
        return []
    here = _("Chỉ trang này")
    return [
        Choice(THIS_SITE, here, is_chosen=scope == THIS_SITE),
        Choice(WHOLE_CITY, _("Toàn thành phố"), is_chosen=scope == WHOLE_CITY),
    ]


def _homes() -> dict[str, Home]:
    """Return the sites by the tree paths of their home pages, in all languages; one query."""
    site = PortalSite.objects.filter(home_key=OuterRef("translation_key"))
    rows = Page.objects.annotate(
        site_id=Subquery(site.values("pk")[:1]),
        site_name=Subquery(site.values("name")[:1]),
        site_state=Subquery(site.values("state")[:1]),
    ).filter(translation_key__in=PortalSite.objects.values("home_key"))
    return {path: Home(*row) for path, *row in rows.values_list("path", "site_id", "site_name", "site_state")}


def _site_name(path: str, homes) -> str:
    ways = [home for home in homes if path.startswith(home)]
    return homes[max(ways, key=len)].name if ways else ""


def _pages(page, site, scope: str, homes):
    """Live pages in the language of the search page, under the home pages of the scope; services come by themselves."""
    found = Page.objects.live().filter(locale=page.locale).not_exact_type(type(page), ServiceOffering)
    inside, outside = Q(pk__in=[]), Q(pk__in=[])
    for path, owner in homes.items():
        is_own = site is not None and owner.site_id == site.pk
        if owner.state in NOT_OPEN:
            outside |= Q(path__startswith=path)
        elif scope == WHOLE_CITY or is_own:
            inside |= Q(path__startswith=path)
        elif site is not None and site.is_city:
            outside |= Q(path__startswith=path)
    return found.filter(inside).exclude(outside)


def _register(site, scope: str):
    documents = LegalDocument.objects
    return documents.public() if scope == WHOLE_CITY or site is None else documents.on_site(site)


def _documents(site, scope: str, query: str, numbers: list[int]):
    """The documents found, the best first; `numbers`: keys of those whose number was typed."""
    documents = _register(site, scope)
    found = documents.filter(pk__in=numbers) if numbers else holding(documents, query)
    return found.order_by("stored_status__rank", "-issued_on", "-pk")


def _services(page, site, scope: str, homes, query: str, request) -> list:
    """The services found in the catalogue of the site, or in the city's for the whole city."""
    ways = [way for way in ancestor_paths(page.path) if way in homes]
    catalogue = portal_search.catalogue_under(ways[0] if scope == WHOLE_CITY else ways[-1]) if ways else None
    if catalogue is None:
        return []
    only_own = scope == THIS_SITE and site is not None and site.is_city
    return portal_search.find_services(catalogue, query, request, only_own=only_own)


# --- In which order -----------------------------------------------------------------------------------


def _sort_of_services(services: list, shown: list[int]) -> Sort:
    known, keys = {service.key: service for service in services}, set(shown)
    order = [service.key for service in services if service.key in keys]
    exact = {key for key in order if known[key].is_exact}
    leading = [key for key in order if key in exact and known[key].is_named]
    return Sort(SERVICE, order, exact, leading[:LEADING])


def _sort_of_documents(documents, shown: list[int], query: str, numbers: list[int]) -> Sort:
    """Number typed: all lead. Otherwise those whose title has all the words; at most two queries."""
    if numbers or not shown:
        leading = [key for key in numbers if key in set(shown)]
        return Sort(DOCUMENT, shown, set(shown), leading)
    words = [alternatives[:1] for alternatives in query_terms(query)]
    exact = set(shown)
    if may_be_near(query):
        holding_them = RegisterEntry.objects.filter(words__holds=words).values("document")
        exact &= set(documents.filter(pk__in=holding_them).values_list("pk", flat=True))
    titled = RegisterEntry.objects.filter(title__holds=words).values("document")
    candidates = (
        documents.filter(pk__in=titled)
        .select_related("document_type")
        .only("document_type__name", "symbol", "symbol_as_printed", "subject")
    )
    leading = []
    for document in candidates[:MOST_TITLES]:
        # The index of titles holds the issuer too: "chủ tịch" is in the name of many.
        title = tokens(f"{document.name} {document.subject}")
        if document.pk in exact and all(word[0] in title for word in words):
            leading.append(document.pk)
    return Sort(DOCUMENT, shown, exact, leading[:LEADING])


# --- Showing --------------------------------------------------------------------------------------


def _page_hits(listed: BestFirst, shown: list[Slot], query: str, homes, request) -> dict[Slot, Hit]:
    slots = _keys(shown, PAGE)
    if not slots:
        return {}
    # By turns with other sorts, yet one after the other among themselves.
    pages = listed[slice(slots[0].key, slots[-1].key + 1)]
    types = {page.pk: page.content_type_id for page in pages}
    details = {key: facts for key, *facts in of_all_types(types, "summary", "responsible_unit__name")}
    names = kind_names(page.content_type_id for page in pages)
    hits = {}
    for slot, page in zip(slots, pages, strict=False):
        summary, unit = details.get(page.pk, ("", ""))
        hits[slot] = Hit(
            title=highlight(page.title, query),
            summary=highlight(_cut(summary or page.search_description), query),
            url=page.get_url(request) or "",
            kind=names.get(page.content_type_id, ""),
            site=_site_name(page.path, homes),
            unit=unit or "",
            published_on=page.first_published_at,
        )
    return hits


def _document_hits(slots: list[Slot], query: str, request) -> dict[Slot, Hit]:
    if not slots:
        return {}
    registers, places = Registers(), {slot.key: slot for slot in slots}
    documents = LegalDocument.objects.public().filter(pk__in=list(places)).for_display()
    return {
        places[document.pk]: Hit(
            title=highlight(document.name, query),
            summary=highlight(_cut(document.subject), query),
            url=registers.url(document, request),
            kind=_("Văn bản"),
            site=document.owner_site.name,
            unit=document.main_issuer.name,
            document=document,
            is_native=True,
        )
        for document in documents
    }


def _service_hits(services: list, offers, slots: list[Slot], query: str, found: Found, request) -> dict[Slot, Hit]:
    """The services shown, each once: with its page on the site chosen or on the own one, and the other sites below."""
    if not slots:
        return {}
    known = {service.key: service for service in services}
    keys = [place.key for slot in slots for place in offers.get(slot.key, [])]
    # English readers get services on the mirror of the catalogue, which the offerings know nothing of.
    urls = portal_search.addresses(keys, request) if get_language() == settings.LANGUAGE_CODE else {}
    chosen = {choice.label for choice in found.facet(PLACE).choices if choice.is_chosen}
    hits = {}
    for slot in slots:
        service, places = known[slot.key], offers.get(slot.key, [])
        links = [Link(found.homes[place.home].name, urls.get(place.key, "")) for place in places]
        there = next((link.url for link in links if link.label in chosen and link.url), "")
        hits[slot] = Hit(
            title=highlight(service.name, query),
            summary=highlight(_cut(service.summary), query),
            url=there or service.url,
            kind=_("Dịch vụ công"),
            site=links[0].label if len(links) == 1 else "",
            unit=places[0].unit if len(places) == 1 else "",
            places=tuple(links) if len(links) > 1 else (),
            is_native=service.is_native,
        )
    return hits


def _cut(summary: str) -> str:
    if len(summary) <= LONGEST_EXCERPT:
        return summary
    return summary[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + "…"
