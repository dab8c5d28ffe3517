"""Measure the portal beside nginx and write the table into bench/results/: what `make bench` calls.

1. A database of its own with the demo city and 2,000 articles (`build_content.py`), kept for the next run.
2. Two servers of one worker each, with the page cache and without, and nginx in front of the first, which
   also serves files of the same content and size.
3. Rounds: every address in turn under the same load, so that what else the machine does falls on all alike.
4. The medians of the rounds: requests a second, latencies, CPU-ms per request of all server processes.
5. Thirty publications beside two servers with page caches of their own (`freshness.py`).

Options: --articles, --rounds, --seconds (of each line in each round), --connections, --database, --keep.
"""

import argparse
import contextlib
import gzip
import hashlib
import importlib.metadata
import os
import platform
import secrets
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cpu import cpu_ms, memory_mb
from load import BROWSER, Load, put

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
sys.path.insert(0, str(ROOT / "tools"))

import children  # noqa: E402
import postgres  # noqa: E402
import web_server  # noqa: E402
from console import loud, say, step, stop  # noqa: E402
from web_server import free_ports  # noqa: E402

START_SECONDS = 60
# The pages that are also asked from the page cache, and of nginx.
FROM_THE_CACHE = ("city home", "section list", "article")
# CPU-ms of a page made afresh.
GOALS = {
    "city home": "8",
    "ward home": "7",
    "section list": "6",
    "section list, page 40": "6",
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


@dataclass
class Cell:
    """One line of the table: an address, who answers it, and what each round found."""

    page: str
    answered: str
    url: str
    roots: list[int]
    target: str = ""
    headers: dict = field(default_factory=dict)
    bytes_sent: int = 0
    loads: list[Load] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def measure(self, connections: int, seconds: float) -> None:
        before = cpu_ms(self.roots)
        load = put(self.url, connections=connections, seconds=seconds, headers=self.headers)
        self.costs.append((cpu_ms(self.roots) - before) / max(1, load.requests))
        self.loads.append(load)

    @property
    def errors(self) -> int:
        return sum(load.errors for load in self.loads)

    def row(self) -> str:
        def median(name):
            return statistics.median(getattr(load, name) for load in self.loads)

        return (
            f"| {self.page} | {self.answered} | {self.bytes_sent:,} | {median('per_second'):,.0f} "
            f"| {median('p50_ms'):.2f} | {median('p99_ms'):.2f} | {statistics.median(self.costs):.3f} "
            f"| {self.target} | {self.errors} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", action="store_true", help="use the database of the last run as it is")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        database_url = ""
        if options.database == "postgresql":
            try:
                database_url = stack.enter_context(postgres.server())
            except postgres.NoServer as error:
                stop(f"PostgreSQL: {error}")
        var = ROOT / "var" / f"bench-{options.database}"
        environment = environment_of_bench(var, database_url)
        addresses = prepare(environment, var, options)
        cells, servers = stack.enter_context(everything(environment, var, addresses))
        load_before = os.getloadavg()[0]
        for cell in cells:
            warm(cell)
        for number in range(options.rounds):
            with step(f"Vòng {number + 1}/{options.rounds}: {len(cells)} dòng × {options.seconds:g} giây"):
                for cell in cells:
                    cell.measure(options.connections, options.seconds)
        memory = {name: memory_mb([process.pid]) for name, process in servers.items()}
        with step(f"Hỏi {MISSES} bài chưa có trong bộ nhớ đệm"):
            missed = measure_misses(environment, servers)
        with step("Đăng 30 lần, xem độc giả thấy sau bao lâu"):
            freshness = measure_freshness(environment, servers)
        write(options, cells, memory, [missed, freshness], load_before)
        if errors := {f"{cell.page}, {cell.answered}": cell.errors for cell in cells if cell.errors}:
            stop(f"Có câu trả lời không phải 2xx, số đo không dùng được: {errors}")


def environment_of_bench(var: Path, database_url: str) -> dict[str, str]:
    """Return the environment of the servers: production settings over plain HTTP, state in `var`."""
    var.mkdir(parents=True, exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PYTHONPATH": str(ROOT),
        "PORTAL_VAR": str(var),
        "PORTAL_HOST": "localhost",
        "PORTAL_HTTPS": "false",
        "PORTAL_DEMO": "true",
        "SECRET_KEY": secrets.token_urlsafe(64),
        # It would answer 429 to what is fast enough for it, and those answers would be measured.
        "PORTAL_THROTTLE": "false",
        "DATABASE_URL": database_url,
    }
    return environment


def prepare(environment: dict, var: Path, options) -> dict[str, str]:
    """Build the database and the static files unless they are there; return {page: path}."""
    keeps = options.database == "sqlite"
    mark = var / "built"
    wanted = f"{options.articles} {_digest_of_structure()}"
    is_built = keeps and mark.exists() and (options.keep or mark.read_text().startswith(wanted))
    if not is_built:
        if keeps:
            shutil.rmtree(var)
            var.mkdir()
        collect_static(environment)
        with step("Dựng thành phố mẫu"):
            _run(
                [sys.executable, str(ROOT / "tools" / "prepare.py"), "bench", str(var / "accounts")],
                environment,
            )
        with step(f"Thêm {options.articles} bài viết"):
            _run(
                [sys.executable, str(ROOT / "bench" / "build_content.py"), "--articles", str(options.articles)],
                environment,
                capture_output=True,
            )
        mark.write_text(wanted)
    else:
        collect_static(environment)
    found = _run([sys.executable, str(ROOT / "bench" / "pages.py"), "--addresses"], environment, capture_output=True)
    return dict(line.split("\t") for line in found.stdout.splitlines() if "\t" in line)


def collect_static(environment: dict) -> None:
    with step("Gom tệp tĩnh"):
        _run([sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "-v", "0"], environment)


@contextlib.contextmanager
def everything(environment: dict, var: Path, addresses: dict[str, str]):
    """Start the servers; yield (cells, {name: process}); stop them whatever happened."""
    cached, afresh, front = free_ports(3)
    servers = {}
    try:
        servers["có bộ nhớ đệm"] = start_portal(environment, cached, page_cache=True)
        servers["không bộ nhớ đệm"] = start_portal(environment, afresh, page_cache=False)
        for port in (cached, afresh):
            wait_for(f"http://127.0.0.1:{port}/healthz", f"localhost:{port}")
        cells = [
            Cell(
                page,
                "portal, from the page cache",
                f"http://localhost:{cached}{path}",
                [servers["có bộ nhớ đệm"].pid],
                "≤ 0.055",
            )
            for page, path in addresses.items()
            if page in FROM_THE_CACHE
        ] + [
            Cell(
                page,
                "portal, made afresh",
                f"http://localhost:{afresh}{path}",
                [servers["không bộ nhớ đệm"].pid],
                GOALS.get(page, ""),
            )
            for page, path in addresses.items()
        ]
        addresses = {page: path for page, path in addresses.items() if page in FROM_THE_CACHE}
        if shutil.which("nginx"):
            copies = copy_pages(var / "nginx" / "static", cached, addresses)
            servers["nginx"] = start_nginx(var / "nginx", front, cached)
            wait_for(f"http://127.0.0.1:{front}/static-copy/{next(iter(copies.values()))}", "localhost")
            nginx = servers["nginx"].pid
            cells += (
                [
                    Cell(
                        page,
                        "nginx proxy_cache before the portal",
                        f"http://localhost:{front}{path}",
                        [nginx, servers["có bộ nhớ đệm"].pid],
                        "≤ 0.03",
                        {"Host": f"localhost:{cached}"},
                    )
                    for page, path in addresses.items()
                ]
                + [
                    Cell(
                        page, "nginx, static file, gzip_static", f"http://localhost:{front}/static-copy/{name}", [nginx]
                    )
                    for page, name in copies.items()
                ]
                + [
                    Cell(
                        page,
                        "nginx, static file, uncompressed",
                        f"http://localhost:{front}/static-copy/{name}",
                        [nginx],
                        "",
                        {"Accept-Encoding": "identity"},
                    )
                    for page, name in copies.items()
                ]
            )
        else:
            loud("nginx chưa được cài: bảng sẽ không có các dòng so sánh với nginx (apt install nginx)")
        yield cells, servers
    finally:
        children.end(list(servers.values()))


def start_portal(environment: dict, port: int, *, page_cache: bool) -> subprocess.Popen:
    """Start one granian worker on `port`."""
    command = web_server.command(port, "--log-level", "warning", workers=1)
    own = {"PORTAL_PORT": str(port), "PORTAL_PAGE_CACHE": str(page_cache).lower()}
    return children.start(command, env=environment | own, cwd=ROOT)


def copy_pages(folder: Path, port: int, addresses: dict[str, str]) -> dict[str, str]:
    """Write each page as a file, plain and gzipped, for nginx; return {page: file name}."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copies = {}
    for number, (page, path) in enumerate(addresses.items()):
        _, body, _ = fetch(f"http://127.0.0.1:{port}{path}", {"Host": f"localhost:{port}"})
        copies[page] = f"{number}.html"
        (folder / copies[page]).write_bytes(body)
        (folder / f"{copies[page]}.gz").write_bytes(gzip.compress(body, 9))
    return copies


def start_nginx(folder: Path, port: int, behind: int) -> subprocess.Popen:
    """Start an nginx of our own that serves the copies and stands before the portal on port `behind`."""
    (folder / "cache").mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(f"""
{"user root;" if os.geteuid() == 0 else ""}
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  default_type text/html;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=100;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/cache keys_zone=pages:10m max_size=200m use_temp_path=off;
  # Browsers spell the same wish in many ways; one compressed copy serves them all.
  map $http_accept_encoding $wanted {{ default ""; "~*\\bbr\\b" br; "~*\\bgzip\\b" gzip; }}
  upstream portal {{ server 127.0.0.1:{behind}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{port};
    location /static-copy/ {{ alias {folder}/static/; gzip_static on; }}
    location / {{
      proxy_pass http://portal;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_set_header Accept-Encoding $wanted;
      proxy_cache pages;
      proxy_cache_key $scheme$http_host$request_uri$wanted;
      proxy_cache_bypass $cookie_sessionid;
      proxy_no_cache $cookie_sessionid;
      proxy_cache_lock on;
      proxy_cache_revalidate on;
    }}
  }}
}}
""")
    return children.start(["nginx", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"])


def measure_misses(environment: dict, servers: dict) -> str:
    """Ask a new server with the page cache for many articles, each once; return the line of result."""
    listed = _run([sys.executable, str(ROOT / "bench" / "pages.py"), "--articles"], environment, capture_output=True)
    paths = listed.stdout.split()[:MISSES]
    (port,) = free_ports(1)
    server = servers["các bài hỏi lần đầu"] = start_portal(environment, port, page_cache=True)
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
        servers[f"máy chủ {port}"] = start_portal(environment, port, page_cache=True)
    for port in ports:
        wait_for(f"http://127.0.0.1:{port}/healthz", "localhost")
    command = [sys.executable, str(ROOT / "bench" / "freshness.py"), "--servers"]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    return _run([*command, *addresses], environment, capture_output=True).stdout.strip()


def warm(cell: Cell) -> None:
    """Ask twice, and stop where the answer is not what the line of the table says."""
    headers = BROWSER | {"Host": cell.url.split("/")[2]} | cell.headers
    local = cell.url.replace("//localhost", "//127.0.0.1", 1)
    for _ in range(2):
        status, body, answered = fetch(local, headers)
    if status != 200:
        stop(f"{cell.url} trả lời {status}")
    if "page cache" in cell.answered and not (answered.get("ETag") and answered.get("Content-Encoding") == "br"):
        stop(f"{cell.url} không được trả lời từ bộ nhớ đệm")
    if "afresh" in cell.answered and answered.get("ETag"):
        stop(f"{cell.url} đáng lẽ phải được dựng mới")
    cell.bytes_sent = len(body)


def fetch(url: str, headers: dict) -> tuple[int, bytes, dict]:
    """Return (status, body as sent, headers)."""
    request = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, b"", error.headers


def wait_for(url: str, host: str) -> None:
    """Wait until `url` answers 200."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            if fetch(url, {"Host": host})[0] == 200:
                return
        time.sleep(0.2)
    stop(f"{url} không trả lời sau {START_SECONDS} giây")


