"""What stands in front of the portal, tried with a real nginx; a small server behind it plays the portal."""

import argparse
import contextlib
import gzip
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import brotli
import children
import pytest
from django.core.files.storage import default_storage
from django.urls import get_resolver, reverse
from web_server import free_ports

from base.operations.throttle import LOOKUPS
from base.public.accepted_encodings import encoding_for
from deploy.nginx import configure
from tests import object_store

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

KEPT = {"Cache-Control": "public, max-age=60, s-maxage=1", "Vary": "Accept-Encoding"}
# nginx counts whole seconds: what may be kept for one may be given for nearly two.
PAST_FRESHNESS_SECONDS = 2.1
PRIVATE = {"Cache-Control": "private, no-cache"}
FILE = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "ETag": '"one"',
    "Cross-Origin-Resource-Policy": "same-site",
    "Content-Disposition": 'inline; filename="anh.txt"',
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Type": "text/plain",
}

# Where the portal says that a file lies in an object store, and what a store says of one.
SIGNED_PLACE = "/tep-noi-bo/cong/media/abc/anh.txt?X-Amz-Credential=khoa%2F20260101%2Fs3&X-Amz-Signature=0123"
OF_A_STORE = {
    "Content-Type": "binary/octet-stream",
    "Content-Disposition": "attachment; filename=cua-kho",
    "Cache-Control": "max-age=31536000, cua-kho",
    "ETag": '"cua-kho"',
    "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT",
    "Set-Cookie": "a=cua-kho",
    "x-amz-request-id": "1",
    "x-amz-version-id": "v1",
    "x-amz-server-side-encryption": "AES256",
    "x-trans-id": "tx1",
    "x-openstack-request-id": "tx1",
    "x-rgw-object-type": "Normal",
}


class Portal:
    """Plays the portal: remembers the requests, answers what `answers` says of a path.

    That is (status, headers, body), or a function of the request's headers that returns them.
    """

    def __init__(self):
        self.asked, self.answers, self.seconds, self.dying = [], {}, 0.0, 0
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                portal.asked.append(self)
                if portal.dying:
                    # As a process that is killed while it answers.
                    portal.dying -= 1
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                time.sleep(portal.seconds)
                answer = portal.answers.get(self.path.split("?")[0], (200, PRIVATE, b"trang"))
                status, headers, body = answer(self.headers) if callable(answer) else answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = answer

            def log_message(self, *_arguments):
                pass

        self.handler = Handler
        (self.port,) = free_ports(1)
        self.open()

    def open(self):
        ThreadingHTTPServer.request_queue_size = 64
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        """Stop as a portal stops that is started anew: its connections end."""
        self.server.shutdown()
        self.server.server_close()
        for handler in self.asked:
            with contextlib.suppress(OSError):
                handler.connection.shutdown(socket.SHUT_RDWR)


class Front:
    """A running nginx and what asks it."""

    def __init__(self, folder: Path, portal: Portal, others: tuple[Portal, ...] = (), **changes):
        self.folder, self.portal = folder, portal
        self.http, self.https = free_ports(2)
        chosen = {
            "host": ["localhost", "longxuyen.example"],
            "var": folder,
            "certificate": folder / "certificate.pem",
            "key": folder / "key.pem",
            "behind": [f"127.0.0.1:{one.port}" for one in (portal, *others)],
            "address": ["127.0.0.1"],
            "http_port": self.http,
            "https_port": self.https,
            "logs": folder,
            "acme": folder / "acme",
            "accel": "/tep-noi-bo/",
            "store": "",
            "store_certificates": Path("/etc/ssl/certs/ca-certificates.crt"),
            "rate": 500,
            "admin_networks": [],
            "gone": None,
            "shared": None,
            "pages": Path(configure.__file__).parent / "pages",
            **changes,
        }
        (folder / "portal.conf").write_text(configure.configuration(argparse.Namespace(**chosen)), encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("fastcgi", "uwsgi", "scgi", "proxy"))
        (folder / "nginx.conf").write_text(
            f"daemon off; {user} worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log notice;\n"
            f"events {{ worker_connections 512; }}\nhttp {{ client_body_temp_path {folder}/client; {temporary}\n"
            f"include {folder}/portal.conf; }}\n"
        )
        self.process = None

    def start(self):
        self.process = children.start(
            [NGINX, "-p", str(self.folder), "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]
        )
        until = time.monotonic() + 10
        while time.monotonic() < until:
            assert self.process.poll() is None, (self.folder / "error.log").read_text()
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.https), timeout=1).close()
                return self
            time.sleep(0.02)
        raise AssertionError((self.folder / "error.log").read_text())

    def stores(self) -> int:
        """Return how many answers lie on the disk."""
        return sum(1 for path in (self.folder / "nginx-cache").rglob("*") if path.is_file())

    def ask(self, path, method="GET", *, host="localhost", body=None, tls=True, **headers):
        """Return status, headers and body of one request on a connection of its own."""
        context = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
        if tls:
            connection = _Named(host, "127.0.0.1", self.https, timeout=15, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=15)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body=body, headers={"Host": host, **names})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


class _Named(http.client.HTTPSConnection):
    """Asks the machine's own address under a name that no DNS knows."""

    def __init__(self, name, *arguments, **options):
        super().__init__(*arguments, **options)
        self.name = name

    def connect(self):
        plain = socket.create_connection((self.host, self.port), self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.name)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
            "-keyout",
            folder / "key.pem",
            "-out",
            folder / "certificate.pem",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost,DNS:my-long.localhost,DNS:longxuyen.example",
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def front(tmp_path, certificate):
    """nginx with the portal behind it, started anew for each test: nothing is kept and nobody counted."""
    with _running(tmp_path, certificate) as running:
        yield running


