"""The databases that `run.py` measures: the demo city with articles, SQLite's kept for the next run.

Every run works on a copy of it, because what is measured publishes and takes down. A PostgreSQL is started for the run
and thrown away with all it holds.
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import postgres  # noqa: E402
from console import step, stop  # noqa: E402


@contextlib.contextmanager
def database(kind: str, articles: int, *, keep: bool) -> Iterator[tuple[dict[str, str], Path]]:
    """Yield the environment of the servers and the folder of their state, beside a database with articles.

    `keep`: the SQLite database of the last run is good, whatever has changed since it was built.
    """
    built, var = (ROOT / "var" / f"bench-{kind}{name}" for name in ("", "-run"))
    shutil.rmtree(var, ignore_errors=True)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        if kind == "postgresql":
            try:
                url = stack.enter_context(postgres.server())
            except postgres.NoServer as error:
                stop(f"PostgreSQL: {error}")
            environment = environment_of_bench(var, url)
            build(environment, var, articles)
        else:
            wanted, mark = f"{articles} {_digest_of_structure()}", built / "built"
            if mark.exists() and (keep or mark.read_text() == wanted):
                collect_static(environment_of_bench(built, ""))
            else:
                shutil.rmtree(built, ignore_errors=True)
                build(environment_of_bench(built, ""), built, articles)
                mark.write_text(wanted)
            shutil.copytree(built, var)
            environment = environment_of_bench(var, "")
        yield environment, var


def environment_of_bench(var: Path, database_url: str) -> dict[str, str]:
    """Return the environment of the servers: production settings over plain HTTP, state in `var`."""
    var.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return environment | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PYTHONPATH": str(ROOT),
        "PORTAL_VAR": str(var),
        "PORTAL_HOST": "localhost",
        "PORTAL_HTTPS": "false",
        "PORTAL_DEMO": "true",
        "SECRET_KEY": secrets.token_urlsafe(64),
        # It would answer 429 to what is fast enough for it, and those answers would be measured.
        "PORTAL_THROTTLE": "false",
        "DATABASE_URL": database_url,
    }


def build(environment: dict, var: Path, articles: int) -> None:
    """Build the demo city and publish articles in it."""
    collect_static(environment)
    with step("Dựng thành phố mẫu"):
        run([sys.executable, str(ROOT / "tools" / "prepare.py"), "bench", str(var / "accounts")], environment)
    with step(f"Đăng {articles:,} bài viết"):
        script(environment, "build_content.py", "--articles", str(articles))


def collect_static(environment: dict) -> None:
    with step("Gom tệp tĩnh"):
        run([sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "-v", "0"], environment)


def grow(environment: dict, articles: int) -> None:
    """Add articles in bulk, until there are as many as that, and write the public index anew."""
    with step(f"Thêm bài viết cho đủ {articles:,}"):
        script(environment, "grow_content.py", "--articles", str(articles))


def script(environment: dict, name: str, *arguments: str) -> str:
    """Run a program of this folder beside the database; return what it printed."""
    return run([sys.executable, str(ROOT / "bench" / name), *arguments], environment, capture_output=True).stdout


def run(command: list[str], environment: dict, **options) -> subprocess.CompletedProcess:
    """Run a program and wait for it; ends the run when it fails."""
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, check=False, **options)
    if done.returncode:
        stop(f"{Path(command[1]).name} không xong (mã {done.returncode})\n{done.stderr or ''}")
    return done


def _digest_of_structure() -> str:
    """What the built database depends on: migrations, the demo, the builder of the articles."""
    digest = hashlib.sha256()
    for path in sorted(
        [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("home/**/*.py"), *ROOT.glob("bench/build_con*.py")]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
