"""A reader of files that a hostile file has taken over: behind the wall it tries what it should not be able to.

Every task tells what it got: {"got": …}, or {"refused": the error's name}; `test_sandbox_walls.py` runs them.
"""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import subprocess
import threading
import time

MEMORY_MB = 300
LARGEST_WRITTEN_MB = 2
LOADED_LATER = ()

_seen = []


def tried(act):
    """Return a task that says what became of an act."""

    def task(source, *files, **arguments):
        try:
            return {"got": act(source, *files, **arguments)}
        except (OSError, RuntimeError, MemoryError, ValueError) as error:
            return {"refused": type(error).__name__}

    return task


def read(_source, path):
    """Read a file of the machine."""
    with open(path, "rb") as handle:
        return handle.read(200).decode("latin-1")


def look_around(_source, path):
    """List a folder."""
    return sorted(os.listdir(path))


def climb(source, path):
    """Reach a file from the one that was handed over."""
    for way in (f"/proc/self/fd/{source.fileno()}", "/proc/self/cwd", "/proc/1/root", "/dev/fd/0"):
        with contextlib.suppress(OSError):
            with open(f"{os.path.dirname(os.path.realpath(way))}/{os.path.basename(path)}", "rb") as handle:
                return handle.read(200).decode("latin-1")
    return os.open("..", os.O_RDONLY, dir_fd=source.fileno())


def remember(_source):
    """Change the reader for the files that come after."""
    _seen.append("a file")
    return len(_seen)


def know(_source):
    """Tell the environment."""
    return dict(os.environ)


def write(_source, path):
    """Make a file of the machine, or change one."""
    with open(path, "ab") as handle:
        handle.write(b"x")
    return path


def connect(_source, port):
    """Send something away."""
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return port


def connect_inside(_source, path):
    """Speak to a service of the machine by its file."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        return path


def multiply(_source):
    """Be many."""
    count = 0
    for _ in range(40):
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        count += 1
    return count


def leave(_source):
    """Leave a grandchild behind."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
    return True


def start(_source):
    """Start another program."""
    return subprocess.run(["/usr/bin/id"], capture_output=True, check=False).stdout.decode()


def become(_source):
    """Become another program."""
    os.execv("/usr/bin/id", ["id"])


def work_beside(_source):
    """Start a thread."""
    threading.Thread(target=time.sleep, args=(0,)).start()
    return True


def kill(_source, pid):
    """End a process of the machine."""
    os.kill(pid, signal.SIGKILL)
    return pid


def kill_parent(_source):
    """End the process that serves."""
    os.kill(os.getppid(), signal.SIGKILL)
    return True


def look_into(_source, request):
    """Look into the process that serves (ptrace, process_vm_readv, pidfd_getfd: by their numbers)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(request, 16, os.getppid(), 0, 0, 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return True


def raise_limit(_source):
    """Take more than was given."""
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    return True


def hold(_source, megabytes):
    """Hold much memory."""
    return len(bytearray(megabytes * 1024 * 1024))


def spin(_source):
    """Never end."""
    while True:
        pass


def sleep(_source):
    """Never end, and do nothing."""
    time.sleep(600)


def fill(_source, target):
    """Fill the disk."""
    for _ in range(64):
        target.write(b"x" * 1024 * 1024)
        target.flush()
    return True


def flood(_source):
    """Answer without end, to every file that is open."""
    while True:
        for number in range(3, 12):
            with contextlib.suppress(OSError):
                os.write(number, b"x" * 65536)


def say(source):
    """Answer with what the file says, and nothing of a reader's own."""
    said = source.read()
    for number in range(3, 12):
        with contextlib.suppress(OSError):
            os.write(number, said)
    os._exit(0)


def give(source):
    """Do what a reader is for."""
    return source.read().decode()


TASKS = {
    act.__name__: tried(act)
    for act in (
        read,
        look_around,
        climb,
        remember,
        know,
        write,
        connect,
        connect_inside,
        multiply,
        leave,
        start,
        become,
        work_beside,
        kill,
        kill_parent,
        look_into,
        raise_limit,
        hold,
        spin,
        sleep,
        fill,
        flood,
        say,
        give,
    )
}
