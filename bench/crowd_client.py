"""A reader's browser for `crowd.py`: one TLS connection kept alive, from an address of its own, cookies, drawn forms.

    browser = Browser(port, source="127.10.0.1")
    answer = await browser.get("/")
    form = forms_in(answer.text)[0]
    answer = await browser.send(form, {"title": "…"}, press=("step", "preview"))

Plain sockets of asyncio, because the machine that asks is the machine that answers: a page costs it some 0.2 ms. All of
127.0.0.0/8 leads to this machine, so every citizen can come from an address of his own.
"""

import asyncio
import contextlib
import gzip
import html
import os
import re
import resource
import secrets
import ssl
import time
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlencode, urljoin, urlsplit

import brotli
from own_portal import children

LONGEST_SECONDS = 30
HOST = "localhost"
BROWSER = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
)
ENDS = {"text/html": b"</html>", "application/xml": b">", "application/rss+xml": b">", "application/json": b"}"}
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
CONTROL = re.compile(r"<(input|button)\b([^>]*)>|<(textarea|select)\b([^>]*)>(.*?)</\3>", re.DOTALL)
OPTION = re.compile(r"<option\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)(?:="([^"]*)")?')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
REFUSALS = frozenset({429, 502, 503, 504})


class Wrong(Exception):
    """An answer is not what the bench measures."""


class Lost(OSError):
    """The connection ended before the answer was whole."""


@dataclass
class Answer:
    """One answer; `seconds` from the asking to its last byte, a new connection included."""

    status: int
    headers: dict
    body: bytes
    seconds: float

    @property
    def plain(self) -> bytes:
        """The body, unpacked."""
        encoding = self.headers.get("content-encoding", "")
        try:
            return {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding](self.body)
        except (KeyError, OSError, EOFError, brotli.error) as error:
            raise Wrong(f"{encoding}: {error}") from error

    @property
    def text(self) -> str:
        return self.plain.decode("utf-8", "replace")

    @property
    def wait_seconds(self) -> int:
        """How long a refusal tells to wait; ten seconds where it says nothing."""
        said = self.headers.get("retry-after", "")
        return max(1, int(said)) if said.isdigit() else 10

    def is_whole(self, mark: str = "") -> bool:
        """Whether it is the whole of a page, feed or map, and names `mark`."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        body = self.plain
        return self.status == 200 and body.rstrip().endswith(ENDS.get(kind, b"")) and mark.encode() in body


class _Line(asyncio.Protocol):
    """One connection; one question at a time."""

    def __init__(self):
        self.buffer, self.waiting, self.transport, self.is_open = bytearray(), None, None, False
        self.answered = 0

    def connection_made(self, transport):
        self.transport, self.is_open = transport, True

    def data_received(self, data):
        self.buffer += data
        if self.waiting is None or self.waiting.done():
            return
        try:
            found = read_answer(self.buffer)
        except ValueError as error:
            self.waiting.set_exception(Wrong(str(error)))
            return
        if found is not None:
            self.answered += 1
            self.waiting.set_result(found)

    def connection_lost(self, error):
        self.is_open = False
        if self.waiting is not None and not self.waiting.done():
            self.waiting.set_exception(Lost(str(error or "closed")))

    async def ask(self, request: bytes):
        self.buffer.clear()
        self.waiting = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.waiting


def read_answer(buffer: bytearray) -> tuple[int, dict, bytes] | None:
    """Return (status, headers, body) once they are whole, None before."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = bytes(buffer[:end]).decode("latin-1").split("\r\n")
    status, headers = int(lines[0].split(" ", 2)[1]), {}
    for line in lines[1:]:
        name, _, value = line.partition(": ")
        name = name.lower()
        # Several cookies may be set by one answer.
        headers[name] = f"{headers[name]}\n{value}" if name == "set-cookie" and name in headers else value
    begin = end + 4
    if status in (204, 304):
        return status, headers, b""
    if "content-length" in headers:
        length = int(headers["content-length"])
        return (status, headers, bytes(buffer[begin : begin + length])) if len(buffer) >= begin + length else None
    if headers.get("transfer-encoding") != "chunked":
        raise ValueError(f"{status} without length")
    body = bytearray()
    while True:
        end = buffer.find(b"\r\n", begin)
        if end < 0:
            return None
        size = int(bytes(buffer[begin:end]).partition(b";")[0], 16)
        if len(buffer) < end + 4 + size:
            return None
        if not size:
            return status, headers, bytes(body)
        body += buffer[end + 2 : end + 2 + size]
        begin = end + 4 + size


def _context() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


CONTEXT = _context()


class Browser:
    """Somebody's browser. Raises Lost when a connection breaks in the middle, TimeoutError after 30 seconds."""

    def __init__(
        self, port: int, *, source: str = "127.0.0.1", host: str = HOST, agent: str = BROWSER, cookie: str = ""
    ):
        self.port, self.source, self.host, self.agent = port, source, host, agent
        self.cookies = dict(pair.split("=", 1) for pair in cookie.split("; ") if pair)
        self.place = "/"
        self._line: _Line | None = None

    async def get(self, path: str, **headers) -> Answer:
        answer = await self._ask("GET", path, b"", headers)
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.place = path
        return answer

    async def post(self, path: str, body: bytes, kind: str, **headers) -> Answer:
        # The portal of a drill does not know that TLS stands before it.
        own = {"Origin": f"http://{self.host}:{self.port}", "Content-Type": kind, "Sec-Fetch-Site": "same-origin"}
        return await self._ask("POST", path, body, own | headers)

    async def send(self, form: "Form", typed: dict, press: tuple[str, str] | None = None) -> Answer:
        """Send a drawn form with what was typed and the button that was pressed; where it leads on, follow."""
        self.place = urlsplit(urljoin(self.place, form.action or self.place)).path
        body, kind = form.filled(typed, press)
        answer = await self.post(self.place, body, kind)
        if answer.status in (302, 303):
            spent = answer.seconds
            where = urlsplit(answer.headers["location"])
            answer = await self.get(where.path + (f"?{where.query}" if where.query else ""))
            answer.seconds += spent
        return answer

    def close(self) -> None:
        if self._line is not None and self._line.transport is not None:
            self._line.transport.abort()
        self._line = None

    async def _ask(self, method: str, path: str, body: bytes, headers: dict) -> Answer:
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {self.host}:{self.port}",
            f"User-Agent: {self.agent}",
            "Accept: text/html,*/*;q=0.8",
            "Accept-Encoding: gzip, deflate, br",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        request = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
        began = time.perf_counter()
        try:
            async with asyncio.timeout(LONGEST_SECONDS):
                status, found, content = await self._once(request)
        except BaseException:
            self.close()
            raise
        answer = Answer(status, found, content, time.perf_counter() - began)
        for cookie in found.get("set-cookie", "").split("\n"):
            if cookie:
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
        if found.get("connection") == "close":
            self.close()
        return answer

    async def _once(self, request: bytes):
        if self._line is not None and self._line.is_open:
            try:
                return await self._line.ask(request)
            except Lost:
                # An idle connection was closed while the question was under way: a browser opens another one.
                if self._line.buffer:
                    raise
        loop = asyncio.get_running_loop()
        _, self._line = await loop.create_connection(
            _Line, "127.0.0.1", self.port, ssl=CONTEXT, server_hostname=self.host, local_addr=(self.source, 0)
        )
        return await self._line.ask(request)


# --- Forms -----------------------------------------------------------------------------------------


@dataclass
class Form:
    """A form as it was drawn: what a browser would send of it, the fields that want a proof of work."""

    action: str
    method: str
    enctype: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    # Name of the field: (stamp, bits).
    proofs: dict[str, tuple[str, int]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str | None:
        return next((value for own, value in self.fields if own == name), None)

    def put(self, name: str, value: str) -> None:
        self.fields = [pair for pair in self.fields if pair[0] != name] + [(name, value)]

    def filled(self, typed: dict, press: tuple[str, str] | None) -> tuple[bytes, str]:
        """Return (body, content type) as a browser sends it."""
        pairs = [pair for pair in self.fields if pair[0] not in typed] + list(typed.items())
        pairs += [press] if press else []
        if self.enctype != "multipart/form-data":
            return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        border = secrets.token_hex(12)
        parts = [f'--{border}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in pairs]
        return ("".join(parts) + f"--{border}--\r\n").encode(), f"multipart/form-data; boundary={border}"


def forms_in(page: str, method: str = "post") -> list[Form]:
    """Return the forms of a page with what stands in their fields."""
    found = []
    for head, inside in FORM.findall(page):
        own = _attributes(head)
        if own.get("method", "get").lower() == method:
            form = Form(own.get("action", ""), method, own.get("enctype", ""))
            for control in CONTROL.findall(inside):
                _take(form, *control)
            found.append(form)
    return found


def form_with(page: str, *names: str) -> Form:
    """Return the form of a page that has all these fields or buttons. Raises Wrong."""
    for form in forms_in(page):
        if set(names) <= {name for name, _ in form.fields + form.buttons}:
            return form
    title = TITLE.search(page)
    raise Wrong(f"no form with {names}: {title[1].strip() if title else page[:200]}")


def _take(form: Form, tag: str, head: str, wide: str, wide_head: str, inside: str) -> None:
    own = _attributes(head or wide_head)
    name, value, kind = own.get("name"), own.get("value", ""), own.get("type", "text")
    if not name or "disabled" in own:
        return
    if tag == "button" or kind in ("submit", "file"):
        if kind != "file":
            form.buttons.append((name, value))
        return
    if wide == "textarea":
        form.fields.append((name, html.unescape(inside).removeprefix("\n").removeprefix("\r\n")))
    elif wide == "select":
        options = [_attributes(option) for option in OPTION.findall(inside)]
        chosen = next((option for option in options if "selected" in option), options[0] if options else {})
        form.fields.append((name, chosen.get("value", "")))
    elif kind not in ("checkbox", "radio") or "checked" in own:
        form.fields.append((name, value or ("on" if kind == "checkbox" else "")))
    if "data-proof" in own:
        form.proofs[name] = own["data-proof"], int(own["data-bits"])


def _attributes(head: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in ATTRIBUTE.findall(head)}


def proof_of(stamp: str, bits: int) -> tuple[str, float]:
    """Return the number that proves the work, as the form's script finds it, and the processor seconds it took."""
    began, begin, shift, number = time.process_time(), sha256(f"{stamp}:".encode()), 256 - bits, 0
    while True:
        digest = begin.copy()
        digest.update(b"%d" % number)
        if not int.from_bytes(digest.digest()) >> shift:
            return str(number), time.process_time() - began
        number += 1


# --- What was seen ---------------------------------------------------------------------------------


@dataclass
class Tally:
    """What a process of clients saw; it travels back to the one that prints. Seconds."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    counts: Counter = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    rows: list = field(default_factory=list)
    cpu_seconds: float = 0.0

    def note(self, kind: str, answer: Answer, is_right: bool, place: str = "") -> bool:
        """Count an answer: right ones with their time, refusals and wrong ones by their status."""
        if is_right:
            self.counts[f"{kind} right"] += 1
            self.taken.setdefault(kind, []).append(answer.seconds)
        elif answer.status in REFUSALS:
            self.counts[f"{kind} {answer.status}"] += 1
        else:
            self.bad(f"{kind} {answer.status}", f"{place} {_seen(answer)}")
        return is_right

    def bad(self, name: str, example: str) -> None:
        self.counts[name] += 1
        self.examples.setdefault(name, example[:300])

    def add(self, other: "Tally") -> "Tally":
        for kind, seconds in other.taken.items():
            self.taken.setdefault(kind, []).extend(seconds)
        self.counts += other.counts
        self.examples = other.examples | self.examples
        self.rows += other.rows
        self.cpu_seconds += other.cpu_seconds
        return self

    def right(self, kind: str) -> int:
        return self.counts[f"{kind} right"]

    def refused(self, kind: str) -> int:
        return sum(self.counts[f"{kind} {status}"] for status in REFUSALS)

    def other(self, kind: str) -> int:
        """How many answers of a kind were neither right nor a refusal, broken connections among them."""
        own = sum(number for name, number in self.counts.items() if name.rpartition(" ")[0] == kind)
        return own - self.right(kind) - self.refused(kind)

    def milliseconds(self, kind: str, share: float) -> float:
        """The time below which this share of the answers of a kind came; 0 for none."""
        seconds = sorted(self.taken.get(kind, []))
        return seconds[min(len(seconds) - 1, int(len(seconds) * share))] * 1000 if seconds else 0.0


def _seen(answer: Answer) -> str:
    try:
        text = answer.text
    except Wrong as error:
        return str(error)
    title = TITLE.search(text)
    return title[1].strip() if title else text[:200]


def stand_apart() -> None:
    """Put this process first: readers have processors of their own; here they share two with what they measure."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, -10)
    children.stand_back_as_session(-10)


def run(work, tally: Tally | None = None) -> Tally:
    """Run a coroutine function that fills a Tally, in a process of its own; bounded by what it is given."""
    stand_apart()
    tally = Tally() if tally is None else tally

    async def whole():
        await work(tally)

    before = resource.getrusage(resource.RUSAGE_SELF)
    asyncio.run(whole())
    after = resource.getrusage(resource.RUSAGE_SELF)
    tally.cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return tally


async def seen(tally: Tally, kind: str, asking, is_right, place: str = "") -> Answer | None:
    """Await an answer and count it; None when the connection broke or nothing came."""
    try:
        answer = await asking
    except TimeoutError:
        tally.bad(f"{kind} timeout", place)
    except OSError as error:
        tally.bad(f"{kind} broken", f"{place} {error!r}")
    else:
        try:
            tally.note(kind, answer, is_right(answer), place)
        except Wrong as error:
            tally.bad(f"{kind} wrong", f"{place} {error}")
        return answer
    return None
