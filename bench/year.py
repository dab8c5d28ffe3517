"""Live through a year in one process: time is moved, all jobs run, people act, and readers look.

    python bench/year.py --days 365 --seed 1
    python bench/year.py --days 60 --database postgresql --report bench/results/year.md

1. The small city of the tests, in a database of its own; `home.jobs` run at the moments of a day at which they are due,
   but for some days on which nothing runs at all (`--stops`). 2. On working days the cast writes, submits, approves,
   schedules, takes down, opens consultations, answers questions, issues and repeals documents (`Acts`). 3. Just after
   midnight, in the morning and just before midnight, readers ask for every front page, section and page that changes by
   itself, through the page cache; each answer is compared with the page made afresh at that moment. 4. Counted: failed
   jobs, answers that differ (they say what is no longer so), mails a person and day, rows of each table.

The exit code is 1 when a job failed, an answer differed, `verify_portal` found something, or nobody acted or read.
"""

import argparse
import difflib
import logging
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from chosen_database import database_of

ROOT = Path(__file__).resolve().parent.parent
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
# The moments at which jobs of the day are due, and when people work; readers look at some of them.
MOMENTS = [
    clock(0, 0, 2),
    clock(0, 10),
    clock(1, 30),
    clock(2, 50),
    clock(3, 20),
    clock(6, 0, 5),
    clock(7, 0),
    clock(9, 0),
    clock(15, 0),
    clock(17, 30),
    clock(23, 59, 30),
]
READ_AT = {clock(0, 0, 2), clock(15, 0), clock(23, 59, 30)}
WORK_AT = {clock(9, 0), clock(15, 0)}
# What stands in a page for the moment at which it was made.
MADE_AT = re.compile(rb'nonce-[\w+/=-]+|name="csrfmiddlewaretoken" value="[^"]+"')


def main() -> int:
    """Live through the days, print the report; return the exit code."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--first", default="2026-01-05", help="the first day")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--stops", type=int, default=5, help="how often nothing runs for one to three days")
    options.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--report", default="", help="also write the report to this file")
    chosen = options.parse_args()
    with database_of(chosen.database):
        return run(chosen)


def run(chosen) -> int:
    """Set Django up, build the city at the first day, live, report."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django  # noqa: PLC0415  after the environment is set

    django.setup()
    logging.disable(logging.WARNING)
    import time_machine  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415
    from django.test import override_settings  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415

    from tests.city import build_city  # noqa: PLC0415

    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0)
    began = datetime.fromisoformat(f"{chosen.first}T08:00").replace(tzinfo=VIETNAM)
    try:
        with (
            override_settings(
                EMAIL_BACKEND="base.operations.mail.OutboxBackend",
                PORTAL_DELIVERY_BACKEND="django.core.mail.backends.locmem.EmailBackend",
            ),
            time_machine.travel(began, tick=False) as moving,
        ):
            with transaction.atomic():
                city = build_city()
            year = Year(city, moving, random.Random(chosen.seed))
            year.live(began.date(), chosen.days, chosen.stops)
            text = report(year, chosen, connection.vendor)
        sys.stdout.write(text)
        if chosen.report:
            Path(chosen.report).write_text(text)
        return int(year.is_wrong())
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


class Year:
    """The days, what happened in them, and what was counted."""

    def __init__(self, city, moving, rng: random.Random):
        from year_acts import Acts  # noqa: PLC0415  needs Django

        self.city, self.moving, self.rng = city, moving, rng
        self.acts, self.readers = Acts(city, rng), Readers()
        self.days = self.rounds = 0
        self.failed: Counter = Counter()
        self.mails: Counter = Counter()
        self.acted: Counter = Counter()
        self.refused: Counter = Counter()
        self.differed: list[str] = []
        self.tables: dict[str, list[int]] = defaultdict(list)
        self.violations: list[str] = []
        self.seconds = 0.0

    def live(self, first, days: int, stops: int) -> None:
        """Live through the days; a stop begins on a day drawn by chance and lasts one to three days."""
        from workflows.upkeep import invariants  # noqa: PLC0415

        began = time.monotonic()
        self.count_rows()
        # The pages of the small city were made public at once, without a road.
        from_the_start = set(invariants.violations())
        dark = {
            begin + more
            for begin in self.rng.sample(range(7, max(days - 7, 7 + stops)), stops)
            for more in range(self.rng.randint(1, 3))
        }
        for number in range(days):
            self.live_through(first + timedelta(days=number), has_jobs=number not in dark)
            if number % 30 == 29:
                self.count_rows()
                sys.stderr.write(f"ngày {number + 1}/{days}, {time.monotonic() - began:.0f} giây\n")
        self.count_rows()
        self.violations = [fault for fault in invariants.violations() if fault not in from_the_start]
        self.seconds = time.monotonic() - began

    def live_through(self, day, *, has_jobs: bool) -> None:
        """Go through the moments of a day."""
        self.days += 1
        for moment in MOMENTS:
            now = datetime.combine(day, moment, tzinfo=VIETNAM)
            self.moving.move_to(now)
            if has_jobs:
                self.run_jobs(now)
            if moment in WORK_AT:
                self.work(now)
            if moment in READ_AT:
                self.differed += [
                    f"{now:%d/%m/%Y %H:%M:%S} {text}" for text in self.readers.look(self.acts.addresses())
                ]

    def run_jobs(self, now: datetime) -> None:
        """Run what is due, the mails it wrote too, until no job has a step left."""
        from django.core import mail  # noqa: PLC0415

        from base.audit import sealing  # noqa: PLC0415
        from base.operations import periodic  # noqa: PLC0415
        from home.jobs import JOBS  # noqa: PLC0415

        for _ in range(20):
            self.rounds += 1
            ran = periodic.run_table(JOBS, on=now)
            self.failed.update(
                f"{beat.name}: {beat.last_error[:200]}" for beat in ran if beat.last_result == beat.FAILED
            )
            if not any(beat.progress for beat in ran):
                break
            now += timedelta(seconds=2)
            self.moving.move_to(now)
        sealing.seal()
        for letter in mail.outbox:
            self.mails.update((to, now.date()) for to in letter.to)
        mail.outbox.clear()

    def work(self, now: datetime) -> None:
        """Let some of the cast act; what is refused is counted, anything else ends the run."""
        from django.core.exceptions import PermissionDenied, ValidationError  # noqa: PLC0415
        from django.db import transaction  # noqa: PLC0415

        for act in self.acts.of(now):
            try:
                with transaction.atomic():
                    act(now)
            except (PermissionDenied, ValidationError) as reason:
                self.refused[f"{act.__name__}: {str(reason)[:90]}"] += 1
            else:
                self.acted[act.__name__] += 1

    def count_rows(self) -> None:
        """Count the rows of every table."""
        from django.apps import apps  # noqa: PLC0415

        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                self.tables[model._meta.db_table].append(model._base_manager.count())

    def is_wrong(self) -> bool:
        """Whether anything was not as it must be, or nothing was done at all."""
        return bool(self.failed or self.differed or self.violations or not self.acted or not self.readers.asked)


