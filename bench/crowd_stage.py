"""The portal that `crowd.py` loads, and the lines that it prints: PostgreSQL, demo city, granian, nginx in front.

nginx is written by `deploy/nginx/configure.py` with its own brakes. Each scene begins with new processes and no copies
of nginx; what an earlier scene counted against an address is forgotten. The pages that are to be kept are asked for
until every worker keeps them.
"""

import asyncio
import contextlib
import multiprocessing
import os
import re
import sys
import time
from dataclasses import dataclass, field

from cpu import cpu_ms, family, memory_mb
from crowd_citizens import Places
from crowd_client import TITLE, Tally, Wrong, run, stand_apart
from front import CITY, WARD, Front, ask, is_whole, plain
from gone_drill import PATHS
from own_portal import ROOT, Portal

sys.path.insert(0, str(ROOT))
import children  # noqa: E402

WORKERS = 2
CONNECTIONS = 8192
KEPT_PAGES = 60
# With two workers one page in two thousand was seen by one of them alone.
ASKED_TO_WARM = 12
FOUND = """
from wagtail.models import Site
from faq.models import FaqPage
from servicecatalog.models import ServiceOffering
from base.models import PortalSite
for kind, model in (("service", ServiceOffering), ("answer", FaqPage)):
    for page in model.objects.live().filter(locale__language_code="vi").order_by("pk"):
        parts = page.get_url_parts()
        if parts and "//localhost" in parts[1]:
            print(f"{kind}={parts[2]}")
ward = PortalSite.objects.get(slug="my-long")
print(f"section={ward.home_page().get_children().get(slug='tin-tuc').pk}", f"unit={ward.unit_id}")
for host in Site.objects.order_by("pk").values_list("hostname", flat=True):
    print(f"host={host}")
"""


@dataclass
class Line:
    """One line of the table; `is_met` is None where a figure has no goal."""

    scene: str
    what: str
    figure: str
    goal: str = ""
    is_met: bool | None = None

    def row(self) -> str:
        met = {True: "yes", False: "**no**", None: ""}[self.is_met]
        return f"| {self.scene} | {self.what} | {self.figure} | {self.goal} | {met} |"


