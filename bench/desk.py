"""What the score sheet and the first screen of each role cost in a large city: queries and processor time.

    PORTAL_VAR=var/desk python bench/desk.py --pages 20000 [--rounds 5]

1. Below the news of each site articles are added in bulk, as `grow_content.py` does, until the database has that many
pages. 2. The matrix of all open sites and mandatory sections is computed, and its screen, the score sheets of the month
and the first screen of each demo account are asked for, in this process; of each the median of the rounds. The public
index is not made anew: none of it asks there.

Ends with 1 when a goal is missed. Writes into the database of the environment: give it a copy of a demo city.
"""

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import reverse  # noqa: E402
from grow_content import add  # noqa: E402  sets Django up
from wagtail.models import Page  # noqa: E402

from accounts.models import User  # noqa: E402
from base.sites import site_of  # noqa: E402
from home.demo.build import accounts  # noqa: E402
from reporting.scoring import matrix  # noqa: E402
from sections.models import ArticlePage, SectionIndexPage  # noqa: E402

PATTERNS, SOME = 12, 250
SHEET_QUERIES, SHEET_MS, FIRST_SCREEN_QUERIES = 15, 300, 25
BOARD_HEAD = "truong-ban"


def grow(pages: int) -> None:
    """Add articles below the news of all sites in turn until there are so many pages."""
    sections = list(SectionIndexPage.objects.live().filter(section_key="tin-tuc", locale__language_code="vi"))
    patterns = ArticlePage.objects.live().exclude(lead_image=None).select_related("live_revision", "lead_image")
    patterns = list(patterns.order_by("pk")[:PATTERNS])
    oldest = min(pattern.first_published_at for pattern in patterns) - timedelta(days=1)
    number = Page.objects.count()
    for key in itertools.cycle([section.pk for section in sections]):
        if number >= pages:
            return
        numbers = list(range(number, min(number + SOME, pages)))
        section = SectionIndexPage.objects.get(pk=key)
        add(site_of(section), section, numbers, patterns, oldest)
        number += len(numbers)


def measured(ask: Callable[[], object], rounds: int) -> tuple[int, float]:
    """Return how many queries a call takes, and the median of its processor time in milliseconds."""
    queries = [0]

    def count(execute, *arguments):
        queries[0] += 1
        return execute(*arguments)

    ask()
    with connection.execute_wrapper(count):
        ask()
    took = []
    for _round in range(rounds):
        began = time.process_time()
        ask()
        took.append((time.process_time() - began) * 1000)
    return queries[0], statistics.median(took)


def screens(rounds: int) -> list[tuple[str, int, float, int]]:
    """Return (screen, queries, milliseconds, most queries) of the sheet's screens and of everybody's first one."""
    from tests.city import CityClient  # noqa: PLC0415

    host = settings.PORTAL_HOST
    head, found = CityClient(headers={"host": host}), []
    head.force_login(User.objects.get(username=BOARD_HEAD))
    first = reverse("wagtailadmin_home")
    for name in ("reporting_matrix", "reporting_sheets"):
        address = reverse(name)
        found.append((address, *measured(lambda at=address: answered(head, at), rounds), 0))
    for username, _password, role, *_more in accounts():
        client = CityClient(headers={"host": host})
        client.force_login(User.objects.get(username=username))
        found.append((role, *measured(lambda one=client: answered(one, first), rounds), FIRST_SCREEN_QUERIES))
    return found


def answered(client, address: str) -> None:
    """Ask for a screen; it must be there."""
    answer = client.get(address)
    if answer.status_code != 200:
        sys.exit(f"{address}: {answer.status_code}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    grow(options.pages)
    sites = matrix.open_sites()
    queries, milliseconds = measured(lambda: matrix.matrix(sites), options.rounds)
    print(f"{Page.objects.count()} pages, {len(sites)} sites, {connection.vendor}")
    print(f"matrix: {queries} queries, {milliseconds:.0f} CPU-ms (at most {SHEET_QUERIES}, {SHEET_MS})")
    missed = queries > SHEET_QUERIES or milliseconds > SHEET_MS
    for name, queries, milliseconds, most in screens(options.rounds):
        print(f"{name}: {queries} queries, {milliseconds:.0f} CPU-ms" + (f" (at most {most} queries)" if most else ""))
        missed |= bool(most) and queries > most
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
