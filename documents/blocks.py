"""The converter's HTML as the parts a page's text is made of, still plain data: the portal's process checks them.

Parts: {"type": "heading", "level", "text"}, {"type": "paragraph", "html"}, {"type": "table", "caption", "rows"},
{"type": "picture", "picture", "alt", "decorative", "caption"}. Texts of cells and headings are plain; `html` knows
p, ul, ol, li, br, b, i, sup, sub and a.
"""

import html
import re
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag

from vietnam import text

from .facts import Facts
from .pieces import IS_DECORATION

LONGEST_HEADING, LONGEST_CAPTION, LONGEST_ALT, LONGEST_TABLE_NAME = 200, 300, 200, 200
# Longer texts are cut into several parts between paragraphs: an editor with hundreds of them is slow.
MOST_IN_PART = 40
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
FORMATS = {"strong": "b", "b": "b", "em": "i", "i": "i", "sup": "sup", "sub": "sub"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
NOTES_TITLE = "Chú thích"
NAME_OF_TABLE = re.compile(r"^(?:bảng|biểu(?: số)?|phụ lục)\s+[\dIVX]+(?:\.\d+)*\s*[.:–-]?\s*\S", re.IGNORECASE)


class Parts:
    """Collects the parts of one text in their order."""

    def __init__(self, facts: Facts):
        self.facts = facts
        self.parts: list[dict] = []
        self.title = ""
        self._open: list[str] = []
        self._captions: list[tuple[int, str]] = []

    def add_all(self, soup: Tag) -> None:
        """Take over the top of the converter's HTML, then give headings the two levels a page has."""
        for child in list(soup.children):
            if isinstance(child, NavigableString):
                if child.strip():
                    self._add_paragraph(f"<p>{_escaped(child)}</p>")
            elif child.name in HEADINGS:
                self._add_heading(child, HEADINGS[child.name])
            elif child.name == "table":
                self._add_table(child)
            elif child.name in ("ul", "ol"):
                self._add_with_pictures(child, lambda lists: self._list(lists))
            else:
                self._add_with_pictures(child, self._paragraph)
        self._close()
        self._name_tables_and_pictures()
        self._order_headings()

    # --- Text -----------------------------------------------------------------------------------------------

    def _add_paragraph(self, markup: str) -> None:
        self._open.append(markup)
        if len(self._open) >= MOST_IN_PART:
            self._close()

    def _close(self) -> None:
        if self._open:
            self.parts.append({"type": "paragraph", "html": "".join(self._open)})
            self._open = []

    def _add_with_pictures(self, element: Tag, made) -> None:
        """Add a paragraph or a list; its pictures stand behind it, because a page has no pictures inside of text."""
        pictures = element.find_all("img")
        for picture in pictures:
            picture.extract()
        classes = element.get("class") or []
        if "title" in classes and not self.title and not pictures:
            self.title = _plain(element)
            if self.title:
                return
        if "caption" in classes and _plain(element):
            self._close()
            self.parts.append({"type": "caption", "text": _plain(element)})
        else:
            markup = made(element)
            if markup:
                self._add_paragraph(markup)
                if pictures:
                    self.facts.note("moved_pictures", times=len(pictures))
        for picture in pictures:
            self._add_picture(picture)

    def _paragraph(self, element: Tag) -> str:
        inner = self._inline(element).strip()
        inner = re.sub(r"^(?:<br/>|\s)+|(?:<br/>|\s)+$", "", inner)
        return f"<p>{inner}</p>" if re.sub(r"<[^>]*>|\s", "", inner) else ""

    def _list(self, element: Tag) -> str:
        items = []
        for item in element.find_all("li", recursive=False):
            own = "".join(
                self._one(child) for child in item.children if getattr(child, "name", None) not in ("ul", "ol")
            ).strip()
            inner = "".join(
                self._list(child) for child in item.children if getattr(child, "name", None) in ("ul", "ol")
            )
            if own or inner:
                items.append(f"<li>{own}{inner}</li>")
        return f"<{element.name}>{''.join(items)}</{element.name}>" if items else ""

    def _inline(self, element: Tag) -> str:
        return "".join(self._one(child) for child in element.children)

    def _one(self, child) -> str:
        if isinstance(child, NavigableString):
            return _escaped(child)
        if child.name == "br":
            return "<br/>"
        if child.name == "input":
            return "☒ " if child.has_attr("checked") else "☐ "
        inner = self._inline(child)
        if child.name == "p":
            return f"{inner}<br/>" if child.next_sibling is not None else inner
        if child.name == "a":
            return self._link(child, inner)
        if child.name in ("sup", "sub") and child.find_parent(child.name):
            return inner
        if child.name in FORMATS and re.sub(r"<[^>]*>|\s", "", inner):
            return f"<{FORMATS[child.name]}>{inner}</{FORMATS[child.name]}>"
        return inner

    def _link(self, child: Tag, inner: str) -> str:
        address = (child.get("href") or "").strip()
        if not address or address.startswith("#"):
            return inner
        if urlsplit(address).scheme.lower() not in SCHEMES:
            self.facts.note("bad_links", address)
            return inner
        return f'<a href="{html.escape(address)}">{inner}</a>' if inner.strip() else ""

    # --- Headings -------------------------------------------------------------------------------------------

    def _add_heading(self, element: Tag, level: int) -> None:
        pictures = [picture.extract() for picture in element.find_all("img")]
        content = _plain(element)
        if len(content) > LONGEST_HEADING:
            self.facts.note("long_headings", content)
            self._add_paragraph(f"<p><b>{_escaped(content)}</b></p>")
        elif content:
            self._close()
            self.parts.append({"type": "heading", "level": level, "text": content})
        for picture in pictures:
            self._add_picture(picture)

    def _order_headings(self) -> None:
        """Give headings the levels 2 and 3: the highest that is used is 2; the first one is, too.

        A single heading of the first level at the top of a text without a title is the title of the page.
        """
        headings = [part for part in self.parts if part["type"] == "heading"]
        first = [part for part in headings if part["level"] == 1]
        if not self.title and len(first) == 1 and len(headings) > 1 and self.parts and self.parts[0] is first[0]:
            self.title = first[0]["text"]
            self.parts.remove(first[0])
            headings.remove(first[0])
        levels = sorted({part["level"] for part in headings})
        for place, part in enumerate(headings):
            rank = levels.index(part["level"])
            if rank > 1:
                self.facts.note("deep_headings", part["text"])
            part["level"] = "2" if rank == 0 or place == 0 else "3"

    # --- Tables ---------------------------------------------------------------------------------------------

    def _add_table(self, table: Tag) -> None:
        pictures = [picture.extract() for picture in table.find_all("img")]
        if "layout" in (table.get("class") or []):
            for row in _rows_of(table):
                for cell in row:
                    for child in list(cell.children):
                        if isinstance(child, NavigableString):
                            self._add_paragraph(f"<p>{_escaped(child)}</p>") if child.strip() else None
                        elif child.name == "table":
                            self._add_table(child)
                        elif child.name in ("ul", "ol"):
                            self._add_paragraph(self._list(child))
                        elif markup := self._paragraph(child):
                            self._add_paragraph(markup)
        else:
            rows = self._grid(table)
            if any(any(row) for row in rows):
                self._close()
                self.parts.append({"type": "table", "caption": "", "rows": rows})
                if table.find(["strong", "em", "sup", "sub"]):
                    self.facts.note("cell_formats")
        if pictures and "layout" not in (table.get("class") or []):
            self.facts.note("cell_pictures", times=len(pictures))
        for picture in pictures:
            self._add_picture(picture)

    def _grid(self, table: Tag) -> list[list[str]]:
        """Return the texts of the cells as a full grid; the text of a joined cell is in each of its places."""
        grid: dict[tuple[int, int], str] = {}
        for place, row in enumerate(_rows_of(table)):
            column = 0
            for cell in row:
                while (place, column) in grid:
                    column += 1
                across, down = _span(cell, "colspan"), _span(cell, "rowspan")
                content = self._cell(cell)
                if across * down > 1 and content:
                    self.facts.note("joined_cells")
                for below in range(down):
                    for beside in range(across):
                        grid[place + below, column + beside] = content
                column += across
        width = max((column for _row, column in grid), default=-1) + 1
        height = max((row for row, _column in grid), default=-1) + 1
        return [[grid.get((row, column), "") for column in range(width)] for row in range(height)]

    def _cell(self, cell: Tag) -> str:
        for link in cell.find_all("a"):
            address = (link.get("href") or "").strip()
            if address and not address.startswith("#"):
                self.facts.note("cell_links", address)
                if address.removeprefix("mailto:") not in link.get_text():
                    link.append(f" ({address})")
        for box in cell.find_all("input"):
            box.replace_with("☒ " if box.has_attr("checked") else "☐ ")
        for end in cell.find_all("br"):
            end.replace_with("\n")
        lines = [
            " ".join(line.split())
            for block in (cell.find_all(["p", "li", "h1", "h2", "h3", "h4", "h5", "h6"]) or [cell])
            if not block.find(["p", "li"])
            for line in block.get_text().split("\n")
        ]
        return text.nfc("\n".join(line for line in lines if line))

    # --- Pictures and names ---------------------------------------------------------------------------------

    def _add_picture(self, picture: Tag) -> None:
        self._close()
        alt = picture.get("alt") or ""
        decorative = alt == IS_DECORATION
        self.parts.append(
            {
                "type": "picture",
                "picture": int(picture["src"]),
                "alt": "" if decorative else _cut(alt, LONGEST_ALT),
                "decorative": decorative,
                "caption": "",
            }
        )

    def _name_tables_and_pictures(self) -> None:
        """Give a caption to the picture before it or the table after it; one without either becomes a paragraph."""
        parts, blocks = self.parts, []
        for place, part in enumerate(parts):
            if part["type"] != "caption":
                if part["type"] == "table" and not part["caption"]:
                    part["caption"] = self._name_before(blocks)
                blocks.append(part)
                continue
            content = part["text"]
            after = parts[place + 1] if place + 1 < len(parts) else None
            before = blocks[-1] if blocks else None
            if after and after["type"] == "table" and not after["caption"] and len(content) <= LONGEST_TABLE_NAME:
                after["caption"] = content
            elif before and before["type"] == "picture" and not before["caption"] and len(content) <= LONGEST_CAPTION:
                before["caption"] = content
            elif before and before["type"] == "table" and not before["caption"] and len(content) <= LONGEST_TABLE_NAME:
                before["caption"] = content
            else:
                blocks.append({"type": "paragraph", "html": f"<p>{_escaped(content)}</p>"})
        self.parts = blocks

    @staticmethod
    def _name_before(blocks: list[dict]) -> str:
        """Take a name such as "Bảng 1. Thu, chi" from the paragraph right before a table."""
        if not blocks or blocks[-1]["type"] != "paragraph":
            return ""
        *before, last = re.findall(r"<p>.*?</p>|<[uo]l>.*</[uo]l>", blocks[-1]["html"], re.DOTALL)
        content = html.unescape(re.sub(r"<[^>]*>", "", last)).strip()
        if not last.startswith("<p>") or not NAME_OF_TABLE.match(content) or len(content) > LONGEST_TABLE_NAME:
            return ""
        if before:
            blocks[-1]["html"] = "".join(before)
        else:
            blocks.pop()
        return content


def parts_of(markup: str, facts: Facts) -> tuple[list[dict], str]:
    """Return the parts of a text from the converter's HTML, and the title it has ("" for none)."""
    soup = BeautifulSoup(markup, "html.parser")
    notes = soup.find(lambda tag: tag.name == "ol" and tag.find("li", id=re.compile("note-"), recursive=False))
    found = _taken_notes(notes)
    parts = Parts(facts)
    parts.add_all(soup)
    if found:
        facts.note("notes", times=len(found))
        parts.parts.append({"type": "heading", "level": "2", "text": NOTES_TITLE})
        for start in range(0, len(found), MOST_IN_PART):
            paragraphs = [
                f"<p>[{number}] {parts._inline(note).strip()}</p>"
                for number, note in enumerate(found[start : start + MOST_IN_PART], start + 1)
            ]
            parts.parts.append({"type": "paragraph", "html": "".join(paragraphs)})
    return parts.parts, _cut(parts.title, 255)


def _taken_notes(notes: Tag | None) -> list[Tag]:
    """Take the foot and end notes off the end of the text, without the arrows that lead back."""
    if notes is None:
        return []
    found = notes.find_all("li", recursive=False)
    notes.extract()
    for note in found:
        for back in note.find_all("a", href=re.compile("^#.*note-ref")):
            back.extract()
        for last in note.find_all("p"):
            if not last.get_text().strip():
                last.extract()
    return found


def _rows_of(table: Tag) -> list[list[Tag]]:
    return [
        row.find_all(["td", "th"], recursive=False) for row in table.find_all("tr") if row.find_parent("table") is table
    ]


def _span(cell: Tag, name: str) -> int:
    content = cell.get(name, "1")
    return max(1, min(int(content), 100)) if content.isdigit() else 1


def _plain(element: Tag) -> str:
    for end in element.find_all("br"):
        end.replace_with(" ")
    return " ".join(text.nfc(element.get_text()).split())


def _cut(content: str, most: int) -> str:
    content = " ".join(content.split())
    return content if len(content) <= most else f"{content[: most - 1].rstrip()}…"


def _escaped(content: str) -> str:
    return html.escape(re.sub(r"[ \t\r\n\f]+", " ", str(content)), quote=False)
