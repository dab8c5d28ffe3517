"""What a search finds, made ready to show: live pages of one language, services, and the documents of the register.

1. Pages come from the public index, best first; exact matches before those that match only after folding.
2. Documents come from the register's own search, which reads numbers as people type them; services from that of the
   catalogue.
3. Everything found is a row of facets (`facets.py`), which count and narrow all of it.
4. All of it is one list (`order.py`), of which one page is made ready; titles and summaries get the typed words marked.
Nothing is looked up that is not live: a page taken down leaves the results with its take-down.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.index import searching
from base.public.index.addresses import Addresses
from base.public.index.filters import Choice, Filter
from base.public.index.items import kind_names
from base.public.index.searching import EXACT_IN_TITLE, MOST_FOUND, has_phrase
from base.public.index.words import group_mark, language_mark, site_mark
from base.public.navigation import Link
from base.queries import sql
from base.queries.prepared import Prepared, given_list
from base.sites import ancestor_paths
from legalref.models import LegalDocument
from legalref.register import finding
from legalref.register.addresses import Registers
from legalref.register.facet_index import IN_FORCE_FIRST, index_of
from legalref.register.listing import numbered
from servicecatalog.catalogue import portal_search
from vietnam.analysis import clean, query_terms, tokens
from vietnam.equivalents import Wanted

from . import facets, meanings
from .counting import document_rows_of, names_of, page_rows_of, service_rows_of
from .facets import FACETS, KIND, PLACE
from .order import DOCUMENT, LEADING, PAGE, SERVICE, Slot, Sort, arrange

HITS_A_PAGE = 15
# How many documents are looked at for those whose titles have all the words.
MOST_TITLES = 20
# What is counted at most under a filter.
MOST_NARROWED = 2_000
PAGES = "pages"
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
    facets: list[Filter] = field(default_factory=list)
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

    def facet(self, name: str) -> Filter:
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
    wanted = meanings.known(request).wanted(query)
    # Of a common word a filter counts among more than is counted without one.
    most = MOST_NARROWED if any(parameters.get(name) for name in FACETS) else MOST_FOUND
    pages = searching.find(query, _where(page, site, scope, found.homes), most=most, wanted=wanted)
    documents = _documents(site, scope, query, most, wanted)
    services = _services(page, site, scope, found.homes, query, request, wanted)
    offers = portal_search.offered_at([service.key for service in services], found.homes, request)
    found.is_cut = pages.is_cut or documents.is_cut
    units = names_of("base_organisationunit", (hit.unit_id for hit in pages.hits))
    rows = [
        *page_rows_of(pages.hits, found.homes, units),
        *document_rows_of(documents.keys),
        *service_rows_of(services, offers, found.homes),
    ]
    rows, found.facets = facets.narrow(rows, parameters)
    by_source = {source: [row.key for row in rows if row.source == source] for source in (PAGE, DOCUMENT, SERVICE)}
    found.total, found.documents_total = len(rows), len(by_source[DOCUMENT])
    slots = arrange(
        _sort_of_services(services, by_source[SERVICE]),
        documents.sort(by_source[DOCUMENT]),
        _sort_of_pages(pages.hits, by_source[PAGE], query, wanted),
        is_number=documents.is_number,
    )
    found.paging = Paginator(slots, HITS_A_PAGE).get_page(parameters.get(NUMBER))
    shown: list[Slot] = list(found.paging.object_list)
    # What means the same is marked as well.
    marked = " ".join((query, *wanted.readings))
    hits = {
        **_page_hits(_keys(shown, PAGE), marked, found.homes, request),
        **_document_hits(_keys(shown, DOCUMENT), marked, request),
        **_service_hits(services, offers, _keys(shown, SERVICE), marked, found, request),
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
    rows = sql.read(
        "SELECT p.path, s.id, s.name, s.state FROM base_portalsite s "
        "JOIN wagtailcore_page p ON p.translation_key = s.home_key ORDER BY p.path"
    )
    return {path: Home(*row) for path, *row in rows}


def _site_name(path: str, homes) -> str:
    ways = [home for home in homes if path.startswith(home)]
    return homes[max(ways, key=len)].name if ways else ""


def _where(page, site, scope: str, homes) -> searching.Where:
    """Where pages are looked for: in the language of the search page, on the sites of the scope that are not closed."""
    open_sites = {home.site_id for home in homes.values() if home.state not in NOT_OPEN}
    if scope == THIS_SITE and site is not None:
        open_sites &= {site.pk}
    marks = [[language_mark(page.locale.language_code)], [group_mark(PAGES)]]
    if len(open_sites) < len({home.site_id for home in homes.values()}):
        marks.append([site_mark(key) for key in sorted(open_sites)] or [searching.NOWHERE])
    return searching.Where(marks)


def _register(site, scope: str):
    documents = LegalDocument.objects
    return documents.public() if scope == WHOLE_CITY or site is None else documents.on_site(site)


@dataclass(frozen=True)
class _Documents:
    """Documents found: their keys, the best first.

    `exact`: those that have the words as typed; `titled`: those that have them in number, type, subject or issuer.
    """

    keys: list[int]
    exact: set[int]
    titled: list[int]
    wanted: Wanted
    is_cut: bool = False
    is_number: bool = False

    def sort(self, shown: list[int]) -> Sort:
        """Return those of them that a filter leaves, with those that lead; at most one query."""
        wanted = set(shown)
        titled = [key for key in self.titled if key in wanted][:MOST_TITLES]
        leading = titled if self.is_number or not titled else _named(titled, self.wanted)
        return Sort(DOCUMENT, shown, self.exact, leading if self.is_number else leading[:LEADING])


def _documents(site, scope: str, query: str, most: int, wanted: Wanted) -> _Documents:
    """Return the documents whose number was typed, else those that hold the words: in force first, then the newest."""
    where = None if scope == WHOLE_CITY else site
    numbers = numbered(_register(site, scope), query)
    if numbers:
        return _Documents(numbers, set(numbers), numbers, wanted, is_number=True)
    index = index_of(where)
    found = finding.find(query, index.part(), most=most, wanted=wanted)
    keys = index.page(index.bits_of(found.looks), IN_FORCE_FIRST, 0, len(found.looks))
    exact = {key for key, look in found.looks.items() if look <= finding.EXACT}
    titled = [key for key in keys if found.looks[key] == finding.EXACT_IN_TITLE]
    return _Documents(keys, exact, titled, wanted, found.is_cut)


def _named(keys: list[int], wanted: Wanted) -> list[int]:
    """Return those documents whose number, type or subject has all the words: the index of titles knows issuers too."""
    documents = {document.pk: document for document in _TITLES.all(keys=keys)}
    found = []
    for key in keys:
        if (document := documents.get(key)) is not None:
            title = tokens(f"{document.name} {document.subject}")
            if all(any(title.issuperset(words.split()) for words in term) for term in wanted.exact):
                found.append(key)
    return found


_TITLES = Prepared(
    lambda keys: (
        LegalDocument.objects.public()
        .filter(pk__in=given_list("keys", keys))
        .select_related("document_type")
        .only("document_type__name", "symbol", "symbol_as_printed", "subject")
    )
)


def _services(page, site, scope: str, homes, query: str, request, wanted: Wanted) -> list:
    """The services found in the catalogue of the site, or in the city's for the whole city."""
    ways = [way for way in ancestor_paths(page.path) if way in homes]
    home = (ways[0] if scope == WHOLE_CITY else ways[-1]) if ways else ""
    catalogue = portal_search.catalogue_under(home, request) if home else None
    if catalogue is None:
        return []
    only_own = scope == THIS_SITE and site is not None and site.is_city
    return portal_search.find_services(catalogue, query, request, only_own=only_own, readings=wanted.readings)


