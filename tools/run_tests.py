"""Run everything that must pass, and say at the end what passed: what `make test` and `make check` call.

    python tools/run_tests.py all      lint, layers, migrations, each unit test and journey on one of the two databases,
                                       on the other in turn (`tests/rotation.py`), browser tests; installs what is
                                       missing where it may
    python tools/run_tests.py whole    the same, with everything on both: before an issue or a release ends
    python tools/run_tests.py quick    lint, layers, migrations, unit tests on SQLite

Every step runs even when an earlier one failed. The exit code is 0 only when nothing failed; with CI=true
also only when nothing was skipped. Each check (lint and the like) counts as one test.
"""

import contextlib
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
import tomllib
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import debian
import postgres
from console import loud, say

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
KINDS = {"journeys": "Hành trình", "browser": "Trình duyệt"}
IN_CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
WORKERS = str(min(4, os.cpu_count() or 1))
PROGRAMS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin"))
LEFT_OUT = (
    "DATABASE_URL",
    "SECRET_KEY",
    "PYTHONDONTWRITEBYTECODE",
    "MIGRATED_SQLITE",
    "MIGRATED_POSTGRESQL",
    "ROTATION",
    "ROTATION_LEFT_OUT",
    "COLLECTED_STATIC",
    "WALKS_TURN",
)
# In how many builds one after the other everything runs on PostgreSQL (`tests/rotation.py`).
PARTS = 8
# In how many builds each long walk runs once; on PostgreSQL another quarter than on SQLite.
WALKS_PARTS = 4
# Processor-seconds of each stage as they were when last written down, and from what growth on the run says so loudly.
BUDGET = ROOT / "tests" / "budget.toml"
LOUD_FROM = 1.2
# The runs of pytest that have begun and not ended.
RUNNING: set[subprocess.Popen] = set()


@dataclass
class Result:
    """One line of the table at the end."""

    title: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    note: str = ""
    # Of a whole stage, once, beside its first line; of processes that ended.
    processor_seconds: float = 0


def main(extent: str) -> int:
    """Run the steps of `extent` ("all", "whole" or "quick") and return the exit code."""
    signal.signal(signal.SIGTERM, _end)
    (ROOT / "var").mkdir(exist_ok=True)
    environment = clean_environment("sqlite")
    compile_catalogues(environment)
    with contextlib.ExitStack() as ending:
        beside = ending.enter_context(ThreadPoolExecutor())
        # To install waits for the network, to check leaves a processor idle: meanwhile the database is migrated that
        # the tests begin with. The one of PostgreSQL is not wanted before the browser's tests end.
        migrated, checked = beside.submit(migrate_sqlite), beside.submit(checks)
        if extent != "quick":
            install_programs()
            url, missing = start_postgres(ending)
            migrated_there = beside.submit(migrate_postgres, url) if url else None
        results = checked.result()
        environment |= migrated.result()
        if extent == "quick":
            results += run_pytest(
                "SQLite", ["tests", *_without("tests/journeys", "tests/browser", "tests/deploy")], environment
            )
            return report(results)
        parts = 1 if extent == "whole" else PARTS

        def browser_then_postgres() -> list[Result]:
            shown = in_browser(environment | (_walks(1) if extent != "whole" else {}))
            return [*(on_postgres(url, migrated_there.result(), parts) if url else [missing]), *shown]

        # The browser waits half of its time for what it shows: it runs beside SQLite, and PostgreSQL begins when it
        # ends, so that no processor is idle. Without a server of PostgreSQL nothing is left to it.
        others = beside.submit(browser_then_postgres)
        results += on_sqlite(environment, in_turn=extent != "whole" and bool(url))
        results += others.result()
    return report(results)


def _end(*_) -> None:
    """End what runs, then this program: a run of pytest would outlive it."""
    for started in list(RUNNING):
        started.terminate()
    sys.exit(143)


def install_programs() -> None:
    """Install what is missing of nginx, PostgreSQL, age, what opens files and what reads scans, where allowed."""
    missing = []
    if not (shutil.which("nginx", path=PROGRAMS) and shutil.which("openssl")):
        missing += ["nginx-light", "openssl"]
    if postgres.programs() is None:
        missing.append("postgresql")
    # Another program that reads and writes the format of backups.
    if not shutil.which("age"):
        missing.append("age")
    missing += debian.missing_readers()
    if not debian.has_recogniser():
        missing += debian.RECOGNISER
    # All at once; where one is not to be had, each by itself.
    if missing and not debian.install(*missing):
        for package in missing:
            debian.install(package)


