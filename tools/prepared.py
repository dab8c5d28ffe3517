"""Whether this very database was prepared by this very code, answered without starting Django.

The mark is a row of the heartbeat table in the database itself, named after the digest of the code: a mark
kept beside the database could belong to another one.
"""

import contextlib
import sqlite3
from pathlib import Path

import psycopg2

PREFIX = "prepare-"
_QUERY = "SELECT last_result FROM base_jobheartbeat WHERE name = {}"


def is_prepared(digest: str, database_url: str, sqlite_file: Path) -> bool:
    """True when `prepare.py` finished with `digest` on the database in use; False when that is unknown."""
    try:
        if database_url:
            with contextlib.closing(psycopg2.connect(database_url)) as connection:
                cursor = connection.cursor()
                cursor.execute(_QUERY.format("%s"), [PREFIX + digest])
                row = cursor.fetchone()
        elif sqlite_file.exists():
            with contextlib.closing(sqlite3.connect(sqlite_file)) as connection:
                row = connection.execute(_QUERY.format("?"), [PREFIX + digest]).fetchone()
        else:
            return False
    except (sqlite3.Error, psycopg2.Error):
        return False
    return row == ("ok",)
