"""Bad inputs without number, and what the portal answers to them: never 5xx.

1. `public_cases` and `admin_cases` make requests from the addresses that exist: every pattern of the resolver, every
   public page type, every form that the administration shows. Each has one thing wrong: a value, a name, a method, a
   header, the bookkeeping of a stream field, the shape of JSON, a key that is none.
2. The values are a list of old acquaintances and what hypothesis makes of text and JSON; a seed makes them the same
   every time.
3. `Fuzzer.ask` sends a request through all middleware, takes back what it changed, and keeps the traceback of a 5xx.

`bench/bad_inputs.py` sends thousands, `tests/base/test_bad_inputs.py` some hundreds.
"""

import contextlib
import json
import random
import re
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from unittest import mock
from urllib.parse import quote, urlencode

import bs4
import hypothesis
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.client import MULTIPART_CONTENT, Client, ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from hypothesis import strategies
from wagtail.models import Collection, Locale, Page, Revision, Site, TaskState, Workflow

from base.models import PortalFile, PortalImage
from base.operations.handlers import AtomicWrites, PortalRequest
from faq.models import Question
from legalref.models import LegalDocument
from sections.models import ArticlePage, ConsultationPage, OfficialsPage, WorkSchedulePage
from tests.city import CityTestCase
from tests.faq.cast import a_question

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
FORM = "application/x-www-form-urlencoded"
SLOW_SECONDS = 5.0
NFD = unicodedata.normalize("NFD", "Đường Trần Hưng Đạo")

