"""A whole set of data as one file, CSV or JSON: `/api/du-lieu-mo/v1/tai-ve/van-ban.csv`.

Made of the same rows as the answers of the API, some at a time and sent as they come, so that no table is held at once;
what goes while a file is sent is not in the rest of it. A process sends `MOST_AT_ONCE` at a time: each keeps one of its
threads, and a connection to the database, for as long as its reader takes.
"""

import json
import weakref
from collections.abc import Iterator
from threading import BoundedSemaphore

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from base.public.api import Problem, open_to_all, problem, read_only
from base.tables.csv import csv_pieces, in_batches

from . import licence
from .api import given, set_of
from .openapi import ROOT
from .reading.asked import Asked, Row
from .reading.pages import iso
from .sets import DataSet

PREFIX = f"{ROOT}tai-ve/"
ROWS_AT_ONCE = 500
MOST_AT_ONCE = 2
WAIT_SECONDS = 30
PLACES = BoundedSemaphore(MOST_AT_ONCE)
SEPARATOR = " | "
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


@read_only
def whole(request, name: str, ending: str):
    """Answer all rows of a set as a file; 503 with the seconds to wait while as many are sent as may be."""
    found = set_of(name)
    given(request, ())
    if ending not in TYPES:
        raise Problem(404, f"Không có tệp này; các định dạng: {', '.join(TYPES)}.")
    if request.method == "HEAD":
        pieces = ()
    elif PLACES.acquire(blocking=False):
        pieces = _Sent(csv_pieces(_table(found)) if ending == "csv" else _json_pieces(found))
    else:
        return _busy()
    response = StreamingHttpResponse(pieces, content_type=TYPES[ending])
    file_name = f"{found.key}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    response.headers["Cache-Control"] = "no-cache"
    dictionary = f"{settings.WAGTAILADMIN_BASE_URL}{ROOT}"
    response.headers["Link"] = f'<{licence.url()}>; rel="license", <{dictionary}>; rel="describedby"'
    return open_to_all(response)


def _busy():
    words = "Cổng đang gửi nhiều tệp dữ liệu cùng lúc; hãy hỏi lại sau ít giây, hoặc lấy từng phần qua API."
    response = problem(503, "Đang bận", words)
    response.headers["Retry-After"] = str(WAIT_SECONDS)
    return response


class _Sent:
    """The pieces of a file that is sent: closed or thrown away, also unread, they give their place back, once."""

    def __init__(self, pieces: Iterator[bytes]):
        self._pieces = pieces
        self._give_back = weakref.finalize(self, PLACES.release)

    def __iter__(self):
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        try:
            self._pieces.close()
        finally:
            self._give_back()


def rows_of(found: DataSet) -> Iterator[Row]:
    """Return all rows of a set, read some at a time."""
    after = None
    while read := found.read(Asked(most=ROWS_AT_ONCE, after=after)):
        yield from read
        after = read[-1].place
        if len(read) < ROWS_AT_ONCE:
            return


def _table(found: DataSet) -> Iterator[list]:
    names = [column.name for column in found.columns]
    yield names
    for row in rows_of(found):
        yield [_cell(row.values[name]) for name in names]


def _cell(value):
    """A value as a cell of CSV: true and false as words, several texts in one cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return SEPARATOR.join(value) if isinstance(value, list) else value


def _json_pieces(found: DataSet) -> Iterator[bytes]:
    head = {
        "set": found.key,
        "title": found.title,
        "licence": {"name": licence.NAME, "url": licence.url()},
        "publisher": licence.publisher()[0],
        "made_at": iso(timezone.now()),
        "columns": [
            {"name": one.name, "type": one.kind, "is_optional": one.is_optional, "description": one.words}
            for one in found.columns
        ],
    }
    yield _written(head)[:-1] + b',"rows":['
    between = b""
    for batch in in_batches(row.values for row in rows_of(found)):
        yield between + b",".join(_written(values) for values in batch)
        between = b","
    yield b"]}"


def _written(data: dict) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
