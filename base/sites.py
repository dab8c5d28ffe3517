"""Whose page is it: the site of a page, by the tree and never by the host of the request."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from wagtail.models import Page, Site

from .models.site import PortalSite
from .public.site_cache import MISSING, WITH_SITE, Memory, homes_of, memory_of, site_by_key
from .queries import sql
from .queries.prepared import Prepared, given_list


@dataclass(eq=False)
class Held:
    """The sites as they were read once, and, when first asked for, the site of each home page by its tree path."""

    sites: list[PortalSite]

    @cached_property
    def by_home(self) -> dict[str, PortalSite]:
        """The site of every home page, in all languages, by its tree path; one query."""
        by_key = {site.pk: site for site in self.sites}
        homes = sql.read(
            "SELECT p.path, s.id FROM base_portalsite s JOIN wagtailcore_page p ON p.translation_key = s.home_key"
        )
        return {path: by_key[key] for path, key in homes if key in by_key}


_held: ContextVar[Held | None] = ContextVar("held sites", default=None)


@contextmanager
def sites_held(known: Held | None = None) -> Iterator[list[PortalSite]]:
    """Read the sites once for all that is asked inside: for what puts many such questions; nests.

    `known`: what was held a moment ago (`held_now`). Not around what opens, merges, closes or moves a site.
    """
    if (held := _held.get()) is not None:
        yield held.sites
        return
    token = _held.set(known or Held(_ALL.all()))
    try:
        yield _held.get().sites
    finally:
        _held.reset(token)


def held_now() -> Held | None:
    """Return what is held, to be held again later in the same request; None outside."""
    return _held.get()


def all_sites() -> list[PortalSite]:
    """Return all sites with their units, the city first, then by name; no query while they are held.

    Of a site that was prepared and discarded nothing is left to ask about.
    """
    held = _held.get()
    return _WITH_UNITS.all() if held is None else list(held.sites)


def all_site_keys() -> list[int]:
    """Return the keys of all sites: one small query."""
    return [key for (key,) in sql.read("SELECT id FROM base_portalsite ORDER BY id")]


def _without_discarded() -> QuerySet:
    return PortalSite.objects.exclude(state=PortalSite.State.DISCARDED)


def _with_neighbours() -> QuerySet:
    return _without_discarded().select_related(*WITH_SITE)


_ALL = Prepared(_with_neighbours)
_WITH_UNITS = Prepared(lambda: _without_discarded().select_related("unit"))
_CITY = Prepared(lambda: PortalSite.objects.select_related("unit").filter(kind=PortalSite.Kind.CITY)[:1])
# With the deepest first, of those whose home page is at one of the paths.
_AT_PATHS = Prepared(
    lambda paths: (
        _with_neighbours()
        .filter(home_key__in=Page.objects.filter(path__in=given_list("paths", paths)).values("translation_key"))
        .order_by("-kind")[:1]
    )
)


def ancestor_paths(path: str) -> list[str]:
    """Tree paths of the ancestors of `path` and itself, from the top; the root of the tree left out."""
    step = Page.steplen
    return [path[:end] for end in range(2 * step, len(path) + 1, step)]


def site_of(page) -> PortalSite | None:
    """Return the site a page belongs to: the deepest one whose home page is the page or above it.

    A translation belongs to the same site. None for the root of the tree. Cached on the page instance.
    """
    cached = getattr(page, "_portal_site", None)
    if cached is not None and getattr(page, "_portal_site_path", None) == page.path:
        return cached
    if (held := _held.get()) is not None:
        return _remember(page, _above(page, held.by_home))
    paths = ancestor_paths(page.path)
    return _remember(page, _AT_PATHS.first(paths=paths) if paths else None)


def _remember(page, site: PortalSite | None) -> PortalSite | None:
    page._portal_site, page._portal_site_path = site, page.path
    return site


def _above(page, homes: dict):
    """Return what a dict by the tree paths of front pages has for the nearest one above a page, or None."""
    return next((homes[path] for path in reversed(ancestor_paths(page.path)) if path in homes), None)


def host_of(request) -> Site | None:
    """Return Wagtail's row of the host a request asks, kept between requests; None where there is none."""
    memory = memory_of(request)
    if memory is None:
        return Site.find_for_request(request)
    key = ("host", request.get_host(), request.get_port())
    found = memory.get(key, MISSING)
    if found is MISSING:
        found = Site.find_for_request(request)
        memory.keep(key, found, _owners_of_host(found, memory))
    request._wagtail_site = found
    return found


def _owners_of_host(host: Site | None, memory: Memory) -> Iterable[int]:
    """Return the keys of the sites with which what is kept of a host ends; what one action knows needs none."""
    if not memory.is_shared:
        return ()
    # A change of any host raises all generations (`signal_handlers.py`).
    owner = homes_of(memory).by_path.get(host.root_page.path) if host is not None else None
    return [owner] if owner else memory.all_sites


def remember_site(page, memory: Memory) -> None:
    """Tell a page whose it is, from what is kept: `site_of` need not ask, nor a page that shows all sites for them."""
    page.sites_read = memory.all_sites
    key = _above(page, homes_of(memory).by_path)
    if key is not None and (site := site_by_key(memory, key)) is not None:
        _remember(page, site)


def city_site() -> PortalSite | None:
    """Return the city's site."""
    if (held := _held.get()) is not None:
        return next((site for site in held.sites if site.is_city), None)
    return _CITY.first()


def following(site: PortalSite) -> PortalSite | None:
    """Return the open site at the end of the chain of mergers and closings, or None."""
    seen = {site.pk}
    while site.state != PortalSite.State.OPEN and site.successor_id and site.successor_id not in seen:
        site = site.successor
        seen.add(site.pk)
    return site if site.state == PortalSite.State.OPEN else None


def successor_address(site: PortalSite, locale, request=None) -> str:
    """Return the address of the open site that followed `site`, at the end of the chain of mergers, or ""."""
    site = following(site)
    if site is None:
        return ""
    home = site.home_page(locale=locale)
    if home is None or not home.live:
        home = site.home_page()
    return (home.get_url(request) or "") if home and home.live else ""
