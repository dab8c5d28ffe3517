"""Install the portal into a bare Debian 13 of its own, and try what the installation promises.

    make install-trial        needs root, the network, 4 GB of disk; half an hour

1. debootstrap, with a `systemctl` that starts processes (`tools/trial/systemctl.py`): no systemd runs there. 2. The
installation with a self-signed certificate; ClamAV gets one signature, that of the EICAR file, as freshclam has no
network in a trial. 3. A page over HTTPS, EICAR refused, a second run that changes nothing. 4. `deploy/upgrade` and
`deploy/rollback` while readers ask and forms are sent: lost requests are counted. The minutes of each step come last.
"""

import contextlib
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import debian
from console import say, step, stop

SOURCE = Path(__file__).resolve().parent.parent
ROOT = Path(os.environ.get("TRIAL_ROOT", "/var/tmp/portal-trial"))
SUITE, MIRROR = "trixie", os.environ.get("TRIAL_MIRROR", "http://deb.debian.org/debian")
HOST = "longxuyen.trial.example"
ANSWERS = f"""PORTAL_HOST={HOST}
INSTALL_TLS=self-signed
PORTAL_MAIL_FROM=khong-tra-loi@{HOST}
INSTALL_OUTGOING=127.0.0.1
"""
# In two parts, so that no scanner takes this file for it.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# Settings of this machine by which it reaches Debian and PyPI.
LENT = ("/etc/apt", "/etc/pip.conf", "/etc/xdg/pip", "/etc/ssl/certs", "/usr/share/keyrings")
NOT_LENT = ("sources.list.d/older-defaults-of-debian.sources", "preferences.d/installed-versions")
PASSED_ON = ("PIP_", "SSL_CERT", "REQUESTS_CA", "http_proxy", "https_proxy", "no_proxy")
READERS, SECONDS_BETWEEN = 4, 0.02
minutes: list[tuple[str, float]] = []


def main() -> int:
    """Run the trial; 1 when something was not as promised."""
    if os.geteuid() != 0:
        stop("Cần quyền root.")
    if not os.environ.get("TRIAL_INSIDE"):
        # What is mounted for the trial ends with it.
        os.execvpe("unshare", ["unshare", "--mount", sys.executable, *sys.argv], os.environ | {"TRIAL_INSIDE": "1"})
    wrong: list[str] = []
    with timed("debootstrap"):
        bare_root()
    with mounted():
        try:
            wrong = try_all()
        finally:
            inside(
                "systemctl stop portal-web@8001 portal-web@8002 portal-jobs nginx clamav-daemon postgresql", check=False
            )
    say("\nPhút theo bước:")
    for title, seconds in minutes:
        say(f"  {seconds / 60:6.1f}  {title}")
    for line in wrong:
        say(f"SAI: {line}")
    return 1 if wrong else 0


def try_all() -> list[str]:
    """Do the trial in the root; return what was not as promised."""
    inside("/srv/portal/deploy/install --dry-run --answers /srv/answers")
    with timed("deploy/install"):
        inside("/srv/portal/deploy/install --answers /srv/answers")
    wrong = []
    status, body = ask("GET", "/quan-tri/login/")
    wrong += [] if status == 200 and "Đăng nhập" in body else [f"trang đăng nhập qua HTTPS trả {status}"]
    wrong += [] if "PERMISSION" in roles() else ["vai trò của cổng sửa được nhật ký"]
    wrong += [] if "Eicar" in scanned() else [f"EICAR được nhận: {scanned()}"]
    with timed("deploy/install, lần hai"):
        again = inside("/srv/portal/deploy/install --answers /srv/answers")
    wrong += [f"lần hai còn: {line.strip()}" for line in again.splitlines() if "làm: ghi" in line or "làm: apt" in line]
    inside("echo '# mới hơn' >> /srv/portal/manage.py")
    for work in ("upgrade", "rollback"):
        with timed(f"deploy/{work} khi có người đọc"), asking() as asked:
            inside(f"/srv/portal/deploy/{work}")
        lost = [line for line in asked if line]
        say(f"  deploy/{work}: {len(asked)} yêu cầu, mất {len(lost)}")
        wrong += [f"deploy/{work}: mất {len(lost)} yêu cầu, {sorted(set(lost))[:5]}"] if lost else []
    return wrong