# As bytes, so that what is no UTF-8 can be sent as well.
VALUES: list[bytes] = [
    value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    for value in (
        "",
        " ",
        "0",
        "-1",
        "1",
        "2",
        "99999",
        "999999999999999999",
        "9223372036854775807",
        "9223372036854775808",
        "99999999999999999999",
        "-99999999999999999999",
        "9" * 400,
        "9" * 5000,
        "1e309",
        "1e9",
        "1.5",
        "NaN",
        "Infinity",
        "-0",
        "+1",
        "0x10",
        "1_000",
        "１２３",
        "١٢٣",
        "²",
        "½",
        "null",
        "true",
        "None",
        "undefined",
        "[]",
        "{}",
        "[[]]",
        '{"a":',
        '"',
        "'",
        "''",
        "\\",
        "\\0",
        "\0",
        "a\0b",
        "\ud800",
        "\udfff\ud800",
        b"\xff\xfe",
        b"\xc3\x28",
        b"\xf0\x90",
        "\x01\x08\x0b\x1f\x7f",
        "\ufffe\uffff",
        "\u2028\u2029",
        "\u202egpj.exe",
        "\r\nSet-Cookie: a=b",
        NFD,
        "😀" * 50,
        "a" * 256,
        "a" * 2100,
        "ă" * 1000,
        "%",
        "%s%n%d",
        "%00",
        "%zz",
        "{{ 7*7 }}",
        "{% load x %}",
        "${7*7}",
        "../../../../etc/passwd",
        "..\\..\\a",
        "/",
        "//evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "<script>alert(1)</script>",
        "<a linktype='page' id='x'>",
        "</p></div><b><i>",
        "1 OR 1=1",
        "' OR '1'='1",
        "1;SELECT pg_sleep(9)",
        "31/02/2020",
        "2020-13-45",
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "29/02/2021 25:61",
        "-1 day",
        "00000000-0000-0000-0000-000000000000",
        "not-a-uuid",
        "latest",
        "earliest",
        "live",
        "wagtailcore.page",
        "wagtailcore.",
        ".",
        "..",
        "no.such.model",
        "sections.ArticlePage",
        "id,,-id",
        "-?",
        "__class__",
        "page__page__page",
        "title__regex",
        "(" * 50,
        "[" * 50,
        "*",
        "?",
        "&&",
        "==",
        ";",
        ",",
        ",,,",
    )
]
PUBLIC_PARAMETERS = (
    "trang",
    "nam",
    "don-vi",
    "loai",
    "q",
    "pham-vi",
    "co-quan",
    "tinh-trang",
    "linh-vuc",
    "nguoi-ky",
    "ban-cu",
    "utm_source",
    "page",
    "id",
    "format",
    "next",
    "return_url",
    "",
    "a[b][]",
    "_method",
)
ADMIN_PARAMETERS = (
    "p",
    "page",
    "q",
    "query",
    "id",
    "ids",
    "ordering",
    "order",
    "sort",
    "page_type",
    "page_types",
    "multiple",
    "next",
    "usage_count",
    "results_only",
    "allow_external_link",
    "can_choose_root",
    "match_subclass",
    "target_pages",
    "link_text",
    "link_url",
    "parent_page_id",
    "limit",
    "offset",
    "fields",
    "child_of",
    "descendant_of",
    "ancestor_of",
    "type",
    "search",
    "for_explorer",
    "export",
    "format",
    "content_type",
    "owner",
    "locale",
    "collection_id",
    "collection",
    "tag",
    "created_at_from",
    "created_at_to",
    "latest_revision_created_at_from",
    "live",
    "has_child_pages",
    "action",
    "user",
    "timestamp_from",
    "timestamp_to",
    "status",
    "reviewable",
    "requested_by",
    "task",
    "label",
    "object_type",
    "object_id",
    "site",
    "role",
    "tinh-trang",
    "entries_per_page",
    "uploaded_image_id",
    "mode",
    "in_preview_panel",
    "token",
    "width",
    "height",
    "prefix",
    "app_label",
    "model_name",
    "tu",
    "den",
    "trang",
    "ngay",
    "nguoi",
)
HEADERS = {
    "Cookie": [
        'sessionid="\\000\\001aaaaaaaaaaaa"',
        "sessionid=" + "a" * 3000,
        "=;=;;",
        "csrftoken=\xff\xfe",
        "a" * 200,
    ],
    "Content-Type": [
        "",
        "text/xml",
        "application/json; charset=utf-16",
        f"{FORM}; charset=rot13",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "b" * 300,
        "multipart/form-data; boundary=é",
        ";;;",
        "a/b; =",
        f"{FORM}; charset*=idna''x",
        "multipart/form-data; charset=punycode; boundary=x",
    ],
    "Range": ["bytes=9-1", "bytes=-", "bytes=99999999999999999999-", "bytes=0-0,2-3", "lines=1-2", "bytes=-0"],
    "If-None-Match": ['"', "*", "W/", '"a", "b', "a" * 3000],
    "If-Modified-Since": ["Mon, 99 Foo 99999 99:99:99 GMT", "0", "Thu, 01 Jan 1 00:00:00 GMT"],
    "Accept-Language": ["../../etc", "vi;q=x", "x" * 3000, "zz-zz-zz-zz;q=9"],
    "Accept-Encoding": ["gzip;q=", "br;;;", "identity;q=0, *;q=0", "\xff"],
    "Accept": ["application/json", "*/*;q=x", "a" * 2000],
    "Referer": ["\xff\xfe", "http://[", "javascript:1", "https://evil.example/" + "a" * 2000],
    "Origin": ["null", "https://evil.example", "http://["],
    "X-Forwarded-For": ["127.0.0.1, \xff", "999.999.999.999", "::1%lo0", "a" * 3000],
    "X-Forwarded-Host": ["evil.example"],
    "X-HTTP-Method-Override": ["DELETE", "TRACE"],
    "X-Requested-With": ["XMLHttpRequest"],
    "Host": ["", "evil.example", "localhost:99999999", "[::1", "localhost/..", "x." * 100 + "localhost", "a b", "\xff"],
    "Content-Length": ["-1", "abc", "99999999999999999999", "1"],
    "Transfer-Encoding": ["chunked"],
    "User-Agent": ["", "\x01", "a" * 5000],
}
PUBLIC_PATHS = (
    "/",
    "/my-long/",
    "/en/",
    "/tin-tuc/",
    "/my-long/tin-tuc/",
    "/du-an/",
    "/van-ban/",
    "/tim-kiem/",
    "/en/search/",
    *("/hoi-dap/" + end for end in ("", "gui-cau-hoi/", "gui-cau-hoi/tuong-tu/", "tra-cuu/")),
    "/lien-he/",
    "/so-do/",
    "/khong-co/",
    "/tin-tuc/rss/",
    "/van-ban/rss/",
    "/rss/",
    "/cua-toi/",
    "/cua-toi/my-long/",
    "/trang-da-luu/",
    "/van-ban/atom/",
    "/api/v1/van-ban/",
    "/vb/1/",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/healthz",
    "/.well-known/security.txt",
    "/.well-known/security-policy/",
    "/tep/abcdefghijklmnop/anh.png",
    "/static/css/portal.css",
    "/quan-tri/login/",
    "/quan-tri/password_reset/",
)
# The forms of readers as they are rightly filled: {address: {field: values}}.
_QUESTION = {
    "title": ["Giấy phép xây nhà"],
    "text": ["Tôi muốn hỏi thủ tục xin giấy phép xây nhà ở trong hẻm."],
    "topic": ["1"],
    "email": ["hoi@example.invalid"],
    "phone": ["0909 111 222"],
    "name": ["Tên mẫu"],
    "address": [""],
    "ward": [""],
    "consent": ["on"],
    "may_show_name": ["on"],
    "consent_version": ["x"],
    "kept": ["x", "y"],
    "stamp": ["x"],
    "proof": ["1"],
    "website": [""],
    "portal_submission": ["khoa"],
}
_OPENED = {"number": ["HD-2026-000001"], "secret": ["ABCDEFGHJK"], "portal_submission": ["khoa"]}
PUBLIC_FORMS = {
    "/hoi-dap/gui-cau-hoi/": [
        {**_QUESTION, "step": [step]} for step in ("send", "preview", "similar", "edit", "drop-0")
    ],
    "/hoi-dap/gui-cau-hoi/tuong-tu/": [{"title": _QUESTION["title"], "text": _QUESTION["text"]}],
    "/hoi-dap/tra-cuu/": [
        _OPENED,
        {**_OPENED, "step": ["supplement"], "added": ["Thửa 1"], "kept": ["x"]},
        {**_OPENED, "step": ["rate"], "satisfaction": ["3"]},
        {**_OPENED, "step": ["reopen"], "reason": ["Chưa rõ"]},
    ],
}
BOOKKEEPING = (
    "-count",
    "-0-deleted",
    "-0-order",
    "-0-type",
    "-0-id",
    "-TOTAL_FORMS",
    "-INITIAL_FORMS",
    "-0-DELETE",
    "-0-ORDER",
    "-0-value",
    "-MAX_NUM_FORMS",
)


