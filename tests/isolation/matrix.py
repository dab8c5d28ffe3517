"""Sends everything as everybody, and notes what gets through.

Each request runs in a savepoint that is rolled back, so that the order means nothing and all start from the same rows.
What counts as a leak: a secret marker anywhere in the answer or in a mail; an answer by which a foreign number, in the
address or in a field, can be told from one that nothing has; a changed row of the foreign ward; one of its secret
numbers written into any row; an error of the server.
"""

import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookies import SimpleCookie
from time import monotonic
from unittest import mock

from django.core import mail
from django.core.cache import caches
from django.core.signals import got_request_exception
from django.db import connection, transaction

from base import views
from base.public.frame import build_frame
from tests.city import FORM
from tests.isolation.addresses import ADMIN, Request
from tests.isolation.filling import Filling
from tests.isolation.form_fields import Form, Trials, read_forms
from tests.isolation.oracle import body_of, markers_in, markers_in_bytes, messages_in, signature
from tests.isolation.roles import may_read_all
from tests.isolation.ward import ForeignWard

WRITE = re.compile(r'\s*(INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.I)
NUMBER = re.compile(r"(?<!\d)\d{6,7}(?!\d)")
# 503 is what it says to the machines that ask how the portal is.
SAYS_ILL = frozenset({"readyz"})
# Rows that record what was tried, foreign numbers included; they are shown to the city's people only. A tag is a word,
# whatever figures somebody types for his own file, and the index holds words.
RECORDS = re.compile(r"audit|session$|attemptcount|signin|taggit_tag$|wagtailsearch_indexentry$")


@dataclass(frozen=True)
class Leak:
    """Something that got through."""

    role: str
    method: str
    pattern: str
    path: str
    what: str

    def __str__(self):
        return f"{self.role:16} {self.method:5} {self.path}  [{self.pattern}]\n{'':22} {self.what}"


@dataclass
class Report:
    """Counts, and every leak."""

    requests: int = 0
    roles: set = field(default_factory=set)
    patterns: set = field(default_factory=set)
    forms: int = 0
    fields: set = field(default_factory=set)
    statuses: Counter = field(default_factory=Counter)
    leaks: list[Leak] = field(default_factory=list)

    def as_data(self) -> dict:
        """The counts and leaks as plain data, to be added up over several processes."""
        return {
            "requests": self.requests,
            "roles": sorted(self.roles),
            "patterns": sorted(self.patterns),
            "forms": self.forms,
            "fields": sorted(self.fields),
            "statuses": dict(self.statuses),
            "leaks": [str(leak) for leak in self.leaks],
        }

    def __str__(self):
        by_status = ", ".join(f"{status}: {number}" for status, number in sorted(self.statuses.items()))
        return (
            f"Ma trận cô lập: {self.requests} yêu cầu, {len(self.patterns)} mẫu địa chỉ, {self.forms} biểu mẫu, "
            f"{len(self.fields)} ô, {len(self.roles)} vai; "
            f"lọt: {len(self.leaks)} ({by_status})"
        )


class Watch:
    """Hears every statement that writes; tells what it did to the foreign ward."""

    def __init__(self, ward: ForeignWard):
        self.ward, self.writes, self.before = ward, [], {}

    def __call__(self, execute, sql, params, many, context):
        found = WRITE.match(sql)
        if found:
            self.writes.append((found.group(1).upper(), found.group(2), params))
        return execute(sql, params, many, context)

    def remember(self) -> None:
        """Take the digests of all the ward's tables."""
        self.before = {table: self.digest(table) for table in self.ward.keys}

    def digest(self, table: str) -> str:
        """SHA-256 of the ward's rows of a table."""
        key, first, last = self.ward.keys[table]
        with connection.cursor() as cursor:
            rows = f'SELECT * FROM "{table}" WHERE "{key}" >= %s AND "{key}" < %s ORDER BY "{key}"'
            cursor.execute(rows, [first, last])
            return sha256(repr(cursor.fetchall()).encode()).hexdigest()

    def changed(self) -> list[str]:
        """Tables whose rows of the ward are not what they were; only those written to are looked at."""
        touched = {table for _verb, table, _params in self.writes} & set(self.before)
        return sorted(table for table in touched if self.digest(table) != self.before[table])

    def written(self) -> list[str]:
        """Secret numbers of the ward that somebody wrote into a row."""
        found = set()
        for verb, table, params in self.writes:
            if verb.startswith("DELETE") or RECORDS.search(table):
                continue
            numbers = {int(number) for number in NUMBER.findall(repr(params))} & self.ward.secret_ids
            found |= {f"{table}: {number}" for number in numbers}
        return sorted(found)


class SignedIn:
    """The cookies of somebody who signs in again and again: a session that is never written ends in half an hour."""

    SECONDS = 300

    def __init__(self, client, user):
        self._client, self._user, self._at, self._cookies = client, user, -self.SECONDS, ""

    def present(self) -> str:
        """Return the cookies, as a header says them."""
        if self._user is not None and monotonic() - self._at >= self.SECONDS:
            self._client.cookies = SimpleCookie()
            self._client.force_login(self._user)
            self._cookies, self._at = self._client.cookies.output(header="", sep=";"), monotonic()
        return self._cookies


class Matrix:
    """Walks requests as one role after the other; `report` holds what came of it."""

    def __init__(self, case, ward: ForeignWard, *, data: dict | None = None):
        self.case, self.ward, self.data = case, ward, data or {}
        self.report = Report()
        self.watch = Watch(ward)
        self.watch.remember()
        self._raised = ""

    def sample(
        self, role: str, user, requests: list[Request], *, step: int, start: int = 0, methods=("GET", "POST")
    ) -> Report:
        """Send every `step`-th request of each pattern; `start` tells with which to begin."""
        return self.walk(role, user, every(requests, step, start), methods)

    def walk(self, role: str, user, requests: Iterable[Request], methods=("GET", "POST")) -> Report:
        """Send each request as `user` (None: anonymous) by each method."""
        twins: dict = {}
        with self._as(user) as (client, cookies):
            for request in requests:
                for method in methods:
                    answer = self._send(client, cookies, role, method, request, request.path)
                    if answer is None or not request.twin:
                        continue
                    key = (method, request.twin, request.host)
                    if key not in twins:
                        twins[key] = self._send(client, cookies, role, method, request, request.twin)
                    if twins[key] is not None and answer != twins[key]:
                        self._leak(role, method, request, _difference(answer, twins[key]))
        return self.report

    def walk_forms(self, role: str, user, requests: Iterable[Request], *, step: int = 1, start: int = 0) -> Report:
        """Open each address as `user`, and send every `step`-th of the trials of the forms that stand there.

        A field that the forms of one screen share (those of all page types) is tried once, and in each form together
        with all others.
        """
        trials, seen, number = Trials(self.ward), set(), start
        with self._as(user) as (client, cookies):
            for request in requests:
                for form in self._open(client, cookies, role, request):
                    if form.mark in seen:
                        continue
                    seen.add(form.mark)
                    self.report.forms += 1
                    for trial in trials.of(form):
                        mark = request.address.pattern, trial.mark
                        if trial.mark and mark in seen:
                            continue
                        seen.add(mark)
                        number += 1
                        if number % step == 0:
                            self._try(client, cookies, role, request, trial)
        return self.report

    def _open(self, client, cookies, role, request) -> list[Form]:
        answers = []
        self._send(client, cookies, role, "GET", request, request.path, answers=answers)
        return [form for response in answers for form in read_forms(request, response)]

    def _try(self, client, cookies, role, request, trial):
        self.report.fields.add(f"{request.address.pattern} {trial.name}")
        answers = [
            self._send(client, cookies, role, "POST", request, trial.path, data=data)
            for data in (trial.data, trial.twin)
        ]
        if None not in answers and answers[0] != answers[1]:
            self._leak(role, "POST", request, f"ô {trial.name}: {_difference(*answers)}", trial.path)

    @contextmanager
    def _as(self, user):
        """A browser of somebody, and its cookies; errors are noted, and the frame of a page is made once."""
        client = self.case.client_class(raise_request_exception=False)
        got_request_exception.connect(self._note)
        frames: dict = {}

        def frame(page, request, **words):
            # Building the frame of a page that says "not found" takes longer than all the rest; in the administration
            # it is the same each time.
            key = request.get_host() if request.path.startswith("/" + ADMIN) else request.build_absolute_uri()
            key = key, *sorted(words.items())
            if key not in frames:
                frames[key] = build_frame(page, request, **words)
            return frames[key]

        try:
            with mock.patch.object(views, "build_frame", frame):
                yield client, SignedIn(client, user)
        finally:
            got_request_exception.disconnect(self._note)

    def _send(self, client, cookies, role, method, request, path, *, data=None, answers=None):
        """Send one request; return what can be told of its answer, or None where it says too much already."""
        data = self.data if data is None else data
        client.cookies = SimpleCookie(cookies.present())
        extra = {"headers": {"host": request.host}} if request.host else {}
        self.watch.writes, mail.outbox = [], []
        with transaction.atomic(), connection.execute_wrapper(self.watch):
            with self.case.captureOnCommitCallbacks(execute=True):
                if method == "POST":
                    # No file is sent: read in a fifth of the time that a form with files takes.
                    response = client.post(path, data, content_type=FORM, **extra)
                else:
                    response = client.get(path, **extra)
                body = body_of(response)
            found = self._judge(role, method, request, path, response, body, data if method == "POST" else {})
            if not connection.needs_rollback:
                self._judge_rows(role, method, request)
            transaction.set_rollback(True)
        if any(not RECORDS.search(table) for _verb, table, _params in self.watch.writes):
            caches["default"].clear()
        self.report.requests += 1
        self.report.roles.add(role)
        self.report.patterns.add(request.address.pattern or "công khai")
        self.report.statuses[response.status_code] += 1
        # 410 says by law (Quy chế Điều 21.2) that something stood there.
        known = may_read_all(role, request.address.name) or response.status_code == 410
        if answers is not None:
            answers.append(response)
        return None if found or known else signature(response, body, path)

    def _judge(self, role, method, request, path, response, body, data) -> bool:
        markers = markers_in(response, body)
        for message in mail.outbox:
            # What goes to the ward's own people may name them.
            to = message.recipients()
            if not any("my-quy" in address for address in to) and not markers_in_bytes(repr(to).encode()):
                markers |= markers_in_bytes(message.message().as_bytes())
        # What was asked for is repeated by search fields and links to the next page.
        markers -= markers_in_bytes(path.encode()) | markers_in_bytes(repr(data).encode())
        if may_read_all(role, request.address.name):
            markers = set()
        if markers:
            places = sorted({Filling.places.get(marker, marker) for marker in markers})
            what = f"{response.status_code}, dấu: {', '.join(places[:6])} ({len(markers)})"
            self._leak(role, method, request, what, path)
        if response.status_code >= 500 and request.address.pattern not in SAYS_ILL:
            self._leak(role, method, request, f"lỗi máy chủ {response.status_code}: {self._raised}", path)
        return bool(markers) or response.status_code >= 500

    def _judge_rows(self, role, method, request):
        for table in self.watch.changed():
            self._leak(role, method, request, f"đã đổi bảng {table}")
        for number in self.watch.written():
            self._leak(role, method, request, f"đã ghi số của trang khác vào {number}")

    def _leak(self, role, method, request, what, path=""):
        leak = Leak(role, method, request.address.pattern, path or request.path, what)
        self.report.leaks.append(leak)
        # A run of an hour that is broken off has said what it found.
        sys.stdout.write(f"{leak}\n")
        sys.stdout.flush()

    def _note(self, **kwargs):
        self._raised = traceback.format_exc().strip()[-700:]


def every(requests: list[Request], step: int, start: int = 0) -> list[Request]:
    """Return every `step`-th request of each pattern, one at least."""
    by_pattern: dict = {}
    for request in requests:
        by_pattern.setdefault(request.address.pattern, []).append(request)
    return [request for some in by_pattern.values() for request in some[start % min(step, len(some)) :: step]]


def _difference(answer, twin) -> str:
    names = ("mã", "đích", "nội dung", "thông báo")
    parts = [
        f"{name} {mine!r} ≠ {other!r}"
        for name, mine, other in zip(
            names, *zip(*(_apart(str(a), str(b)) for a, b in zip(answer, twin, strict=True)), strict=True), strict=True
        )
        if mine != other
    ]
    return "phân biệt được số có thật: " + "; ".join(parts)


def _apart(one: str, other: str, around: int = 60) -> tuple[str, str]:
    """Return two texts from a little before the place where they part."""
    first = next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return one[max(0, first - around) : first + around], other[max(0, first - around) : first + around]


__all__ = ["Leak", "Matrix", "Report", "messages_in"]
