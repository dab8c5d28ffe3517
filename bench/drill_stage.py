"""The machine that `drill.py` breaks: two web servers behind nginx, the jobs, PostgreSQL, a mail server, small disks.

All are processes of one portal of its own (`own_portal.py`) and are started again when they die, as systemd does it
(`deploy/systemd/`). Where root may mount, the uploaded files and the database each lie on a file system of a size of
their own, which can be filled without filling anybody else's.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
from cpu import memory_mb
from crowd_citizens import Places
from crowd_stage import Stage
from drill_figures import Memory
from front import CITY, Front, ask
from mail_sink import Sink
from own_portal import ROOT, Portal, children, web_server

# `RestartSec` of deploy/systemd/.
WEB_PAUSE_SECONDS, JOBS_PAUSE_SECONDS = 2.0, 5.0
START_SECONDS = 300
RUNNING = "from django.core.management import execute_from_command_line as run; run(['', 'run_jobs', '--forever'])"
AHEAD = (
    "import datetime, time_machine; now = datetime.datetime.now(datetime.UTC); "
    "time_machine.travel(now + datetime.timedelta(days={days}), tick=True).start(); " + RUNNING
)
SAMPLE_SECONDS = 2.0
VOLUME_MB = {"media": 256, "postgresql": 1536}
# A system clock that stood ahead leaves moments that are not yet.
NEWEST_RUN = (
    "SELECT extract(epoch FROM max(last_finished)) FROM base_jobheartbeat "
    "WHERE last_finished < now() + interval '1 minute'"
)
NOW = "SELECT extract(epoch FROM now())"


class Broken(Exception):
    """The machine is not as the drill needs it."""


class Service:
    """A process that is started again when it ends by itself; it lives in a thread of its own.

    Linux tells a child of the end of the thread that started it (`children.die_with_parent`), so one thread starts it
    as often as it is needed.
    """

    def __init__(self, start: Callable[[], subprocess.Popen], *, pause_seconds: float):
        self._start, self._pause_seconds = start, pause_seconds
        self._wanted, self._closed, self._lock = threading.Event(), False, threading.Lock()
        self.process: subprocess.Popen | None = None
        self.starts = 0
        threading.Thread(target=self._live, daemon=True).start()

    @property
    def pid(self) -> int:
        if self.process is None:
            raise Broken("a process does not run")
        return self.process.pid

    def start(self) -> None:
        self._wanted.set()

    def stop(self) -> None:
        """End it as the service manager does, and leave it away."""
        with self._lock:
            self._wanted.clear()
        if self.process is not None:
            children.end([self.process], grace_seconds=60)

    def close(self) -> None:
        self._closed = True
        self.stop()
        self._wanted.set()

    def _live(self) -> None:
        while self._wanted.wait() and not self._closed:
            with self._lock:
                if not self._wanted.is_set():
                    continue
                self.process, self.starts = self._start(), self.starts + 1
            self.process.wait()
            if self._wanted.is_set():
                time.sleep(self._pause_seconds)


class Volumes:
    """File systems of their own, in files, for the folders that a drill fills; none where nothing may be mounted."""

    def __init__(self, folder: Path):
        self.folder, self.mounted = folder, {}

    def mount(self, name: str, place: Path) -> None:
        image, is_new = self.folder / f"{name}.img", not (self.folder / f"{name}.img").exists()
        place.mkdir(parents=True, exist_ok=True)
        commands = [["mount", "-o", "loop", image, place]]
        if is_new:
            with image.open("wb") as file:
                file.truncate(VOLUME_MB[name] * 2**20)
            commands.insert(0, ["mkfs.ext4", "-q", "-m", "0", "-E", "root_owner=0:0", image])
        for command in commands:
            if not shutil.which(command[0]) or subprocess.run(command, capture_output=True, check=False).returncode:
                image.unlink(missing_ok=is_new)
                return
        self.mounted[name] = place

    def fill(self, name: str) -> Path:
        """Leave no room on a volume; return the file that takes it."""
        filler = self.mounted[name] / "filler"
        with filler.open("wb") as file:
            free = os.statvfs(self.mounted[name]).f_bavail * os.statvfs(self.mounted[name]).f_frsize
            with contextlib.suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, max(1, free - 2**20))
            with contextlib.suppress(OSError):
                file.seek(0, os.SEEK_END)
                while True:
                    file.write(bytes(4096))
                    file.flush()
        return filler

    def close(self) -> None:
        for place in self.mounted.values():
            subprocess.run(["umount", "-l", place], check=False)


class Machine(Stage):
    """Everything that runs, and what it needs of memory."""

    def __init__(self, portal: Portal, front_port: int, volumes: Volumes, sink: Sink):
        # Each server has one worker: what it was asked for twice it keeps.
        super().__init__(portal, front_port, asked_to_warm=2)
        self.volumes, self.sink = volumes, sink
        self.ports = web_server.free_ports(2)
        portal.port = self.ports[0]
        portal.base = f"https://localhost:{front_port}"
        portal.environment |= {"PORTAL_PROXIES": "1", "PORTAL_EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
        self.front = Front(portal, front_port, self.ports, connections=8192)
        # The library that editors use believes this certificate.
        os.environ["REQUESTS_CA_BUNDLE"] = str(self.front.certificate)
        self.webs = [self._service(self._web(port), WEB_PAUSE_SECONDS) for port in self.ports]
        self.jobs = self.jobs_runner()
        self.more: list[Service] = []
        self.memory: list[Memory] = []

    def _service(self, start, pause_seconds: float) -> Service:
        return Service(start, pause_seconds=pause_seconds)

    def _web(self, port: int):
        return lambda: children.start(
            web_server.command(port, "--no-log", workers=1),
            niceness=web_server.NICENESS,
            env=self.portal.environment,
            cwd=ROOT,
        )

    def jobs_runner(self, *, days_ahead: int = 0) -> Service:
        """Another process of the periodic work, whose system clock may stand ahead."""
        code = AHEAD.format(days=days_ahead) if days_ahead else RUNNING
        return self._service(
            lambda: children.start(
                [sys.executable, "-c", code],
                niceness=web_server.JOBS_NICENESS,
                env=self.portal.environment,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ),
            JOBS_PAUSE_SECONDS,
        )

    @contextlib.contextmanager
    def running(self):
        """Start all of it; end all of it."""
        try:
            for service in [*self.webs, self.jobs]:
                service.start()
            for port in self.ports:
                self.wait_for_web(port)
            self.front.begin_anew()
            self.find()
            self.kept = self._kept_pages()
            self.places = Places(
                [(path, title) for host, path, title in self.kept if host == CITY],
                self.found["service"],
                self.found["answer"],
            )
            self.warm()
            threading.Thread(target=self._sample, daemon=True).start()
            yield self
        finally:
            for service in [*self.more, self.jobs, *self.webs]:
                service.close()
            self.front.stop()

    def warm(self) -> None:
        """Ask both servers for the pages, and nginx, until all keep them."""
        for port in self.ports:
            self.portal.port = port
            super().warm()
        for host, path, _ in self.kept:
            for encoding in ("br", "gzip"):
                ask("nginx", self.front_port, host, path, encoding)

    def wait_for_web(self, port: int, *, seconds: float = START_SECONDS) -> None:
        """Wait until a server answers. Raises Broken."""
        self._until(lambda: ask("granian", port, CITY, "/healthz", None)[0] == 200, f"server {port}", seconds)

    def wait_for_jobs(self, since: float, *, seconds: float = START_SECONDS) -> None:
        """Wait until some job has ended after a moment of the database. Raises Broken."""
        self._until(lambda: (self.asked(NEWEST_RUN) or 0) > since, "jobs", seconds)

    def wait_for_afresh(self, *, seconds: float = START_SECONDS) -> None:
        """Wait until a page that nobody kept comes through nginx. Raises Broken."""
        path = f"{self.places.search}?q=sau+{time.time_ns()}"
        self._until(lambda: ask("nginx", self.front_port, CITY, path, "br")[0] == 200, "fresh pages", seconds)

    def now(self) -> float:
        """The moment by the database."""
        return self.asked(NOW)

    def asked(self, question: str):
        """Return the first value of the answer of the database itself. Raises psycopg2.Error."""
        with contextlib.closing(psycopg2.connect(self.portal.database.url, connect_timeout=2)) as connection:
            cursor = connection.cursor()
            cursor.execute(question)
            value = cursor.fetchone()[0]
            return float(value) if value is not None else None

    def _until(self, is_so: Callable[[], bool], what: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(OSError, psycopg2.Error):
                if is_so():
                    return
            time.sleep(0.1)
        raise Broken(f"{what}: not back after {seconds:.0f} s")

    def _sample(self) -> None:
        while True:
            with contextlib.suppress(Broken, OSError):
                web = memory_mb([service.pid for service in self.webs], "Rss")
                jobs = memory_mb([service.pid for service in [self.jobs, *self.more]], "Rss")
                self.memory.append(Memory(time.monotonic(), web, jobs))
            time.sleep(SAMPLE_SECONDS)