@dataclass(frozen=True)
class Case:
    """One bad request: `kind` is what is wrong with it, `who` the person of the cast, "" for a reader."""

    kind: str
    method: str
    path: str
    who: str = ""
    query: str = ""
    body: bytes | dict | str = ""
    content_type: str = FORM
    headers: dict = field(default_factory=dict, hash=False)

    def __str__(self):
        body = self.body if isinstance(self.body, str) else repr(self.body)
        who = self.who or "bạn đọc"
        return f"[{self.kind}] {who}: {self.method} {self.path}?{self.query} {self.headers} {body[:1500]}"


@dataclass
class Report:
    """What was answered: numbers by kind and status, each 5xx with its traceback, what took long."""

    kinds: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    errors: list[tuple[Case, int, str]] = field(default_factory=list)
    slow: list[tuple[Case, float]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.kinds.values())

    def text(self) -> str:
        """The table, then every 5xx once a place in the code."""
        lines = [f"{self.total} yêu cầu xấu, {len(self.errors)} lần trả lời 5xx, {len(self.slow)} lần quá 5 giây"]
        lines += [f"  {kind:28}{count:7}" for kind, count in sorted(self.kinds.items())]
        lines.append("  " + ", ".join(f"{status}: {count}" for status, count in sorted(self.statuses.items())))
        lines += [f"CHẬM {seconds:.1f} giây: {case}" for case, seconds in self.slow]
        seen = Counter(_place(trace) for _case, _status, trace in self.errors)
        for case, status, trace in self.errors:
            place = _place(trace)
            if seen[place]:
                lines.append(f"\n{status} ({seen[place]} lần) {case}\n{trace}")
                seen[place] = 0
        return "\n".join(lines)


def _place(trace: str) -> str:
    """The last two lines of ours on the way to the failure, and the failure's kind."""
    lines = trace.strip().splitlines()
    ours = [line.strip() for line in lines if 'File "' in line and "site-packages" not in line and "/lib/" not in line]
    return " ".join([*ours[-2:], lines[-1].split(":")[0]])


def question_to_track(city) -> None:
    """Make the question whose number and secret `PUBLIC_FORMS` knows: it waits for its asker."""
    question = a_question(city, state="assigned", waiting="Xin cho biết số thửa.")
    Question.objects.filter(pk=question.pk).update(number=_OPENED["number"][0], secret=_OPENED["secret"][0])


