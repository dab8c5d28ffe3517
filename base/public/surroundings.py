"""The pages that stand around a page, for its frame: the way up, the menu and the footer, the translations.

Read as rows by one query; what is the same for all pages of a site in a language is kept until the site or the city
changes, and then a page that stands there itself costs none, nor one right below a section that was read with what it
is in other languages (`routing.py`).
"""

from dataclasses import dataclass
from uuid import UUID

from wagtail.models import Page

from ..models.site import PortalSite
from ..queries import sql
from .navigation import STATEMENT_SLUGS
from .site_cache import memory_of

_READ = (
    "SELECT p.id, p.path, p.depth, p.slug, p.title, p.live, p.show_in_menus, p.translation_key, p.content_type_id, "
    "p.locale_id, l.language_code, p.url_path FROM wagtailcore_page p "
    # SQLite takes the tables of a CROSS JOIN in this order, and each condition by its own index.
    "CROSS JOIN wagtailcore_locale l WHERE l.id = p.locale_id AND ({}) ORDER BY p.path"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A page around another one."""

    pk: int
    path: str
    depth: int
    slug: str
    title: str
    live: bool
    show_in_menus: bool
    translation_key: UUID
    content_type_id: int
    locale_id: int
    language_code: str
    url_path: str


def pages_around(site: PortalSite, page, paths: list[str], home_path: str, request) -> list[Row]:
    """Return the pages that the frame of a page speaks of, in the order of the tree.

    `paths`: the tree paths from the top down to the page; `home_path`: that of its front page.
    """
    own, own_values = _own(page, paths)
    memory = memory_of(request)
    if memory is None:
        around, values = _around(site, paths, home_path)
        return _read(f"{around} OR {own}", [*values, *own_values])
    key = ("around", site.home_key, home_path)
    rows = memory.get(key)
    if rows is None:
        around, values = _around(site, paths, home_path)
        menu, menu_values = _in_menu(home_path)
        menu = menu.replace("p.", "s.")
        translated = f"p.live AND p.translation_key IN (SELECT s.translation_key FROM wagtailcore_page s WHERE {menu})"
        rows = _read(f"{around} OR ({translated})", [*values, *menu_values])
        memory.keep(key, rows, [site.pk, site.parent_id])
    if any(row.pk == page.pk for row in rows):
        return rows
    translations = getattr(page, "translations_read", None)
    if translations is not None and any(row.path == paths[-2] for row in rows):
        return [*rows, *_read_with(page, translations.split())]
    known = {row.pk for row in rows}
    return [*rows, *(row for row in _read(own, own_values) if row.pk not in known)]


def _read_with(page, translations: list[str]) -> list[Row]:
    """The row of a public page, and those of its translations, given as language and address by turns."""
    own = (page.slug, page.title, page.live, page.show_in_menus, page.translation_key, page.content_type_id)
    found = [Row(page.pk, page.path, page.depth, *own, page.locale_id, page.locale.language_code, page.url_path)]
    for language, url_path in zip(translations[::2], translations[1::2], strict=True):
        found.append(Row(0, "", 0, "", "", True, False, page.translation_key, 0, 0, language, url_path))
    return found


def _own(page, paths: list[str]) -> tuple[str, list]:
    """The way up to a page, and its translations."""
    condition = f"p.path IN {sql.places(paths)} OR (p.translation_key = %s AND p.live)"
    return condition, [*paths, page.translation_key]


def _around(site: PortalSite, paths: list[str], home_path: str) -> tuple[str, list]:
    """The pages that stand around all those of a site in a language."""
    menu, values = _in_menu(home_path)
    condition = (
        f"p.path IN (%s, %s) OR (p.translation_key = %s AND p.live) OR ({menu}) OR "
        f"(p.slug IN {sql.places(STATEMENT_SLUGS)} AND p.live AND substr(p.path, 1, {len(paths[0])}) = %s)"
    )
    return condition, [paths[0], home_path, site.home_key, *values, *STATEMENT_SLUGS, paths[0]]


def _in_menu(home_path: str) -> tuple[str, list]:
    first, last = Page._get_children_path_interval(home_path)
    return "p.path BETWEEN %s AND %s AND p.depth = %s AND p.live", [first, last, len(home_path) // Page.steplen + 1]


def _read(condition: str, values: list) -> list[Row]:
    return [
        Row(key, path, depth, slug, title, bool(live), bool(in_menus), sql.uuid(translation), kind, *rest)
        for key, path, depth, slug, title, live, in_menus, translation, kind, *rest in sql.read(
            _READ.format(condition), values
        )
    ]
