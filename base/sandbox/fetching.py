"""Ask a web server for the head of one answer, over a connection that the portal opened: its status, where it leads.

The child has no network of its own: a server that takes it over reaches nothing but itself. TLS is spoken and the
answer is read here; names are looked up and connections opened in `base/operations/outward.py`.
"""

import os
import select
import ssl
import time
from collections.abc import Callable

MEMORY_MB = 300
LARGEST_WRITTEN_MB = 1
LOADED_LATER = ("encodings.idna",)
# Whom the machine believes (`update-ca-certificates`); the only file that this child sees beside its code.
AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
LARGEST_HEAD = 16 * 1024
LONGEST_LOCATION = 2000
PIECE = 4096
CONNECTION = 0


def _context() -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    if os.path.exists(AUTHORITIES):
        found.load_verify_locations(AUTHORITIES)
    return found


CONTEXT = _context()


def head(_source, *, method: str, host: str, path: str, is_secure: bool, milliseconds: int) -> dict:
    """Return {"status": 200, "location": ""}: the first line of the answer, and where it redirects to.

    The connection is standard input. Raises ValueError for what is no answer, TimeoutError, ssl.SSLError.
    """
    until = time.monotonic() + milliseconds / 1000
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: kiem-tra-lien-ket (Cong thong tin dien tu)",
        "Accept: */*",
        "Connection: close",
    ]
    question = "\r\n".join([*lines, "", ""]).encode("ascii")
    receive = _encrypted(question, host.strip("[]"), until) if is_secure else _plain(question, until)
    received = b""
    while b"\r\n\r\n" not in received and len(received) <= LARGEST_HEAD:
        data = receive()
        received += data
        if not data:
            break
    return _read(received)


def _read(received: bytes) -> dict:
    """Return what the head of an answer says; what stands after it is not looked at."""
    first, *lines = received.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    if not version.startswith("HTTP/1.") or not (status.isascii() and status.isdigit() and len(status) == 3):
        raise ValueError("no answer of HTTP")
    headers = dict(reversed([(name.strip().lower(), value.strip()) for name, _, value in map(_parts, lines)]))
    return {"status": int(status), "location": headers.get("location", "")[:LONGEST_LOCATION]}


def _parts(line: str) -> tuple[str, str, str]:
    return line.partition(":")


def _plain(question: bytes, until: float) -> Callable[[], bytes]:
    _send(question, until)
    return lambda: _receive(until)


def _encrypted(question: bytes, name: str, until: float) -> Callable[[], bytes]:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = CONTEXT.wrap_bio(incoming, outgoing, server_hostname=name)

    def step(act, *arguments):
        while True:
            try:
                result = act(*arguments)
            except ssl.SSLWantReadError:
                _send(outgoing.read(), until)
                data = _receive(until)
                if data:
                    incoming.write(data)
                else:
                    incoming.write_eof()
            else:
                _send(outgoing.read(), until)
                return result

    step(tls.do_handshake)
    step(tls.write, question)

    def receive() -> bytes:
        try:
            return step(tls.read, PIECE)
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    return receive


def _send(data: bytes, until: float) -> None:
    while data:
        _wait(select.POLLOUT, until)
        data = data[os.write(CONNECTION, data) :]


def _receive(until: float) -> bytes:
    _wait(select.POLLIN, until)
    return os.read(CONNECTION, PIECE)


def _wait(event: int, until: float) -> None:
    waiting = select.poll()
    waiting.register(CONNECTION, event)
    left = until - time.monotonic()
    if left <= 0 or not waiting.poll(left * 1000):
        raise TimeoutError


TASKS = {"head": head}
