"""The text of a document becomes parts, chapters, articles, clauses and points, with anchors that stay."""

from pathlib import Path
from unittest import TestCase

import legalref
from legalref.life import structure

TEXT = (Path(legalref.__file__).parent / "data" / "decision-01-2020.txt").read_text(encoding="utf-8")


class DecisionOf2020(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nodes = structure.parse(TEXT)

    def articles(self, part):
        return [node for node in self.nodes if node.kind == structure.ARTICLE and node.part == part]

    def node(self, anchor):
        return next(node for node in self.nodes if node.anchor == anchor)

    def test_decision_has_three_articles_of_its_own(self):
        self.assertEqual([node.number for node in self.articles("quyet-dinh")], ["1", "2", "3"])
        self.assertIn("15/06/2020", self.node("quyet-dinh-dieu-2").text)
        self.assertEqual(self.node("quyet-dinh-dieu-2").heading, "")

    def test_regulation_has_twenty_four_articles_in_order(self):
        self.assertEqual([node.number for node in self.articles("quy-che")], [str(n) for n in range(1, 25)])

    def test_regulation_has_six_chapters_with_the_articles_the_text_gives_them(self):
        chapters = [node for node in self.nodes if node.kind == structure.CHAPTER]
        expected = {"I": (1, 8), "II": (9, 11), "III": (12, 12), "IV": (13, 19), "V": (20, 21), "VI": (22, 24)}

        self.assertEqual([node.number for node in chapters], list(expected))
        for number, (first, last) in expected.items():
            inside = [int(node.number) for node in self.articles("quy-che") if node.chapter == number]
            self.assertEqual(inside, list(range(first, last + 1)), number)
        self.assertEqual(chapters[3].heading, "BẢO ĐẢM HOẠT ĐỘNG CHO CÔNG THÔNG TIN ĐIỆN TỬ")

    def test_fourth_chapter_has_three_sections(self):
        sections = [node for node in self.nodes if node.kind == structure.SECTION]
        expected = {"1": (13, 15), "2": (16, 17), "3": (18, 19)}

        self.assertEqual([node.anchor for node in sections], [f"quy-che-chuong-iv-muc-{number}" for number in expected])
        for number, (first, last) in expected.items():
            inside = [int(node.number) for node in self.articles("quy-che") if node.section == number]
            self.assertEqual(inside, list(range(first, last + 1)), number)

    def test_article_without_title_keeps_its_sentence_as_text(self):
        last = self.node("quy-che-dieu-24")

        self.assertEqual(last.heading, "")
        self.assertTrue(last.text.startswith("Các thành viên Ban biên tập"))

    def test_article_with_title_and_list_keeps_both(self):
        article = self.node("quy-che-dieu-16")

        self.assertEqual(article.heading, "Kinh phí duy trì hoạt động của Trang thông tin điện tử, gồm")
        self.assertEqual([line.kind for line in article_lines(article)], ["clause", "dash", "dash", "clause"])

    def test_points_follow_the_vietnamese_order_with_anchors_that_differ(self):
        lines = article_lines(self.node("quy-che-dieu-10"))
        points = [line for line in lines if line.kind == "point"]

        self.assertEqual([line.label for line in points], ["a)", "b)", "c)", "d)", "đ)", "e)"])
        self.assertEqual(points[3].anchor, "quy-che-dieu-10-khoan-1-diem-d")
        self.assertEqual(points[4].anchor, "quy-che-dieu-10-khoan-1-diem-dd")
        self.assertTrue(points[4].text.startswith("Đối với thông tin về chương trình, đề tài khoa học"))
        self.assertEqual(lines[-1].anchor, "quy-che-dieu-10-khoan-2")

    def test_preamble_names_its_eight_bases_and_the_proposal(self):
        lines = self.node("quyet-dinh-can-cu").lines

        self.assertEqual(sum(line.startswith("Căn cứ") for line in lines), 8)
        self.assertTrue(any("308/TTr-VHTT" in line for line in lines))

    def test_recipients_end_where_the_signature_begins(self):
        lines = self.node("quyet-dinh-noi-nhan").lines

        self.assertEqual(len(lines), 10)
        self.assertEqual(lines[0], "- Như Điều 3;")
        self.assertEqual(self.node("quyet-dinh-ky").lines, ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Phạm Thành Thái"])

    def test_masthead_of_the_regulation_belongs_to_it(self):
        lines = self.node("quy-che-mo-dau").lines

        self.assertIn("QUY CHẾ", lines)
        self.assertTrue(any("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in line for line in lines))

    def test_the_regulation_is_found_where_no_blank_line_stands_before_it(self):
        source = TEXT.replace("\n\nQUY CHẾ\n\n", "\nQUY CHẾ\n")
        self.assertNotEqual(source, TEXT)

        anchors = [node.anchor for node in structure.parse(source)]

        self.assertIn("quy-che-dieu-10", anchors)
        self.assertEqual(anchors, [node.anchor for node in self.nodes])

    def test_no_word_is_lost_but_the_name_printed_twice(self):
        kept = []
        for node in self.nodes:
            word = {structure.ARTICLE: "Điều", structure.CHAPTER: "Chương", structure.SECTION: "Mục"}.get(node.kind)
            label = f"{word} {node.number}{'.' if node.kind == structure.ARTICLE else ''} " if word else ""
            head = "Nơi nhận: " if node.kind == structure.RECIPIENTS else ""
            kept += f"{head}{label}{node.heading} {node.text}".replace("*", "").split()
        source = TEXT.replace("*", "").replace("Phạm Thành Thái\nPhạm Thành Thái", "Phạm Thành Thái").split()

        self.assertEqual(sorted(kept), sorted(source))

    def test_anchors_are_unique_and_stay_when_read_again(self):
        anchors = [node.anchor for node in self.nodes]

        self.assertEqual(len(anchors), len(set(anchors)))
        self.assertEqual(anchors, [node.anchor for node in structure.parse(TEXT)])


class OtherTexts(TestCase):
    def test_empty_text_has_no_nodes(self):
        self.assertEqual(structure.parse("  \n "), [])

    def test_text_without_blank_lines_is_read_line_by_line(self):
        nodes = structure.parse("THÔNG BÁO\nĐiều 1. Nội dung\n1. Một.\n2. Hai.\nĐiều 2. Hiệu lực từ ngày ký.")
        articles = [node for node in nodes if node.kind == structure.ARTICLE]

        self.assertEqual([node.anchor for node in articles], ["thong-bao-dieu-1", "thong-bao-dieu-2"])
        self.assertEqual(
            [line.anchor for line in article_lines(articles[0])], [f"thong-bao-dieu-1-khoan-{n}" for n in (1, 2)]
        )

    def test_paragraph_that_begins_with_a_year_is_no_clause(self):
        lines = structure.lines_of("1. Việc thứ nhất.\n2020. Một năm không phải khoản.\n2. Việc thứ hai.", "dieu-1")

        self.assertEqual([line.kind for line in lines], ["clause", "text", "clause"])

    def test_text_with_no_articles_is_kept(self):
        nodes = structure.parse("Kính gửi các phòng.\n\nĐề nghị thực hiện.")

        self.assertEqual(
            " ".join(node.text for node in nodes).split(), "Kính gửi các phòng. Đề nghị thực hiện.".split()
        )


class AnchorFor(TestCase):
    PARTS = ["quyet-dinh", "quy-che"]

    def test_provisions_as_people_write_them(self):
        cases = {
            "điểm đ khoản 1 Điều 10": "quy-che-dieu-10-khoan-1-diem-dd",
            "Điều 10 khoản 1": "quy-che-dieu-10-khoan-1",
            "Điều 21.2": "quy-che-dieu-21",
            "Điều 2 Quyết định": "quyet-dinh-dieu-2",
            "Chương II": "quy-che-chuong-ii",
            "khoản 2 Điều 3 Quy chế": "quy-che-dieu-3-khoan-2",
            "toàn bộ": "",
            "": "",
        }
        for written, anchor in cases.items():
            with self.subTest(written):
                self.assertEqual(structure.anchor_for(written, self.PARTS), anchor)

    def test_document_without_text_has_no_anchors(self):
        self.assertEqual(structure.anchor_for("Điều 1", []), "")


def article_lines(node):
    return structure.lines_of(node.text, node.anchor)
