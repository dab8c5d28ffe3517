"""Where readers meet a page besides on its own site: news of the city in the lists of wards, as approved with the page.

1. `store`: with the items of pages, one row for each site that shows one too. A row that ended stays, so that the feed
   of that site withdraws the page.
2. `HERE`, `ended_of`: what a site shows of others, and what it does no longer. There is no copy: the address is the
   page's own, and what changes or goes there changes or goes in all lists.
3. What a ward leaves off (`PlaceRefusal`) is an ended row of its own, whether the page was for it or for every ward.
4. Pages of wards are made anew with those of the city (`BasePage.cache_sites`): no generation is raised for a place.
"""

from collections.abc import Iterable
from copy import copy
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from ...queries import sql
from ..translated.same import take_from_source
from .items import Item, key_of
from .removals import Removal

# In the column `site_key`, where any other number is the key of one site.
EVERY_WARD = 0
# The items `i` that a site shows of other sites; its parameter is the key of the site.
HERE = (
    "i.page_id IN (SELECT l.page_id FROM base_publicplace l "
    f"WHERE l.site_key IN ({EVERY_WARD}, %s) AND (l.ended_at IS NULL OR l.is_left_off) "
    # Of those that count only what is left off has ended.
    "GROUP BY l.page_id HAVING COUNT(l.ended_at) = 0)"
)
# Of them, what is below the section of one key of the city; its second parameter is that key.
IN_SECTION = "EXISTS (SELECT 1 FROM base_publicitem s WHERE s.page_id = i.section_id AND s.sub_kind = %s)"
_ROW = "key, language, page_id, translation_key, site_key, in_feed, is_left_off"
_COLUMNS = f"{_ROW}, ended_at"
_ANEW = ("page_id", "translation_key", "in_feed", "is_left_off", "ended_at")
_AGAIN = ", ".join(f"{name} = excluded.{name}" for name in _ANEW)


def store(pages: Iterable, items: Iterable[Item]) -> None:
    """Write the places of pages, given with their items as they are public now.

    Three queries where any has or had one, and one for each translation; of pages whose type stands nowhere else
    nothing is asked.
    """
    pages = {key_of(page): page for page in pages if page.reach_fields}
    if not pages:
        return
    stored, wanted = _stored(list(pages)), _wanted(pages, items)
    now = timezone.now()
    differing = [wanted[place] for place in sorted(wanted) if stored.get(place) != wanted[place]]
    rows = [(*row, now if row[-1] else None) for row in differing]
    # In the order of their keys, as all rows of the index are locked.
    rows += [(*stored[place][:-1], False, now) for place in sorted(stored) if place not in wanted]
    sql.write(
        f"INSERT INTO base_publicplace ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) "
        f"ON CONFLICT (key, language, site_key) DO UPDATE SET {_AGAIN}",
        rows,
    )


def end(keys: Iterable[str]) -> None:
    """End all places of pages that are there no longer, by the keys of their items."""
    rows = [(timezone.now(), key) for key in keys]
    sql.write("UPDATE base_publicplace SET ended_at = %s WHERE key = %s AND ended_at IS NULL", rows)


def violations(pages: Iterable, items: Iterable[Item]) -> list[str]:
    """Return a line for each of some public pages that stands on other sites than its approved version says."""
    pages = {key_of(page): page for page in pages if page.reach_fields}
    stored, wanted = _stored(list(pages)), _wanted(pages, items)
    wrong = sorted({key for key, _language, _site in {*stored, *wanted} if _of(stored, key) != _of(wanted, key)})
    return [f"Nơi hiện của «{pages[key].title}» ({key}) khác với bản đã duyệt." for key in wrong]


def left_over() -> list[str]:
    """Return a line for each place of a page that is not public."""
    rows = sql.read(
        "SELECT DISTINCT l.key FROM base_publicplace l LEFT JOIN base_publicitem i ON i.key = l.key "
        "AND i.language = l.language WHERE l.ended_at IS NULL AND i.id IS NULL ORDER BY l.key"
    )
    return [f"Nơi hiện của {key} còn ghi trong khi trang ấy không đăng nữa." for (key,) in rows]