@contextlib.contextmanager
def _running(folder, certificate, **changes):
    for name in ("certificate.pem", "key.pem"):
        shutil.copy(certificate / name, folder / name)
    (folder / "media" / "abc").mkdir(parents=True)
    (folder / "media" / "abc" / "anh.txt").write_text("0123456789")
    (folder / "gone" / "front" / "1").mkdir(parents=True)
    (folder / "gone" / "front" / "now").symlink_to("1")
    (folder / "gone" / "front" / "1" / "may-keep").touch()
    portal = Portal()
    running = Front(folder, portal, **changes)
    try:
        yield running.start()
    finally:
        children.end([running.process])
        portal.close()


class TestDoor:
    def test_plain_http_leads_to_https(self, front):
        status, headers, _ = front.ask("/tin-tuc/?trang=2", tls=False)
        assert (status, headers["Location"]) == (301, f"https://localhost:{front.https}/tin-tuc/?trang=2")
        assert front.portal.asked == []

    def test_a_host_that_is_not_ours_gets_no_answer(self, front):
        with pytest.raises((http.client.HTTPException, OSError)):
            front.ask("/", host="evil.example", tls=False)
        with pytest.raises(ssl.SSLError):
            front.ask("/", host="evil.example")
        assert front.portal.asked == []

    def test_a_component_site_is_answered_under_its_own_name(self, front):
        assert front.ask("/", host="my-long.localhost")[0] == 200
        assert front.portal.asked[-1].headers["Host"] == f"my-long.localhost:{front.https}"

    def test_only_new_versions_of_tls_are_spoken(self, front):
        for version, spoken in (("-tls1_3", True), ("-tls1_2", True), ("-tls1_1", False)):
            done = subprocess.run(
                [
                    "openssl",
                    "s_client",
                    "-connect",
                    f"127.0.0.1:{front.https}",
                    "-servername",
                    "localhost",
                    version,
                    "-cipher",
                    "DEFAULT:@SECLEVEL=0",
                ],
                input=b"",
                capture_output=True,
                timeout=10,
                check=False,
            )
            assert (done.returncode == 0) == spoken, (version, done.stderr[-500:])

    def test_what_a_client_says_of_proxies_is_not_passed_on(self, front):
        front.ask(
            "/",
            X_Forwarded_For="203.0.113.5",
            X_Forwarded_Proto="http",
            X_Forwarded_Host="evil.example",
            Forwarded="for=203.0.113.5",
        )
        passed = front.portal.asked[-1].headers
        assert (passed["X-Forwarded-For"], passed["X-Forwarded-Proto"]) == ("127.0.0.1", "https")
        assert passed["X-Forwarded-Host"] is None and passed["Forwarded"] is None

    def test_its_version_is_not_told(self, front):
        assert front.ask("/")[1]["Server"] == "nginx"

    def test_the_log_holds_no_words_and_no_opening_address(self, front):
        front.ask("/tim-kiem/?q=bi-mat-cua-toi", Referer="https://localhost/?q=bi-mat-cua-toi")
        front.ask("/quan-tri/password_reset/confirm/MQ/cax-khoa-mo/")
        front.ask("/xem-truoc/khoa-mo.chu-ky/")
        front.ask("/nhan-tin/quan-ly/khoa-mo:chu-ky/", Referer="https://localhost/nhan-tin/xac-nhan/khoa-mo:chu-ky/")
        front.ask("/en/nhan-tin/thoi/khoa-mo:chu-ky/", "POST", body=b"List-Unsubscribe=One-Click")
        front.ask("/quan-tri/kich-hoat/MQ/cax-khoa-mo/?a=1")
        # nginx writes the line after it has answered.
        until = time.monotonic() + 5
        while (log := (front.folder / "portal.log").read_text()).count("kich-hoat") < 1 and time.monotonic() < until:
            time.sleep(0.05)
        assert "GET /tim-kiem/" in log and "/quan-tri/kich-hoat/..." in log
        assert '"GET /nhan-tin/quan-ly/..."' in log and '"POST /en/nhan-tin/thoi/..."' in log
        assert "bi-mat" not in log and "khoa-mo" not in log

    def test_every_address_with_a_word_that_opens_something_is_logged_without_it(self):
        template = (Path(configure.__file__).parent / "portal.conf").read_text(encoding="utf-8")
        kept = re.compile(re.search(r'"~(\^\(\?<portal_opening>.+)" "\$', template)[1].replace("?<", "?P<"))
        opening = [
            f"/{address}"
            for address in _addresses(get_resolver().url_patterns)
            # Who may fetch a file is asked of the person; its address opens nothing.
            if re.search(r"<(?:\w+:)?(?:token|uidb64|reset_token)>", address) and not address.startswith("tep/")
        ]
        assert {"/nhan-tin/quan-ly/<str:token>/", "/xem-truoc/<str:token>/"} <= set(opening)
        for address in opening:
            ways = [address] if address.startswith(("/quan-tri/", "/xem-truoc/")) else [address, f"/en{address}"]
            for way in ways:
                found = kept.match(way)
                assert found is not None and "<" not in found[0], way

    def test_the_administration_can_be_kept_to_certain_networks(self, tmp_path, certificate):
        with _running(tmp_path, certificate, admin_networks=["203.0.113.0/24"]) as front:
            for path in ("/quan-tri/", "/quan-tri/login/"):
                status, _headers, body = front.ask(path)
                assert status == 403 and "mạng nội bộ" in body.decode()
            assert front.ask("/")[0] == 200

    def test_what_one_server_lacks_the_other_one_is_asked_for(self, tmp_path, certificate):
        """While one runs another release than the other, each has static files that the other does not know."""
        other = Portal()
        try:
            with _running(tmp_path, certificate, others=(other,)) as front:
                front.portal.answers["/static/moi.css"] = (404, PRIVATE, b"")
                other.answers["/static/moi.css"] = (200, KEPT, b"mau")
                assert {front.ask("/static/moi.css")[::2] for _ in range(4)} == {(200, b"mau")}
        finally:
            other.close()

    def test_a_value_that_nginx_would_read_as_more_is_refused(self):
        with pytest.raises(ValueError, match="VAR"):
            configure.main(
                ["--host", "localhost", "--var", "/srv; include /etc/passwd", "--certificate", "/c", "--key", "/k"]
            )


