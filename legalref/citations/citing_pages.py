"""Who cites a document: live pages on all sites and in all languages.

Found by Wagtail's reference index (blocks, inline rows, keys) and by the citations in their texts (`reading/`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Cast
from wagtail.fields import StreamField
from wagtail.models import Page, ReferenceIndex

from base.authority import own_home_paths, sites_of, without_shut
from base.models import PortalSite
from base.public.index.addresses import Addresses
from base.queries import sql
from base.queries.prepared import Prepared, given
from base.sites import ancestor_paths

from ..models import Citation, LegalDocument

# How a page speaks of a document; the first is what Điều 21.2 means.
ABOUT, BASIS, REFERENCE = "about", "basis", "reference"
# Of a document that half the city cites, its page shows the newest.
MOST_SHOWN, MOST_READ, MOST_PLACES = 20, 500, 5


def pages_citing(document) -> list[Page]:
    """Return the live pages that refer to a document in a block, an inline row, a key or their text, in tree order.

    Whatever the page type, the site and the language; each page once, as its specific class.
    """
    referring, in_text = _keys(document)
    pages = Page.objects.filter(pk__in=referring | in_text, live=True).select_related("locale")
    found = list(pages.order_by("path").specific())
    for page in found:
        page.cites_in_text_only = page.pk not in referring
    return found


def _keys(document) -> tuple[set[int], set[int]]:
    """Keys of the pages that refer to a document, and of those whose public text links to it."""
    page_type = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.get_references_to(document).filter(base_content_type=page_type)
    in_text = Citation.objects.leading_to(document).exclude(page=None)
    return {int(key) for key in references.values_list("object_id", flat=True)}, set(
        in_text.values_list("page_id", flat=True)
    )


def page_counts(keys: Iterable[int]) -> dict[int, int]:
    """Return how many live pages, front pages left out, cite each document; of many documents in four queries.

    Documents that no page cites are left out.
    """
    keys = set(keys)
    if not keys:
        return {}
    kinds = ContentType.objects.get_for_models(Page, LegalDocument)
    references = ReferenceIndex.objects.filter(to_content_type=kinds[LegalDocument], base_content_type=kinds[Page])
    pairs = {(int(document), int(page)) for document, page in references.values_list("to_object_id", "object_id")}
    in_text = Citation.objects.in_public_text().exclude(page=None).exclude(target=None)
    pairs |= set(in_text.values_list("target_id", "page_id"))
    pairs = {(document, page) for document, page in pairs if document in keys}
    homes = PortalSite.objects.values("home_key")
    live = Page.objects.filter(pk__in={page for _document, page in pairs}, live=True).exclude(translation_key__in=homes)
    shown = set(live.values_list("pk", flat=True))
    return dict(Counter(document for document, page in pairs if page in shown))


def cited_by_pages(document) -> Q:
    """Tell in the words of the database whether live pages cite a document, an `OuterRef`; as `page_counts` does."""
    kinds = ContentType.objects.get_for_models(Page, LegalDocument)
    live = Page.objects.filter(live=True).exclude(translation_key__in=PortalSite.objects.values("home_key"))
    by_key = live.alias(key=Cast("pk", CharField(max_length=255))).filter(key=OuterRef("object_id"))
    references = ReferenceIndex.objects.filter(
        Exists(by_key),
        to_content_type=kinds[LegalDocument],
        base_content_type=kinds[Page],
        to_object_id=Cast(document, CharField(max_length=255)),
    )
    in_text = Citation.objects.in_public_text().filter(target=document, page__in=live)
    return Q(Exists(references)) | Q(Exists(in_text))


@dataclass
class CitedBy:
    """One page or document that cites another, as the document's page lists it."""

    name: str
    url: str = ""
    place: str = ""
    day: date | None = None


@dataclass
class Citing:
    """Who cites a document, the newest first, and the sites on whose changes that depends, by their keys."""

    entries: list[CitedBy] = field(default_factory=list)
    sites: list[int] = field(default_factory=list)


