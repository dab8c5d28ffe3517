"""Back up a portal of its own, lose it, put it back: minutes, bytes, memory, and what differs afterwards (nothing may).

    python bench/backup.py --database postgresql --articles 2000 --files 5000

1. The demo city with articles (`build_content.py`) and files of 5 to 60 KB in its media folder. 2. A whole backup, one
right after it, one after ten more articles, `--check` with the private key. 3. A run dies by SIGKILL at some moments;
the next one must succeed. 4. A page is taken down after the last backup. 5. The copy is put back into an empty place
of the same kind, and with `--move` a copy of SQLite into PostgreSQL: the command compares rows, files and chains, runs
`verify_portal`, opens ten pages; then the page must answer 410. 6. One changed byte in each part must be refused.
"""

import argparse
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from own_portal import ROOT, Portal, own_portal

sys.path.insert(0, str(ROOT / "tools"))
import postgres  # noqa: E402

TAKE_DOWN = """
from base.models import PortalSite
from accounts.models import User
from sections.models import ArticlePage
from workflows.publishing import takedown
home = PortalSite.objects.get(slug="my-long").home_page()
page = ArticlePage.objects.live().filter(path__startswith=home.path).last()
takedown.emergency_remove(page, by=User.objects.get(username="truong-ban"), reason="Đo khôi phục")
print(page.pk, "/" + page.url_path.split("/", 2)[2])
"""
LOOK = """
from django.test import Client
from base.models import PortalSite
from workflows.models import TakeDown
row = TakeDown.objects.filter(page_id={pk}).last()
path = "/" + row.old_url_path.split("/", 2)[2]
print(Client(SERVER_NAME="localhost").get(path).status_code)
"""


@dataclass
class Step:
    """One command: seconds by the wall, processor-seconds, the most memory of its process in MB, what it printed."""

    name: str
    seconds: float
    processor: float
    memory: float
    code: int
    said: str


def run(portal: Portal, name: str, *arguments: str, **more: str) -> Step:
    """Run a management command; measure it with its children."""
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=portal.environment | more,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        said = process.stdout.read()
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    spent = used.ru_utime + used.ru_stime
    step = Step(name, time.monotonic() - began, spent, used.ru_maxrss / 1024, process.returncode, said)
    print(f"{name}: {step.seconds:.1f} s, {step.memory:.0f} MB, {said.strip().splitlines()[-1][:160] if said else ''}")
    return step


def must(step: Step) -> Step:
    if step.code:
        raise SystemExit(f"{step.name}: {step.said[-3000:]}")
    return step


def write_files(folder: Path, number: int, dice: random.Random) -> None:
    """Files without rows, as uploads of this moment: `verify_portal` takes them for uploads under way."""
    for count in range(number):
        place = folder / "do" / f"{count % 256:02x}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{count}.pdf").write_bytes(dice.randbytes(dice.randint(5_000, 60_000)))


def build(portal: Portal, articles: int) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "bench" / "build_content.py"), "--articles", str(articles)],
        env=portal.environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def kill_some(portal: Portal, times: int, seconds: float, dice: random.Random) -> int:
    """Kill runs at moments of their way; return how many died before they had ended."""
    died = 0
    for _ in range(times):
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "backup"],
            env=portal.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(dice.uniform(0.3, 1) * seconds)
        process.send_signal(signal.SIGKILL)
        died += process.wait() == -signal.SIGKILL
    return died


def tamper(portal: Portal, folder: Path, key: Path, dice: random.Random) -> tuple[int, int]:
    """Change a byte in each part of the newest backup and in some objects; return (tried, refused)."""
    newest = max((folder / "backups").iterdir())
    parts = [newest / name for name in ("manifest.json", "database.age", "contents.age", "objects.txt")]
    named = {line.split()[0] for line in (newest / "objects.txt").read_text().splitlines()}
    parts += dice.sample([path for path in (folder / "objects").glob("*/*.age") if path.stem in named], 3)
    refused = 0
    for path in parts:
        whole = path.read_bytes()
        at = dice.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        done = run(portal, f"changed {path.name[:20]}", "backup", "--check", "--identity", str(key))
        refused += done.code != 0
        path.with_suffix(".damaged").unlink(missing_ok=True)
        path.write_bytes(whole)
    return len(parts), refused


def put_back(portal: Portal, name: str, into: Path, url: str, key: Path, pk: str) -> Step:
    arguments = ["restore", "--into", str(into), "--identity", str(key), "--journal", str(portal.var)]
    step = must(run(portal, name, *arguments, *(["--database", url] if url else [])))
    restored = portal.environment | {"PORTAL_VAR": str(into), "DATABASE_URL": url}
    looked = Portal(portal.base, portal.port, into, restored).shell(LOOK.format(pk=pk))
    if looked[-1] != "410":
        raise SystemExit(f"{name}: the page that was taken down answers {looked}")
    return step


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    arguments.add_argument("--articles", type=int, default=2000)
    arguments.add_argument("--files", type=int, default=5000)
    arguments.add_argument("--kills", type=int, default=3)
    arguments.add_argument("--move", action="store_true", help="put a copy of SQLite into PostgreSQL as well")
    arguments.add_argument("--kept", type=Path, help="a folder where the portal stays for the next run")
    wanted, dice = arguments.parse_args(), random.Random(1)
    with own_portal(port=8791, database=wanted.database, kept=wanted.kept) as portal:
        folder, key = portal.var.parent / f"backups-{time.time_ns()}", portal.var.parent / "private.txt"
        drawn = portal.manage("backup", "--new-key").stdout
        key.write_text(drawn)
        public = next(word for word in drawn.split() if word.startswith("age1"))
        portal.environment |= {"PORTAL_BACKUP": str(folder), "PORTAL_BACKUP_RECIPIENTS": public}
        build(portal, wanted.articles)
        write_files(portal.var / "media", wanted.files, dice)
        must(run(portal, "prepare", "backup", "--prepare"))
        steps = [must(run(portal, "whole backup", "backup"))]
        steps.append(must(run(portal, "again, nothing changed", "backup")))
        build(portal, wanted.articles + 10)
        steps.append(must(run(portal, "after ten articles", "backup")))
        steps.append(must(run(portal, "check, decrypting all", "backup", "--check", "--identity", str(key))))
        died = kill_some(portal, wanted.kills, steps[1].seconds, dice)
        steps.append(must(run(portal, f"after {died} kills", "backup")))
        pk = portal.shell(TAKE_DOWN)[0]
        with contextlib.ExitStack() as stack:
            there = portal.database.url if portal.database else ""
            url = postgres.create(there, f"restored{time.time_ns()}") if there else ""
            steps.append(
                put_back(portal, f"restore, {wanted.database}", folder.parent / f"r{time.time_ns()}", url, key, pk)
            )
            if wanted.move and not there:
                url = postgres.create(stack.enter_context(postgres.server(durable=True)), "moved")
                steps.append(put_back(portal, "move to postgresql", folder.parent / f"m{time.time_ns()}", url, key, pk))
        tried, refused = tamper(portal, folder, key, dice)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"\n| {wanted.database}, {wanted.articles} articles, {wanted.files} files, {size / 1024**2:.0f} MB kept |")
    print("| Step | seconds | processor-seconds | memory, MB |\n|---|---|---|---|")
    for step in steps:
        print(f"| {step.name} | {step.seconds:.1f} | {step.processor:.1f} | {step.memory:.0f} |")
    print(f"Changed bytes: {tried} tried, {refused} refused. Differences after each restore: 0.")
    if tried != refused:
        raise SystemExit("A changed byte was not refused.")


if __name__ == "__main__":
    main()
