"""The stage of the abuse cases: the portal as it runs in production, on this machine only, thrown away at the end.

1. PostgreSQL of its own (`tools/postgres.py`), a folder of its own for files, archive and mail.
2. The small city with three wards, everything planted (`planting.py`), and one person a role.
3. granian with two workers; nginx in front with the configuration of `deploy/nginx`, which ends TLS, sends the files
   (X-Accel-Redirect) and limits floods; a malware scanner that knows the test virus.
4. Sessions over the real sign-in screens.

The cases attack over HTTP; this process reads and prepares the same database to tell what the attack did.
"""

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import children
import postgres
import requests
import web_server

from tests.files import clamd

ROOT = Path(__file__).resolve().parents[2]
# The web server, the portal behind it, the mail server that is slow, the address that waits for calls, plain HTTP.
PORTS = (8680, 8681, 8682, 8683, 8684)
# Requests a second that nginx lets through from one address: the roles of the cases ask faster than people do.
RATE = 300
# Beside other work on the machine two workers take minutes; one that ended is noticed at once.
START_SECONDS = 300
WORKERS = 2
# Around what `deploy/nginx/configure.py` writes: what a machine's own nginx.conf says.
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn; {user}
events {{ worker_connections 512; }}
http {{
  default_type application/octet-stream;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/portal.conf;
}}
"""


@dataclass
class Stage:
    """What a case is given: addresses, wards, people, and the means to look behind the scenes."""

    folder: Path
    url: str
    port: int
    back: int
    sink_port: int
    environment: dict
    city: object = None
    wards: dict = field(default_factory=dict)
    people: dict = field(default_factory=dict)
    sessions: dict = field(default_factory=dict)
    passwords: dict = field(default_factory=dict)  # by role, where it is not that of the cast
    secrets: dict = field(default_factory=dict)  # by role: what the person's app was given
    codes: dict = field(default_factory=dict)  # by role: recovery codes not used yet
    server: subprocess.Popen | None = None

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def log(self) -> str:
        """What the portal's server and nginx have written so far."""
        files = [self.folder / "server.log", *(self.folder / "logs").glob("*.log")]
        return "\n".join(path.read_text("utf-8", "replace") for path in files if path.exists())


@contextlib.contextmanager
def environment(ports: tuple[int, ...] = PORTS):
    """Prepare database, folder and environment; yield the stage before Django is set up. Ends everything after."""
    with contextlib.ExitStack() as ending:
        database = ending.enter_context(postgres.server())
        scanner = ending.enter_context(clamd.running())
        folder = Path(tempfile.mkdtemp(prefix="portal-abuse-"))
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        front, back, sink = ports[:3]
        own = {
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "PORTAL_VAR": str(folder / "var"),
            "PORTAL_HTTPS": "true",
            "PORTAL_PORT": str(front),
            "PORTAL_HOST": "localhost",
            "PORTAL_ACCEL_PREFIX": "/tep-noi-bo/",
            "PORTAL_LOG_LEVEL": "WARNING",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PORTAL_CLAMAV": scanner.address,
            "PORTAL_EMAIL_URL": f"smtp://127.0.0.1:{sink}/",
        }
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PORTAL_", "DJANGO_")) and name not in ("DATABASE_URL", "SECRET_KEY")
        }
        os.environ.clear()
        os.environ.update(inherited | own)
        (folder / "var").mkdir()
        yield Stage(folder, f"https://localhost:{front}", front, back, sink, {**os.environ, "PYTHONPATH": str(ROOT)})


def manage(stage: Stage, *arguments: str, check: bool = True, data: str | None = None) -> subprocess.CompletedProcess:
    """Run a command of the portal in a process of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=stage.environment,
        cwd=ROOT,
        check=check,
        capture_output=True,
        text=True,
        input=data,
    )


@contextlib.contextmanager
def serving(stage: Stage):
    """Run granian and nginx around the block."""
    _certificate(stage)
    log = open(stage.folder / "server.log", "w", encoding="utf-8")  # noqa: SIM115 - closed with the servers
    user = "user root;" if os.geteuid() == 0 else ""
    (stage.folder / "nginx.conf").write_text(NGINX.format(folder=stage.folder, user=user))
    (stage.folder / "logs").mkdir()
    (stage.folder / "portal.conf").write_text(_nginx_site(stage))
    stage.server = children.start(
        web_server.command(stage.back, workers=WORKERS), env=stage.environment, cwd=ROOT, stdout=log, stderr=log
    )
    nginx = children.start([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(stage.folder / "nginx.conf")])
    try:
        _wait(stage)
        yield
    finally:
        children.end([nginx, stage.server])
        log.close()


def _nginx_site(stage: Stage) -> str:
    """The configuration that the portal brings for nginx, for this machine."""
    options = {
        "--host": "localhost",
        "--var": stage.var,
        "--certificate": stage.certificate,
        "--key": stage.folder / "key.pem",
        "--behind": f"127.0.0.1:{stage.back}",
        "--address": "127.0.0.1",
        "--https-port": stage.port,
        "--http-port": stage.sink_port + 2,
        "--logs": stage.folder / "logs",
        "--rate": RATE,
    }
    command = [sys.executable, ROOT / "deploy" / "nginx" / "configure.py"]
    command += [str(part) for option in options.items() for part in option]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _certificate(stage: Stage) -> None:
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            stage.folder / "key.pem",
            "-out",
            stage.certificate,
            "-subj",
            "/CN=localhost",
            # Not every client lets a star stand for the names right under a top-level one.
            "-addext",
            "subjectAltName=DNS:localhost,DNS:*.localhost,DNS:my-long.localhost,IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )


def _wait(stage: Stage) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{stage.url}/healthz", verify=str(stage.certificate), timeout=5).ok:
                return
        if stage.server.poll() is not None:
            break
        time.sleep(0.3)
    raise SystemExit(f"The server did not start:\n{stage.log[-3000:]}")
