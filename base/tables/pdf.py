"""Lists on paper (`paper.py`): a title, tables, places for signatures, in Vietnamese, as PDF.

The font is in `fonts/` (DejaVu Sans, cut down to the signs in use; its licence lies beside it), because the standard
fonts of PDF know no Vietnamese. What the font does not know is printed as a question mark in a box, not lost silently.
"""

from pathlib import Path

from fpdf import FPDF
from fpdf.fonts import FontFace

from vietnam.text import nfc

from .paper import STATE, Report, Table

FONTS = Path(__file__).parents[1] / "fonts"
FAMILY = "DejaVu"
MARGIN_MM = 14
UNKNOWN = "\ufffd"
CELL_SIZE, PADDING_MM = 8, 1
# What a caption takes with the head of its table and a first row.
CAPTION_MM = 32
# What the places for signatures take.
SIGNATURES_MM = 40
# Beside the padding of a cell, so that rounding breaks no word; and how wide a word may make its column.
SPARE_MM, WIDEST_WORD = 0.6, 1 / 5


def write(report: Report) -> bytes:
    """Return a report as a PDF of A4 pages, numbered, the heads of a table repeated on each page."""
    page = _Pages(report)
    page.add_page()
    page.heading()
    for place, table in enumerate(report.tables, 1):
        if report.signatures and place == len(report.tables) and not table.columns:
            page.break_before_signatures(table)
        page.table_of(table)
    if report.signatures:
        page.sign()
    return bytes(page.output())


class _Pages(FPDF):
    """The pages of one report."""

    def __init__(self, report: Report):
        super().__init__(orientation="L" if report.landscape else "P", format="A4")
        self.report = report
        self.add_font(FAMILY, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FAMILY, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.known = set(self.fonts[f"{FAMILY.lower()}"].cmap)
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 4)
        self.set_title(report.title)
        self.set_author(report.issuer)
        self.set_lang("vi")
        self.set_creator("Cổng thông tin điện tử")
        if report.made_at:
            self.set_creation_date(report.made_at)

    def footer(self):
        self.set_y(-MARGIN_MM)
        self.set_font(FAMILY, size=7)
        self.cell(0, 5, self.text_of(f"{self.report.title} · trang {self.page_no()}/{{nb}}"), align="C")

    def heading(self):
        self.set_font(FAMILY, "B", 9)
        if self.report.is_letter:
            self.letterhead()
        else:
            self.multi_cell(0, 5, self.text_of(self.report.issuer.upper()), new_x="LMARGIN", new_y="NEXT")
            self.ln(3)
        self.set_font(FAMILY, "B", 13)
        self.multi_cell(0, 7, self.text_of(self.report.title), align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_font(FAMILY, size=9)
        for line in self.report.lines:
            self.multi_cell(0, 5, self.text_of(line), align="C", new_x="LMARGIN", new_y="NEXT")
        self.ln(3)

    def letterhead(self):
        """The head of a letter: on the left who issues it and its number, on the right the State, place and day."""
        left, right, top = self.epw * 0.44, self.epw * 0.56, self.get_y()
        self.multi_cell(left, 5, self.text_of(self.report.issuer.upper()), align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_font(FAMILY, size=9)
        self.multi_cell(left, 5, self.text_of(self.report.number), align="C", new_x="LMARGIN", new_y="NEXT")
        bottom = self.get_y()
        self.set_y(top)
        for text, style in ((STATE[0], "B"), (STATE[1], "B"), (self.report.dated, "")):
            self.set_x(self.l_margin + left)
            self.set_font(FAMILY, style, 9)
            self.multi_cell(right, 5, self.text_of(text), align="C", new_x="LMARGIN", new_y="NEXT")
        self.set_y(max(bottom, self.get_y()) + 6)

    def table_of(self, table: Table):
        if table.rows and self.will_page_break(CAPTION_MM + 6 * len(table.notes)):
            # No caption stands alone at the foot of a page.
            self.add_page()
        self.set_font(FAMILY, "B", 10)
        self.multi_cell(0, 6, self.text_of(table.caption), new_x="LMARGIN", new_y="NEXT")
        self.set_font(FAMILY, size=9)
        for note in table.notes:
            self.multi_cell(0, 5, self.text_of(note), new_x="LMARGIN", new_y="NEXT")
            self.ln(1)
        if not table.columns:
            self.ln(2)
            return
        self.set_font(FAMILY, size=CELL_SIZE)
        if not table.rows:
            self.multi_cell(0, 6, self.text_of(table.empty), new_x="LMARGIN", new_y="NEXT")
            self.ln(2)
            return
        header_face = FontFace(emphasis="BOLD", fill_color=(232, 232, 232))
        sum_row = table.rows[-1] if table.has_sum else None
        with self.table(
            col_widths=self.widths_of(table),
            line_height=4.5,
            headings_style=header_face,
            text_align=tuple("RIGHT" if place in table.numbers else "LEFT" for place in range(len(table.columns))),
            padding=PADDING_MM,
        ) as rows:
            for cells in (table.columns, *table.rows):
                row = rows.row()
                for cell in cells:
                    row.cell(self.text_of(cell), style=FontFace(emphasis="BOLD") if cells is sum_row else None)
        self.ln(4)

    def widths_of(self, table: Table) -> tuple[float, ...]:
        """The widths of the columns in millimetres: what wide ones can spare goes to those too narrow for a word."""
        total = sum(table.widths)
        wanted = [self.epw * width / total for width in table.widths]
        floors = [self.longest_word(place, table) for place in range(len(wanted))]
        lacking = sum(max(0, floor - width) for floor, width in zip(floors, wanted, strict=True))
        spare = [max(0, width - floor) for floor, width in zip(floors, wanted, strict=True)]
        if lacking > sum(spare):
            return tuple(self.epw * floor / sum(floors) for floor in floors)
        part = lacking / sum(spare) if lacking else 0
        return tuple(max(floor, width) - left * part for floor, width, left in zip(floors, wanted, spare, strict=True))

    def longest_word(self, place: int, table: Table) -> float:
        """How wide a column is to be for its longest word, its head's included, in millimetres."""
        self.set_font(FAMILY, "B", CELL_SIZE)
        bold = [table.columns[place], table.rows[-1][place]] if table.has_sum else [table.columns[place]]
        found = self.widest(word for text in bold for word in str(text).split())
        self.set_font(FAMILY, size=CELL_SIZE)
        found = max(found, self.widest({word for row in table.rows for word in str(row[place]).split()}))
        return min(found + 2 * PADDING_MM + SPARE_MM, self.epw * WIDEST_WORD)

    def widest(self, words) -> float:
        return max((self.get_string_width(self.text_of(word)) for word in words), default=0)

    def break_before_signatures(self, table: Table):
        """Begin a page where the closing words would stand on another than the signatures below them."""
        if self.will_page_break(8 + 6 * len(table.notes) + SIGNATURES_MM):
            self.add_page()

    def sign(self):
        if self.will_page_break(SIGNATURES_MM):
            self.add_page()
        self.set_font(FAMILY, "B", 9)
        width = self.epw / len(self.report.signatures)
        for name in self.report.signatures:
            self.cell(width, 6, self.text_of(name), align="C")
        self.ln(5)
        self.set_font(FAMILY, size=8)
        for _ in self.report.signatures:
            self.cell(width, 5, "(Ký, ghi rõ họ tên)", align="C")
        self.ln(26)

    def text_of(self, text) -> str:
        """The text with composed letters only, and a mark where the font has no sign."""
        return "".join(char if ord(char) in self.known or char == "\n" else UNKNOWN for char in nfc(str(text)))
