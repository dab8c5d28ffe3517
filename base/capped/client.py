"""The portal's side: children that are started on first use, asked one at a time, and replaced when they fail."""

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_ANSWER = 4 * 1024 * 1024


class CappedFailure(Exception):
    """The child could not do it: out of time or memory, or the file is broken; `kind` says which."""

    def __init__(self, kind: str, detail: str = ""):
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind


class CappedChild:
    """One child process that runs a module of this package; safe to use from several threads.

    Tasks wait for each other, so a process of the portal has at most one such child of a kind at work, however
    many requests come at once.
    """

    def __init__(self, module: str):
        self.module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._owner = 0

    def ask(self, task: str, *, seconds: float, wait_seconds: float = 8.0, **arguments) -> dict:
        """Return the child's answer to a task.

        `seconds`: how long the task may take; `wait_seconds`: how long to wait for other tasks before it.
        Raises CappedFailure.
        """
        if not self._lock.acquire(timeout=wait_seconds):
            raise CappedFailure("busy")
        try:
            process = self._running()
            try:
                process.stdin.write((json.dumps({"task": task, **arguments}) + "\n").encode())
                process.stdin.flush()
                answer = json.loads(self._line(process, time.monotonic() + seconds))
            except (OSError, ValueError) as error:
                self._end()
                raise CappedFailure("died", str(error)) from None
            except CappedFailure:
                self._end()
                raise
        finally:
            self._lock.release()
        if "error" in answer:
            if answer["error"] == "MemoryError":
                self.stop()
            raise CappedFailure(answer["error"], answer.get("detail", ""))
        return answer

    def stop(self) -> None:
        """End the child; the next task starts a new one."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen:
        if self._process is not None and (self._owner != os.getpid() or self._process.poll() is not None):
            # A child of the process we were forked from is not ours to talk to.
            if self._owner == os.getpid():
                self._end()
            self._process = None
        if self._process is None:
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [sys.executable, "-m", f"base.capped.{self.module}"],
                cwd=ROOT,
                # Nothing of the portal's environment: the child needs no secret.
                env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def _line(self, process, deadline: float) -> bytes:
        received = bytearray()
        while not received.endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise CappedFailure("timeout")
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                raise CappedFailure("died")
            received += data
            if len(received) > LONGEST_ANSWER:
                raise CappedFailure("died", "answer too long")
        return bytes(received)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            try:
                stream.close()
            except OSError:
                continue


pictures = CappedChild("pictures")
pdfs = CappedChild("pdfs")
texts = CappedChild("texts")
words = CappedChild("words")

atexit.register(pictures.stop)
atexit.register(pdfs.stop)
atexit.register(texts.stop)
atexit.register(words.stop)
