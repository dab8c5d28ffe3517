"""A Word file as the parts of a page: what stays, what is named, what numbers Word would show."""

import io
import json
import zipfile
from xml.etree import ElementTree

import pytest

from documents import reading as words
from documents.numbers import Numbers
from tests.files.samples import strict
from tests.sections import word_files
from tests.sections.word_files import MAIN_NAMESPACE, level, p, r, word


@pytest.fixture
def read(tmp_path):
    """Read a file as the child does; return what it says and the parts."""

    def reading(content: bytes, scheme: str = ""):
        with open(tmp_path / "written", "w+b") as target:
            said = words.read_parts(io.BytesIO(content), target, scheme)
        return said, json.loads(piece(tmp_path, said["parts"]))

    return reading


def piece(folder, place: list[int]) -> bytes:
    """What the child wrote at a place."""
    start, length = place
    return (folder / "written").read_bytes()[start : start + length]


def html_of(parts) -> str:
    return "".join(part.get("html", "") for part in parts)


class TestParts:
    def test_tables_keep_every_cell_and_a_letterhead_is_no_table(self, read):
        said, parts = read(word_files.with_tables())

        assert [part["type"] for part in parts] == ["paragraph", "table", "paragraph", "table"]
        assert parts[1]["caption"] == "Bảng 1. Thu, chi quý I"
        assert parts[1]["rows"] == [
            ["Phường", "Kinh phí", "Kinh phí"],
            ["Phường", "Thu", "Chi"],
            ["Mỹ Long", "10", "8"],
        ]
        assert parts[3]["rows"][1] == ["Trung ương", "Cổng Chính phủ (https://chinhphu.vn/)"]
        assert "<p>UBND PHƯỜNG MẪU</p><p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p>" in parts[0]["html"]
        assert said["title"] == "Báo cáo thu chi"
        assert said["counts"] == {"layouts": 1, "joined_cells": 2, "cell_links": 1}

    def test_the_strict_form_of_the_standard_says_the_same(self, read):
        for content in (word_files.with_tables(), word_files.with_pictures(), word_files.with_legal_numbering()):
            in_strict = strict(content)
            assert in_strict != content

            assert read(in_strict) == read(content)

    def test_lists_stay_nested_and_one_that_goes_on_keeps_its_number_as_text(self, read):
        _said, parts = read(word_files.with_nested_lists())

        markup = html_of(parts)
        assert "<li>Giấy tờ tùy thân<ul><li>Bản chính<ul><li>Còn hạn</li></ul></li></ul></li><li>Đơn</li>" in markup
        assert "<ol><li>Nộp hồ sơ<ul><li>Tại một cửa</li></ul></li><li>Nhận kết quả</li></ol>" in markup
        assert "<p>3. Bổ sung giấy tờ</p>" in markup

    def test_pictures_keep_what_a_person_said_of_them_and_one_that_cannot_be_taken_leaves_a_gap(self, read, tmp_path):
        said, parts = read(word_files.with_pictures())

        pictures = [part for part in parts if part["type"] == "picture"]
        assert [(one["alt"], one["decorative"], one["caption"]) for one in pictures] == [
            ("Đại biểu dự hội nghị", False, "Hình 1. Toàn cảnh hội nghị"),
            ("", True, ""),
            ("", False, ""),
        ]
        assert parts[-1] == {"type": "paragraph", "html": "<p>[…]</p>"}
        assert said["samples"]["bad_pictures"] == ["x-emf"]
        assert piece(tmp_path, said["pictures"][0]["place"]).startswith(b"\x89PNG")

    def test_clauses_bear_the_numbers_that_word_counts(self, read):
        said, parts = read(word_files.with_legal_numbering())

        assert [part["text"] for part in parts if part["type"] == "heading"] == [
            "Chương I. QUY ĐỊNH CHUNG",
            "Chương II. TỔ CHỨC THỰC HIỆN",
        ]
        assert html_of(parts) == (
            "<p>Điều 1. Phạm vi điều chỉnh</p><p>1. Quy định này áp dụng với chợ.</p><p>2. Không áp dụng với:</p>"
            "<p>a) Siêu thị;</p><p>b) Trung tâm thương mại.</p>"
            "<p>Điều 2. Hiệu lực</p><p>1. Quyết định này có hiệu lực từ ngày ký.</p>"
        )
        assert said["title"] == "Quyết định về quản lý chợ"
        assert said["counts"]["numbers"] == 7

    def test_foot_notes_stand_at_the_end_with_their_marks(self, read):
        _said, parts = read(word_files.with_footnotes())

        assert parts[0]["html"] == "<p>Theo số liệu điều tra<sup>[1]</sup> và báo cáo<sup>[2]</sup>.</p>"
        assert parts[1] == {"type": "heading", "level": "2", "text": "Chú thích"}
        assert parts[2]["html"] == "<p>[1] Điều tra tháng 4 năm 2026.</p><p>[2] Báo cáo của Phòng Kinh tế.</p>"

    def test_everything_that_is_not_taken_along_is_named_with_its_words(self, read):
        said, parts = read(word_files.with_tracked_changes())

        markup = html_of(parts)
        assert "Mức hỗ trợ là một trăm nghìn đồng." in markup
        assert "tám mươi" not in markup and "nội bộ" not in markup
        assert markup.count("Chữ trong hộp") == 1
        assert "<p>[…]</p>" in markup and "Diện tích […]" in markup
        assert "<b>CHỮ HOA</b>" in markup
        assert said["samples"] == {
            "deleted": ["tám mươi"],
            "inserted": ["một trăm"],
            "hidden": ["Ghi chú nội bộ, không đăng."],
            "boxes": ["Chữ trong hộp"],
            "charts": ["Biểu đồ 1"],
            "equations": ["S=ab"],
            "fields": ["DATE"],
            "struck": ["Gạch bỏ"],
            "headers": ["TÀI LIỆU HỌP"],
            "comments": ["Xem lại mức này"],
        }

    def test_old_letters_are_converted_by_their_font_and_only_when_asked(self, read):
        said, as_it_is = read(word_files.in_tcvn3())
        _said, converted = read(word_files.in_tcvn3(), "tcvn3")

        assert said["fonts"] == [".VnTime", ".VnTimeH"]
        assert "th«ng b¸o" in html_of(as_it_is)
        assert html_of(converted) == (
            "<p>THỦ TỤC HÀNH CHÍNH</p><p>UBND phường thông báo lịch tiếp công dân tháng này.</p><p>Thông báo</p>"
        )

    def test_a_mark_of_vni_that_stands_in_the_next_run_joins_its_letter(self, read):
        font = '<w:rFonts w:ascii="VNI-Times"/>'
        _said, parts = read(word(p(inner=r("Quye", font) + r("át ñònh", f"{font}<w:b/>"))), "vni")

        assert html_of(parts) == "<p>Quyế<b>t định</b></p>"

    def test_headings_come_in_two_levels_and_deeper_ones_are_named(self, read):
        said, parts = read(
            word(p("Mở đầu", style="u2") + p("Lớn", style="u1") + p("Nhỏ", style="u2") + p("Sâu", style="u3"))
        )

        assert [(part["text"], part["level"]) for part in parts] == [
            ("Mở đầu", "2"),
            ("Lớn", "2"),
            ("Nhỏ", "3"),
            ("Sâu", "3"),
        ]
        assert said["samples"]["deep_headings"] == ["Sâu"]

    def test_links_that_no_page_may_have_are_left_out_and_named(self, read):
        linked = "".join(
            f'<w:p><w:hyperlink r:id="{name}">{r(name)}</w:hyperlink></w:p>' for name in ("tot", "xau")
        ) + p(inner=f'<w:hyperlink w:anchor="muc1">{r("xem mục 1")}</w:hyperlink>')
        relations = word_files.relation("tot", "hyperlink", "https://example.invalid/?a=1&amp;b=2", "External")
        relations += word_files.relation("xau", "hyperlink", "ftp://example.invalid/tep", "External")
        said, parts = read(word(linked, relations=relations))

        assert html_of(parts) == (
            '<p><a href="https://example.invalid/?a=1&amp;b=2">tot</a></p><p>xau</p><p>xem mục 1</p>'
        )
        assert said["samples"]["bad_links"] == ["ftp://example.invalid/tep"]
        assert said["samples"]["inner_links"] == ["xem mục 1"]

    def test_text_that_looks_like_markup_stays_text(self, read):
        _said, parts = read(word(p("Dùng &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;")))

        assert html_of(parts) == "<p>Dùng &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;</p>"

    def test_letters_come_composed(self, read):
        _said, parts = read(word(p("Ha\u0300nh chi\u0301nh")))

        assert html_of(parts) == "<p>Hành chính</p>"

    def test_more_paragraphs_than_a_page_can_bear_are_not_read_at_all(self, tmp_path):
        source = tmp_path / "tep.docx"
        source.write_bytes(word_files.with_millions_of_paragraphs(words.MOST_PARAGRAPHS + 1))

        assert words.read_parts(str(source), str(tmp_path)) == {"refused": "long", "most": words.MOST_PARAGRAPHS}
        assert not (tmp_path / "parts.json").exists()

    def test_what_the_converter_does_not_know_is_named(self, read):
        said, _parts = read(word(p("Chữ") + "<w:altChunk/>"))

        assert said["samples"]["unknown"] == ["w:altChunk"]

    def test_a_main_part_of_another_name_is_found(self, read):
        plain = word(p("Nội dung"))
        with zipfile.ZipFile(io.BytesIO(plain)) as package:
            entries = {name: package.read(name) for name in package.namelist()}
        entries = {name.replace("document.xml", "document2.xml"): data for name, data in entries.items()}
        entries["_rels/.rels"] = entries["_rels/.rels"].replace(b"document.xml", b"document2.xml")
        _said, parts = read(word_files.packed(entries))

        assert html_of(parts) == "<p>Nội dung</p>"


