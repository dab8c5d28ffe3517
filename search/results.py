"""What a search finds, made ready to show: live pages of one language and the documents of the register.

1. Pages come from Wagtail's index, best first; those spelt as typed before those that only fold to it.
2. Documents come from the register's own search, which reads numbers as people type them.
3. Everything found is a row of facets (`facets.py`), which count and narrow both.
4. Summaries and units come in one query over all page types; titles and summaries get the typed words marked.
Nothing is looked up that is not live: a page taken down leaves the results with its take-down.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import ExtractYear
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Page, get_page_models

from base.highlighting import highlight
from base.matching import MOST_FOUND, BestFirst, matches
from base.models import BasePage, PortalSite
from base.sites import ancestor_paths
from legalref.addresses import Registers
from legalref.effect import StatusCode
from legalref.listing import matching
from legalref.models import LegalDocument
from vietnam.analysis import clean, query_terms

from . import facets
from .facets import FACETS, KIND, Choice, Facet, Row

HITS_A_PAGE = 15
DOCUMENTS_FIRST = 5
LONGEST_EXCERPT = 320
QUERY, PAGE, SCOPE = "q", "trang", "pham-vi"
PARAMETERS = (QUERY, PAGE, SCOPE, *FACETS)
DOCUMENTS = "van-ban"
WHOLE_CITY, THIS_SITE = "toan-thanh-pho", "trang-nay"
NOT_OPEN = (PortalSite.State.PREPARED, PortalSite.State.CLOSED)


@dataclass(frozen=True)
class Hit:
    """One thing found: `title` and `summary` are safe HTML with the typed words in <mark>."""

    title: SafeString
    summary: SafeString
    url: str
    kind: str
    site: str
    unit: str = ""
    published_on: datetime | None = None
    document: object = None


@dataclass(frozen=True)
class Home:
    """What a search needs to know of the site under a home page."""

    site_id: int
    name: str
    state: str


@dataclass
class Found:
    """What the search page shows: `hits` are spelt as typed, `near_hits` only fold to it."""

    query: str
    scope: str
    scopes: list[Choice]
    homes: dict[str, Home]
    facets: list[Facet] = field(default_factory=list)
    documents: list[Hit] = field(default_factory=list)
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
    pages, documents = _pages(page, site, scope, found.homes), _documents(site, scope, query)
    page_rows, document_rows = _page_rows(pages, query, found.homes), _document_rows(documents)
    found.is_cut = len(page_rows) >= MOST_FOUND or len(document_rows) >= MOST_FOUND
    rows, found.facets = facets.narrow(page_rows + document_rows, parameters)
    found.total = len(rows)
    found.documents_total = sum(row.is_document for row in rows)
    if found.is_narrowed:
        pages = pages.filter(pk__in=[row.key for row in rows if not row.is_document])
        documents = documents.filter(pk__in=[row.key for row in rows if row.is_document])
    if found.kind == DOCUMENTS:
        found.paging = CountedPaginator(documents, found.documents_total).get_page(parameters.get(PAGE))
        found.hits = _document_hits(found.paging.object_list, query, request)
        return found
    listed = BestFirst(pages, query, found.total - found.documents_total)
    found.paging = CountedPaginator(listed, listed.count).get_page(parameters.get(PAGE))
    shown = list(found.paging.object_list)
    hits = _page_hits(shown, query, found.homes, request)
    exact = sum(place.is_exact for place in shown)
    found.hits, found.near_hits = hits[:exact], hits[exact:]
    if found.paging.number == 1 and found.documents_total:
        found.documents = _document_hits(documents[:DOCUMENTS_FIRST], query, request)
    return found


class CountedPaginator(Paginator):
    """A paginator that is told how many there are."""

    def __init__(self, results, count: int):
        super().__init__(results, HITS_A_PAGE)
        self.count = count


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
    """Live pages in the language of the search page, under the home pages of the scope."""
    found = Page.objects.live().filter(locale=page.locale).not_exact_type(type(page))
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


def _documents(site, scope: str, query: str):
    documents = LegalDocument.objects
    documents = documents.public() if scope == WHOLE_CITY or site is None else documents.on_site(site)
    found = matching(documents, query).for_display()
    return found.order_by("stored_status__rank", "-issued_on", "-pk")


# --- What there is to count -------------------------------------------------------------------------


def _kind_names(keys) -> dict[int, str]:
    kinds = ContentType.objects.get_for_models(*(m for m in get_page_models() if issubclass(m, BasePage)))
    models = {kind.pk: model for model, kind in kinds.items()}
    names = {
        key: _(str(models[key].search_kind or models[key]._meta.verbose_name)) for key in set(keys) if key in models
    }
    return {key: name[:1].upper() + name[1:] for key, name in names.items()}


def _page_rows(pages, query: str, homes) -> list[Row]:
    """The pages that match, as rows; at most five queries however many there are."""
    year = ExtractYear("first_published_at")
    fields = ("pk", "path", "content_type_id", year)
    found = list(matches(pages, query).values_list(*fields)[:MOST_FOUND])
    kinds = _kind_names(row[2] for row in found)
    units = _units(found)
    # The section of a page is the page under the home page above it, or itself.
    tops = {path: _top_paths(path, homes) for _key, path, _type, _year in found}
    titles = dict(Page.objects.filter(path__in={top for top, _home in tops.values()}).values_list("path", "title"))
    rows = []
    for key, path, type_id, published in found:
        top, home = tops[path]
        rows.append(Row(key, False, (
            kinds.get(type_id, _("Trang")), titles.get(top, ""), str(published or _("Không ghi năm")),
            units.get(key) or _("Không ghi đơn vị"), homes[home].name if home else "", _("Không phải văn bản"),
        )))  # fmt: skip
    return rows


def _top_paths(path: str, homes) -> tuple[str, str]:
    """Return the tree paths of the section and of the home page above a page."""
    ways = ancestor_paths(path)
    place = max((place for place, way in enumerate(ways) if way in homes), default=None)
    if place is None:
        return path, ""
    return ways[min(place + 1, len(ways) - 1)], ways[place]


def _units(found) -> dict[int, str]:
    """Return the names of the units responsible for pages."""
    return dict(_of_all_types({key: type_id for key, _path, type_id, _year in found}, "responsible_unit__name"))


def _of_all_types(types: dict[int, int], *fields: str) -> list[tuple]:
    """Return (key, *fields) of pages of any type: one query, a part for each type. `types`: {key: content type}.

    "summary" is the field that the type names for it. Joined to the tables of all types PostgreSQL would plan longer
    than it reads.
    """
    parts = []
    for type_id in sorted(set(types.values())):
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None and issubclass(model, BasePage):
            keys = [key for key, of_type in types.items() if of_type == type_id]
            own = [model.search_summary if name == "summary" else name for name in fields]
            parts.append(model.objects.filter(pk__in=keys).order_by().values_list("pk", *own))
    return list(parts[0].union(*parts[1:], all=True)) if parts else []


def _document_rows(documents) -> list[Row]:
    fields = ("pk", "year", "main_issuer__name", "owner_site__name", "stored_status__code")
    statuses = {code.value: str(code.label) for code in StatusCode}
    kind = _("Văn bản")
    return [
        Row(key, True, (
            kind, kind, str(year or _("Không ghi năm")), issuer or _("Không ghi đơn vị"), site,
            statuses.get(code, statuses[StatusCode.UNKNOWN]),
        ))
        for key, year, issuer, site, code in documents.values_list(*fields)[:MOST_FOUND]
    ]  # fmt: skip


# --- Showing --------------------------------------------------------------------------------------


def _page_hits(pages, query: str, homes, request) -> list[Hit]:
    types = {page.pk: page.content_type_id for page in pages}
    details = {key: facts for key, *facts in _of_all_types(types, "summary", "responsible_unit__name")}
    names = _kind_names(page.content_type_id for page in pages)
    hits = []
    for page in pages:
        summary, unit = details.get(page.pk, ("", ""))
        hits.append(
            Hit(
                title=highlight(page.title, query),
                summary=highlight(_cut(summary or page.search_description), query),
                url=page.get_url(request) or "",
                kind=names.get(page.content_type_id, ""),
                site=_site_name(page.path, homes),
                unit=unit or "",
                published_on=page.first_published_at,
            )
        )
    return hits


def _document_hits(documents, query: str, request) -> list[Hit]:
    registers = Registers()
    return [
        Hit(
            title=highlight(document.name, query),
            summary=highlight(_cut(document.subject), query),
            url=registers.url(document, request),
            kind=_("Văn bản"),
            site=document.owner_site.name,
            unit=document.main_issuer.name,
            document=document,
        )
        for document in documents
    ]


def _cut(summary: str) -> str:
    if len(summary) <= LONGEST_EXCERPT:
        return summary
    return summary[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + "…"
