"""Numbered paragraphs of a Word file: lists where a page would count as Word does, else numbers as text."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from .facts import Facts
from .numbers import WORD, Number
from .pieces import has_picture, own_properties, run_of, words_of

BULLETS, FIGURES = "1", "2"
DEEPEST_LIST = 4


def listed(container: Element) -> Iterator[tuple[Element, Number]]:
    """Yield the numbered paragraphs under an element with their numbers, whose notes are taken away."""
    for paragraph in container.iter(f"{WORD}p"):
        if (number := taken_number(paragraph)) is not None:
            yield paragraph, number


def arrange(body: Element, facts: Facts) -> None:
    """Decide for each run of numbered paragraphs: a list, when the page would count as Word does, else text.

    A page's list starts at 1, counts in figures, and starts anew behind whatever stands between: "Điều 2.", "b)"
    or a "4." behind a paragraph of text would become another number, and another text.
    """
    items: list[tuple[Element, Number]] = []
    for child in [*body, None]:
        number = taken_number(child) if child is not None and child.tag == f"{WORD}p" else None
        if number is not None and child.find(f"{WORD}pPr/{WORD}pStyle") is not None:
            # A heading or a caption is no item of a list; its number is part of it.
            write_number(child, number, facts)
            number = None
        if number is not None:
            # An empty paragraph is counted by Word and never seen.
            items += [(child, number)] if words_of(child).strip() or has_picture(child) else []
            continue
        _resolve(items, facts)
        items = []


def _resolve(items: list[tuple[Element, Number]], facts: Facts) -> None:
    if not items:
        return
    if _counts_alike(items):
        _make_list(items, facts)
        return
    run: list[tuple[Element, Number]] = []
    for paragraph, number in [*items, (None, None)]:
        if number is not None and number.is_bullet:
            run.append((paragraph, number))
            continue
        _make_list(run, facts)
        run = []
        if number is not None:
            write_number(paragraph, number, facts)


def _counts_alike(items: list[tuple[Element, Number]]) -> bool:
    """Tell whether lists of a page show the same numbers: "1.", "2." without a gap, at every depth."""
    counts: dict[int, tuple[bool, int]] = {}
    for _paragraph, number in items:
        depth = number.depth
        counts = {key: value for key, value in counts.items() if key <= depth}
        bullet, count = counts.get(depth, (number.is_bullet, 0))
        count = count + 1 if bullet == number.is_bullet else 1
        counts[depth] = (number.is_bullet, count)
        if not number.is_bullet and number.text.strip() != f"{count}.":
            return False
    return True


def _make_list(items: list[tuple[Element, Number]], facts: Facts) -> None:
    if not items:
        return
    depths: list[int] = []
    for paragraph, number in items:
        # Word may leave out a depth; a page's list cannot.
        while depths and depths[-1] >= number.depth:
            depths.pop()
        depths.append(number.depth)
        place = min(len(depths) - 1, DEEPEST_LIST)
        properties = own_properties(paragraph)
        listed = ElementTree.SubElement(properties, f"{WORD}numPr")
        ElementTree.SubElement(listed, f"{WORD}ilvl", {f"{WORD}val": str(place)})
        ElementTree.SubElement(listed, f"{WORD}numId", {f"{WORD}val": BULLETS if number.is_bullet else FIGURES})
    facts.note("list_items", times=len(items))


def write_number(paragraph: Element, number: Number, facts: Facts) -> None:
    """Put a number before the words of its paragraph, in their weight; an empty paragraph gets none."""
    content = number.text.strip() or ("-" if number.is_bullet else "")
    if not content or not words_of(paragraph).strip():
        return
    if number.text.strip():
        facts.note("numbers", content)
    run = run_of(f"{content} ")
    first = next((one for one in paragraph.iter(f"{WORD}r") if words_of(one).strip()), None)
    properties = first.find(f"{WORD}rPr") if first is not None else None
    for switch in ("b", "i"):
        if properties is not None and properties.find(f"{WORD}{switch}") is not None:
            ElementTree.SubElement(run[0], f"{WORD}{switch}")
    paragraph.insert(1, run)


def taken_number(paragraph: Element) -> Number | None:
    """Return the number noted on a paragraph, and take the note away."""
    content = paragraph.attrib.pop("portal", None)
    if content is None:
        return None
    depth, bullet, text = content.split("|", 2)
    return Number(text, int(depth), bullet == "1")


def _levels(kind: str) -> str:
    return "".join(f'<w:lvl w:ilvl="{place}"><w:numFmt w:val="{kind}"/></w:lvl>' for place in range(DEEPEST_LIST + 1))


LISTS = (
    f'<?xml version="1.0"?><w:numbering xmlns:w="{WORD[1:-1]}">'
    f'<w:abstractNum w:abstractNumId="1">{_levels("bullet")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{_levels("decimal")}</w:abstractNum>'
    f'<w:num w:numId="{BULLETS}"><w:abstractNumId w:val="1"/></w:num>'
    f'<w:num w:numId="{FIGURES}"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
)
