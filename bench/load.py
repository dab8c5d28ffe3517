"""A bounded load on one address of this machine: N connections, each asks again as soon as it is answered.

    python bench/load.py http://127.0.0.1:8000/ --connections 8 --seconds 5

`wrk` does it where it is installed, because it costs less of the processors that it shares with the server;
otherwise a client of our own. Only loopback addresses are accepted.
"""

import argparse
import re
import selectors
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_CONNECTIONS = 256
MAX_SECONDS = 600
LAST_ANSWERS_SECONDS = 10
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept": "text/html"}


@dataclass
class Load:
    """What the readers saw; latencies in milliseconds."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def put(url: str, *, connections: int, seconds: float, headers: dict | None = None, own=False) -> Load:
    """Ask for `url` over and over; answers other than 2xx and broken connections count as errors.

    Raises ValueError for an address elsewhere, or for more connections or seconds than a bench needs.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host not in LOOPBACK and not host.endswith(".localhost"):
        raise ValueError(f"Only this machine may be measured, not {host}")
    if not (0 < connections <= MAX_CONNECTIONS and 0 < seconds <= MAX_SECONDS):
        raise ValueError(f"At most {MAX_CONNECTIONS} connections and {MAX_SECONDS} seconds")
    headers = BROWSER | {"Host": parts.netloc} | (headers or {})
    if shutil.which("wrk") and not own:
        return _put_by_wrk(url, connections, seconds, headers)
    return _put_by_own_client(parts, connections, seconds, headers)


def _put_by_wrk(url: str, connections: int, seconds: float, headers: dict) -> Load:
    parts = urlsplit(url)
    target = f"http://127.0.0.1:{parts.port or 80}{_path(parts)}"
    command = [
        "wrk",
        "--latency",
        "-t1",
        f"-c{connections}",
        f"-d{max(1, round(seconds))}s",
        "--timeout",
        "30s",
    ]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    return load_of(subprocess.run([*command, target], capture_output=True, text=True, check=True).stdout)


def load_of(output: str) -> Load:
    """Return what `wrk --latency` printed."""
    count, lasted, unit = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m)", output).groups()
    errors = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", output))
    if broken := re.search(r"Socket errors: (.*)", output):
        errors += sum(int(number) for number in re.findall(r"\d+", broken[1]))
    latency = {
        percent: float(value) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[of]
        for percent, value, of in re.findall(r"(\d\d)%\s+([\d.]+)(us|ms|s|m)", output)
    }
    lasted = float(lasted) * {"ms": 0.001, "s": 1, "m": 60}[unit]
    return Load(int(count), lasted, latency["50"], latency["99"], errors)


class _Connection:
    def __init__(self, address, request: bytes):
        self.address = address
        self.request = request
        self.open()

    def open(self):
        self.socket = socket.create_connection(self.address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.ask()

    def ask(self):
        self.received = bytearray()
        self.expected = None
        self.asked_at = time.perf_counter()
        self.socket.sendall(self.request)

    def receive(self) -> bool | None:
        """Return True for a whole good answer, False for a bad or broken one, None while there is more."""
        data = self.socket.recv(262_144)
        if not data:
            return False
        self.received += data
        if self.expected is None:
            end = self.received.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = bytes(self.received[:end]).lower()
            length = re.search(rb"\r\ncontent-length: *(\d+)", head)
            if length is None:
                return False
            self.good = head.split(b" ", 2)[1][:1] == b"2"
            self.expected = end + 4 + int(length[1])
        return self.good if len(self.received) >= self.expected else None


def _put_by_own_client(parts, connections: int, seconds: float, headers: dict) -> Load:
    lines = [f"GET {_path(parts)} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    address = ("127.0.0.1", parts.port or 80)
    latencies, errors = [], 0
    began = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = _Connection(address, request)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        # What was asked is waited for: left behind, it would cost the next load on the same server, and fill its queue.
        while selector.get_map() and (went := time.perf_counter() - began) < seconds + LAST_ANSWERS_SECONDS:
            for key, _ in selector.select(timeout=0.1):
                connection = key.data
                outcome = connection.receive()
                if outcome is None:
                    continue
                if outcome:
                    latencies.append(time.perf_counter() - connection.asked_at)
                else:
                    errors += 1
                if outcome and went < seconds:
                    connection.ask()
                    continue
                selector.unregister(connection.socket)
                connection.socket.close()
                if went < seconds:
                    connection.open()
                    selector.register(connection.socket, selectors.EVENT_READ, connection)
        lasted = time.perf_counter() - began
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    latencies.sort()

    def percentile(share):
        return latencies[min(len(latencies) - 1, int(len(latencies) * share))] * 1000 if latencies else 0.0

    return Load(len(latencies), lasted, percentile(0.5), percentile(0.99), errors)


def _path(parts) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("url")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--own", action="store_true", help="our own client even where wrk is installed")
    options = parser.parse_args()
    load = put(options.url, connections=options.connections, seconds=options.seconds, own=options.own)
    print(
        f"{load.requests} requests in {load.seconds:.1f} s: {load.per_second:.0f} a second, "
        f"p50 {load.p50_ms:.2f} ms, p99 {load.p99_ms:.2f} ms, {load.errors} errors"
    )


if __name__ == "__main__":
    main()
