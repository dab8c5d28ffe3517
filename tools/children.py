"""Child processes that never outlive the program that started them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent dies; for `preexec_fn`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def stand_back_as_session(niceness: int) -> None:
    """Say for the whole session how far it stands back: Linux divides processors between sessions first.

    Between two of them the niceness of a process counts for nothing (sched(7), "The autogroup feature").
    """
    for _ in range(5):
        try:
            Path("/proc/self/autogroup").write_text(str(niceness))
            return
        except BlockingIOError:
            # Taken ten times a second from all who are not root.
            time.sleep(0.1)
        except OSError:
            return


def start(command: list[str], *, niceness: int = 0, **options) -> subprocess.Popen:
    """Start a child in a session of its own, so that Ctrl-C reaches it only through us.

    `niceness`: how far it stands back for other processes when there is not enough processor for all, as `nice -n`.
    """

    def prepare() -> None:
        die_with_parent()
        os.nice(niceness)
        if niceness:
            stand_back_as_session(niceness)

    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(command, start_new_session=True, preexec_fn=prepare, **options)


def end(processes: list[subprocess.Popen], *, grace_seconds: float = 15) -> None:
    """Ask the children to stop; kill what is left of them and of their sessions after `grace_seconds`."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    until = time.monotonic() + grace_seconds
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