def start_postgres(ending: contextlib.ExitStack) -> tuple[str, Result | None]:
    """Start a PostgreSQL server that stops with `ending`; return its DATABASE_URL, or "" and what to report."""
    try:
        return ending.enter_context(postgres.server()), None
    except postgres.NoServer as reason:
        return "", skipped("Kiểm thử trên PostgreSQL", str(reason), "apt-get install postgresql")


def migrate_sqlite() -> dict[str, str]:
    """Migrate a new SQLite database; return the variable that leads the tests to it (`tests/migrated.py`)."""
    environment = clean_environment("migrated")
    file = Path(environment["PORTAL_VAR"]) / "portal.sqlite3"
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    if not _migrated(environment):
        return {}
    with contextlib.closing(sqlite3.connect(file)) as connection:
        # One file without a log beside it, which a database in memory can be a copy of.
        connection.execute("PRAGMA journal_mode=DELETE")
    return {"MIGRATED_SQLITE": str(file)}


def migrate_postgres(url: str) -> dict[str, str]:
    """Migrate a new database of a server; return the variable that names it to the tests (`tests/migrated.py`)."""
    environment = clean_environment("migrated-postgresql") | {"DATABASE_URL": postgres.create(url, "migrated")}
    return {"MIGRATED_POSTGRESQL": "migrated"} if _migrated(environment) else {}


def _migrated(environment: dict[str, str]) -> bool:
    """Run all migrations; where they fail, the tests go through them again and say so."""
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    return not subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def checks() -> list[Result]:
    """Run lint, formatting, the layers contract and the check for missing migrations."""
    manage = [sys.executable, "manage.py"]
    return [
        run_check("Quy tắc mã nguồn (ruff check)", [BIN / "ruff", "check", "."]),
        run_check("Định dạng (ruff format; sửa bằng make format)", [BIN / "ruff", "format", "--check", "."]),
        run_check("Tầng (import-linter)", [BIN / "lint-imports"]),
        run_check("Thiếu migration", [*manage, "makemigrations", "--check", "--dry-run"]),
    ]


