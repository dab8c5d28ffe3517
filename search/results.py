"""What a search finds, made ready to show: live pages of one language and the documents of the register.

1. Pages come from Wagtail's index, best first; the facets count them by type.
2. Their summaries and units come in one query over all page types.
3. Documents come from the register's own search, which reads numbers as people type them.
4. Titles and summaries get the typed words marked.
Nothing is looked up that is not live: a page taken down leaves the results with its take-down.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.models import Page, get_page_models

from base.highlighting import highlight
from base.models import BasePage, PortalSite
from legalref.addresses import Registers
from legalref.listing import matching
from legalref.models import LegalDocument
from vietnam import text
from vietnam.analysis import clean, query_terms

HITS_A_PAGE = 15
DOCUMENTS_FIRST = 5
LONGEST_EXCERPT = 320
QUERY, PAGE, KIND, SCOPE = "q", "trang", "loai", "pham-vi"
PARAMETERS = (QUERY, PAGE, KIND, SCOPE)
DOCUMENTS = "van-ban"
WHOLE_CITY, THIS_SITE = "toan-thanh-pho", "trang-nay"


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
class Choice:
    """A value of a filter: what stands in the address, its label, how many it gives."""

    value: str
    label: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Home:
    """What a search needs to know of the site under a home page."""

    site_id: int
    name: str
    state: str


@dataclass
class Found:
    """What the search page shows."""

    query: str
    scope: str
    kind: str
    scopes: list[Choice]
    homes: dict[str, Home]
    kinds: list[Choice] = field(default_factory=list)
    documents: list[Hit] = field(default_factory=list)
    documents_total: int = 0
    hits: list[Hit] = field(default_factory=list)
    paging: PaginatorPage | None = None
    total: int = 0

    @property
    def is_asked(self) -> bool:
        return bool(self.query)

    @property
    def site_ids(self) -> set[int]:
        """The sites whose changes can show: whatever any of them publishes may be found."""
        return {home.site_id for home in self.homes.values()}


def search(page, parameters, request=None) -> Found:
    """Search from a search page: in its language, on its site or in the whole city.

    `parameters`: a mapping with "q", "trang", "loai" and "pham-vi"; values that make no sense are as if they were not
    there.
    """
    site = page.portal_site
    query = clean(str(parameters.get(QUERY) or ""))
    scope = _scope(site, parameters.get(SCOPE))
    found = Found(query=query, scope=scope, kind="", scopes=_scopes(site, scope), homes=_homes())
    if not query_terms(query):
        return found
    pages = _pages(page, site, scope, found.homes)
    documents = _documents(site, scope, query)
    first = list(documents[: DOCUMENTS_FIRST + 1])
    found.documents_total = len(first) if len(first) <= DOCUMENTS_FIRST else documents.count()
    counts = pages.search(query).facet("content_type_id")
    found.kinds = _kinds(counts, found.documents_total, str(parameters.get(KIND) or ""))
    found.kind = next((choice.value for choice in found.kinds if choice.is_chosen), "")
    found.total = sum(counts.values()) + found.documents_total
    if found.kind == DOCUMENTS:
        found.paging = CountedPaginator(documents, found.documents_total).get_page(parameters.get(PAGE))
        found.hits = _document_hits(found.paging.object_list, query, request)
        return found
    chosen = next((key for key, label in _kind_names(counts).items() if text.slug(label) == found.kind), None)
    if chosen:
        pages = pages.filter(content_type_id=chosen)
    paginator = CountedPaginator(pages.search(query), counts[chosen] if chosen else sum(counts.values()))
    found.paging = paginator.get_page(parameters.get(PAGE))
    found.hits = _page_hits(list(found.paging.object_list), query, found.homes, request)
    if found.paging.number == 1 and not found.kind and first:
        found.documents = _document_hits(first[:DOCUMENTS_FIRST], query, request)
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
        if owner.state == PortalSite.State.CLOSED:
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


# --- What kinds there are -------------------------------------------------------------------------


def _kind_names(counts) -> dict[int, str]:
    kinds = ContentType.objects.get_for_models(*(m for m in get_page_models() if issubclass(m, BasePage)))
    models = {kind.pk: model for model, kind in kinds.items()}
    return {key: _(str(models[key]._meta.verbose_name)) for key in counts if key in models}


def _kinds(counts, documents_total: int, typed: str) -> list[Choice]:
    rows = [(text.slug(label), label, counts[key]) for key, label in _kind_names(counts).items()]
    rows.sort(key=lambda row: -row[2])
    if documents_total:
        rows.insert(0, (DOCUMENTS, _("Văn bản"), documents_total))
    return [Choice(value, label[:1].upper() + label[1:], count, value == typed) for value, label, count in rows]


# --- Showing --------------------------------------------------------------------------------------


def _page_hits(pages, query: str, homes, request) -> list[Hit]:
    details = _details([page.pk for page in pages])
    names = _kind_names({page.content_type_id: 0 for page in pages})
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
                unit=unit,
                published_on=page.first_published_at,
            )
        )
    return hits


def _details(keys) -> dict[int, tuple[str, str]]:
    """Return summary and responsible unit of pages of any type, in one query."""
    names = [model._meta.model_name for model in get_page_models() if issubclass(model, BasePage)]
    if not names or not keys:
        return {}
    rows = (
        Page.objects.filter(pk__in=keys)
        .annotate(
            summary_text=Coalesce(*(F(f"{name}__summary") for name in names), Value(""), output_field=TextField()),
            unit_name=Coalesce(
                *(F(f"{name}__responsible_unit__name") for name in names), Value(""), output_field=TextField()
            ),
        )
        .values_list("pk", "summary_text", "unit_name")
    )
    return {key: (summary, unit) for key, summary, unit in rows}


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
