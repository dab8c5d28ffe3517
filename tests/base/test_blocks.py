"""The parts of a page's body: anchors, contents, what is refused, and what readers get."""

import json
from types import SimpleNamespace

from django.apps import apps
from django.template.loader import render_to_string
from django.test import SimpleTestCase, TestCase
from django.urls import reverse
from django.utils import translation
from django.utils.html import strip_tags
from wagtail.admin.icons import get_icons
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.contrib.table_block.blocks import DEFAULT_TABLE_OPTIONS
from wagtail.fields import StreamField
from wagtail.test.utils.form_data import streamfield

from base.blocks import TABLE_OPTIONS, BodyBlock, DataTableBlock, GridBlock, PictureBlock, outline
from base.models import PortalFile
from base.preflight import lacking_in
from sections.models import ArticlePage
from tests.city import CityTestCase
from tests.forms import form_of, send
from tests.language.english import english

TABLE = {"first_row_is_table_header": True, "first_col_is_header": False, "table_caption": ""}


def body(*children):
    """A body of (type, value) pairs."""
    block = BodyBlock()
    return block.to_python(
        [{"type": name, "value": value, "id": str(place)} for place, (name, value) in enumerate(children)]
    )


def heading(text, level="2"):
    return "heading", {"text": text, "level": level}


class TablesAsSent(CityTestCase):
    """What is sent for a table and is none comes back in the cells, with the rest of the form; nothing is stored."""

    def setUp(self):
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long)
        self.add = reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk])

    def sent(self, address, table, **more):
        part = {"caption": "Tên bảng", "table": table, "note": "Ghi chú đã gõ"}
        changes = {"title": "Bài có bảng", "slug": "bai-co-bang", "body": streamfield([("table", part)])}
        return send(self.client, address, ArticlePage, **{**changes, **more})

    def cells(self, answer):
        assert answer.status_code == 200, answer.status_code
        problem = answer.context["form"].errors["body"].as_data()[0]
        assert "không đúng dạng" in str(problem.as_json_data())
        table = answer.context["form"]["body"].value()[0].value
        assert (table["caption"], table["note"]) == ("Tên bảng", "Ghi chú đã gõ")
        assert answer.context["form"]["title"].value() == "Bài có bảng"
        return table["table"]["data"]

    def test_come_back_as_rows_and_cells_on_a_new_page_and_on_one_that_is_there(self):
        typed = "Chỉ tiêu\tGiá trị\nDân số\t1"
        rows = [["Chỉ tiêu", "Giá trị"], ["Dân số", "1"]]
        assert self.cells(self.sent(self.add, typed)) == rows
        assert not ArticlePage.objects.filter(slug="bai-co-bang").exists()

        edit = self.sent(self.add, "null")["Location"]
        assert self.cells(self.sent(edit, typed)) == rows

        kept = self.sent(edit, json.dumps({"data": rows}))
        self.assertRedirects(kept, edit, fetch_redirect_response=False)
        page = ArticlePage.objects.get(slug="bai-co-bang").get_latest_revision_as_object()
        assert page.body[0].value["table"]["data"] == rows

    def test_of_any_other_shape_are_refused_too(self):
        for value in (
            "[]",
            "1",
            "1e999",
            '"chữ"',
            '{"data": 5}',
            '{"data": null}',
            '{"data": [5]}',
            '{"data": [[{}]]}',
            '{"data": [[1e999]]}',
            '{"data":',
            "[" * 5000,
        ):
            with self.subTest(value[:20]):
                self.cells(self.sent(self.add, value))

    def test_that_editors_draw_are_taken(self):
        for number, value in enumerate(("", "null", "{}", '{"data": [["a", null, 1, 1.5, true]]}')):
            with self.subTest(value):
                answer = self.sent(self.add, value, slug=f"bai-{number}")
                assert answer.status_code == 302

    def test_are_refused_to_the_autosave_as_well(self):
        edit = self.sent(self.add, "null")["Location"]
        part = {"caption": "", "table": "chữ", "note": ""}
        data = form_of(self.client, edit, ArticlePage, body=streamfield([("table", part)]))
        answer = self.client.post(edit, data, HTTP_ACCEPT="application/json", HTTP_HOST="localhost")
        assert answer.status_code == 400
        assert answer.json()["success"] is False


