"""The one function that says that readers see something else than before: it writes the index and the generations."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from functools import lru_cache

from django.db import connection, transaction
from wagtail.models import Page

from ...queries import sql
from ...queries.aliases import aliases_of
from ..page_cache import generations
from ..translated.same import fields_of
from . import places, removals
from .items import Item, items_of, key_of, specific

TOKENS = ("title_words", "words")
COLUMNS = tuple(column.name for column in fields(Item) if column.name not in TOKENS)


@dataclass
class _Gathered:
    """What several actions declared: of all of them together the rows are locked in one order."""

    pages: list = field(default_factory=list)
    sites: set = field(default_factory=set)
    is_urgent: bool = False
    is_gone: bool = False


_gathered: ContextVar[_Gathered | None] = ContextVar("declared by several actions", default=None)


@contextmanager
def changes_declared_once() -> Iterator[None]:
    """Declare at the end, once, what the actions inside declare (`readers_see_changed`); one transaction around it.

    Each of them locks the generations last, and the next would lock other rows after them. Where one change is urgent,
    all are. A fault declares nothing.
    """
    gathered = _Gathered()
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    readers_see_changed(gathered.pages, sites=gathered.sites, urgent=gathered.is_urgent, gone=gathered.is_gone)


def readers_see_changed(
    things: Iterable = (), *, sites: Iterable = (), urgent: bool = False, gone: bool = False
) -> None:
    """Declare what readers see of some things changed: the last statement of an action, in its transaction.

    `things`: pages as they are stored now, public or not; rows of other tables that have no item only raise
    generations. Their items are written anew or removed, those of their public aliases too. `sites`: PortalSites, or
    their keys, that show something else now; what `urgent` and `gone` mean for old copies says
    `page_cache.generations.raise_generation`. Rows are locked in the order of their keys, the generations last.
    """
    pages = [thing for thing in things if isinstance(thing, Page)]
    if (gathered := _gathered.get()) is not None:
        gathered.pages += pages
        gathered.sites |= {generations.site_key(site) for site in sites}
        gathered.is_urgent, gathered.is_gone = gathered.is_urgent or urgent, gathered.is_gone or gone
        return
    with transaction.atomic(savepoint=False):
        if pages:
            store(pages)
        generations.raise_generation(sites, urgent=urgent, gone=gone)


def store(pages: Iterable) -> None:
    """Write the items of pages anew, and remove those of pages that are not public."""
    pages = [page if hasattr(page, "own_facts") else page.specific for page in pages]
    pages += _following(pages)
    # What is no page of the portal, such as the root of the tree, has no item.
    pages = [page for page in pages if hasattr(page, "own_facts")]
    items = sorted(items_of(pages), key=lambda item: (item.key, item.language))
    remove({key_of(page) for page in pages} - {item.key for item in items})
    # A page has one language; in another one it is another page.
    _write(items)
    places.store(pages, items)


def remove(keys: Iterable[str]) -> None:
    """Remove the items of some keys; that they went stays noted (`removals.py`)."""
    keys = sorted(keys)
    if keys:
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        found = sql.read(f"SELECT id FROM base_publicitem WHERE key IN {sql.places(keys)} ORDER BY key{lock}", keys)
        removals.note_items([number for (number,) in found])
        sql.write("DELETE FROM base_publicitem WHERE id = %s", found)
        if connection.vendor == "sqlite":
            sql.write("DELETE FROM base_publicwords_fts WHERE rowid = %s", found)


def _write(items: list[Item]) -> None:
    """Insert items, or write over those that are there; on SQLite their words are in a table of their own."""
    if not items:
        return
    rows = [tuple(getattr(item, name) for name in COLUMNS) for item in items]
    if connection.vendor == "postgresql":
        tokens = [(sorted(item.title_words), sorted(item.words)) for item in items]
        sql.write(_store((*COLUMNS, *TOKENS)), [(*row, *words) for row, words in zip(rows, tokens, strict=True)])
        return
    sql.write(_store(COLUMNS), rows)
    keys = [item.key for item in items]
    stored = sql.read(f"SELECT key, language, id FROM base_publicitem WHERE key IN {sql.places(keys)}", keys)
    numbers = {(key, language): number for key, language, number in stored}
    numbered = [(numbers[item.key, item.language], item) for item in items]
    # FTS5 knows no "insert or write over".
    sql.write("DELETE FROM base_publicwords_fts WHERE rowid = %s", [(number,) for number, _item in numbered])
    sql.write(
        "INSERT INTO base_publicwords_fts (rowid, title_words, words) VALUES (%s, %s, %s)",
        [(number, " ".join(sorted(item.title_words)), " ".join(sorted(item.words))) for number, item in numbered],
    )


@lru_cache
def _store(columns: tuple[str, ...]) -> str:
    places = ", ".join("array_to_tsvector(%s::text[])" if name in TOKENS else "%s" for name in columns)
    anew = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in ("key", "language"))
    return (
        f"INSERT INTO base_publicitem ({', '.join(columns)}) VALUES ({places}) "
        f"ON CONFLICT (key, language) DO UPDATE SET {anew}"
    )


def _following(pages: list) -> list:
    """The pages whose items follow from others: aliases, and translations."""
    keys = [page.pk for page in pages]
    found = [*aliases_of(keys), *_translations(pages)]
    return specific(Page.objects.filter(pk__in=found)) if found else []


def _translations(pages: list) -> list[int]:
    """The public translations of pages that show there what is the same in each language."""
    keys = [page.translation_key for page in pages if fields_of(type(page))]
    if not keys:
        return []
    found = Page.objects.filter(translation_key__in=keys, live=True).exclude(pk__in=[page.pk for page in pages])
    return list(found.values_list("pk", flat=True))
