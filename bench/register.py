"""Measure the register beside many documents: lists, filters, look-ups, searches, and publishing an article.

    python bench/register.py --database postgresql --documents 100000

1. A demo city of its own (`own_portal.py`) on PostgreSQL, or SQLite; one worker with four threads, no page cache.
2. An article is published over HTTP again and again: the POST of the second person, before there are many documents.
3. `build_documents.py` writes the documents; the same requests are asked beside them, one after the other.
4. The article again. A table is written into results/: queries, CPU-ms of the portal and of the database, milliseconds
waited.

Loopback only. Options: --documents, --rounds (times each address is asked), --publications, --port. With --keep FOLDER,
which the account of the database must be able to enter, the loaded portal stays, and a later run measures it again.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import requests
from cpu import cpu_ms
from kill_drill import APPROVER, WRITER, publish_one
from own_portal import own_portal

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
# What is asked of the register, or of a document: the line of the table, the parameters of its address, the target in
# CPU-ms.
READS = [
    ("register, first page", {}, ""),
    ("register, page 2,000", {"trang": "2000"}, ""),
    ("register, newest first", {"sap-xep": "moi-nhat"}, ""),
    ("filtered: type", {"loai": "thong-tu"}, ""),
    ("filtered: type, year, field", {"loai": "quyet-dinh", "nam": "2015", "linh-vuc": "dat-dai"}, ""),
    ("filtered: status", {"tinh-trang": "lapsed"}, ""),
    ("number with its year", {"q": "50/2015/NĐ-CP"}, "≤ 5"),
    ("number, no marks, blanks", {"q": "50 2015 nd cp"}, "≤ 5"),
    ("number borne by many", {"q": "250/QĐ-UBND"}, ""),
    ("number nobody bears", {"q": "99999/2015/QĐ-UBND"}, ""),
    ("words: common, with marks", {"q": "nhân dân"}, "≤ 15"),
    ("words: common, without marks", {"q": "nhan dan"}, "≤ 15"),
    ("words: in one subject of twelve", {"q": "quản lý đất đai"}, "≤ 15"),
    ("words: the same, without marks", {"q": "quan ly dat dai"}, "≤ 15"),
    ("words: in one document of 2,000", {"q": "sầu riêng"}, "≤ 15"),
    ("words: no marks, in one text of 18 and no title", {"q": "nhan xuong"}, "≤ 15"),
    ("words: a common one, filtered", {"q": "nhân dân", "nam": "2003", "loai": "bao-cao"}, "≤ 15"),
    ("words: nowhere", {"q": "kim tự tháp"}, "≤ 15"),
    ("register as of a day", {"ngay": "01/06/2015"}, ""),
    ("document", {}, ""),
    ("document as of a day", {"ngay": "01/06/2015"}, ""),
]
# Every request is answered by the portal itself.
AFRESH = {"PORTAL_PAGE_CACHE": "false", "PORTAL_THROTTLE": "false"}
COUNTING = """
import json
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from legalref.models import LegalDocument
settings.ALLOWED_HOSTS = ["*"]
client, found = Client(headers={{"host": "localhost:{port}"}}), []
for path, parameters in json.loads({asked!r}):
    client.get(path, parameters)
    with CaptureQueriesContext(connection, ) as caught:
        answer = client.get(path, parameters)
    found.append([answer.status_code, len(caught)])
print(json.dumps(found).replace(" ", ""))
"""
SECTION = """
from base.models import PortalSite
site = PortalSite.objects.get(slug="my-long")
print(site.home_page().get_children().get(slug="tin-tuc").pk, site.unit_id)
"""
COUNT = """
from legalref.models import LegalDocument
print(LegalDocument.objects.public().count())
"""
DOCUMENT = """
from legalref.models import LegalDocument
print(LegalDocument.objects.public().filter(is_illustrative=True).exclude(slug=None).latest("pk").slug)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--publications", type=int, default=15)
    parser.add_argument("--port", type=int, default=8791)
    parser.add_argument("--keep", type=Path, help="keep the loaded portal in this folder, or use the one kept there")
    options = parser.parse_args()
    load_before = os.getloadavg()[0]
    with own_portal(port=options.port, database=options.database, kept=options.keep) as portal:
        before, loaded_seconds = [], 0.0
        if int(portal.shell(COUNT)[-1]) < options.documents:
            before = publishing(portal, options.publications)
            began = time.monotonic()
            subprocess.run(
                [sys.executable, str(ROOT / "bench" / "build_documents.py"), "--documents", str(options.documents)],
                env=portal.environment,
                cwd=ROOT,
                check=True,
            )
            loaded_seconds = time.monotonic() - began
        lines = reading(portal, options.rounds)
        after = publishing(portal, options.publications)
    write(options, lines, before, after, loaded_seconds, load_before)


