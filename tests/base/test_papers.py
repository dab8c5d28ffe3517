"""What is printed on paper: the same report as PDF and as a Word file that others read."""

import io
import zipfile
from xml.etree import ElementTree

import mammoth
from django.test import SimpleTestCase
from pypdf import PdfReader

from base.tables import docx, pdf
from base.tables.paper import STATE, Report, Table

TABLE = Table("2. Liên kết", ("Trang", "Số"), (3, 1), [["Phường Mỹ Long", "3"], ["<b>Xã & phường</b>", "0"]])
TEXT = Table("1. Đánh giá chung", notes=("Đoạn thứ nhất.", "Đoạn có dấu: ỷ, ẵ, đ."))
NOTHING = Table("3. Tệp", ("Tên",), (1,), [])
LETTER = Report(
    issuer="Ban Biên tập",
    title="Báo cáo năm 2026",
    lines=("Số liệu đến 25/11/2026",),
    tables=(TEXT, TABLE, NOTHING),
    signatures=("Người lập", "Thủ trưởng"),
    landscape=False,
    number="Số: 12/BC-BBT",
    dated="Long Xuyên, ngày 25 tháng 11 năm 2026",
)


def html(report: Report) -> str:
    return mammoth.convert_to_html(io.BytesIO(docx.write(report))).value


class WordFiles(SimpleTestCase):
    def test_headings_paragraphs_and_tables_are_what_they_are(self):
        made = html(LETTER)

        assert "<h1>1. Đánh giá chung</h1><p>Đoạn thứ nhất.</p><p>Đoạn có dấu: ỷ, ẵ, đ.</p>" in made
        assert "<p><strong>Trang</strong></p></th>" in made
        assert "<td><p>Phường Mỹ Long</p></td><td><p>3</p></td>" in made
        assert "<h1>3. Tệp</h1><p>Không có.</p>" in made

    def test_signs_of_xml_stay_text(self):
        assert "&lt;b&gt;Xã &amp; phường&lt;/b&gt;" in html(LETTER)

    def test_a_letter_names_the_state_the_number_and_the_day(self):
        made = html(LETTER)

        for text in (*STATE, "Số: 12/BC-BBT", "Long Xuyên, ngày 25 tháng 11 năm 2026", "BAN BIÊN TẬP"):
            assert text in made

    def test_a_list_names_only_who_issues_it(self):
        made = html(Report(issuer="Ban Biên tập", title="Danh sách", tables=(TABLE,)))

        assert "BAN BIÊN TẬP" in made
        assert STATE[0] not in made

    def test_the_same_report_gives_the_same_bytes(self):
        assert docx.write(LETTER) == docx.write(LETTER)

    def test_every_part_is_xml_and_leads_nowhere_outside(self):
        with zipfile.ZipFile(io.BytesIO(docx.write(LETTER))) as archive:
            texts = {name: archive.read(name).decode() for name in archive.namelist()}

        for name, text in texts.items():
            ElementTree.fromstring(text)
            assert 'TargetMode="External"' not in text, name

    def test_signs_that_xml_does_not_know_are_left_out(self):
        report = Report(issuer="Ban", title="Danh\x0bsách", tables=(Table("I\x00", notes=("a\x1fb\nc",)),))

        assert "a b<br />c" in html(report)


class Pdf(SimpleTestCase):
    def test_a_letter_has_the_same_words(self):
        pages = PdfReader(io.BytesIO(pdf.write(LETTER))).pages
        words = " ".join(" ".join(page.extract_text() for page in pages).split())

        for text in (STATE[0], "Số: 12/BC-BBT", "Đoạn có dấu: ỷ, ẵ, đ.", "Phường Mỹ Long", "Không có."):
            assert text in words


class Numbers(SimpleTestCase):
    """Columns of numbers, the sum below them, and what is signed."""

    def printed(self, report: Report) -> list[dict[str, tuple[float, str]]]:
        """Return the words of each page with where they begin, in points, and the font."""
        pages = []
        for page in PdfReader(io.BytesIO(pdf.write(report))).pages:
            found = {}

            def note(text, _current, matrix, font, _size, found=found):
                found[text.strip()] = (matrix[4], font["/BaseFont"] if font else "")

            page.extract_text(visitor_text=note)
            pages.append(found)
        return pages

    def test_stand_one_below_the_other_by_their_last_digit(self):
        rows = [["A", "5"], ["B", "1.290.000"]]
        for numbers, is_right in (((), False), ((1,), True)):
            table = Table("Bảng", ("Tên", "Tiền"), (1, 1), rows, numbers=numbers)
            [words] = self.printed(Report("Ban", "Bảng kê", tables=[table]))
            with self.subTest(numbers=numbers):
                self.assertEqual(words["5"][0] > words["1.290.000"][0], is_right)

    def test_the_sum_alone_is_bold(self):
        table = Table("Bảng", ("Tên", "Tiền"), (1, 1), [["A", "5"], ["Cộng", "7"]], has_sum=True)

        [words] = self.printed(Report("Ban", "Bảng kê", tables=[table]))

        self.assertIn("Bold", words["7"][1])
        self.assertNotIn("Bold", words["5"][1])

    def test_no_caption_stands_alone_at_the_foot_of_a_page(self):
        for count in range(10, 26):
            first = Table("Một", ("Tên", "Tiền"), (1, 1), [["A", "5"]] * count)
            second = Table("Hai", ("Người", "Số"), (1, 1), [["B", "7"]])
            pages = self.printed(Report("Ban", "Bảng kê", tables=[first, second]))
            with self.subTest(count):
                [place] = [place for place, words in enumerate(pages) if "Hai" in words]
                self.assertIn("B", pages[place])

    def test_the_closing_words_stand_on_the_page_of_the_signatures(self):
        for count in range(14, 26):
            table = Table("Bảng", ("Tên", "Tiền"), (1, 1), [["A", "5"]] * count)
            closing = Table("Tổng cộng", notes=["Tổng cộng bằng chữ: năm đồng."])
            pages = self.printed(Report("Ban", "Bảng kê", tables=[table, closing], signatures=["Kế toán"]))
            with self.subTest(count):
                [place] = [place for place, words in enumerate(pages) if "Kế toán" in words]
                self.assertIn("Tổng cộng", pages[place])