# --- Sending --------------------------------------------------------------------------------------


class _Handler(AtomicWrites, ClientHandler):
    """The test client's handler with the transactions of the portal."""


class Fuzzer:
    """Sends cases as the people of a cast; everything they change is taken back.

    `people`: {name: user}. `client_class`: its `force_login` gives a session that has passed the second factor.
    """

    def __init__(self, people: dict, client_class=Client, seed: int = 0):
        self.report = Report()
        self.random = random.Random(seed)
        self.values = [*VALUES, *_made_by_hypothesis(seed)]
        self.documents = _documents_by_hypothesis(seed)
        self._clients, self._cookies = {}, {}
        for name, user in {"": None, **people}.items():
            client = client_class(HTTP_HOST="localhost", raise_request_exception=False)
            client.handler = _Handler(enforce_csrf_checks=False)
            if user is not None:
                client.force_login(user)
            self._clients[name], self._cookies[name] = client, client.cookies.output()
            client.kept = {key: morsel.value for key, morsel in client.cookies.items()}

    def ask(self, case: Case):
        """Send a case, take back what it changed, note the answer; return it."""
        client = self._clients[case.who]
        client.cookies.clear()
        client.cookies.load(client.kept)
        began, trace = time.monotonic(), ""
        with mock.patch("django.test.client.WSGIRequest", PortalRequest):
            try:
                with self._taken_back():
                    response = self._send(client, case)
                status = response.status_code
                if status >= 500:
                    trace = "".join(traceback.format_exception(*response.exc_info)) if response.exc_info else "no trace"
            except Exception:
                response, status, trace = None, 599, traceback.format_exc()
        seconds = time.monotonic() - began
        self.report.kinds[case.kind] += 1
        self.report.statuses[status] += 1
        if status >= 500:
            self.report.errors.append((case, status, trace))
        if seconds > SLOW_SECONDS:
            self.report.slow.append((case, seconds))
        return response

    @contextlib.contextmanager
    def _taken_back(self):
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    @staticmethod
    def _send(client, case):
        extra = {_meta(name): value for name, value in case.headers.items()}
        body, content_type = case.body, extra.pop("CONTENT_TYPE", case.content_type)
        if isinstance(body, dict):
            # As a form with files, by Django's own encoding.
            return client.post(f"{case.path}?{case.query}", body, content_type=MULTIPART_CONTENT, **extra)
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        return client.generic(case.method, case.path, data, content_type, QUERY_STRING=case.query, **extra)

    # --- What is wrong ----------------------------------------------------------------------------

    def value(self) -> bytes:
        return self.random.choice(self.values)

    def quoted(self) -> str:
        return quote(self.value(), safe="")[:1900]

    def query(self, names) -> str:
        """One to three parameters with bad values, now and then one twice or without a value."""
        pairs = [f"{self.random.choice(names)}={self.quoted()}" for _ in range(self.random.randint(1, 3))]
        if self.random.random() < 0.1:
            pairs.append(self.random.choice(("&", "=", "a", "%", "q", pairs[0], ";".join(pairs))))
        return "&".join(pairs)

    def public_cases(self, paths: list[str]) -> Iterator[Case]:
        """Endless bad requests of readers to public addresses."""
        while True:
            path = self.random.choice(paths)
            kind = self.random.choice(("query", "query", "path", "method", "header", "form", "json", "address"))
            yield self._public_case(kind, path)

    def _public_case(self, kind: str, path: str) -> Case:
        if kind == "query":
            return Case(
                "công khai: tham số",
                self.random.choice(("GET", "GET", "HEAD")),
                path,
                query=self.query(PUBLIC_PARAMETERS),
            )
        if kind == "path":
            parts = path.split("/")
            parts.insert(self.random.randrange(len(parts)), self.quoted()[:1500])
            return Case("công khai: đường dẫn", "GET", "/" + "/".join(parts).lstrip("/"))
        if kind == "method":
            return Case("công khai: phương thức", self.random.choice(METHODS), path, body=self.form_body({}))
        if kind == "header":
            return self._with_header("công khai: tiêu đề", Case("", self.random.choice(("GET", "POST")), path))
        if kind == "form":
            # Every second one goes to a form there is, rightly filled but for what is wrong with it.
            if self.random.random() < 0.5:
                path = self.random.choice(list(PUBLIC_FORMS))
            data = self.random.choice(PUBLIC_FORMS.get(path, [{}]))
            return Case("công khai: biểu mẫu", "POST", path, **self.form(data))
        if kind == "json":
            return Case(
                "công khai: JSON",
                self.random.choice(("POST", "PUT", "PATCH")),
                path,
                body=self.document(),
                content_type="application/json",
            )
        odd = self.random.choice(
            (
                "//",
                "/./",
                "/../",
                "/%2e%2e/",
                "/%2f/",
                "/;a=b",
                "/.git/config",
                "/.env",
                "/%ff",
                "/%c0%af",
                "/wp-login.php",
                "/a" * 600,
                "/tep/x/" + self.quoted()[:800],
                "/sitemap-" + self.quoted()[:30] + ".xml",
                "/" + quote(NFD),
                "/en/" + self.quoted()[:900] + "/",
            )
        )
        return Case("công khai: địa chỉ lạ", self.random.choice(METHODS[:4]), odd)

    def _with_header(self, kind: str, case: Case) -> Case:
        name = self.random.choice(list(HEADERS))
        value = (
            self.random.choice(HEADERS[name]) if self.random.random() < 0.8 else self.value().decode("latin-1")[:3000]
        )
        return Case(
            kind, case.method, case.path, case.who, case.query, case.body or "a=b", case.content_type, {name: value}
        )

    def form(self, data: dict) -> dict:
        """Body and content type of a bad form, made from the good one `data` (lists by name)."""
        if self.random.random() < 0.25:
            files = {name: (values[0] if values else "") for name, values in data.items()}
            for name in self.random.sample(list(files) or ["tep"], 1):
                files[name] = self.file()
            for name in self.random.sample(list(files), min(2, len(files))):
                if isinstance(files[name], str):
                    files[name] = self.value().decode("utf-8", "replace")
            return {"body": files, "content_type": MULTIPART_CONTENT}
        return {"body": self.form_body(data)}

    def form_body(self, data: dict) -> str:
        """A form with one to three things wrong."""
        pairs = [(name.encode(), value.encode()) for name, values in data.items() for value in values]
        for _ in range(self.random.randint(1, 3)):
            pairs = self._spoiled(pairs)
        return urlencode(pairs)

    def _spoiled(self, pairs):
        pairs = list(pairs)
        how = self.random.choice(
            ("value", "value", "value", "drop", "double", "add", "books", "books", "rename", "document")
        )
        if how == "add" or not pairs:
            pairs.append((self.value()[:200], self.value()))
            return pairs
        index = self.random.randrange(len(pairs))
        name, value = pairs[index]
        if how == "books":
            books = [
                number for number, pair in enumerate(pairs) if pair[0].decode("utf-8", "replace").endswith(BOOKKEEPING)
            ]
            index = self.random.choice(books) if books else index
            name, value = pairs[index]
            if self.random.random() < 0.3:
                del pairs[index]
            else:
                pairs[index] = (name, self.value())
        elif how == "value":
            pairs[index] = (name, self.value())
        elif how == "drop":
            del pairs[index]
        elif how == "double":
            pairs.insert(index, (name, self.value()))
        elif how == "rename":
            pairs[index] = (name + self.value()[:50], value)
        else:
            pairs[index] = (name, self.document().encode("utf-8", "surrogatepass"))
        return pairs

    def document(self) -> str:
        """JSON that is wrong: its shape, its depth, its text; among it what the rich text editor sends."""
        return self.random.choice(self.documents)

    def file(self) -> SimpleUploadedFile:
        """A small file with a bad name, a bad content or both."""
        stem = self.value().decode("utf-8", "replace")[:120].replace("\0", "") or "a"
        name = stem + self.random.choice(
            ("", ".pdf", ".png", ".jpg", ".docx", ".csv", ".zip", ".exe", ".PDF.html", ".")
        )
        content = self.random.choice(
            (
                b"",
                b"%PDF-1.4\n%%EOF",
                b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
                b"PK\x03\x04" + b"\0" * 30,
                b"GIF89a" + b"\xff" * 20,
                b"\xff\xd8\xff\xe0" + b"\0" * 50,
                self.value(),
            )
        )
        return SimpleUploadedFile(name, content, content_type=self.random.choice(("", "image/png", "text/html", "x")))

    def admin_cases(self, people: list[str], keys: dict, forms: dict) -> Iterator[Case]:
        """Endless bad requests to the administration.

        `keys`: {name of an argument: [real values]}. `forms`: {(who, path): [(action, data)]} from `collect_forms`.
        """
        patterns = sorted({pattern for pattern, _name in admin_patterns(get_resolver())})
        sendable = [(who, *form) for (who, _path), found in sorted(forms.items()) for form in found]
        while True:
            who = self.random.choice(people)
            kind = self.random.choice(
                ("address", "query", "query", "post", "json", "header", "form", "form", "form", "stream")
            )
            path = self.fill(self.random.choice(patterns), keys, wrong=kind == "address")
            if "logout" in path:
                continue
            if kind in ("address", "query"):
                query = self.query(ADMIN_PARAMETERS) if kind == "query" or self.random.random() < 0.3 else ""
                name = "quản trị: khóa trong địa chỉ" if kind == "address" else "quản trị: tham số"
                yield Case(
                    name, self.random.choice(("GET", "GET", "GET", "POST", "HEAD")), path, who, query, body="a=b"
                )
            elif kind == "post":
                yield Case(
                    "quản trị: biểu mẫu lạ",
                    self.random.choice(("POST", "POST", "PUT", "DELETE", "PATCH")),
                    path,
                    who,
                    **self.form({}),
                )
            elif kind == "json":
                yield Case(
                    "quản trị: JSON",
                    self.random.choice(("POST", "PUT", "PATCH")),
                    path,
                    who,
                    body=self.document(),
                    content_type="application/json",
                )
            elif kind == "header":
                yield self._with_header("quản trị: tiêu đề", Case("", self.random.choice(("GET", "POST")), path, who))
            elif sendable:
                who, action, data = self.random.choice(sendable)
                if kind == "stream":
                    data = self.with_streams(data)
                name = "quản trị: khối nội dung" if kind == "stream" else "quản trị: biểu mẫu"
                yield Case(name, "POST", action, who, **self.form(data))

    def fill(self, pattern: str, keys: dict, *, wrong: bool) -> str:
        """An address from a pattern: arguments filled with real keys, one of them wrong when asked for."""
        names = re.findall(r"<(?:\w+:)?(\w+)>|\?P<(\w+)>", pattern)
        spoiled = self.random.choice([a or b for a, b in names]) if names and wrong else None

        def value(match):
            name = match.group(1)
            if name == spoiled:
                return quote(self.value()[:300], safe="") or "0"
            return quote(str(self.random.choice(keys.get(name, [1]))), safe="")

        address = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", value, pattern)
        address = re.sub(r"<(?:\w+:)?(\w+)>", value, address)
        return "/" + re.sub(r"[\^$?\\]|\(.*?\)", "", address)

    def with_streams(self, data: dict) -> dict:
        """The form with blocks in its stream fields: right types and wrong ones, values of every shape."""
        data = dict(data)
        streams = [name.removesuffix("-count") for name in data if name.endswith("-count")] or ["body"]
        for stream in streams:
            data[f"{stream}-count"] = ["2"]
            for number in range(2):
                kind = self.random.choice(
                    (
                        "paragraph",
                        "heading",
                        "image",
                        "table",
                        "quote",
                        "files",
                        "links",
                        "steps",
                        "callout",
                        "document",
                        "file",
                        "khong-co",
                    )
                )
                start = f"{stream}-{number}"
                data |= {
                    f"{start}-deleted": [""],
                    f"{start}-order": [str(number)],
                    f"{start}-type": [kind],
                    f"{start}-id": [""],
                }
                value = f"{start}-value"
                for name in (
                    "",
                    "-text",
                    "-level",
                    "-image",
                    "-alt_text",
                    "-caption",
                    "-picture",
                    "-table",
                    "-files-count",
                    "-files-0-value-file",
                    "-steps-count",
                    "-document",
                    "-role",
                    "-file",
                    "-label",
                    "-url",
                    "-count",
                    "-0-value-title",
                    "-0-value",
                    "-0-deleted",
                    "-0-order",
                    "-0-type",
                ):
                    shape = self.random.random()
                    if shape < 0.4:
                        data[value + name] = [
                            self.document() if shape < 0.2 else self.value().decode("utf-8", "replace")
                        ]
                    elif name.endswith("count"):
                        data[value + name] = ["1"]
        return data


