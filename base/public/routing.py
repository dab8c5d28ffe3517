"""Finds the page of an address: what was found once is found again by one query, where Wagtail asks five.

The page itself is read anew each time; an address is remembered only until a site changes (`site_cache.py`).
"""

from contextlib import suppress
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType
from django.http import Http404
from wagtail.models import Page, Site
from wagtail.views import serve as serve_page

from ..models.page import BasePage, RoutedPage
from ..queries import sql
from ..queries.prepared import Prepared, given
from ..sites import host_of, remember_site
from .site_cache import memory_of, remembered


def serve(request, path):
    """Answer with the page at a path, as Wagtail does."""
    memory = memory_of(request)
    site = host_of(request)
    if memory is not None and site is not None:
        _route(request, path, site, memory)
    return serve_page(request, path)


def _route(request, path, site, memory) -> None:
    """Find the page, and leave it where Wagtail looks for what was found."""
    steps = path.split("/")[:-1]
    host = ("place", site.root_page_id, request.LANGUAGE_CODE)
    place, below = _nearest(memory, host, steps)
    page = public_page(*place) if place is not None else None
    if page is not None and below:
        # A page comes before what the one above it answers below itself.
        deeper = _page_at(f"{page.url_path}{'/'.join(below)}/")
        page, below = (public_page(*deeper), []) if deeper is not None else (page, below)
    if page is not None:
        with suppress(Http404):
            # Where nothing is found below, the page may be one that was not there before: Wagtail looks.
            request._wagtail_route_for_request = page.route(request, below)
    found = Page.find_for_request(request, path)
    if not isinstance(found, BasePage):
        return
    remember_site(found, memory)
    # Wagtail reads them from the cache of all processes, once for each request and once for each page.
    roots = remembered(request, "root paths", Site.get_site_root_paths)
    request._wagtail_cached_site_root_paths = found._wagtail_cached_site_root_paths = roots
    # An address that reaches further than the page is that of something the page shows.
    own = steps[: found.depth - site.root_page.depth]
    sites = [found.portal_site.pk] if found.portal_site else memory.all_sites
    memory.keep((*host, *own), (type(found), found.pk), sites)


def _nearest(memory, host: tuple, steps: list[str]) -> tuple[tuple | None, list[str]]:
    """Return (type, key) of the page at an address, and no steps; else of one above it that answers below itself, and
    the steps that are left."""
    if (place := memory.get((*host, *steps))) is not None:
        return place, []
    for length in range(len(steps) - 1, -1, -1):
        place = memory.get((*host, *steps[:length]))
        if place is not None:
            return (place, steps[length:]) if issubclass(place[0], RoutedPage) else (None, [])
    return None, []


def _page_at(url_path: str) -> tuple | None:
    """Return (type, key) of the public page at a path in the tree, or None."""
    rows = sql.read("SELECT id, content_type_id FROM wagtailcore_page WHERE url_path = %s AND live", [url_path])
    if not rows:
        return None
    model = ContentType.objects.get_for_id(rows[0][1]).model_class()
    return (model, rows[0][0]) if model is not None and issubclass(model, BasePage) else None


@lru_cache(maxsize=100)
def _pages(model) -> Prepared:
    return Prepared(lambda: model.objects.filter(pk=given("key"), live=True).select_related(*model.shown_with))


def public_page(model, key: int):
    """Return a public page of a type with the rows that every reader of it needs, or None: one query."""
    return _pages(model).first(key=key)
