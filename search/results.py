"""What a search finds, made ready to show: live pages of one language, services, documents, units and people.

1. The words are looked for as they were typed, and as what means the same (`looking.py`).
2. Nothing found: the words without their slips are looked for in their place, then those of them that tell something;
   the page says so and leads back to what was typed. Little found: the page offers them (`spelling.py`).
3. Everything found is a row of facets (`facets.py`), which count and narrow all of it.
4. All of it is one list (`order.py`), of which one page is made ready (`showing.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from base.public.index.filters import Choice, Filter
from base.public.index.searching import MOST_FOUND
from servicecatalog.catalogue.finding import COMMON
from vietnam.analysis import clean, query_terms
from vietnam.text import fold, has_diacritics

from . import best_bets, facets, spelling
from .facets import FACETS, KIND
from .looking import THIS_SITE, WHOLE_CITY, Home, Looked, Place, homes, look
from .order import DOCUMENT, LEADING, Slot, arrange, newest_first
from .showing import Hit, hits_of, public_pages

HITS_A_PAGE = 15
# What is counted at most under a filter.
MOST_NARROWED = 2_000
# With fewer hits than this, what was typed may have been a slip; what was meant is offered when it finds TIMES_MORE
# times as much.
FEW_HITS, TIMES_MORE = 3, 3
# Words of a question that say nothing of what is looked for, with marks and without.
ASKING = frozenset(
    (
        "tôi em anh chị mình muốn cần xin làm cho của ở đâu tại và nào gì thế là được không có phải hỏi về ai bao nhiêu"
    ).split()
)
ASKING_FOLDED = frozenset(map(fold, ASKING))
QUERY, NUMBER, SCOPE, SORT, LITERALLY = "q", "trang", "pham-vi", "xep", "chu"
NEWEST = "moi-nhat"
PARAMETERS = (QUERY, NUMBER, SCOPE, SORT, LITERALLY, *FACETS)


@dataclass
class Found:
    """What the search page shows: `hits` are exact matches, `near_hits` match only after folding.

    `documents_total`: how many documents of the register are among all that was found. `instead`: the words that were
    looked for in place of those typed, which find nothing; `suggested`: words that find more than those typed. `best`:
    what editors want to be seen first.
    """

    query: str
    scope: str
    scopes: list[Choice]
    own_scope: str
    homes: dict[str, Home]
    facets: list[Filter] = field(default_factory=list)
    documents_total: int = 0
    hits: list[Hit] = field(default_factory=list)
    near_hits: list[Hit] = field(default_factory=list)
    paging: PaginatorPage | None = None
    total: int = 0
    is_cut: bool = False
    sort: str = ""
    best: list[Hit] = field(default_factory=list)
    instead: str = ""
    suggested: str = ""

    @property
    def is_asked(self) -> bool:
        return bool(self.query) and not self.is_too_short

    @property
    def looked_for(self) -> str:
        """The words whose results are shown."""
        return self.instead or self.query

    @property
    def is_too_short(self) -> bool:
        """Whether one letter was typed, which would find everything."""
        return len("".join(self.query.split())) == 1

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
    def is_adjusted(self) -> bool:
        """Whether something else was chosen than what the page begins with."""
        return bool(self.sort) or self.is_narrowed or self.scope != self.own_scope

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

    `parameters`: a mapping with "q", "trang", "pham-vi", "xep", "chu" and the names of the facets; values that
    make no sense are as if they were not there.
    """
    site = page.portal_site
    query = clean(str(parameters.get(QUERY) or ""))
    scope = _scope(site, parameters.get(SCOPE))
    found = Found(query, scope, _scopes(site, scope), _scope(site, None), homes(request))
    if not found.is_asked or not query_terms(query):
        return found
    place = Place(page, site, scope, found.homes, request)
    if parameters.get(NUMBER) in (None, "", "1"):
        found.best = public_pages(best_bets.pages_for(query, request), query, place)
    # Of a common word a filter counts among more than is counted without one.
    most = MOST_NARROWED if any(parameters.get(name) for name in FACETS) else MOST_FOUND
    looked = look(query, place, most)
    if not looked.rows:
        looked = _looked_otherwise(found, looked, place, most, is_literal=bool(parameters.get(LITERALLY)))
    elif len(looked.rows) < FEW_HITS and most == MOST_FOUND and not looked.has_leading:
        found.suggested = _found_by_more(looked, place)
    found.is_cut = looked.is_cut
    rows, found.facets = facets.narrow(looked.rows, parameters)
    found.total, found.documents_total = len(rows), sum(row.source == DOCUMENT for row in rows)
    if parameters.get(SORT) == NEWEST:
        found.sort = NEWEST
        slots = newest_first(rows)
    else:
        slots = arrange(looked.sorts(rows), is_number=looked.documents.is_number)
    found.paging = Paginator(slots, HITS_A_PAGE).get_page(parameters.get(NUMBER))
    shown: list[Slot] = list(found.paging.object_list)
    hits = hits_of(shown, looked, place, found.facets)
    for slot in shown:
        if slot in hits:
            (found.hits if slot.is_exact else found.near_hits).append(hits[slot])
    return found


def _looked_otherwise(found: Found, looked: Looked, place: Place, most: int, *, is_literal: bool) -> Looked:
    """Return what another way to ask finds, noting it; `looked` where there is none. `is_literal`: only offer it."""
    meant, is_known = spelling.meant(found.query), spelling.knows(found.query)
    best = _first_that_finds(_other_ways(found.query, meant, is_known), place, most)
    if best is None:
        best = _first_that_finds(_shorter_ways(found.query, meant, is_known), place, most, is_named=True)
    if best is None or is_literal:
        found.suggested = best.query if best else ""
        return looked
    found.instead = best.query
    return best


def _first_that_finds(queries: Iterable[str], place: Place, most: int, *, is_named: bool = False) -> Looked | None:
    """Return what the first of some queries finds that finds anything, None where none does.

    `is_named`: rather one after which something is called.
    """
    first = None
    for query in queries:
        looked = look(query, place, most)
        if looked.rows and (not is_named or looked.has_leading):
            return looked
        first = first or (looked if looked.rows else None)
    return first


def _other_ways(query: str, meant: str, is_known: bool) -> list[str]:
    """Return ways to ask the same: without slips, without the words of a question; what is known has no slip."""
    asked = _without_asking(query)
    return _others(query, *((asked, meant) if is_known else (meant, asked)), _without_asking(meant))


def _shorter_ways(query: str, meant: str, is_known: bool) -> list[str]:
    """Return ways to ask with fewer words: without those of every request, or without one."""
    requested = [word for word in query.split() if fold(word) not in COMMON] if is_known else []
    telling = _without_asking(meant or query)
    return _others(query, " ".join(requested), *spelling.shortened(query)[:1], *spelling.shortened(telling))


def _others(query: str, *ways: str) -> list[str]:
    return [way for way in dict.fromkeys(ways) if way not in (query, "")]


def _without_asking(query: str) -> str:
    """Return a query without the words of a question; «cửa» is none, "cua" may be one."""
    words = [(word, word.lower()) for word in query.split()]
    return " ".join(word for word, low in words if low not in (ASKING if has_diacritics(low) else ASKING_FOLDED))


def _found_by_more(looked: Looked, place: Place) -> str:
    """Return the query without its slips where it finds far more, or something that is called so."""
    meant = spelling.meant(looked.query)
    if not meant:
        return ""
    other = look(meant, place, MOST_FOUND)
    return meant if other.has_leading or len(other.rows) >= TIMES_MORE * len(looked.rows) else ""


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
