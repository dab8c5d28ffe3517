"""Kill workers while people publish, then look for anything half made or lost.

    python bench/kill_drill.py --kills 100

1. A copy of the demo city, a server whose supervisor starts killed workers again. 2. Clients sign in as a contributor
and a deputy head, write, submit and approve over HTTP, and note each publication that was answered as done. 3. At
random moments a worker dies by SIGKILL. 4. Afterwards: every noted publication is public, and `verify_portal` finds
no broken invariant. Loopback only; ends by itself.
"""

import argparse
import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
SLOWEST_SECONDS = 1800
WORKERS = 3
# Granian calls a worker that dies within 5.5 s of its start a crash loop, and stops.
SERVES_AFTER_SECONDS = 6.5
TICKS = os.sysconf("SC_CLK_TCK")
BODY = (
    '{"blocks":[{"key":"a","text":"Nội dung thử.","type":"unstyled","depth":0,"inlineStyleRanges":[],'
    '"entityRanges":[]}],"entityMap":{}}'
)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person:
    """Somebody at a browser: keeps his session, fetches a form before sending it."""

    def __init__(self, base: str, username: str, password: str):
        self.base, self.session = base, requests.Session()
        self.send("/quan-tri/login/", {"username": username, "password": password})

    def send(self, path: str, data: dict, *, form: str | None = None) -> requests.Response:
        shown = self.session.get(self.base + (form or path), timeout=30)
        shown.raise_for_status()
        token = TOKEN.search(shown.text)
        headers = {"Referer": self.base + path}
        answer = self.session.post(
            self.base + path, {**data, "csrfmiddlewaretoken": token.group(1) if token else ""}, headers=headers,
            timeout=30, allow_redirects=False,
        )  # fmt: skip
        if answer.status_code not in (302, 303):
            raise requests.HTTPError(f"{path}: {answer.status_code}")
        return answer


def publish_one(writer: Person, approver: Person, section: int, unit: str, name: str) -> str:
    """Write, submit and approve one article; return the id of the page whose approval was answered as done."""
    answer = writer.send(
        f"/quan-tri/pages/add/sections/noticepage/{section}/",
        {
            "title": name, "slug": name.lower().replace(" ", "-"), "summary": "Bài thử khi máy chủ bị dừng đột ngột.",
            "author_name": "Cán bộ mẫu 01", "source_name": "Dữ liệu minh họa", "responsible_unit": unit,
            "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "paragraph", "body-0-id": "",
            "body-0-value": BODY, "attachments-count": "0", "legal_basis-count": "0", "notes-count": "0",
            "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-portal-submit": "1",
        },
    )  # fmt: skip
    page = re.search(r"/page/(\d+)/gui/", answer.headers["Location"]).group(1)
    writer.send(f"/quan-tri/duyet/wagtailcore/page/{page}/gui/", {"declaration": "on", "checked": "on"})
    queue = approver.session.get(approver.base + "/quan-tri/duyet/", timeout=30).text
    task = re.search(r'/quan-tri/duyet/viec/(\d+)/">\s*' + re.escape(name) + "<", queue).group(1)
    approver.send(f"/quan-tri/duyet/viec/{task}/", {"decision": "approve", "comment": ""})
    return page


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--clients", type=int, default=3)
    options.add_argument("--port", type=int, default=8790)
    options.add_argument("--source", default=os.environ.get("PORTAL_VAR", str(ROOT / "var")))
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        shutil.copytree(chosen.source, var, ignore=shutil.ignore_patterns("pg*", "pytest-cache"))
        sys.exit(drill(chosen, var))


