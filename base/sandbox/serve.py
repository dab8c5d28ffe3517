"""The child's side: one task after the other, each in a process of its own that opens nothing and lives no longer.

1. The module with the tasks is imported; from then on this process only waits. 2. A task comes as a line of words and
with open files: where the answer goes, what to read, where to write. 3. It runs in a copy of this process under limits
on memory, processor time and size, and under the list of calls (`system_calls.py`); so nothing a file does to its
reader outlasts the file. 4. How the copy ended is told. When the portal is gone, so is everything here.
"""

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys

from . import system_calls

MB = 1024 * 1024
LONGEST_TASK = 60_000
MOST_OPEN_FILES = 64
READY = b"ready"
# One thread, for programs that start more by themselves: the list of calls refuses it.
PROGRAMS_KNOW = {"LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}


def main(module_name: str, readable: list[str]) -> None:
    """Serve the tasks of a module over the socket at standard input, until the portal closes it.

    `readable`: the folders to shut everything else behind, when no other program has done so.
    """
    module = importlib.import_module(module_name)
    for name in module.LOADED_LATER:
        importlib.import_module(name)
    if readable:
        system_calls.read_only_below(readable)
    control = socket.socket(fileno=os.dup(0))
    os.dup2(1, 2)
    # What a library prints must not be taken for an answer.
    sys.stdout = sys.stderr
    _prove_the_filter()
    gc.collect()
    gc.freeze()
    control.send(READY)
    while True:
        message, files, _flags, _sender = socket.recv_fds(control, LONGEST_TASK, 3, socket.MSG_CMSG_CLOEXEC)
        if not message:
            return
        control.send(str(_done(module, json.loads(message), files, control)).encode())


def _prove_the_filter() -> None:
    """Try the list of calls once in a copy: without it this child does not serve."""
    pid = os.fork()
    if pid == 0:
        with contextlib.suppress(BaseException):
            system_calls.allow_only(program=False)
            with contextlib.suppress(PermissionError):
                socket.socket()
                os._exit(2)
            os._exit(0)
        os._exit(1)
    if os.waitpid(pid, 0)[1]:
        raise system_calls.NoWall("no seccomp filter")


def _done(module, task: dict, files: list[int], control: socket.socket) -> int:
    """Run one task in a copy of this process; return its wait status."""
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            _run(module, task, *files)
        finally:
            os._exit(1)
    for file in files:
        os.close(file)
    ended, waiting = os.pidfd_open(pid), select.poll()
    waiting.register(ended, select.POLLIN)
    waiting.register(control, 0)
    if any(file == control.fileno() for file, _event in waiting.poll()):
        # The portal is gone: no process waits for the answer.
        os.kill(pid, signal.SIGKILL)
    os.close(ended)
    return os.waitpid(pid, 0)[1]


def _run(module, task: dict, answer: int, source: int, target: int | None = None) -> None:
    """Be the task: never returns."""
    os.dup2(source, 0)
    os.close(source)
    _limit(module.MEMORY_MB, task.pop("seconds"), module.LARGEST_WRITTEN_MB)
    name = task.pop("task")
    if name in getattr(module, "PROGRAMS", {}):
        # The command names what else the task says: "{page}".
        command = [part.format(**task) for part in module.PROGRAMS[name]]
        os.dup2(target, 1)
        system_calls.allow_only(program=True)
        os.execve(command[0], command, PROGRAMS_KNOW)
    files = [open(0, "rb", closefd=False)] + ([open(target, "w+b")] if target is not None else [])
    system_calls.allow_only(program=False)
    try:
        result = module.TASKS[name](*files, **task)
        for file in files[1:]:
            file.flush()
    except Exception as error:
        result = {"error": type(error).__name__, "detail": str(error)[:300]}
    left = (json.dumps(result) + "\n").encode()
    while left:
        left = left[os.write(answer, left) :]
    os._exit(0)


def _limit(memory_mb: int, seconds: float, written_mb: int) -> None:
    """Bound what the task's process may take: its address space, processor seconds, what it writes, and no other."""
    processor = int(seconds) + 1
    for kind, most in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, written_mb * MB),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_AS, memory_mb * MB),
    ):
        resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
