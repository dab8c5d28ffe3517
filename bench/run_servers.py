"""The servers that `run.py` measures, each kind of answer a line: portal with and without page cache, nginx.

One granian worker each. nginx stands before the one with the page cache, with standard headers only, and serves files
with the content of the portal's own pages.
"""

import contextlib
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from cpu import cpu_ms
from load import BROWSER, Load, put

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import children  # noqa: E402
import web_server  # noqa: E402
from console import loud, stop  # noqa: E402
from web_server import free_ports  # noqa: E402

START_SECONDS = 60
# The pages that are also asked from the page cache, and of nginx.
FROM_THE_CACHE = ("city home", "section list", "article")
CACHED, AFRESH = "portal, from the page cache", "portal, made afresh"


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
        # What `wrk` has left behind of the line before waits in the server's queue, which then turns others away.
        warm(self)
        before = cpu_ms(self.roots)
        load = put(self.url, connections=connections, seconds=seconds, headers=self.headers)
        self.costs.append((cpu_ms(self.roots) - before) / max(1, load.requests))
        self.loads.append(load)

    @property
    def errors(self) -> int:
        return sum(load.errors for load in self.loads)

    @property
    def cost(self) -> float:
        """CPU-ms per request, the median of the rounds."""
        return statistics.median(self.costs)

    def median(self, name: str) -> float:
        """Return the median of the rounds of what the readers saw, a field of `Load`."""
        return statistics.median(getattr(load, name) for load in self.loads)


@contextlib.contextmanager
def everything(environment: dict, var: Path, addresses: dict[str, str], goals: dict[str, str], *, whole: bool):
    """Start the servers; yield (cells, {name: process}); stop them whatever happened.

    `addresses`: {page: path}; `goals`: {page: CPU-ms, made afresh}. `whole`: the page cache and nginx as well.
    """
    cached, afresh, front = free_ports(3)
    servers = {}
    try:
        servers["without"] = start_portal(environment, afresh, page_cache=False)
        if whole:
            servers["with the page cache"] = start_portal(environment, cached, page_cache=True)
            wait_for(f"http://127.0.0.1:{cached}/healthz", f"localhost:{cached}")
        wait_for(f"http://127.0.0.1:{afresh}/healthz", f"localhost:{afresh}")
        cells = [
            Cell(page, AFRESH, f"http://localhost:{afresh}{path}", [servers["without"].pid], goals.get(page, ""))
            for page, path in addresses.items()
        ]
        if whole:
            paths = {page: addresses[page] for page in FROM_THE_CACHE}
            portal = servers["with the page cache"].pid
            cells += [
                Cell(page, CACHED, f"http://localhost:{cached}{path}", [portal], "≤ 0.055")
                for page, path in paths.items()
            ]
            if shutil.which("nginx"):
                cells += cells_of_nginx(servers, var / "nginx", front, cached, paths)
            else:
                loud("nginx chưa được cài: bảng sẽ không có các dòng so sánh với nginx (apt install nginx)")
        yield cells, servers
    finally:
        children.end(list(servers.values()))


def cells_of_nginx(servers: dict, folder: Path, front: int, behind: int, paths: dict[str, str]) -> list[Cell]:
    """Start nginx before the portal on port `behind`; return the lines of what it keeps and of its files."""
    copies = copy_pages(folder / "static", behind, paths)
    nginx = servers["nginx"] = start_nginx(folder, front, behind)
    wait_for(f"http://127.0.0.1:{front}/static-copy/{next(iter(copies.values()))}", "localhost")
    base, host = f"http://localhost:{front}", {"Host": f"localhost:{behind}"}
    both = [nginx.pid, servers["with the page cache"].pid]
    plain = {"Accept-Encoding": "identity"}
    files = {page: f"{base}/static-copy/{name}" for page, name in copies.items()}
    return [
        *(
            Cell(page, "nginx proxy_cache before the portal", f"{base}{path}", both, "≤ 0.03", host)
            for page, path in paths.items()
        ),
        *(Cell(page, "nginx, static file, gzip_static", url, [nginx.pid]) for page, url in files.items()),
        *(Cell(page, "nginx, static file, uncompressed", url, [nginx.pid], "", plain) for page, url in files.items()),
    ]


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


def warm(cell: Cell) -> None:
    """Ask twice, and stop where the answer is not what the line of the table says."""
    headers = BROWSER | {"Host": cell.url.split("/")[2]} | cell.headers
    local = cell.url.replace("//localhost", "//127.0.0.1", 1)
    for _ in range(2):
        status, body, answered = fetch(local, headers)
    if status != 200:
        stop(f"{cell.url} trả lời {status}")
    if cell.answered == CACHED and not (answered.get("ETag") and answered.get("Content-Encoding") == "br"):
        stop(f"{cell.url} không được trả lời từ bộ nhớ đệm")
    if cell.answered == AFRESH and answered.get("ETag"):
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
