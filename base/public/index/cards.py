"""Cards: items as lists show them, read from the index with what is joined to them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.apps import apps
from django.utils import timezone

from ...queries import sql
from ..rendering import drawings
from ..site_cache import memory_of, remembered
from .addresses import Addresses
from .items import OwnFacts, retained_as_text, with_retained
from .pictures import LARGE, SMALL, Picture, drawn, has_stored_sizes, picture_of, plain_key

# What a card is made of: columns of the item `i`, the page `p`, the unit `u`, and its picture in two sizes. Moments as
# text: psycopg2 would ask Django for the time zone of each.
COLUMNS = (
    "i.page_id, i.kind, i.sub_kind, i.title, i.summary, CAST(i.published_at AS TEXT), CAST(i.updated_at AS TEXT), "
    "i.starts_on, i.ends_on, "
    "i.stands_first, i.facts, p.url_path, u.name AS unit_name, i.image_id, small.file AS small_file, "
    "small.width AS small_width, small.height AS small_height, large.file AS large_file, large.width AS large_width, "
    "large.height AS large_height, g.focal_point_x"
)
_SIZE = (
    "LEFT JOIN base_portalrendition {name} ON {name}.image_id = i.image_id AND {name}.filter_spec = '{spec}' "
    "AND {name}.focal_point_key = '{key}' "
)
# The newest first; among those of one moment, as a whole dossier is published, the one made last.
NEWEST_FIRST = "i.published_at DESC, i.page_id DESC"


@dataclass(frozen=True)
class Card:
    """An item ready to be shown. `url`: its address for the reader of this answer; `unit`: who answers for it.

    The same for all requests: what depends on the language or the day is worked out at each look. `shows`: all that it
    was made of; None where it can change without that.
    """

    pk: int
    kind: str
    title: str
    summary: str
    published_at: datetime | None
    updated_at: datetime | None
    own: OwnFacts
    url: str
    unit: str = ""
    picture: Picture | None = None
    shows: tuple | None = None

    @property
    def _labels(self) -> tuple[str, str]:
        return apps.get_model(self.kind).labels(self.own, timezone.localdate())

    @property
    def kind_label(self) -> str:
        """What the item is called today, "" when its type knows no kinds."""
        return self._labels[0]

    @property
    def list_status(self) -> str:
        """What a list says about its state today, where that is not its kind, or ""."""
        return retained_as_text(self.own.more) or self._labels[1]


@lru_cache
def _tables() -> str:
    sizes = {"small": SMALL, "large": LARGE}
    return (
        "wagtailcore_page p ON p.id = i.page_id AND p.live "
        "LEFT JOIN base_organisationunit u ON u.id = i.unit_id LEFT JOIN base_portalimage g ON g.id = i.image_id "
        + "".join(_SIZE.format(name=name, spec=spec, key=plain_key(spec)) for name, spec in sizes.items())
    )


@dataclass(frozen=True)
class Part:
    """A list to be read: at most `most` items under a written condition on `i`, in an order of `i` or `p`."""

    condition: str
    parameters: Sequence
    most: int
    start: int = 0
    order: str = NEWEST_FIRST


def read(parts: Mapping[str, Part], addresses: Addresses) -> dict[str, list["Card"]]:
    """Return the cards of several lists by their names: one query for all of them."""
    chosen, parameters = [], []
    for place, part in enumerate(parts.values()):
        # The tree is looked at where it orders the list; what is joined to show a row is joined once for all lists.
        tree = " JOIN wagtailcore_page p ON p.id = i.page_id" if "p." in part.order else ""
        chosen.append(
            f"SELECT {place} AS part, row_number() OVER () AS place, part{place}.id FROM (SELECT i.id "
            f"FROM base_publicitem i{tree} WHERE {part.condition} "
            f"ORDER BY {part.order} LIMIT {int(part.most)} OFFSET {int(part.start)}) part{place}"
        )
        parameters += part.parameters
    statement = (
        f"SELECT f.part, {COLUMNS} FROM ({' UNION ALL '.join(chosen)}) f "
        f"JOIN base_publicitem i ON i.id = f.id JOIN {_tables()}ORDER BY f.part, f.place"
    )
    found: dict[str, list[Card]] = {name: [] for name in parts}
    names = list(parts)
    for place, *row in sql.read(statement, parameters):
        found[names[place]].append(card_of_row(row, addresses))
    return found


class Beside(NamedTuple):
    """A page that stands beside another one, as the other one names it."""

    title: str
    url: str
    published_at: datetime | None


def beside(page, newest: int, request=None) -> dict[str, list[Beside]]:
    """Return what stands beside a page below the same section: `newest` of the others, the one `before` and `after` it
    by day of publication. Of a page that never was public there is none before or after.

    Two queries; the newest are those of all pages of the section, and none is asked for them until their site changes.
    """
    above, addresses, memory = page.path[: -page.steplen], Addresses(request), memory_of(request)
    # What one action draws may have changed the section itself.
    reader, entry = (request if memory and memory.is_shared else None), ("newest below", above, newest)
    rows = remembered(reader, entry, lambda: _newest_below(above, newest), page.cache_sites()) if newest else []
    found = {"newest": [row for row in rows if row[0] != page.pk][:newest], **_around(page, above)}
    return {
        name: [Beside(title, addresses.of(path), sql.moment(at)) for _key, title, path, at in each]
        for name, each in found.items()
    }


# Key, title, address in the tree and moment of what is below a section.
_BELOW = (
    "SELECT i.page_id, i.title, p.url_path, CAST(i.published_at AS TEXT) FROM base_publicitem i "
    "JOIN wagtailcore_page p ON p.id = i.page_id AND p.live "
    "WHERE i.section_id = (SELECT a.id FROM wagtailcore_page a WHERE a.path = %s) "
)


def _newest_below(path: str, most: int) -> list[tuple]:
    """Return the newest pages below a section, one more than the most."""
    return sql.read(f"{_BELOW}ORDER BY {NEWEST_FIRST} LIMIT {int(most) + 1}", [path])


def _around(page, above: str) -> dict[str, list[tuple]]:
    """Return the pages before and after a page below its section; one query."""
    if not page.first_published_at:
        return {}
    ways = {"before": ("<", NEWEST_FIRST), "after": (">", "i.published_at, i.page_id")}
    parts = [
        f"SELECT '{name}' AS part, {name}_it.* FROM ({_BELOW}AND (i.published_at, i.page_id) {side} (%s, %s) "
        f"ORDER BY {order} LIMIT 1) {name}_it"
        for name, (side, order) in ways.items()
    ]
    found: dict[str, list[tuple]] = {}
    for name, *row in sql.read(" UNION ALL ".join(parts), [above, page.first_published_at, page.pk] * 2):
        found.setdefault(name, []).append(tuple(row))
    return found


def card_of_row(row: Sequence, addresses: Addresses) -> Card:
    """Return the card of a row of COLUMNS; the same card for the same row and address."""
    shows = (*row, addresses.of(row[11]))
    if row[13] is not None and not has_stored_sizes(row[14:17], row[17:20], row[20] is not None):
        return _made(shows)
    return drawings.made_once(shows, lambda: replace(_made(shows), shows=shows))


def _made(shows: tuple) -> Card:
    key, kind, sub_kind, title, summary, published, updated, starts, ends, first, facts = shows[:11]
    _path, unit, image = shows[11:14]
    more = json.loads(facts) if facts else {}
    own = OwnFacts(sub_kind, sql.day(starts), sql.day(ends), bool(first), image_id=image, more=more)
    return Card(
        key,
        kind,
        title,
        summary,
        sql.moment(published),
        sql.moment(updated),
        own,
        shows[21],
        unit or "",
        picture_of(image, shows[14:17], shows[17:20], shows[20] is not None),
    )


def card_of(page, request=None) -> Card:
    """Return the card of a page that has no row yet, as a preview shows it."""
    own = page.own_facts()
    own = replace(own, more=with_retained(page, own.more))
    unit = page.responsible_unit
    return Card(
        page.pk,
        page._meta.label,
        page.title,
        page.listed_summary,
        page.first_published_at,
        page.last_published_at,
        own,
        (page.get_url(request) if page.pk else "") or "",
        unit.name if unit is not None else "",
        drawn(getattr(page, "lead_image", None)) if own.image_id else None,
    )
