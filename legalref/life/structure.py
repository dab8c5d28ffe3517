"""From the text of a document to its parts, chapters and articles, and from a citation to an anchor.

A decision and the regulation it promulgates number their articles apart (the Decision of 05/06/2020 has Điều 1–3, its
Regulation Điều 1–24), so an address is document, part, article: `#quy-che-dieu-10-khoan-1-diem-d`. Points follow
the Vietnamese order a b c d đ e; đ is written "dd" in an anchor.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from vietnam import text
from vietnam.document_numbers import type_named

POINTS = "abcdđeghiklmnopqrstuvxy"
CHAPTER, SECTION, ARTICLE = "chapter", "section", "article"
OPENING, PREAMBLE, RECIPIENTS, SIGNATURE = "opening", "preamble", "recipients", "signature"

_CHAPTER = re.compile(r"Chương\s+([IVXLCDM]+|\d+)\b[.:]?\s*(.*)", re.DOTALL)
_SECTION = re.compile(r"Mục\s+(\d+|[IVX]+)\b[.:]?\s*(.*)", re.DOTALL)
_ARTICLE = re.compile(r"Điều\s+(\d+[a-zđ]?)\s*\.\s*(.*)", re.DOTALL)
_CLAUSE = re.compile(r"(\d+[a-zđ]?)\.\s+(?=\S)")
_POINT = re.compile(r"([a-zđ])\)\s+")
_DASH = re.compile(r"[-–+]\s+")
_BASIS = re.compile(r"(?:Căn cứ|Theo đề nghị|Xét đề nghị|Xét|Thực hiện)\b")
_RECIPIENTS = re.compile(r"Nơi nhận\s*:?", re.IGNORECASE)
_SIGNATURE = re.compile(r"(?:TM|KT|TL|TUQ|T/M|Q)\.\s*[^\W\d_]{2}")
_MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
_BREAKS = (_CHAPTER, _SECTION, _ARTICLE, _CLAUSE, _POINT, _DASH, _BASIS, _RECIPIENTS, _SIGNATURE)
_ENDS_SENTENCE = (".", ";", ":", "”.", "./.")


@dataclass
class Node:
    """One piece of a document: an article with its text, a heading of a chapter or section, or a frame part.

    `number` as printed ("IV", "10"); `lines` the paragraphs; `anchor` unique in the document.
    """

    kind: str
    part: str
    part_label: str
    number: str = ""
    heading: str = ""
    lines: list[str] = field(default_factory=list)
    anchor: str = ""
    chapter: str = ""
    section: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Line:
    """One paragraph of an article: `kind` clause, point, dash or text; `label` "1." or "đ)"; anchor when it has one."""

    kind: str
    label: str
    text: str
    anchor: str = ""


# --- Taking a text apart ---------------------------------------------------------------------------


def parse(source: str) -> list[Node]:
    """Split the text of a document into its nodes, in order, with stable anchors; empty for an empty text.

    The first part is the document itself, further ones the instruments attached to it (Quy chế, Quy định, Kế
    hoạch …). Nothing of the text is lost: what stands before the first article and after the last is kept as opening,
    preamble, recipients and signature.
    """
    paragraphs = _paragraphs(source)
    if not paragraphs:
        return []
    reader = _Reader()
    for paragraph in paragraphs:
        reader.take(paragraph)
    return reader.finish()


def _paragraphs(source: str) -> list[str]:
    """Join the lines of each paragraph; lines of a signature or of the masthead stay apart as "\\n"."""
    source = text.normalise_letters(source).replace("\r\n", "\n").replace("\u00a0", " ").strip()
    every_line = "\n\n" not in source
    found: list[list[str]] = []
    open_paragraph = False
    for raw in source.split("\n"):
        line = raw.strip()
        if not line:
            open_paragraph = False
        elif _names_instrument(_plain(line)):
            # "QUY CHẾ" alone on its line begins what is attached, also where no blank line says so.
            found.append([line])
            open_paragraph = False
        elif open_paragraph and not every_line and not any(rule.match(_plain(line)) for rule in _BREAKS):
            found[-1].append(line)
        else:
            found.append([line])
            open_paragraph = True
    return ["\n".join(lines) for lines in found]


def _names_instrument(line: str) -> bool:
    return line.isupper() and type_named(line) is not None


def _plain(line: str) -> str:
    return line.replace("*", "").strip()


class _Reader:
    def __init__(self):
        self.nodes: list[Node] = []
        self.part, self.label = "", ""
        self.chapter = self.section = ""
        self.awaits_heading = False
        self._open(OPENING)

    def take(self, paragraph: str) -> None:
        plain = _plain(paragraph)
        joined = " ".join(plain.split())
        if self._starts_instrument(joined):
            return self._open_instrument(joined)
        if self.awaits_heading:
            self.awaits_heading = False
            if not _ARTICLE.match(joined) and not _SECTION.match(joined):
                self.nodes[-1].heading = joined
                return None
        current = self.nodes[-1]
        if match := _CHAPTER.fullmatch(joined):
            self.chapter, self.section = match[1], ""
            self._open_heading(CHAPTER, match)
        elif match := _SECTION.fullmatch(joined):
            self.section = match[1]
            self._open_heading(SECTION, match)
        elif current.kind not in (RECIPIENTS, SIGNATURE) and (match := _ARTICLE.fullmatch(joined)):
            self._open_article(match)
        elif self._has_articles() and (_RECIPIENTS.match(joined)):
            self._open(RECIPIENTS)
            rest = _RECIPIENTS.sub("", joined, count=1).strip()
            self.nodes[-1].lines += [rest] if rest else []
        elif self._has_articles() and _SIGNATURE.match(joined):
            self._open(SIGNATURE)
            self._add_lines(plain)
        elif current.kind == OPENING and not self._has_articles() and _BASIS.match(joined):
            self._open(PREAMBLE)
            self.nodes[-1].lines.append(joined)
        elif current.kind in (OPENING, SIGNATURE):
            self._name_part(joined)
            self._add_lines(plain)
        else:
            current.lines.append(" ".join(paragraph.replace("**", "").split()))
        return None

    def finish(self) -> list[Node]:
        if not self.part:
            self._rename("van-ban", "Văn bản")
        nodes = [node for node in self.nodes if node.lines or node.heading or node.kind == ARTICLE]
        seen: dict[str, int] = {}
        for node in nodes:
            node.anchor = _anchor_of(node)
            seen[node.anchor] = seen.get(node.anchor, 0) + 1
            if seen[node.anchor] > 1:
                node.anchor += f"-lan-{seen[node.anchor]}"
        return nodes

    def _open(self, kind: str, **values) -> None:
        if kind in (RECIPIENTS, SIGNATURE):
            self.chapter = self.section = ""
        self.nodes.append(Node(kind, self.part, self.label, chapter=self.chapter, section=self.section, **values))

    def _open_heading(self, kind: str, match: re.Match) -> None:
        self._open(kind, number=match[1], heading=match[2].strip())
        self.awaits_heading = not match[2].strip()

    def _open_article(self, match: re.Match) -> None:
        title = match[2].strip()
        if title.endswith(_ENDS_SENTENCE) or len(title) > 300:
            self._open(ARTICLE, number=match[1], lines=[title])
        else:
            self._open(ARTICLE, number=match[1], heading=title)

    def _has_articles(self) -> bool:
        return any(node.kind == ARTICLE and node.part == self.part for node in self.nodes)

    def _starts_instrument(self, joined: str) -> bool:
        return self._has_articles() and _names_instrument(joined)

    def _open_instrument(self, joined: str) -> None:
        """Begin an attached instrument; its masthead was read as the end of the signature before it."""
        masthead: list[str] = []
        last = self.nodes[-1]
        if last.kind == SIGNATURE:
            starts = [place for place, line in enumerate(last.lines) if _is_masthead(line)]
            if starts and starts[0] > 0:
                masthead, last.lines = last.lines[starts[0] :], last.lines[: starts[0]]
        found = type_named(joined)
        keys = {node.part for node in self.nodes}
        key = text.slug(found.name)
        number = 2
        while key in keys:
            key, number = f"{text.slug(found.name)}-{number}", number + 1
        self.part, self.label = key, found.name
        self.chapter = self.section = ""
        self._open(OPENING, lines=[*masthead, joined])

    def _name_part(self, joined: str) -> None:
        found = type_named(joined) if joined.isupper() else None
        if found and not self.part:
            self._rename(text.slug(found.name), found.name)

    def _rename(self, part: str, label: str) -> None:
        self.part, self.label = part, label
        for node in self.nodes:
            node.part, node.part_label = node.part or part, node.part_label or label

    def _add_lines(self, plain: str) -> None:
        """Add lines of a frame part; a name under a signature that is printed twice stands once."""
        lines = self.nodes[-1].lines
        for line in filter(None, map(str.strip, plain.split("\n"))):
            if not (lines and lines[-1] == line):
                lines.append(line)


def _is_masthead(line: str) -> bool:
    return line.startswith((_MOTTO, "ỦY BAN NHÂN DÂN", "UỶ BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN")) and "TM." not in line


def _anchor_of(node: Node) -> str:
    if node.kind == ARTICLE:
        return f"{node.part}-dieu-{_letters(node.number)}"
    if node.kind == CHAPTER:
        return f"{node.part}-chuong-{_letters(node.number)}"
    if node.kind == SECTION:
        chapter = f"-chuong-{_letters(node.chapter)}" if node.chapter else ""
        return f"{node.part}{chapter}-muc-{_letters(node.number)}"
    return (
        f"{node.part}-{ {OPENING: 'mo-dau', PREAMBLE: 'can-cu', RECIPIENTS: 'noi-nhan', SIGNATURE: 'ky'}[node.kind] }"
    )


def _letters(number: str) -> str:
    """Write a number or letter for an anchor: "IV" -> "iv", "đ" -> "dd", "12đ" -> "12dd"."""
    return number.lower().replace("đ", "dd")


# --- Inside an article -----------------------------------------------------------------------------


def lines_of(article_text: str, anchor: str) -> list[Line]:
    """Split the text of an article into clauses, points, dashes and plain paragraphs.

    A clause or point counts only where its number follows the one before it, so that "2020. Việc …" at the start of a
    paragraph does not become a clause.
    """
    lines: list[Line] = []
    clause, clause_anchor, point = 0, "", -1
    for paragraph in filter(None, article_text.split("\n")):
        match = _CLAUSE.match(paragraph)
        if match and _follows(match[1], clause):
            clause, point = int(re.match(r"\d+", match[1])[0]), -1
            clause_anchor = f"{anchor}-khoan-{_letters(match[1])}"
            lines.append(Line("clause", f"{match[1]}.", paragraph[match.end() :], clause_anchor))
            continue
        match = _POINT.match(paragraph)
        if match and POINTS.find(match[1]) in (point + 1, 0) and match[1] in POINTS:
            point = POINTS.index(match[1])
            lines.append(
                Line(
                    "point",
                    f"{match[1]})",
                    paragraph[match.end() :],
                    f"{clause_anchor or anchor}-diem-{_letters(match[1])}",
                )
            )
            continue
        match = _DASH.match(paragraph)
        if match:
            lines.append(Line("dash", "–", paragraph[match.end() :]))
        else:
            lines.append(Line("text", "", paragraph))
    return lines


def _follows(number: str, clause: int) -> bool:
    """Khoản 3 follows 2; so does 2a, an insertion."""
    value = int(re.match(r"\d+", number)[0])
    return value == clause + 1 or (value == clause and not number.isdigit())


# --- From a citation to an anchor ------------------------------------------------------------------

_UNITS = (
    ("chuong", re.compile(r"chương\s+([ivxlc]+|\d+)", re.IGNORECASE)),
    ("dieu", re.compile(r"điều\s+(\d+[a-zđ]?)", re.IGNORECASE)),
    ("khoan", re.compile(r"khoản\s+(\d+[a-zđ]?)", re.IGNORECASE)),
    ("diem", re.compile(r"điểm\s+([a-zđ])\b", re.IGNORECASE)),
)


def anchor_for(provision: str, parts: Iterable[str]) -> str:
    """Return the anchor a provision text points to: "điểm đ khoản 1 Điều 10" gives
    "quy-che-dieu-10-khoan-1-diem-dd".

    `parts` are the keys of the document's parts, itself first; without the part's own name the last attached
    instrument is meant, because that is what people cite. "" when no unit is named.
    """
    parts = list(parts)
    if not parts:
        return ""
    cleaned = text.normalise_letters(provision)
    folded = text.slug(cleaned)
    part = next((key for key in reversed(parts) if key in folded), parts[-1])
    found = [f"{name}-{_letters(match[1])}" for name, rule in _UNITS if (match := rule.search(cleaned))]
    if any(unit.startswith("dieu-") for unit in found):
        found = [unit for unit in found if not unit.startswith("chuong-")]
    elif not (found and found[0].startswith("chuong-")):
        return ""
    return "-".join([part, *found])
