"""The index as a whole: written anew on a portal that runs, and what must hold of it."""

from collections.abc import Iterator

from django.db import transaction
from wagtail.models import Page

from ...locking import hold_all
from ...queries import sql
from ...sites import sites_held
from . import places
from .items import Item, in_batches, items_of, specific
from .writing import COLUMNS, remove, store


def rebuild() -> tuple[int, int]:
    """Write the items of all public pages anew; return how many there are, and how many others were removed.

    On a portal that runs: in batches, each in a transaction of its own with its pages locked, so that readers find
    everything meanwhile and no publication is overtaken by an older row. A row goes only when its page is found not
    public while it is locked.
    """
    keys = list(_public_pages().values_list("pk", flat=True))
    stale = [int(key) for (key,) in sql.read(_WITHOUT_PAGE)]
    for batch in in_batches([*keys, *stale]):
        with transaction.atomic():
            pages = Page.objects.filter(pk__in=batch).order_by("pk")
            hold_all(pages)
            store(specific(pages.all()))
    lost = [key for (key,) in sql.read(_LOST)]
    remove(lost)
    places.end(lost)
    return len(keys), len(stale) + len(lost)


# Rows whose page is not public, by page; rows whose page is not there.
_WITHOUT_PAGE = (
    "SELECT i.page_id FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id WHERE NOT p.live "
    "ORDER BY i.page_id"
)
_LOST = (
    "SELECT i.key FROM base_publicitem i LEFT JOIN wagtailcore_page p ON p.id = i.page_id WHERE p.id IS NULL "
    "ORDER BY i.key"
)


def violations() -> list[str]:
    """Return a line for each public page whose row is missing or is not as it would be made now, and each other row."""
    found, wanted = [], set()
    for pages, items in _all_items():
        found += places.violations(pages, items)
        stored = _stored([item.key for item in items])
        for item in items:
            wanted.add((item.key, item.language))
            row = stored.get((item.key, item.language))
            if row is None:
                found.append(f"«{item.title}» ({item.key}) đang đăng mà không có trong chỉ mục công khai.")
            elif differing := [name for name in COLUMNS if getattr(item, name) != row[name]]:
                names = ", ".join(differing)
                found.append(f"Chỉ mục công khai ghi «{item.title}» ({item.key}) khác với nội dung đang đăng: {names}.")
    rows = sql.read("SELECT key, language, title FROM base_publicitem ORDER BY key, language")
    found += places.left_over()
    found += [
        f"Chỉ mục công khai còn «{title}» ({key}) không đăng nữa."
        for key, language, title in rows
        if (key, language) not in wanted
    ]
    return found


def _public_pages():
    return Page.objects.live().filter(depth__gt=1).order_by("pk")


def _all_items() -> Iterator[tuple[list, list[Item]]]:
    """Return all public pages and their items as they would be made now, in batches."""
    keys = list(_public_pages().values_list("pk", flat=True))
    with sites_held():
        for batch in in_batches(keys):
            pages = [page for page in specific(Page.objects.filter(pk__in=batch)) if hasattr(page, "own_facts")]
            yield pages, list(items_of(pages))


def _stored(keys: list[str]) -> dict[tuple[str, str], dict]:
    """Return the rows of some keys as dicts of the values that an item has."""
    rows = sql.read(f"SELECT {', '.join(COLUMNS)} FROM base_publicitem WHERE key IN {sql.places(keys)}", keys)
    found = {}
    for values in rows:
        row = dict(zip(COLUMNS, values, strict=True))
        row |= {name: sql.moment(row[name]) for name in ("published_at", "updated_at")}
        row |= {name: sql.day(row[name]) for name in ("starts_on", "ends_on")}
        row |= {name: bool(row[name]) for name in ("stands_first", "in_feed")}
        found[row["key"], row["language"]] = row
    return found
