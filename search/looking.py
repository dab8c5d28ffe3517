"""What a search finds before anything is shown: pages, documents, services, units and people, each the best first.

1. Pages come from the public index; documents from the register's own search, which reads numbers as people type them;
   services from that of the catalogue; units and people from `contacts.py`.
2. All are asked for the words that were typed and for those that mean the same (`base.public.index.meanings`).
3. What was found is a row of facets each (`rows`), and a sort each for the order of the list (`sorts`).
Nothing is looked up that is not live: a page taken down leaves the results with its take-down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from base.models import PortalSite
from base.public.index import meanings, searching
from base.public.index.meanings import marked
from base.public.index.places import EVERY_WARD, left_off_by
from base.public.index.searching import EXACT_IN_TITLE, has_phrase, phrases_of
from base.public.index.words import group_mark, language_mark, place_mark, site_mark
from base.public.site_cache import remembered
from base.queries import sql
from base.queries.prepared import Prepared, given_list
from base.sites import ancestor_paths
from legalref.models import LegalDocument
from legalref.register import finding
from legalref.register.facet_index import IN_FORCE_FIRST, index_of
from legalref.register.listing import numbered
from servicecatalog.catalogue import portal_search
from vietnam.analysis import tokens
from vietnam.equivalents import Wanted

from . import contacts
from .counting import DOCUMENT_FACTS, contact_rows_of, document_rows_of, page_rows_of, service_rows_of
from .facets import Row
from .order import CONTACT, DOCUMENT, LEADING, PAGE, SERVICE, Sort

# How many documents are looked at for those whose titles have all the words.
MOST_TITLES = 20
PAGES = "pages"
WHOLE_CITY, THIS_SITE = "toan-thanh-pho", "trang-nay"
NOT_OPEN = (*PortalSite.UNKNOWN, PortalSite.State.CLOSED)


@dataclass(frozen=True)
class Home:
    """What a search needs to know of the site under a home page."""

    site_id: int
    name: str
    state: str


@dataclass(frozen=True)
class Place:
    """From where is searched: the search page, its site, the scope, and all sites by the paths of their homes."""

    page: object
    site: PortalSite | None
    scope: str
    homes: Mapping[str, Home]
    request: object = None

    @property
    def is_here(self) -> bool:
        """Whether the own site alone is searched."""
        return self.scope == THIS_SITE and self.site is not None


@dataclass(frozen=True)
class Documents:
    """Documents found: their keys, the best first.

    `exact`: those that have the words as typed; `titled`: those that have them in number, type, subject or issuer;
    `facts`: what each is counted by, where it came with the search.
    """

    keys: list[int]
    exact: set[int]
    titled: list[int]
    wanted: Wanted
    facts: dict[int, tuple] = field(default_factory=dict)
    is_cut: bool = False
    is_number: bool = False

    def sort(self, shown: list[int], phrases: list[list[str]]) -> Sort:
        """Return those of them that a filter leaves, with those that lead; at most one query."""
        wanted = set(shown)
        titled = [key for key in self.titled if key in wanted][:MOST_TITLES]
        if self.is_number or not titled:
            return Sort(DOCUMENT, shown, self.exact, titled)
        titles = _named(titled, self.wanted)
        apart = {key for key, title in titles.items() if not _is_called(title, phrases)}
        leading = sorted(titles, key=apart.__contains__)[:LEADING]
        return Sort(DOCUMENT, shown, self.exact, leading, frozenset(apart))


@dataclass(frozen=True)
class Looked:
    """All that the words of one query find at a place; `offers`: where its services are offered, by procedure."""

    query: str
    wanted: Wanted
    pages: searching.Found
    documents: Documents
    services: list
    offers: dict[int, list]
    contacts: contacts.Found
    rows: list[Row]

    @property
    def is_cut(self) -> bool:
        return self.pages.is_cut or self.documents.is_cut

    @property
    def marked(self) -> str:
        """The words that are marked in what is shown: those typed, and those that mean the same."""
        return marked(self.query, self.wanted)

    @property
    def has_leading(self) -> bool:
        """Whether something is called as was typed."""
        return any(sort.leading for sort in self.sorts(self.rows).values())

    def sorts(self, rows: Sequence[Row]) -> dict[str, Sort]:
        """Return what a filter leaves, a sort each."""
        keys: dict[str, list[int]] = {source: [] for source in (PAGE, DOCUMENT, SERVICE, CONTACT)}
        for row in rows:
            keys[row.source].append(row.key)
        leading, phrases = set(keys[CONTACT]), phrases_of(self.query, self.wanted)
        return {
            SERVICE: _sort_of_services(self.services, keys[SERVICE], phrases),
            DOCUMENT: self.documents.sort(keys[DOCUMENT], phrases),
            PAGE: _sort_of_pages(self.pages.hits, keys[PAGE], phrases),
            CONTACT: Sort(
                CONTACT,
                keys[CONTACT],
                self.contacts.exact,
                [key for key in self.contacts.leading if key in leading][:LEADING],
            ),
        }


def look(query: str, place: Place, most: int) -> Looked:
    """Look for the words of a query; at most `most` pages and documents are counted."""
    wanted = meanings.wanted(query, place.request)
    pages = searching.find(query, _where(place), most=most, wanted=wanted)
    documents = _documents(place, query, most, wanted)
    services = _services(place, query, wanted)
    offers = portal_search.offered_at([service.key for service in services], place.homes, place.request)
    people = _contacts(place, query, wanted)
    rows = [
        *page_rows_of(pages.hits, place.homes, place.request),
        *document_rows_of(documents.keys, documents.facts, place.homes, place.request),
        *service_rows_of(services, offers, place.homes),
        *contact_rows_of(people.contacts, place.homes),
    ]
    return Looked(query, wanted, pages, documents, services, offers, people, rows)


def homes(request=None) -> dict[str, Home]:
    """Return the sites by the tree paths of their home pages, in all languages; one query, none until one changes."""
    return remembered(request, "homes with names", _homes)


def _homes() -> dict[str, Home]:
    rows = sql.read(
        "SELECT p.path, s.id, s.name, s.state FROM base_portalsite s "
        "JOIN wagtailcore_page p ON p.translation_key = s.home_key ORDER BY p.path"
    )
    return {path: Home(*row) for path, *row in rows}


# --- Where to look --------------------------------------------------------------------------------


def open_sites(place: Place) -> set[int]:
    """Return the sites of the scope that are not closed."""
    found = {home.site_id for home in place.homes.values() if home.state not in NOT_OPEN}
    return found & {place.site.pk} if place.is_here else found


def _where(place: Place) -> searching.Where:
    """Where pages are looked for: in the language of the search page, on the sites of the scope that are not closed."""
    sites, left_off = open_sites(place), []
    marks = [[language_mark(place.page.locale.language_code)], [group_mark(PAGES)]]
    if len(sites) < len({home.site_id for home in place.homes.values()}):
        within = [site_mark(key) for key in sorted(sites)]
        if place.is_here and sites and not place.site.is_city:
            # What the city shows on the ward's site is found there too.
            within += [place_mark(place.site.pk), place_mark(EVERY_WARD)]
            left_off = _left_off(place)
        marks.append(within or [searching.NOWHERE])
    if not left_off:
        return searching.Where(marks)
    return searching.Where(marks, f" AND i.page_id NOT IN {sql.places(left_off)}", left_off)


def _left_off(place: Place) -> list[int]:
    """What a ward does not show of the city: one query, none until the ward or the city changes."""
    key, sites = place.site.pk, [place.site.pk, place.site.parent_id]
    return remembered(place.request, ("left off", key), lambda: left_off_by(key), sites)


def _documents(place: Place, query: str, most: int, wanted: Wanted) -> Documents:
    """Return the documents whose number was typed, else those that hold the words: in force first, then the newest."""
    register = LegalDocument.objects
    numbers = numbered(register.on_site(place.site) if place.is_here else register.public(), query)
    if numbers:
        return Documents(numbers, set(numbers), numbers, wanted, is_number=True)
    index = index_of(place.site if place.scope == THIS_SITE else None, place.request)
    found = finding.find(query, index.part(), most=most, wanted=wanted, along=DOCUMENT_FACTS)
    keys = index.page(index.bits_of(found.looks), IN_FORCE_FIRST, 0, len(found.looks))
    exact = {key for key, look in found.looks.items() if look <= finding.EXACT}
    titled = [key for key in keys if found.looks[key] == finding.EXACT_IN_TITLE]
    return Documents(keys, exact, titled, wanted, found.facts, found.is_cut)


def _named(keys: list[int], wanted: Wanted) -> dict[int, str]:
    """Return number, type and subject of those documents that have all the words there: the index of titles knows
    issuers too."""
    documents = {document.pk: document for document in _TITLES.all(keys=keys)}
    found = {}
    for key in keys:
        if (document := documents.get(key)) is not None:
            title = f"{document.name} {document.subject}"
            known = tokens(title)
            if all(any(known.issuperset(words.split()) for words in term) for term in wanted.exact):
                found[key] = title
    return found


_TITLES = Prepared(
    lambda keys: (
        LegalDocument.objects.public()
        .filter(pk__in=given_list("keys", keys))
        .select_related("document_type")
        .only("document_type__name", "symbol", "symbol_as_printed", "subject")
    )
)


def _services(place: Place, query: str, wanted: Wanted) -> list:
    """The services found in the catalogue of the site, or in the city's for the whole city."""
    ways = [way for way in ancestor_paths(place.page.path) if way in place.homes]
    home = (ways[0] if place.scope == WHOLE_CITY else ways[-1]) if ways else ""
    catalogue = portal_search.catalogue_under(home, place.request) if home else None
    if catalogue is None:
        return []
    only_own = place.is_here and place.site.is_city
    return portal_search.find_services(catalogue, query, place.request, only_own=only_own, readings=wanted.readings)


