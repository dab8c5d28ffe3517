"""A whole set of data as one file, CSV or JSON: `/api/du-lieu-mo/v1/tai-ve/van-ban.csv`.

Made of the same rows as the answers of the API, some at a time and sent as they come, so that no table is held at once;
what goes while a file is sent is not in the rest of it.
"""

import json
from collections.abc import Iterator

from django.conf import settings
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from base.public.api import Problem, open_to_all, read_only
from base.tables.csv import csv_pieces, in_batches

from . import licence
from .api import given, set_of
from .openapi import ROOT
from .reading.asked import Asked, Row
from .reading.pages import iso
from .sets import DataSet

PREFIX = f"{ROOT}tai-ve/"
ROWS_AT_ONCE = 500
SEPARATOR = " | "
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


@read_only
def whole(request, name: str, ending: str):
    """Answer all rows of a set as a file."""
    found = set_of(name)
    given(request, ())
    if ending not in TYPES:
        raise Problem(404, f"Không có tệp này; các định dạng: {', '.join(TYPES)}.")
    pieces = csv_pieces(_table(found)) if ending == "csv" else _json_pieces(found)
    response = StreamingHttpResponse(pieces, content_type=TYPES[ending])
    file_name = f"{found.key}-{timezone.localdate():%Y-%m-%d}.{ending}"
    response.headers["Content-Disposition"] = content_disposition_header(True, file_name)
    response.headers["Cache-Control"] = "no-cache"
    dictionary = f"{settings.WAGTAILADMIN_BASE_URL}{ROOT}"
    response.headers["Link"] = f'<{licence.url()}>; rel="license", <{dictionary}>; rel="describedby"'
    return open_to_all(response)


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