class Headings(SimpleTestCase):
    def test_get_an_anchor_without_diacritics(self):
        entries = outline(body(heading("Đường Trần Hưng Đạo")))

        self.assertEqual(entries[0]["anchor"], "duong-tran-hung-dao")

    def test_that_repeat_get_different_anchors(self):
        entries = outline(body(heading("Kinh phí"), heading("Kinh phí"), heading("Kinh phí")))

        self.assertEqual([entry["anchor"] for entry in entries], ["kinh-phi", "kinh-phi-2", "kinh-phi-3"])

    def test_without_a_letter_still_get_an_anchor(self):
        self.assertEqual(outline(body(heading("…")))[0]["anchor"], "muc")

    def test_open_with_a_table_of_contents_from_three_on(self):
        two = BodyBlock().render(body(heading("Một"), heading("Hai")))
        three = BodyBlock().render(body(heading("Một"), heading("Hai"), heading("Ba")))

        self.assertNotIn("contents__title", two)
        self.assertIn('<a href="#ba">Ba</a>', three)
        self.assertIn('id="ba"', three)

    def test_of_level_three_may_not_come_first(self):
        block = BodyBlock()

        with self.assertRaises(StreamBlockValidationError) as caught:
            block.clean(body(heading("Nhỏ", level="3"), heading("Lớn")))

        self.assertIn("mục lớn", str(caught.exception.block_errors[0]))


class TheGrid(SimpleTestCase):
    """What Wagtail hands to Handsontable. Goes, with GRID_MENU and GRID_LANGUAGE, once that knows Vietnamese."""

    def options(self):
        with translation.override("vi"):
            return GridBlock(table_options=TABLE_OPTIONS).table_options

    def test_is_asked_for_a_language_that_it_knows_as_it_would_complain_to_the_console_otherwise(self):
        self.assertEqual(self.options()["language"], "en-US")

    def test_says_nothing_in_that_language_as_each_entry_of_its_menu_has_a_name_of_ours(self):
        items = self.options()["contextMenu"]["items"]

        offered = {item for item in DEFAULT_TABLE_OPTIONS["contextMenu"] if not item.startswith("---")}
        self.assertEqual(offered, {key for key in items if not key.startswith("hsep")})
        self.assertEqual([name for item in items.values() for name in english(item["name"])], [])


class Tables(SimpleTestCase):
    def value(self, data, caption="Kinh phí"):
        return DataTableBlock().to_python({"caption": caption, "table": {**TABLE, "data": data}, "note": ""})

    def clean(self, data):
        return DataTableBlock().clean(self.value(data))

    def test_show_the_first_row_as_column_headings(self):
        html = DataTableBlock().render(self.value([["Nguồn", "Số tiền"], ["Tỉnh", "12,5"]]))

        self.assertInHTML('<th scope="col">Nguồn</th>', html)
        self.assertInHTML("<td>12,5</td>", html)
        self.assertInHTML("<caption>Kinh phí</caption>", html)

    def test_are_refused_without_the_name_of_a_column(self):
        with self.assertRaises(StructBlockValidationError) as caught:
            self.clean([["Nguồn", ""], ["Tỉnh", "12,5"]])

        self.assertIn("tên cột 2", str(caught.exception.block_errors["table"]))

    def test_are_refused_without_a_row_below_the_header(self):
        with self.assertRaises(StructBlockValidationError) as caught:
            self.clean([["Nguồn", "Số tiền"]])

        self.assertIn("ít nhất một dòng", str(caught.exception.block_errors["table"]))

    def test_are_refused_without_a_name(self):
        with self.assertRaises(StructBlockValidationError) as caught:
            DataTableBlock().clean(self.value([["Nguồn"], ["Tỉnh"]], caption=""))

        self.assertIn("caption", caught.exception.block_errors)

    def test_show_markup_typed_into_a_cell_as_text(self):
        html = DataTableBlock().render(self.value([["Nguồn"], ["<script>x</script>"]]))

        self.assertNotIn("<script>", html)


class Pictures(SimpleTestCase):
    def test_name_the_mend_when_the_description_is_missing(self):
        with self.assertRaises(StructBlockValidationError) as caught:
            PictureBlock().clean(self.picture(" "))

        self.assertIn("đánh dấu «Ảnh trang trí»", str(caught.exception.block_errors["alt_text"]))

    def test_are_refused_with_the_name_of_their_file_for_a_description(self):
        for said in ("IMG_2034", "cho long xuyen", "cho-long-xuyen.jpg", "Ảnh", "hình ảnh 3", "DSC 0012"):
            with self.subTest(said), self.assertRaises(StructBlockValidationError):
                PictureBlock().clean(self.picture(said))

    def test_that_only_decorate_need_no_description(self):
        block = PictureBlock()
        block.child_blocks["image"].clean = lambda value: value
        picture = self.picture("", decorative=True)

        self.assertIs(block.clean(picture), picture)

    def test_are_kept_in_a_draft_without_a_description(self):
        block = PictureBlock()
        block.child_blocks["image"].clean = lambda value: value
        picture = self.picture("")

        self.assertIs(block.clean_deferred(picture), picture)

    @staticmethod
    def picture(description: str, *, decorative: bool = False):
        """What `ImageBlock` gives: a picture with the description it has where it stands."""
        file = SimpleNamespace(name="x1/cho-long-xuyen.jpg")
        return SimpleNamespace(decorative=decorative, contextual_alt_text=description, file=file)


