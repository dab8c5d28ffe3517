"""Import 5,000 documents with 40 broken rows: the report, the times, the memory, and a kill half-way.

    python bench/import_documents.py
    python bench/import_documents.py --database postgresql --rows 5000 --broken 40

1. A database of its own with the small city of the tests, thrown away at the end. 2. A generated table (two in a
hundred rows with long texts, relations between the rows) in which some rows are broken in ten ways. 3. The command
`import_documents` runs as a process of its own: first only checking, then killed by SIGKILL while it writes, then
whole. 4. Printed: broken rows named (wanted: all, and no other), rows written, seconds, the highest memory of the
process (wanted: < 200 MB), what the killed process left in the register and in the store (wanted: nothing), and what
the same table does a second time (wanted: nothing). The exit code is 1 when one of them is missed.
"""

import argparse
import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench.chosen_database import own_portal_folder  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
MOST_MEGABYTES = 200
CLERK = "thuong-truc"


def main() -> int:
    """Prepare city and table, import, print; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--rows", type=int, default=5_000)
    options.add_argument("--broken", type=int, default=40)
    options.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    chosen = options.parse_args()
    with own_portal_folder(chosen.database) as var:
        table, broken = prepare(var, chosen)
        return measure(table, broken, chosen)


def prepare(var: Path, chosen) -> tuple[Path, set[int]]:
    """Migrate, build the city, write the table; return it and the numbers of its broken rows."""
    import django  # noqa: PLC0415

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from base.tables.xlsx import write_to  # noqa: PLC0415
    from legalref import seeding  # noqa: PLC0415
    from legalref.importing import tables  # noqa: PLC0415
    from legalref.importing.columns import COLUMNS  # noqa: PLC0415
    from tests.city import build_city  # noqa: PLC0415
    from tests.legalref.tables_of_documents import BREAKS, many  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    build_city()
    seeding.seed_types()
    seeding.seed_issuers()
    rows, broken = many(chosen.rows, chosen.broken)
    table = var / "van-ban.xlsx"
    with table.open("wb") as target:
        write_to(target, tables.sheets([row.get(column.name, "") for column in COLUMNS] for row in rows))
    print(f"{chosen.rows} rows, {len(broken)} broken in {len(BREAKS)} ways, {table.stat().st_size / 1e6:.1f} MB")
    return table, broken


def measure(table: Path, broken: set[int], chosen) -> int:
    """Run the command three times and the same table once more; print each, return the exit code."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from legalref.models import ImportBatch, LegalDocument  # noqa: PLC0415

    good = chosen.rows - len(broken)
    violations = []

    def expect(holds: bool, what: str) -> None:
        if not holds:
            violations.append(what)

    said, seconds, peak = run(table, "--dry-run")
    named = {int(number) for number in re.findall(r"^Dòng (\d+) · ", said, re.MULTILINE)}
    print(f"dry run        {seconds:6.1f} s  {peak:5.0f} MB  {len(named)} rows named")
    expect(named == broken, f"rows named: missing {sorted(broken - named)[:5]}, too many {sorted(named - broken)[:5]}")
    expect(LegalDocument.objects.count() == 0, "the dry run wrote documents")
    expect(peak < MOST_MEGABYTES, f"memory of the dry run: {peak:.0f} MB")
    connection.close()

    killed_at = run_and_kill(table, settings.VAR_DIR)
    left = LegalDocument.objects.count()
    print(f"killed         after {killed_at} rows of its transaction: {left} documents in the register")
    expect(killed_at > 0, "the process ended before it could be killed")
    expect(left == 0, f"the killed process left {left} documents")
    state = ImportBatch.objects.order_by("-pk").first().state
    expect(state == ImportBatch.State.CONFIRMED, f"the killed batch is {state}")
    ImportBatch.objects.update(state=ImportBatch.State.DISCARDED)
    connection.close()

    said, seconds, peak = run(table, "--yes")
    count = LegalDocument.objects.count()
    print(f"import         {seconds:6.1f} s  {peak:5.0f} MB  {count} drafts")
    expect(count == good, f"{count} drafts, wanted {good}")
    expect(peak < MOST_MEGABYTES, f"memory of the import: {peak:.0f} MB")
    connection.close()

    said, seconds, peak = run(table, "--dry-run")
    again = re.search(r"(\d+) dòng thêm mới\s+(\d+) dòng sửa văn bản đã có\s+(\d+) dòng không có gì mới", said)
    counts = again.groups() if again else said[-300:]
    print(f"the same again {seconds:6.1f} s  {peak:5.0f} MB  new, changed, same: {counts}")
    expect(bool(again) and again.groups() == ("0", "0", str(good)), "the same table would change something")
    connection.close()
    for fault in violations:
        print(f"MISSED: {fault}")
    return 1 if violations else 0


def run(table: Path, *more: str) -> tuple[str, float, float]:
    """Run the command to its end; return (what it said, seconds, highest memory in MB)."""
    began = time.monotonic()
    process = start(table, *more)
    watch = Peak(process.pid)
    said = process.communicate(timeout=1_800)[0]
    if process.returncode:
        raise SystemExit(f"import_documents failed:\n{said[-3000:]}")
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"               {usage.ru_utime + usage.ru_stime:6.1f} CPU-s of all runs so far")
    return said, time.monotonic() - began, watch.megabytes


def run_and_kill(table: Path, var: Path) -> int:
    """Kill the command by SIGKILL while its transaction is open; return how many rows it had written by then."""
    process = start(table, "--yes")
    until, done = time.monotonic() + 1_800, 0
    while process.poll() is None and time.monotonic() < until:
        for place in (var / "imports").glob("*"):
            with contextlib.suppress(OSError, ValueError):
                done = int(place.read_text().split()[0])
        if done >= 100:
            break
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    return done


def start(table: Path, *more: str) -> subprocess.Popen:
    """Start the command as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_documents", str(table), "--by", CLERK, *more],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Peak:
    """The highest resident memory of a process, read until it ends."""

    def __init__(self, pid: int):
        self.megabytes = 0.0
        self._place = Path(f"/proc/{pid}/status")
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        with contextlib.suppress(OSError, TypeError):
            while True:
                found = re.search(r"VmHWM:\s+(\d+) kB", self._place.read_text())
                self.megabytes = int(found[1]) / 1024
                time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
