"""The text of Word, PDF and text files: whole, with Word's own numbers, and never converted without a person."""

import io
from unittest import mock

from django.core.files.base import ContentFile
from django.test import SimpleTestCase
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter

from base.files import texts
from base.files.checks.common import Sized
from base.gate import Refused
from base.models import FileText
from base.sandbox.client import SandboxChild, SandboxFailure
from tests import factories
from tests.city import CityTestCase
from tests.files.samples import minimal_pdf, office, packed, strict
from vietnam import text

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NUMBERING = f"""<w:numbering {W}><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="Điều %1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1.%4"/></w:lvl>
</w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""
STYLES = f"""<w:styles {W}><w:style w:styleId="Khoan"><w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="5"/></w:numPr>
</w:pPr></w:style></w:styles>"""
# Table of domain examples: what a reader sees, and how it lies in a file of the time before Unicode.
LEGACY = (
    ("thành phố Long Xuyên", "thµnh phè Long Xuyªn", "thaønh phoá Long Xuyeân"),
    ("Quyết định", "QuyÕt ®Þnh", "Quyeát ñònh"),
    ("dịch vụ công trực tuyến", "dÞch vô c«ng trùc tuyÕn", "dòch vuï coâng tröïc tuyeán"),
    ("người đứng đầu cơ quan", "ng\u00adêi ®øng ®Çu c¬ quan", "ngöôøi ñöùng ñaàu cô quan"),
    ("thủ tục hành chính", "thñ tôc hµnh chÝnh", "thuû tuïc haønh chính"),
)


def paragraph(said: str, *, level: int | None = None, style: str = "", font: str = "") -> str:
    """One paragraph of a Word file."""
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="5"/></w:numPr>' if level is not None else ""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    fonts = f'<w:rPr><w:rFonts w:ascii="{font}"/></w:rPr>' if font else ""
    return f'<w:p><w:pPr>{named}{number}</w:pPr><w:r>{fonts}<w:t xml:space="preserve">{said}</w:t></w:r></w:p>'


def word(body: str) -> bytes:
    """A Word file with a body, lists and styles."""
    return packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "word/numbering.xml": NUMBERING.encode(),
            "word/styles.xml": STYLES.encode(),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>".encode(),
        }
    )


def read(content: bytes, name: str, **more) -> texts.FoundText:
    return texts.read(Sized(io.BytesIO(content), len(content), name), name, **more)


class WordFiles(SimpleTestCase):
    def lines(self, body: str, **more) -> list[str]:
        return read(word(body), "a.docx", **more).text.split("\n\n")

    def test_keep_the_numbers_that_word_counts_by_itself(self):
        body = "".join(
            (
                paragraph("Phạm vi", level=0),
                paragraph("Một", level=1),
                paragraph("a", level=2),
                paragraph("b", level=2),
                paragraph("Hai", level=1),
                paragraph("Đối tượng", level=0),
                paragraph("Theo kiểu", style="Khoan"),
                paragraph("La Mã", level=3),
                paragraph("Không số"),
            )
        )
        self.assertEqual(
            self.lines(body),
            [
                "Điều 1. Phạm vi",
                "1. Một",
                "a) a",
                "b) b",
                "2. Hai",
                "Điều 2. Đối tượng",
                "1. Theo kiểu",
                "2.I La Mã",
                "Không số",
            ],
        )

    def test_whose_parts_bear_other_names_are_read_by_their_relations(self):
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
        head = f"<w:document {W}><w:body>{paragraph('Phạm vi', level=0)}</w:body></w:document>"
        content = packed(
            {
                "[Content_Types].xml": b"<Types/>",
                "word/document2.xml": head.encode(),
                "word/so2.xml": NUMBERING.encode(),
                "_rels/.rels": f'<R><x Type="{kind}officeDocument" Target="word/document2.xml"/></R>'.encode(),
                "word/_rels/document2.xml.rels": f'<R><x Type="{kind}numbering" Target="so2.xml"/></R>'.encode(),
            }
        )

        self.assertEqual(read(content, "a.docx").text, "Điều 1. Phạm vi")

    def test_in_the_strict_form_of_the_standard_say_the_same(self):
        content = word(paragraph("Phạm vi", level=0) + paragraph("Một", level=1))

        self.assertEqual(read(strict(content), "a.docx").text, "Điều 1. Phạm vi\n\n1. Một")

    def test_read_tables_tabs_and_breaks_and_leave_out_what_was_deleted(self):
        table = (
            "<w:tbl><w:tr><w:tc>" + paragraph("ô một") + "</w:tc><w:tc>" + paragraph("ô hai") + "</w:tc></w:tr></w:tbl>"
        )
        deleted = (
            "<w:p><w:del><w:r><w:delText>đã xóa</w:delText></w:r></w:del>"
            "<w:r><w:t>còn</w:t><w:tab/><w:t>lại</w:t></w:r></w:p>"
        )
        field = "<w:p><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>dòng</w:t><w:br/><w:t>hai</w:t></w:r></w:p>"
        self.assertEqual(self.lines(table + deleted + field), ["ô một", "ô hai", "còn lại", "dòng\nhai"])

    def test_capital_fonts_of_tcvn3_come_out_as_capitals(self):
        body = paragraph("ñy ban nh©n d©n", font=".VnTimeH") + paragraph("thµnh phè", font=".VnTime")
        found = read(word(body), "a.docx")
        self.assertEqual((found.scheme, found.text), ("tcvn3", "ñy ban nh©n d©n\n\nthµnh phè"))
        self.assertIn(".VnTimeH", found.notes[0])
        self.assertEqual(self.lines(body, scheme="tcvn3"), ["ỦY BAN NHÂN DÂN", "thành phố"])

    def test_a_letter_and_its_mark_may_stand_in_two_runs(self):
        body = '<w:p><w:r><w:t xml:space="preserve">Quye</w:t></w:r><w:r><w:t>át ñònh</w:t></w:r></w:p>'
        self.assertEqual(self.lines(body, scheme="vni"), ["Quyết định"])

    def test_that_are_broken_say_so_and_hurt_nobody(self):
        for content in (b"PK\x03\x04", b"", office("docx")[:200]):
            with self.subTest(len(content)):
                self.assertEqual(read(content, "a.docx").notes, [texts.NOT_READ])


def pdf_of(*lines: str) -> bytes:
    """A PDF of one page."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=12)
    for line in lines:
        page.cell(0, 10, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


def pdf_of_pieces(pieces: list[str]) -> bytes:
    """A PDF of one line whose letters stand in pieces, a little apart, in a font with a narrow space."""
    line = " -90 ".join(f"({piece})" for piece in pieces)
    shown = f"BT /F1 6 Tf 5 150 Td [{line}] TJ ET"
    widths = " ".join(["150"] + ["500"] * 94)
    return minimal_pdf(
        f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        "<< /Type /Font /Subtype /TrueType /BaseFont /Times-Roman /Encoding /WinAnsiEncoding /FirstChar 32 "
        f"/LastChar 126 /Widths [{widths}] >>",
        page="/Contents 5 0 R /Resources << /Font << /F1 6 0 R >> >>",
    )


def scan_of(*, pages: int, stamp: str, times: int = 1, size: tuple[int, int] = (1240, 1754)) -> bytes:
    """A PDF of scanned sheets with letters on each."""
    page = FPDF()
    page.set_font("helvetica", size=8)
    for number in range(pages):
        page.add_page()
        page.image(Image.new("L", size, 200 + number), x=0, y=0, w=100)
        for _ in range(times):
            page.cell(0, 5, stamp, new_x="LMARGIN", new_y="NEXT")
    return bytes(page.output())


class PdfFiles(SimpleTestCase):
    def test_give_their_text_layer_with_paragraphs_apart(self):
        page = FPDF()
        page.add_page()
        page.set_font("helvetica", size=12)
        for line in ("Dieu 1. Pham vi", "dieu chinh cua van ban nay.", "Dieu 2. Thi hanh."):
            page.cell(0, 10, line, new_x="LMARGIN", new_y="NEXT")
        self.assertEqual(
            read(bytes(page.output()), "a.pdf").text,
            "Dieu 1. Pham vi\ndieu chinh cua van ban nay.\n\nDieu 2. Thi hanh.",
        )

    def test_that_only_their_owner_has_locked_are_read(self):
        writer = PdfWriter(clone_from=io.BytesIO(pdf_of("Dieu 1. Pham vi.")))
        writer.encrypt("", "khoa-cua-chu", algorithm="AES-256", permissions_flag=0)
        locked = io.BytesIO()
        writer.write(locked)

        self.assertEqual(read(locked.getvalue(), "a.pdf").text, "Dieu 1. Pham vi.")

    def test_words_are_not_split_where_a_font_puts_its_marks_a_little_apart(self):
        content = pdf_of_pieces(["Can c", "u Ngh", "i di", "nh so 42/2022/", "ND-CP"])

        self.assertIn("Can c u", PdfReader(io.BytesIO(content)).pages[0].extract_text())
        self.assertEqual(read(content, "a.pdf").text, "Can cu Nghi dinh so 42/2022/ND-CP")

    def test_are_read_without_the_program_too(self):
        class WithoutPoppler(SandboxChild):
            def ask(self, task, **more):
                if task == "pdf_words":
                    raise SandboxFailure("FileNotFoundError")
                return super().ask(task, **more)

        child = WithoutPoppler("base.sandbox.texts")
        self.addCleanup(child.stop)
        with mock.patch.object(texts, "texts", child):
            self.assertEqual(read(pdf_of_pieces(["Can cu Nghi dinh"]), "a.pdf").text, "Can cu Nghi dinh")

    def test_a_line_that_ends_in_a_stroke_goes_on(self):
        said = read(pdf_of("Theo Nghi dinh so 42/2022/", "ND-CP cua Chinh phu.", "Dieu 2."), "a.pdf").text

        self.assertEqual(said, "Theo Nghi dinh so 42/2022/\nND-CP cua Chinh phu.\n\nDieu 2.")

    def test_a_scan_with_a_stamp_on_each_sheet_is_still_a_scan(self):
        stamp = "Ky boi: Uy ban nhan dan tinh; thoi gian ky: 05.06.2020 15:18:01 +07:00"
        found = read(scan_of(pages=3, stamp=stamp), "a.pdf")

        self.assertEqual((found.text, found.notes), ("", [texts.NO_LAYER]))

    def test_a_scan_whose_letters_were_recognised_keeps_them(self):
        line = "Dieu 1. Pham vi dieu chinh cua quy dinh nay la hoat dong cua cho tren dia ban thanh pho."

        self.assertIn(line, read(scan_of(pages=2, stamp=line, times=20), "a.pdf").text)

    def test_a_short_text_beside_a_small_picture_is_a_text(self):
        self.assertEqual(read(scan_of(pages=1, stamp="Thong bao.", size=(200, 200)), "a.pdf").text, "Thong bao.")

    def test_a_scan_says_that_it_has_none(self):
        page = FPDF()
        page.add_page()
        self.assertEqual(read(bytes(page.output()), "a.pdf").notes, [texts.NO_LAYER])


class OldEncodings(SimpleTestCase):
    def test_are_named_and_converted_only_on_demand(self):
        for unicode_text, tcvn3, vni in LEGACY:
            for scheme, said in (("tcvn3", tcvn3), ("vni", vni)):
                with self.subTest(scheme=scheme, said=said):
                    content = said.encode()
                    found = read(content, "a.txt")
                    self.assertEqual((found.text, found.scheme), (text.nfc(said), scheme))
                    self.assertEqual(read(content, "a.txt", scheme=scheme).text, unicode_text)

    def test_unicode_is_never_taken_for_one(self):
        for said in [unicode_text for unicode_text, *_old in LEGACY] + ["Thông báo", "Công an", "plain"]:
            with self.subTest(said):
                found = read(said.encode(), "a.txt")
                self.assertEqual((found.text, found.scheme), (said, ""))


class KeptTexts(CityTestCase):
    def setUp(self):
        self.file = factories.file(self.city.my_long, content="Nội dung đính kèm".encode())

    def test_are_read_once_and_again_for_another_content(self):
        self.assertEqual((texts.store_texts(), texts.store_texts()), (1, 0))
        self.assertEqual(texts.text_of(self.file), "Nội dung đính kèm")
        type(self.file).objects.filter(pk=self.file.pk).update(digest="0" * 64)
        self.assertEqual(texts.store_texts(), 1)

    def test_in_an_old_encoding_are_not_searched_until_a_person_confirms(self):
        file = factories.file(self.city.my_long, content="Quyeát ñònh cuûa thaønh phoá".encode())
        texts.store_texts()
        self.assertEqual(texts.text_of(file), "")
        with self.assertRaises(Refused):
            texts.confirm_scheme(file, "vni", by=self.cast.contributor_my_xuyen)
        with self.assertRaises(ValueError):
            texts.confirm_scheme(file, "latin", by=self.cast.contributor)

        texts.confirm_scheme(file, "vni", by=self.cast.contributor)

        self.assertEqual(texts.text_of(file), "Quyết định của thành phố")

    def test_a_pdf_says_how_many_pages_it_has_until_another_content_takes_its_place(self):
        file = factories.file(self.city.my_long, name="ban-ky.pdf", content=pdf_of("Dieu 1.", "Dieu 2."))
        self.assertIsNone(file.pages)
        texts.store_texts()
        file.refresh_from_db()
        self.assertEqual(file.pages, 1)

        file.file = ContentFile(b"Thay the", name="ban-ky.txt")
        file.save()
        texts.store_texts()
        file.refresh_from_db()

        self.assertIsNone(file.pages)

    def test_a_file_that_cannot_be_read_is_not_tried_for_ever(self):
        factories.file(self.city.my_long, name="a.docx", content=b"khong phai word")
        texts.store_texts()
        self.assertEqual(texts.store_texts(), 0)
        self.assertEqual(FileText.objects.get(notes=texts.NOT_READ).text, "")
