"""A portal of its own for drills: PostgreSQL, demo city, server, people at browsers; thrown away unless it is kept.

    with own_portal(port=8790) as portal:
        ids = portal.shell("print(1)")
        with portal.serving(workers=4) as server:
            clerk = portal.person("thuong-truc")

Production settings over plain HTTP on loopback. Needs no Django in this process.
"""

import contextlib
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import children  # noqa: E402
import postgres  # noqa: E402
import web_server  # noqa: E402
from signing_in import sign_in  # noqa: E402

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|portal_submission|portal_seen)" value="([^"]+)"')
LONGEST_SECONDS = 30


class Person:
    """Somebody at a browser, signed in: fetches a form before sending it."""

    def __init__(self, base: str, cookies):
        self.base, self.session = base, requests.Session()
        self.session.cookies.update(cookies)

    def send(self, path: str, data: dict, *, form: str | None = None) -> requests.Response:
        return self.post(path, {**data, **self.drawn(form or path)})

    def drawn(self, path: str) -> dict:
        """The marks that a form carries: its token, and the key by which two sendings are known as one."""
        shown = self.session.get(self.base + path, timeout=LONGEST_SECONDS, allow_redirects=False)
        if shown.status_code != 200:
            raise requests.HTTPError(f"GET {path}: {shown.status_code} {shown.headers.get('Location', '')}")
        return dict(HIDDEN.findall(shown.text))

    def post(self, path: str, data: dict) -> requests.Response:
        """Send a form; raises HTTPError unless the answer leads on."""
        answer = self.session.post(
            self.base + path,
            data,
            headers={"Referer": self.base + path},
            timeout=LONGEST_SECONDS,
            allow_redirects=False,
        )
        if answer.status_code not in (302, 303):
            raise requests.HTTPError(f"POST {path}: {answer.status_code}")
        return answer


@dataclass
class Portal:
    """One portal: where it answers, its folder, the environment of its processes."""

    base: str
    port: int
    var: Path
    environment: dict
    database: object = None
    passwords: dict = field(default_factory=dict)
    cookies: dict = field(default_factory=dict)

    def manage(self, *arguments: str, check: bool = True, **more) -> subprocess.CompletedProcess:
        """Run a management command and wait for it."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env=self.environment | more,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        if check and done.returncode:
            raise SystemExit(f"{' '.join(arguments)[:200]}: {done.stderr[-2000:]}")
        return done

    def shell(self, code: str) -> list[str]:
        """Run code inside the portal; return the words it printed."""
        return self.manage("shell", "-v0", "-c", code).stdout.split()

    @contextlib.contextmanager
    def serving(self, *, workers: int = 2, **more):
        """Run the server, whose supervisor starts killed workers again; yield its process."""
        server = children.start(
            web_server.command(self.port, "--no-log", workers=workers),
            niceness=web_server.NICENESS,
            env=self.environment | more,
            cwd=ROOT,
        )
        try:
            self.wait_until_up()
            yield server
        finally:
            children.end([server])

    def wait_until_up(self) -> None:
        """Wait until the server answers."""
        for _ in range(600):
            with contextlib.suppress(requests.RequestException):
                if requests.get(self.base + "/healthz", timeout=2).ok:
                    return
            time.sleep(0.5)
        raise SystemExit("Máy chủ không khởi động được.")

    def person(self, username: str) -> Person:
        """Return a person of the demo city; he signs in over the screens the first time, with his second factor."""
        if username not in self.cookies:
            secret = self.shell(
                "from accounts.models import User; from django_otp.plugins.otp_totp.models import TOTPDevice;"
                f"user = User.objects.get(username={username!r});"
                "print(TOTPDevice.objects.get_or_create(user=user, confirmed=True)[0].key)"
            )[-1]
            browser = requests.Session()
            sign_in(browser, self.base, username, self.passwords[username], secret)
            self.cookies[username] = browser.cookies
        return Person(self.base, self.cookies[username])


@contextlib.contextmanager
def own_portal(*, port: int, database: str = "postgresql", demo: bool = True, kept: Path | None = None):
    """Build a portal on a database of its own, PostgreSQL writing through to the disk, or SQLite; yield it.

    `kept`: a folder where both stay; a portal that is there already is brought up to date and used again.
    """
    with contextlib.ExitStack() as stack:
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-drill-")))
        var = folder / "var"
        var.mkdir(parents=True, exist_ok=True)
        data = kept / "postgresql" if kept else None
        server = (
            stack.enter_context(postgres.running(durable=True, data_folder=data)) if database == "postgresql" else None
        )
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE"))}
        environment = {
            **kept,
            "PORTAL_VAR": str(var),
            "PORTAL_HTTPS": "false",
            "PORTAL_PORT": str(port),
            "PORTAL_HOST": "localhost",
            "PORTAL_DEMO": str(demo).lower(),
            "PORTAL_UNSCANNED_UPLOADS": "true",
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(64),
            **({"DATABASE_URL": server.url} if server else {}),
        }
        portal = Portal(f"http://localhost:{port}", port, var, environment, server)
        portal.manage("collectstatic", "--noinput", "-v", "0")
        subprocess.run(
            [sys.executable, str(ROOT / "tools" / "prepare.py"), "drill", str(var / "accounts")],
            env=environment,
            cwd=ROOT,
            check=True,
        )
        accounts = var / "accounts"
        words = [line.split() for line in accounts.read_text().splitlines()] if accounts.exists() else []
        portal.passwords = {line[0]: line[1] for line in words if len(line) > 1}
        yield portal


def children_of(pid: int) -> list[int]:
    """Return the process ids of a process's children."""
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