class Readers:
    """Anonymous readers before the page cache; what they get is compared with the page made at that moment."""

    def __init__(self):
        from django.utils import timezone  # noqa: PLC0415

        from base.operations.handlers import PortalWSGIHandler  # noqa: PLC0415
        from base.public.page_cache import PageCache  # noqa: PLC0415

        self._fresh = PortalWSGIHandler()
        self._kept = PageCache(PortalWSGIHandler(), max_bytes=256 * 1024**2, clock=lambda: timezone.now().timestamp())
        self.asked = self.from_memory = 0

    def look(self, addresses: list[str]) -> list[str]:
        """Ask for each address; return in words what differs."""
        found = []
        for address in addresses:
            status, headers, body = self._ask(self._kept, address)
            fresh_status, _, fresh = self._ask(self._fresh, address)
            self.asked += 1
            self.from_memory += headers.get("Age") is not None or "X-Cache" in headers
            if (status, self._same(body)) != (fresh_status, self._same(fresh)):
                found.append(f"{address} {status}/{fresh_status}: {self._difference(body, fresh)}")
        return found

    @staticmethod
    def _ask(application, address: str) -> tuple[str, dict, bytes]:
        from django.test import RequestFactory  # noqa: PLC0415

        environ, answered = RequestFactory().get(address, HTTP_HOST="localhost").environ, {}

        def start_response(status, headers, exc_info=None):
            answered.update(status=status, headers=dict(headers))

        answer = application(environ, start_response)
        try:
            return_value = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return answered["status"], answered["headers"], return_value

    @staticmethod
    def _same(body: bytes) -> bytes:
        return MADE_AT.sub(b"", body)

    @staticmethod
    def _difference(kept: bytes, fresh: bytes) -> str:
        lines = difflib.unified_diff(kept.decode().splitlines(), fresh.decode().splitlines(), "kept", "fresh", n=0)
        return " | ".join(line.strip() for line in list(lines)[2:8])[:400]


def report(year: Year, chosen, vendor: str) -> str:
    """Return the figures as Markdown."""
    a_day = sorted(year.mails.values()) or [0]
    most = year.mails.most_common(3)
    lines = [
        f"# A year in one process: {vendor}, {chosen.days} days from {chosen.first}, seed {chosen.seed}",
        "",
        "| What | Figure |",
        "|---|---|",
        f"| days, rounds of jobs, seconds | {year.days}, {year.rounds}, {year.seconds:.0f} |",
        f"| failed jobs | {sum(year.failed.values())} |",
        f"| pages asked for / that said what was no longer so | {year.readers.asked} / {len(year.differed)} |",
        f"| violations of `verify_portal` | {len(year.violations)} |",
        f"| acts done / refused | {sum(year.acted.values())} / {sum(year.refused.values())} |",
        f"| mails; a person and day: median, most | {sum(a_day)}; {a_day[len(a_day) // 2]}, {a_day[-1]} |",
        "",
        "Most mails on one day: " + "; ".join(f"{who} {day}: {n}" for (who, day), n in most),
        "",
        "Acts: " + ", ".join(f"{name} {n}" for name, n in year.acted.most_common()),
        "",
        "| Table | rows, each month | per month of the last half |",
        "|---|---|---|",
    ]
    for table, rows in sorted(year.tables.items(), key=lambda pair: pair[1][0] - pair[1][-1]):
        if rows[-1] - rows[0] >= 20:
            half = rows[len(rows) // 2 :]
            lines.append(
                f"| {table} | {' '.join(map(str, rows))} | {(half[-1] - half[0]) / max(len(half) - 1, 1):.0f} |"
            )
    for title, found in (
        ("Failed jobs", [f"{n} × {text}" for text, n in year.failed.most_common()]),
        ("Pages that said what was no longer so", year.differed[:20]),
        ("Faults", year.violations[:20]),
        ("Refused", [f"{n} × {text}" for text, n in year.refused.most_common(20)]),
    ):
        lines += ["", f"## {title}", "", *([f"* {text}" for text in found] or ["none"])]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
