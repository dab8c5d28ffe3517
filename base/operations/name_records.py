"""Text records of a name (TXT), asked of a name server (RFC 1035): over UDP, and over TCP where an answer is cut off.

For the look at the portal's own sending domain (`subscriptions/sender_records.py`); nothing that a user writes is asked
for. One question takes at most `TRIES` times `SECONDS`. What comes back is believed as far as the machine's resolver
is: the portal shows it to its operators and does nothing by it.
"""

import secrets
import socket
import struct
import time
from pathlib import Path

from django.conf import settings

SECONDS, TRIES = 2.0, 2
PORT = 53
RESOLVERS = Path("/etc/resolv.conf")
LONGEST_NAME, LONGEST_ANSWER, MOST_RECORDS = 253, 65_535, 100
TXT, INTERNET = 16, 1
RECURSION_WANTED, IS_ANSWER, IS_CUT, CODE = 0x0100, 0x8000, 0x0200, 0x000F
FINE, NO_SUCH_NAME = 0, 3
# Two bits of a length that say that the rest of a name is elsewhere in the message.
POINTER = 0xC0


class NoAnswer(Exception):
    """No name server is known, none answered in time, or what came was no answer."""


def text_records(name: str) -> list[str]:
    """Return the text records of a name, [] where it has none; raises NoAnswer. Asks the network: for jobs alone."""
    server, question = _server(), _question(name)
    for number in range(TRIES):
        try:
            answer = _by_udp(server, question)
            if _head(answer)[0] & IS_CUT:
                answer = _by_tcp(server, question)
            return _texts(answer, question)
        except (OSError, ValueError, IndexError, struct.error) as error:
            if number == TRIES - 1:
                raise NoAnswer(f"{type(error).__name__}: {server[0]}") from error
    raise NoAnswer


def _server() -> tuple[str, int]:
    """The name server of the settings, else the machine's first: (address, port)."""
    if settings.PORTAL_NAME_SERVER:
        host, _colon, port = settings.PORTAL_NAME_SERVER.partition(":")
        return host, int(port or PORT)
    try:
        lines = RESOLVERS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise NoAnswer("resolv.conf") from error
    found = next((words[1] for line in lines if (words := line.split())[:1] == ["nameserver"] and len(words) > 1), "")
    if not found:
        raise NoAnswer("resolv.conf")
    return found, PORT


def _question(name: str) -> bytes:
    """The message that asks for the text records of a name."""
    try:
        labels = name.rstrip(".").encode("idna").split(b".")
    except UnicodeError as error:
        raise NoAnswer("name") from error
    if not all(0 < len(label) < 64 for label in labels) or len(name) > LONGEST_NAME:
        raise NoAnswer("name")
    asked = b"".join(bytes([len(label)]) + label for label in labels) + b"\0" + struct.pack("!2H", TXT, INTERNET)
    return struct.pack("!6H", secrets.randbelow(1 << 16), RECURSION_WANTED, 1, 0, 0, 0) + asked


def _by_udp(server: tuple[str, int], question: bytes) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    until = time.monotonic() + SECONDS
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        # Connected: what another address sends is not read.
        line.connect(server)
        line.send(question)
        while True:
            _wait_until(until, line)
            answer = line.recv(LONGEST_ANSWER)
            if answer[:2] == question[:2]:
                return answer


def _by_tcp(server: tuple[str, int], question: bytes) -> bytes:
    until = time.monotonic() + SECONDS
    with socket.create_connection(server, timeout=SECONDS) as line:
        line.sendall(struct.pack("!H", len(question)) + question)
        (length,) = struct.unpack("!H", _read(line, 2, until))
        return _read(line, length, until)


def _read(line: socket.socket, length: int, until: float) -> bytes:
    found = b""
    while len(found) < length:
        _wait_until(until, line)
        piece = line.recv(length - len(found))
        if not piece:
            raise ValueError("cut off")
        found += piece
    return found


def _wait_until(until: float, line: socket.socket) -> None:
    """Let the next receiving last until then. Raises TimeoutError when it is over: what drips in would have no end."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    line.settimeout(left)


def _head(answer: bytes) -> tuple[int, int, int]:
    """(flags, number of questions, number of answers) of a message."""
    _number, flags, questions, answers, _more, _other = struct.unpack("!6H", answer[:12])
    return flags, questions, answers


def _texts(answer: bytes, question: bytes) -> list[str]:
    flags, questions, answers = _head(answer)
    code = flags & CODE
    is_ours = answer[:2] == question[:2] and flags & IS_ANSWER and questions == 1
    if not is_ours or answer[12 : len(question)].lower() != question[12:].lower() or code not in (FINE, NO_SUCH_NAME):
        raise ValueError("no answer to the question")
    place, found = len(question), []
    for _record in range(min(answers, MOST_RECORDS)):
        place = _after_name(answer, place)
        kind, place_class, _life, length = struct.unpack("!2HIH", answer[place : place + 10])
        place += 10
        if kind == TXT and place_class == INTERNET:
            found.append(_text(answer[place : place + length]))
        place += length
    return found


def _after_name(answer: bytes, place: int) -> int:
    """Return where a name ends that begins at a place; names are not needed, a server may follow an alias."""
    while length := answer[place]:
        if length & POINTER:
            return place + 2
        place += length + 1
    return place + 1


def _text(data: bytes) -> str:
    """A text record, which is pieces of at most 255 bytes, each behind its length."""
    found, place = b"", 0
    while place < len(data):
        found += data[place + 1 : place + 1 + data[place]]
        place += 1 + data[place]
    return found.decode("utf-8", errors="replace")
