"""Break one thing after the other under a steady load, and count what was acknowledged and is gone: `make drill`.

    python bench/drill.py [--soak 30] [--only web,jobs,…] [--kept FOLDER]

On a portal of its own: PostgreSQL, demo city, two granian servers behind nginx as `deploy/nginx/configure.py` writes
it, the periodic work, a mail server; uploaded files and database each on a small file system of its own where root may
mount. While readers, citizens, programs and editors go on (`drill_mix.py`), each fault of `drill_faults.py` is brought
about and mended. A row says how many requests came and which were wrong, what was acknowledged and is lost or stands
twice in the end, in how many seconds readers saw errors on kept public pages, their waiting times, after how long all
was whole again, and the memory. Then a soak without faults, whose memory must stand.

Ends with 1 when something acknowledged is lost or stands twice, a kept page errs, something is not whole again, or
`verify_portal` finds a broken invariant. Redis and the replica are not here (`make scale-trial`). Loopback only; ends
by itself.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
import traceback
from collections import Counter
from datetime import datetime
from pathlib import Path

import psycopg2
import requests
from crowd_client import Wrong
from crowd_stage import Apart
from drill_faults import FAULTS
from drill_figures import HEAD, MOST_GROWTH, Row, figures_of, growth, line, missed_by
from drill_mix import Editors, Mix, Timeline, load
from drill_stage import Broken, Machine, Volumes
from faults import SCHEDULING
from front import Failed
from kill_drill import APPROVER, SETTING_UP, WRITER, publish_one
from mail_sink import Sink
from own_portal import ROOT, own_portal

RESULTS = ROOT / "bench" / "results"
SETTLE_SECONDS = 4
RELEASED = "UPDATE base_outgoingmail SET not_before = now() WHERE state = 'queued' AND not_before > now()"
# How often each thing that was acknowledged stands in the database.
STORED = """
import json, pathlib
from faq.models import Question
from legalref.models import BookEntry
from wagtail.images import get_image_model
from wagtail.models import Page, WorkflowState
def there(image):
    return image.file.storage.exists(image.file.name) and image.file.size > 0
asks = {{
    "draft": lambda key: Page.objects.filter(pk=key, latest_revision__isnull=False).count(),
    "submission": lambda key: int(WorkflowState.objects.filter(object_id=key).exists()),
    "publication": lambda key: Page.objects.filter(pk=key, live=True).count(),
    "number": lambda key: BookEntry.objects.filter(subject=key).count(),
    "picture": lambda key: sum(there(image) for image in get_image_model().objects.filter(title=key)),
    "question": lambda key: Question.objects.filter(number=key).count(),
}}
wanted = json.loads(pathlib.Path({file!r}).read_text())
print(json.dumps([[kind, key, asks[kind](key)] for kind, key in wanted]))
"""
PUBLISHED = """
from wagtail.models import Page, PageLogEntry
ids = {ids}
print(Page.objects.filter(pk__in=ids, live=True).count(),
      PageLogEntry.objects.filter(page_id__in=ids, action="wagtail.publish.scheduled").count())
