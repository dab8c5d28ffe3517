"""Count 20,000 uses of services over 8 connections on a running portal, and compare with what was to be counted.

    python bench/usage.py --hits 20000 --workers 4

1. A portal of its own (PostgreSQL, or `--database sqlite`), production settings, granian with several processes.
2. Visitors look at services and guides, with scripts, with older browsers and without scripts; some reload, at the
   same moment on another connection too; programs, fetching ahead, other sites' pages, forged pages and nonsense come
   between. No count may be below the expected one, and none above it by more than its reloads: one that another
   process answers counts once more (decision 0063). With `--workers 1` every count must be the expected one exactly.
3. From the log: how often each process wrote, and the shortest time between two of its writes (a second).
4. Processor time a hit, of the server and all its children.
5. Visitors go on while processes die by SIGKILL: at most what was taken within a second before may be lost.
6. The server is asked to end (SIGTERM) in the middle of it: nothing is lost, and the file that its processes shared
   (in `/dev/shm`) is gone.

Loopback only; ends by itself.
"""

import argparse
import contextlib
import http.client
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from cpu import cpu_ms
from kill_drill import workers_of
from own_portal import ROOT, children, own_portal, web_server

CONNECTIONS = 8
PLACE = "/luot-su-dung/"
BROWSERS = [
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 15_8 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.6",
]
PROGRAMS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.5.0",
    "python-requests/2.32",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36",
    "",
]
# How long a write may take beside the second between two of them.
WRITE_SECONDS = 0.5
MAKE = """
from secrets import randbelow
from secrets import token_hex as new_slug
from types import SimpleNamespace
from base.models import PortalSite
from servicecatalog.models import ServiceGuidePage
from tests.city import draft, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering
site = PortalSite.objects.get(kind="city")
city = SimpleNamespace(site=site)


def made_anew(**fields):
    name, code = f"Dịch vụ đo {new_slug()}", f"8.{randbelow(10**6):06d}"
    return an_offering(site, a_procedure(city, code=code, name=name), **fields)


made = [made_anew() for number in range(10)]
catalogue = made[0].get_parent().specific
guides = [
    publish_at_once(draft(ServiceGuidePage(title=f"Hướng dẫn đo {n}", slug=f"huong-dan-{new_slug()}"), catalogue))
    for n in range(2)
]
hidden = made_anew(public=False)
others = [hidden, catalogue, site.home_page()]
print(*[page.pk for page in made], "|", *[page.pk for page in guides], "|", *[page.pk for page in others])
"""
COUNTED = """
from servicecatalog.models import UsageCount
for row in UsageCount.objects.values_list("page_id", "kind", "count"):
    print(*row, sep=":")
"""
LEFT_BEHIND = """
from django.conf import settings
from base.public.usage.visitors import shared_path
print(shared_path(str(settings.VAR_DIR)).exists())
"""


@dataclass(frozen=True)
class Hit:
    """One request: how it is asked, and what it is expected to count, (page, kind) or None."""

    method: str
    path: str
    body: str
    headers: dict
    counts: tuple | None