def write(options, cells: list[Cell], memory: dict[str, float], further: list[str], load_before: float) -> None:
    """Write the table into bench/results/ and print it."""
    now = datetime.now().astimezone()
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wagtail", "django", "granian"))
    generator = "wrk" if shutil.which("wrk") else "bench/load.py"
    lines = [
        f"# {now:%Y-%m-%d}, {options.database}",
        "",
        f"{options.articles:,} articles of about 4 KB beside the demo city, {options.connections} "
        f"connections, {options.rounds} alternating rounds of {options.seconds:g} s a line, medians. Load generator "
        f"({generator}) and servers share {_machine()}. "
        f"Python {platform.python_version()}, {versions}; one worker, 4 threads. "
        f"Load average before the rounds: {load_before:.1f} (on a quiet machine below 0.5).",
        "",
        "CPU-ms: processor time of all server processes per request; throughput is limited by the load "
        "generator's share of the processors, so compare it within one table only.",
        "",
        "| Page | Answered by | bytes | req/s | p50 ms | p99 ms | CPU-ms/req | target | errors |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
        *(cell.row() for cell in cells),
        "",
        "Memory after the load (PSS): "
        + "; ".join(f"{_ENGLISH[name]} {used:,.0f} MB" for name, used in memory.items())
        + ".",
        "",
        *[text for line in further for text in (line, "")],
    ]
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{now:%Y-%m-%d}-{options.database}.md"
    target.write_text("\n".join(lines), encoding="utf-8")
    say("\n".join(lines))
    say(f"→ {target.relative_to(ROOT)}")


_ENGLISH = {
    "có bộ nhớ đệm": "portal with the page cache",
    "không bộ nhớ đệm": "portal without",
    "nginx": "nginx",
}


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {platform.machine()}"


def _digest_of_structure() -> str:
    """What the built database depends on: migrations, the demo, the builder of the articles."""
    digest = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("home/**/*.py"), *ROOT.glob("bench/build*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _run(command: list[str], environment: dict, **options) -> subprocess.CompletedProcess:
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, check=False, **options)
    if done.returncode:
        stop(f"{Path(command[1]).name} không xong (mã {done.returncode})\n{done.stderr or ''}")
    return done


if __name__ == "__main__":
    main()