class TestNumbers:
    def numbers(self, lists: str) -> Numbers:
        return Numbers(ElementTree.fromstring(f'<w:numbering xmlns:w="{MAIN_NAMESPACE}">{lists}</w:numbering>'), None)

    def said(self, numbers: Numbers, *places: tuple[str, str]) -> list[str]:
        return [numbers.next("", number, depth).text for number, depth in places]

    def test_lists_of_one_definition_go_on_and_one_that_starts_anew_does_so_once(self):
        numbers = self.numbers(
            '<w:abstractNum w:abstractNumId="1">' + level(0, "decimal", "%1.") + "</w:abstractNum>"
            '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        )

        assert self.said(numbers, ("1", "0"), ("1", "0"), ("2", "0"), ("2", "0"), ("1", "0")) == [
            "1.",
            "2.",
            "1.",
            "2.",
            "3.",
        ]

    def test_kinds_of_figures_and_levels_inside_of_each_other(self):
        numbers = self.numbers(
            '<w:abstractNum w:abstractNumId="1">'
            + level(0, "upperRoman", "Phần %1")
            + level(1, "decimal", "%1.%2")
            + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
        )

        assert self.said(numbers, ("1", "0"), ("1", "1"), ("1", "1"), ("1", "0"), ("1", "1")) == [
            "Phần I",
            "I.1",
            "I.2",
            "Phần II",
            "II.1",
        ]

    def test_a_paragraph_that_leaves_the_list_of_its_style_has_no_number(self):
        space = f'xmlns:w="{MAIN_NAMESPACE}"'
        styles = ElementTree.fromstring(
            f'<w:styles {space}><w:style w:styleId="D"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
            '<w:style w:styleId="E"><w:basedOn w:val="D"/></w:style></w:styles>'
        )
        lists = ElementTree.fromstring(
            f'<w:numbering {space}><w:abstractNum w:abstractNumId="1">{level(0, "decimal", "Điều %1.")}</w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
        )
        numbers = Numbers(lists, styles)

        assert numbers.next("D", None, None).text == "Điều 1."
        assert numbers.next("D", "0", None) is None
        assert numbers.next("E", None, None).text == "Điều 2."
