"""Rows built once a process and put back for every class that wants them.

Building the small city takes seconds, putting its rows back a fraction of one. A snapshot holds the rows of every table
that the building changed; it counts only while the content types are those it was taken with.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection

CONTENT_TYPES = "django_content_type"
_snapshots: dict[str, dict] = {}


@contextmanager
def taken(name: str) -> Iterator[None]:
    """Keep what the block adds and changes in the database under a name."""
    before = _read(_tables())
    yield
    after = _read(_tables())
    _snapshots[name] = {
        "content_types": before[CONTENT_TYPES],
        "rows": {table: rows for table, rows in after.items() if rows != before[table]},
    }


def restore(name: str) -> bool:
    """Put the rows of a snapshot back; tell whether there is one that fits this database."""
    snapshot = _snapshots.get(name)
    if snapshot is None or snapshot["content_types"] != _read([CONTENT_TYPES])[CONTENT_TYPES]:
        return False
    present = _read(snapshot["rows"])
    with connection.cursor() as cursor:
        for table, rows in snapshot["rows"].items():
            _put(cursor, table, rows, present[table])
        models = apps.get_models(include_auto_created=True)
        changed = [model for model in models if model._meta.db_table in snapshot["rows"]]
        for statement in connection.ops.sequence_reset_sql(no_style(), changed):
            cursor.execute(statement)
    return True


def _tables() -> list[str]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [name for name in names if "_fts" not in name]


def _read(tables) -> dict[str, dict]:
    """Return for each table its rows by primary key, as dicts of column and value."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            key = connection.introspection.get_primary_key_column(cursor, table)
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            place = columns.index(key) if key else 0
            found[table] = {row[place]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}
    return found


def _put(cursor, table: str, rows: dict, present: dict) -> None:
    quote = connection.ops.quote_name
    stale = [key for key, row in present.items() if rows.get(key) != row]
    if stale:
        column = connection.introspection.get_primary_key_column(cursor, table)
        cursor.executemany(f"DELETE FROM {quote(table)} WHERE {quote(column)} = %s", [(key,) for key in stale])
    missing = [row for key, row in rows.items() if present.get(key) != row]
    if missing:
        columns = list(missing[0])
        names, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})",
            [tuple(row[column] for column in columns) for row in missing],
        )