class Drafts(SimpleTestCase):
    def test_are_saved_whatever_their_parts_lack_and_the_preflight_names_each(self):
        table = {"caption": "", "table": {**TABLE, "data": [["", "Số"], ["Chợ", "12"]]}, "note": ""}
        lacking = body(heading("Nhỏ", level="3"), ("table", table), heading(""))

        kept = BodyBlock().clean_deferred(lacking)

        self.assertEqual(len(kept), 3)
        said = list(lacking_in(lacking))
        self.assertEqual(
            said[:2],
            [
                "Phần 2 (Bảng), Tên bảng: Bảng chưa có tên; hãy điền «Tên bảng».",
                "Phần 2 (Bảng), Bảng: Dòng đầu phải có tên của mọi cột; hãy điền tên cột 1.",
            ],
        )
        self.assertTrue(said[2].startswith("Phần 3 (Đề mục), Nội dung đề mục: "), said)

    def test_whose_first_heading_is_a_small_one_are_kept_but_not_submitted(self):
        small_first = body(heading("Nhỏ", level="3"), heading("Lớn"))

        BodyBlock().clean_deferred(small_first)

        self.assertEqual(
            list(lacking_in(small_first)),
            ["Phần 1 (Đề mục): Đề mục đầu tiên phải là mục lớn; hãy chọn cấp «Mục lớn»."],
        )

    def test_with_a_table_that_says_nothing_of_its_headers_lack_nothing(self):
        for first_column, said in ((False, "row"), (True, "both")):
            grid = {"data": [["Phường", "Số"], ["Mỹ Long", "12"]], "first_col_is_header": first_column}
            written = BodyBlock().normalize([("table", {"caption": "Chợ", "table": grid, "note": ""})])
            self.assertEqual(list(lacking_in(written)), [])
            self.assertEqual(BodyBlock().clean(written)[0].value["table"]["table_header_choice"], said)

    def test_without_any_part_are_for_their_page_type_to_judge(self):
        self.assertEqual(list(lacking_in(body())), [])


class Steps(SimpleTestCase):
    def test_are_an_ordered_list(self):
        html = BodyBlock().render(
            body(("steps", [{"title": "Chuẩn bị", "text": "<p>Tờ khai</p>"}, {"title": "Nộp", "text": ""}]))
        )

        self.assertIn('<ol class="steps">', html)
        self.assertEqual(html.count("steps__item"), 2)


class Remarks(SimpleTestCase):
    def test_bear_their_kind_as_class_and_their_title_as_name(self):
        html = BodyBlock().render(
            body(("callout", {"kind": "warning", "title": "Cấm xe tải", "text": "<p>Đến hết tháng.</p>"}))
        )

        self.assertIn("notice--warning", html)
        self.assertIn('aria-label="Cấm xe tải"', html)


class Attachments(TestCase):
    def test_say_their_kind_and_size(self):
        file = PortalFile(title="Quyết định", file="tep/quyet-dinh.pdf", file_size=2048, pages=3)

        html = render_to_string("base/parts/file.html", {"file": file})

        self.assertIn("PDF · 2,0\xa0KB · 3 trang", html)
        self.assertIn(f'href="{file.url}"', html)


class Picker(CityTestCase):
    """What the window says in which a part of a page is chosen."""

    @staticmethod
    def offered():
        """Every (where, name, block) that a form offers to add."""
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                if isinstance(field, StreamField):
                    for name, block in field.stream_block.child_blocks.items():
                        yield f"{model._meta.label}.{field.name}", name, block

    def test_every_part_has_an_icon_a_name_a_line_about_it_and_a_preview(self):
        icons = str(get_icons())
        for where, name, block in self.offered():
            with self.subTest(f"{where}: {name}"):
                assert any(ord(letter) > 127 for letter in str(block.label))
                assert 15 < len(block.get_description()) < 120
                assert f'id="icon-{block.meta.icon}"' in icons and block.meta.icon != "placeholder"
                assert block.is_previewable

    def test_every_preview_is_drawn_in_the_style_that_readers_see(self):
        self.client.force_login(self.cast.contributor)
        seen = set()
        for where, name, block in self.offered():
            if block.definition_prefix in seen:
                continue
            seen.add(block.definition_prefix)
            with self.subTest(f"{where}: {name}"):
                answer = self.client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
                self.assertContains(answer, "portal")
                html = answer.content.decode()
                assert 'lang="vi"' in html and len(strip_tags(html.partition("<main")[2]).split()) > 2
        assert len(seen) >= 12
