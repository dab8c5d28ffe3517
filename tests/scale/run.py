"""Try what stands past one machine: two web servers with a pool in transaction mode, a streaming replica, a store.

    python tests/scale/run.py

PostgreSQL, PgBouncer and the replica are started for it and thrown away. It runs `tests/scale/`, which the usual runs
of the tests leave out: some minutes.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import debian  # noqa: E402
import pgbouncer  # noqa: E402
import postgres  # noqa: E402
from console import say, step, stop  # noqa: E402


def main() -> int:
    """Start the servers, run the stories and return the exit code."""
    if postgres.programs() is None:
        debian.install("postgresql")
    with contextlib.ExitStack() as ending:
        try:
            primary = ending.enter_context(postgres.running(with_replicas=True))
            try:
                pool = ending.enter_context(pgbouncer.running(primary.folder))
            except pgbouncer.NoPool:
                debian.install("pgbouncer")
                pool = ending.enter_context(pgbouncer.running(primary.folder))
            replica = ending.enter_context(postgres.replica(primary))
        except (postgres.NoServer, pgbouncer.NoPool) as reason:
            stop(str(reason))
        environment = {
            **os.environ,
            "DATABASE_URL": postgres.create(primary.url, "migrated"),
            "PORTAL_VAR": str(ROOT / "var" / "scale-trial"),
            "SCALE_POOL": str(pool),
            "SCALE_REPLICA": str(replica.folder),
        }
        with step("Tạo bảng"):
            subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
        environment |= {"DATABASE_URL": primary.url, "MIGRATED_POSTGRESQL": "migrated"}
        tests = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/scale", *sys.argv[1:]]
        done = subprocess.run(tests, cwd=ROOT, env=environment, check=False)
        say("Qua một máy chủ: đạt" if not done.returncode else "Qua một máy chủ: HỎNG")
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())
