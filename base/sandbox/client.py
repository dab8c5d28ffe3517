"""The portal's side: children behind a wall, started on first use, asked one at a time, replaced when they fail."""

import atexit
import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import tempfile
import threading
import time

from . import walls
from .answers import Wrong, read_answer
from .serve import READY

logger = logging.getLogger(__name__)

LONGEST_ANSWER = 4 * 1024 * 1024
START_SECONDS = 20.0
ENDING_SECONDS = 2.0
NO_WALL = "no wall"
NO_WALL_WORDS = (
    "Máy chủ chưa có vùng cách ly để mở tệp an toàn nên chưa nhận tệp này; "
    "hãy báo cán bộ quản trị kỹ thuật rồi tải lại."
)


class SandboxFailure(Exception):
    """The child could not do it: out of time or memory, the file is broken, or no wall stands; `kind` says which."""

    def __init__(self, kind: str, detail: str = ""):
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


class _Wall:
    """The wall that stands on this machine: the best that could be put up; looked for once a process."""

    name = ""


class SandboxChild:
    """One child process that runs a module of the project; safe to use from several threads.

    Tasks wait for each other, so a process of the portal has at most one task of a kind at work, however many requests
    come at once. `module`: dotted; `wall`: the one to use whatever else stands ("" for the best); `code`: the files and
    folders of the project that the child sees, and single files of the machine.
    """

    def __init__(self, module: str, *, wall: str = "", code: tuple[str, ...] = walls.CODE):
        self.module, self.wall, self.code = module, wall, code
        self._lock = threading.Lock()
        self._is_asked = False
        self._process: subprocess.Popen | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    def ask(
        self,
        task: str,
        *,
        seconds: float,
        source: str | socket.socket,
        target: str = "",
        wait_seconds: float = 8.0,
        says: dict | None = None,
        **arguments,
    ) -> dict:
        """Return the child's answer to a task about the file at `source`; what it makes is written to `target`.

        The child gets both open and sees no other; an open connection is given as it is. `seconds`: how long the task
        may take; `wait_seconds`: how long to wait for other tasks before it; `says`: what the answer must be
        (`answers.py`), and nothing else is handed on; without it any object is. Raises SandboxFailure, also for an
        answer that is another.
        """
        if not self._lock.acquire(timeout=wait_seconds):
            raise SandboxFailure("busy")
        try:
            answer = self._answer({"task": task, "seconds": seconds, **arguments}, source, target, seconds)
        finally:
            self._lock.release()
        try:
            return read_answer(answer, says)
        except Wrong as wrong:
            raise SandboxFailure(wrong.kind, str(wrong)) from None

    def stop(self) -> None:
        """End the child; the next task starts a new one."""
        with self._lock:
            self._end()

    def start(self) -> str:
        """Start the child unless it runs; return the name of its wall. Raises SandboxFailure."""
        with self._lock:
            self._running()
        return self.wall or _Wall.name

    def _answer(self, task: dict, source: str | socket.socket, target: str, seconds: float) -> object:
        """Return what the child said, whatever it is; {} when it ended well and said nothing."""
        with contextlib.ExitStack() as ours:
            try:
                files = [source if isinstance(source, socket.socket) else ours.enter_context(open(source, "rb"))]
                files += [ours.enter_context(open(target, "w+b"))] if target else []
            except OSError as error:
                raise SandboxFailure(type(error).__name__, str(error)) from None
            control = self._running()
            reading, writing = os.pipe()
            try:
                try:
                    numbers = [writing, *(file.fileno() for file in files)]
                    socket.send_fds(control, [json.dumps(task).encode()], numbers)
                finally:
                    os.close(writing)
                self._is_asked = True
                until = time.monotonic() + seconds
                answer = _received(reading, until)
                if answer.endswith(b"\n"):
                    # How it ended is looked at before the next task.
                    return json.loads(answer)
                ended = self._ended(until)
            except (OSError, ValueError, KeyError, RecursionError) as error:
                self._end()
                raise SandboxFailure("died", str(error)) from None
            except SandboxFailure:
                self._end()
                raise
            finally:
                os.close(reading)
        if ended == 0:
            return {}
        died_of = os.WTERMSIG(ended) if os.WIFSIGNALED(ended) else 0
        raise SandboxFailure("timeout" if died_of in (signal.SIGXCPU, signal.SIGKILL) else "died", str(ended))

    def _ended(self, until: float) -> int:
        """Wait until the last task's process is gone; return its wait status."""
        status = int(_message(self._control, until))
        self._is_asked = False
        return status

    def _running(self) -> socket.socket:
        if self._process is not None and self._owner != os.getpid():
            # A child of the process we were forked from is not ours to talk to.
            self._process = self._control = None
        if self._process is not None and (self._process.poll() is not None or not self._is_free()):
            self._end()
        if self._process is None:
            self._start()
        return self._control

    def _is_free(self) -> bool:
        """Tell whether the last task's process is gone, as it should be a moment after its answer."""
        if not self._is_asked:
            return True
        try:
            self._ended(time.monotonic() + ENDING_SECONDS)
        except (SandboxFailure, OSError, ValueError):
            return False
        return True

    def _start(self) -> None:
        self._owner = os.getpid()
        for wall in (self.wall,) if self.wall else (_Wall.name,) if _Wall.name else walls.ORDER:
            command = walls.command(wall, self.module, self.code)
            if command is not None and self._is_started(command, wall):
                if not self.wall:
                    _Wall.name = wall
                return
        raise SandboxFailure(NO_WALL)

    def _is_started(self, command: list[str], wall: str) -> bool:
        """Start a command and wait until it is ready; False when it ended instead."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with tempfile.TemporaryFile() as complaints:
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    cwd=walls.ROOT,
                    env=walls.environment(),
                    stdin=theirs,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    start_new_session=True,
                )
            self._control = ours
            try:
                if _message(ours, time.monotonic() + START_SECONDS) == READY:
                    return True
            except SandboxFailure as failure:
                if failure.kind == "timeout":
                    self._end()
                    raise
            self._end()
            complaints.seek(0)
            logger.error("no %s for %s: %s", wall, self.module, complaints.read(4000).decode(errors="replace")[-800:])
        return False

    def _end(self) -> None:
        process, control = self._process, self._control
        self._process = self._control = None
        self._is_asked = False
        if process is None or self._owner != os.getpid():
            return
        # Its group: the wall, the child behind it, and the task at work.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        control.close()


def _received(file: int, until: float) -> bytes:
    """Read what a task says, to the end of its line. Raises SandboxFailure: not in time, or too long."""
    received = bytearray()
    while True:
        _wait(file, until)
        data = os.read(file, 65536)
        received += data
        if not data or data.endswith(b"\n"):
            return bytes(received)
        if len(received) > LONGEST_ANSWER:
            raise SandboxFailure("died", "answer too long")


def _message(control: socket.socket, until: float) -> bytes:
    _wait(control.fileno(), until)
    message = control.recv(65536)
    if not message:
        raise SandboxFailure("died")
    return message


def _wait(file: int, until: float) -> None:
    waiting = select.poll()
    waiting.register(file, select.POLLIN)
    left = until - time.monotonic()
    if left <= 0 or not waiting.poll(left * 1000):
        raise SandboxFailure("timeout")


pictures = SandboxChild("base.sandbox.pictures")
pdfs = SandboxChild("base.sandbox.pdfs")
texts = SandboxChild("base.sandbox.texts")
words = SandboxChild("documents.reading")
sheets = SandboxChild("base.sandbox.recognition", code=(*walls.CODE, *walls.RECOGNITION))
web = SandboxChild("base.sandbox.fetching", code=(*walls.CODE, "/etc/ssl/certs/ca-certificates.crt"))

for _child in (pictures, pdfs, texts, words, sheets, web):
    atexit.register(_child.stop)
