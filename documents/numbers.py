"""The numbers that Word counts by itself: "Điều 1.", "1.", "a)", as the reader sees them.

A paragraph says which list it belongs to and how deep (itself, or by its style); `numbering.xml` says what each level
looks like and where it starts. Lists that share one definition go on counting; a list may start a level anew or look
different there.
"""

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DEEPEST = 8
_ROMAN = (
    (1000, "M"),
    (900, "CM"),
    (500, "D"),
    (400, "CD"),
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@dataclass(frozen=True)
class Level:
    """One level of a list: the kind of its figures, its pattern ("Điều %1."), its first number, when it restarts.

    `restarts`: the level (from 0) whose next number starts this one anew, -1 for never.
    """

    kind: str = "decimal"
    pattern: str = ""
    start: int = 1
    restarts: int | None = None
    is_legal: bool = False


@dataclass(frozen=True)
class Number:
    """What stands before a paragraph: its text ("" for a bullet), how deep it is, whether it is a bullet."""

    text: str
    depth: int
    is_bullet: bool


class Numbers:
    """The lists of one Word file, counting as the paragraphs come by."""

    def __init__(self, numbering: Element | None, styles: Element | None):
        self.levels: dict[str, dict[int, Level]] = {}
        self.lists: dict[str, str] = {}
        self.overrides: dict[str, dict[int, tuple[int | None, Level | None]]] = {}
        self.by_style: dict[str, tuple[str, int]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self._links: dict[str, str] = {}
        self._started: set[tuple[str, int]] = set()
        if styles is not None:
            self._read_styles(styles)
        if numbering is not None:
            self._read_lists(numbering)

    def next(self, style: str, number: str | None, depth: str | None) -> Number | None:
        """Count the next paragraph and return its number; None outside of lists (list "0" means: in none)."""
        styled = self.by_style.get(style)
        number = number if number is not None else (styled[0] if styled else None)
        place = int(depth) if depth and depth.isdigit() else (styled[1] if styled else 0)
        abstract = self.lists.get(number or "", "")
        levels, changed = self.levels.get(abstract, {}), self.overrides.get(number or "", {})
        if place > DEEPEST or not (place in levels or (place in changed and changed[place][1])):
            return None
        shapes = levels | {key: shape for key, (_start, shape) in changed.items() if shape}
        counts = self.counts.setdefault(abstract, {})
        for key, (start, _shape) in changed.items():
            if start is not None and (number, key) not in self._started:
                self._started.add((number, key))
                counts[key] = start - 1
        shape = shapes[place]
        counts[place] = counts.get(place, shape.start - 1) + 1
        for deeper in [key for key in counts if key > place]:
            again = shapes[deeper].restarts if deeper in shapes else None
            if again is None or again == place or (again >= 0 and place < again):
                del counts[deeper]
        if shape.kind in ("bullet", "none"):
            return Number("", place, shape.kind == "bullet") if shape.kind == "bullet" or not shape.pattern else None
        return Number(self._written(shape, shapes, counts), place, False)

    @staticmethod
    def _written(shape: Level, shapes: dict[int, Level], counts: dict[int, int]) -> str:
        def one(match) -> str:
            above = int(match[1]) - 1
            other = shapes.get(above, Level())
            kind = "decimal" if shape.is_legal else other.kind
            return figure(counts.get(above, other.start), kind)

        return re.sub(r"%([1-9])", one, shape.pattern)

    def _read_lists(self, root) -> None:
        styles: dict[str, str] = {}
        for abstract in root.iter(f"{WORD}abstractNum"):
            key = abstract.get(f"{WORD}abstractNumId", "")
            self.levels[key] = {
                place: level for place, level, style in map(_level, abstract.findall(f"{WORD}lvl")) if place is not None
            }
            link = abstract.find(f"{WORD}numStyleLink")
            if link is not None:
                styles[key] = link.get(f"{WORD}val", "")
        for number in root.iter(f"{WORD}num"):
            key = number.get(f"{WORD}numId", "")
            self.lists[key] = _value(number, "abstractNumId", "")
            for change in number.findall(f"{WORD}lvlOverride"):
                place = change.get(f"{WORD}ilvl", "0")
                start = _value(change, "startOverride", "")
                shape = change.find(f"{WORD}lvl")
                if place.isdigit():
                    self.overrides.setdefault(key, {})[int(place)] = (
                        int(start) if start.isdigit() else None,
                        _level(shape)[1] if shape is not None else None,
                    )
        # A list may borrow the definition that a style of lists names.
        for key, style in styles.items():
            lent = self.lists.get(self._links.get(style, ""), "")
            if not self.levels[key] and lent in self.levels:
                self.levels[key] = self.levels[lent]
        for abstract in root.iter(f"{WORD}abstractNum"):
            for shape in abstract.findall(f"{WORD}lvl"):
                place, _shape, style = _level(shape)
                if style in self.by_style and place is not None:
                    # The level that names the style is the one its paragraphs have.
                    number = self.by_style[style][0]
                    if self.lists.get(number) == abstract.get(f"{WORD}abstractNumId", ""):
                        self.by_style[style] = (number, place)

    def _read_styles(self, root) -> None:
        own, parents = {}, {}
        for style in root.iter(f"{WORD}style"):
            key = style.get(f"{WORD}styleId", "")
            parents[key] = _value(style, "basedOn", "")
            number = style.find(f"{WORD}pPr/{WORD}numPr/{WORD}numId")
            if number is None:
                continue
            if style.get(f"{WORD}type") == "numbering":
                self._links[key] = number.get(f"{WORD}val", "")
                continue
            depth = style.find(f"{WORD}pPr/{WORD}numPr/{WORD}ilvl")
            level = depth.get(f"{WORD}val", "0") if depth is not None else "0"
            own[key] = (number.get(f"{WORD}val", ""), int(level) if level.isdigit() else 0)
        for key in parents:
            seen, at = set(), key
            while at and at not in seen:
                if at in own:
                    self.by_style[key] = own[at]
                    break
                seen.add(at)
                at = parents.get(at, "")


def figure(count: int, kind: str) -> str:
    """Write a number as a kind of Word's says: 3 → "3", "03", "c", "III"; letters go on as "aa", "bb"."""
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 20) if count > 0 else ""
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman"):
        roman, left = "", max(0, min(count, 9999))
        for value, sign in _ROMAN:
            roman += sign * (left // value)
            left %= value
        return roman if kind == "upperRoman" else roman.lower()
    return f"{count:02d}" if kind == "decimalZero" else str(count)


def _level(element) -> tuple[int | None, Level, str]:
    """Return the depth of a level, what it looks like, and the style of paragraphs that stands for it."""
    depth, start, again = (
        element.get(f"{WORD}ilvl", "0"),
        _value(element, "start", "1"),
        _value(element, "lvlRestart", ""),
    )
    legal = element.find(f"{WORD}isLgl")
    level = Level(
        _value(element, "numFmt", "decimal"),
        _value(element, "lvlText", ""),
        int(start) if start.isdigit() else 1,
        is_legal=legal is not None and legal.get(f"{WORD}val", "1") not in ("0", "false"),
    )
    if again.isdigit():
        level = replace(level, restarts=int(again) - 1)
    return int(depth) if depth.isdigit() else None, level, _value(element, "pStyle", "")


def _value(element, name: str, default: str) -> str:
    found = element.find(f"{WORD}{name}")
    return found.get(f"{WORD}val", default) if found is not None else default
