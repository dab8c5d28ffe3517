"""Tamper with the audit trail and the archive, many times over: all must be found, the first bad entry named.

    python bench/tamper.py --count 1000 --seed 1
    python bench/tamper.py --count 1000 --seed 1 --database postgresql

The small city of the tests gets a trail of some hundred entries and an archive with destroyed copies, in a database
of its own. Each tampering (`tests/tampering.py`: changed, deleted, put in, swapped, written anew, cut; rows, files and
what lies outside the database) is done with triggers and unique rules away, looked at by what `verify_audit` and
`verify_archive` call, and taken back. The same seed makes the same tamperings. Prints numbers by kind, and every miss;
the exit code is 1 when there was one.
"""

import argparse
import os
import random
import sys
import time
from pathlib import Path

from chosen_database import database_of

ROOT = Path(__file__).resolve().parent.parent
ENTRIES, COPIES = 250, 12


def main() -> int:
    """Prepare the trail, tamper, print the report."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = options.parse_args()
    with database_of(chosen.database):
        return run(chosen)


def run(chosen) -> int:
    """Tamper `chosen.count` times, every kind equally often; return the exit code."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django  # noqa: PLC0415  after the environment is set

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    from tests import tampering  # noqa: PLC0415
    from tests.city import build_city  # noqa: PLC0415

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        rng = random.Random(chosen.seed)
        with transaction.atomic():
            tampering.build(build_city(), rng, entries=ENTRIES, copies=COPIES)
        run = tampering.Run(rng)
        if violations := run.violations():
            sys.stdout.write("Nhật ký không nguyên vẹn từ đầu: " + "; ".join(violations) + "\n")
            return 1
        began = time.monotonic()
        for number in range(chosen.count):
            run.tamper(tampering.KINDS[number % len(tampering.KINDS)])
        report(run, connection.vendor, time.monotonic() - began)
        return 1 if run.misses or run.violations() else 0
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def report(run, vendor: str, seconds: float) -> None:
    """Print a line a kind, then the whole."""
    for name, tried in run.tried.items():
        sys.stdout.write(f"{name:45} {tried:4} lần, tìm thấy {run.found[name]:4}, nêu đúng {run.named[name]:4}\n")
    for miss in run.misses:
        sys.stdout.write(f"SÓT {miss}\n")
    tried, found, named = (sum(numbers.values()) for numbers in (run.tried, run.found, run.named))
    sys.stdout.write(
        f"{vendor}: tìm thấy {found}/{tried}, nêu đúng chỗ sai đầu tiên {named}/{tried}, {seconds:.0f} giây\n"
    )


if __name__ == "__main__":
    sys.exit(main())
