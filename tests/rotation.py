"""Which tests a run on PostgreSQL takes: what can differ there always, an eighth of the rest in turn.

Without `ROTATION` in the environment everything runs. `tools/run_tests.py` sets it to "k/n", by the count of commits:
n builds one after the other run everything on PostgreSQL, and `make test-all` runs it at once. Tests that ask no
database run on SQLite alone, in both commands.
"""

import os
import zlib
from collections import Counter
from pathlib import Path

from django.test import SimpleTestCase, TestCase, TransactionTestCase

ROTATION, LEFT_OUT = "ROTATION", "ROTATION_LEFT_OUT"
# Folders and files whose subject the database decides: order of rows without a key, locks, constraints, triggers,
# search, aggregates, sequences, JSON, what another connection sees.
ALWAYS = (
    "tests/isolation/",
    "tests/journeys/",
    "tests/search/",
    "tests/tools/",
    "tests/base/test_audit",
    "tests/base/test_bad_inputs",
    "tests/base/test_clean_input",
    "tests/base/test_database_away",
    "tests/base/test_headers",
    "tests/base/test_installation",
    "tests/base/test_outbox",
    "tests/base/test_periodic",
    "tests/base/test_reading_waits_for_nobody",
    "tests/base/test_seen_versions",
    "tests/base/test_submissions",
    "tests/base/test_tampering",
    "tests/base/test_throttle",
    "tests/base/test_unreadable_input",
    "tests/accounts/test_appointments",
    "tests/accounts/test_sign_in_throttle",
    "tests/faq/test_asking",
    "tests/faq/test_figures",
    "tests/faq/test_nothing_leaks",
    "tests/faq/test_numbering",
    "tests/home/test_doctor",
    "tests/legalref/test_agreeing",
    "tests/legalref/test_citing_races",
    "tests/legalref/test_import",
    "tests/legalref/test_numbering",
    "tests/legalref/test_register_index",
    "tests/legalref/test_status_table",
    "tests/legalref/test_views",
    "tests/sections/test_listing",
    "tests/servicecatalog/test_dossier_figures",
    "tests/servicecatalog/test_listing",
    "tests/servicecatalog/test_usage",
    "tests/workflows/test_archive",
    "tests/workflows/test_deadline",
    "tests/workflows/test_disposal",
    "tests/workflows/test_invariants",
    "tests/workflows/test_nothing_is_destroyed",
    "tests/workflows/test_performance",
    "tests/workflows/test_races",
)


def choose(items: list) -> tuple[list, list]:
    """Return the tests that this run takes, and those it leaves out; `items` are pytest's."""
    if not os.environ.get(ROTATION):
        return items, []
    part, parts = (int(number) for number in os.environ[ROTATION].split("/"))
    taken, left_out = [], []
    for item in items:
        (taken if _is_taken(item, part, parts) else left_out).append(item)
    return taken, left_out


def note(left_out: list) -> None:
    """Write down how many tests of each file were left out, for the end of the run; every process writes the same."""
    if target := os.environ.get(LEFT_OUT):
        files = Counter(item.nodeid.split("::")[0].removeprefix("tests/") for item in left_out if asks_database(item))
        Path(target).write_text("\n".join(f"{name} {count}" for name, count in sorted(files.items())))


def asks_database(item) -> bool:
    """Return whether a test may use the database."""
    if item.cls is not None and issubclass(item.cls, SimpleTestCase):
        return issubclass(item.cls, TransactionTestCase)
    return item.get_closest_marker("django_db") is not None or bool({"db", "transactional_db"} & {*item.fixturenames})


def _is_taken(item, part: int, parts: int) -> bool:
    if not asks_database(item):
        return False
    if item.nodeid.startswith(ALWAYS) or not issubclass(item.cls or TestCase, TestCase):
        return True
    # Classes stay whole: what they set up is paid for once. A number that is the same in every process and run.
    scope = item.nodeid.rsplit("::", 1)[0]
    return parts == 1 or zlib.crc32(scope.encode()) % parts == part
