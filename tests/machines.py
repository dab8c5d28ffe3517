"""Several machines that are one portal, on this one: web servers with folders of their own beside those they share."""

import contextlib
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import children
import web_server
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 90
SHARED = ("media", "archive", "seals", "gone-shared", "cache")


@dataclass
class Machines:
    """Servers at `ports`; `shared`: the folder of what they share, `host`: how readers name them."""

    ports: list[int]
    shared: Path
    host: str

    def get(self, port: int, path: str, **headers: str) -> tuple[int, str]:
        """Ask one of them as a reader does; return status and body."""
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": self.host, **headers})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def of_this_process(self, folder: Path) -> dict:
        """The settings by which this process is one more machine, with a folder of its own."""
        return {
            "MEDIA_ROOT": self.shared / "media",
            "ARCHIVE_ROOT": self.shared / "archive",
            "PORTAL_SEALS": self.shared / "seals",
            "PORTAL_AUDIT_KEYS": self.shared / "audit_keys",
            "PORTAL_GONE_SHARED": self.shared / "gone-shared",
            "PORTAL_GONE": folder / "gone",
        }


@contextlib.contextmanager
def running(count: int = 2, **more: str) -> Iterator[Machines]:
    """Start so many machines on the database of the test; stop them whatever happened. `more`: of their environment."""
    folder = Path(tempfile.mkdtemp(prefix="portal-machines-"))
    shared = folder / "shared"
    for name in SHARED:
        (shared / name).mkdir(parents=True)
    ports, servers = web_server.free_ports(count), []
    try:
        for number, port in enumerate(ports):
            environment = _environment(folder / f"machine-{number}", shared) | more
            command = web_server.command(port, "--no-log", workers=1)
            servers.append(children.start(command, env=environment, cwd=ROOT))
        for port in ports:
            _wait(port)
        yield Machines(ports, shared, f"localhost:{settings.PORTAL_PORT}")
    finally:
        children.end(servers)
        shutil.rmtree(folder, ignore_errors=True)


def database_url(host: Path | str | None = None, port: int | str | None = None) -> str:
    """The address of the database of the test, or of what stands before it at another host and port."""
    chosen = connection.settings_dict
    place = {"host": host or chosen["OPTIONS"].get("host") or chosen["HOST"], "port": port or chosen["PORT"]}
    return f"postgres://{chosen['USER']}@/{chosen['NAME']}?{urlencode({k: v for k, v in place.items() if v})}"


def _environment(var: Path, shared: Path) -> dict[str, str]:
    var.mkdir()
    for name in ("media", "archive", "cache"):
        (var / name).symlink_to(shared / name, target_is_directory=True)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_"))}
    return inherited | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.served_settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_VAR": str(var),
        "PORTAL_SEALS": str(shared / "seals"),
        "PORTAL_AUDIT_KEYS": str(shared / "audit_keys"),
        "PORTAL_GONE_SHARED": str(shared / "gone-shared"),
        "PORTAL_HTTPS": "false",
        "PORTAL_PORT": str(settings.PORTAL_PORT),
        "PORTAL_LOG_LEVEL": "ERROR",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tools'}",
    }


def _wait(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        time.sleep(0.2)
    raise RuntimeError("máy chủ thử không khởi động được")