class TestCopies:
    def test_a_public_page_is_kept_for_the_second_it_allows(self, front):
        front.portal.answers["/"] = (200, KEPT, b"mot")
        assert [front.ask("/")[2] for _ in range(20)] == [b"mot"] * 20
        assert len(front.portal.asked) <= 2
        front.portal.answers["/"] = (410, KEPT, b"da go")
        time.sleep(PAST_FRESHNESS_SECONDS)
        assert front.ask("/")[::2] == (410, b"da go")

    def test_a_kept_page_is_given_while_the_portal_is_away_and_a_private_one_never(self, front):
        front.portal.answers["/"] = (200, KEPT, b"trang chu")
        front.ask("/")
        front.ask("/rieng/")
        front.portal.close()
        time.sleep(PAST_FRESHNESS_SECONDS)
        assert front.ask("/")[::2] == (200, b"trang chu")
        status, headers, body = front.ask("/rieng/")
        assert status == 502 and "tạm thời gián đoạn" in body.decode()
        assert headers["Cache-Control"] == "no-store" and headers["Retry-After"] == "30"
        assert front.ask("/may-chu/trang.css")[0] == 200
        front.portal.open()

    def test_a_planned_stop_is_said_with_its_times_while_the_portal_is_away_and_copies_are_still_given(self, front):
        front.portal.answers["/"] = (200, KEPT, b"trang chu")
        front.ask("/")
        announced = front.folder / "gone-shared" / "tam-ngung" / "trang.html"
        announced.parent.mkdir(parents=True)
        announced.write_text("từ 22:00 27/11/2026", encoding="utf-8")
        front.portal.close()
        time.sleep(PAST_FRESHNESS_SECONDS)

        status, headers, body = front.ask("/rieng/")
        assert (status, body.decode()) == (502, "từ 22:00 27/11/2026")
        assert headers["Content-Type"].startswith("text/html") and headers["Retry-After"] == "30"
        assert front.ask("/")[::2] == (200, b"trang chu")
        announced.unlink()
        assert "tạm thời gián đoạn" in front.ask("/rieng/")[2].decode()
        front.portal.open()

    def test_a_page_taken_down_is_not_given_while_the_portal_is_away(self, front):
        front.portal.answers["/"] = (200, KEPT, b"sai")
        front.ask("/")
        front.portal.answers["/"] = (410, KEPT, b"da go")
        time.sleep(PAST_FRESHNESS_SECONDS)
        front.ask("/")
        front.portal.close()
        time.sleep(PAST_FRESHNESS_SECONDS)
        assert front.ask("/")[::2] == (410, b"da go")
        front.portal.open()

    def test_who_has_a_session_gets_no_copy_and_leaves_none(self, front):
        front.portal.answers["/"] = (200, KEPT, b"chung")
        front.ask("/")
        front.portal.answers["/"] = (200, KEPT, b"rieng")
        assert front.ask("/", Cookie="__Host-sessionid=abc")[2] == b"rieng"
        assert front.ask("/")[2] == b"chung"

    def test_what_sets_a_cookie_is_never_kept(self, front):
        front.portal.answers["/gop-y/"] = (200, {**KEPT, "Set-Cookie": "__Host-csrftoken=a"}, b"bieu mau")
        for _ in range(2):
            front.ask("/gop-y/")
        assert len(front.portal.asked) == 2

    def test_each_host_and_each_compression_has_a_copy_of_its_own(self, front):
        front.portal.answers["/"] = (200, KEPT, b"x")
        for host in ("localhost", "my-long.localhost"):
            for encoding in ("br, gzip", "gzip, br;q=0.9", "gzip", "identity"):
                front.ask("/", host=host, Accept_Encoding=encoding)
        assert len(front.portal.asked) == 6

    def test_a_reader_does_not_notice_that_a_worker_was_killed_and_nothing_is_sent_twice(self, front):
        front.portal.dying = 1
        assert front.ask("/tim-kiem/?q=a")[::2] == (200, b"trang")
        front.portal.asked.clear()
        front.portal.dying = 1
        assert front.ask("/gop-y/", "POST", body=b"a=b")[0] == 502
        assert [request.command for request in front.portal.asked] == ["POST"]
        assert front.ask("/gop-y/")[0] == 200

    def test_readers_of_a_form_do_not_wait_for_each_other(self, front):
        front.portal.seconds = 0.4
        began = time.monotonic()
        with ThreadPoolExecutor(10) as readers:
            statuses = list(readers.map(lambda _: front.ask("/gop-y/")[0], range(10)))
        assert statuses == [200] * 10
        assert time.monotonic() - began < 2


def told_back(asked):
    """A public page that shows all that the portal reads of a request, in the encoding that it would choose."""
    encoding = encoding_for(asked["Accept-Encoding"] or "")
    body = f"Sitemap: https://{asked['Host']}/sitemap.xml {asked['X-Forwarded-Host']} {asked['Forwarded']}".encode()
    packed = {"": body, "gzip": gzip.compress(body, mtime=0), "br": brotli.compress(body)}[encoding]
    return 200, {**KEPT, **({"Content-Encoding": encoding} if encoding else {})}, packed


