"""Everything the portal gives out to anybody: the addresses of a host, as readers, feed readers and robots find them.

`everything(get, host)` yields (address, status, text) of each answer: pages of the sitemap by GET and HEAD, feeds, the
interface for machines, lists, forms, search. `get(host, path, method)` returns (status, headers, body) of one request.
"""

import gzip
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import brotli
from django.db import connection

from tests.faq.citizens import traces

LOCATION = re.compile(r"<loc>([^<]+)</loc>")
LINK = re.compile(r'href="(/[^"#]*)"')
FEEDS = ("rss/", "atom/", "ical/")
# Where what a citizen wrote stands in plain: the inside of the portal, for those who handle it.
WRITTEN = {
    "faq_question": {"title", "text"},
    "faq_consultationcomment": {"text"},
    "personaldata_correctioncomplaint": {"text"},
    # What he called his file.
    "faq_questionfile": {"name"},
    "faq_draftfile": {"name"},
}
FIXED = (
    "/",
    "/robots.txt",
    "/.well-known/security.txt",
    "/sitemap.xml",
    "/api/v1/openapi.json",
    "/api/v1/van-ban/",
    "/api/v1/van-ban/?q=giấy",
    "/du-lieu-mo/",
    "/api/du-lieu-mo/v1/",
    "/api/du-lieu-mo/v1/danh-muc.jsonld",
    *(f"/api/du-lieu-mo/v1/{name}/" for name in ("trang", "dich-vu", "tra-loi", "don-vi", "da-go")),
    *(f"/api/du-lieu-mo/v1/tai-ve/{name}" for name in ("trang.csv", "tra-loi.csv", "tra-loi.json")),
    "/tim-kiem/?q=giấy phép",
    "/tim-kiem/?q=vỉa hè",
    "/lich/ical/",
    "/lich/tiep-cong-dan/ical/",
    "/khong-co-trang-nay/",
)
OF_QUESTIONS = (
    "",
    "?q=giấy phép",
    "?pham-vi=toan-thanh-pho",
    "thong-ke/",
    "thong-ke/so-lieu.csv",
    "thong-ke/so-lieu.xlsx",
    "gui-cau-hoi/",
    "tra-cuu/",
    "du-lieu-ca-nhan/",
    "bao-loi/",
    "rss/",
    "atom/",
)
OF_CONSULTATIONS = ("gop-y/", "gop-y/tra-cuu/")
Get = Callable[[str, str, str], tuple[int, dict, bytes]]


def everything(
    get: Get, host: str, *, questions: str, consultations: list[str], every_head: bool = True
) -> Iterator[tuple[str, int, str]]:
    """Yield what a host gives out; `questions`, `consultations`: paths of its page of questions and consultations.

    `every_head`: ask for the head of each page as well, not only of those about questions and consultations.
    """
    paths = [*FIXED, *_of_sitemap(get, host)]
    paths += [questions + end for end in OF_QUESTIONS]
    paths += [page + end for page in consultations for end in OF_CONSULTATIONS]
    seen, waiting = set(), list(dict.fromkeys(paths))
    while waiting:
        path = waiting.pop(0)
        if path in seen or path.startswith("/quan-tri/"):
            continue
        seen.add(path)
        about = path.startswith((questions, *consultations))
        for method in ("GET", "HEAD") if every_head or about else ("GET",):
            status, headers, body = get(host, path, method)
            text = written(headers, body)
            yield f"{method} {host}{path}", status, text
            if method == "GET" and "text/html" in headers.get("Content-Type", ""):
                # Feeds, files and other languages are where the pages say.
                waiting += [link for link in map(html.unescape, LINK.findall(text)) if _is_further(link, seen)]


def written(headers: dict, body: bytes) -> str:
    """Everything an answer says: headers and body, unpacked and with its codes undone."""
    kind = headers.get("Content-Encoding", "")
    body = brotli.decompress(body) if kind == "br" else gzip.decompress(body) if kind == "gzip" else body
    parts = [f"{name}: {value}" for name, value in headers.items()]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts += [packed.read(name).decode("utf-8", "replace") for name in packed.namelist()]
    else:
        parts.append(body.decode("utf-8", "replace"))
    return html.unescape(unquote("\n".join(parts)))


def without_echo(text: str, words: str) -> str:
    """An answer to a search without what was searched: the page may repeat it, in any spelling."""
    for spelled in {words, words.replace(" ", "+"), words.replace("@", "%40")}:
        text = re.sub(re.escape(spelled), "", text, flags=re.IGNORECASE)
    return text


def places_in_database(written_in: dict[str, set[str]]) -> dict[str, list[str]]:
    """Search every row of every table as it lies there, but for the columns of `written_in`; return place → marks."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  a name of the database
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(columns, row, strict=True):
                    if name not in written_in.get(table, ()) and (marks := traces(as_text(value))):
                        found.setdefault(f"{table}.{name}", marks)
    return found


def places_in_files(folder: Path, but: set[str]) -> tuple[int, list[str]]:
    """Search every file below a folder but for those named; return how many were read and where marks stand."""
    looked_at, found = 0, []
    for path in folder.rglob("*"):
        if path.is_file() and str(path) not in but:
            looked_at += 1
            found += [str(path)] if traces(path.read_bytes().decode("utf-8", "replace")) else []
    return looked_at, found


def as_text(value) -> str:
    return bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)


def _is_further(link: str, seen: set[str]) -> bool:
    ends = urlsplit(link).path.endswith((*FEEDS, ".pdf", ".xlsx", ".csv", ".txt"))
    return link not in seen and (ends or link.startswith(("/en/", "/tep/")))


def _of_sitemap(get: Get, host: str) -> Iterator[str]:
    """Yield the paths of a host's sitemap; of wards below the city's host, too."""
    waiting = ["/sitemap.xml"]
    while waiting:
        _status, headers, body = get(host, waiting.pop(), "GET")
        for address in LOCATION.findall(written(headers, body)):
            path = urlsplit(address).path
            if path.endswith(".xml"):
                waiting.append(path)
            else:
                yield path