def _meta(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def admin_patterns(resolver, prefix="", inside=False):
    """(pattern, name) of every address under the administration."""
    home = reverse("wagtailadmin_home").strip("/") + "/"
    for item in resolver.url_patterns:
        part = str(item.pattern)
        here = inside or part.startswith(home)
        if isinstance(item, URLResolver):
            yield from admin_patterns(item, prefix + part, here)
        elif isinstance(item, URLPattern) and here:
            yield prefix + part, item.name


def collect_forms(fuzzer: Fuzzer, people: list[str], keys: dict, names: frozenset = frozenset()) -> dict:
    """Open the administration as each person; return the forms to be sent and what a browser sends.

    `names`: those of the addresses to open; every address without it.
    """
    forms, seen = {}, set()
    patterns = sorted({at for at, name in admin_patterns(get_resolver()) if not names or name in names})
    for who in people:
        for pattern in patterns:
            path = fuzzer.fill(pattern, keys, wrong=False)
            if "logout" in path:
                continue
            response = fuzzer.ask(Case("quản trị: mở trang", "GET", path, who))
            if response is None or response.status_code != 200 or "html" not in response.get("Content-Type", ""):
                continue
            found = []
            for form in bs4.BeautifulSoup(response.content, "html.parser").find_all("form"):
                if (form.get("method") or "").lower() != "post":
                    continue
                action = (form.get("action") or "").split("?")[0] or path
                data = data_of(form)
                mark = (who, action, tuple(sorted(data)))
                if action.startswith("/") and "logout" not in action and mark not in seen:
                    seen.add(mark)
                    found.append((action, data))
            if found:
                forms[who, path] = found
    return forms


def data_of(form) -> dict[str, list[str]]:
    """Return field → values that a browser would send of a form (an element of bs4) as it stands."""
    data = {}
    for item in form.find_all(["input", "textarea", "select", "button"]):
        name = item.get("name")
        if not name or name == "csrfmiddlewaretoken" or item.get("type") == "file":
            continue
        if item.name == "select":
            values = [option.get("value", "") for option in item.find_all("option") if option.has_attr("selected")]
        elif item.get("type") in ("checkbox", "radio"):
            values = [item.get("value", "on")] if item.has_attr("checked") else []
        elif item.name == "textarea":
            values = [item.text]
        else:
            values = [item.get("value", "")]
        data.setdefault(name, []).extend(values)
    # Stream fields are drawn by scripts; a browser sends at least their number of blocks.
    for stream in form.find_all(attrs={"data-contentpath": True}):
        if stream.find(attrs={"data-controller": "w-block"}) or stream.find(attrs={"data-block": True}):
            data.setdefault(f"{stream['data-contentpath']}-count", ["0"])
    return data


# --- What hypothesis makes -------------------------------------------------------------------------


def _drawn(strategy, count: int, seed: int) -> list:
    drawn = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def draw(value):
        drawn.append(value)

    draw()
    return drawn


def _made_by_hypothesis(seed: int) -> list[bytes]:
    texts = _drawn(strategies.text(max_size=60), 150, seed)
    numbers = _drawn(strategies.one_of(strategies.integers(), strategies.floats(), strategies.datetimes()), 60, seed)
    blobs = _drawn(strategies.binary(max_size=40), 60, seed)
    return [*(text.encode("utf-8", "surrogatepass") for text in texts), *(str(one).encode() for one in numbers), *blobs]


def _documents_by_hypothesis(seed: int) -> list[str]:
    leaves = strategies.one_of(
        strategies.none(),
        strategies.booleans(),
        strategies.integers(),
        strategies.floats(),
        strategies.text(max_size=20),
    )
    trees = strategies.recursive(
        leaves,
        lambda inner: strategies.one_of(
            strategies.lists(inner, max_size=4),
            strategies.dictionaries(strategies.text(max_size=10), inner, max_size=4),
        ),
        max_leaves=12,
    )
    names = (
        "blocks",
        "entityMap",
        "key",
        "text",
        "type",
        "depth",
        "inlineStyleRanges",
        "entityRanges",
        "data",
        "offset",
        "length",
        "style",
        "mutability",
        "id",
        "url",
        "table",
        "first_row_is_table_header",
        "rows",
        "columns",
    )
    shaped = strategies.recursive(
        leaves,
        lambda inner: strategies.one_of(
            strategies.lists(inner, max_size=3),
            strategies.dictionaries(strategies.sampled_from(names), inner, max_size=5),
        ),
        max_leaves=15,
    )
    made = [json.dumps(tree) for tree in (*_drawn(trees, 120, seed), *_drawn(shaped, 200, seed))]
    return [
        *made,
        *_contents(seed),
        "{",
        "[" * 3000,
        '{"a":' * 3000,
        "nul",
        "",
        "\0",
        '"\\ud800"',
        '{"\\u0000": "\\u0000"}',
        "[1e999, -1e999, NaN]",
        '{"a": ' + "9" * 4000 + "}",
    ]


def _contents(seed: int) -> list[str]:
    """What the rich text editor sends, each with one thing wrong."""
    chance = random.Random(seed)
    good = {
        "blocks": [
            {
                "key": "a",
                "text": "Một đoạn",
                "type": "unstyled",
                "depth": 0,
                "inlineStyleRanges": [{"offset": 0, "length": 3, "style": "BOLD"}],
                "entityRanges": [{"offset": 0, "length": 3, "key": 0}],
                "data": {},
            }
        ],
        "entityMap": {
            "0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "https://example.invalid/", "id": 1}}
        },
    }
    wrong = (None, -1, 10**9, "", "khong-co", [], {}, "9" * 30, True, "IMAGE", "EMBED", "atomic", "header-two", 1.5)
    made = []
    for _ in range(250):
        copy = json.loads(json.dumps(good))
        place = chance.choice(
            (
                copy,
                copy["blocks"][0],
                copy["blocks"][0]["inlineStyleRanges"][0],
                copy["blocks"][0]["entityRanges"][0],
                copy["entityMap"]["0"],
                copy["entityMap"]["0"]["data"],
            )
        )
        name = chance.choice(list(place))
        if chance.random() < 0.25:
            del place[name]
        else:
            place[name] = chance.choice(wrong)
        made.append(json.dumps(copy))
    return made


# --- The city ---------------------------------------------------------------------------------------


def client_class():
    """The client whose `force_login` is a whole sign-in."""
    return CityTestCase.client_class


def real_keys() -> dict[str, list]:
    """Real values of the arguments in addresses, by name."""

    def keys(model, most=5):
        return list(model._base_manager.order_by("pk").values_list("pk", flat=True)[:most]) or [1]

    pages = list(ArticlePage.objects.order_by("pk").values_list("pk", flat=True)[:3])
    pages += [
        page.pk for model in (OfficialsPage, WorkSchedulePage, ConsultationPage) for page in model.objects.all()[:1]
    ]
    pages = pages or keys(Page)
    images, files, users = keys(PortalImage), keys(PortalFile), keys(get_user_model())
    return {
        "page_id": pages,
        "pk": [*pages, *keys(LegalDocument), 1],
        "object_id": pages,
        "page_to_move_id": pages,
        "parent_page_id": keys(Page, 20),
        "parent_id": keys(Page, 20),
        "destination_id": keys(Page),
        "revision_id": keys(Revision, 20),
        "revision_id_a": ["live", "latest", "earliest", *keys(Revision)],
        "revision_id_b": ["live", "latest", *keys(Revision)],
        "task_state_id": keys(TaskState),
        "action_name": ["approve", "reject"],
        "app_label": ["wagtailcore", "sections", "legalref", "wagtailimages", "base"],
        "model_name": ["page", "articlepage", "legaldocument", "image", "portalimage", "portalfile"],
        "action": ["publish", "delete", "move"],
        "content_type_app_name": ["sections", "home", "search"],
        "content_type_model_name": ["articlepage", "officialspage", "workschedulepage", "noticepage", "projectpage"],
        "lang": ["en", "vi"],
        "workflow_pk": keys(Workflow),
        "site_id": keys(Site),
        "user_id": users,
        "group_id": keys(Group),
        "image_id": images,
        "document_id": files,
        "doc_id": files,
        "collection_id": keys(Collection),
        "content_type_id": keys(ContentType, 30),
        "page_content_type_id": keys(ContentType, 30),
        "locale_id": keys(Locale),
        "filename": ["x"],
        "action_type": ["publish"],
        "uidb64": ["MQ"],
        "token": ["a-b"],
        "codename": ["x"],
    }
