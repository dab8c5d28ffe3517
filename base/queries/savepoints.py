"""Inside an action a nested block of its transaction makes no savepoint: what fails in it fails the whole action.

Django and Wagtail enclose what they save in blocks of their own, each with two statements for the case that a caller
catches its error and goes on. An action goes on after none: it is done as a whole or not at all.

A block asks the connection for a savepoint, and goes without one where it gets None, as with `savepoint=False`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.transaction import TransactionManagementError


@contextmanager
def savepoints_left_out() -> Iterator[None]:
    """Make no savepoint inside; nests.

    The block around it takes everything back when one inside fails, also where that error was caught: raises
    TransactionManagementError then, so that nothing which was taken back is reported as done.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    before = vars(connection).get("savepoint")
    connection.savepoint = _no_savepoint
    try:
        yield
    finally:
        _put_back(connection, before)
    if connection.in_atomic_block and connection.needs_rollback:
        raise TransactionManagementError("A part of the action failed, and its error was caught.")


@contextmanager
def savepoints_made() -> Iterator[None]:
    """Make savepoints inside again: for what catches an error of the database and goes on."""
    connection = connections[DEFAULT_DB_ALIAS]
    before = vars(connection).pop("savepoint", None)
    try:
        yield
    finally:
        _put_back(connection, before)


def _no_savepoint() -> None:
    return None


def _put_back(connection, before) -> None:
    if before is None:
        vars(connection).pop("savepoint", None)
    else:
        connection.savepoint = before
