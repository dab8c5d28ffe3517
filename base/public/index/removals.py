"""What was public and is not any more: noted without a title, so that feeds and programs can withdraw it too.

1. `note_items`: as rows of the index go; `note`: of things that have no row there, as their own index removes them.
2. `gone_of`: those that readers of a list are informed of, the latest first. What is public again is not among them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from ...queries import sql

# Of a thing that is public again the row stays, and counts again once it goes again.
STILL_GONE = (
    "NOT EXISTS (SELECT 1 FROM base_publicitem i JOIN base_portalsite o ON o.id = i.site_id "
    "AND o.state IN ('open', 'frozen') WHERE i.key = r.key AND i.language = r.language)"
)
_COLUMNS = "key, language, kind, translation_key, site_id, section_id, in_feed"
_AGAIN = ", ".join(f"{name} = excluded.{name}" for name in ("kind", "site_id", "section_id", "in_feed", "removed_at"))
_OVER = f"ON CONFLICT (key, language) DO UPDATE SET {_AGAIN}"


@dataclass(frozen=True, slots=True)
class Removal:
    """One thing that went: its key, the one that it shares with its translations, and when."""

    key: str
    translation_key: str
    removed_at: datetime


def note_items(numbers: Iterable[int]) -> None:
    """Note that rows of the index go, given by their numbers; before they are deleted, in the same transaction."""
    now = timezone.now()
    sql.write(
        f"INSERT INTO base_publicremoval ({_COLUMNS}, removed_at) SELECT {_COLUMNS}, %s FROM base_publicitem "
        f"WHERE id = %s {_OVER}",
        [(now, number) for number in numbers],
    )


def note_site(site: int) -> None:
    """Note that all that a site shows goes, because it is closed: its rows stay, its addresses lead elsewhere."""
    found = sql.read("SELECT id FROM base_publicitem WHERE site_id = %s ORDER BY key", [site])
    note_items([number for (number,) in found])


def note(things: Iterable[tuple[str, str, str, int]]) -> None:
    """Note that things went that have no row in the index: (key, language, kind, key of the site) each."""
    now = timezone.now()
    sql.write(
        f"INSERT INTO base_publicremoval ({_COLUMNS}, removed_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s) {_OVER}",
        [(key, language, kind, "", site, None, False, now) for key, language, kind, site in things],
    )


def gone_of(condition: str, parameters: Sequence, most: int) -> list[Removal]:
    """Return what went and is not public again, under a written condition on the removal `r`: one query."""
    rows = sql.read(
        f"SELECT r.key, r.translation_key, CAST(r.removed_at AS TEXT) FROM base_publicremoval r WHERE {condition} "
        f"AND {STILL_GONE} ORDER BY r.removed_at DESC LIMIT {int(most)}",
        parameters,
    )
    return [Removal(key, shared, sql.moment(moment)) for key, shared, moment in rows]
