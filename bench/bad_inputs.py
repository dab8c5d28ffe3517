"""Send thousands of bad inputs to the portal and count what it answers; 5xx must be none.

    python bench/bad_inputs.py --count 5000 --seed 1
    python bench/bad_inputs.py --count 5000 --seed 2 --database postgresql

The small city of the tests with one page of every type is built in a database of its own. Half of the requests are
those of readers, half those of a contributor, an editor, a deputy head (who approves) and the superuser. The same seed
makes the same requests. Prints numbers by kind and status, and every 5xx with its traceback; the exit code is 1 when
there was one. `--only "quản trị"` sends the kinds that start so.
"""

import argparse
import itertools
import os
import sys
import time
from pathlib import Path

from chosen_database import database_of

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = ("contributor", "editor", "deputy", "superuser")


def main() -> int:
    """Prepare the city, send the requests, print the report."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--count", type=int, default=5000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="")
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    chosen = options.parse_args()
    with database_of(chosen.database):
        report = run(chosen)
    sys.stdout.write(report.text() + "\n")
    return 1 if report.errors else 0


def run(chosen):
    """Build the city and send `chosen.count` requests; return the report."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django  # noqa: PLC0415  after the environment is set

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.test import override_settings  # noqa: PLC0415

    from tests import bad_inputs  # noqa: PLC0415
    from tests.browser.every_page import one_of_every_type  # noqa: PLC0415
    from tests.city import build_city  # noqa: PLC0415

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    try:
        city = build_city(english=True)
        bad_inputs.question_to_track(city)
        paths = [*bad_inputs.PUBLIC_PATHS, *one_of_every_type(city).values()]
        with override_settings(ALLOWED_HOSTS=["localhost", ".localhost", "127.0.0.1"]):
            people = {name: getattr(city.cast, name) for name in PEOPLE}
            fuzzer = bad_inputs.Fuzzer(people, bad_inputs.client_class(), seed=chosen.seed)
            keys = bad_inputs.real_keys()
            forms = bad_inputs.collect_forms(fuzzer, list(people), keys)
            sys.stdout.write(f"{len(forms)} màn hình có biểu mẫu\n")
            public, admin = fuzzer.public_cases(paths), fuzzer.admin_cases(list(people), keys, forms)
            mixed = itertools.chain.from_iterable(zip(public, admin, strict=False))
            wanted = (case for case in mixed if case.kind.startswith(chosen.only))
            began = time.monotonic()
            for number, case in enumerate(itertools.islice(wanted, chosen.count), 1):
                fuzzer.ask(case)
                if number % 500 == 0:
                    sys.stdout.write(
                        f"{number} yêu cầu, {len(fuzzer.report.errors)} lần 5xx, {time.monotonic() - began:.0f} giây\n"
                    )
                    sys.stdout.flush()
        return fuzzer.report
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