def reading(portal, rounds: int) -> list[str]:
    """Ask every address in turn, round after round; return the lines of the table."""
    path = "/van-ban/"
    page = f"{path}{portal.shell(DOCUMENT)[-1]}/"
    asked = [(page if line.startswith("document") else path, parameters) for line, parameters, _target in READS]
    code = COUNTING.format(port=portal.port, asked=json.dumps(asked))
    counted = json.loads(portal.shell(code)[-1])
    costs: list[list[tuple]] = [[] for _ in asked]
    with portal.serving(workers=1, **AFRESH) as server, requests.Session() as reader:
        roots = [server.pid], [portal.database.process.pid] if portal.database else []
        for _ in range(3):
            ask(reader, portal.base, asked[0])
        for place, what in enumerate(asked):
            for _ in range(2):
                ask(reader, portal.base, what)
            # The clock of the processes ticks every 10 ms: many requests in a row make one figure.
            for _ in range(4):
                at = [cpu_ms(root) for root in roots]
                waited = [ask(reader, portal.base, what) for _ in range(max(1, rounds // 4))]
                spent = [(cpu_ms(root) - was) / len(waited) for root, was in zip(roots, at, strict=True)]
                costs[place].append((*spent, statistics.median(waited), max(waited)))
    rows = []
    for (line, _parameters, target), (status, queries), measured in zip(READS, counted, costs, strict=True):
        portal_ms, database_ms, waited, longest = (statistics.median(column) for column in zip(*measured, strict=True))
        rows.append(
            f"| {line} | {status} | {queries} | {portal_ms:.1f} | {database_ms:.1f} | {portal_ms + database_ms:.1f} "
            f"| {target} | {waited:.1f} | {longest:.1f} |"
        )
    return rows


def ask(reader, base: str, what) -> float:
    """Ask for an address; return the milliseconds waited. Raises HTTPError for an answer that is none."""
    path, parameters = what
    began = time.perf_counter()
    answer = reader.get(base + path, params=parameters, allow_redirects=False, timeout=60)
    waited = (time.perf_counter() - began) * 1000
    if answer.status_code not in (200, 302):
        raise requests.HTTPError(f"{path} {parameters}: {answer.status_code}")
    return waited


def publishing(portal, count: int) -> list[float]:
    """Publish articles over HTTP; return [CPU-ms of portal and database, and milliseconds waited] of each approval."""
    section, unit = portal.shell(SECTION)
    found = []
    with portal.serving(workers=1, **AFRESH) as server:
        writer, approver = portal.person(WRITER), portal.person(APPROVER)
        timed = Timed(approver)
        roots = [server.pid] + ([portal.database.process.pid] if portal.database else [])
        for number in range(count + 2):
            timed.roots = roots
            publish_one(writer, timed, section, unit, f"Do dang bai {time.time_ns()}")
            if number >= 2:
                found.append(timed.last)
    return found


class Timed:
    """A person whose sendings of forms are measured: the POST alone."""

    def __init__(self, person):
        self.person, self.session, self.base, self.roots, self.last = person, person.session, person.base, [], None

    def send(self, path: str, data: dict):
        form = {**data, **self.person.drawn(path)}
        at, began = cpu_ms(self.roots), time.perf_counter()
        answer = self.person.post(path, form)
        self.last = cpu_ms(self.roots) - at, (time.perf_counter() - began) * 1000
        return answer


def write(options, lines, before, after, loaded_seconds: float, load_before: float) -> None:
    """Write the table into bench/results/ and print it."""

    def median(found, place):
        return statistics.median(row[place] for row in found)

    loaded = f"Written and indexed in {loaded_seconds:,.0f} s." if before else "Kept from an earlier run (`--keep`)."
    without = f"without them {median(before, 0):.0f} CPU-ms, {median(before, 1):.0f} ms; " if before else ""
    now = datetime.now().astimezone()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wagtail", "django", "granian"))
    cores = f"{len(os.sched_getaffinity(0))} cores of {platform.machine()}"
    text = [
        f"# {now:%Y-%m-%d}, register, {options.database}",
        "",
        f"`python bench/register.py --database {options.database} --documents {options.documents}`: "
        f"{options.documents:,} generated documents of about 3 KB of text (dữ liệu minh họa) beside the demo city, one "
        f"worker of four threads without page cache, one reader, {options.rounds} requests a line, medians of four "
        f"rounds. {cores}, Python {platform.python_version()}, {versions}. {loaded} Load average: "
        f"{load_before:.1f} before, {os.getloadavg()[0]:.1f} after (on a quiet machine below 0.5; waiting times count "
        "only on such a one, and processor time is dearer where others share the cores).",
        "",
        "| Asked | answer | queries | CPU-ms portal | CPU-ms database | CPU-ms | target | waited ms | longest ms |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
        *lines,
        "",
        f"Publishing an article, the POST of the second person alone ({options.publications} times, medians): "
        f"{without}beside the documents {median(after, 0):.0f} CPU-ms, {median(after, 1):.0f} ms waited.",
        "",
    ]
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{now:%Y-%m-%d}-register-{options.database}.md"
    target.write_text("\n".join(text), encoding="utf-8")
    print("\n".join(text))


if __name__ == "__main__":
    main()
