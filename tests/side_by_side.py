"""Several people at the same moment: threads on PostgreSQL, one after the other on SQLite.

SQLite has one writer at a time whatever we do, and the database in memory that tests use is one connection's: there the
calls follow each other, which must give the same result as any other order.
"""

import threading

from django.db import connection


def at_once(calls) -> list:
    """Start all calls at one moment; return for each what it returned, or the exception it raised."""
    results = [None] * len(calls)
    if connection.vendor == "sqlite":
        for number, call in enumerate(calls):
            results[number] = _outcome(call)
        return results
    start = threading.Barrier(len(calls))

    def run(number, call):
        try:
            start.wait(30)
            results[number] = _outcome(call)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def _outcome(call):
    try:
        return call()
    except Exception as error:  # noqa: BLE001  the test looks at it
        return error