def run_check(title: str, command: list) -> Result:
    """Run one command that answers yes or no; its output is shown only when it fails."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=clean_environment("checks"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    say(f"{'✓' if done.returncode == 0 else '✗'} {title}")
    if done.returncode:
        say(done.stdout)
    return Result(
        title,
        passed=int(not done.returncode),
        failed=int(bool(done.returncode)),
        seconds=time.monotonic() - began,
    )


def run_pytest(place: str, arguments: list[str], environment: dict[str, str], output=None) -> list[Result]:
    """Run pytest and return one result for the unit tests, one for the journeys and one for the browser.

    With `output`, an open file, what pytest says goes there.
    """
    report_file = ROOT / "var" / f"junit-{re.sub(r'[^a-z]', '', place.lower())}.xml"
    report_file.unlink(missing_ok=True)
    say(f"\n→ Kiểm thử: {place}")
    began = time.monotonic()
    returncode, used = _run_and_count(
        [
            # In the order of `tests/conftest.py`.
            *(sys.executable, "-m", "pytest", "-q", "-n", WORKERS, "--dist", "loadscope", "--no-loadscope-reorder"),
            *(f"--junitxml={report_file}", "-o", "junit_family=xunit1", *arguments),
        ],
        environment,
        output,
    )
    seconds = time.monotonic() - began
    results = counted(place, report_file, seconds)
    failed = sum(result.failed for result in results)
    if not results or (returncode and not failed):
        note = f"pytest dừng với mã {returncode}"
        results.append(Result(f"Kiểm thử trên {place}", failed=1, seconds=seconds, note=note))
    results[0].processor_seconds = used
    return results


def run_aside(place: str, arguments: list[str], environment: dict[str, str]) -> list[Result]:
    """Run pytest beside another run of it; what it says is printed at its end, or the lines of both would mix."""
    with (ROOT / "var" / f"{place.lower()}-output.txt").open("w+", encoding="utf-8") as output:
        results = run_pytest(place, arguments, environment, output)
        output.seek(0)
        say(f"\n→ Kết quả: {place}\n{output.read()}")
    return results


def _run_and_count(command: list, environment: dict[str, str], output) -> tuple[int, float]:
    """Run `command`; return its exit code, and the processor-seconds of it and of all it started and waited for."""
    started = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
    )
    RUNNING.add(started)
    _, status, usage = os.wait4(started.pid, 0)
    RUNNING.discard(started)
    # The process has been waited for: without this its object would ask for it again.
    started.returncode = os.waitstatus_to_exitcode(status)
    return started.returncode, usage.ru_utime + usage.ru_stime


def counted(place: str, report_file: Path, seconds: float) -> list[Result]:
    """Count the tests in a JUnit report by their folder; an error counts as a failure."""
    if not report_file.exists():
        return []
    results: dict[str, Result] = {}
    for case in ElementTree.parse(report_file).iter("testcase"):
        where = (case.get("file") or case.get("classname", "").replace(".", "/")).split("/")
        kind = KINDS.get(where[1] if len(where) > 1 else "", "Đơn vị")
        result = results.setdefault(kind, Result(f"{kind} · {place}"))
        result.seconds += float(case.get("time") or 0)
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        elif case.find("skipped") is not None:
            result.skipped += 1
        else:
            result.passed += 1
    # What the tests themselves took is split by kind; the time of the whole run is shown beside the first.
    for result in list(results.values())[:1]:
        result.note = f"cả lượt {seconds:.0f} giây"
    return list(results.values())


def on_sqlite(environment: dict[str, str], *, in_turn: bool) -> list[Result]:
    """Run unit tests and journeys on SQLite; with `in_turn` without what PostgreSQL runs in this build, else all."""
    rotation = {"ROTATION": f"{turn() % PARTS}/{PARTS}"} | _walks(0) if in_turn else {}
    with _naming_left_out("SQLite", environment | rotation) as environment:
        return run_pytest("SQLite", ["tests", *_without("tests/browser")], environment)


def _walks(ahead: int) -> dict[str, str]:
    return {"WALKS_TURN": f"{turn() + ahead}/{WALKS_PARTS}"}


@contextlib.contextmanager
def _naming_left_out(place: str, environment: dict[str, str]):
    """Say after the block what its run has left to other builds; the environment of the run is what it gives."""
    left_out = ROOT / "var" / f"left-out-on-{place.lower()}.txt"
    left_out.unlink(missing_ok=True)
    yield environment | {"ROTATION_LEFT_OUT": str(left_out)}
    files = [line.rsplit(" ", 1) for line in left_out.read_text().splitlines()] if left_out.exists() else []
    if files:
        count = sum(int(number) for _, number in files)
        say(f"{place}: {count} kiểm thử chạy ở các lượt khác (tất cả: make test-all):")
        say(textwrap.fill(", ".join(f"{name} {number}" for name, number in files), 118))


def on_postgres(url: str, migrated: dict[str, str], parts: int) -> list[Result]:
    """Run unit tests and journeys on the PostgreSQL server of this run: one of `parts` of what may rotate."""
    rotation = {"ROTATION": f"{turn() % parts}/{parts}"} | (_walks(2) if parts > 1 else {})
    environment = clean_environment("postgresql") | {"DATABASE_URL": url} | migrated | rotation
    # nginx needs no database: it was tried beside SQLite.
    with _naming_left_out("PostgreSQL", environment) as environment:
        return run_aside("PostgreSQL", ["tests", *_without("tests/browser", "tests/deploy")], environment)


def turn() -> int:
    """Return the number of this build: the count of commits; of days where the checkout has not all of them."""
    if _git("rev-parse", "--is-shallow-repository") == "false":
        return int(_git("rev-list", "--count", "HEAD") or 0)
    return datetime.now(UTC).toordinal()


def _git(*command: str) -> str:
    if not shutil.which("git"):
        return ""
    done = subprocess.run(["git", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if not done.returncode else ""


def collect_static_files() -> dict[str, str]:
    """Collect the static files once; return the variable that leads the browser's portals to them."""
    environment = clean_environment("static") | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "chi-dung-khi-chay-thu-0123456789-0123456789-0123456789",
    }
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    return {} if done.returncode else {"COLLECTED_STATIC": str(Path(environment["PORTAL_VAR"]) / "static")}