def _contacts(place: Place, query: str, wanted: Wanted) -> contacts.Found:
    known, sites = contacts.known(place.page.locale.language_code, place.request), open_sites(place)
    there = [contact for contact in known if contact.site_id in sites]
    return contacts.find(wanted, there, phrases_of(query, wanted))


# --- In which order -----------------------------------------------------------------------------------


def _sort_of_services(services: list, shown: list[int], phrases: list[list[str]]) -> Sort:
    known, keys = {service.key: service for service in services}, set(shown)
    order = [service.key for service in services if service.key in keys]
    exact = {key for key in order if known[key].is_exact}
    named = [key for key in order if key in exact and known[key].is_named]
    apart = {key for key in named if not _is_called(known[key].name, phrases, is_begun=True)}
    leading = sorted(named, key=apart.__contains__)[:LEADING]
    return Sort(SERVICE, order, exact, leading, frozenset(apart))


def _sort_of_pages(hits: list, shown: list[int], phrases: list[list[str]]) -> Sort:
    exact = {hit.page_id for hit in hits if hit.is_exact}
    # A single word is in many titles.
    phrases = [words for words in phrases if len(words) > 1]
    called = [hit.page_id for hit in hits if hit.look == EXACT_IN_TITLE] if phrases else []
    titles, keys = {hit.page_id: hit.title for hit in hits}, set(shown)
    named = (key for key in called if key in keys and _is_called(titles[key], phrases))
    return Sort(PAGE, shown, exact, list(islice(named, LEADING)))


def _is_called(title: str, phrases: list[list[str]], *, is_begun: bool = False) -> bool:
    return any(has_phrase(title, words, is_begun=is_begun) for words in phrases)