def hit(rng, page, kind, address, agent, *, counts, without=(), **changed) -> Hit:
    """A view with scripts, of an older browser, or without scripts, from an address behind the web server."""
    headers = {"Host": "localhost", "User-Agent": agent, "X-Forwarded-For": address}
    way = rng.random()
    if way < 0.2:
        headers |= {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
        made = ("GET", f"{PLACE}?trang={page}&loai={kind}", "")
    else:
        headers |= {"Origin": "http://localhost", "Content-Type": "application/x-www-form-urlencoded"}
        if way < 0.9:
            headers |= {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
        made = ("POST", PLACE, f"trang={page}&loai={kind}")
    headers = {name: value for name, value in (headers | changed).items() if name not in without}
    return Hit(*made, headers, counts)


def address_of(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def plan(rng, count: int, services: list[int], guides: list[int], others: list[int]):
    """Return the hits in the order they are sent, the expected counts, and how many of each may count once more."""
    hits, number = [], 0
    while len(hits) < count * 0.55:
        number += 1
        agent = rng.choice(BROWSERS)
        for page in rng.sample(services, rng.randint(1, 3)):
            hits.append(hit(rng, page, "view", address_of(number), agent, counts=(page, "view")))
        if rng.random() < 0.2:
            page = rng.choice(services + guides)
            hits.append(hit(rng, page, "guide", address_of(number), agent, counts=(page, "guide")))
    expected = Counter(one.counts for one in hits)
    # The same once more, some of them at the same moment.
    again = rng.sample(hits, int(count * 0.2))
    hits += again
    while len(hits) < count * 0.9:
        number += 1
        page, browser = rng.choice(services), rng.choice(BROWSERS)
        kind = rng.randrange(4)
        if kind == 0:
            made = hit(rng, page, "view", address_of(number), rng.choice(PROGRAMS), counts=None)
        elif kind == 1:
            made = hit(
                rng, page, "view", address_of(number), browser, counts=None, **{"Sec-Purpose": "prefetch;prerender"}
            )
        elif kind == 2:
            made = hit(rng, page, "view", address_of(number), browser, counts=None, **{"Sec-Fetch-Site": "cross-site"})
        else:
            gone = ("Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "Origin")
            made = hit(rng, page, "view", address_of(number), browser, counts=None, without=gone)
        hits.append(made)
    while len(hits) < count:
        number += 1
        page = rng.choice([*others, rng.randrange(10**6, 10**12), rng.choice(guides), "abc", "-1", f"{services[0]}%20"])
        hits.append(hit(rng, page, "view", address_of(number), rng.choice(BROWSERS), counts=None))
    rng.shuffle(hits)
    return hits[:count], expected, Counter(one.counts for one in again)


def send(port: int, hits: list[Hit], taken: list | None = None) -> int:
    """Send hits over 8 connections, each the next one; return how many answers were not the usual ones."""
    waiting, lock, odd = iter(hits), threading.Lock(), [0]

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            with lock:
                one = next(waiting, None)
            if one is None:
                break
            try:
                connection.request(one.method, one.path, one.body or None, one.headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != (204 if one.method == "POST" else 200):
                    odd[0] += 1
                elif taken is not None:
                    taken.append(time.time())
            except (OSError, http.client.HTTPException):
                # A process that was killed; whatever it was, it is not known to have been taken.
                connection.close()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return odd[0]


@contextlib.contextmanager
def serving(portal, workers: int, log: Path):
    """Run the server as production does, its log in a file."""
    with log.open("ab") as out:
        server = children.start(
            web_server.command(portal.port, "--no-log", workers=workers),
            env=portal.environment | {"PORTAL_PROXIES": "1", "PORTAL_LOG_LEVEL": "DEBUG"},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=out,
        )
    try:
        portal.wait_until_up()
        yield server
    finally:
        children.end([server], grace_seconds=30)


def counted(portal) -> Counter:
    rows = [line.split(":") for line in portal.shell(COUNTED)]
    found = Counter()
    for page, kind, number in rows:
        found[int(page), kind] += int(number)
    return found


def writes(log: Path) -> dict[str, list[tuple[float, int]]]:
    """Return for each process when it began to write (seconds) and how many counts."""
    found = defaultdict(list)
    for line in log.read_text(errors="replace").splitlines():
        match = re.search(r"base.public.usage.counting: process (\d+): (\d+) counts in one write of ([\d.]+)", line)
        if match:
            found[match[1]].append((float(match[3]), int(match[2])))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--hits", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8480)
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--keep", type=Path, help="a folder where the portal stays for the next run")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    failed = False
    with own_portal(port=options.port, database=options.database, demo=False, kept=options.keep) as portal:
        services, guides, others = (
            [int(key) for key in part.split()] for part in " ".join(portal.shell(MAKE)).split("|")
        )
        portal.shell("from servicecatalog.models import UsageCount; UsageCount.objects.all().delete()")
        hits, expected, again = plan(rng, options.hits, services, guides, others)
        log = portal.var / "usage.log"
        log.unlink(missing_ok=True)
        with serving(portal, options.workers, log) as server:
            send(portal.port, [])
            before, began = cpu_ms([server.pid]), time.monotonic()
            odd = send(portal.port, hits)
            lasted, spent = time.monotonic() - began, cpu_ms([server.pid]) - before
            time.sleep(2.5)
            found = counted(portal)
            most_again = again if options.workers > 1 else Counter()
            failed |= bool(expected - found) or bool(found - expected - most_again) or bool(odd)
            print(
                f"{len(hits)} hits over {CONNECTIONS} connections to {options.workers} processes "
                f"({options.database}) in {lasted:.0f} s: {sum(found.values())} counted, "
                f"{sum(expected.values())} expected, {len(found)} rows, {sum((found - expected).values())} of "
                f"{sum(again.values())} reloads counted once more, {sum((expected - found).values())} too few, "
                f"{odd} odd answers; "
                f"{spent / len(hits):.3f} CPU-ms a hit."
            )
            known = writes(log)
            gaps = [b[0] - a[0] for rows in known.values() for a, b in zip(rows, rows[1:], strict=False)]
            most = max(rows for process in known.values() for _at, rows in process)
            failed |= bool(gaps) and min(gaps) < 0.999
            print(
                f"Writes: {sum(map(len, known.values()))} by {len(known)} processes, shortest time between two of one "
                f"process {min(gaps, default=0):.2f} s, most counts in one write {most}."
            )
            for _ in range(options.kills):
                failed |= not kill_one(portal, server, services, rng)
        failed |= not end_softly(portal, options, services, rng, log)
    if failed:
        raise SystemExit("The counts are not what they should be.")
    print("All is as it should be.")


_visitors = iter(range(2**20, 2**24))


def fresh(rng, services: list[int], count: int) -> list[Hit]:
    """Hits of visitors who never came before."""
    return [
        hit(rng, page, "view", address_of(next(_visitors)), BROWSERS[0], counts=(page, "view"))
        for page in rng.choices(services, k=count)
    ]


def kill_one(portal, server, services, rng) -> bool:
    """Kill one process in the middle of it; tell whether no more is lost than what was taken in its last second."""
    already, taken, killed = sum(counted(portal).values()), [], []

    def kill():
        time.sleep(2.5)
        killed.append(time.time())
        os.kill(rng.choice(workers_of(server.pid)), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    send(portal.port, fresh(rng, services, 6000), taken)
    killer.join()
    time.sleep(2.5)
    lost = len(taken) - (sum(counted(portal).values()) - already)
    bound = sum(killed[0] - 1 - WRITE_SECONDS <= at <= killed[0] for at in taken)
    print(f"SIGKILL of a process: {len(taken)} taken, {max(0, lost)} lost; taken in its last second by all: {bound}.")
    return lost <= bound


def end_softly(portal, options, services, rng, log) -> bool:
    """Ask the server to end right after hits were taken; tell whether all of them are in the database."""
    already, taken = sum(counted(portal).values()), []
    with serving(portal, options.workers, log):
        send(portal.port, fresh(rng, services, 2000), taken)
    gained = sum(counted(portal).values()) - already
    left = portal.shell(LEFT_BEHIND)[-1]
    print(f"SIGTERM at once after {len(taken)} were taken: {gained} in the database; shared file left: {left}.")
    return gained == len(taken) and left == "False"


if __name__ == "__main__":
    main()
