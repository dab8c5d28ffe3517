"""The command that serves the portal: the same for `make run`, tests, measurements, and in docs/operations.md."""

import contextlib
import socket
import sys

# Threads of one process that answer: what the page cache has kept, at once; all else waits in them for the threads in
# which Django works (base/public/renders/), so they must be more than may wait there.
BLOCKING_THREADS = 400

# Pages that are made stand back for the web server in front and the database, and jobs for readers: a page kept by the
# web server in front comes at once however many are being made. As services they do so by `CPUWeight=`
# (docs/operations.md), as children of one program (`children.start`) by a niceness that weighs about as much.
NICENESS, JOBS_NICENESS = 10, 13


def command(
    port: int, *more: str, host: str = "127.0.0.1", workers: int = 2, application: str = "config.wsgi:application"
) -> list[str]:
    """Return the command line; `more` are further options of granian.

    A worker that dies (killed, out of memory) is started again; without that granian would end with it. Only one that
    dies twice within some seconds ends it: then the service manager starts it anew.
    """
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(BLOCKING_THREADS), "--no-ws"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "10", *more, application),
    ]


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nothing listens on, each another: all are held until the last is found."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in sockets:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in sockets]
