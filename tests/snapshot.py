"""Rows built once a process and put back for every class that wants them.

Building the small city takes seconds, putting its rows back a fraction of one. A snapshot holds the rows of every table
that the building changed; it counts only while the content types are those it was taken with.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import time

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

CONTENT_TYPES = "django_content_type"
# The indexes of words on SQLite, which no model stands for; other such indexes follow their tables.
WORDS = ("legalref_registerwords_fts", "base_publicwords_fts")
# How many values one INSERT brings; both databases take more.
VALUES_AT_ONCE = 2000
_snapshots: dict[str, dict] = {}


@contextmanager
def taken(name: str) -> Iterator[None]:
    """Keep what the block adds and changes in the database under a name."""
    before = everything()
    yield
    after = everything()
    _snapshots[name] = {
        "content_types": before[CONTENT_TYPES],
        "rows": {table: rows for table, rows in after.items() if rows != before[table]},
    }


def built(name: str, build: Callable[[], None]) -> None:
    """Put the rows of a snapshot back, or build and take it; what is there before must be the same each time."""
    if not restore(name):
        with taken(name):
            build()


def fits(name: str) -> bool:
    """Tell whether there is a snapshot of this name that was taken of such a database."""
    snapshot = _snapshots.get(name)
    return snapshot is not None and snapshot["content_types"] == _read([CONTENT_TYPES])[CONTENT_TYPES]


def restore(name: str) -> bool:
    """Put the rows of a snapshot back; tell whether there is one that fits this database."""
    if not fits(name):
        return False
    put_back(_snapshots[name]["rows"])
    return True


def everything() -> dict[str, dict]:
    """Return the rows of all tables, for `put_back`."""
    return _read(_tables())


def put_back(rows: dict[str, dict]) -> None:
    """Give each of these tables the rows it had, and no others; each counts on from its last row.

    Keys may point to rows that come later: to be called inside a transaction.
    """
    present = _read(rows)
    changed = [table for table in rows if rows[table] != present[table]]
    with connection.cursor() as cursor:
        for table in changed:
            _put(cursor, table, rows[table], present[table])
        _count_on(cursor, changed)


def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [name for name in names if "_fts" not in name] + [*WORDS] * (connection.vendor == "sqlite")


def _models() -> dict:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in models if not model._meta.proxy}


def _keys() -> dict[str, str]:
    """The column of the primary key of each table."""
    return dict.fromkeys(WORDS, "rowid") | {table: model._meta.pk.column for table, model in _models().items()}


def _read(tables: Iterable[str]) -> dict[str, dict]:
    """Return for each table its rows by primary key, as dicts of column and value."""
    found, keys = {}, _keys()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT {'rowid, ' * (table in WORDS)}* FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            place = columns.index(keys[table])
            found[table] = {row[place]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}
    return found


def _put(cursor, table: str, rows: dict, present: dict) -> None:
    quote = connection.ops.quote_name
    stale = [key for key, row in present.items() if rows.get(key) != row]
    if stale:
        column = quote(_keys()[table])
        cursor.executemany(f"DELETE FROM {quote(table)} WHERE {column} = %s", [(key,) for key in stale])
    missing = [row for key, row in rows.items() if present.get(key) != row]
    if missing:
        columns = list(missing[0])
        names, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
        # psycopg2 sends `executemany` row by row, so many rows go in one statement.
        most = VALUES_AT_ONCE // len(columns)
        for first in range(0, len(missing), most):
            some = missing[first : first + most]
            cursor.execute(
                f"INSERT INTO {quote(table)} ({names}) VALUES {', '.join([f'({marks})'] * len(some))}",
                # SQLite takes a time of day as text only, which is how Django gives it.
                [str(value) if isinstance(value, time) else value for row in some for value in row.values()],
            )


def _count_on(cursor, tables: list[str]) -> None:
    models = [model for table, model in _models().items() if table in tables]
    if connection.vendor == "sqlite":
        for table, key in ((model._meta.db_table, model._meta.pk.column) for model in models):
            last = f'SELECT COALESCE(MAX("{key}"), 0) FROM "{table}"'
            cursor.execute(f"UPDATE sqlite_sequence SET seq = ({last}) WHERE name = %s", [table])
        return
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(statement)