SPELLINGS = [
    *(
        {"Accept-Encoding": value}
        for value in (
            "GZIP",
            "Br",
            "BR, GZIP",
            "*",
            "*;q=0",
            "gzip;q=0",
            "gzip;q=0, *",
            "br;q=0, *",
            "br;q=0.000,gzip",
            "identity",
            "gzip;q=1.0",
            "gzip ; q = 0",
            "gzip;q=0.5,br;q=0.9",
            "x-gzip",
            "xbr",
            "br-x",
            "deflate",
            "",
            ",,",
            "gzip,gzip;q=0",
            "gzip;foo=0",
            "compress, gzip",
            "\tgzip",
            "br\t;q=0",
            "a" * 300 + ",br",
        )
    ),
    *({"Host": value} for value in ("LOCALHOST", "localhost:1", "localhost.", "localhost.:443", "LocalHost:8000")),
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "http"},
    {"X-Forwarded-Port": "1"},
    {"Forwarded": "host=evil.example"},
    {"X-Original-URL": "/khac/"},
    {"X-Rewrite-URL": "/khac/"},
    {"Accept": "application/json"},
    {"Accept-Language": "en"},
    {"User-Agent": "x"},
    {"Range": "bytes=0-3"},
    {"If-None-Match": "*"},
    {"If-Modified-Since": "Thu, 01 Jan 2037 00:00:00 GMT"},
    {"X-HTTP-Method-Override": "HEAD"},
    {"Cookie": "messages=x"},
    {"Cookie": "csrftoken=x"},
    {"Content-Type": "text/plain; charset=rot13"},
    {"Referer": "https://evil.example/"},
    {"Origin": "https://evil.example"},
    {"Save-Data": "on"},
    {"TE": "trailers"},
    {"Authorization": "Basic eDp4"},
    {"X-Requested-With": "XMLHttpRequest"},
    {"Upgrade-Insecure-Requests": "1"},
]
BROWSERS = ("gzip, deflate, br, zstd", "gzip, deflate", "gzip", "identity", None)


class TestSpellings:
    """However a header is written, the next reader gets the bytes that he would have got without."""

    def ask(self, front, path, **headers):
        host = headers.pop("Host", "localhost")
        return front.ask(path, host=host, **{name.replace("-", "_"): value for name, value in headers.items()})

    def test_nobody_gets_what_another_spelling_left(self, front):
        ways = {encoding: {} if encoding is None else {"Accept-Encoding": encoding} for encoding in BROWSERS}
        for number in range(len(SPELLINGS) + 1):
            front.portal.answers[f"/{number}/"] = told_back
        right = {encoding: self.ask(front, f"/{len(SPELLINGS)}/", **way)[2] for encoding, way in ways.items()}
        assert gzip.decompress(right["gzip"]) == right[None] == right["identity"]
        for number, spelling in enumerate(SPELLINGS):
            with contextlib.suppress(http.client.HTTPException, OSError):
                self.ask(front, f"/{number}/", **spelling)
            for encoding, way in ways.items():
                assert self.ask(front, f"/{number}/", **way)[2] == right[encoding], (spelling, encoding)

    def test_a_reader_gets_no_encoding_that_he_did_not_ask_for(self, front):
        front.portal.answers["/"] = told_back
        for spelling in SPELLINGS:
            value = spelling.get("Accept-Encoding")
            if value is not None:
                headers = self.ask(front, "/", **spelling)[1]
                assert headers.get("Content-Encoding", "") == encoding_for(value), value


class TestAfterATakeDown:
    """The file that the portal takes away says that something went from public view."""

    def test_no_older_copy_is_given_whatever_the_portal_answers(self, front):
        front.portal.answers["/"] = (200, KEPT, b"danh sach co bai sai")
        front.ask("/")
        (front.folder / "gone" / "front" / "now" / "may-keep").unlink()
        for answer in ((503, PRIVATE, b"mat csdl"), (500, PRIVATE, b"loi"), (410, PRIVATE, b"da go")):
            front.portal.answers["/"] = answer
            assert front.ask("/")[::2] == (answer[0], answer[2])
        front.portal.close()
        assert front.ask("/")[0] == 502
        front.portal.open()

    def test_nor_after_a_restart(self, front):
        front.portal.answers["/"] = (200, KEPT, b"danh sach co bai sai")
        front.ask("/")
        (front.folder / "gone" / "front" / "now" / "may-keep").unlink()
        children.end([front.process])
        front.start()
        front.portal.answers["/"] = (503, PRIVATE, b"mat csdl")
        assert front.ask("/")[0] == 503

    def test_what_the_portal_answers_meanwhile_is_given_and_the_copies_are_back_afterwards(self, front):
        front.portal.answers["/"] = (200, KEPT, b"cu")
        front.ask("/")
        flag = front.folder / "gone" / "front" / "now" / "may-keep"
        flag.unlink()
        front.portal.answers["/"] = (200, KEPT, b"moi")
        assert front.ask("/")[2] == b"moi"
        flag.touch()
        front.portal.close()
        time.sleep(PAST_FRESHNESS_SECONDS)
        assert front.ask("/")[::2] == (200, b"moi")
        front.portal.open()

    def turn(self, folder):
        """What the portal does once a removal is committed (base/public/gone/journal.py)."""
        (folder / "2").mkdir()
        (folder / "2" / "may-keep").touch()
        (folder / "new").symlink_to("2")
        (folder / "new").rename(folder / "now")

    def test_a_copy_made_before_the_key_was_changed_is_never_found_again(self, front):
        front.portal.answers["/"] = (200, KEPT, b"danh sach co bai sai")
        front.ask("/")
        self.turn(front.folder / "gone" / "front")

        front.portal.answers["/"] = (503, PRIVATE, b"mat csdl")
        assert front.ask("/")[0] == 503
        front.portal.answers["/"] = (200, KEPT, b"danh sach dung")
        assert front.ask("/")[2] == b"danh sach dung"
        front.portal.close()
        time.sleep(PAST_FRESHNESS_SECONDS)
        assert front.ask("/")[::2] == (200, b"danh sach dung")
        front.portal.open()

    def test_where_nginx_may_not_follow_the_link_no_copy_is_ever_given(self, front):
        front.portal.answers["/"] = (200, KEPT, b"danh sach co bai sai")
        (front.folder / "gone" / "front" / "now").unlink()
        front.ask("/")

        front.portal.answers["/"] = (503, PRIVATE, b"mat csdl")
        assert front.ask("/")[0] == 503
        front.portal.close()
        assert front.ask("/")[0] == 502
        front.portal.open()

    def test_where_the_file_cannot_be_seen_no_copy_is_ever_given(self, tmp_path, certificate):
        with _running(tmp_path, certificate, gone=tmp_path / "khac") as front:
            front.portal.answers["/"] = (200, KEPT, b"cu")
            for _ in range(3):
                front.ask("/")
            assert len(front.portal.asked) == 3


