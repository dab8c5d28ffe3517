"""What many public pages need, kept between requests until a site changes: whose page it is, where it is, its menu.

1. `memory_of` reads the generations of all sites, and their visits for the footer: one small query a request. Every
   action that changes what readers see raises those of the sites that show it (`index.readers_see_changed`). An entry
   is kept with the generations of the sites that it depends on, and holds as long as they are the same: what a ward
   publishes costs the others nothing.
2. Whatever is kept was read after the generations it is kept under: it may be newer than they say, never older.
3. Inside a transaction there is no memory: what is not committed may never come true.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from ..figures import first_of_month
from ..models.site import PortalSite
from ..queries import sql
from ..queries.prepared import Prepared, given

# Most entries that are remembered; beyond it all are dropped.
MOST_ENTRIES = 5_000
MISSING = object()
WITH_SITE = (
    "unit",
    "parent__unit",
    "successor",
    "wagtail_site",
    "look__emblem",
    "menu",
    "banner",
    "parent__look__emblem",
    "parent__banner",
)
SITES = Prepared(lambda: PortalSite.objects.filter(pk=given("key")).select_related(*WITH_SITE))


class Memory:
    """What is known of the sites at the generations that one request has read: {site key: value}.

    `entries`: what all requests of the process share, {key: ((site key, generation) it depends on, value)}. `visits`:
    those of this month, {site key: count}. `sites`: the keys of all, those of which nothing was ever public among them.
    """

    # Whether other requests get what is kept here.
    is_shared = True

    def __init__(
        self,
        generations: dict[int, int] | None = None,
        entries: dict | None = None,
        visits: dict[int, int] | None = None,
        sites: Iterable[int] = (),
    ):
        self.generations, self.visits = generations or {}, visits or {}
        self.entries: dict[Hashable, tuple[tuple, object]] = {} if entries is None else entries
        self.sites = tuple(sites)

    def get(self, key: Hashable, default=None):
        """Return what is kept under a key and still holds, else the default."""
        stamp, value = self.entries.get(key, ((), MISSING))
        if value is MISSING or any(self.generations.get(site) != generation for site, generation in stamp):
            return default
        return value

    def keep(self, key: Hashable, value, sites: Iterable[int | None]):
        """Keep a value until one of the sites changes that it depends on, given by their keys; return it."""
        if len(self.entries) >= MOST_ENTRIES:
            self.entries.clear()
        self.entries[key] = (tuple((site, self.generations.get(site)) for site in {*sites} - {None}), value)
        return value

    @property
    def all_sites(self) -> tuple[int, ...]:
        """The keys of all sites, for what depends on any of them."""
        return self.sites or tuple(self.generations)


class KnownBefore(Memory):
    """What was known before a transaction began: what the transaction sees it keeps for itself alone."""

    is_shared = False

    def __init__(self, *known):
        super().__init__(*known)
        self.seen: dict[Hashable, object] = {}

    def get(self, key: Hashable, default=None):
        return self.seen[key] if key in self.seen else super().get(key, default)

    def keep(self, key: Hashable, value, sites: Iterable[int | None]):
        self.seen[key] = value
        return value


_entries: dict[Hashable, tuple[tuple, object]] = {}


def memory_of(request) -> Memory | None:
    """Return what is known now, one query for each request; None inside a transaction and before any publication."""
    known = getattr(request, "_portal_memory", None)
    if isinstance(known, KnownBefore):
        return known
    if request is None or connection.in_atomic_block:
        return None
    if not hasattr(request, "_portal_memory"):
        rows = sql.read(
            "SELECT s.id, g.value, v.count FROM base_portalsite s "
            "LEFT JOIN base_sitegeneration g ON g.site_id = s.id "
            "LEFT JOIN base_sitevisits v ON v.site_id = s.id AND v.month = %s ORDER BY s.id",
            [first_of_month(timezone.localdate())],
        )
        generations = {site: generation for site, generation, _visits in rows if generation is not None}
        visits = {site: count for site, _generation, count in rows if count}
        known = Memory(generations, _entries, visits, [site for site, *_rest in rows])
        request._portal_memory = known if generations else None
    return request._portal_memory


def remembered(request, key: Hashable, read: Callable, sites: Iterable[int | None] | None = None):
    """Return what `read()` gives, kept between requests until one of the sites changes (any site for None).

    Where there is no memory, without a request or inside a transaction, it is read each time.
    """
    memory = memory_of(request)
    if memory is None:
        return read()
    found = memory.get(key, MISSING)
    if found is MISSING:
        found = memory.keep(key, read(), memory.all_sites if sites is None else sites)
    return found


def known_before() -> Memory:
    """Return what is known at the generations that a transaction sees, before it raises any; one query.

    For what an action draws and has not changed itself: the frame around an article.
    """
    return KnownBefore(dict(sql.read("SELECT site_id, value FROM base_sitegeneration")), _entries)


def clear() -> None:
    """Clear the cache: for tests, whose databases come and go."""
    _entries.clear()


@dataclass(frozen=True)
class Homes:
    """The front pages of all sites in all languages, {tree path: key of the site}, and the city's key."""

    by_path: dict[str, int]
    city: int | None


def homes_of(memory: Memory) -> Homes:
    """Return the front pages; one query when the city has changed, which has them all below it."""
    found = memory.get("homes")
    if found is None:
        rows = sql.read(
            "SELECT p.path, s.id, s.kind FROM base_portalsite s "
            "JOIN wagtailcore_page p ON p.translation_key = s.home_key"
        )
        city = next((key for _path, key, kind in rows if kind == PortalSite.Kind.CITY), None)
        found = memory.keep("homes", Homes({path: key for path, key, _kind in rows}, city), [city])
    return found


def site_by_key(memory: Memory, key: int) -> PortalSite | None:
    """Return a site with its unit, its city, its successor and its host; one query when one of them has changed."""
    found = memory.get(("site", key))
    if found is None:
        found = SITES.first(key=key)
        if found is not None:
            memory.keep(("site", key), found, [key, found.parent_id, found.successor_id])
    return found
