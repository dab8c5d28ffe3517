"""What many public pages need, kept between requests until a site changes: whose page it is, where it is, its menu.

1. `memory_of` reads the generations of all sites: one small query a request. Every action that changes what readers see
   raises one (`page_cache.raise_generation`), so as long as they are the same, what was kept under them holds.
2. Whatever is kept was read after the generations it is kept under: it may be newer than they say, never older.
3. Inside a transaction there is no memory: what is not committed may never come true.
"""

from dataclasses import dataclass, field

from django.db import connection
from wagtail.models import Page, Site

from ..models.generation import SiteGeneration
from ..models.site import PortalSite

# Most addresses and menus that are remembered; beyond it all are dropped.
MOST_ENTRIES = 5_000


@dataclass(eq=False)
class Memory:
    """What is known of the sites at these generations, [(site key, value)].

    `hosts`: Wagtail's row for a host and port. `sites`: the site of each home page, by its tree path. `places`: (model,
    key) of the page at an address. `surroundings`: the pages around those of a site, and their addresses (`frame.py`);
    the registers that a site took over.
    """

    generations: tuple
    hosts: dict[tuple, Site | None] = field(default_factory=dict)
    sites: dict[str, PortalSite] = field(default_factory=dict)
    places: dict[tuple, tuple] = field(default_factory=dict)
    surroundings: dict[tuple, tuple] = field(default_factory=dict)


_memory = Memory(())


def memory_of(request) -> Memory | None:
    """Return what is known now, one query for each request; None inside a transaction and before any publication."""
    global _memory
    if request is None or connection.in_atomic_block:
        return None
    if not hasattr(request, "_portal_memory"):
        generations = tuple(SiteGeneration.objects.order_by("site_id").values_list("site_id", "value"))
        # Another thread may have read other generations: each keeps to the memory of its own.
        found = _memory
        if generations != found.generations:
            found = _memory = Memory(generations)
        request._portal_memory = found if generations else None
    return request._portal_memory


def clear() -> None:
    """Clear the cache: for tests, whose databases come and go."""
    global _memory
    _memory = Memory(())


def remember(entries: dict, key, value):
    """Keep a value in one of the memory's dicts, which never grows beyond its bound; return it."""
    if len(entries) >= MOST_ENTRIES:
        entries.clear()
    entries[key] = value
    return value


def sites_by_home(memory: Memory) -> dict[str, PortalSite]:
    """Return the site of each home page by its tree path; two queries the first time."""
    if not memory.sites:
        sites = PortalSite.objects.select_related("unit", "parent__unit", "successor", "wagtail_site")
        by_key = {site.home_key: site for site in sites}
        homes = Page.objects.filter(translation_key__in=by_key).values_list("path", "translation_key")
        memory.sites = {path: by_key[key] for path, key in homes}
    return memory.sites