def in_browser(environment: dict[str, str]) -> list[Result]:
    """Run the browser tests with the machine's Chromium, installed where that is allowed."""
    for package in debian.BROWSERS[:2]:
        if debian.browser() is None:
            debian.install(package, "fonts-dejavu-core")
    chromium = debian.browser()
    if chromium is None:
        return [skipped("Kiểm thử trên trình duyệt", "không có Chromium", "apt-get install chromium")]
    with _naming_left_out("Chromium", environment | collect_static_files() | {"CHROMIUM": chromium}) as environment:
        return run_aside("Chromium", ["tests/browser"], environment)


def skipped(title: str, reason: str, remedy: str) -> Result:
    """Say loudly that a step cannot run; in CI that is a failure."""
    loud(f"BỎ QUA: {title}: {reason}. Khắc phục: {remedy}")
    return Result(title, failed=int(IN_CI), skipped=int(not IN_CI), note=reason)


def report(results: list[Result]) -> int:
    """Print the table and the closing line, and return the exit code."""
    say(f"\n{'':48}{'đạt':>7}{'hỏng':>7}{'bỏ qua':>8}{'giây':>8}")
    for one in results:
        numbers = f"{one.passed:7}{one.failed:7}{one.skipped:8}{one.seconds:8.1f}"
        say(f"{one.title:48}{numbers}  {one.note}".rstrip())
    passed, failed, left_out = (sum(getattr(one, name) for one in results) for name in ("passed", "failed", "skipped"))
    if used := {stage(one): one.processor_seconds for one in results if one.processor_seconds}:
        say(compared_with_budget(used))
    if left_out and IN_CI:
        loud(f"CI: {left_out} kiểm thử bị bỏ qua; ở đây không được bỏ qua gì")
    say(f"\n{passed} passed, {failed} failed, {left_out} skipped")
    return 1 if failed or (left_out and IN_CI) else 0


def stage(result: Result) -> str:
    """Return the name of a stage in the budget: "sqlite" of "Đơn vị · SQLite"."""
    return result.title.rpartition(" ")[2].lower()


def compared_with_budget(used: dict[str, float]) -> str:
    """Return the processor-seconds of each stage beside those written down, loudly where they grew by a fifth.

    A word and no failure: machines differ. Raising a figure is a visible change of `tests/budget.toml`.
    """
    budget = tomllib.loads(BUDGET.read_text(encoding="utf-8"))["processor_seconds"]
    lines = []
    for name, seconds in used.items():
        line = f"Giây bộ xử lý, {name}: {seconds:.0f} (đã ghi: {budget.get(name, 'chưa có')})"
        if name in budget and seconds > LOUD_FROM * budget[name]:
            line = f"!!! {line}: tăng {100 * seconds / budget[name] - 100:.0f} %"
        lines.append(line)
    return "\n".join(lines)


def clean_environment(name: str) -> dict[str, str]:
    """Return the environment without any setting of the portal, and with a var folder of the tests' own."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PORTAL_", "DJANGO_")) and key not in LEFT_OUT
    }
    folder = ROOT / "var" / "test" / name
    folder.mkdir(parents=True, exist_ok=True)
    # An empty DATABASE_URL also keeps the one in a developer's .env out.
    fixed = {"PORTAL_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": ""}
    # A run starts hundreds of Python processes: they compile the sources once, and not beside them.
    return environment | fixed | {"PYTHONPYCACHEPREFIX": str(ROOT / "var" / "test" / "pycache")}


def compile_catalogues(environment: dict[str, str]) -> None:
    """Compile the translation catalogues, which are not kept in the repository."""
    compiler = ROOT / "locale" / "compile.py"
    if compiler.exists():
        subprocess.run([sys.executable, str(compiler)], cwd=ROOT, env=environment, check=True)


def _without(*folders: str) -> list[str]:
    return [f"--ignore={folder}" for folder in folders if (ROOT / folder).exists()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
