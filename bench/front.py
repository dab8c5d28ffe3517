"""nginx before the portal of a drill, as `deploy/nginx/configure.py` writes it, and single questions to either."""

import contextlib
import gzip
import http.client
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time

import brotli
from own_portal import ROOT, children

sys.path.insert(0, str(ROOT))
from deploy.nginx import configure  # noqa: E402

CITY, WARD = "localhost", "my-long.localhost"


class Failed(Exception):
    """Something is not what the drill measures."""


class Front:
    """nginx before the portal, with a certificate of its own.

    `behind`: the ports of the servers, which take turns. `rate`: requests a second of one address; None leaves the
    brakes as they are written.
    """

    def __init__(self, portal, port: int, behind: list[int], *, rate: int | None = 100_000, connections: int = 512):
        self.var, self.folder, self.port, self.process = portal.var, portal.var / "front", port, None
        self.rate = rate
        self.folder.mkdir(exist_ok=True)
        self.certificate, self.key = self.folder / "certificate.pem", self.folder / "key.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:*.localhost"),
                *("-keyout", self.key, "-out", self.certificate),
            ],
            check=True,
            capture_output=True,
        )
        self.ask_servers(behind)
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = " ".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("fastcgi", "uwsgi", "scgi", "proxy")
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off; {user} worker_processes auto; pid {self.folder}/nginx.pid;\n"
            f"worker_rlimit_nofile {connections * 4}; pcre_jit on;\nevents {{ worker_connections {connections}; }}\n"
            f"http {{ client_body_temp_path {self.folder}/client; {temporary}\ninclude {self.folder}/portal.conf; }}\n"
        )
        self.copies = portal.var / "nginx-cache"
        self.flag = portal.var / "gone" / "front" / "now" / "may-keep"

    def ask_servers(self, behind: list[int]) -> None:
        """Write which servers are asked; an nginx that runs takes it up and cuts nothing off."""
        options = configure._parser().parse_args(
            [
                *("--host", CITY, "--var", str(self.var), "--logs", str(self.folder)),
                *("--certificate", str(self.certificate), "--key", str(self.key)),
                *("--behind", *(f"127.0.0.1:{port}" for port in behind), "--address", "127.0.0.1"),
                *("--http-port", str(self.port + 1), "--https-port", str(self.port)),
                *(["--rate", str(self.rate)] if self.rate else []),
            ]
        )
        (self.folder / "portal.conf").write_text(configure.configuration(options), encoding="utf-8")
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)

    def start(self) -> None:
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = children.start(
            [nginx, "-p", str(self.folder), "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        )
        until = time.monotonic() + 20
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                return ask("nginx", self.port, CITY, "/healthz", "identity") and None
            time.sleep(0.05)
        raise Failed(f"nginx: {(self.folder / 'error.log').read_text()[-500:]}")

    def stop(self) -> None:
        children.end([self.process] if self.process else [])

    def begin_anew(self) -> None:
        """As it stands some seconds after a take-down: no copies, and it may keep some."""
        self.stop()
        shutil.rmtree(self.copies, ignore_errors=True)
        with contextlib.suppress(FileNotFoundError):
            self.flag.touch()
        self.start()


class Named(http.client.HTTPSConnection):
    """Asks 127.0.0.1 under a name that no DNS knows."""

    def connect(self):
        http.client.HTTPConnection.connect(self)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.sock = context.wrap_socket(self.sock, server_hostname=self.named)


def ask(way: str, port: int, host: str, path: str, encoding: str | None, shown_port: int = 0, **headers):
    """Return (status, headers, body as it came) of one request on a connection of its own."""
    if way == "nginx":
        connection = Named("127.0.0.1", port, timeout=30)
        connection.named = host
    else:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    sent = {"Host": f"{host}:{shown_port or port}", **({"Accept-Encoding": encoding} if encoding is not None else {})}
    try:
        connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**sent, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def plain(headers: dict, body: bytes) -> bytes:
    """The body unpacked. Raises Failed for one that does not unpack."""
    encoding = headers.get("content-encoding", "")
    try:
        return {"": lambda data: data, "gzip": gzip.decompress, "br": brotli.decompress}[encoding](body)
    except (KeyError, OSError, brotli.error) as error:
        raise Failed(f"{encoding}: {error}") from error


def is_whole(headers: dict, body: bytes) -> bool:
    """Whether an answer is the whole of a page, feed, map or table."""
    kind = headers.get("content-type", "").partition(";")[0]
    end = body.rstrip()[-20:]
    return {
        "text/html": end.endswith(b"</html>"),
        "application/xml": end.endswith(b">"),
        "application/rss+xml": end.endswith(b">"),
        "application/atom+xml": end.endswith(b">"),
        "application/json": end.endswith(b"}"),
        "text/plain": bool(end),
    }.get(kind, False)
