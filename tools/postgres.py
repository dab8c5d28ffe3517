"""A PostgreSQL server of its own for one test run: new, private, thrown away at the end.

It listens on a Unix socket in its own folder only, so it meets no other server on the machine. PostgreSQL
refuses to run as root: root starts it as the account `postgres`, whose folder must then lie outside the
project, which may be closed to other accounts.
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import children
import psycopg2

PREFIX = "portal-pg-"
START_SECONDS = 60
LEFT_BEHIND_SECONDS = 3600
# Speed instead of durability: the data live as long as the test run. No query of a test is worth compiling: without
# statistics the planner takes small tables for large ones.
ONLY_FOR_TESTS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit")
SPEED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
    "max_connections": "60",
    "shared_buffers": "128MB",
}


# For a server that replicas follow: they repeat what is written ahead, as soon as it is.
REPLICATED = {"wal_level": "replica", "max_wal_senders": "4", "max_connections": "100"}


class NoServer(Exception):
    """PostgreSQL is not installed, or did not start; the text says which and why."""


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres` of the newest installed version."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0))
    anywhere = shutil.which("initdb")
    return Path(anywhere).resolve().parent if anywhere else None


@dataclass
class Server:
    """A running server: its DATABASE_URL, and the means to crash it and start it again."""

    url: str
    folder: Path
    binaries: Path
    account: pwd.struct_passwd | None
    durable: bool
    process: subprocess.Popen | None = None
    options: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start it on its data and wait until it takes connections. Raises NoServer."""
        with open(self.folder / "server.log", "a", encoding="utf-8") as log:
            self.process = children.start(
                [
                    self.binaries / "postgres",
                    *("-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses="),
                    *(
                        word
                        for name, value in (SPEED | self.options).items()
                        if not (self.durable and name in ONLY_FOR_TESTS)
                        for word in ("-c", f"{name}={value}")
                    ),
                ],
                stdout=log,
                stderr=log,
                **run_as(self.account),
            )
        _wait(self.binaries, self.folder, self.process)

    def crash(self) -> None:
        """End it at once, as a fault would: connections are cut, nothing is written down."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)


@contextlib.contextmanager
def server(*, durable: bool = False):
    """Start a server, yield its DATABASE_URL, stop it and remove its folder whatever happened.

    `durable`: write through to the disk, as a production server does. Raises NoServer.
    """
    with running(durable=durable) as started:
        yield started.url


@contextlib.contextmanager
def running(*, durable: bool = False, data_folder: Path | None = None, with_replicas: bool = False):
    """Do what `server` does, and yield the Server. Raises NoServer.

    `data_folder`: a folder for its data, which stay there and are found again by the next run. `with_replicas`: others
    may follow it.
    """
    binaries = programs()
    if binaries is None:
        raise NoServer("không tìm thấy initdb: gói postgresql chưa được cài")
    _remove_leftovers()
    folder = data_folder or Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.mkdir(parents=True, exist_ok=True)
    account = account_of_server()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    found = Server(_url(folder), folder, binaries, account, durable)
    found.options = REPLICATED if with_replicas else {}
    try:
        if not (folder / "data" / "PG_VERSION").exists():
            _initialise(binaries, folder / "data", account)
        found.start()
        yield found
    finally:
        if found.process:
            _end(found.process)
        if not data_folder:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def replica(primary: Server):
    """Start a server that follows another one, which was started `with_replicas`; yield it. Raises NoServer."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    if primary.account:
        os.chown(folder, primary.account.pw_uid, primary.account.pw_gid)
    found = Server(_url(folder), folder, primary.binaries, primary.account, primary.durable, options=REPLICATED)
    copying = [primary.binaries / "pg_basebackup", "-h", primary.folder, "-U", "portal", "-D", folder / "data"]
    try:
        # `-R` writes down whom it follows.
        done = subprocess.run(
            [*copying, "-R", "-X", "stream", "-c", "fast"],
            capture_output=True,
            text=True,
            check=False,
            **run_as(primary.account),
        )
        if done.returncode:
            raise NoServer(f"pg_basebackup không chạy được: {done.stderr.strip()[-500:]}")
        found.start()
        yield found
    finally:
        if found.process:
            _end(found.process)
        shutil.rmtree(folder, ignore_errors=True)


def create(url: str, name: str) -> str:
    """Make an empty database on the server of `url`; return the DATABASE_URL that leads to it."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    return url.replace("/postgres?", f"/{name}?")


def _remove_leftovers() -> None:
    """Remove the folders of runs that were killed: their servers ended with them, an hour or more ago."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        stopped = not (folder / "data" / "postmaster.pid").exists()
        if stopped and folder.stat().st_mtime < time.time() - LEFT_BEHIND_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _url(folder: Path) -> str:
    return f"postgres://portal@/postgres?host={folder}"


def account_of_server() -> pwd.struct_passwd | None:
    """The account that runs the server: ours, unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise NoServer("đang chạy bằng root mà máy không có tài khoản postgres")


def run_as(account: pwd.struct_passwd | None) -> dict:
    """How `subprocess` starts a program under an account, in a folder that every account may enter."""
    if account is None:
        return {"cwd": "/"}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}


def _initialise(binaries: Path, data: Path, account: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        [
            binaries / "initdb",
            *("-D", data, "-U", "portal", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        check=False,
        **run_as(account),
    )
    if done.returncode:
        raise NoServer(f"initdb không chạy được: {done.stderr.strip()[-500:]}")


def _wait(binaries: Path, folder: Path, process: subprocess.Popen) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        asked = subprocess.run([binaries / "pg_isready", "-q", "-h", folder, "-U", "portal"], check=False)
        if asked.returncode == 0:
            return
        time.sleep(0.1)
    log = (folder / "server.log").read_text(errors="replace")
    raise NoServer(f"máy chủ PostgreSQL không khởi động được: {log.strip()[-500:]}")


def _end(process: subprocess.Popen) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGINT)  # PostgreSQL's "fast" stop: connections are cut, nothing is waited for
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)
