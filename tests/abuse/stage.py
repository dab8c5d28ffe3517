"""The stage of the abuse cases: the portal as it runs in production, on this machine only, thrown away at the end.

1. PostgreSQL of its own (`tools/postgres.py`), a folder of its own for files, archive and mail.
2. The small city with three wards, everything planted (`planting.py`), and one person a role.
3. granian with two workers, nginx in front that ends TLS and sends the files (X-Accel-Redirect).
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

ROOT = Path(__file__).resolve().parents[2]
PORTS = (8680, 8681, 8682)
START_SECONDS = 90
WORKERS = 2
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn; {user}
events {{ worker_connections 512; }}
http {{
  access_log off; server_tokens off; client_max_body_size 320m; default_type application/octet-stream;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream portal {{ server 127.0.0.1:{back}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{front} ssl;
    ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;
    large_client_header_buffers 4 32k;
    location /tep-noi-bo/ {{ internal; alias {var}/media/; }}
    location / {{
      proxy_pass http://portal; proxy_http_version 1.1; proxy_read_timeout 120s;
      proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Host "";
      proxy_set_header Forwarded "";
    }}
  }}
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
        """What the server has written so far."""
        return (self.folder / "server.log").read_text("utf-8", "replace")


@contextlib.contextmanager
def environment(ports: tuple[int, int, int] = PORTS):
    """Prepare database, folder and environment; yield the stage before Django is set up. Ends everything after."""
    with contextlib.ExitStack() as ending:
        database = ending.enter_context(postgres.server())
        folder = Path(tempfile.mkdtemp(prefix="portal-abuse-"))
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        front, back, sink = ports
        own = {
            "DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "PORTAL_VAR": str(folder / "var"), "PORTAL_HTTPS": "true", "PORTAL_PORT": str(front),
            "PORTAL_HOST": "localhost", "PORTAL_ACCEL_PREFIX": "/tep-noi-bo/", "PORTAL_LOG_LEVEL": "WARNING",
            "SECRET_KEY": secrets.token_urlsafe(64),
        }  # fmt: skip
        inherited = {
            name: value for name, value in os.environ.items()
            if not name.startswith(("PORTAL_", "DJANGO_")) and name not in ("DATABASE_URL", "SECRET_KEY")
        }  # fmt: skip
        os.environ.clear()
        os.environ.update(inherited | own)
        (folder / "var").mkdir()
        yield Stage(folder, f"https://127.0.0.1:{front}", front, back, sink, {**os.environ, "PYTHONPATH": str(ROOT)})


def manage(stage: Stage, *arguments: str, check: bool = True, data: str | None = None) -> subprocess.CompletedProcess:
    """Run a command of the portal in a process of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments], env=stage.environment, cwd=ROOT, check=check,
        capture_output=True, text=True, input=data,
    )  # fmt: skip


@contextlib.contextmanager
def serving(stage: Stage):
    """Run granian and nginx around the block."""
    _certificate(stage)
    log = open(stage.folder / "server.log", "w", encoding="utf-8")  # noqa: SIM115 - closed with the servers
    user = "user root;" if os.geteuid() == 0 else ""
    (stage.folder / "nginx.conf").write_text(
        NGINX.format(folder=stage.folder, var=stage.var, front=stage.port, back=stage.back, user=user)
    )
    stage.server = children.start(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(stage.back),
         "--workers", str(WORKERS), "--blocking-threads", "4", "config.wsgi:application"],
        env=stage.environment, cwd=ROOT, stdout=log, stderr=log,
    )  # fmt: skip
    nginx = children.start([shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(stage.folder / "nginx.conf")])
    try:
        _wait(stage)
        yield
    finally:
        children.end([nginx, stage.server])
        log.close()


def _certificate(stage: Stage) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-keyout", stage.folder / "key.pem", "-out", stage.certificate, "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip


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