# --- In which order -----------------------------------------------------------------------------------


def _sort_of_services(services: list, shown: list[int]) -> Sort:
    known, keys = {service.key: service for service in services}, set(shown)
    order = [service.key for service in services if service.key in keys]
    exact = {key for key in order if known[key].is_exact}
    leading = [key for key in order if key in exact and known[key].is_named]
    return Sort(SERVICE, order, exact, leading[:LEADING])


def _sort_of_pages(hits: list, shown: list[int], query: str, wanted: Wanted) -> Sort:
    exact = {hit.page_id for hit in hits if hit.is_exact}
    phrases = [[word for word, *_ in query_terms(text)] for text in (query, *wanted.readings)]
    # A single word is in many titles.
    phrases = [words for words in phrases if len(words) > 1]
    called = [hit.page_id for hit in hits if hit.look == EXACT_IN_TITLE] if phrases else []
    titles, keys = {hit.page_id: hit.title for hit in hits}, set(shown)
    named = (key for key in called if key in keys and any(has_phrase(titles[key], words) for words in phrases))
    leading = islice(named, LEADING)
    return Sort(PAGE, shown, exact, list(leading))


# --- Showing --------------------------------------------------------------------------------------


def _page_hits(slots: list[Slot], query: str, homes, request) -> dict[Slot, Hit]:
    if not slots:
        return {}
    keys, addresses = [slot.key for slot in slots], Addresses(request)
    rows = sql.read(
        "SELECT i.page_id, i.kind, i.title, i.summary, i.published_at, p.url_path, p.path, p.search_description, "
        "u.name FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        f"LEFT JOIN base_organisationunit u ON u.id = i.unit_id WHERE i.page_id IN {sql.places(keys)}",
        keys,
    )
    names = kind_names(row[1] for row in rows)
    places = {slot.key: slot for slot in slots}
    return {
        places[key]: Hit(
            title=highlight(title, query),
            summary=highlight(_cut(summary or description), query),
            url=addresses.of(url_path),
            kind=names[kind],
            site=_site_name(path, homes),
            unit=unit or "",
            published_on=sql.moment(published),
        )
        for key, kind, title, summary, published, url_path, path, description, unit in rows
    }


def _document_hits(slots: list[Slot], query: str, request) -> dict[Slot, Hit]:
    if not slots:
        return {}
    registers, places = Registers(request), {slot.key: slot for slot in slots}
    documents = _SHOWN.all(keys=list(places))
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


_SHOWN = Prepared(lambda keys: LegalDocument.objects.public().filter(pk__in=given_list("keys", keys)).for_display())


def _service_hits(services: list, offers, slots: list[Slot], query: str, found: Found, request) -> dict[Slot, Hit]:
    """The services shown, each once: with its page on the site chosen or on the own one, and the other sites below."""
    if not slots:
        return {}
    known = {service.key: service for service in services}
    addresses = Addresses(request)
    # English readers get services on the mirror of the catalogue, which the offerings know nothing of.
    is_native = get_language() == settings.LANGUAGE_CODE
    chosen = {choice.label for choice in found.facet(PLACE).choices if choice.is_chosen}
    hits = {}
    for slot in slots:
        service, places = known[slot.key], offers.get(slot.key, [])
        links = [
            Link(found.homes[place.home].name, addresses.of(place.url_path) if is_native else "") for place in places
        ]
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
