# ruff: noqa: E501  lists of attempts read best one a line
"""A26, A29: requests that lie about where they come from, and input that makes no sense."""

import re
import socket
import ssl
import time
from urllib.parse import quote, urlsplit

from django.urls import get_resolver

from base.models import OutgoingMail
from faq.models import Question
from tests.abuse import addresses
from tests.abuse.asking import ASK, TRACK, ask, drawn
from tests.abuse.cases import case, together
from tests.abuse.oracle import nothing_changes
from tests.abuse.pages import EVERYTHING, ids_of
from tests.abuse.people import LOGIN, session, sign_in
from tests.abuse.visitor import ADMIN, Visitor, text_of
from tests.bad_inputs import NFD, PUBLIC_PATHS, VALUES

EVIL = "evil.example"


def raw(stage, lines: list[str], body: bytes = b"") -> bytes:
    """Send a request word for word over TLS; return the answer's head and the start of its body."""
    context = ssl.create_default_context(cafile=str(stage.certificate))
    with socket.create_connection(("127.0.0.1", stage.port), timeout=20) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            found = b""
            try:
                while len(found) < 65_536 and (piece := connection.recv(16_384)):
                    found += piece
            except OSError:
                pass
            return found


def status_of(answer: bytes) -> int:
    """The status of a raw answer; 0 when the connection was closed without one."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found.group(1)) if found else 0


# --- A26 -------------------------------------------------------------------------------------------


@case("A26", "requests that lie about host, origin and way", roles=("anonymous", "superuser", "writer A"))
def a26(stage, check):
    """Anybody, another site in the browser of somebody signed in → foreign host names, forwarded hosts, whole addresses
    in the request line, ways back to elsewhere, every form without, with a foreign and with an old token, from a foreign
    origin, in a frame, with another method, with line breaks → refused, the headers right (NĐ 85/2016).
    """
    _hosts(stage, check)
    _ways_back(stage, check)
    _forged(stage, check)
    _headers(stage, check)
    _methods(stage, check)


def _hosts(stage, check) -> None:
    role, own = "anonymous", f"localhost:{stage.port}"
    for host in (
        EVIL,
        f"{EVIL}:{stage.port}",
        f"la.localhost:{stage.port}",
        f"localhost.{EVIL}",
        f"localhost@{EVIL}",
        "localhost:99999",
        f"my-long.localhost:{stage.port}#@{EVIL}",
        "",
        "[::1]",
        "127.0.0.1.nip.io",
        f"localhost:{stage.port}, {EVIL}",
        "LOCALHOST..",
        "-",
        f"xn--a.localhost:{stage.port}",
    ):
        answer = raw(stage, ["GET / HTTP/1.1", f"Host: {host}", "Connection: close"])
        # An own name with a port that is none: the web server in front drops what follows it, nothing behind sees that.
        name, _, more = host.partition(":")
        known = name in ("localhost", "my-long.localhost") and "," not in host and more.encode() not in answer
        check.that(known or status_of(answer) in (0, 400, 404, 421), f"Host {host!r}: {status_of(answer)}", role=role)
        check.that(EVIL.encode() not in answer, f"Host {host!r} is repeated", role=role)
    answer = raw(stage, [f"GET https://{EVIL}/quan-tri/ HTTP/1.1", f"Host: {own}", "Connection: close"])
    check.that(EVIL.encode() not in answer, "a whole address in the request line is believed", role=role)
    for two in (["Host: " + own, f"Host: {EVIL}"], [f"Host: {EVIL}", "Host: " + own]):
        answer = raw(stage, ["GET / HTTP/1.1", *two, "Connection: close"])
        check.that(status_of(answer) in (0, 400), f"two hosts: {status_of(answer)}", role=role)
    for name in (
        "X-Forwarded-Host",
        "X-Host",
        "X-Forwarded-Server",
        "X-HTTP-Host-Override",
        "Forwarded",
        "X-Original-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
    ):
        value = f"host={EVIL}" if name == "Forwarded" else (f"/{EVIL}" if name.endswith("URL") else EVIL)
        for path in ("/", "/quan-tri/login/", "/quan-tri/password_reset/", "/sitemap.xml", "/rss/", "/khong-co/"):
            answer = Visitor(stage).get(path, headers={name: value})
            check.that(EVIL not in text_of(answer), f"{name} is believed at {path}", role=role)
    answer = Visitor(stage).get("/quan-tri/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-For": "10.0.0.1"})
    check.that(answer.status_code == 302, "X-Forwarded-Proto of a client is believed", role=role)


def _ways_back(stage, check) -> None:
    visitor = Visitor(stage)
    places = (
        f"https://{EVIL}/",
        f"//{EVIL}/",
        f"/\\{EVIL}/",
        f"https:{EVIL}",
        f"\t//{EVIL}",
        f"https://localhost@{EVIL}/",
        f"/quan-tri/..//{EVIL}/",
        f"javascript:alert(1)//{ADMIN}",
        f"http://localhost:{stage.port}.{EVIL}/",
        f"{ADMIN}\r\nLocation: https://{EVIL}/",
        f"{ADMIN}logout/",
    )
    user = stage.people["writer C"]
    for place in places:
        fresh_visitor = Visitor(stage)
        answer = fresh_visitor.post(
            f"{LOGIN}?next={quote(place)}",
            {
                "username": user.username,
                "password": stage.passwords.get("writer C", "mat-khau-chi-dung-khi-thu"),
                "next": place,
            },
        )
        target = answer.headers.get("Location", "")
        check.that(
            answer.status_code == 302 and urlsplit(target).netloc in ("", f"localhost:{stage.port}"),
            f"signing in leads to {target} for {place!r}",
            role="anonymous",
        )
        for path in ("/", "/quan-tri/", "/tim-kiem/", "/.well-known/security.txt"):
            for name in ("next", "return_url", "url", "redirect", "to", "continue"):
                answer = visitor.get(path, params={name: place})
                target = answer.headers.get("Location", "")
                where = urlsplit(target).netloc
                check.that(not where.endswith(EVIL), f"{path}?{name}={place!r} leads to {target}", role="anonymous")
    writer = session(stage, "writer A")
    page = stage.wards["A"].pages["public"].pk
    for place in places:
        for path in (
            f"pages/{page}/lock/",
            f"pages/{page}/unlock/",
            f"pages/{page}/delete/",
            f"pages/{page}/copy/",
            f"pages/{page}/edit/",
            "duyet/",
            f"bulk/wagtailcore/page/publish/?id={page}",
        ):
            joined = f"{path}{'&' if '?' in path else '?'}next={quote(place)}"
            answer = writer.post(ADMIN + joined, {"next": place})
            target = urlsplit(answer.headers.get("Location", "")).netloc
            check.that(not target.endswith(EVIL), f"POST {joined} leads to {target}", role="writer A")
    for path in (
        f"//{EVIL}/",
        f"//{EVIL}",
        f"/\\{EVIL}",
        f"/%2f{EVIL}/",
        f"/.{EVIL}",
        f"/tin-tuc//{EVIL}/..",
        f"/%5c{EVIL}/",
    ):
        answer = raw(stage, [f"GET {path} HTTP/1.1", f"Host: localhost:{stage.port}", "Connection: close"])
        found = re.search(rb"(?im)^location: (.*)\r$", answer)
        target = found.group(1).decode() if found else ""
        check.that(
            not urlsplit(target).netloc.endswith(EVIL) and not target.startswith(("//", "/\\")),
            f"GET {path} leads to {target}",
            role="anonymous",
        )


def _forged(stage, check) -> None:
    """Every address of the administration, posted to without a token, with foreign ones, from foreign origins."""
    role = "superuser"
    visitor, other = session(stage, role), sign_in(stage, "writer C")
    ids = {name: values[:1] for name, values in ids_of(stage.wards["A"]).items()}
    names = {name for pattern, _n in addresses.admin_patterns() for name in addresses.parameters(pattern)}
    ids |= {name: ["1"] for name in names - ids.keys()}
    asked = sorted(
        {
            address
            for pattern, _n in addresses.admin_patterns()
            if not pattern.endswith("^.*/$")
            for address in addresses.filled([pattern], ids)
        }
    )
    origin = f"https://localhost:{stage.port}"
    tries = (
        ("no token", {}, {"Origin": origin}),
        ("a foreign token", {"csrfmiddlewaretoken": other.token()}, {"Origin": origin}),
        ("a foreign origin", {"csrfmiddlewaretoken": visitor.token()}, {"Origin": f"https://{EVIL}"}),
        ("no origin, a foreign page", {"csrfmiddlewaretoken": visitor.token()}, {"Referer": f"https://{EVIL}/"}),
        ("a sandboxed origin", {"csrfmiddlewaretoken": visitor.token()}, {"Origin": "null"}),
        ("a ward's origin", {"csrfmiddlewaretoken": "x" * 64}, {"Origin": f"https://my-long.localhost:{stage.port}"}),
    )
    open_ones: dict[str, list[str]] = {}

    def forge(trial):
        what, data, headers = trial
        for address in asked:
            answer = visitor.ask("POST", address, data={**EVERYTHING, **data}, headers=headers)
            # 429: the web server in front did not let it in at all.
            if answer.status_code not in (403, 404, 405, 429) and not _asks_again(address, answer):
                open_ones.setdefault(what, []).append(f"{address} ({answer.status_code})")

    with nothing_changes(check, role, "a forged form"):
        together(forge, tries)
    check.that(not open_ones, f"answered: { {what: found[:4] for what, found in open_ones.items()} }", role=role)
    data = {"username": "x", "password": "y"}
    while (answer := visitor.ask("POST", f"{ADMIN}login/", data=data, headers={"Origin": origin})).status_code == 429:
        time.sleep(1)
    check.that(_asks_again(f"{ADMIN}login/", answer), "a forged form is answered by more than the form", role=role)
    check.same(visitor.get(f"{ADMIN}account/").status_code, 200, "the session afterwards", role=role)
    check.figure(f"{len(asked)} addresses × {len(tries)} forgeries")


def _asks_again(address: str, answer) -> bool:
    """Whether the screen for signing in did nothing but ask for its own form anew, of a browser that has a session."""
    return address == f"{ADMIN}login/" and (answer.status_code, answer.headers.get("Location")) == (302, address)


def _headers(stage, check) -> None:
    b = stage.wards["B"]
    places = [
        ("/", "localhost"),
        (b.path(b.pages["public"]), b.host),
        (LOGIN, "localhost"),
        ("/khong-co/", "localhost"),
        (b.path(b.pages["gone"]), b.host),
        ("/tim-kiem/?q=a", "localhost"),
        ("/rss/", "localhost"),
        (b.files["public"].url, b.host),
        ("/robots.txt", "localhost"),
    ]
    for path, host in places:
        answer = Visitor(stage).get(path, host=host)
        found = answer.headers
        for name, word in (
            ("Strict-Transport-Security", "max-age=31536000"),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"),
            ("Content-Security-Policy", "default-src 'none'"),
        ):
            check.that(word in found.get(name, ""), f"{path}: {name} is {found.get(name)}", role="anonymous")
        policy = found.get("Content-Security-Policy", "")
        check.that(
            "frame-ancestors" in policy or found.get("X-Frame-Options") or "sandbox" in policy or host == b.host,
            f"{path} may be framed",
            role="anonymous",
        )
        check.that("unsafe-eval" not in policy and "*" not in policy, f"{path}: {policy}", role="anonymous")
        if not path.startswith((ADMIN, "/tep/")):
            check.that("unsafe-inline" not in policy, f"{path}: inline code is allowed", role="anonymous")
        for told in ("Server", "X-Powered-By", "Via"):
            value = found.get(told, "")
            check.that(not re.search(r"\d|granian|django|python", value, re.I), f"{told}: {value}", role="anonymous")
        check.that("Access-Control-Allow-Origin" not in found, f"{path} is open to other origins", role="anonymous")
    framed = session(stage, "writer A").get(ADMIN).headers
    check.that(
        "frame-ancestors 'self'" in framed["Content-Security-Policy"],
        "the administration may be framed",
        role="writer A",
    )
    answer = raw(stage, ["GET /quan-tri/ HTTP/1.0", f"Host: localhost:{stage.port}"])
    check.that(status_of(answer) in (301, 302, 400), f"HTTP/1.0: {status_of(answer)}", role="anonymous")


def _methods(stage, check) -> None:
    visitor, page = session(stage, "writer A"), stage.wards["A"].pages["draft"].pk
    own = f"localhost:{stage.port}"
    with nothing_changes(check, "writer A", "another method"):
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "MOVE", "FOO"):
            for path in (f"{ADMIN}pages/{page}/delete/", "/", f"{ADMIN}api/main/pages/{page}/"):
                answer = visitor.ask(method, path, headers={"X-CSRFToken": visitor.token(), "Origin": f"https://{own}"})
                check.that(
                    answer.status_code in (400, 403, 404, 405, 501),
                    f"{method} {path}: {answer.status_code}",
                    role="writer A",
                )
        for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
            visitor.get(f"{ADMIN}pages/{page}/delete/?_method=POST", headers={name: "POST"})
            visitor.get(f"{ADMIN}pages/{page}/lock/?_method=POST", headers={name: "POST"})
    smuggled = raw(
        stage,
        ["POST / HTTP/1.1", f"Host: {own}", "Content-Length: 6", "Transfer-Encoding: chunked", "Connection: close"],
        b"0\r\n\r\nGET /quan-tri/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    )
    check.that(smuggled.count(b"HTTP/1.1 ") <= 1, "a second request was smuggled", role="anonymous")
    for path in (
        "/%0d%0aSet-Cookie:%20a=b",
        f"/tin-tuc/%0d%0aLocation:%20https://{EVIL}/",
        "/?a=%0d%0aX-La:%20b",
        "/quan-tri/?next=%0d%0aSet-Cookie:a=b",
        "/my-long%0a/",
    ):
        answer = Visitor(stage).get(path)
        bad = "X-La" in answer.headers or "a=b" in answer.headers.get("Set-Cookie", "")
        check.that(not bad and answer.status_code < 500, f"{path} splits the answer", role="anonymous")


# --- A29 -------------------------------------------------------------------------------------------

MALFORMED = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%c3%28",
    "%ed%a0%80",
    "99999999999999999999",
    "-1",
    "1e309",
    "%0d%0a",
    "%5b%5d",
    "%2e%2e",
    "0",
    "''",
    "{{7*7}}",
    "%E2%80%AE",
    "a" * 3000,
    "%F0%9F%98%80" * 60,
    "vi%00",
    "..%2f..%2f",
    "%25%30%30",
)
PARAMETERS = (
    "q",
    "trang",
    "nam",
    "loai",
    "don-vi",
    "pham-vi",
    "co-quan",
    "locale",
    "site",
    "html_path",
    "offset",
    "page",
    "ban-cu",
    "tinh-trang",
    "linh-vuc",
    "nguoi-ky",
)
RESET = f"{ADMIN}password_reset/"


@case("A29", "floods and input that makes no sense", roles=("anonymous", "honest reader", "writer A"))
def a29(stage, check):
    """Anybody → 300 forms in ten seconds, 2 MB of text, NUL, lone surrogates, decomposed letters, 100,000 fields, wrong
    types, malformed addresses → never 5xx; the flood is held back, an honest person in the same minute is served; text
    is kept as NFC (Điều 7, 18).

    The forms of readers: a question, its tracking, a new password. What fills the trap of the form for questions is
    received and held.
    """
    _malformed(stage, check)
    _bodies(stage, check)
    _flood(stage, check)
    _flood_of_questions(stage, check)
    _composed(stage, check)


def _malformed(stage, check) -> None:
    role = "anonymous"
    asked = [
        f"{path}?{name}={value}"
        for path, name in (
            ("/tim-kiem/", "q"),
            ("/tim-kiem/", "trang"),
            ("/tin-tuc/", "nam"),
            ("/tin-tuc/", "trang"),
            ("/van-ban/", "loai"),
            ("/van-ban/", "co-quan"),
            ("/", "ban-cu"),
            ("/rss/", "q"),
            ("/sitemap.xml", "p"),
            ("/en/search/", "q"),
        )
        for value in MALFORMED
    ]
    asked += [f"/tim-kiem/?{name}={value}" for name in PARAMETERS for value in MALFORMED[:6]]
    asked += [
        f"{path}{value}/" for path in ("/", "/tin-tuc/", "/tep/", "/en/", "/quan-tri/kich-hoat/") for value in MALFORMED
    ]
    asked += [f"{path}?{quote(value[:400])}" for path in PUBLIC_PATHS[:6] for value in VALUES[:40]]

    def ask(part):
        for address in part:
            answer = raw(stage, [f"GET {address} HTTP/1.1", f"Host: localhost:{stage.port}", "Connection: close"])
            check.that(status_of(answer) < 500, f"GET {address[:80]}: {status_of(answer)}", role=role)

    together(ask, [asked[number::3] for number in range(3)])
    heads = (
        'Cookie: __Host-sessionid="\\000\\001"',
        "Accept-Language: ../../etc",
        "Range: bytes=9-1",
        "Accept: */*;q=x",
        'If-None-Match: "',
        "If-Modified-Since: 0",
        "X-Forwarded-For: \xff",
        "Content-Length: -1",
        "Expect: 100-x",
        "Transfer-Encoding: x",
        "Cookie: " + "a" * 7000,
        "User-Agent: ",
        "Content-Type: a/b; charset=rot13",
    )
    for head in heads:
        answer = raw(stage, ["GET / HTTP/1.1", f"Host: localhost:{stage.port}", head, "Connection: close"])
        # 501 is nginx's word for a transfer encoding that nobody knows.
        fine = status_of(answer) < 500 or (head.startswith("Transfer") and status_of(answer) == 501)
        check.that(fine, f"«{head[:60]}»: {status_of(answer)}", role=role)
    check.figure(f"{len(asked) + len(heads)} malformed requests")


def _bodies(stage, check) -> None:
    for role, path, visitor in (
        ("anonymous", RESET, None),
        ("anonymous", "/", None),
        ("anonymous", LOGIN, None),
        ("anonymous", ASK, None),
        ("anonymous", TRACK, None),
        ("anonymous", f"{ASK}tuong-tu/", None),
        ("writer A", f"{ADMIN}pages/{stage.wards['A'].pages['draft'].pk}/edit/", session(stage, "writer A")),
        (
            "writer A",
            f"{ADMIN}duyet/wagtailcore/page/{stage.wards['A'].pages['draft'].pk}/gui/",
            session(stage, "writer A"),
        ),
    ):
        for what, body, kind in _nonsense():
            who = visitor or Visitor(stage)
            token = who.token() if path != "/" else ""
            head = {"Content-Type": kind, "X-CSRFToken": token, "Origin": f"https://localhost:{stage.port}"}
            try:
                status = who.ask("POST", path, data=body, headers=head).status_code
            except OSError:
                # The web server hangs up on what is too big.
                status = 413
            check.that(status < 500, f"POST {path} with {what}: {status}", role=role)


def _nonsense():
    form, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
    yield "2 MB of text", b"typed=" + b"a" * 2_000_000, form
    yield "100,000 fields", b"&".join(b"f%d=1" % number for number in range(100_000)), form
    yield "NUL", b"typed=a%00b&title=a%00b&username=%00", form
    yield "lone surrogates", b"typed=%ed%a0%80&title=%ed%a0%80", form
    yield "no UTF-8", b"typed=\xff\xfe&title=%ff", form
    yield "JSON", b'{"a":' * 5_000, "application/json"
    yield "a number of 5,000 digits", b'{"a": ' + b"9" * 5_000 + b"}", "application/json"
    yield "wrong types", b"typed[]=1&typed[a]=2&title=&body-count=abc&body-0-order=x&form-TOTAL_FORMS=-1", form
    yield "100,000 rows", b"form-TOTAL_FORMS=100000&form-INITIAL_FORMS=99999&body-count=99999", form
    yield "a torn multipart", b'--b\r\nContent-Disposition: form-data; name="typed"\r\n\r\na', parts
    yield "a multipart without a name", b"--b\r\nContent-Disposition: form-data\r\n\r\na\r\n--b--\r\n", parts
    yield "another character set", b"typed=%D0%FE", form + "; charset=utf-7"
    yield "nothing", b"", form
    yield "XML", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", "text/xml"


def _flood(stage, check) -> None:
    """300 forms in ten seconds from one network; honest people in the same minute."""
    spammer = Visitor(stage, address="127.77.1.7")
    token, origin = spammer.token(), f"https://localhost:{stage.port}"

    def spam(number):
        path = RESET if number % 2 else "/"
        data = {"csrfmiddlewaretoken": token, "typed": f"rac-{number}"}
        try:
            return spammer.ask("POST", path, data=data, headers={"Origin": origin}).status_code
        except OSError:
            return 429

    began = time.monotonic()
    found = together(spam, range(300), at_once=12)
    seconds = time.monotonic() - began
    taken = sum(status == 302 for status in found)
    # 503: there was no room just then, and the form came back with what was typed.
    check.that(set(found) <= {200, 302, 403, 405, 429, 503}, f"the flood got {set(found)}", role="anonymous")
    check.that(taken <= 20, f"{taken} of 300 forms were taken", role="anonymous")
    check.that(found.count(429) > 100, f"only {found.count(429)} were turned away", role="anonymous")
    honest = Visitor(stage, address="127.78.2.9")
    answer = honest.post(RESET, {"typed": "nguoi-that"})
    check.same(answer.status_code, 302, "an honest form in the same minute", role="honest reader")
    for path in ("/", "/tim-kiem/?q=chợ", "/tin-tuc/"):
        check.same(honest.get(path).status_code, 200, f"GET {path} in the same minute", role="honest reader")
    neighbour = Visitor(stage, address="127.77.1.8")
    check.same(neighbour.get("/").status_code, 200, "somebody of the same network reads", role="honest reader")
    check.figure(f"300 forms in {seconds:.0f} s, {taken} taken")


def _flood_of_questions(stage, check) -> None:
    """300 questions of a program in ten seconds; an honest one in the same minute is received and worked on."""
    spammer = Visitor(stage, address="127.77.3.7")
    data, origin = (
        {**drawn(spammer), "website": "https://quang-cao.invalid/", "step": "send"},
        f"https://localhost:{stage.port}",
    )
    marked = {
        "title": "Quảng cáo",
        "consent": "on",
        "email": "spam@thu-nghiem.invalid",
        "csrfmiddlewaretoken": spammer.token(),
    }

    def spam(number):
        body = {**data, **marked, "text": f"Mua ngay hàng giá rẻ số {number}, giao tận nhà, gọi ngay hôm nay."}
        try:
            return spammer.ask("POST", ASK, data=body, headers={"Origin": origin}).status_code
        except OSError:
            return 429

    before = Question.objects.count()
    found = together(spam, range(300), at_once=12)
    honest = Visitor(stage, address="127.78.4.9")
    answer = ask(honest, title=NFD, email="nguoi-that@thu-nghiem.invalid")
    received = Question.objects.order_by("pk")[before:]
    # 503: there was no room just then, and the form came back with what was typed.
    check.that(set(found) <= {200, 302, 403, 405, 429, 503}, f"the flood got {set(found)}", role="anonymous")
    check.that(found.count(429) > 100, f"only {found.count(429)} were turned away", role="anonymous")
    spammed = [question for question in received if question.title == "Quảng cáo"]
    check.that(all(question.is_suspect for question in spammed), "spam is not held", role="anonymous")
    check.that(len(spammed) <= 10, f"{len(spammed)} of 300 from one mail address were taken", role="anonymous")
    mails = OutgoingMail.objects.filter(recipient="spam@thu-nghiem.invalid")
    check.that(not mails.exists(), "a program can mail strangers by the form", role="anonymous")
    own = [question for question in received if question.title != "Quảng cáo"]
    check.that(
        answer.status_code == 200 and len(own) == 1 and own[0].secret in answer.text,
        f"an honest question in the same minute is not received ({answer.status_code})",
        role="honest reader",
    )
    check.that(own and not own[0].is_suspect, "the honest question is held", role="honest reader")
    check.that(own and own[0].title == "Đường Trần Hưng Đạo", "the title is not kept as NFC", role="honest reader")
    check.figure(f"300 questions of a program, {len(spammed)} held")


def _composed(stage, check) -> None:
    """Letters that come apart (NFD) are put together: in what is found, asked and kept."""
    composed = "Đường Trần Hưng Đạo"
    for query in (NFD, composed):
        answer = Visitor(stage).get("/tim-kiem/", params={"q": query})
        check.that(
            answer.status_code == 200 and composed in answer.text and NFD not in answer.text,
            "a decomposed query is not put together",
            role="anonymous",
        )
    odd = [str(item.pattern) for item in get_resolver().url_patterns if "csrf_exempt" in str(item)]
    check.that(not odd, f"patterns without a token: {odd}")