def bare_root() -> None:
    """Make a bare Debian, once, and put what the trial needs into it."""
    if not shutil.which("debootstrap"):
        debian.install("debootstrap")
    if not (ROOT / "etc" / "debian_version").exists():
        subprocess.run(["debootstrap", "--variant=minbase", SUITE, ROOT, MIRROR], check=True, stdout=subprocess.DEVNULL)
    for lent in LENT:
        if Path(lent).is_dir():
            shutil.copytree(lent, f"{ROOT}{lent}", dirs_exist_ok=True)
        elif Path(lent).exists():
            shutil.copy(lent, f"{ROOT}{lent}")
    own = Path.home() / ".config" / "pip"
    if own.is_dir():
        shutil.copytree(own, ROOT / "srv/.config/pip", dirs_exist_ok=True)
    for name in NOT_LENT:
        (ROOT / "etc/apt" / name).unlink(missing_ok=True)
    shutil.copy("/etc/resolv.conf", ROOT / "etc/resolv.conf")
    # No package of the trial starts a service by itself.
    (ROOT / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (ROOT / "usr/sbin/policy-rc.d").chmod(0o755)
    shutil.rmtree(ROOT / "srv/portal", ignore_errors=True)
    shutil.copytree(SOURCE, ROOT / "srv/portal", symlinks=True, ignore=shutil.ignore_patterns("var", ".venv*", ".git"))
    (ROOT / "usr/local/bin").mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "tools/trial/systemctl.py", ROOT / "usr/local/bin/systemctl")
    (ROOT / "usr/local/bin/systemctl").chmod(0o755)
    (ROOT / "srv/answers").write_text(ANSWERS)
    (ROOT / "var/lib/clamav").mkdir(parents=True, exist_ok=True)
    (ROOT / "var/lib/clamav/trial.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.encode().hex()}\n")


@contextlib.contextmanager
def mounted() -> Iterator[None]:
    """Mount what a system has: processes, devices, a place for sockets."""
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    (ROOT / "run").mkdir(exist_ok=True)
    for kind, place in (("proc", "proc"), ("tmpfs", "run")):
        subprocess.run(["mount", "-t", kind, kind, ROOT / place], check=True)
    subprocess.run(["mount", "--rbind", "/dev", ROOT / "dev"], check=True)
    yield


def inside(command: str, *, check: bool = True) -> str:
    """Run a command in the root; show it while it runs, return what it printed."""
    passed = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
    passed |= {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/srv",
        "LANG": "C.UTF-8",
    }
    process = subprocess.Popen(
        ["chroot", ROOT, "sh", "-c", command],
        env=passed,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    lines = []
    for line in process.stdout:
        lines.append(line)
        say(f"    {line.rstrip()}")
    if process.wait() and check:
        stop(f"{command}: mã {process.returncode}")
    return "".join(lines)


def roles() -> str:
    """Return what PostgreSQL says when the portal's role changes the audit trail."""
    return inside(
        "runuser -u portal -- psql -d portal -c 'UPDATE base_auditentry SET id = id' 2>&1 | tr a-z A-Z", check=False
    )


def scanned() -> str:
    """Return what the portal's own scanner says of EICAR."""
    code = (
        "from io import BytesIO; from base.files import scanner; "
        f"print(scanner.scan(BytesIO(bytes.fromhex('{EICAR.encode().hex()}'))).virus)"
    )
    return inside(f'portal-manage shell -v 0 -c "{code}"')


class Reader(http.client.HTTPSConnection):
    """A connection to this machine that asks for the portal by its name, as nginx demands of a handshake."""

    def connect(self) -> None:
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = unchecked().wrap_socket(plain, server_hostname=HOST)


def ask(method: str, path: str) -> tuple[int, str]:
    """Ask the portal over HTTPS, as a reader of another machine would."""
    connection = Reader("127.0.0.1", 443, timeout=60)
    try:
        connection.request(method, path, body="loai=x" if method == "POST" else None, headers={"Host": HOST})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    finally:
        connection.close()


def unchecked() -> ssl.SSLContext:
    """A context that takes a certificate that signed itself."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextlib.contextmanager
def asking() -> Iterator[list[str]]:
    """Ask from several threads until the block ends; "" for each answer, else what was lost."""
    asked: list[str] = []
    ends = threading.Event()
    ways = (("GET", "/quan-tri/login/"), ("GET", "/healthz"), ("GET", "/khong-co/"), ("POST", "/quan-tri/login/"))

    def go_on(number: int) -> None:
        while not ends.is_set():
            method, path = ways[(number + len(asked)) % len(ways)]
            try:
                status, _body = ask(method, path)
                asked.append("" if status < 500 else f"{method} {path}: {status}")
            except OSError as error:
                asked.append(f"{method} {path}: {error!r}")
            time.sleep(SECONDS_BETWEEN)

    threads = [threading.Thread(target=go_on, args=(number,)) for number in range(READERS)]
    for thread in threads:
        thread.start()
    try:
        yield asked
    finally:
        ends.set()
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def timed(title: str) -> Iterator[None]:
    """Note how long a step took."""
    began = time.monotonic()
    with step(title):
        yield
    minutes.append((title, time.monotonic() - began))


if __name__ == "__main__":
    sys.exit(main())
