"""Pages of an old site saved as HTML, in a ZIP with their pictures: the parts of each are found by CSS selectors.

`DEFAULTS` knows what many sites have in common; what a site does otherwise, a person says part by part ("text" →
"div#noi-dung"). The old address is what the page says of itself, else its path in the ZIP.
"""

import codecs
import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from django.core.exceptions import ValidationError
from soupsieve import SelectorSyntaxError
from soupsieve import compile as selector

from . import moments
from .rows import OldPage, Unreadable

# The parts of a page, what people call them, and where they usually are, the first that is there.
PARTS = {"title": "tiêu đề", "text": "nội dung", "day": "ngày", "author": "tác giả", "category": "chuyên mục"}
DEFAULTS = {
    "title": ('meta[property="og:title"]', "article h1", "h1", "title"),
    "text": (
        *("article .entry-content", ".entry-content", ".post-content", ".article-content", ".detail-content"),
        *(".news-detail", "#news-bodyhtml", "article", "#content", "main", "body"),
    ),
    "day": ('meta[property="article:published_time"]', "time[datetime]", ".post-date", ".date", ".ngay-dang"),
    "author": ('meta[name="author"]', ".author", ".tac-gia"),
    "category": ('meta[property="article:section"]', ".breadcrumb li:nth-last-child(2)", ".breadcrumb a:last-of-type"),
    "summary": ('meta[name="description"]', ".sapo", ".hometext"),
    "picture": ('meta[property="og:image"]',),
    "address": ('link[rel="canonical"]', 'meta[property="og:url"]'),
}
# Where the word of an element is, if it is no text.
ATTRIBUTES = ("content", "datetime", "href")
CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]{2,30})""", re.IGNORECASE)
NO_PAGES = "Trong ZIP không có tệp .html nào; hãy lưu các trang thành tệp HTML rồi nén lại."


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield each saved page of the ZIP, by its name. Raises Unreadable."""
    paths = given.pages()
    if not paths:
        raise Unreadable(NO_PAGES)
    for path in paths:
        try:
            yield _page(path, decoded(given.page(path)), site_import.places)
        except ValidationError as error:
            yield OldPage(key=f"tep:{path}", title=path, problem=" ".join(error.messages))


def demand_selectors(places: dict[str, str]) -> None:
    """Raise ValueError with the first selector that is none."""
    for written in places.values():
        try:
            selector(written)
        except (SelectorSyntaxError, ValueError):
            raise ValueError(written) from None


def decoded(data: bytes) -> str:
    """Return the text of a page: UTF-8, else the set of letters that it names, else as Windows-1252 gives bytes."""
    named = CHARSET.search(data[:4096])
    for encoding in ("utf-8-sig", named[1].decode("ascii") if named else "cp1252"):
        try:
            codecs.lookup(encoding)
            return data.decode(encoding)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _page(path: str, html: str, places: dict[str, str]) -> OldPage:
    soup = BeautifulSoup(html, "html.parser")
    found = {part: _element(soup, part, places) for part in DEFAULTS}
    text = found["text"]
    words = {part: _word(element) for part, element in found.items() if part != "text"}
    return OldPage(
        key=f"tep:{path}",
        title=words["title"],
        html=text.decode_contents() if text is not None else "",
        addresses=[address for address in (words["address"], f"/{path}") if address],
        category=words["category"],
        author=words["author"],
        summary=words["summary"],
        published_at=moments.found_in(words["day"]) or moments.local(words["day"]),
        lead_picture=words["picture"],
        problem="" if text is not None else "Không thấy phần nội dung của trang; hãy ghi chỗ của nó.",
    )


def _element(soup: BeautifulSoup, part: str, places: dict[str, str]) -> Tag | None:
    for written in (places[part],) if places.get(part) else DEFAULTS[part]:
        if (found := soup.select_one(written)) is not None:
            return found
    return None


def _word(element: Tag | None) -> str:
    if element is None:
        return ""
    value = next((element[name] for name in ATTRIBUTES if element.has_attr(name) and element.name != "a"), None)
    return (value if value is not None else element.get_text(" ")).strip()
