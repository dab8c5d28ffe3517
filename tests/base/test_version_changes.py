"""What a reviewer reads of the difference between two versions."""

import re
from datetime import date

from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.models import CommentReply

from base.admin.version_changes import as_text, changes
from sections.models import ArticleCorrection, ArticlePage
from tests import factories
from tests.city import CityTestCase, publish_at_once
from workflows.publishing import approval

CODES = re.compile(
    r"\b(?:news|notice|info|warning|basis|about|True|False|None|paragraph|heading|lead_image|body)\b|[{\[]"
)


class Differences(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)
        cls.picture = factories.picture(cls.city.my_long)

    def public(self, body=None, **fields) -> ArticlePage:
        page = factories.article(self.section, by=self.cast.contributor, title="Sửa đường số 1", **fields)
        if body is not None:
            page.body = page.body.stream_block.to_python(body)
            page.save_revision(user=self.cast.contributor)
        return publish_at_once(page)

    def body(self, *kinds):
        values = {
            "paragraph": "<p>Một đoạn văn.</p>",
            "heading": {"text": "Một đề mục", "level": "2"},
            "callout": {"kind": "info", "title": "Nhớ", "text": "<p>Điều nên nhớ.</p>"},
            "image": {"picture": {"image": self.picture.pk, "alt_text": "Cầu mới", "decorative": False}, "caption": ""},
            "table": {"caption": "Số liệu", "table": {"data": [["Năm", "Số"], ["2020", "7"]]}, "note": ""},
        }
        return [
            {"type": kind, "value": values[kind], "id": f"00000000-0000-4000-8000-{place:012}"}
            for place, kind in enumerate(kinds)
        ]

    def changed(self, page, body) -> list[str]:
        new = ArticlePage.objects.get(pk=page.pk)
        new.body = new.body.stream_block.to_python(body)
        return as_text(changes(page, new))

    def test_a_sentence_for_each_field_and_a_count_of_each_kind_of_part(self):
        page = self.public(self.body("paragraph", "image"))
        new = ArticlePage.objects.get(pk=page.pk)
        new.title = "Sửa đường số 2"
        new.keywords = "đường; cầu"
        new.source_name = ""
        parts = self.body("paragraph", "image", "paragraph", "paragraph")
        new.body = new.body.stream_block.to_python([parts[0], *parts[2:]])

        assert as_text(changes(page, new)) == [
            "Tiêu đề đổi.",
            "Nội dung: thêm 2 đoạn văn, bỏ 1 ảnh.",
            "Nguồn bị bỏ trống.",
            "Từ khóa được điền.",
        ]

    def test_a_part_put_elsewhere_is_neither_added_nor_removed(self):
        parts = self.body("heading", "paragraph", "table")
        page = self.public(parts)
        assert self.changed(page, [parts[2], parts[0], parts[1]]) == ["Nội dung: đổi chỗ 1 bảng."]
        assert self.changed(page, parts) == []

    def test_a_changed_cell_is_a_changed_table_and_shown_in_its_row(self):
        parts = self.body("table")
        page = self.public(parts)
        new = ArticlePage.objects.get(pk=page.pk)
        value = {**parts[0]["value"], "table": {"data": [["Năm", "Số"], ["2020", "8"]]}}
        new.body = new.body.stream_block.to_python([{**parts[0], "value": value}])

        found = changes(page, new)

        assert as_text(found) == ["Nội dung: sửa 1 bảng."]
        row = found[0].rows[0]
        assert (
            '2020 | <del class="deletion">7</del>' in row.before and '2020 | <ins class="addition">8</ins>' in row.after
        )

    def test_another_picture_is_shown_as_pictures_with_their_descriptions(self):
        parts, other = self.body("image"), factories.picture(self.city.my_long)
        page = self.public(parts)
        value = {"picture": {"image": other.pk, "alt_text": "Cầu cũ", "decorative": False}, "caption": ""}
        new = ArticlePage.objects.get(pk=page.pk)
        new.body = new.body.stream_block.to_python([{**parts[0], "value": value}])
        row = changes(page, new)[0].rows[0]
        assert row.before.count("<img ") == row.after.count("<img ") == 1 and row.before != row.after
        assert "Cầu" in row.before and "cũ</ins>" in row.after

    def test_choices_days_yes_and_no_are_words_and_never_codes(self):
        page = self.public(self.body("callout"), kind="news", is_illustrative=False)
        new = ArticlePage.objects.get(pk=page.pk)
        new.kind, new.original_on = "reward", date(2020, 9, 2)
        parts = self.body("callout")
        parts[0]["value"] = {**parts[0]["value"], "kind": "warning"}
        new.body = new.body.stream_block.to_python(parts)

        rows = [row for change in changes(page, new) for row in change.rows]
        text = " ".join(strip_tags(side) for row in rows for side in (row.before, row.after))

        assert "Tin tức, sự kiện" in text and "Khen thưởng" in text and "02/09/2020" in text and "Lưu ý" in text
        assert not CODES.search(text), text

    def test_rows_of_a_list_are_counted(self):
        page = self.public()
        new = ArticlePage.objects.get(pk=page.pk)
        new.corrections = [ArticleCorrection(corrected_on=date(2020, 9, 3), note="Sửa số nhà.")]
        words = as_text(changes(page, new))
        assert words == ["Đính chính: thêm 1 đính chính."]

    def test_what_is_typed_is_shown_as_text_and_never_as_markup(self):
        page = self.public()
        new = ArticlePage.objects.get(pk=page.pk)
        new.title = "<script>alert(1)</script>"
        row = changes(page, new)[0].rows[0]
        assert "<script>" not in row.after and "&lt;script&gt;" in row.after

    def test_the_name_of_another_wards_draft_is_not_told(self):
        foreign = factories.document(self.city.my_xuyen)
        foreign.subject = "Điều không ai được biết"
        foreign.save()
        page = self.public()
        page.legal_basis.append(("document", {"document": foreign, "provision": "", "role": "basis"}))
        revision = page.save_revision(user=self.cast.editor)
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", revision.pk]))
        self.assertContains(answer, "Nội dung chưa công khai của trang khác")
        self.assertNotContains(answer, "Điều không ai được biết")


