"""Prepares a Word file for the converter (mammoth), which would lose or misread some of it without a word.

Everything the reader of the file sees is put where the converter finds it: numbers of clauses become text, text boxes
paragraphs, capitals by format real capitals, formats by style formats of their own. What must not be published unseen
(deleted and hidden text) is removed; what has no place on a page (charts, equations) leaves a mark that stops the
submission until a person has dealt with it. Whatever is left out or changed is counted in `Facts`.
"""

import re
import zipfile
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from vietnam import text

from . import lists as word_lists
from .facts import Facts
from .numbers import WORD, Number, Numbers
from .pieces import (
    DRAWING,
    PLACED,
    RELATION,
    UNWRAPPED,
    XML_SPACE,
    cells_of,
    description_of,
    empty_cell,
    letters_in,
    of_a_person,
    own_properties,
    plain_picture,
    rows_of,
    run_of,
    run_style_of,
    style_of,
    title_of,
    with_child,
    words_of,
)
from .relations import main_part, part_of_kind
from .styles import STYLES, Styles, draws_lines, is_capital_font, is_true, legacy_kind, outline_level

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
VML = "{urn:schemas-microsoft-com:vml}"

# The mark for what is missing in the text: the preflight does not let it pass.
GAP = "[…]"
LONGEST_OLD = 20_000

LEFT_OUT = frozenset(f"{WORD}{name}" for name in "del moveFrom".split())
# Marks without content.
SILENT = frozenset(
    f"{WORD}{name}"
    for name in """
    proofErr permStart permEnd bookmarkStart bookmarkEnd lastRenderedPageBreak commentRangeStart commentRangeEnd
    moveFromRangeStart moveFromRangeEnd moveToRangeStart moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd
    customXmlDelRangeStart customXmlDelRangeEnd customXmlMoveFromRangeStart customXmlMoveFromRangeEnd
    customXmlMoveToRangeStart customXmlMoveToRangeEnd softHyphen annotationRef footnoteRef endnoteRef separator
    continuationSeparator sectPr tblPrEx
    """.split()
)


