"""Measure the portal and write tables and a chart into bench/results/: what `make bench` calls.

On SQLite, then on PostgreSQL:

1. A database of its own with the demo city and 2,000 articles (`run_databases.py`).
2. Two servers of one worker each, with the page cache and without, and nginx in front of the first, which
   also serves files of the same content and size (`run_servers.py`).
3. Rounds: every address in turn under the same load, so that what else the machine does falls on all alike.
4. Articles asked for the first time; thirty publications beside two servers (`freshness.py`).
5. In one process without a server: queries, pages right after a publication elsewhere (`pages.py`), and what editors
   do (`editing.py`).
6. The same beside 20,000 articles (`grow_content.py`): the pages made afresh, and 5.
7. The medians of the rounds: latencies, CPU-ms per request of all server processes, how they grow
   (`run_report.py`, `run_chart.py`).

Fails when an answer is not 2xx. Options: --articles, --growth (0: without 6), --rounds, --seconds (of each line in each
round), --connections, --database, --keep.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from cpu import cpu_ms, memory_mb
from load import BROWSER

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import run_report  # noqa: E402
from console import say, step, stop  # noqa: E402
from run_databases import database, grow, script  # noqa: E402
from run_report import Measured  # noqa: E402
from run_servers import everything, fetch, start_portal, wait_for, warm  # noqa: E402
from web_server import free_ports  # noqa: E402

RESULTS = ROOT / "bench" / "results"
DATABASES = ("sqlite", "postgresql")
# CPU-ms of a page made afresh; of the sitemap for 2,000 rows.
GOALS = {
    "city home": "8",
    "ward home": "7",
    "section list": "6",
    "section list, far page": "6",
    "article": "7",
    "document": "12",
    "register": "7",
    "service list": "10",
    "service": "12",
    "answer list": "8",
    "search, few words": "12",
    "search, common words": "15",
    "search, with marks": "12",
    "search, nothing": "8",
    "feed": "2",
    "section feed": "2",
    "sitemap": "2",
}
# Articles that are asked once each, as a crawler does.
MISSES = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--growth", type=int, default=20_000, help="articles of the second measurement, 0 for none")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    parser.add_argument("--keep", action="store_true", help="use the SQLite database of the last run as it is")
    options = parser.parse_args()
    found = []
    for kind in DATABASES if options.database == "both" else (options.database,):
        say(f"\n=== {kind} ===")
        with database(kind, options.articles, keep=options.keep) as (environment, var):
            found.append(measure(kind, options.articles, environment, var, options, whole=True))
            if options.growth > options.articles:
                grow(environment, options.growth)
                found.append(measure(kind, options.growth, environment, var, options, whole=False))
    say(run_report.write(found, options, RESULTS))
    errors = {
        f"{one.database}, {one.articles}, {cell.page}, {cell.answered}": cell.errors
        for one in found
        for cell in one.cells
    }
    if bad := {name: count for name, count in errors.items() if count}:
        stop(f"Có câu trả lời không phải 2xx, số đo không dùng được: {bad}")


def measure(kind: str, articles: int, environment: dict, var: Path, options, *, whole: bool) -> Measured:
    """Measure what the portal does beside so many articles; `whole`: not only what may grow with them."""
    listed = script(environment, "pages.py", "--addresses")
    addresses = dict(line.split("\t") for line in listed.splitlines() if "\t" in line)
    further = []
    with everything(environment, var, addresses, GOALS, whole=whole) as (cells, servers):
        load_before = os.getloadavg()[0]
        for cell in cells:
            warm(cell)
        for number in range(options.rounds):
            with step(f"Vòng {number + 1}/{options.rounds}: {len(cells)} dòng × {options.seconds:g} giây"):
                for cell in cells:
                    cell.measure(options.connections, options.seconds)
        memory = {name: memory_mb([process.pid]) for name, process in servers.items()}
        if whole:
            with step(f"Hỏi {MISSES} bài chưa có trong bộ nhớ đệm"):
                further.append(measure_misses(environment, servers))
            with step("Đăng 30 lần, xem độc giả thấy sau bao lâu"):
                further.append(measure_freshness(environment, servers))
    with step("Dựng từng trang trong một tiến trình"):
        pages = json.loads(script(environment, "pages.py", "--json"))
    with step("Việc của người soạn và người duyệt"):
        actions = json.loads(script(environment, "editing.py", "--json"))
    return Measured(kind, articles, cells, pages, actions, memory, load_before, further)


def measure_misses(environment: dict, servers: dict) -> str:
    """Ask a new server with the page cache for many articles, each once; return the line of result."""
    paths = script(environment, "pages.py", "--articles").split()[:MISSES]
    (port,) = free_ports(1)
    server = servers["articles asked once"] = start_portal(environment, port, page_cache=True)
    wait_for(f"http://127.0.0.1:{port}/healthz", f"localhost:{port}")
    headers = BROWSER | {"Host": f"localhost:{port}"}
    fetch(f"http://127.0.0.1:{port}{paths.pop()}", headers)
    before = cpu_ms([server.pid])
    for path in paths:
        status, _body, answered = fetch(f"http://127.0.0.1:{port}{path}", headers)
        if status != 200 or answered.get("Content-Encoding") != "br":
            stop(f"{path} trả lời {status}, {answered.get('Content-Encoding')}")
    cost = (cpu_ms([server.pid]) - before) / len(paths)
    return f"A miss in production (page cache on, compressed, {len(paths)} articles asked once): {cost:.1f} CPU-ms."


def measure_freshness(environment: dict, servers: dict) -> str:
    """Start two more servers with the page cache and publish beside them; return the line of result."""
    ports = free_ports(2)
    for port in ports:
        servers[f"server {port}"] = start_portal(environment, port, page_cache=True)
    for port in ports:
        wait_for(f"http://127.0.0.1:{port}/healthz", "localhost")
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    return script(environment, "freshness.py", "--servers", *addresses).strip()


if __name__ == "__main__":
    main()