"""


class Drill:
    """The machine under load, the rows so far."""

    def __init__(self, machine: Machine, options):
        self.machine, self.options, self.rows, self.seen = machine, options, [], []
        self.acknowledged, self.stored, self.numbers = [], Counter(), 0
        self.section, self.unit, book, kind = machine.portal.shell(SETTING_UP)
        for name in (WRITER, APPROVER):
            machine.portal.person(name)
        self.editors = Editors(machine.portal, section=self.section, unit=self.unit, book=book, kind=kind)
        self._done = multiprocessing.get_context("fork").Event()

    @contextlib.contextmanager
    def under_load(self):
        """Let everybody come; take in what they saw in the end."""
        run = int(time.time()) % 10**7
        mix = Mix(
            self.machine.front_port, self.machine.kept, self.machine.places, self._done, run, self.options.per_second
        )
        readers = Apart(load(mix), make=Timeline)
        self.editors.start()
        try:
            yield
        finally:
            self._done.set()
            self.editors.close()
            [tally] = readers.tallies()
            self.seen += tally.seen + self.editors.seen
            self.acknowledged = tally.acknowledged + self.editors.acknowledged

    def play(self, name: str) -> None:
        """Bring one fault about, and mend it."""
        title, fault = FAULTS[name]
        with self.row(title) as row:
            try:
                fault(self, row)
            except (Broken, Failed, Wrong, OSError, psycopg2.Error, requests.RequestException) as error:
                traceback.print_exc()
                row.expect(f"{type(error).__name__}: {error}"[:300], False)

    @contextlib.contextmanager
    def row(self, title: str):
        row = Row(title, time.monotonic())
        print(f"{datetime.now().astimezone():%H:%M:%S} {title}", flush=True)
        yield row
        row.ended = time.monotonic()
        row.mended = row.ended if row.mended != row.mended else row.mended
        self.rows.append(row)

    def steady(self, title: str, seconds: float) -> Row:
        """Nothing but the load."""
        with self.row(title) as row:
            row.mended = row.began
            self.pause(seconds)
        return row

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def settle(self, row: Row, *, jobs_since: float | None = None) -> None:
        """Wait until pages are made and jobs run again, and note how long that took."""
        try:
            self.machine.wait_for_afresh()
            row.back = max(row.back, time.monotonic() - row.mended)
            self.machine.wait_for_jobs(self.machine.now() if jobs_since is None else jobs_since)
            if jobs_since is not None:
                row.back = max(row.back, time.monotonic() - row.mended)
        except (Broken, psycopg2.Error) as error:
            row.expect(str(error), False)
        self.pause(SETTLE_SECONDS)

    # --- What faults need

    def publish_one(self) -> tuple[str, str]:
        """Publish an article over the screens; return its page and title."""
        self.numbers += 1
        title = f"Ngap duong dien tap {self.numbers} {time.time_ns() % 1_000_000}"
        writer, approver = self.machine.portal.person(WRITER), self.machine.portal.person(APPROVER)
        return publish_one(writer, approver, self.section, self.unit, title), title

    def schedule(self, *, seconds: int, articles: int) -> list[int]:
        """Approve articles for a moment that comes soon; return their pages."""
        code = SCHEDULING.format(
            section=self.section, unit=self.unit, writer=WRITER, approver=APPROVER, seconds=seconds, articles=articles
        )
        return [int(word) for word in self.machine.portal.shell(code)]

    def until_published(self, pages: list[int]) -> tuple[int, int]:
        """Return how many of the pages are public and how often that was written down, after a minute at most."""
        until = time.monotonic() + 75
        while True:
            live, entries = map(int, self.machine.portal.shell(PUBLISHED.format(ids=pages)))
            if live == len(pages) or time.monotonic() > until:
                return live, entries
            self.pause(3)

    def release_mail(self) -> None:
        """Let waiting mails be due now: the pauses of minutes are not what is measured."""
        with contextlib.closing(psycopg2.connect(self.machine.portal.database.url)) as connection, connection:
            connection.cursor().execute(RELEASED)

    # --- What is left in the end

    def look(self) -> None:
        """Ask the database for all that was acknowledged."""
        portal = self.machine.portal
        file = portal.var / "acknowledged.json"
        file.write_text(json.dumps([[one.kind, one.key] for one in self.acknowledged]))
        found = portal.manage("shell", "-v0", "-c", STORED.format(file=str(file))).stdout
        self.stored = Counter({(kind, key): number for kind, key, number in json.loads(found)})

    def verify(self) -> str:
        """Return what `verify_portal` finds broken; "" for nothing."""
        self.machine.portal.manage("seal_audit")
        checked = self.machine.portal.manage("verify_portal", check=False)
        return f"{checked.stdout}{checked.stderr}".strip()[-1500:] if checked.returncode else ""

    def figures(self, row: Row):
        return figures_of(row, self.seen, self.acknowledged, self.machine.memory, self.stored)


def soak(drill: Drill, minutes: float) -> None:
    """Nothing but the load; the memory must stand once it has warmed up."""
    row = drill.steady(f"soak of {minutes:g} minutes", minutes * 60)
    memory = [one for one in drill.machine.memory if row.began <= one.at < row.ended]
    for name, grown in zip(("web", "jobs"), growth(memory), strict=True):
        row.expect(f"{name} {grown:+.1%} from the third quarter to the last", grown <= MOST_GROWTH)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--only", default=",".join(FAULTS), help="some of the faults, with commas")
    options.add_argument("--soak", type=float, default=30, help="minutes of load without faults in the end")
    options.add_argument("--steady", type=float, default=30, help="seconds of load before the first fault")
    options.add_argument("--stopped-seconds", type=float, default=60, help="how long PostgreSQL is away")
    options.add_argument("--fault-seconds", type=float, default=20, help="how long disks are full, readers many, …")
    options.add_argument("--per-second", type=float, default=20, help="kept pages, beside the others")
    options.add_argument("--port", type=int, default=8804, help="of nginx; the next one is used too")
    options.add_argument("--kept", type=Path, help="a folder where the portal stays for the next time")
    options.add_argument("--no-file", action="store_true", help="write no table into bench/results/")
    chosen = options.parse_args()
    names = [name for name in chosen.only.split(",") if name]
    if unknown := set(names) - set(FAULTS):
        options.error(f"no such fault: {', '.join(sorted(unknown))}")
    load_before, broken = os.getloadavg()[0], ""
    with contextlib.ExitStack() as stack:
        folder = chosen.kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-drill-")))
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL has an account of its own.
        folder.chmod(0o711)
        volumes = stack.enter_context(contextlib.closing(Volumes(folder)))
        volumes.mount("postgresql", folder / "postgresql")
        volumes.mount("media", folder / "var" / "media")
        portal = stack.enter_context(own_portal(port=chosen.port, kept=folder))
        machine = Machine(portal, chosen.port, volumes, Sink())
        with machine.running():
            drill = Drill(machine, chosen)
            with drill.under_load():
                drill.steady("no fault", chosen.steady)
                for name in names:
                    drill.play(name)
                if chosen.soak:
                    soak(drill, chosen.soak)
        drill.look()
        broken = drill.verify()
    text, missed = table(drill, names, chosen, load_before, broken)
    print(text)
    if not chosen.no_file:
        target = RESULTS / f"{datetime.now().astimezone():%Y-%m-%d}-drill.md"
        target.write_text(text, encoding="utf-8")
        print(f"→ {target.relative_to(ROOT)}")
    sys.exit(1 if missed else 0)


def table(drill: Drill, names: list[str], chosen, load_before: float, broken: str) -> tuple[str, int]:
    """Return the report and how much is missed in it."""
    found = [(row, drill.figures(row)) for row in drill.rows]
    missed = sum(len(missed_by(row, figures)) for row, figures in found) + bool(broken)
    mounted = ", ".join(sorted(drill.machine.volumes.mounted)) or "none: nothing may be mounted here"
    return "\n".join(
        [
            f"# {datetime.now().astimezone():%Y-%m-%d}, drill, postgresql",
            "",
            f"`python bench/drill.py --only {','.join(names)} --soak {chosen.soak:g} --stopped-seconds "
            f"{chosen.stopped_seconds:g}`: demo city, two granian servers of one worker, nginx, jobs and clients on "
            f"the same {len(os.sched_getaffinity(0))} cores of {platform.machine()}, Python "
            f"{platform.python_version()}. Load average before: {load_before:.1f}. File systems of their own (loop): "
            f"{mounted}. {chosen.per_second:g} kept pages a second, and about one request in twenty of other kinds.",
            "",
            HEAD,
            *(line(row, figures) for row, figures in found),
            "",
            f"{missed} missed. verify_portal: {broken.replace(chr(10), ' ') or 'every invariant is whole'}.",
            "",
            "Not here: Redis gone and failover to a replica (`make scale-trial`).",
            "",
        ]
    ), missed


if __name__ == "__main__":
    main()
