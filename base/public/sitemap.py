"""What search engines may read: robots.txt and the sitemaps of the site a host stands for.

The city's host lists the city's pages and those of wards without a host of their own; a ward's host lists its
own (every page is in one sitemap, under its canonical address).
"""

from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.models import Site

from ..queries import sql
from ..sites import host_of
from .index.addresses import Addresses
from .page_cache import mark_public

PAGES_PER_FILE = 5000
NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'


@require_safe
def robots(request):
    """Answer robots.txt: everything may be read but the administration, and where the sitemap is."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('wagtailadmin_home')}",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    return _cached(response, _site(request))


@require_safe
def index(request):
    """Answer the sitemap of the host, or the list of its parts when it has more than PAGES_PER_FILE pages."""
    site = _site(request)
    count = _count(site)
    if count <= PAGES_PER_FILE:
        return _cached(_urlset(request, site, 1), site)
    parts = range(1, -(-count // PAGES_PER_FILE) + 1)
    entries = [
        f"<sitemap><loc>{escape(request.build_absolute_uri(reverse('sitemap_section', args=[number])))}</loc></sitemap>"
        for number in parts
    ]
    return _cached(_xml("sitemapindex", entries), site)


@require_safe
def section(request, number: int):
    """Answer one part of the sitemap, counted from 1; 404 beyond the last."""
    site = _site(request)
    if number < 1 or _count(site) <= (number - 1) * PAGES_PER_FILE:
        raise Http404
    return _cached(_urlset(request, site, number), site)


def _site(request) -> Site:
    site = host_of(request)
    if site is None:
        raise Http404
    return site


# The portal's sites whose pages have their canonical address on a host; readers are led away from a closed one.
_ON_HOST = (
    "i.site_id IN (SELECT s.id FROM base_portalsite s WHERE s.state IN ('open', 'frozen') AND "
    "(s.wagtail_site_id = %s OR (s.wagtail_site_id IS NULL AND EXISTS "
    "(SELECT 1 FROM base_portalsite c WHERE c.kind = 'city' AND c.wagtail_site_id = %s))))"
)


def _count(site: Site) -> int:
    return sql.read(f"SELECT COUNT(*) FROM base_publicitem i WHERE {_ON_HOST}", [site.pk, site.pk])[0][0]


def _urlset(request, site: Site, number: int) -> HttpResponse:
    """Return one part: each page with its day of change and its translations, and what stands below a page."""
    start = (number - 1) * PAGES_PER_FILE
    rows = sql.read(
        "SELECT i.kind, i.page_id, i.site_id, i.language, i.translation_key, CAST(i.updated_at AS TEXT), p.url_path "
        f"FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE {_ON_HOST} "
        f"ORDER BY p.path LIMIT {PAGES_PER_FILE} OFFSET {start}",
        [site.pk, site.pk],
    )
    addresses, tops = Addresses(), {}
    alternates = _alternates(site, addresses)
    entries, further = [], []
    for kind, key, owner, language, translation_key, updated, url_path in rows:
        # One look for all pages of a site in a language: what stands before their paths is the same.
        top, beginning = tops.get((owner, language), ("", ""))
        if not top or not url_path.startswith(top):
            top, beginning = tops[owner, language] = addresses.top(url_path)
        if not top:
            continue
        address = f"{beginning}{url_path.removeprefix(top)}"
        entries.append(_entry(address, updated, alternates.get(translation_key)))
        if kind in _further:
            further.append((kind, key))
    for kind, find in _further.items():
        keys = [key for of_kind, key in further if of_kind == kind]
        entries += [_entry(address, updated) for address, updated in (find(keys, request) if keys else ())]
    return _xml("urlset", entries)


def _alternates(site: Site, addresses: Addresses) -> dict[str, str]:
    """Return the links between the translations of pages on a host, by their translation key; one query."""
    rows = sql.read(
        "SELECT i.translation_key, i.language, p.url_path FROM base_publicitem i "
        f"JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE {_ON_HOST} AND i.translation_key IN "
        "(SELECT t.translation_key FROM base_publicitem t WHERE t.language <> %s) ORDER BY i.language DESC",
        [site.pk, site.pk, settings.LANGUAGE_CODE],
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for key, language, url_path in rows:
        found.setdefault(key, []).append((language, addresses.full(url_path)))
    return {
        key: "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(address)}/>'
            for language, address in links
        )
        for key, links in found.items()
        if len(links) > 1
    }


# What stands below the pages of some types and is no page: registered by the rooms above.
_further: dict[str, Callable[[list[int], HttpRequest], Iterable[tuple[str, str]]]] = {}


def register_further(kind: str, find: Callable[[list[int], HttpRequest], Iterable[tuple[str, str]]]) -> None:
    """Let a room add what its pages answer below their own addresses.

    `kind`: the type, "app.Model"; `find(keys, request)` returns (address with its host, moment of change in UTC as
    "2020-06-15 03:00:00", or "") for pages of that type.
    """
    _further[kind] = find


def _entry(address: str, updated: str | None = "", alternates: str | None = None) -> str:
    """Return one address as XML. `updated`: in UTC, as a database writes it; addresses hold no sign of XML."""
    lastmod = f"<lastmod>{updated[:10]}T{updated[11:19]}+00:00</lastmod>" if updated else ""
    return f"<url><loc>{address}</loc>{lastmod}{alternates or ''}</url>"


def _xml(root: str, entries: list[str]) -> HttpResponse:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} {NAMESPACES}>{"".join(entries)}</{root}>'
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _cached(response: HttpResponse, site: Site) -> HttpResponse:
    rows = sql.read(
        "SELECT s.id FROM base_portalsite s LEFT JOIN base_portalsite c ON c.id = s.parent_id "
        "WHERE s.wagtail_site_id = %s OR c.wagtail_site_id = %s",
        [site.pk, site.pk],
    )
    return mark_public(response, [key for (key,) in rows]) if rows else response
