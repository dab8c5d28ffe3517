"""What the styles of a Word file say: headings, bold, fonts, hidden text, followed from style to style."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from .numbers import WORD

LEGACY_FONT = re.compile(r"^(?:\.vn(?P<tcvn3>\w*)|vni\b.*)", re.IGNORECASE)
DEEPEST_CHAIN = 30


@dataclass
class Style:
    """One style as it is written: its name in small letters, what it rests on, and its own properties."""

    name: str
    parent: str
    element: ElementTree.Element


class Styles:
    """The styles of one Word file by their ids; an answer is the nearest one of the chain that says something."""

    def __init__(self, root: ElementTree.Element | None):
        self.by_id: dict[str, Style] = {}
        self.default_font = ""
        self._named: dict[tuple, str | None] = {}
        if root is None:
            return
        self.default_font = font_of(root.find(f"{WORD}docDefaults/{WORD}rPrDefault/{WORD}rPr"))
        for style in root.iter(f"{WORD}style"):
            name, parent = style.find(f"{WORD}name"), style.find(f"{WORD}basedOn")
            self.by_id[style.get(f"{WORD}styleId", "")] = Style(
                (name.get(f"{WORD}val", "") if name is not None else "").lower(),
                parent.get(f"{WORD}val", "") if parent is not None else "",
                style,
            )

    def name(self, style: str) -> str:
        """Return the name of a style in small letters, "" for an unknown one."""
        return self.by_id[style].name if style in self.by_id else ""

    def chain(self, style: str):
        """Yield a style and those it rests on."""
        for _step in range(DEEPEST_CHAIN):
            if style not in self.by_id:
                return
            yield self.by_id[style]
            style = self.by_id[style].parent

    def heading(self, style: str) -> int:
        """Return the level of heading (1 to 9) that a style of paragraphs means, 0 for running text."""
        for one in self.chain(style):
            match = re.fullmatch(r"heading ([1-9])", one.name)
            if match:
                return int(match[1])
            outline = one.element.find(f"{WORD}pPr/{WORD}outlineLvl")
            if outline is not None:
                return outline_level(outline)
        return 0

    def is_on(self, name: str, run, *styles: str) -> bool:
        """Tell whether a switch of letters ("b", "i", "caps", "vanish") is on: the run itself, else its styles."""
        if run is not None and (own := run.find(f"{WORD}{name}")) is not None:
            return is_true(own)
        return any(self._style_says(name, style) for style in styles)

    def _style_says(self, name: str, style: str) -> bool:
        key = (name, style)
        if key not in self._named:
            found = next(
                (
                    switch
                    for one in self.chain(style)
                    if (switch := one.element.find(f"{WORD}rPr/{WORD}{name}")) is not None
                ),
                None,
            )
            self._named[key] = "1" if found is not None and is_true(found) else None
        return self._named[key] is not None

    def font(self, run, *styles: str) -> str:
        """Return the name of the font of a run: its own, that of its styles, else the file's."""
        if run is not None and (own := font_of(run)):
            return own
        for style in styles:
            key = ("font", style)
            if key not in self._named:
                self._named[key] = next(
                    (font for one in self.chain(style) if (font := font_of(one.element.find(f"{WORD}rPr")))), None
                )
            if self._named[key]:
                return self._named[key]
        return self.default_font

    def has_borders(self, style: str) -> bool:
        """Tell whether a style of tables draws lines."""
        return any(draws_lines(one.element.find(f"{WORD}tblPr/{WORD}tblBorders")) for one in self.chain(style))


def is_true(element) -> bool:
    """Tell whether a switch of Word's is on: it is there and does not say no."""
    return element.get(f"{WORD}val", "1") not in ("0", "false", "off")


def outline_level(element) -> int:
    """Return an outline level as a level of heading: 0 is the first, 9 is running text."""
    level = element.get(f"{WORD}val", "9")
    return int(level) + 1 if level in "012345678" and level else 0


def font_of(properties) -> str:
    """Return the font that properties of letters name, "" for none."""
    fonts = properties.find(f"{WORD}rFonts") if properties is not None else None
    return (fonts.get(f"{WORD}ascii") or fonts.get(f"{WORD}hAnsi") or "") if fonts is not None else ""


def draws_lines(borders) -> bool:
    """Tell whether borders of a table or a cell are seen."""
    return borders is not None and any(line.get(f"{WORD}val", "none") not in ("none", "nil") for line in borders)


def legacy_kind(font: str) -> str:
    """Name the encoding that a font of the time before Unicode belongs to: "tcvn3", "vni" or ""."""
    match = LEGACY_FONT.match(font)
    return "" if not match else ("tcvn3" if match["tcvn3"] is not None else "vni")


def is_capital_font(font: str) -> bool:
    """Tell whether a font shows small letters as capitals (.VnTimeH)."""
    match = LEGACY_FONT.match(font)
    return bool(match) and (match["tcvn3"] or "").endswith("H")


# The styles of what the converter is given.
STYLES = (
    f'<?xml version="1.0"?><w:styles xmlns:w="{WORD[1:-1]}">'
    + "".join(
        f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/></w:style>'
        for kind, name in (
            ("paragraph", "PortalTitle"),
            ("paragraph", "PortalCaption"),
            ("table", "PortalLayout"),
            *(("paragraph", f"PortalH{level}") for level in range(1, 10)),
        )
    )
    + "</w:styles>"
)
