"""Written SQL on the portal's database: what it takes and gives is the same on SQLite and PostgreSQL.

An ORM query costs more processor time than such a statement altogether, before the database has done anything.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone


def read(statement: str, parameters: Sequence = ()) -> list[tuple]:
    """Return the rows of a statement, whose parameters are written as %s."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [given(value) for value in parameters])
        return cursor.fetchall()


def write(statement: str, rows: Iterable[Sequence]) -> None:
    """Execute a statement once for each row of parameters; without a row the database is not asked."""
    if written := [[given(value) for value in row] for row in rows]:
        with connection.cursor() as cursor:
            cursor.executemany(statement, written)


def places(values: Sequence) -> str:
    """Return a place for each of some values: "(%s, %s)"; NULL, which equals nothing, for none."""
    return f"({', '.join(['%s'] * len(values)) or 'NULL'})"


def moment(value) -> datetime | None:
    """Return a moment as a database gives it, in UTC: SQLite gives text, or a datetime without a zone."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if value is not None and timezone.is_naive(value):
        return value.replace(tzinfo=UTC)
    return value


def day(value) -> date | None:
    """Return a date as a database gives it."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def uuid(value) -> UUID:
    """Return a UUID as a database gives it: SQLite has it as text."""
    return value if isinstance(value, UUID) else UUID(value)


def given(value):
    """Return a value as the database takes it among parameters."""
    if isinstance(value, UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value