def shown_citing(document, registers, request, locale) -> Citing:
    """Return the public pages (in one language) and documents that cite a document; three queries."""
    rows = _LEADING.all(document=document.pk)
    page_type, own_type = (ContentType.objects.get_for_model(model).pk for model in (Page, type(document)))
    references = sql.read(
        "SELECT object_id FROM wagtailcore_referenceindex WHERE to_content_type_id = %s AND to_object_id = %s "
        f"AND base_content_type_id = %s LIMIT {MOST_READ}",
        [own_type, str(document.pk), page_type],
    )
    keys = sorted({row.page_id for row in rows if row.page_id} | {int(key) for (key,) in references})
    found = Citing()
    if keys:
        addresses = Addresses(request)
        pages = sql.read(
            "SELECT i.title, i.published_at, p.url_path, s.id, s.name FROM base_publicitem i "
            "JOIN wagtailcore_page p ON p.id = i.page_id AND p.live JOIN base_portalsite s ON s.id = i.site_id "
            f"WHERE i.page_id IN {sql.places(keys)} AND i.language = %s "
            f"ORDER BY i.published_at DESC, i.page_id DESC LIMIT {MOST_SHOWN}",
            [*keys, locale.language_code],
        )
        found.sites = list(dict.fromkeys(site for *_rest, site, _name in pages))
        for title, published, url_path, _site, name in pages:
            found.entries.append(CitedBy(title, addresses.of(url_path), name, sql.moment(published)))
    sources = {row.source_id: row.source for row in rows if row.source_id}
    for source in list(sources.values())[:MOST_SHOWN]:
        found.entries.append(CitedBy(source.title, registers.url(source, request), str(source.main_issuer), None))
    return found


_LEADING = Prepared(
    lambda: (
        Citation.objects.leading_to(given("document"))
        .select_related("source__document_type", "source__main_issuer", "source__owner_site")
        .defer("source__full_text", "source__search_text")
        .order_by("-pk")[:MOST_READ]
    )
)


def by_site(pages) -> dict[PortalSite, list]:
    """Group pages by their site, the city's first: {site: pages}; two queries however many pages."""
    paths = {path for page in pages for path in ancestor_paths(page.path)}
    sites = {site.home_key: site for site in PortalSite.objects.select_related("unit", "parent")}
    homes = Page.objects.filter(path__in=paths, translation_key__in=sites).values_list("path", "translation_key")
    site_at = {path: sites[key] for path, key in homes}
    groups: dict[PortalSite, list] = {}
    for page in pages:
        place = next((path for path in reversed(ancestor_paths(page.path)) if path in site_at), None)
        if place is not None:
            groups.setdefault(site_at[place], []).append(page)
    return dict(sorted(groups.items(), key=lambda group: (not group[0].is_city, group[0].name)))


def roles_in(page, document) -> set[str]:
    """Return how a page speaks of a document: the roles of its citation blocks, ABOUT for any other reference.

    A page that only names it in its text refers to it. Reads the stored form of its streams: no query.
    """
    roles = set()
    for column in page._meta.get_fields():
        if isinstance(column, StreamField):
            roles |= set(_roles(list(getattr(page, column.name).raw_data), document.pk))
    return roles or ({REFERENCE} if getattr(page, "cites_in_text_only", False) else {ABOUT})


def _roles(stored, key):
    if isinstance(stored, Mapping):
        if "role" in stored and stored.get("document") == key:
            yield stored["role"] or ABOUT
        stored = stored.values()
    elif isinstance(stored, str) or not isinstance(stored, Iterable):
        return
    for child in stored:
        yield from _roles(child, key)


# --- What is cited and waits for a person ------------------------------------------------------------


@dataclass
class Wanted:
    """What is cited without a link: what it is, how often, in how many texts, and some of them."""

    label: str
    count: int
    texts: int
    places: list[Citation] = field(default_factory=list)


def waiting_for(user, outcome: str):
    """Return the citations without a link in the public texts of a user's own sites, added up by label: a queryset."""
    return (
        _own_waiting(user, outcome)
        .order_by()
        .values("label")
        .annotate(times=Sum("count"), texts=Count("pk"))
        .order_by("-texts", "label")
    )


def with_places(user, outcome: str, rows) -> list[Wanted]:
    """Return the rows of one page of `waiting_for` with the first texts of each; one query for them all."""
    found = {row["label"]: Wanted(row["label"], row["times"], row["texts"]) for row in rows}
    places = _own_waiting(user, outcome).filter(label__in=found).select_related("page", "source__document_type")
    for row in places.defer("source__full_text", "source__search_text").order_by("pk")[:MOST_READ]:
        if len(found[row.label].places) < MOST_PLACES:
            found[row.label].places.append(row)
    return list(found.values())


def _own_waiting(user, outcome: str):
    own = Q(source__owner_site__in=sites_of(user)) | Q(pk=None)
    for path in own_home_paths(user):
        own |= Q(page__path__startswith=path)
    rows = without_shut(Citation.objects.waiting().filter(outcome=outcome), user, "page__path")
    return rows if user.is_superuser else rows.filter(own)
