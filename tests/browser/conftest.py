"""The browser, and the small city behind the portal's own server, shared by the stories of this folder."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="module")
def browser():
    """Chromium, as the machine has it."""
    with sync_playwright() as driver:
        executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """The small city behind the portal's own server, with page cache and static files, in a folder of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")
    } | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "PORTAL_VAR": str(tmp_path_factory.mktemp("var")),
        "PORTAL_HTTPS": "false",
        "PORTAL_PORT": str(port),
        "PORTAL_DEMO": "true",
        # Everybody in these stories comes from one address, and sends more forms a minute than one person does.
        "PORTAL_THROTTLE": "false",
        "SECRET_KEY": "chi-dung-khi-chay-thu-0123456789-0123456789-0123456789",
        "PYTHONPATH": str(ROOT),
    }

    def run(*command):
        return subprocess.run(
            [sys.executable, *command], env=environment, cwd=ROOT, check=True, capture_output=True, text=True
        ).stdout

    run("manage.py", "migrate", "-v0")
    run("manage.py", "collectstatic", "--noinput", "-v0")
    made = json.loads(run("tests/browser/small_city.py"))
    made["url"], made["ward"] = f"http://localhost:{port}", f"http://my-long.localhost:{port}"
    made["run"], made["mail"] = run, Path(environment["PORTAL_VAR"]) / "mail"
    made["verify"] = lambda: run(
        "manage.py", "shell", "-v0", "-c", "from workflows import archive; print(len(archive.verify()), 'lỗi')"
    )
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--port",
            str(port),
            "--no-log",
            "config.wsgi:application",
        ],
        env=environment,
        cwd=ROOT,
    )
    try:
        for _ in range(START_SECONDS * 2):
            try:
                urllib.request.urlopen(f"{made['url']}/healthz", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        yield made
    finally:
        server.terminate()
        server.wait(30)
