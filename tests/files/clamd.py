"""A malware scanner for tests: speaks the protocol of ClamAV's daemon and knows EICAR, and whatever else it is told."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator

from .battery import EICAR

EICAR_NAME = "Eicar-Test-Signature"


class Scanner(socketserver.ThreadingTCPServer):
    """`known`: bytes → name of what holds them; `version` and `broken` may be changed while it runs."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.known = {EICAR: EICAR_NAME}
        self.version = "ClamAV 1.4.6/27700/Wed Nov 25 09:00:00 2026"
        self.broken = False
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