class Review(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)

    def reviewed(self, page):
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        self.client.force_login(self.cast.head)
        return self.client.get(reverse("workflows_review", args=[state.current_task_state.pk]))

    def test_the_reviewer_sees_what_changed_against_the_public_version(self):
        page = publish_at_once(factories.article(self.section, by=self.cast.contributor, title="Bài đang đăng"))
        page.title = "Bài sắp đăng"
        page.save_revision(user=self.cast.contributor)
        answer = self.reviewed(page)
        self.assertContains(answer, "Tiêu đề đổi.")
        self.assertContains(answer, "Bản đang đăng")
        self.assertContains(answer, '<ins class="addition">sắp</ins>')

    def test_of_something_new_it_says_that_nothing_was_public(self):
        answer = self.reviewed(factories.article(self.section, by=self.cast.contributor))
        self.assertContains(answer, "Nội dung mới, chưa từng đăng.")

    def test_open_remarks_in_the_page_are_shown_with_their_answers(self):
        page = factories.article(self.section, by=self.cast.contributor)
        comment = page.wagtail_admin_comments.model.objects.create(
            page=page, user=self.cast.editor, text="Xem lại số liệu", contentpath="summary"
        )
        CommentReply.objects.create(comment=comment, user=self.cast.contributor, text="Đã xem")
        answer = self.reviewed(page)
        self.assertContains(answer, "Xem lại số liệu")
        self.assertContains(answer, "«Tóm tắt»")
        self.assertContains(answer, "Đã xem")
