"""Who cites a document: live pages on all sites and in all languages, found by Wagtail's reference index."""

from collections.abc import Iterable, Mapping

from django.contrib.contenttypes.models import ContentType
from wagtail.fields import StreamField
from wagtail.models import Page, ReferenceIndex

from base.models import PortalSite
from base.sites import ancestor_paths

# How a page speaks of a document; the first is what Điều 21.2 means.
ABOUT, BASIS, REFERENCE = "about", "basis", "reference"


def pages_citing(document) -> list[Page]:
    """Return the live pages that refer to a document in a block, an inline row or a key, in tree order.

    Whatever the page type, the site and the language; each page once, as its specific class.
    """
    page_type = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.get_references_to(document).filter(base_content_type=page_type)
    keys = {int(key) for key in references.values_list("object_id", flat=True)}
    return list(Page.objects.filter(pk__in=keys, live=True).select_related("locale").order_by("path").specific())


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

    Reads the stored form of its streams, so it asks the database nothing.
    """
    roles = set()
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            roles |= set(_roles(list(getattr(page, field.name).raw_data), document.pk))
    return roles or {ABOUT}


def _roles(stored, key):
    if isinstance(stored, Mapping):
        if "role" in stored and stored.get("document") == key:
            yield stored["role"] or ABOUT
        stored = stored.values()
    elif isinstance(stored, str) or not isinstance(stored, Iterable):
        return
    for child in stored:
        yield from _roles(child, key)
