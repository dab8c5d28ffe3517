"""What search engines may read: robots.txt and the sitemaps of the site a host stands for.

The city's host lists the city's pages and those of wards without a host of their own; a ward's host lists its
own (every page is in one sitemap, under its canonical address).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.models import Site

from ..queries import sql
from ..sites import host_of
from .index.addresses import Addresses
from .page_cache import mark_public
from .site_cache import remembered

PAGES_PER_FILE = 5000
# In the place of translation keys where there are none: NOT IN an empty list would leave out all.
NO_KEY = ["-"]
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
    return _cached(response, _site(request), request)


@require_safe
def index(request):
    """Answer the sitemap of the host, or the list of its parts when it has more than PAGES_PER_FILE addresses."""
    site = _site(request)
    known = _known_of(site, request)
    if known.is_one_file:
        pages = _plain(site, Addresses(request), 0, list(known.translated))
        return _cached(_urlset("".join([*known.first, pages, known.all_further])), site, request)
    names = [reverse("sitemap_section", args=[number]) for number in range(1, known.parts + known.further_parts + 1)]
    entries = "".join(f"<sitemap><loc>{escape(request.build_absolute_uri(name))}</loc></sitemap>" for name in names)
    return _cached(_xml("sitemapindex", entries), site, request)


@require_safe
def section(request, number: int):
    """Answer one part of the sitemap, counted from 1: pages, then what stands below pages; 404 beyond the last."""
    site = _site(request)
    known = _known_of(site, request)
    before, addresses = _parts(len(known.first)), Addresses(request)
    if 1 <= number <= before:
        start = (number - 1) * PAGES_PER_FILE
        return _cached(_urlset("".join(known.first[start : start + PAGES_PER_FILE])), site, request)
    if before < number <= known.parts:
        return _cached(_urlset(_plain(site, addresses, number - before, list(known.translated))), site, request)
    if not known.parts < number <= known.parts + known.further_parts:
        raise Http404
    return _cached(_urlset(_Further(known.kinds, request).entries(number - known.parts)), site, request)


def _parts(count: int) -> int:
    return -(-count // PAGES_PER_FILE)


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


@dataclass(frozen=True)
class _Known:
    """What is kept of a host until any site changes: all of its sitemap but its many pages in one language.

    `count`: how many pages it has; `translated`: the entries of those that are there in several languages, by
    translation key, which are in the first parts; `kinds`: the keys of pages that answer something below themselves;
    `further`: how much that is, and `all_further` its entries where one file holds everything.
    """

    count: int
    translated: dict[str, list[str]]
    kinds: dict[str, list[int]]
    further: int
    all_further: str

    @cached_property
    def first(self) -> list[str]:
        return [entry for entries in self.translated.values() for entry in entries]

    @property
    def is_one_file(self) -> bool:
        return self.count + self.further <= PAGES_PER_FILE

    @property
    def parts(self) -> int:
        """How many parts have pages."""
        return _parts(len(self.first)) + _parts(self.count - len(self.first))

    @property
    def further_parts(self) -> int:
        return _parts(self.further)


def _known_of(site: Site, request: HttpRequest) -> _Known:
    # What is in force, as a service, is so for days.
    return remembered(request, ("sitemap", site.pk, timezone.localdate()), lambda: _read(site, request))


def _read(site: Site, request: HttpRequest) -> _Known:
    on_host, kinds = [site.pk, site.pk], {kind: [] for kind in _further}
    ((count,),) = sql.read(f"SELECT COUNT(*) FROM base_publicitem i WHERE {_ON_HOST}", on_host)
    for kind, key in sql.read(
        f"SELECT i.kind, i.page_id FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
        f"WHERE {_ON_HOST} AND i.kind IN {sql.places(list(_further))} ORDER BY p.path",
        [*on_host, *_further],
    ):
        kinds[kind].append(key)
    further = _Further(kinds, request)
    all_further = further.entries(1) if count + further.count <= PAGES_PER_FILE else ""
    translated = _translated(site, Addresses(request))
    return _Known(count, translated, kinds, further.count, all_further)


def _plain(site: Site, addresses: Addresses, number: int, without: list[str]) -> str:
    """Return the pages of one part, all of them for 0, as XML but for those of some translation keys; one query.

    The database writes them: rows made into text by Python cost ten times as much.
    """
    address, parameters = addresses.written("p.url_path", site.pk)
    changed = "CAST(i.updated_at AS TEXT)"
    entry = (
        f"'<url><loc>' || {address} || '</loc>' || COALESCE('<lastmod>' || substr({changed}, 1, 10) || 'T' || "
        f"substr({changed}, 12, 8) || '+00:00</lastmod>', '') || '</url>'"
    )
    joined = "string_agg(entry, '')" if connection.vendor == "postgresql" else "group_concat(entry, '')"
    part = f"ORDER BY i.id LIMIT {PAGES_PER_FILE} OFFSET {(number - 1) * PAGES_PER_FILE}" if number else ""
    ((text,),) = sql.read(
        f"SELECT {joined} FROM (SELECT {entry} AS entry FROM base_publicitem i JOIN wagtailcore_page p "
        f"ON p.id = i.page_id AND p.live WHERE {_ON_HOST} AND i.translation_key NOT IN {sql.places(without or NO_KEY)} "
        f"{part}) pages",
        [*parameters, site.pk, site.pk, *(without or NO_KEY)],
    )
    return text or ""


def _translated(site: Site, addresses: Addresses) -> dict[str, list[str]]:
    """Return the entries of the pages that are on a host in several languages, by translation key; one query."""
    rows = sql.read(
        "SELECT i.translation_key, i.language, CAST(i.updated_at AS TEXT), p.url_path FROM base_publicitem i "
        f"JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE {_ON_HOST} AND i.translation_key IN "
        "(SELECT t.translation_key FROM base_publicitem t WHERE t.language <> %s) ORDER BY i.language DESC, i.id",
        [site.pk, site.pk, settings.LANGUAGE_CODE],
    )
    found: dict[str, list[tuple[str, str, str]]] = {}
    for key, language, updated, url_path in rows:
        if address := addresses.full(url_path):
            found.setdefault(key, []).append((language, address, updated))
    entries = {}
    for key, versions in found.items():
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(address)}/>'
            for language, address, _updated in versions
        )
        # What readers of any other language get.
        links += "".join(
            f'<xhtml:link rel="alternate" hreflang="x-default" href={quoteattr(address)}/>'
            for language, address, _updated in versions
            if language == settings.LANGUAGE_CODE
        )
        links = links if len(versions) > 1 else ""
        entries[key] = [_entry(address, updated, links) for _language, address, updated in versions]
    return entries


# What stands below the pages of some types and is no page: registered by the rooms above.
_further: dict[str, tuple[Callable, Callable | None]] = {}


def register_further(
    kind: str,
    find: Callable[[list[int], HttpRequest], Iterable[tuple[str, str]]],
    count: Callable[[list[int]], int] | None = None,
) -> None:
    """Let a room add what its pages answer below their own addresses.

    `kind`: the type, "app.Model"; `find(keys, request)` returns (address with its host, moment of change in UTC as
    "2020-06-15 03:00:00", or "") for pages of that type. `count(keys)`: how many there are, where finding all of them
    to count them would cost much.
    """
    _further[kind] = find, count


class _Further:
    """What stands below some pages, given by their types, and is no page."""

    def __init__(self, keys: dict[str, list[int]], request: HttpRequest):
        self.keys, self.request = keys, request

    @cached_property
    def count(self) -> int:
        counts = {kind: count(keys) for kind, keys in self.keys.items() if keys and (count := _further[kind][1])}
        return sum(counts.values()) + sum(len(found) for kind, found in self._found.items() if kind not in counts)

    def entries(self, number: int) -> str:
        """Return one part as XML."""
        start = (number - 1) * PAGES_PER_FILE
        found = (entry for kind in _further for entry in self._found_of(kind))
        return "".join(_entry(*entry) for entry in islice(found, start, start + PAGES_PER_FILE))

    @cached_property
    def _found(self) -> dict[str, list]:
        """What is counted by finding it."""
        kinds = [kind for kind, keys in self.keys.items() if keys and _further[kind][1] is None]
        return {kind: list(_further[kind][0](self.keys[kind], self.request)) for kind in kinds}

    def _found_of(self, kind: str) -> Iterable[tuple[str, str]]:
        keys = self.keys[kind]
        if not keys:
            return ()
        return self._found[kind] if kind in self._found else _further[kind][0](keys, self.request)


def _entry(address: str, updated: str | None = "", alternates: str | None = None) -> str:
    """Return one address as XML. `updated`: in UTC, as a database writes it; addresses hold no sign of XML."""
    lastmod = f"<lastmod>{updated[:10]}T{updated[11:19]}+00:00</lastmod>" if updated else ""
    return f"<url><loc>{address}</loc>{lastmod}{alternates or ''}</url>"


def _urlset(entries: str) -> HttpResponse:
    return _xml("urlset", entries)


def _xml(root: str, entries: str) -> HttpResponse:
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root} {NAMESPACES}>{entries}</{root}>'
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _cached(response: HttpResponse, site: Site, request: HttpRequest) -> HttpResponse:
    sites = remembered(request, ("sites on host", site.pk), lambda: _sites_on(site))
    return mark_public(response, sites) if sites else response


def _sites_on(site: Site) -> list[int]:
    rows = sql.read(
        "SELECT s.id FROM base_portalsite s LEFT JOIN base_portalsite c ON c.id = s.parent_id "
        "WHERE s.wagtail_site_id = %s OR c.wagtail_site_id = %s",
        [site.pk, site.pk],
    )
    return [key for (key,) in rows]