@dataclass
class Stage:
    """The portal behind its front, what there is to read, and the lines so far."""

    portal: Portal
    front_port: int
    front: Front | None = None
    lines: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)
    # (host, path, title) of pages that are kept.
    kept: list[tuple[str, str, str]] = field(default_factory=list)
    places: Places | None = None
    asked_to_warm: int = ASKED_TO_WARM

    def find(self) -> None:
        """Learn from the database what there is to read."""
        for word in self.portal.shell(FOUND):
            name, _, value = word.partition("=")
            self.found.setdefault(name, []).append(value)
        if not self.found.get("service") or not self.found.get("answer"):
            raise Wrong("the demo city has no services or no answered questions")

    @contextlib.contextmanager
    def serving(self, scene: str, *, rate: int | None = None):
        """Begin anew with cold processes; yield granian's. Notes what the scene cost in the end."""
        self.front = Front(self.portal, self.front_port, [self.portal.port], rate=rate, connections=CONNECTIONS)
        with self.portal.serving(workers=WORKERS) as server:
            self.front.begin_anew()
            try:
                self.kept = self.kept or self._kept_pages()
                self.places = Places(
                    [(path, title) for host, path, title in self.kept if host == CITY],
                    self.found["service"],
                    self.found["answer"],
                )
                began, spent, in_front = time.monotonic(), cpu_ms([server.pid]), cpu_ms([self.front.process.pid])
                yield server
                took, spent = time.monotonic() - began, cpu_ms([server.pid]) - spent
                in_front = cpu_ms([self.front.process.pid]) - in_front
                self.notes.append(
                    f"{scene}: {took:.0f} s, portal {spent / 1000:.0f} s of processor, nginx {in_front / 1000:.0f} s, "
                    f"{memory_mb([server.pid]):.0f} MB in the end (PSS of {len(family(server.pid))} processes)"
                )
            finally:
                self.front.stop()

    def ask(self, host: str, path: str, encoding: str | None = "br"):
        """Ask the portal itself, past nginx, on a connection of its own."""
        return ask("granian", self.portal.port, host, path, encoding, self.front_port)

    def pages(self, host: str) -> list[str]:
        """Every path of the map of a host."""
        found, maps = [], ["/sitemap.xml"]
        while maps:
            status, headers, body = self.ask(host, maps.pop(), None)
            if status != 200:
                raise Wrong(f"{host}: map answers {status}")
            for path in re.findall(r"<loc>https?://[^/<]+([^<]*)</loc>", plain(headers, body).decode()):
                (maps if path.endswith(".xml") else found).append(path or "/")
        return found

    def _kept_pages(self) -> list[tuple[str, str, str]]:
        found = []
        for host, most in ((CITY, KEPT_PAGES), (WARD, KEPT_PAGES // 4)):
            own = [path for path in PATHS[host] if path.endswith("/") and not path.startswith("/api")]
            # Spread over the whole map; the latest pages of other drills may be taken down meanwhile.
            others = [path for path in self.pages(host) if path not in own and "dien-tap" not in path]
            for path in own + others[:: max(1, len(others) // most)]:
                status, headers, body = self.ask(host, path)
                text = plain(headers, body)
                title = TITLE.search(text.decode("utf-8", "replace"))
                if status == 200 and title and "public" in headers.get("cache-control", "") and is_whole(headers, text):
                    found.append((host, path, title[1].strip()))
        if len(found) < KEPT_PAGES // 2:
            raise Wrong(f"only {len(found)} pages are kept")
        return found

    def warm(self) -> None:
        """Ask until every worker keeps the pages."""
        for host, path, title in self.kept:
            for _ in range(self.asked_to_warm):
                status, headers, body = self.ask(host, path)
                if status != 200:
                    raise Wrong(f"{host}{path}: {status} while it is warmed")
            if title.encode() not in plain(headers, body):
                raise Wrong(f"{host}{path}: no «{title}»")

    # --- What is said

    def say(self, scene: str, what: str, figure, goal: str = "", is_met: bool | None = None) -> None:
        line = Line(scene, what, str(figure), goal, is_met)
        self.lines.append(line)
        print(line.row(), flush=True)

    def say_kept(self, scene: str, tally: Tally, *, p50: float | None, p99: float, errors: str = "0") -> None:
        """The lines of a load's readers of kept pages."""
        halves, most = tally.milliseconds("kept", 0.5), tally.milliseconds("kept", 0.99)
        if not tally.right("kept"):
            raise Wrong(f"{scene}: no kept page came: {tally.counts} {tally.examples}")
        if p50 is not None:
            self.say(scene, "kept page p50", f"{halves:.1f} ms", f"≤ {p50:g} ms", halves <= p50)
        self.say(scene, "kept page p99", f"{most:.0f} ms", f"≤ {p99:g} ms", most <= p99)
        wrong = tally.refused("kept") + tally.other("kept")
        told = f"{wrong} of {wrong + tally.right('kept'):,}{why(tally, 'kept')}"
        self.say(scene, "kept pages refused or broken", told, errors, wrong == 0)
        if waiting := tally.counts["not begun"]:
            # So many waited for answers that no more could begin: the times above are too good.
            self.say(scene, "readers of kept pages who could not begin", waiting, "0", False)

    def say_cost(self, scene: str, *tallies: Tally) -> None:
        self.notes.append(f"{scene}: clients {sum(tally.cpu_seconds for tally in tallies):.0f} s of processor")


def why(tally: Tally, kind: str) -> str:
    """What came in place of right answers, and how often; "" for nothing."""
    wrong = {name.removeprefix(f"{kind} "): n for name, n in tally.counts.items() if name.rpartition(" ")[0] == kind}
    wrong.pop("right", None)
    return " (" + ", ".join(f"{name}: {number}" for name, number in sorted(wrong.items())) + ")" if wrong else ""


class Apart:
    """Loads that run at the same time, each in a process of its own; `make` makes what each fills."""

    def __init__(self, *works, make=Tally):
        context = multiprocessing.get_context("fork")
        self._waiting = []
        for work in works:
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(work, make(), sender))
            process.start()
            sender.close()
            self._waiting.append((process, receiver))

    def tallies(self) -> list[Tally]:
        """Wait for all of them. Raises Wrong when one could not go on."""
        found = []
        for process, receiver in self._waiting:
            try:
                found.append(receiver.recv())
            except EOFError as error:
                raise Wrong("a client ended without a word") from error
            process.join()
        for tally in found:
            if isinstance(tally, str):
                raise Wrong(tally)
        return found


def together(*works) -> list[Tally]:
    return Apart(*works).tallies()


def _run(work, tally: Tally, sender) -> None:
    children.die_with_parent()
    try:
        sender.send(run(work, tally))
    except Exception as error:
        sender.send(f"{type(error).__name__}: {error}")
        raise


def wait_for(coroutine):
    """Run a coroutine in this process, as a reader."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    stand_apart()
    try:
        return asyncio.run(coroutine)
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, before)
