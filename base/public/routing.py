"""Finds the page of an address: what was found once is found again by one query, where Wagtail asks five.

The page itself is read anew each time, but for the row of a type whose few pages are asked for again and again; that
row and an address are kept until a site changes (`site_cache.py`).
"""

from collections.abc import Iterable
from contextlib import suppress
from copy import copy
from functools import lru_cache

from django.contrib.contenttypes.models import ContentType
from django.db.models import Aggregate, Exists, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
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
    page = _found(place, memory) if place is not None else None
    own_below = ("below", *host, *steps)
    if page is not None and below and not memory.get(own_below):
        # A page comes before what the one above it answers below itself.
        deeper = _page_at(f"{page.url_path}{'/'.join(below)}/")
        page, below = (_found(deeper, memory), []) if deeper is not None else (page, below)
    if page is not None:
        with suppress(Http404):
            # Where nothing is found below, the page may be one that was not there before: Wagtail looks.
            route = request._wagtail_route_for_request = page.route(request, below)
            if below and _is_fixed(route, page):
                memory.keep(own_below, True, _own_sites(page, memory))
    if not hasattr(request, "_wagtail_route_for_request"):
        # Wagtail begins at the page at the top, and lets that remember what was asked for: this request's own.
        own = request._wagtail_site = copy(site)
        own.root_page = copy(site.root_page)
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


def _found(place: tuple, memory):
    """Return the public page of a (type, key), or None: no query for a type whose rows are kept."""
    model, key = place
    if not model.row_is_cached:
        return public_page(model, key)
    entry = ("row", model, key)
    if (row := memory.get(entry)) is not None:
        return _known(_pages(model).made_of(row, key=key)[0])
    row = _pages(model).stored(key=key)
    page = _known(next(iter(_pages(model).made_of(row, key=key)), None))
    if page is not None:
        memory.keep(entry, row, _own_sites(page, memory))
    return page


def _own_sites(page, memory) -> Iterable[int]:
    """Return the keys of the sites with which the row of a page changes, and of those that are joined to it."""
    remember_site(page, memory)
    site = page.portal_site
    return [site.pk, site.parent_id] if site else memory.all_sites


def _is_fixed(route, page) -> bool:
    """Tell whether a page answers itself at an address that names nothing: there are few of these."""
    return route.page is page and bool(route.args) and not route.args[1] and not route.args[2]


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


class _Joined(Aggregate):
    """The texts of several rows as one, with a blank between two."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = TextField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **context)


def _translations() -> Coalesce:
    """What a page is in other languages, as `BasePage.translations_read` has it."""
    others = Page.objects.filter(translation_key=OuterRef("translation_key"), live=True).exclude(pk=OuterRef("pk"))
    joined = _Joined(Concat("locale__language_code", Value(" "), "url_path", output_field=TextField()))
    found = others.order_by().values("translation_key").annotate(joined=joined).values("joined")
    return Coalesce(Subquery(found, output_field=TextField()), Value(""), output_field=TextField())


def _is_there(model, name: str) -> Exists:
    """Whether a page has any of the rows that hang on it by a name."""
    relation = model._meta.get_field(name)
    return Exists(relation.related_model.objects.filter(**{relation.remote_field.attname: OuterRef("pk")}))


@lru_cache(maxsize=100)
def _pages(model) -> Prepared:
    def made():
        seldom = {f"has_{name}": _is_there(model, name) for name in model.seldom_has}
        pages = model.objects.filter(pk=given("key"), live=True).select_related(*model.shown_with)
        return pages.annotate(translations_read=_translations(), **seldom)

    return Prepared(made)


def public_page(model, key: int):
    """Return a public page of a type with the rows that every reader of it needs, or None: one query."""
    return _known(_pages(model).first(key=key))


def _known(page):
    """Let a page that has none of what few have not ask for it; return the page."""
    for name in page.seldom_has if page is not None else ():
        if page.is_without(name):
            page.__dict__.setdefault("_cluster_related_objects", {})[name] = []
    return page