class Fixing:
    """One Word file on its way to the converter. `scheme`: the encoding before Unicode a person confirmed, or ""."""

    def __init__(self, package: zipfile.ZipFile, scheme: str):
        self.package, self.scheme, self.facts = package, scheme, Facts()
        self.names = set(package.namelist())
        self.main = main_part(package)
        styles = self._part(self._named("styles"))
        self.styles = Styles(styles)
        self.numbers = Numbers(self._part(self._named("numbering")), styles)
        self.fonts: set[str] = set()
        self.old_letters = ""
        self._fields: list[list[str]] = []
        self._in_note = False
        self._all_legacy = True

    def parts(self) -> dict[str, bytes]:
        """Return the parts of the file to put in the place of its own."""
        document = self._part(self.main)
        body = document.find(f"{WORD}body") if document is not None else None
        if body is None:
            raise ValueError("no body")
        notes = {name: self._part(name) for name in map(self._named, ("footnotes", "endnotes"))}
        notes = {name: root for name, root in notes.items() if root is not None}
        self._look_at_fonts(body, *notes.values())
        self._fix_children(body)
        word_lists.arrange(body, self.facts)
        self._in_note = True
        for root in notes.values():
            for note in root:
                self._fix_children(note)
                for paragraph, number in word_lists.listed(note):
                    word_lists.write_number(paragraph, number, self.facts)
        self._note_the_rest()
        made = {
            name: ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
            for name, root in {self.main: document, **notes}.items()
        }
        return made | {self._named("numbering"): word_lists.LISTS.encode(), self._named("styles"): STYLES.encode()}

    # --- Reading ------------------------------------------------------------------------------------------

    def _part(self, name: str) -> Element | None:
        return ElementTree.fromstring(self.package.read(name)) if name in self.names else None

    def _named(self, kind: str) -> str:
        return part_of_kind(self.package, self.main, kind)

    def _look_at_fonts(self, *roots: Element) -> None:
        """Note the fonts before Unicode that the letters use: where there are some, only they are converted."""
        for root in roots:
            for paragraph in root.iter(f"{WORD}p"):
                style = style_of(paragraph)
                for run in paragraph.iter(f"{WORD}r"):
                    content = "".join(words.text or "" for words in run.iter(f"{WORD}t"))
                    if content.strip() and legacy_kind(font := self._font(run, style)):
                        self.fonts.add(font)
                        if len(self.old_letters) < LONGEST_OLD:
                            self.old_letters += f"{content} "
        self._all_legacy = not self.fonts

    def _font(self, run: Element, style: str) -> str:
        properties = run.find(f"{WORD}rPr")
        return self.styles.font(properties, run_style_of(properties), style)

    def _note_the_rest(self) -> None:
        """Count the contents of parts of the file that never come to the page."""
        for name in sorted(self.names):
            if re.fullmatch(r"word/(header|footer)\d*\.xml", name):
                content = words_of(self._part(name))
                if re.sub(r"[\s\d–-]", "", content):
                    self.facts.note("headers", content)
        comments = self._part(self._named("comments"))
        for comment in comments.iter(f"{WORD}comment") if comments is not None else []:
            self.facts.note("comments", words_of(comment))

    # --- Normalising --------------------------------------------------------------------------------------

    def _fix_children(self, parent: Element, style: str = "") -> list[Element]:
        """Normalise the children of an element; return the paragraphs of text boxes that are to come after it."""
        fixed, behind = [], []
        for child in list(parent):
            found, boxes = self._fixed(child, style)
            fixed += found
            behind += boxes
        parent[:] = fixed
        return behind

    def _fixed(self, element: Element, style: str) -> tuple[list[Element], list[Element]]:
        """Return what takes the place of an element, and the paragraphs that are to stand behind the one it is in."""
        tag = element.tag
        if tag in SILENT:
            return [], []
        if tag in LEFT_OUT:
            self._note_deleted(element)
            return [], []
        if tag in UNWRAPPED:
            if tag in (f"{WORD}ins", f"{WORD}moveTo") and words_of(element).strip():
                self.facts.note("inserted", words_of(element))
            if tag == f"{WORD}fldSimple":
                self._note_field(element.get(f"{WORD}instr", ""))
            behind = self._fix_children(element, style)
            return list(element), behind
        if tag == f"{WORD}sdt":
            content = element.find(f"{WORD}sdtContent")
            if content is None:
                return [], []
            if (
                element.find(f"{WORD}sdtPr/{WORD}docPartObj/{WORD}docPartGallery[@{WORD}val='Table of Contents']")
                is not None
            ):
                self.facts.note("contents")
                return [], []
            behind = self._fix_children(content, style)
            return list(content), behind
        if tag == f"{WORD}p":
            return self._fixed_paragraph(element), []
        if tag == f"{WORD}r":
            return self._fixed_run(element, style)
        if tag == f"{WORD}tbl":
            return self._fixed_table(element), []
        if tag == f"{WORD}hyperlink":
            behind = self._fix_children(element, style)
            if element.get(f"{RELATION}id") is None:
                self.facts.note("inner_links", words_of(element))
                return list(element), behind
            return [element], behind
        if tag in (f"{MATH}oMath", f"{MATH}oMathPara"):
            self.facts.note("equations", "".join(letters.text or "" for letters in element.iter(f"{MATH}t")))
            return [run_of(GAP)], []
        return [element], []

    def _fixed_paragraph(self, paragraph: Element) -> list[Element]:
        style = style_of(paragraph)
        name = self.styles.name(style)
        behind = self._fix_children(paragraph, style)
        properties = own_properties(paragraph)
        deleted_end = properties.find(f"{WORD}rPr/{WORD}del") is not None
        if deleted_end and not words_of(paragraph).strip():
            # Deleted with its end: it is not counted, and nothing is left to join with the next one.
            return behind
        number = self._next_number(properties, style)
        if re.match(r"toc (\d|heading)|table of figures", name):
            self.facts.note("contents")
            return behind
        outline = properties.find(f"{WORD}outlineLvl")
        level = outline_level(outline) if outline is not None else self.styles.heading(style)
        kind = ""
        if name == "title":
            kind = "PortalTitle"
        elif name == "caption":
            kind = "PortalCaption"
        elif level and not self._in_note and len(words_of(paragraph).strip()) > 0:
            kind = f"PortalH{level}"
        properties.clear()
        if kind:
            ElementTree.SubElement(properties, f"{WORD}pStyle", {f"{WORD}val": kind})
        if deleted_end:
            ElementTree.SubElement(ElementTree.SubElement(properties, f"{WORD}rPr"), f"{WORD}del")
        if number is not None:
            # Decided once the paragraphs around it are known.
            paragraph.attrib["portal"] = f"{number.depth}|{int(number.is_bullet)}|{number.text}"
        self._convert_letters(paragraph, style)
        return [paragraph, *behind]

    def _next_number(self, properties: Element, style: str) -> Number | None:
        own = properties.find(f"{WORD}numPr")
        number = own.find(f"{WORD}numId") if own is not None else None
        depth = own.find(f"{WORD}ilvl") if own is not None else None
        found = self.numbers.next(
            style,
            number.get(f"{WORD}val") if number is not None else None,
            depth.get(f"{WORD}val") if depth is not None else None,
        )
        if found and self.scheme and found.text:
            found = Number(text.convert_legacy(found.text, self.scheme), found.depth, found.is_bullet)
        return found

    def _fixed_run(self, run: Element, style: str) -> tuple[list[Element], list[Element]]:
        properties = run.find(f"{WORD}rPr")
        run_style = run_style_of(properties)
        if self.styles.is_on("vanish", properties, run_style, style):
            self.facts.note("hidden", words_of(run))
            return [], []
        font = self._font(run, style)
        new = Element(f"{WORD}r")
        own = ElementTree.SubElement(new, f"{WORD}rPr")
        for switch in ("b", "i"):
            if self.styles.is_on(switch, properties, run_style, style):
                ElementTree.SubElement(own, f"{WORD}{switch}")
        if properties is not None:
            raised = properties.find(f"{WORD}vertAlign")
            if raised is not None and raised.get(f"{WORD}val") in ("superscript", "subscript"):
                own.append(raised)
            for switch, fact in (("strike", "struck"), ("dstrike", "struck"), ("u", "underlined")):
                mark = properties.find(f"{WORD}{switch}")
                if mark is not None and is_true(mark) and mark.get(f"{WORD}val") != "none" and words_of(run).strip():
                    self.facts.note(fact, words_of(run))
            if properties.find(f"{WORD}rPrChange") is not None:
                self.facts.note("formats")
        capital = self.styles.is_on("caps", properties, run_style, style)
        behind: list[Element] = []
        for child in run:
            if child.tag == f"{WORD}rPr" or child.tag in SILENT:
                continue
            made, boxes = self._fixed_inside(child, font, capital)
            new.extend(made)
            behind += boxes
        return ([new] if len(new) > 1 else []), behind

    def _fixed_inside(self, child: Element, font: str, capital: bool) -> tuple[list[Element], list[Element]]:
        """Normalise one thing in a run: letters, a sign, a picture, a drawing, a mark of a field."""
        tag = child.tag
        if tag == f"{WORD}t":
            if capital:
                child.text = (child.text or "").upper()
            child.attrib["font"] = font
            return [child], []
        if tag == f"{WORD}noBreakHyphen":
            return [letters_in("-", font)], []
        if tag in (f"{WORD}tab", f"{WORD}ptab"):
            return [letters_in(" ", font)], []
        if tag in (f"{WORD}br", f"{WORD}cr"):
            return ([Element(f"{WORD}br")] if child.get(f"{WORD}type", "textWrapping") == "textWrapping" else []), []
        if tag == f"{WORD}fldChar":
            self._follow_field(child)
            return [child], []
        if tag == f"{WORD}instrText":
            if self._fields:
                self._fields[-1].append(child.text or "")
            return [child], []
        if tag == f"{WORD}delText":
            return [], []
        if tag == f"{WORD}commentReference":
            return [], []
        if tag == f"{COMPATIBLE}AlternateContent":
            chosen = child.find(f"{COMPATIBLE}Choice")
            if chosen is None or not len(chosen):
                chosen = child.find(f"{COMPATIBLE}Fallback")
            made, behind = [], []
            for inner in list(chosen) if chosen is not None else []:
                one, boxes = self._fixed_inside(inner, font, capital)
                made += one
                behind += boxes
            return made, behind
        if tag in (f"{WORD}drawing", f"{WORD}pict", f"{WORD}object"):
            return self._fixed_drawing(child)
        if tag == f"{WORD}ruby":
            base, above = child.find(f"{WORD}rubyBase"), child.find(f"{WORD}rt")
            return [letters_in(f"{words_of(base)} ({words_of(above)})", font)], []
        return [child], []

    def _fixed_drawing(self, drawing: Element) -> tuple[list[Element], list[Element]]:
        """Keep the pictures of a drawing, put the text of its boxes behind the paragraph, mark what else it showed."""
        behind, boxes = [], []
        for parent in list(drawing.iter()):
            for box in parent.findall(f"{WORD}txbxContent"):
                parent.remove(box)
                boxes.append(box)
        for box in boxes:
            self.facts.note("boxes", words_of(box))
            inner = self._fix_children(box)
            behind += [*box, *inner]
        if drawing.tag == f"{WORD}object":
            self.facts.note("objects")
        made = self._pictures_of(drawing)
        if made or boxes:
            return made, behind
        for tag, fact in ((f"{CHART}chart", "charts"), (f"{DIAGRAM}relIds", "diagrams")):
            if drawing.find(f".//{tag}") is not None:
                self.facts.note(fact, title_of(drawing))
                return [letters_in(GAP, "")], behind
        if drawing.tag == f"{WORD}object":
            return [letters_in(GAP, "")], behind
        self.facts.note("shapes", title_of(drawing))
        return [], behind

    def _pictures_of(self, drawing: Element) -> list[Element]:
        """Return a plain drawing for each picture, with its description; pictures in groups come singly."""
        title = drawing.find(f".//{PLACED}docPr")
        made = []
        for blip in drawing.iter(f"{DRAWING}blip"):
            if blip.get(f"{RELATION}embed"):
                made.append(plain_picture(blip.get(f"{RELATION}embed"), description_of(title)))
        for old in drawing.iter(f"{VML}imagedata"):
            if old.get(f"{RELATION}id"):
                shape = next((shape for shape in drawing.iter() if shape.get("alt")), None)
                made.append(
                    plain_picture(old.get(f"{RELATION}id"), of_a_person(shape.get("alt") if shape is not None else ""))
                )
        return made

    def _follow_field(self, mark: Element) -> None:
        kind = mark.get(f"{WORD}fldCharType")
        if kind == "begin":
            self._fields.append([])
        elif kind in ("separate", "end") and self._fields:
            self._note_field("".join(self._fields[-1]))
            self._fields[-1] = []
            if kind == "end":
                self._fields.pop()

    def _note_field(self, instruction: str) -> None:
        words = instruction.split()
        name = words[0].upper() if words else ""
        if name == "HYPERLINK" and "\\l" in words[1:2]:
            self.facts.note("inner_links")
        elif name and name not in ("HYPERLINK", "FORMCHECKBOX", "FORMTEXT", "FORMDROPDOWN", "TOC", "PAGEREF", "="):
            self.facts.note("fields", name)

    def _note_deleted(self, element: Element) -> None:
        content = "".join(words.text or "" for words in element.iter() if words.tag in (f"{WORD}delText", f"{WORD}t"))
        self.facts.note("deleted", content)

    # --- Letters ------------------------------------------------------------------------------------------

    def _convert_letters(self, paragraph: Element, style: str) -> None:
        """Write letters of before Unicode in Unicode, when a person said so; put all of them into one spelling."""
        letters = list(paragraph.iter(f"{WORD}t"))
        for (scheme, capital), group in groupby(letters, key=self._way_of):
            group = list(group)
            if scheme:
                for one, content in zip(group, _converted([one.text or "" for one in group], scheme), strict=True):
                    one.text = content.upper() if capital else content
        for one in letters:
            one.attrib.pop("font", None)
            one.text = text.nfc(one.text or "")
            one.set(XML_SPACE, "preserve")

    def _way_of(self, letters: Element) -> tuple[str, bool]:
        """Return by which encoding letters are converted ("" for not at all), and whether their font is of capitals."""
        font = letters.get("font", "")
        if not self.scheme:
            return "", False
        return legacy_kind(font) or (self.scheme if self._all_legacy else ""), is_capital_font(font)

    # --- Tables -------------------------------------------------------------------------------------------

    def _fixed_table(self, table: Element) -> list[Element]:
        behind: list[Element] = []
        rows = []
        for row in rows_of(table):
            if row.find(f"{WORD}trPr/{WORD}del") is not None:
                self._note_deleted(row)
                continue
            rows.append(row)
            cells = []
            for cell in cells_of(row):
                inner = cell.findall(f".//{WORD}tbl")
                if inner:
                    self.facts.note("inner_tables", times=len(inner))
                behind += self._fix_children(cell)
                for paragraph, number in word_lists.listed(cell):
                    word_lists.write_number(paragraph, number, self.facts)
                cells.append(cell)
            before = row.find(f"{WORD}trPr/{WORD}gridBefore")
            skipped = before.get(f"{WORD}val", "0") if before is not None else "0"
            header = row.find(f"{WORD}trPr/{WORD}tblHeader")
            row[:] = [*[empty_cell() for _ in range(min(int(skipped), 60) if skipped.isdigit() else 0)], *cells]
            if header is not None:
                row.insert(0, with_child(Element(f"{WORD}trPr"), header))
        layout = self._is_layout(table, rows)
        table[:] = rows
        table.insert(0, Element(f"{WORD}tblPr"))
        if layout:
            self.facts.note("layouts")
            ElementTree.SubElement(table[0], f"{WORD}tblStyle", {f"{WORD}val": "PortalLayout"})
        return [table, *behind] if rows else behind

    def _is_layout(self, table: Element, rows: list[Element]) -> bool:
        """Tell whether a table only puts text side by side: one row, one column, or no line anywhere."""
        if len(rows) < 2 or max(len(row.findall(f"{WORD}tc")) for row in rows) < 2:
            return True
        properties = table.find(f"{WORD}tblPr")
        borders = properties.find(f"{WORD}tblBorders") if properties is not None else None
        if borders is not None:
            lines = draws_lines(borders)
        else:
            style = properties.find(f"{WORD}tblStyle") if properties is not None else None
            lines = style is not None and self.styles.has_borders(style.get(f"{WORD}val", ""))
        return not lines and not any(draws_lines(cell) for cell in table.iter(f"{WORD}tcBorders"))


def _converted(pieces: list[str], scheme: str) -> list[str]:
    """Convert pieces that stand side by side: a mark belongs to the letter before it, though formats part them."""
    if scheme == "vni":
        for place in range(1, len(pieces)):
            before = pieces[place - 1]
            while before and pieces[place] and before[-1] + pieces[place][0] in text.VNI:
                before += pieces[place][0]
                pieces[place] = pieces[place][1:]
            pieces[place - 1] = before
    return [text.convert_legacy(piece, scheme) for piece in pieces]
