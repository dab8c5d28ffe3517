"""Finds the page of an address: what was found once is found again by one query, where Wagtail asks five.

The page itself is read anew each time; an address is remembered only until a site changes (`site_cache.py`).
"""

from wagtail.models import Page
from wagtail.views import serve as serve_page

from ..models.page import BasePage
from ..sites import host_of, remember_site
from .site_cache import memory_of, remember


def serve(request, path):
    """Answer with the page at a path, as Wagtail does."""
    memory = memory_of(request)
    site = host_of(request)
    if memory is not None and site is not None:
        _route(request, path, site, memory)
    return serve_page(request, path)


def _route(request, path, site, memory) -> None:
    """Find the page, and leave it where Wagtail looks for what was found."""
    key = (site.root_page_id, request.LANGUAGE_CODE, path)
    if key in memory.places:
        model, pk = memory.places[key]
        page = model.objects.select_related(*model.shown_with).filter(pk=pk, live=True).first()
        if page is not None:
            request._wagtail_route_for_request = page.route(request, [])
    found = Page.find_for_request(request, path)
    if not isinstance(found, BasePage):
        return
    remember_site(found, memory)
    # An address that reaches further than the page is that of something the page shows.
    if found.depth - site.root_page.depth == len(path.split("/")) - 1:
        remember(memory.places, key, (type(found), found.pk))