def drill(chosen, var: Path) -> int:
    """Run the drill in its own folder; return 0 when nothing was lost or half made."""
    environment = {
        **os.environ, "PORTAL_VAR": str(var), "PORTAL_HTTPS": "false", "PORTAL_PORT": str(chosen.port),
        "DJANGO_SETTINGS_MODULE": "config.settings.production", "PYTHONPATH": str(ROOT),
        "SECRET_KEY": "chi-de-thu-may-chu-dung-dot-ngot-0123456789-0123456789",
    }  # fmt: skip
    base = f"http://localhost:{chosen.port}"
    accounts = dict(
        line.split("\t")[:2] for line in (var / "demo_accounts.txt").read_text().splitlines() if "\t" in line
    )
    ids = manage(
        environment, "shell", "-v0", "-c",
        "from base.models import PortalSite; from wagtail.models import Page;"
        "s = PortalSite.objects.get(slug='my-long');"
        "print(s.home_page().get_children().get(slug='tin-tuc').pk, s.unit_id)",
    ).stdout.split()  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(chosen.port),
         "--workers", str(WORKERS), "--blocking-threads", "4", "--respawn-failed-workers", "--respawn-interval", "0.1",
         "--no-log", "config.wsgi:application"],
        env=environment, cwd=ROOT,
    )  # fmt: skip
    done, lock, stopping = [], threading.Lock(), threading.Event()

    def client(number: int) -> None:
        made, people = 0, None
        while not stopping.is_set():
            made += 1
            try:
                people = people or (
                    Person(base, "cong-tac-vien.my-long", accounts["cong-tac-vien.my-long"]),
                    Person(base, "pho-truong-ban", accounts["pho-truong-ban"]),
                )
                page = publish_one(*people, int(ids[0]), ids[1], f"Thu khi dung {number} {made}")
                with lock:
                    done.append(page)
            except (requests.RequestException, AttributeError):
                people = None
                time.sleep(0.2)

    kills, began = 0, time.monotonic()
    try:
        wait_until_up(base)
        clients = [threading.Thread(target=client, args=(n,), daemon=True) for n in range(chosen.clients)]
        for thread in clients:
            thread.start()
        while kills < chosen.kills and time.monotonic() - began < SLOWEST_SECONDS:
            # Another worker serves while one dies, at a random moment of the work under way.
            wait_until_up(base)
            time.sleep(random.uniform(0.3, 1.6))
            workers = workers_of(server.pid)
            if len(workers) > 1:
                os.kill(random.choice(workers), signal.SIGKILL)
                kills += 1
                if kills % 10 == 0:
                    print(f"{kills} lần dừng, {len(done)} lần đăng được xác nhận", flush=True)
        stopping.set()
        for thread in clients:
            thread.join(60)
    finally:
        stop(server)
    lost = manage(
        environment, "shell", "-v0", "-c",
        f"from wagtail.models import Page; print(len(set({[int(p) for p in done]}) - "
        "set(Page.objects.filter(live=True).values_list('pk', flat=True))))",
    ).stdout.strip()  # fmt: skip
    checked = manage(environment, "verify_portal", check=False)
    print(checked.stderr[-3000:])
    print(
        f"{kills} lần SIGKILL, {len(done)} lần đăng được xác nhận, {lost} lần bị mất; {checked.stdout.strip()} "
        f"({time.monotonic() - began:.0f} giây)"
    )
    return 0 if lost == "0" and checked.returncode == 0 and done else 1


def stop(server: subprocess.Popen) -> None:
    """End the server and whatever is left of its workers."""
    workers = [int(pid) for pid in _children(server.pid)]
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    for pid in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def manage(environment: dict, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments], env=environment, cwd=ROOT, check=check,
        capture_output=True, text=True,
    )  # fmt: skip


def workers_of(pid: int) -> list[int]:
    """Process ids of the server's workers that have been up long enough to serve.

    The server gives up when a worker dies while it starts, so such a one is left alone.
    """
    found = []
    for child in _children(pid):
        with contextlib.suppress(FileNotFoundError):
            started = int(Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[19]) / TICKS
            uptime = float(Path("/proc/uptime").read_text().split()[0])
            if uptime - started >= SERVES_AFTER_SECONDS and b"resource_tracker" not in _command(child):
                found.append(int(child))
    return found


def _children(pid: int) -> list[str]:
    return [child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


def _command(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def wait_until_up(base: str) -> None:
    for _ in range(120):
        try:
            if requests.get(base + "/healthz", timeout=2).ok:
                return
        except requests.RequestException:
            pass
        time.sleep(0.5)
    raise SystemExit("Máy chủ không khởi động được.")


if __name__ == "__main__":
    main()
