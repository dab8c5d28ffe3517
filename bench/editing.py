"""What the actions of editors cost, in one process: processor time, wall time and queries of each.

    python bench/editing.py [--rounds 15] [--profile ACTION | --json]

Writes, submits, approves and takes down articles of the demo's own cast in the database named by the settings
(`bench/run.py` says how to make one). The actions alone: no server, no form. `--profile` prints where one of them
spends its time; `--json` prints the figures for `run.py`.
"""

import argparse
import cProfile
import json
import os
import pstats
import statistics
import sys
import time
from functools import partial
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import build_content  # noqa: E402  sets Django up
from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from base.models import PortalSite  # noqa: E402
from sections.models import ArticlePage, SectionIndexPage  # noqa: E402
from workflows.models import TakeDown  # noqa: E402
from workflows.publishing import approval, takedown  # noqa: E402

GOALS = {"save a draft": 60, "submit": 80, "approve and publish": 70, "propose to take down": 80, "take down": 80}


class Measured:
    """The costs of one action: each call is timed, and its queries counted in a round of its own."""

    def __init__(self, name: str, profile: str):
        self.name, self.cpu, self.wall, self.queries = name, [], [], 0
        self.profiler = cProfile.Profile() if profile == name else None

    def figures(self) -> dict:
        """Return the medians of processor and wall time in milliseconds, the number of queries, the goal."""
        cpu, wall = statistics.median(self.cpu), statistics.median(self.wall)
        return {"cpu": cpu, "wall": wall, "queries": self.queries, "goal": GOALS[self.name]}

    def __call__(self, action, *, counts: bool):
        if counts:
            with CaptureQueriesContext(connection) as caught, transaction.atomic():
                made = action()
            self.queries = len(caught)
            return made
        begun, began = time.process_time(), time.perf_counter()
        if self.profiler:
            self.profiler.enable()
        with transaction.atomic():
            made = action()
        if self.profiler:
            self.profiler.disable()
        self.cpu.append((time.process_time() - begun) * 1000)
        self.wall.append((time.perf_counter() - began) * 1000)
        return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", default="", choices=["", *GOALS])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    city = PortalSite.objects.get(kind=PortalSite.Kind.CITY)
    section = SectionIndexPage.objects.child_of(city.home_page()).get(section_key=build_content.SECTION)
    writer, approver = (build_content.holder(role, city) for role in ("contributor", "deputy_head"))
    pictures = [build_content.picture(number) for number in range(build_content.PICTURES)]
    measured = {name: Measured(name, options.profile) for name in GOALS}
    # A worker that approves also answers readers: it knows what stands around the pages of a site.
    Client(SERVER_NAME=settings.PORTAL_HOST, SERVER_PORT=str(settings.PORTAL_PORT)).get(section.get_url_parts()[2])
    for number in range(options.rounds + 2):
        article = build_content.write(number, city, pictures[number % len(pictures)])
        article.slug = f"{article.slug}-{time.time_ns()}"
        # The first round warms, the second counts queries.
        run = {name: partial(one, counts=number < 2) for name, one in measured.items()}
        act(section, article, writer, approver, run)
    if options.json:
        print(json.dumps({name: one.figures() for name, one in measured.items()}))
        return
    print(f"{connection.vendor}, {ArticlePage.objects.live().count()} articles\n")
    print("| Action | CPU-ms | wall ms | queries | goal CPU-ms |\n|---|--:|--:|--:|--:|")
    for name, one in measured.items():
        cost = one.figures()
        print(f"| {name} | {cost['cpu']:.0f} | {cost['wall']:.0f} | {cost['queries']} | {cost['goal']} |")
        if one.profiler:
            pstats.Stats(one.profiler).sort_stats("cumtime").print_stats(90)


def act(section, article, writer, approver, run: dict) -> None:
    """Lead one article from its first version to its take-down."""
    section.add_child(instance=article)
    article.save_revision(user=writer)
    article.summary = f"{article.summary} Sửa."
    run["save a draft"](lambda: article.save_revision(user=writer))
    page = ArticlePage.objects.get(pk=article.pk)
    state = run["submit"](lambda: approval.submit(page, by=writer, declaration=True, remark="Đã xem lại."))
    run["approve and publish"](lambda: approval.approve(state.current_task_state, by=approver))
    public = ArticlePage.objects.get(pk=article.pk)
    (row,) = run["propose to take down"](
        lambda: takedown.propose(public, TakeDown.Ground.ERROR, by=writer, explanation="Nội dung sai.")
    )
    run["take down"](lambda: takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=approver, note="Đồng ý gỡ."))


if __name__ == "__main__":
    main()