# Read by pages that are kept, among others; see base/public/query_parameters.py.
QUESTIONS = (
    "?q=x",
    "?trang=2",
    "?trang",
    "?nam=2024&fbclid=x",
    "?fbclid=x&nam=2024",
    "?%71=x",
    "?a+b=1",
    "?q+=1",
    "?" + "a&" * 25,
    "?x=1&&q=2",
    "?linh-vuc=%C4%91",
)
# Read by none of them: what networks and campaigns hang on, and what somebody makes up.
EMPTY_WORDS = (
    "?",
    "?fbclid=x",
    "?utm_source=a&utm_medium=b",
    "?x=12345",
    "?zarsrc=30&gidzl=Abc_1",
    "?quang=q=1",
    "?Q=1",
    "?x=%3Fq%3D1",
    "?x",
    "?trangs=2&atrang=1",
)


class TestQueries:
    """One copy for an address: the portal declares what its pages read, all else makes no page of its own."""

    def test_what_no_page_reads_leads_to_the_plain_copy(self, front):
        front.portal.answers["/"] = (200, KEPT, b"trang")
        assert [front.ask("/" + words)[2] for words in ("", *EMPTY_WORDS)] == [b"trang"] * 11
        assert len(front.portal.asked) <= 2 and front.stores() == 1

    def test_a_flood_of_made_up_words_leaves_one_file(self, front):
        front.portal.answers["/"] = (200, KEPT, b"trang")
        with ThreadPoolExecutor(8) as readers:
            statuses = list(readers.map(lambda number: front.ask(f"/?x{number}={number}")[0], range(200)))
        assert statuses == [200] * 200
        assert front.stores() == 1

    def test_what_a_page_reads_is_asked_of_the_portal_and_leaves_no_file(self, front):
        front.portal.answers["/"] = (200, KEPT, b"trang")
        for words in QUESTIONS:
            before = len(front.portal.asked)
            front.ask("/" + words)
            front.ask("/" + words)
            assert [request.path for request in front.portal.asked[before:]] == ["/" + words] * 2, words
        assert front.stores() == 0

    def test_a_program_is_told_of_a_word_that_its_interface_does_not_know(self, front):
        front.portal.answers["/api/v1/van-ban/"] = (200, KEPT, b"{}")
        front.ask("/api/v1/van-ban/")
        front.portal.answers["/api/v1/van-ban/"] = (400, PRIVATE, b"khong biet")
        assert front.ask("/api/v1/van-ban/?khac=1")[0] == 400
        assert front.ask("/api/v1/van-ban/")[0] == 200

    def test_the_portal_gets_every_query_as_it_was_written(self, front):
        front.ask("/gop-y/?chu-de=1&x=%20&y")
        assert front.portal.asked[-1].path == "/gop-y/?chu-de=1&x=%20&y"

    def test_what_the_portal_does_not_call_the_plain_page_is_never_given_as_it(self, front):
        front.portal.answers["/"] = (200, {**KEPT, "Cache-Control": "private, max-age=0"}, b"loc")
        front.ask("/?moi=1")
        front.portal.answers["/"] = (200, KEPT, b"trang")
        assert front.ask("/")[2] == b"trang"

    def test_another_spelling_of_a_path_leaves_no_file(self, front):
        for path in ("/tin-tuc/", "/%74in-tuc/", "/tin-tuc//", "/./tin-tuc/", "/a/../tin-tuc/"):
            front.portal.answers[path] = (200, KEPT, b"tin")
        for path in ("/%74in-tuc/", "/tin-tuc//", "/./tin-tuc/", "/a/../tin-tuc/"):
            assert front.ask(path)[::2] == (200, b"tin"), path
        assert front.stores() == 0
        front.ask("/tin-tuc/")
        assert front.stores() == 1


# HTTP/2's RST_STREAM: its length and type.
STREAM_ENDED = b"\0\0\4\3"


class TestSlowSenders:
    """Who sends slowly holds a connection for ten seconds and then none."""

    def test_a_head_that_does_not_end_is_cut_after_ten_seconds_however_it_comes(self, front):
        ways = (
            self.nothing,
            self.half_a_greeting,
            self.half_a_head,
            self.a_letter_a_second,
            self.half_a_head_of_http2,
            self.half_a_head_without_tls,
        )
        with ThreadPoolExecutor(len(ways)) as senders:
            seconds = list(senders.map(lambda way: self.until_cut(front, way), ways))
        for way, lasted in zip(ways, seconds, strict=True):
            assert 8 < lasted < 13, (way.__name__, lasted)
        assert front.portal.asked == []

    def until_cut(self, front, way) -> float:
        """Return the seconds until nginx ended the connection, or in HTTP/2 the request; 25 when it did not."""
        began = time.monotonic()
        with contextlib.closing(way(front)) as sent, contextlib.suppress(TimeoutError, OSError):
            sent.settimeout(25)
            while (said := sent.recv(4096)) and STREAM_ENDED not in said:
                pass
        return time.monotonic() - began

    @staticmethod
    def encrypted(front, *protocols):
        context = ssl.create_default_context(cafile=str(front.folder / "certificate.pem"))
        context.set_alpn_protocols(protocols or ["http/1.1"])
        return context.wrap_socket(socket.create_connection(("127.0.0.1", front.https)), server_hostname="localhost")

    def nothing(self, front):
        return socket.create_connection(("127.0.0.1", front.https))

    def half_a_greeting(self, front):
        sent = self.nothing(front)
        sent.sendall(b"\x16\x03\x01\x02\x00\x01")
        return sent

    def half_a_head(self, front):
        sent = self.encrypted(front)
        sent.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        return sent

    def a_letter_a_second(self, front):
        sent = self.half_a_head(front)

        def drip():
            with contextlib.suppress(OSError):
                for _ in range(25):
                    time.sleep(1)
                    sent.send(b"a")

        threading.Thread(target=drip, daemon=True).start()
        return sent

    def half_a_head_of_http2(self, front):
        sent = self.encrypted(front, "h2")
        # The greeting, empty settings, and headers of which fewer bytes come than their frame says.
        sent.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0" + b"\0\0\x40\1\4\0\0\0\1\x82")
        return sent

    def half_a_head_without_tls(self, front):
        sent = socket.create_connection(("127.0.0.1", front.http))
        sent.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: ")
        return sent