def sites_showing(page: int, language: str) -> list[int]:
    """Return the keys of the other sites that are open and show a page: one query."""
    rows = sql.read(
        "SELECT DISTINCT o.id FROM base_publicplace l JOIN base_portalsite o ON o.state = 'open' AND "
        f"(o.id = l.site_key OR (l.site_key = {EVERY_WARD} AND o.kind = 'ward')) "
        "WHERE l.page_id = %s AND l.language = %s AND l.ended_at IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM base_publicplace r WHERE r.key = l.key AND r.language = l.language AND r.site_key = o.id "
        "AND r.is_left_off) ORDER BY o.id",
        [page, language],
    )
    return [site for (site,) in rows]


def left_off_by(site: int) -> list[int]:
    """Return the keys of the pages that a site leaves off: one query."""
    rows = sql.read(
        "SELECT DISTINCT page_id FROM base_publicplace WHERE site_key = %s AND is_left_off ORDER BY page_id", [site]
    )
    return [page for (page,) in rows]


def ended_of(site: int, language: str, most: int, section_key: str = "") -> list[Removal]:
    """Return what a site showed of other sites and does no longer, the latest first: one query.

    `section_key`: of that only what stands, or stood when it went, in the sections of this key.
    """
    here, within, keys = f"site_key IN ({EVERY_WARD}, %s)", "", []
    if section_key:
        below = "JOIN base_publicitem s ON s.page_id = {0}.section_id AND s.sub_kind = %s"
        within = (
            f"AND l.key IN (SELECT i.key FROM base_publicitem i {below.format('i')} "
            f"UNION SELECT r.key FROM base_publicremoval r {below.format('r')}) "
        )
        keys = [section_key] * 2
    rows = sql.read(
        "SELECT l.key, l.translation_key, CAST(MAX(l.ended_at) AS TEXT) FROM base_publicplace l "
        f"WHERE l.{here} AND l.language = %s AND l.in_feed AND l.ended_at IS NOT NULL AND (l.is_left_off OR NOT EXISTS "
        "(SELECT 1 FROM base_publicplace s WHERE s.key = l.key AND s.language = l.language "
        f"AND s.{here} AND s.ended_at IS NULL)) {within}"
        f"GROUP BY l.key, l.translation_key ORDER BY 3 DESC LIMIT {int(most)}",
        [site, language, site, *keys],
    )
    return [Removal(key, shared, sql.moment(moment)) for key, shared, moment in rows]


def _stored(keys: list[str]) -> dict[tuple, tuple]:
    """Return the rows of the places that some pages have, by (key, language, site)."""
    rows = sql.read(
        f"SELECT {_ROW} FROM base_publicplace WHERE key IN {sql.places(keys)} AND (ended_at IS NULL OR is_left_off)",
        keys,
    )
    return {(row[0], row[1], row[4]): (*row[:5], bool(row[5]), bool(row[6])) for row in rows}


def _wanted(pages: dict, items: Iterable[Item]) -> dict[tuple, tuple]:
    """Return the rows that public pages should have, in the same way."""
    reach, found = [], {}
    for item in items:
        if (page := pages.get(item.key)) is None:
            continue
        shown = page if item.language == settings.LANGUAGE_CODE else take_from_source(copy(page))
        if sites := {*shown.shown_also_on()}:
            reach.append((item, sites, shown.wards_may_refuse))
    refused = _refusing([item.translation_key for item, _sites, may_refuse in reach if may_refuse])
    for item, sites, may_refuse in reach:
        left_off = refused.get(item.translation_key, set()) if may_refuse else set()
        if EVERY_WARD not in sites:
            left_off = left_off & sites
        for site in sites | left_off:
            row = item.key, item.language, item.page_id, item.translation_key, site, item.in_feed, site in left_off
            found[item.key, item.language, site] = row
    return found


def _refusing(translation_keys: list[str]) -> dict[str, set[int]]:
    """Return the sites that leave some pages off, in all languages, by what their translations share: one query."""
    if not translation_keys:
        return {}
    rows = sql.read(
        "SELECT p.translation_key, r.site_id FROM base_placerefusal r JOIN wagtailcore_page p ON p.id = r.page_id "
        f"WHERE r.is_in_force AND p.translation_key IN {sql.places(translation_keys)}",
        [UUID(key) for key in translation_keys],
    )
    found: dict[str, set[int]] = {}
    for key, site in rows:
        found.setdefault(str(sql.uuid(key)), set()).add(site)
    return found


def _of(places: dict, key: str) -> dict:
    return {place: row for place, row in places.items() if place[0] == key}
