"""The markup of an old page as the parts of a draft (`documents/blocks.py`): nothing else of it comes through.

1. What runs, frames, watches or hides is taken out and counted (`Facts`); links and pictures are asked about one by one
(`Answers`). 2. The rest is made flat: headings, paragraphs, lists, tables. 3. `documents.blocks.Parts` makes parts of
it. 4. Each part is cleaned like one of a Word file.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from documents.blocks import HEADINGS, Parts
from documents.facts import Facts
from sections.word_import.reading import clean_html
from vietnam import text

from . import lists

LONGEST, DEEPEST, MOST_PARTS = 2 * 1024 * 1024, 150, 2_000
TOO_LONG = f"Bài dài hơn {LONGEST // 1024 // 1024} MB hoặc {MOST_PARTS} phần; hãy chia nhỏ hoặc nhập bằng tay."
TOO_DEEP = f"Mã HTML lồng nhau quá {DEEPEST} tầng nên không đọc được; hãy nhập bài này bằng tay."
# What is left out, by the name of its fact; "" for what no reader saw.
LEFT_OUT = {
    **dict.fromkeys(("script", "noscript"), "scripts"),
    **dict.fromkeys(("iframe", "frame", "frameset", "object", "embed", "applet", "portal"), "frames"),
    **dict.fromkeys(("video", "audio", "source", "track"), "media"),
    **dict.fromkeys(("input", "button", "select", "textarea", "datalist"), "controls"),
    **dict.fromkeys(("svg", "canvas", "math"), "drawings"),
    **dict.fromkeys(("style", "link", "meta", "base", "title", "template", "param", "area", "map"), ""),
}
FLOWING = frozenset(
    "html body p div section article blockquote pre address center dl dt dd header footer main aside form fieldset "
    "details summary nav tr td th tbody thead tfoot caption li figcaption legend colgroup".split()
)
BLOCKS = [*FLOWING, *HEADINGS, "table", "ul", "ol", "figure", "hr"]
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$)", re.IGNORECASE
)
UNSEEN_SIZE = re.compile(r"\s*[0-2](?:px)?\s*")
# What a page holds as plain words: no link stays in it.
PLAIN = [*HEADINGS, "figcaption", "caption"]
PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|bmp|svg)(?:[?#]|$)", re.IGNORECASE)
STRUCK = ("del", "s", "strike")
CAPTIONS = ("wp-caption-text", "caption-text", "figcaption")
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NotMade(ValueError):
    """A page of which no parts can be made; the message says why."""


@dataclass
class Answers:
    """What becomes of what an old page leads to.

    `link(address, words)`: the address to store, "" for the words alone. `picture(address, facts)`: its number among
    the pictures of the page, None where it does not come along. `letters`: what becomes of a text (encodings).
    """

    link: Callable[[str, str], str]
    picture: Callable[[str, Facts], int | None]
    letters: Callable[[str], str] = field(default=lambda written: written)


def parts_of(html: str, title: str, answers: Answers, facts: Facts) -> list[dict]:
    """Return the parts of an old page; what does not come along is counted in `facts`. Raises NotMade.

    As `documents.blocks` describes them, texts with composed letters, markup cleaned.
    """
    if len(html) > LONGEST:
        raise NotMade(TOO_LONG)
    try:
        soup = BeautifulSoup(CONTROL.sub("", html), "html.parser")
        _take_out(soup, facts)
        _convert(soup, answers.letters)
        _ask(soup, answers, facts)
        _make_lines(soup)
        _open_lists(soup)
        lists.tidy(soup, [*FLOWING, *HEADINGS, "table", "figure", "hr"])
        parts = Parts(facts)
        # A single heading at the top is no title: the page has one.
        parts.title = title or "—"
        parts.add_all(_Flat(soup).made())
        if len(parts.parts) > MOST_PARTS:
            raise NotMade(TOO_LONG)
        return [_cleaned(part) for part in parts.parts]
    except RecursionError:
        raise NotMade(TOO_DEEP) from None


def plain(html: str, letters: Callable[[str], str] = lambda written: written) -> str:
    """Return the words of a piece of markup on one line."""
    if "<" not in html and "&" not in html:
        return line(letters(html[:LONGEST]))
    soup = BeautifulSoup(CONTROL.sub("", html[:LONGEST]), "html.parser")
    _take_out(soup, Facts())
    return line(letters(soup.get_text(" ")))


def line(written: str) -> str:
    """Return a text on one line, letters composed, without what no database takes."""
    return text.normalise_letters(" ".join(CONTROL.sub("", written).split()))


# --- 1. What does not come along --------------------------------------------------------------------------------


def _take_out(soup: BeautifulSoup, facts: Facts) -> None:
    for element in soup.find_all(True):
        if element.decomposed:
            continue
        if element.name in LEFT_OUT:
            if name := LEFT_OUT[element.name]:
                facts.note(name, element.get("src") or element.get("data") or "")
            element.decompose()
        elif element.has_attr("hidden") or HIDDEN.search(str(element.get("style") or "")):
            facts.note("hidden", element.get_text(" "))
            element.decompose()
        else:
            if any(name.lower().startswith("on") for name in element.attrs):
                facts.note("handlers")
            if element.name in STRUCK:
                facts.note("struck", element.get_text(" "))
            is_caption = any(name in CAPTIONS for name in element.get("class") or [])
            wanted = ("href", "src", "alt", "width", "height", "colspan", "rowspan", "border", "role")
            element.attrs = {name: str(value) for name, value in element.attrs.items() if name in wanted}
            if is_caption and element.name != "figcaption":
                element.name = "figcaption"


def _convert(soup: BeautifulSoup, letters: Callable[[str], str]) -> None:
    for words in soup.find_all(string=True):
        if isinstance(words, PreformattedString):
            words.extract()
        elif (converted := letters(str(words))) != words:
            words.replace_with(NavigableString(converted))
    for picture in soup.find_all("img", alt=True):
        picture["alt"] = letters(picture["alt"])


def _ask(soup: BeautifulSoup, answers: Answers, facts: Facts) -> None:
    for picture in soup.find_all("img"):
        if any(UNSEEN_SIZE.fullmatch(picture.get(name, "")) for name in ("width", "height")):
            facts.note("trackers", picture.get("src", ""))
            number = None
        else:
            number = answers.picture(picture.get("src", ""), facts)
        if number is None:
            picture.decompose()
        else:
            picture.attrs = {"src": str(number), "alt": picture.get("alt", "")}
    for link in soup.find_all("a"):
        address, words = link.get("href", "").strip(), line(link.get_text(" "))
        stored = answers.link(address, words) if address and not address.startswith("#") else ""
        if stored and (link.find_parent(PLAIN) or not words and link.find("img") and not PICTURE.search(address)):
            facts.note("plain_links", address)
            stored = ""
        if stored:
            _store(soup, link, stored, facts)
        else:
            link.unwrap()


def _store(soup: BeautifulSoup, link: Tag, stored: str, facts: Facts) -> None:
    """Let a link lead to an address; one around headings and paragraphs becomes one of the words in each."""
    if link.find(BLOCKS) is None:
        link.attrs = {"href": stored}
        return
    if link.find(PLAIN) is not None:
        facts.note("plain_links", stored)
    for words in link.find_all(string=True):
        if words.strip() and words.find_parent(PLAIN) is None:
            words.wrap(soup.new_tag("a", href=stored))
    link.unwrap()


def _make_lines(soup: BeautifulSoup) -> None:
    """Keep the lines of what was set line by line."""
    for words in [words for block in soup.find_all("pre") for words in block.find_all(string=True)]:
        first, *others = words.split("\n")
        words.replace_with(first, *(one for other in others for one in (soup.new_tag("br"), other)))


def _open_lists(soup: BeautifulSoup) -> None:
    """Make texts of a list with a table of data in it: no list of a page holds one."""
    for one in soup.find_all(lists.LISTS):
        if any(map(_is_table, one.find_all("table"))):
            for element in (one, *one.find_all("li", recursive=False)):
                element.name = "div"


# --- 2. Flat ----------------------------------------------------------------------------------------------------


class _Flat:
    """The content of a page as headings, paragraphs, lists and tables, one after another."""

    def __init__(self, soup: BeautifulSoup):
        self._soup, self._out = soup, BeautifulSoup("", "html.parser")
        self._open: Tag | None = None

    def made(self) -> BeautifulSoup:
        """Return them; the soup that was given is used up."""
        self._walk(self._soup, 0)
        self._close()
        return self._out

    def _walk(self, element: Tag, depth: int) -> None:
        if depth > DEEPEST:
            raise NotMade(TOO_DEEP)
        for child in list(element.children):
            if isinstance(child, NavigableString):
                if self._open is not None or child.strip():
                    self._add(child)
            elif child.name in HEADINGS or child.name in lists.LISTS or child.name == "table" and _is_table(child):
                self._close()
                self._out.append(child)
            elif child.name == "figure":
                self._figure(child)
            elif child.name == "figcaption":
                self._caption(child)
            elif child.name == "br":
                self._break(child)
            elif child.name in BLOCKS or child.find(BLOCKS) is not None:
                self._close()
                self._walk(child, depth + 1)
                self._close()
            else:
                self._add(child)

    def _add(self, child) -> None:
        if self._open is None:
            self._open = self._out.new_tag("p")
        self._open.append(child)

    def _break(self, child: Tag) -> None:
        before = self._open.contents[-1] if self._open is not None and self._open.contents else None
        if getattr(before, "name", "") == "br":
            before.decompose()
            self._close()
        elif self._open is not None:
            self._add(child)

    def _close(self) -> None:
        if self._open is not None:
            self._out.append(self._open)
            self._open = None

    def _figure(self, figure: Tag) -> None:
        self._close()
        captions = [caption.extract() for caption in figure.find_all("figcaption")]
        self._walk(figure, 0)
        self._close()
        for caption in captions:
            self._caption(caption)

    def _caption(self, caption: Tag) -> None:
        self._close()
        words = line(caption.get_text(" "))
        if words:
            made = self._out.new_tag("p", attrs={"class": ["caption"]})
            made.string = words
            self._out.append(made)


def _is_table(table: Tag) -> bool:
    """Tell whether a table is one of data, not one that places texts: two rows and columns, no table inside."""
    if table.get("role") == "presentation" or table.find("table") is not None:
        return False
    rows = table.find_all("tr")
    widest = max((len(row.find_all(["td", "th"])) for row in rows), default=0)
    return len(rows) > 1 and widest > 1


# --- 4. Clean ---------------------------------------------------------------------------------------------------


def _cleaned(part: dict) -> dict:
    """Return a part with nothing in it but what a part may have."""
    kind = part["type"]
    if kind == "paragraph":
        return {"type": kind, "html": clean_html(part["html"])}
    if kind == "heading":
        return {"type": kind, "text": line(part["text"])[:200], "level": part["level"]}
    if kind == "table":
        rows = [[text.normalise_letters(cell) for cell in row] for row in part["rows"]]
        return {"type": kind, "caption": line(part["caption"])[:200], "rows": rows}
    return {
        "type": "picture",
        "picture": part["picture"],
        "alt": line(part["alt"])[:200],
        "decorative": False,
        "caption": line(part["caption"])[:300],
    }
