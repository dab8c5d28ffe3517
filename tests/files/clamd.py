"""Malware scanners for tests.

`running()`: speaks the protocol of ClamAV's daemon and knows EICAR, and whatever else it is told. `real()`: the daemon
itself, where it is installed, with a signature of our own.
"""

import contextlib
import os
import shutil
import socket
import socketserver
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from .battery import EICAR

EICAR_NAME = "Eicar-Test-Signature"
DAEMON = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
START_SECONDS = 60


class Scanner(socketserver.ThreadingTCPServer):
    """`known`: bytes → name of what holds them; `version`, `broken` and `most` (bytes) may be changed while it runs."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.known = {EICAR: EICAR_NAME}
        self.version = "ClamAV 1.4.6/27700/Wed Nov 25 09:00:00 2026"
        self.broken = False
        self.most = 400 * 1024 * 1024
        self.scanned: list[int] = []

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        command = self.rfile.readline().strip(b"nz\r\n\0")
        if self.server.broken:
            return
        if command == b"VERSION":
            self.wfile.write(f"{self.server.version}\n".encode())
        elif command == b"PING":
            self.wfile.write(b"PONG\n")
        elif command == b"INSTREAM":
            data = bytearray()
            while size := struct.unpack("!L", self.rfile.read(4))[0]:
                data += self.rfile.read(size)
                if len(data) > self.server.most:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\n")
                    return
            self.server.scanned.append(len(data))
            found = next((name for piece, name in self.server.known.items() if piece in data), None)
            self.wfile.write(f"stream: {found} FOUND\n".encode() if found else b"stream: OK\n")


@contextlib.contextmanager
def running() -> Iterator[Scanner]:
    """A scanner that listens on a port of its own until the end of the block."""
    with Scanner() as scanner:
        thread = threading.Thread(target=scanner.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield scanner
        finally:
            scanner.shutdown()
            thread.join(5)


@contextlib.contextmanager
def real(*, stream_mb: int = 10) -> Iterator[str]:
    """ClamAV's daemon with one signature, that of EICAR, until the end of the block; gives its address.

    `stream_mb`: the longest content it takes.
    """
    with tempfile.TemporaryDirectory(prefix="portal-clamd-") as folder:
        place = Path(folder)
        (place / "eicar.ndb").write_text(f"{EICAR_NAME}:0:*:{EICAR.hex()}\n")
        settings = [
            f"DatabaseDirectory {place}",
            f"LocalSocket {place}/socket",
            f"TemporaryDirectory {place}",
            "Foreground yes",
            f"StreamMaxLength {stream_mb}M",
            "AlertExceedsMax yes",
            *(["User root"] if os.geteuid() == 0 else []),
        ]
        (place / "clamd.conf").write_text("\n".join(settings) + "\n")
        daemon = subprocess.Popen(
            [DAEMON, "--config-file", place / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_for(place / "socket", daemon)
            yield f"unix:{place}/socket"
        finally:
            daemon.terminate()
            daemon.wait(30)


def _wait_for(path: Path, daemon: subprocess.Popen) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and daemon.poll() is None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
            return
        time.sleep(0.05)
    raise RuntimeError("clamd did not start")
