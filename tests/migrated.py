"""Databases of tests that begin as a copy of a migrated one, because going through all migrations takes half a minute.

`tools/run_tests.py` migrates once a run for SQLite and once for PostgreSQL, and names what it made in the environment:
the path of a file, and a database of the server. Django then still runs whatever migration the copy lacks. Where
nothing is named, each database goes through all migrations.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection

SQLITE, POSTGRESQL = "MIGRATED_SQLITE", "MIGRATED_POSTGRESQL"


@contextmanager
def beginning_as_copy() -> Iterator[None]:
    """Let the test database that Django makes in the block begin as a copy, if there is something to copy."""
    if connection.vendor == "postgresql":
        if POSTGRESQL in os.environ:
            connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[POSTGRESQL]
        yield
    elif SQLITE in os.environ:
        # A database in memory is there as long as somebody is connected.
        with closing(sqlite3.connect(connection.creation._get_test_db_name(), uri=True)) as kept:
            with closing(sqlite3.connect(os.environ[SQLITE])) as migrated:
                migrated.backup(kept)
            yield
    else:
        yield


def copy_to(file: Path) -> None:
    """Put a migrated SQLite database where a portal of the tests will look for its own, if there is one to copy."""
    if SQLITE in os.environ:
        shutil.copyfile(os.environ[SQLITE], file)
