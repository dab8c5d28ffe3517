"""Processor-seconds of making a new SQLite database: the libraries' migrations, the portal's, and what comes around.

    python bench/migrations.py [--most 22]

Fails when the whole takes more than `--most`, or when a table of the portal is missing afterwards.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Migrate a database in a folder of its own and print where the seconds went; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--most", type=float, default=22, help="processor-seconds")
    chosen = options.parse_args()
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings.test", "PORTAL_VAR": folder, "DATABASE_URL": ""}
        spent, whole, missing = measure()
    for name, seconds in spent.most_common():
        print(f"{name:24}{seconds:7.1f}")
    print(f"{'all':24}{whole:7.1f}  (at most {chosen.most:.1f})")
    if missing:
        print(f"Missing tables: {', '.join(missing)}")
    return int(bool(missing) or whole > chosen.most)


def measure() -> tuple[Counter, float, list[str]]:
    """Return processor-seconds by kind, those of the whole process, and the portal's tables that are missing."""
    import django  # noqa: PLC0415

    django.setup()
    from django.apps import apps  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    spent, begun = Counter({"start": time.process_time()}), time.process_time()
    own = {config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
    apply = MigrationExecutor.apply_migration

    def timed(executor, state, migration, *args, **kwargs):
        since = time.process_time()
        try:
            return apply(executor, state, migration, *args, **kwargs)
        finally:
            kind = "the portal" if migration.app_label in own else "libraries"
            spent[f"migrations, {kind}"] += time.process_time() - since

    MigrationExecutor.apply_migration = timed
    call_command("migrate", verbosity=0)
    spent["around"] = (
        time.process_time() - begun - sum(seconds for name, seconds in spent.items() if name.startswith("migrations"))
    )
    tables = set(connection.introspection.table_names())
    expected = {model._meta.db_table for label in own for model in apps.get_app_config(label).get_models()}
    return spent, time.process_time(), sorted(expected - tables)


if __name__ == "__main__":
    sys.exit(main())
