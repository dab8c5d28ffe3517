"""The feeds of lists whose rows are in the public index: of a section, of a site, of one unit's news on a site.

What changed last comes first, so that a reader hears of corrections and not only of what is new.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from ...models.site import PortalSite
from ...models.unit import OrganisationUnit
from ...queries import sql
from ...sites import site_of
from ..index import places, removals
from ..index.addresses import Addresses
from ..index.items import retained_as_text
from .atom import MOST_ENTRIES, Entry, Feed, Source, marks_of, respond, urn_of

UNIT = "don-vi"
PARAMETERS = (UNIT,)
# What is below a section that is not public is no news.
BELOW_PUBLIC = "EXISTS (SELECT 1 FROM base_publicitem s WHERE s.page_id = i.section_id)"
# Corrections of pages by their keys: {key: [(day, text)]}; registered by rooms above.
_corrections: list[Callable[[Sequence[int]], dict[int, list[tuple[date, str]]]]] = []


def register_corrections(read: Callable[[Sequence[int]], dict[int, list[tuple[date, str]]]]) -> None:
    """Let a room say what was corrected in pages, the oldest first. Called from `AppConfig.ready`."""
    if read not in _corrections:
        _corrections.append(read)


def section_atom(page, title: str, kinds: Sequence[str] = (), section_key: str = "") -> HttpResponse:
    """Return the feed of what is right below a page, of some kinds ("app.Model") or of all.

    `section_key`: of a ward's section; what the city shows there from its own section of that key is in the feed too.
    """
    of_kind = f" AND {{}}.kind IN {sql.places(kinds)}" if kinds else ""
    wanted = [(f"i.section_id = %s{of_kind.format('i')}", [page.pk, *kinds])]
    gone = removals.gone_of(f"r.section_id = %s{of_kind.format('r')}", [page.pk, *kinds], MOST_ENTRIES)
    site, source = site_of(page) if section_key else None, None
    if site is not None and not site.is_city:
        wanted.append(from_city(site, page.locale.language_code, section_key))
        ended = places.ended_of(site.pk, page.locale.language_code, MOST_ENTRIES, section_key)
        gone, source = _latest([*gone, *ended]), (site.pk, lambda: source_of(page.get_parent()))
    entries = _changed(*wanted, own=source)
    return respond(_feed(page, title, f"{page.full_url}atom/"), entries, marks_of(gone))


def site_atom(home, unit_slug: str = "") -> HttpResponse:
    """Return the feed of a site's news in the language of its home page; of one unit alone when its slug is given.

    Raises Http404 for a unit that is not there.
    """
    site, language = site_of(home), home.locale.language_code
    if site is None:
        return respond(_feed(home, home.title, f"{home.full_url}atom/"), [])
    condition, parameters, query, name = "", [], "", site.name
    if unit_slug:
        unit = OrganisationUnit.objects.filter(slug=unit_slug).first()
        if unit is None:
            raise Http404
        condition, parameters = " AND i.unit_id = %s", [unit.pk]
        name, query = _("%(unit)s – tin trên %(site)s") % {"unit": unit.name, "site": site.name}, f"?{UNIT}={unit.slug}"
    of_language, given = f"i.language = %s AND i.in_feed AND {BELOW_PUBLIC}{condition}", [language, *parameters]
    wanted = [(f"i.site_id = %s AND {of_language}", [site.pk, *given])]
    gone = removals.gone_of("r.site_id = %s AND r.language = %s AND r.in_feed", [site.pk, language], MOST_ENTRIES)
    source = None
    if not site.is_city:
        wanted.append((f"{places.HERE} AND {of_language}", [site.pk, *given]))
        gone = _latest([*gone, *places.ended_of(site.pk, language, MOST_ENTRIES)])
        source = site.pk, lambda: source_of(home)
    entries = _changed(*wanted, own=source)
    return respond(_feed(home, name, f"{home.full_url}atom/{query}", site), entries, marks_of(gone))


def from_city(site: PortalSite, language: str, section_key: str) -> tuple[str, list]:
    """Return the condition on an item `i`, with its parameters, that the city shows it in a section of a ward."""
    condition = f"{places.HERE} AND {places.IN_SECTION} AND i.language = %s AND i.in_feed"
    return condition, [site.pk, section_key, language]


def _feed(page, title: str, own_url: str, site: PortalSite | None = None) -> Feed:
    site = site or site_of(page)
    author = site.name if site is not None else page.title
    return Feed(title, page.full_url, own_url, page.locale.language_code, author, since=page.last_published_at)


def source_of(home) -> Source:
    """Return the feed of the city, as that of a ward names it; `home`: the front page of the ward."""
    return Source(f"{home.get_parent().full_url}atom/", site_of(home).parent.name)


def _latest(gone: Sequence[removals.Removal]) -> list[removals.Removal]:
    return sorted(gone, key=lambda removal: removal.removed_at, reverse=True)[:MOST_ENTRIES]


def newest_of(columns: str, order: str, most: int, wanted: Sequence[tuple[str, Sequence]]) -> list[tuple]:
    """Return the rows of public pages under any of some written conditions on an item `i`, the newest first: one query.

    `columns`: of `i` and the page `p`; `order`: the column of `i` that says what is newer. The last two columns of a
    row are those it is ordered by.
    """
    parts, parameters = [], []
    for place, (condition, given) in enumerate(wanted):
        parts.append(
            f"SELECT * FROM (SELECT {columns}, i.{order} AS moment, i.page_id AS place FROM base_publicitem i "
            f"JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE {condition} "
            f"ORDER BY i.{order} DESC, i.page_id DESC LIMIT {int(most)}) part{place}"
        )
        parameters += given
    union = " UNION ALL ".join(parts)
    return sql.read(f"{union} ORDER BY moment DESC, place DESC LIMIT {int(most)}", parameters)


def _changed(*wanted: tuple[str, Sequence], own: tuple[int, Callable[[], Source]] | None = None) -> list[Entry]:
    """Return what changed last under any of some written conditions on an item `i`, and what rooms say of it.

    `own`: the key of the site whose feed it is, and what names the source of what is of another one.
    """
    columns = (
        "i.page_id, i.translation_key, i.title, i.summary, i.facts, CAST(i.published_at AS TEXT) AS published, "
        "CAST(i.updated_at AS TEXT) AS updated, p.url_path, i.site_id"
    )
    rows = newest_of(columns, "updated_at", MOST_ENTRIES, wanted)
    addresses, corrections, found = Addresses(), _corrected([row[0] for row in rows]), []
    source = own[1]() if own is not None and any(row[8] != own[0] for row in rows) else None
    for page, key, title, summary, facts, published, updated, path, site, *_order in rows:
        more = json.loads(facts or "{}")
        entry = Entry(
            key=urn_of(key),
            title=title,
            url=addresses.full(path),
            published_at=sql.moment(published),
            updated_at=sql.moment(updated),
            summary=summary_of(more, summary),
            author=more.get("author", ""),
            corrections=corrections.get(page, ()),
            source=source if own is not None and site != own[0] else None,
        )
        found.append(entry)
    return found


def summary_of(more: dict, summary: str) -> str:
    """Return what a feed says of an item, with the facts `more`: before all that it is kept for the record only."""
    return ". ".join(filter(None, (retained_as_text(more), summary)))


def _corrected(keys: Iterable[int]) -> dict[int, list[tuple[date, str]]]:
    found: dict[int, list[tuple[date, str]]] = {}
    keys = list(keys)
    for read in _corrections if keys else ():
        for key, rows in read(keys).items():
            found.setdefault(key, []).extend(rows)
    return found
