"""What a run makes once for all its tests: a migrated database to copy (half a minute), the static files (a dozen s).

`tools/run_tests.py` migrates once for SQLite and once for PostgreSQL and collects the static files for the portals that
the browser's tests start. It names what it made in the environment: a file, a database of the server, a folder. Where
nothing is named, each test that wants one makes its own.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from unittest import mock

from django.core import management
from django.db import connection

SQLITE, POSTGRESQL, STATIC_FILES = "MIGRATED_SQLITE", "MIGRATED_POSTGRESQL", "COLLECTED_STATIC"


@contextmanager
def beginning_as_copy() -> Iterator[None]:
    """Let the test database that Django makes in the block begin as a copy, if there is something to copy."""
    if connection.vendor == "postgresql":
        if POSTGRESQL in os.environ:
            connection.settings_dict["TEST"]["TEMPLATE"] = os.environ[POSTGRESQL]
        with _left_as_it_is() if POSTGRESQL in os.environ else nullcontext():
            yield
    elif SQLITE in os.environ:
        # A database in memory is there as long as somebody is connected.
        with closing(sqlite3.connect(connection.creation._get_test_db_name(), uri=True)) as kept:
            with closing(sqlite3.connect(os.environ[SQLITE])) as migrated:
                migrated.backup(kept)
            with _left_as_it_is():
                yield
    else:
        yield


@contextmanager
def _left_as_it_is() -> Iterator[None]:
    """Let Django not migrate the copy: it would make all models anew to find that nothing is left to do."""
    create, call_command = connection.creation.create_test_db, management.call_command

    def call(command, *arguments, **options):
        if command != "migrate":
            call_command(command, *arguments, **options)

    def create_only(*arguments, **options):
        with mock.patch.object(management, "call_command", call):
            return create(*arguments, **options)

    with mock.patch.object(connection.creation, "create_test_db", create_only):
        yield


def copy_to(file: Path) -> bool:
    """Put a migrated SQLite database where a portal will look for its own; return whether there was one to copy."""
    if SQLITE in os.environ:
        shutil.copyfile(os.environ[SQLITE], file)
    return SQLITE in os.environ


def link_static_files(folder: Path) -> bool:
    """Put the collected static files where a portal will look for its own; return whether there were any."""
    if STATIC_FILES in os.environ:
        folder.symlink_to(os.environ[STATIC_FILES], target_is_directory=True)
    return STATIC_FILES in os.environ