class TestFiles:
    def test_the_bytes_come_from_nginx_with_what_the_portal_says_of_them(self, front):
        front.portal.answers["/tep/t/anh.txt"] = (
            200,
            {**FILE, "X-Accel-Redirect": "/tep-noi-bo/abc/anh.txt", "Cache-Control": "private, no-store"},
            b"",
        )
        status, headers, body = front.ask("/tep/t/anh.txt")
        assert (status, body) == (200, b"0123456789")
        for name, value in {**FILE, "Cache-Control": "private, no-store"}.items():
            assert headers[name] == value, name
        assert "X-Accel-Redirect" not in headers
        status, headers, body = front.ask("/tep/t/anh.txt", Range="bytes=2-4")
        assert (status, body, headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
        assert headers["Content-Security-Policy"] == "default-src 'none'"
        assert front.ask("/tep/t/anh.txt", "HEAD")[2] == b""

    def test_every_request_is_decided_by_the_portal(self, front):
        front.portal.answers["/tep/t/anh.txt"] = (200, {**FILE, "X-Accel-Redirect": "/tep-noi-bo/abc/anh.txt"}, b"")
        front.ask("/tep/t/anh.txt")
        front.portal.answers["/tep/t/anh.txt"] = (404, PRIVATE, b"khong co")
        for headers in ({}, {"Range": "bytes=0-1"}, {"If_None_Match": '"one"'}):
            assert front.ask("/tep/t/anh.txt", **headers)[0] == 404

    def test_the_folder_itself_cannot_be_asked_for(self, front):
        for path in (
            "/tep-noi-bo/abc/anh.txt",
            "/tep-noi-bo/",
            "/tep/../tep-noi-bo/abc/anh.txt",
            "/media/abc/anh.txt",
            "/tep-noi-bo/../nginx.conf",
            "/tep-noi-bo%2fabc/anh.txt",
        ):
            assert b"0123456789" not in front.ask(path)[2], path
        assert front.ask("/tep-noi-bo/abc/anh.txt")[0] == 404


class TestFilesOfAStore:
    """Files in an object store: nginx fetches them by the address that the portal has signed for it."""

    @pytest.fixture
    def store(self):
        store = Portal()
        yield store
        store.close()

    @pytest.fixture
    def front(self, tmp_path, certificate, store):
        with _running(tmp_path, certificate, store=f"http://127.0.0.1:{store.port}") as running:
            running.portal.answers["/tep/t/anh.txt"] = (200, {**FILE, "X-Accel-Redirect": SIGNED_PLACE}, b"")
            yield running

    def test_it_sends_the_bytes_with_what_the_portal_says_of_them(self, front, store):
        store.answers["/cong/media/abc/anh.txt"] = (200, OF_A_STORE, b"0123456789")
        for method in ("GET", "HEAD"):
            status, headers, body = front.ask(
                "/tep/t/anh.txt", method, Cookie="__Host-sessionid=a", If_None_Match='"khac"', X_Amz_Date="1"
            )

            assert (status, body) == (200, b"0123456789" if method == "GET" else b"")
            for name, value in FILE.items():
                assert headers[name] == value, name
            said = " ".join([*headers, *headers.values()]).lower()
            for own in ("x-amz", "x-trans", "x-openstack", "x-rgw", "cua-kho", "x-accel"):
                assert own not in said, own
            asked = store.asked[-1]
            assert (asked.command, asked.path) == (method, SIGNED_PLACE.removeprefix("/tep-noi-bo"))
            assert set(asked.headers) <= {"Host", "Connection"}, dict(asked.headers)
            assert asked.headers["Host"] == f"127.0.0.1:{store.port}"

    def test_a_signature_of_the_portal_holds_through_it(self, tmp_path, certificate):
        pytest.importorskip("boto3", reason="of requirements-s3.txt")
        with object_store.running() as store, object_store.files_in(store):
            store.put("media/abc/ke-hoach-01.pdf", b"0123456789")
            with _running(tmp_path, certificate, store=store.endpoint) as front:
                for method, length in (("GET", 10), ("HEAD", 0)):
                    place = default_storage.signed_address("abc/ke-hoach-01.pdf", method)
                    accel = {**FILE, "X-Accel-Redirect": f"/tep-noi-bo{place}"}
                    front.portal.answers["/tep/t/anh.txt"] = (200, accel, b"")
                    status, headers, body = front.ask("/tep/t/anh.txt", method)
                    assert (status, len(body), headers["ETag"]) == (200, length, '"one"')
                broken = accel["X-Accel-Redirect"].replace("ke-hoach-01", "ke-hoach-02")
                front.portal.answers["/tep/t/anh.txt"] = (200, {**FILE, "X-Accel-Redirect": broken}, b"")
                assert front.ask("/tep/t/anh.txt")[0] == 503

    def test_a_part_is_asked_for_unless_it_depends_on_a_state_that_the_store_does_not_know(self, front, store):
        store.answers["/cong/media/abc/anh.txt"] = lambda asked: (
            (206, {**OF_A_STORE, "Content-Range": "bytes 2-4/10"}, b"234")
            if asked["Range"] == "bytes=2-4"
            else (200, OF_A_STORE, b"0123456789")
        )

        status, headers, body = front.ask("/tep/t/anh.txt", Range="bytes=2-4")
        assert (status, body, headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
        assert headers["Content-Security-Policy"] == "default-src 'none'"
        assert front.ask("/tep/t/anh.txt", Range="bytes=2-4", If_Range='"one"')[::2] == (200, b"0123456789")

    @pytest.mark.parametrize(
        ("said", "answered"), [(404, 404), (416, 416), (403, 503), (400, 503), (500, 503), (503, 503)]
    )
    def test_what_the_store_says_of_an_error_is_not_shown(self, front, store, said, answered):
        store.answers["/cong/media/abc/anh.txt"] = (said, OF_A_STORE, b"<BucketName>cong</BucketName>")

        status, headers, body = front.ask("/tep/t/anh.txt")

        assert status == answered and b"BucketName" not in body
        assert headers["Content-Type"] == "text/html; charset=utf-8" and b'<html lang="vi">' in body
        assert (headers.get("Retry-After") == "30") == (answered == 503)

    def test_a_store_that_is_away_is_503(self, front, store):
        store.close()

        status, headers, body = front.ask("/tep/t/anh.txt")

        assert (status, headers["Retry-After"]) == (503, "30") and "Xin thử lại".encode() in body

    def test_no_log_has_the_signature_of_a_file_that_could_not_be_had(self, front, store, tmp_path):
        store.answers["/cong/media/abc/anh.txt"] = (503, OF_A_STORE, b"")
        front.ask("/tep/t/anh.txt")
        store.close()
        front.ask("/tep/t/anh.txt")
        # So long nginx holds its lines.
        time.sleep(1.2)

        logs = {path.name: path.read_text() for path in tmp_path.rglob("*.log")}
        assert "/tep/t/anh.txt" in logs["portal.log"]
        assert [name for name, lines in logs.items() if "X-Amz" in lines] == []

    def test_what_the_portal_refuses_is_not_asked_for(self, front, store):
        front.portal.answers["/tep/t/anh.txt"] = (404, PRIVATE, b"khong co")

        assert front.ask("/tep/t/anh.txt")[0] == 404
        behind = "/cong/media/abc/anh.txt"
        for path in (SIGNED_PLACE, "/tep-noi-bo/", f"/tep/../tep-noi-bo{behind}", behind):
            front.ask(path)
        assert store.asked == []


class TestLimits:
    """Thousands stand behind one address: nginx only keeps one machine from taking everything."""

    @pytest.fixture
    def narrow(self, tmp_path, certificate):
        """An nginx with a third of the usual rates, so that a slow machine can be faster than they are."""
        with _running(tmp_path, certificate, rate=160) as front:
            yield front

    def test_what_a_school_sends_at_once_passes(self, front):
        with ThreadPoolExecutor(40) as citizens:
            pages = citizens.map(lambda number: front.ask(f"/{number}/")[0], range(400))
            forms = citizens.map(lambda _: front.ask("/hoi-dap/gui-cau-hoi/", "POST", body=b"a=b")[0], range(150))
            votes = citizens.map(lambda _: front.ask("/huu-ich/12/", "POST", body=b"a=b")[0], range(150))
            assert {*pages, *forms, *votes} == {200}

    def test_a_flood_of_forms_is_turned_away_before_the_portal_and_says_truly_what_to_do(self, narrow):
        front = narrow
        with ThreadPoolExecutor(8) as senders:
            answers = list(senders.map(lambda _: front.ask("/gop-y/", "POST", body=b"a=b"), range(400)))
        assert 80 <= len(front.portal.asked) < 350
        _status, headers, body = next(answer for answer in answers if answer[0] == 429)
        assert headers["Content-Type"].startswith("text/html")
        said = body.decode()
        assert "Quá nhiều yêu cầu" in said and "chưa được nhận" in said and "quay lại (Back)" in said
        time.sleep(int(headers["Retry-After"]))
        assert front.ask("/gop-y/", "POST", body=b"a=b")[0] == 200

    def test_a_look_up_and_a_vote_are_no_forms(self, narrow):
        front = narrow
        with ThreadPoolExecutor(8) as senders:
            list(senders.map(lambda _: front.ask("/gop-y/", "POST", body=b"a=b"), range(400)))
            front.portal.asked.clear()
            for path in (
                "/huu-ich/12/",
                "/hai-long/7/?a=1",
                "/tham-do/7/",
                "/hoi-dap/tra-cuu/",
                "/dich-vu-cong/tra-cuu-ho-so/",
                "/hoi-dap/gui-cau-hoi/tuong-tu/",
                "/nhan-tin/thoi/khoa-mo:chu-ky/",
                "/en/nhan-tin/xac-nhan/khoa-mo:chu-ky/",
            ):
                statuses = [front.ask(path, "POST", body=b"a=b")[0] for _ in range(30)]
                assert statuses == [200] * 30, path

    def test_every_look_up_that_the_portal_knows_is_none_here(self):
        template = (Path(configure.__file__).parent / "portal.conf").read_text(encoding="utf-8")
        exempt = re.search(r"\[\^\?\]\*/\(\?:(.+?)\)/\(\?:", template)[1].split("|")
        assert {end.strip("/") for end in LOOKUPS} <= set(exempt)
        assert {reverse(name, args=[1]).split("/")[1] for name in ("page_useful", "servicecatalog_satisfaction")} <= {
            end.split("/")[0] for end in exempt
        }

    def test_what_nginx_refuses_itself_is_logged_with_the_method_that_was_sent(self, narrow):
        front = narrow
        with ThreadPoolExecutor(8) as senders:
            statuses = list(senders.map(lambda _: front.ask("/gop-y/", "POST", body=b"a=b")[0], range(400)))
        front.portal.close()
        front.ask("/hoi-dap/", "PUT", body=b"a")
        until = time.monotonic() + 5
        while '"PUT /hoi-dap/" 502' not in (log := (front.folder / "portal.log").read_text()):
            assert time.monotonic() < until, log[-500:]
            time.sleep(0.05)
        assert log.count('"POST /gop-y/" 429') == statuses.count(429) > 0
        assert "GET" not in log
        front.portal.open()

    def test_only_where_waiting_helps_is_it_said_how_long(self, front):
        assert "Retry-After" not in front.ask("/?" + "a" * 40_000)[1]

    def test_readers_of_one_office_who_are_counted_are_no_flood_of_forms_and_not_written_down(self, front):
        with ThreadPoolExecutor(8) as readers:
            view = b"trang=1&loai=view"
            statuses = list(readers.map(lambda _: front.ask("/luot-su-dung/", "POST", body=view)[0], range(60)))
        assert statuses.count(200) == 60
        # Lines are written once a second.
        front.ask("/sau-do/")
        until = time.monotonic() + 5
        while "/sau-do/" not in (log := (front.folder / "portal.log").read_text()):
            assert time.monotonic() < until, log[-500:]
            time.sleep(0.05)
        assert "/luot-su-dung/" not in log

    def test_a_flood_of_pages_is_turned_away(self, tmp_path, certificate):
        with _running(tmp_path, certificate, rate=5) as front:
            with ThreadPoolExecutor(8) as readers:
                statuses = list(readers.map(lambda number: front.ask(f"/{number}/")[0], range(100)))
        assert statuses.count(429) >= 10
        assert statuses.count(200) >= 20

    def test_bodies_are_bounded_by_the_kind_of_address(self, front):
        for path, size, status in (
            ("/gop-y/", 28_000_000, 413),
            ("/gop-y/", 1_000_000, 200),
            ("/quan-tri/login/", 100_000, 413),
            ("/quan-tri/images/add/", 30_000_000, 200),
            ("/quan-tri/nhap-van-ban/moi/", 70_000_000, 200),
            ("/quan-tri/lich-lam-viec/2026/nhap/", 30_000_000, 200),
            ("/quan-tri/pages/1/edit/", 70_000_000, 413),
        ):
            answer = _post(front, path, size)
            assert answer[0] == status, (path, size)
            if status == 413:
                assert "quá lớn" in answer[1].decode()

    def test_a_large_body_is_read_into_the_administration_from_who_is_signed_in_only(self, front):
        front.portal.answers["/quan-tri/phien/tep/"] = (401, PRIVATE, b"")
        for path in ("/quan-tri/documents/add/", "/quan-tri/pages/1/edit/"):
            status, body = _post(front, path, 20_000_000)
            assert status == 401 and "đăng nhập" in body.decode()
        asked = [request.path for request in front.portal.asked]
        assert asked == ["/quan-tri/phien/tep/"] * 2, "no body reached the portal"
        assert front.portal.asked[-1].command == "GET"
        # A chunked body says no length beforehand.
        chunks = (b"a" * 1000 for _ in range(3))
        assert front.ask("/quan-tri/documents/add/", "POST", body=chunks)[0] == 401

    def test_what_is_small_asks_nothing_and_who_is_signed_in_sends_large_files(self, front):
        front.portal.answers["/quan-tri/phien/tep/"] = (401, PRIVATE, b"")
        assert _post(front, "/quan-tri/pages/1/edit/", 500_000)[0] == 200
        assert front.ask("/quan-tri/documents/")[0] == 200
        front.portal.answers["/quan-tri/phien/tep/"] = (204, PRIVATE, b"")
        assert _post(front, "/quan-tri/documents/multiple/add/", 30_000_000)[0] == 200
        assert len(front.portal.asked) == 4, "three requests, one look"

    def test_where_there_is_no_room_to_look_the_sender_is_told_when_to_come_again(self, front):
        front.portal.answers["/quan-tri/phien/tep/"] = (503, PRIVATE, b"")
        status, body = _post(front, "/quan-tri/documents/multiple/add/", 20_000_000)
        assert status == 503 and "tạm thời gián đoạn" in body.decode()

    def test_a_long_filter_of_a_list_passes_and_an_endless_address_does_not(self, front):
        assert front.ask("/quan-tri/pages/?" + "a" * 16_000)[0] == 200
        status, _headers, body = front.ask("/?" + "a" * 40_000)
        assert status in (400, 414) and "không hợp lệ" in body.decode()

    def test_readiness_is_told_beside_the_portal_only(self, front):
        assert front.ask("/readyz")[0] == 200
        assert "deny all" in (front.folder / "portal.conf").read_text().split("location = /readyz")[1][:120]


def _addresses(patterns, before=""):
    """Every address of the portal as its patterns write it: "nhan-tin/thoi/<str:token>/"."""
    for pattern in patterns:
        written = before + str(pattern.pattern)
        yield from _addresses(pattern.url_patterns, written) if hasattr(pattern, "url_patterns") else [written]


def _post(front, path, size):
    """Send a body of `size` bytes; nginx may answer and close before all of it is sent."""
    context = ssl.create_default_context(cafile=str(front.folder / "certificate.pem"))
    with (
        socket.create_connection(("127.0.0.1", front.https), 15) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as sent,
    ):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        sent.sendall(head.encode())
        with contextlib.suppress(OSError):
            for _ in range(0, size, 1_000_000):
                sent.sendall(b"a" * min(size, 1_000_000))
        answer = http.client.HTTPResponse(sent)
        answer.begin()
        return answer.status, answer.read()
