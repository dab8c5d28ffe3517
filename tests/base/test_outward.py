"""The one way to a stranger's web server (A20): public addresses alone, at every step; what a server says is read."""

import contextlib
import datetime
import http.server
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from base.operations import outward
from base.sandbox import fetching

HOST = "co-quan.example"
PUBLIC = (
    "203.162.0.181",
    "8.8.8.8",
    # The neighbours of what is kept for protocols.
    "192.0.1.1",
    "192.31.197.1",
    "192.88.98.1",
    "2001:200::1",
    "2001:ee0:26b::1",
    "2404:6800:4005::200e",
    "2404:6800:4005::5efe",
    "2404:6800:4005::5eff:a00:1",
)
PRIVATE = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.0.192",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "192.88.99.1",
    "::",
    "::1",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:1::1",
    "2001:1::2",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:20::1",
    "2001:30::1",
    "2001:1ff::1",
    "2620:4f:8000::1",
    "3fff::1",
    "2404:6800:4005::5efe:a00:1",
    "2404:6800:4005:0:200:5efe:a00:1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "không phải số",
    "",
)


def answering(*numbers: str):
    """A look-up that answers with these numbers, and counts how often it was asked."""

    def look_up(host, port, **_kinds):
        look_up.asked += 1
        kinds = [socket.AF_INET6 if ":" in number else socket.AF_INET for number in numbers]
        return [
            (kind, socket.SOCK_STREAM, 6, "", (number, port, *((0, 0) if ":" in number else ())))
            for kind, number in zip(kinds, numbers, strict=True)
        ]

    look_up.asked = 0
    return look_up


class Line:
    """A connection that is never opened: it writes down where it would have gone."""

    gone_to: list = []

    def __init__(self, *_kinds):
        pass

    def settimeout(self, seconds):
        pass

    def connect(self, place):
        self.gone_to.append(place[0])

    def getsockname(self):
        return ("203.162.0.7", 50000)

    def close(self):
        pass


@pytest.fixture
def lines(monkeypatch):
    monkeypatch.setattr(Line, "gone_to", [])
    monkeypatch.setattr(outward.socket, "socket", Line)
    return Line.gone_to


class TestNumbers:
    @pytest.mark.parametrize("number", PUBLIC)
    def test_the_public_internet_is_outside(self, number):
        assert outward.is_public(number)

    @pytest.mark.parametrize("number", PRIVATE)
    def test_what_is_inside_reserved_or_translated_is_not(self, number):
        assert not outward.is_public(number)


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "parts"),
        [
            ("http://co-quan.example", ("http", HOST, 80, "/")),
            ("https://CO-QUAN.example:443/a b?c=d e", ("https", HOST, 443, "/a%20b?c=d%20e")),
            ("https://co-quan.example/văn-bản", ("https", HOST, 443, "/v%C4%83n-b%E1%BA%A3n")),
            ("https://cơ-quan.example/", ("https", "xn--c-quan-6ab.example", 443, "/")),
            ("http://[2001:ee0:26b::1]/", ("http", "2001:ee0:26b::1", 80, "/")),
        ],
    )
    def test_a_web_address_is_read(self, address, parts):
        found = outward.parts_of(address)

        assert found[:1] + found[2:] == parts[:1] + parts[2:]
        assert found[1].startswith("xn--") if "xn--" in parts[1] else found[1] == parts[1]

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "//co-quan.example/",
            "ftp://co-quan.example/",
            "file:///etc/passwd",
            "gopher://co-quan.example/",
            "http:///a",
            "http://co-quan.example:22/",
            "http://co-quan.example:443/",
            "http://co-quan.example:x/",
            "http://nguoi@co-quan.example/",
            "http://www.youtube.com@127.0.0.1/",
            "http://[fe80::1%25eth0]/",
            "http://[::1/",
            "http://co-quan.example/" + "a" * 2000,
        ],
    )
    def test_any_other_is_not_spoken_to(self, address):
        with pytest.raises(outward.Closed):
            outward.parts_of(address)


class TestConnections:
    def test_one_goes_to_the_number_that_was_looked_at(self, monkeypatch, lines):
        look_up = answering(PUBLIC[0])
        monkeypatch.setattr(outward.socket, "getaddrinfo", look_up)

        outward.connect(HOST, 443)

        assert (lines, look_up.asked) == ([PUBLIC[0]], 1)

    def test_none_is_opened_when_any_number_of_a_name_is_private(self, monkeypatch, lines):
        for numbers in (("10.0.0.1",), (PUBLIC[0], "10.0.0.1"), ("::1", PUBLIC[2]), ()):
            monkeypatch.setattr(outward.socket, "getaddrinfo", answering(*numbers))
            with pytest.raises(outward.Closed):
                outward.connect(HOST, 80)

        assert lines == []

    def test_spellings_of_this_machine_are_private(self, lines):
        for host in (
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "localhost",
            "127.0.0.1",
            "::1",
            "::ffff:7f00:1",
        ):
            with pytest.raises((outward.Closed, outward.Unreachable)):
                outward.connect(host, 80)

        assert lines == []

    def test_the_machines_own_public_number_is_not_outside(self, monkeypatch, lines):
        monkeypatch.setattr(outward.socket, "getaddrinfo", answering("203.162.0.7"))

        with pytest.raises(outward.Closed, match="chính máy chủ này"):
            outward.connect(HOST, 80)

    def test_a_name_that_there_is_not_is_no_failure_of_ours(self, monkeypatch):
        def look_up(*_arguments, **_kinds):
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(outward.socket, "getaddrinfo", look_up)

        with pytest.raises(outward.Unreachable) as failure:
            outward.connect(HOST, 80)
        assert failure.value.kind == "name"


