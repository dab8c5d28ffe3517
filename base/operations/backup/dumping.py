"""The database as one consistent stream, with the number of rows that it holds, and back into an empty one.

PostgreSQL: a transaction of its own exports its snapshot, `pg_dump` writes that snapshot (custom format, compressed),
and the rows are counted in it. SQLite: the backup interface of the engine copies the file while others write; the copy
is counted, checked and compressed. Sessions are left out: who was signed in at that moment signs in anew.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg2
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.utils import timezone

from .children import environment
from .target import READ_BYTES, BackupFailed, pieces_of

POSTGRESQL, SQLITE = "postgresql", "sqlite"
# The parts of a connection's settings that libpq knows; Django's own are no business of `pg_dump`.
LIBPQ = ("dbname", "user", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options")
COMPRESSION = 3
LONGEST_WAIT_SECONDS = 60
GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Dump:
    """A database at one moment: `kind`, `made_at`, rows by table, and its bytes as `pieces`, to be read once."""

    kind: str
    made_at: datetime
    counts: dict[str, int]
    pieces: Iterator[bytes]


@contextlib.contextmanager
def dumped(work: Path) -> Iterator[Dump]:
    """Give the database as it is now. `work`: a folder for what must lie on the disk meanwhile."""
    with _from_postgresql() if connection.vendor == POSTGRESQL else _from_sqlite(work) as dump:
        yield dump


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, the newest installed. Raises BackupFailed."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise BackupFailed(f"Máy này chưa có {name}; hãy cài gói postgresql-client đúng phiên bản của máy chủ.")
    return path


def connecting(parameters: dict) -> tuple[str, dict[str, str]]:
    """Return how PostgreSQL's programs find a database, and their environment with the password, which no list shows.

    `parameters`: as psycopg2 takes them.
    """
    named = {key: value for key, value in parameters.items() if key in LIBPQ and value not in (None, "")}
    password = {"PGPASSWORD": parameters["password"]} if parameters.get("password") else {}
    return psycopg2.extensions.make_dsn(**named), environment(**password)


# --- Writing ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def _from_postgresql() -> Iterator[Dump]:
    # A pool passes on neither the snapshot of another session nor what `pg_dump` sets.
    source = connections["direct"] if "direct" in settings.DATABASES else connection
    parameters = source.get_connection_params()
    where, surroundings = connecting(parameters)
    tables = set(connection.introspection.table_names()) - {Session._meta.db_table}
    made_at = timezone.now()
    with contextlib.closing(source.get_new_connection(parameters)) as own:
        own.rollback()
        own.set_session(isolation_level="REPEATABLE READ", readonly=True, autocommit=False)
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            (snapshot,) = cursor.fetchone()
            counts = _counts(cursor, tables)
            command = [
                program("pg_dump"),
                "--format=custom",
                f"--compress={COMPRESSION}",
                "--no-owner",
                "--no-privileges",
                f"--exclude-table-data={Session._meta.db_table}",
                f"--snapshot={snapshot}",
                f"--dbname={where}",
            ]
            yield Dump(POSTGRESQL, made_at, counts, _output_of(command, surroundings))
        own.rollback()


def _output_of(command: list[str], surroundings: dict) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, env=surroundings) as process:
            try:
                while piece := process.stdout.read(READ_BYTES):
                    yield piece
            finally:
                # Who reads no further wants no more of it.
                process.stdout.close()
        if process.returncode:
            errors.seek(0)
            text = errors.read().decode(errors="replace").strip()[-500:]
            raise BackupFailed(f"{Path(command[0]).name} không xuất được cơ sở dữ liệu: {text}")


@contextlib.contextmanager
def _from_sqlite(work: Path) -> Iterator[Dump]:
    path = work / "database.sqlite3"
    made_at = timezone.now()
    with contextlib.closing(sqlite3.connect(path)) as copy, _source() as source:
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        source.backup(copy, progress=lambda status, _left, _all: _demand_progress(status, until))
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute(f"DELETE FROM {Session._meta.db_table}")
        copy.commit()
        (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise BackupFailed(
                f"Tệp cơ sở dữ liệu SQLite bị hỏng ({verdict}); hãy giữ nguyên máy và xem tài liệu vận hành."
            )
        tables = set(connection.introspection.table_names()) - {Session._meta.db_table}
        counts = _counts(copy.cursor(), tables)
    yield Dump(SQLITE, made_at, counts, compressed(pieces_of(path)))
    path.unlink()


@contextlib.contextmanager
def _source() -> Iterator[sqlite3.Connection]:
    """A connection of its own to the file: one that is inside a transaction cannot be copied from."""
    name = str(connection.settings_dict["NAME"])
    if "mode=memory" in name:
        connection.ensure_connection()
        yield connection.connection
        return
    with contextlib.closing(sqlite3.connect(name, timeout=LONGEST_WAIT_SECONDS)) as source:
        yield source


def _demand_progress(status: int, until: float) -> None:
    """Raise BackupFailed instead of waiting permanently for a database that another one has locked."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > until:
        raise BackupFailed("Cơ sở dữ liệu SQLite bị một tiến trình khác khóa quá lâu; hãy chạy lại sau.")


