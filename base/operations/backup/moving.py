"""The rows of a SQLite database into a PostgreSQL database that `migrate` has just made: all keys stay.

1. Every table of the portal is emptied of what `migrate` wrote, the guarded ones too: their triggers go first and are
made anew at the end. 2. Each table is read as it is stored and written by COPY, so nothing is decrypted, no rule of
publication is asked and no moment loses a digit. 3. The sequences go on behind the highest keys. All of it is one
transaction. 4. Indexes of words (columns `tsvector`) have another form in each engine: they are left empty, and the
rooms that have them make them anew.
"""

import contextlib
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from .. import append_only
from .target import BackupFailed

ROWS_A_PIECE = 500


def move(source: Path) -> dict[str, int]:
    """Copy all rows of a SQLite file; return how many by table. Raises BackupFailed, and then nothing was copied."""
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as old, transaction.atomic():
        tables, words = tables_to_copy(), tables_of_words()
        with connection.cursor() as cursor:
            append_only.remove()
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            names = ", ".join(connection.ops.quote_name(name) for name in [*tables, *words])
            cursor.execute(f"TRUNCATE {names} CASCADE")
            counts = {table: _copy(old, table, cursor) for table in tables}
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True)):
                cursor.execute(statement)
            append_only.install()
    ContentType.objects.clear_cache()
    return counts


def tables_to_copy() -> list[str]:
    """Return the tables whose rows are copied."""
    left_out = {Session._meta.db_table, MigrationRecorder.Migration._meta.db_table, *tables_of_words()}
    return sorted(set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - left_out)


def tables_of_words() -> set[str]:
    """Return the tables that are indexes of words in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'tsvector'"
        )
        return {name for (name,) in cursor.fetchall()}


def _copy(old: sqlite3.Connection, table: str, cursor) -> int:
    types = _types(table, cursor)
    columns = [name for _number, name, *_rest in old.execute(f'PRAGMA table_info("{table}")')]
    if not columns:
        raise BackupFailed(
            f"Cơ sở dữ liệu SQLite không có bảng {table}: hãy chạy migrate với đúng bản đã sao lưu trước."
        )
    if missing := set(columns) ^ types.keys():
        raise BackupFailed(
            f"Bảng {table} khác nhau ở cột {', '.join(sorted(missing))}: hãy khôi phục bằng đúng bản đã sao lưu."
        )
    names = ", ".join(connection.ops.quote_name(name) for name in columns)
    rows = old.execute(f'SELECT {names} FROM "{table}"')
    text = _Text(_pieces(rows, [types[name] for name in columns]))
    try:
        cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} ({names}) FROM STDIN WITH (FORMAT csv)", text)
    except DatabaseError as error:
        raise BackupFailed(f"PostgreSQL không nhận một dòng của bảng {table}: {str(error).strip()[:300]}") from error
    return cursor.rowcount


def _types(table: str, cursor) -> dict[str, str]:
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = %s",
        [table],
    )
    return dict(cursor.fetchall())


def _pieces(rows: sqlite3.Cursor, types: list[str]) -> Iterator[str]:
    """Yield the rows as CSV, some hundred at a time."""
    while found := rows.fetchmany(ROWS_A_PIECE):
        lines = (",".join(map(_quoted, map(_value, row, types))) for row in found)
        yield "".join(f"{line}\n" for line in lines)


def _value(value, kind: str) -> str | None:
    """A value as PostgreSQL reads it; most texts of SQLite are what it reads already."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if kind == "interval":
        return f"{value} microseconds"
    return str(value)


def _quoted(value: str | None) -> str:
    # COPY takes nothing for no value, two quotes for an empty text.
    return "" if value is None else '"' + value.replace('"', '""') + '"'


class _Text(io.TextIOBase):
    """A text that is made while it is read."""

    def __init__(self, pieces: Iterator[str]):
        self._pieces, self._held = pieces, ""

    def read(self, size: int = -1) -> str:
        while size < 0 or len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        taken, self._held = (self._held, "") if size < 0 else (self._held[:size], self._held[size:])
        return taken
