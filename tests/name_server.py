"""A small name server for tests: says of each name what it is told to, over UDP and TCP."""

import socket
import struct
import threading
import time
from contextlib import contextmanager

from web_server import free_ports

TXT, CNAME = 16, 5
CUT, NOT_THERE, BROKEN = 0x0200, 3, 2


class NameServer:
    """`texts`: name → its text records. `mode`: "ok"; "silent" answers nothing; "cut" wants TCP for all of an answer;
    "drip" sends that by a byte at a time; "other" first sends an answer to another question, "flood" one after the
    other; "rubbish" and "broken" as they say. `asked`: the names, in order.
    """

    def __init__(self, texts=None, mode="ok"):
        self.texts, self.mode, self.asked = texts or {}, mode, []
        (self.port,) = free_ports(1)
        self._stop = threading.Event()

    @contextmanager
    def running(self):
        with socket.socket(type=socket.SOCK_DGRAM) as udp, socket.create_server(("127.0.0.1", self.port)) as tcp:
            udp.bind(("127.0.0.1", self.port))
            for line, work in ((udp, self._udp), (tcp, self._tcp)):
                line.settimeout(0.05)
                threading.Thread(target=work, args=[line], daemon=True).start()
            try:
                yield self
            finally:
                self._stop.set()

    def _udp(self, line):
        while not self._stop.is_set():
            try:
                question, place = line.recvfrom(2000)
            except OSError:
                continue
            name = self._name_of(question)
            self.asked.append(name)
            if self.mode == "silent":
                continue
            if self.mode == "flood":
                until = time.monotonic() + 10
                while not self._stop.is_set() and time.monotonic() < until:
                    line.sendto(b"\xff\xff" + self.answer(question, name)[2:], place)
                    time.sleep(0.002)
                continue
            if self.mode == "other":
                line.sendto(b"\xff\xff" + self.answer(question, name)[2:], place)
            line.sendto(self._in_mode(question, name), place)

    def _in_mode(self, question, name) -> bytes:
        if self.mode == "rubbish":
            return question[:2] + b"\x81\x80" + b"\0" * 4
        if self.mode == "broken":
            return self.answer(question, name, code=BROKEN)
        if self.mode in ("cut", "drip"):
            return self.answer(question, "", flags=CUT)
        return self.answer(question, name)

    def _tcp(self, server):
        while not self._stop.is_set():
            try:
                line, _place = server.accept()
            except OSError:
                continue
            with line:
                (length,) = struct.unpack("!H", line.recv(2))
                question = line.recv(length)
                answer = self.answer(question, self._name_of(question))
                if self.mode == "drip":
                    self._drip(line)
                    continue
                # In pieces, as a network may bring them.
                for piece in (struct.pack("!H", len(answer)), answer[:20], answer[20:]):
                    line.sendall(piece)

    def _drip(self, line) -> None:
        line.sendall(struct.pack("!H", 60_000))
        until = time.monotonic() + 10
        while not self._stop.is_set() and time.monotonic() < until:
            try:
                line.sendall(b"x")
            except OSError:
                return
            time.sleep(0.01)

    def answer(self, question: bytes, name: str, *, flags: int = 0, code: int = 0) -> bytes:
        """An alias, then the records of a name, each in pieces of at most 255 bytes."""
        records = [self._record(CNAME, b"\x01x\xc0\x0c")] if name in self.texts else []
        for text in self.texts.get(name, ()):
            data = text.encode()
            pieces = [data[start : start + 255] for start in range(0, len(data), 255)]
            texts = b"".join(bytes([len(piece)]) + piece for piece in pieces)
            records.append(self._record(TXT, texts, owner=b"\x01x\xc0\x0c"))
        code = code or (0 if name in self.texts or flags else NOT_THERE)
        head = struct.pack("!5H", 0x8180 | flags | code, 1, len(records), 0, 0)
        return question[:2] + head + question[12:] + b"".join(records)

    @staticmethod
    def _record(kind: int, data: bytes, *, owner: bytes = b"\xc0\x0c") -> bytes:
        return owner + struct.pack("!2HIH", kind, 1, 300, len(data)) + data

    @staticmethod
    def _name_of(question: bytes) -> str:
        labels, place = [], 12
        while length := question[place]:
            labels.append(question[place + 1 : place + 1 + length].decode())
            place += 1 + length
        return ".".join(labels)