def _counts(cursor, tables) -> dict[str, int]:
    found = {}
    for table in sorted(tables):
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        (found[table],) = cursor.fetchone()
    return found


def compressed(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces as one gzip stream."""
    packing = zlib.compressobj(COMPRESSION, wbits=GZIP)
    for piece in pieces:
        yield packing.compress(piece)
    yield packing.flush()


def expanded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what a gzip stream holds, in pieces of bounded size. Raises BackupFailed for what is none."""
    unpacking = zlib.decompressobj(wbits=GZIP)
    try:
        for piece in pieces:
            while piece:
                yield unpacking.decompress(piece, READ_BYTES)
                piece = unpacking.unconsumed_tail
        yield unpacking.flush()
    except zlib.error as error:
        raise BackupFailed("Bản sao lưu bị hỏng: không giải nén được.") from error
    if not unpacking.eof:
        raise BackupFailed("Bản sao lưu bị hỏng: dữ liệu nén bị cắt.")


# --- Reading ---------------------------------------------------------------------------------------


def is_empty(url: str) -> bool:
    """Whether a PostgreSQL database holds no table. Raises BackupFailed when it cannot be asked."""
    try:
        with contextlib.closing(psycopg2.connect(url, connect_timeout=5)) as there, there.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') "
                "AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"
            )
            return cursor.fetchone()[0] == 0
    except psycopg2.Error as error:
        raise BackupFailed(f"Không kết nối được cơ sở dữ liệu đích: {str(error).strip()[:300]}") from error


def into_postgresql(pieces: Iterator[bytes], url: str) -> None:
    """Write a dump of PostgreSQL into an empty database, all of it or nothing."""
    where, surroundings = connecting(psycopg2.extensions.parse_dsn(url))
    command = [
        program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={where}",
    ]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=errors, stderr=errors, env=surroundings)
        try:
            with contextlib.suppress(BrokenPipeError):
                for piece in pieces:
                    process.stdin.write(piece)
                process.stdin.close()
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
        if process.returncode:
            errors.seek(0)
            text = errors.read().decode(errors="replace").strip()[-500:]
            raise BackupFailed(f"pg_restore không ghi được cơ sở dữ liệu: {text}")


def into_sqlite(pieces: Iterator[bytes], path: Path) -> None:
    """Write a dump of SQLite as a file, on the disk when this returns."""
    with open(path, "xb") as file:
        os.fchmod(file.fileno(), 0o600)
        for piece in expanded(pieces):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    with contextlib.closing(sqlite3.connect(path)) as found:
        if found.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise BackupFailed("Tệp cơ sở dữ liệu trong bản sao lưu bị hỏng.")
