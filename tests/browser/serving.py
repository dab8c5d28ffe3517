"""The small city behind the portal's own server, in a folder of its own: for the browser's stories and for pictures."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import children
import web_server

from base.public.usage.counted import PLACE
from tests import migrated

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


@contextmanager
def served(
    var: Path, *, build: str = "tests/browser/small_city.py", server: str = "", throttle: bool = False
) -> Iterator[dict]:
    """Build a city by a script that prints what the story needs, serve it, and give that with `url`, `ward`, `run`.

    `build`: the path of that script, and what it is told. `server`: a script that serves the portal on the port it is
    given, in the place of the usual server. `throttle`: whether the limits of one address hold.
    """
    (port,) = web_server.free_ports(1)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")
    } | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PORTAL_VAR": str(var),
        "PORTAL_HTTPS": "false",
        "PORTAL_PORT": str(port),
        "PORTAL_DEMO": "true",
        # Everybody in these stories comes from one address, and sends more forms a minute than one person does.
        "PORTAL_THROTTLE": "true" if throttle else "false",
        "SECRET_KEY": "chi-dung-khi-chay-thu-0123456789-0123456789-0123456789",
        "PYTHONPATH": str(ROOT),
    }

    var.mkdir(exist_ok=True)
    running = [
        children.start(
            [sys.executable, "tests/browser/programs.py"],
            **{"env": environment, "cwd": ROOT, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True},
        )
    ]
    run = partial(_run, running[0])
    try:
        if not migrated.copy_to(var / "portal.sqlite3"):
            run("manage.py", "migrate", "-v0")
        if not migrated.link_static_files(var / "static"):
            run("manage.py", "collectstatic", "--noinput", "-v0")
        made = json.loads(run(*build.split()))
        made["url"], made["ward"] = f"http://localhost:{port}", f"http://my-long.localhost:{port}"
        made["run"], made["mail"] = run, var / "mail"
        made["verify"] = lambda: run(
            "manage.py",
            "shell",
            "-v0",
            "-c",
            "from workflows.archive.verifying import verify; print(len(verify()), 'lỗi')",
        )
        usual = web_server.command(port, "--no-log", workers=1)
        running.append(
            children.start([sys.executable, server, str(port)] if server else usual, env=environment, cwd=ROOT)
        )
        for _ in range(START_SECONDS * 2):
            try:
                urllib.request.urlopen(f"{made['url']}/healthz", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        yield made
    finally:
        children.end(running, grace_seconds=30)


def _run(programs: subprocess.Popen, *command: str) -> str:
    """Run a program beside the portal; return what it printed."""
    programs.stdin.write(json.dumps(command) + "\n")
    programs.stdin.flush()
    code, printed, complained = json.loads(programs.stdout.readline())
    if code:
        raise RuntimeError(f"{' '.join(command)}\n{complained}")
    return printed


def answer_alone(route, address):
    """Keep from the server what comes beside the page itself: its threads share one connection and transaction.

    The beacon is answered in front of Django in the portal, so there is nobody here to take it. Axe reads the style
    sheets a second time, as part of the document: their imports then lead to addresses that are no files.
    """
    path = urlsplit(route.request.url).path
    if path == PLACE:
        route.fulfill(status=204)
    elif route.request.url.startswith(address) and path.endswith(".css") and not path.startswith("/static/"):
        route.fulfill(status=404)
    else:
        route.continue_()