class Server(http.server.BaseHTTPRequestHandler):
    """A server of others, as they are."""

    calls: list = []

    def do_HEAD(self):
        self.calls.append(f"{self.command} {self.path}")
        place = self.path.strip("/")
        if place == "khong-head":
            self.send_response(405 if self.command == "HEAD" else 200)
        elif place.startswith("chuyen-"):
            self.send_response(302)
            self.send_header("Location", REDIRECTS[place])
        elif place == "im-lang":
            threading.Event().wait(1.5)
            return
        elif place == "la":
            self.wfile.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")
            return
        elif place == "dai":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 10_000)
        else:
            self.send_response(int(place or 200))
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments):
        pass


REDIRECTS = {
    "chuyen-trong": "/khong-head",
    "chuyen-mang": "http://127.0.0.1/",
    "chuyen-dam-may": "http://169.254.169.254/latest/meta-data/",
    "chuyen-tep": "file:///etc/passwd",
    "chuyen-mai": "/chuyen-mai",
}


@pytest.fixture(scope="module")
def server():
    """A server on this machine that stands for one outside."""
    found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    found.daemon_threads = True
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found.server_address
    found.shutdown()
    found.server_close()


@pytest.fixture
def outside(monkeypatch, server):
    """The server's calls; the name of HOST leads to it, every other name goes the usual way."""
    usual = outward.connect

    def connect(host, port):
        if host != HOST:
            return usual(host, port)
        connection = socket.create_connection(server)
        connection.settimeout(5)
        return connection

    monkeypatch.setattr(outward, "connect", connect)
    monkeypatch.setattr(Server, "calls", [])
    return Server.calls


class TestAnswers:
    def test_the_status_is_read_behind_the_wall(self, outside):
        found = [outward.head(f"http://{HOST}/{status}").status for status in (200, 410, 503)]

        assert found == [200, 410, 503]
        assert outside == ["HEAD /200", "HEAD /410", "HEAD /503"]

    def test_a_server_that_knows_no_head_is_asked_as_a_browser_asks(self, outside):
        assert outward.head(f"http://{HOST}/khong-head").status == 200
        assert outside == ["HEAD /khong-head", "GET /khong-head"]

    def test_a_redirect_is_followed(self, outside):
        found = outward.head(f"http://{HOST}/chuyen-trong")

        assert (found.status, found.address) == (200, f"http://{HOST}/khong-head")

    @pytest.mark.parametrize("place", ["chuyen-mang", "chuyen-dam-may", "chuyen-tep"])
    def test_but_not_inside(self, outside, place):
        with pytest.raises(outward.Closed):
            outward.head(f"http://{HOST}/{place}")

        assert outside == [f"HEAD /{place}"]

    def test_nor_in_a_circle(self, outside):
        with pytest.raises(outward.Unreachable):
            outward.head(f"http://{HOST}/chuyen-mai")

        assert len(outside) == outward.MOST_REDIRECTS + 1

    def test_a_server_that_is_silent_is_left(self, outside, monkeypatch):
        monkeypatch.setattr(outward, "ANSWER_SECONDS", 0.3)

        with pytest.raises(outward.Unreachable) as failure:
            outward.head(f"http://{HOST}/im-lang")
        assert failure.value.kind == "time"

    def test_what_is_no_answer_is_none(self, outside):
        with pytest.raises(outward.Unreachable) as failure:
            outward.head(f"http://{HOST}/la")
        assert failure.value.kind == "answer"

    def test_of_a_long_answer_the_beginning_is_read(self, outside):
        assert outward.head(f"http://{HOST}/dai").status == 200


def certificate(folder, name: str) -> str:
    """Write a certificate that no authority signed, with its key; return where."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    built = built.serial_number(7).not_valid_before(now - datetime.timedelta(days=1))
    built = built.not_valid_after(now + datetime.timedelta(days=1))
    built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return str(path)


class TestCertificates:
    @pytest.fixture
    def secure(self, tmp_path):
        """Where a server with a certificate of its own making answers, and the certificate."""
        path = certificate(tmp_path, HOST)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        found = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
        found.daemon_threads = True
        found.socket = context.wrap_socket(found.socket, server_side=True)
        threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield found.server_address, path
        found.shutdown()
        found.server_close()

    def test_one_that_no_authority_signed_is_not_believed(self, secure, monkeypatch):
        monkeypatch.setattr(outward, "connect", lambda host, port: socket.create_connection(secure[0]))

        with pytest.raises(outward.Unreachable) as failure:
            outward.head(f"https://{HOST}/200")
        assert failure.value.kind == "certificate"

    def test_one_that_the_machine_knows_is(self, secure, monkeypatch):
        address, path = secure
        monkeypatch.setattr(fetching, "CONTEXT", ssl.create_default_context(cafile=path))
        with contextlib.closing(socket.create_connection(address)) as connection:
            monkeypatch.setattr(fetching, "CONNECTION", connection.fileno())

            asked = {"method": "HEAD", "path": "/404", "is_secure": True, "milliseconds": 5000}

            assert fetching.head(None, host=HOST, **asked) == {"status": 404, "location": ""}
