"""From a Word file to a draft: what is taken, refused, asked and told, and who may."""

from datetime import timedelta
from pathlib import Path
from unittest import mock

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, Page, PageLogEntry

from accounts.roles import site_collection
from base.gate import Refused
from base.models import PortalImage, PortalSite
from base.operations import idempotency
from sections.models import ArticlePage, NoticePage, StandardPage, WordUpload
from sections.word_import import drafting, reading, report, uploads
from tests import factories
from tests.city import CityTestCase, publish_at_once
from tests.sections import word_files
from tests.sections.word_files import p, r, word
from workflows.publishing import approval

PLAIN = word(p("Thông báo về lịch tiếp dân", style="Tiu") + p("Nội dung của thông báo."))


def uploaded(content: bytes, name: str = "thong-bao.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


class WordCase(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.my_long)
        self.by = self.cast.contributor

    def take(self, content: bytes = PLAIN, **more) -> WordUpload:
        return uploads.take_in(more.pop("page", self.section), uploaded(content), by=self.by, **more)

    def make(self, content: bytes = PLAIN, *, title: str = "Bài từ Word", page_type=ArticlePage, **more) -> ArticlePage:
        page = drafting.make_draft(self.take(content), by=self.by, page_type=page_type, title=title, **more)
        return page_type.objects.get(pk=page.pk)

    def kinds(self, page) -> list[str]:
        return [block.block_type for block in page.body]

    def told(self, content: bytes) -> dict[str, list[str]]:
        shown = drafting.preview(self.take(content))
        return {group.key: [line.text for line in group.lines] for group in shown.groups}


class TakingAFile(WordCase):
    def test_files_that_are_not_taken_are_refused_with_the_mend(self):
        for content, name, said in (
            (word_files.with_macro(), "a.docx", "macro"),
            (word_files.with_outside_picture(), "a.docx", "lấy nội dung từ nơi khác"),
            (word_files.with_password(), "a.docx", "mật khẩu"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.docx", "dạng cũ"),
            (b"noi dung", "a.doc", "dạng cũ"),
            (b"%PDF-1.7", "a.pdf", "Chỉ nhập được tệp Word"),
            (b"noi dung", "a.docx", "không phải là «.docx»"),
            (b"", "a.docx", "rỗng"),
        ):
            with self.subTest(said), self.assertRaises(ValidationError) as refusal:
                uploads.take_in(self.section, uploaded(content, name), by=self.by)
            self.assertIn(said, " ".join(refusal.exception.message_dict["file"]))
        self.assertFalse(WordUpload.objects.exists())

    def test_three_million_paragraphs_are_refused_before_anything_reads_them(self):
        content = word_files.with_millions_of_paragraphs()
        self.assertLess(len(content), 100_000)

        with mock.patch.object(reading.words, "ask") as child, self.assertRaises(ValidationError) as refusal:
            self.take(content)

        self.assertIn("phình quá lớn", " ".join(refusal.exception.messages))
        child.assert_not_called()

    def test_more_paragraphs_than_a_page_can_bear_are_refused_by_number(self):
        upload = self.take(word_files.with_millions_of_paragraphs(12_001))

        with self.assertRaises(ValidationError) as refusal:
            drafting.preview(upload)

        self.assertIn("nhiều nhất 12.000 đoạn", refusal.exception.messages[0])

    def test_a_file_that_nobody_decided_about_goes_after_some_hours(self):
        upload, now = self.take(), timezone.now()
        self.assertEqual(uploads.purge(on=now + timedelta(hours=5)), 0)

        with self.captureOnCommitCallbacks(execute=True):
            self.assertEqual(uploads.purge(on=now + timedelta(hours=7)), 1)

        self.assertFalse(default_storage.exists(upload.file.name))


class WhoMay(WordCase):
    def test_only_those_who_write_for_the_site_may_import(self):
        for who in (self.cast.contributor_my_xuyen, self.cast.accountant, self.cast.technical_admin):
            with self.subTest(who.username), self.assertRaises(Refused):
                uploads.take_in(self.section, uploaded(PLAIN), by=who)

    def test_a_frozen_site_takes_nothing(self):
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(state=PortalSite.State.FROZEN)
        section = Page.objects.get(pk=self.section.pk).specific

        with self.assertRaisesMessage(Refused, "ngừng cập nhật"):
            uploads.take_in(section, uploaded(PLAIN), by=self.by)

    def test_the_file_of_another_person_is_not_there(self):
        upload = self.take()

        with self.assertRaises(Refused):
            drafting.make_draft(upload, by=self.cast.unit_head, page_type=ArticlePage, title="Bài")
        self.client.force_login(self.cast.unit_head)
        self.assertEqual(self.client.get(reverse("sections_word_preview", args=[upload.pk])).status_code, 404)

    def test_back_from_the_draft_it_became_leads_to_the_work_of_the_person(self):
        upload = self.take()
        page = drafting.make_draft(upload, by=self.by, page_type=ArticlePage, title="Bài")
        self.client.force_login(self.by)

        answer = self.client.get(reverse("sections_word_preview", args=[upload.pk]), follow=True)

        self.assertContains(answer, "Tệp Word này đã được nhập")
        self.assertContains(answer, page.draft_title)

    def test_the_second_press_leads_to_the_draft_and_a_late_one_gives_back_what_was_typed(self):
        upload = self.take()
        self.client.force_login(self.by)
        address = reverse("sections_word_preview", args=[upload.pk])
        drawn = self.client.get(address)
        data = {
            "title": "Bài từ tệp",
            "page_type": "sections.articlepage",
            idempotency.FIELD: drawn.context["submission_key"],
        }

        first, second = self.client.post(address, data), self.client.post(address, data)
        late = self.client.post(address, {**data, idempotency.FIELD: "khac", "alt_2": "Cổng chợ."})

        self.assertEqual(first.status_code, 302)
        self.assertEqual(first.url, second.url)
        self.assertContains(late, "Tệp Word này đã được nhập")
        self.assertContains(late, "Bài từ tệp</textarea>")
        self.assertContains(late, "Cổng chợ.</textarea>")
        self.assertEqual(ArticlePage.objects.filter(title="Bài từ tệp").count(), 1)

    def test_a_page_under_review_is_not_written_on(self):
        page = factories.article(self.section, by=self.by)
        approval.submit(page, by=self.by, declaration=True)

        with self.assertRaisesMessage(Refused, "đang chờ duyệt"):
            self.take(page=Page.objects.get(pk=page.pk).specific, adds_to_page=True)

    def test_the_screens_of_another_ward_are_not_there(self):
        self.client.force_login(self.cast.contributor_my_xuyen)

        for name in ("sections_word_below", "sections_word_into"):
            self.assertEqual(self.client.get(reverse(name, args=[self.section.pk])).status_code, 404)


class MakingADraft(WordCase):
    def test_a_new_draft_has_a_version_an_address_an_owner_and_a_line_in_the_trail(self):
        page = self.make(title="Đường về phường: ơ, ư, ă")

        self.assertFalse(page.live)
        self.assertEqual(page.slug, "duong-ve-phuong-o-u-a")
        self.assertEqual((page.owner, page.responsible_unit), (self.by, self.city.my_long.unit))
        # As the form of a new page begins.
        unit = self.city.my_long.unit
        self.assertEqual((page.author_name, page.source_name), (self.by.get_full_name(), unit.full_name))
        self.assertEqual(page.get_latest_revision().user, self.by)
        self.assertEqual(page.get_latest_revision_as_object().body[0].value.source, "<p>Nội dung của thông báo.</p>")
        entry = PageLogEntry.objects.get(action="portal.word.import")
        self.assertEqual((entry.user, entry.data["name"]), (self.by, "thong-bao.docx"))
        self.assertFalse(WordUpload.objects.exists())

    def test_a_type_that_may_not_stand_there_is_refused(self):
        with self.assertRaises(ValidationError) as refusal:
            self.make(page_type=StandardPage)

        self.assertIn("page_type", refusal.exception.message_dict)

    def test_a_type_of_page_is_offered_as_the_section_takes_it(self):
        self.assertIn(ArticlePage, uploads.page_types(self.section))
        self.assertNotIn(NoticePage, uploads.page_types(self.city.section(self.city.my_long, "van-ban")))

    def test_every_type_that_is_offered_anywhere_can_be_made(self):
        made = set()
        for section in self.city.home.get_children().specific():
            for page_type in uploads.page_types(section):
                if page_type not in made:
                    upload = uploads.take_in(section, uploaded(PLAIN), by=self.cast.editor)
                    with self.subTest(page_type.__name__):
                        page = drafting.make_draft(
                            upload, by=self.cast.editor, page_type=page_type, title="Bài từ Word"
                        )
                        self.assertTrue(page_type.objects.get(pk=page.pk).body)
                    made.add(page_type)
        self.assertLess({ArticlePage, NoticePage, StandardPage}, made)

    def test_tables_lists_and_notes_become_parts_that_the_form_takes(self):
        for content in (word_files.with_nested_lists(), word_files.with_legal_numbering(), word_files.with_footnotes()):
            page = self.make(content)
            page.body.stream_block.clean(page.body)
        page = self.make(word_files.with_tables(), answers=drafting.Answers(names={3: "Nơi xem thêm"}))

        self.assertEqual(self.kinds(page), ["paragraph", "table", "paragraph", "table"])
        self.assertEqual(page.body[1].value["caption"], "Bảng 1. Thu, chi quý I")
        self.assertEqual(page.body[1].value.body, [["Phường", "Thu", "Chi"], ["Mỹ Long", "10", "8"]])
        self.assertEqual(page.body[3].value["caption"], "Nơi xem thêm")
        page.body.stream_block.clean(page.body)

    def test_a_table_without_a_name_or_names_of_columns_stops_the_submission(self):
        page = self.make(word(word_files.table(["Tên", ""], ["Chợ", "12"])))

        said = [finding.message for finding in page.preflight() if finding.is_blocker and finding.field == "body"]
        self.assertEqual(
            said,
            [
                "Phần 1 (Bảng), Tên bảng: Bảng chưa có tên; hãy điền «Tên bảng».",
                "Phần 1 (Bảng), Bảng: Dòng đầu phải có tên của mọi cột; hãy điền tên cột 2.",
            ],
        )

    def test_pictures_become_pictures_of_the_site_and_one_without_a_description_stops_the_submission(self):
        page = self.make(word_files.with_pictures())

        pictures = [block.value["picture"] for block in page.body if block.block_type == "image"]
        self.assertEqual(
            [(one.contextual_alt_text, one.decorative) for one in pictures],
            [("Đại biểu dự hội nghị", False), ("", True), ("", False)],
        )
        for picture in pictures:
            self.assertEqual(picture.collection, site_collection(self.city.my_long))
            self.assertEqual(picture.uploaded_by_user, self.by)
        self.assertEqual(pictures[0].description, "Đại biểu dự hội nghị")
        self.assertEqual(page.body[1].value["caption"], "Hình 1. Toàn cảnh hội nghị")
        self.assertEqual(ModelLogEntry.objects.filter(action="wagtail.create", user=self.by).count(), 3)
        stopping = {finding.message for finding in page.preflight() if finding.is_blocker and finding.field == "body"}
        self.assertTrue(any("mô tả" in message for message in stopping))
        # Where a picture could not be taken a gap stands, and it stops the submission as well.
        self.assertTrue(any("[…]" in message for message in stopping))

    def test_a_description_that_was_typed_in_the_preview_is_kept(self):
        upload = self.take(word_files.with_pictures())
        place = next(n for n, part in enumerate(drafting.preview(upload).found.parts) if part.get("file") == "2.png")

        page = drafting.make_draft(
            upload,
            by=self.by,
            page_type=ArticlePage,
            title="Bài",
            answers=drafting.Answers(alts={place: "Nhóm đại biểu"}),
        )

        alts = [block.value["picture"].contextual_alt_text for block in page.body if block.block_type == "image"]
        self.assertEqual(alts, ["Đại biểu dự hội nghị", "", "Nhóm đại biểu"])

    def test_nothing_is_left_behind_when_the_draft_cannot_be_made(self):
        upload = self.take(word_files.with_pictures())

        with self.assertRaises(ValidationError):
            drafting.make_draft(upload, by=self.by, page_type=ArticlePage, title="  ")

        self.assertFalse(PortalImage.objects.filter(uploaded_by_user=self.by).exists())
        self.assertTrue(WordUpload.objects.filter(pk=upload.pk).exists())

    def test_text_goes_to_the_end_of_the_newest_draft_and_leaves_what_is_public(self):
        page = publish_at_once(factories.article(self.section, by=self.by))
        page.title = "Tiêu đề mới của bản nháp"
        page.save_revision(user=self.by)
        before = self.client.get(page.url).content
        upload = self.take(page=page.specific, adds_to_page=True)

        drafting.add_to_draft(upload, by=self.by)

        newest = ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object()
        self.assertEqual(newest.title, "Tiêu đề mới của bản nháp")
        self.assertEqual([block.value.source for block in newest.body][-1], "<p>Nội dung của thông báo.</p>")
        self.assertEqual(len(newest.body), 2)
        self.assertEqual(self.client.get(page.url).content, before)


class OldLetters(WordCase):
    def test_old_letters_wait_for_a_persons_word(self):
        upload = self.take(word_files.in_tcvn3())

        with self.assertRaises(ValidationError) as refusal:
            drafting.make_draft(upload, by=self.by, page_type=ArticlePage, title="Bài")

        self.assertIn("scheme", refusal.exception.message_dict)
        self.assertFalse(ArticlePage.objects.filter(title="Bài").exists())

    def test_both_readings_are_shown(self):
        shown = drafting.preview(self.take(word_files.in_tcvn3()))

        self.assertEqual(shown.found.scheme, "tcvn3")
        self.assertIn("th«ng b¸o", shown.before)
        self.assertIn("UBND phường thông báo lịch tiếp công dân", shown.after)

    def test_letters_are_converted_or_left_as_the_person_says(self):
        converted = self.make(word_files.in_tcvn3(), scheme="tcvn3")
        kept = self.make(word_files.in_tcvn3(), scheme=drafting.AS_IT_IS)

        self.assertIn("THỦ TỤC HÀNH CHÍNH", converted.body[0].value.source)
        self.assertIn("th«ng b¸o", kept.body[0].value.source)

    def test_an_old_font_whose_text_is_unicode_already_asks_nothing(self):
        font = '<w:rFonts w:ascii=".VnTime"/>'

        shown = drafting.preview(self.take(word(p(inner=r("Thông báo của phường Mỹ Long", font)))))

        self.assertEqual(shown.found.scheme, "")


class TheReport(WordCase):
    def test_everything_that_did_not_come_along_is_told_with_its_words(self):
        shown = drafting.preview(self.take(word_files.with_tracked_changes()))

        told = {line.text.partition(" ")[2]: line.samples for group in shown.groups for line in group.lines}
        for words, sample in (
            ("chỗ đã xóa", "tám mươi"),
            ("nhận xét", "Xem lại mức này"),
            ("đoạn chữ ẩn", "Ghi chú nội bộ, không đăng."),
            ("đầu trang", "TÀI LIỆU HỌP"),
            ("biểu đồ", "Biểu đồ 1"),
            ("công thức", "S=ab"),
            ("hộp chữ", "Chữ trong hộp"),
            ("chỗ thêm", "một trăm"),
            ("chỗ gạch ngang", "Gạch bỏ"),
            ("trường tự động", "DATE"),
        ):
            with self.subTest(words):
                self.assertIn([sample], [samples for text, samples in told.items() if text.startswith(words)])

    def test_a_plain_file_has_nothing_to_tell(self):
        self.assertEqual(self.told(PLAIN), {})

    def test_every_fact_that_is_noted_has_its_sentence(self):
        noted = set()
        for content in (
            word_files.with_tables(),
            word_files.with_pictures(),
            word_files.with_legal_numbering(),
            word_files.with_footnotes(),
            word_files.with_tracked_changes(),
            word_files.with_nested_lists(),
        ):
            noted |= set(drafting.preview(self.take(content)).found.counts)

        self.assertLessEqual(noted, set(report.SENTENCES) | report.SILENT)

    def test_a_fact_nobody_foresaw_is_told_by_its_name(self):
        groups = report.tell({"something_new": 2}, {})

        self.assertEqual([line.text for group in groups for line in group.lines], ["something_new: 2"])


class WhatTheChildSays(WordCase):
    """The child reads files of strangers: what it answers is cleaned like an upload."""

    def read(self, parts: str, *, place=None, **said):
        def ask(_task, *, target, **_more):
            Path(target).write_text(parts, encoding="utf-8")
            answer = {"title": "", "fonts": [], "old_letters": "", "counts": {}, "samples": {}, "pictures": []}
            return answer | {"parts": place or [0, len(parts.encode())]} | said

        with mock.patch.object(reading.words, "ask", ask), self.take().file.open("rb") as handle:
            with reading.opened(handle) as found:
                return found

    def test_markup_that_runs_or_loads_does_not_come_through(self):
        found = self.read(
            '[{"type": "paragraph", "html": "<p onclick=x>a<script>b</script><img src=http://example.invalid/>'
            '<a href=\\"javascript:c\\">d</a></p>"}]'
        )

        self.assertEqual(found.parts[0]["html"], "<p>a<a>d</a></p>")

    def test_a_picture_of_another_kind_or_place_is_not_believed(self):
        for picture in (
            {"kind": "../../etc/passwd", "place": [0, 5]},
            {"kind": "png", "place": [0]},
            {"kind": "png", "place": "a"},
        ):
            with self.subTest(picture), self.assertRaises(ValidationError):
                self.read(
                    '[{"type": "picture", "picture": 0, "alt": "", "decorative": false, "caption": ""}]',
                    pictures=[picture],
                )

    def test_parts_outside_of_what_it_wrote_are_not_believed(self):
        for place in ([-5, 10], [5, -1], [10_000, 10], [0], "ab", {"a": 1}, [0, 100 * 1024 * 1024]):
            with self.subTest(place), self.assertRaises(ValidationError):
                self.read('[{"type": "heading", "text": "a", "level": "2"}]', place=place)

    def test_an_answer_of_another_shape_is_a_file_that_cannot_be_read(self):
        for parts in ('[{"type": "frame"}]', "{}", '[["a"]]', "no json"):
            with self.subTest(parts), self.assertRaises(ValidationError):
                self.read(parts)


class TheScreens(WordCase):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.by)

    def send(self, content: bytes, name: str = "sections_word_below", page=None):
        address = reverse(name, args=[(page or self.section).pk])
        return self.client.post(address, {"file": uploaded(content)})

    def test_a_file_is_sent_looked_at_and_made_a_draft(self):
        answer = self.send(word_files.with_legal_numbering())
        screen = self.client.get(answer.url)
        self.assertContains(screen, "Quyết định về quản lý chợ")
        self.assertContains(screen, "Điều 2. Hiệu lực")
        self.assertContains(screen, "7 số tự động")

        made = self.client.post(answer.url, {"title": "Quản lý chợ", "page_type": "sections.articlepage"})

        page = ArticlePage.objects.get(title="Quản lý chợ")
        self.assertRedirects(made, reverse("wagtailadmin_pages:edit", args=[page.pk]))
        self.assertContains(self.client.get(made.url), "Nhập từ .docx")

    def test_the_question_about_old_letters_keeps_what_was_typed(self):
        answer = self.send(word_files.in_tcvn3())
        screen = self.client.get(answer.url)
        self.assertContains(screen, "Sau khi chuyển")

        again = self.client.post(answer.url, {"title": "Tiêu đề đã gõ", "page_type": "sections.articlepage"})
        self.assertContains(again, "chọn chuyển hay giữ nguyên")
        self.assertContains(again, "Tiêu đề đã gõ")
        data = {"title": "Tiêu đề đã gõ", "page_type": "sections.articlepage", "scheme": "tcvn3"}
        self.client.post(answer.url, data)

        self.assertIn("THỦ TỤC", ArticlePage.objects.get(title="Tiêu đề đã gõ").body[0].value.source)

    def test_a_refusal_stands_at_the_file(self):
        answer = self.send(word_files.with_macro())

        self.assertContains(answer, "Tệp có macro")
        self.assertFalse(WordUpload.objects.exists())

    def test_a_file_that_cannot_be_read_says_so_instead_of_a_form(self):
        answer = self.send(word("<w:tbl><w:tr><w:tc>" * 1500 + p("sâu") + "</w:tc></w:tr></w:tbl>" * 1500))

        self.assertContains(self.client.get(answer.url), "Không đọc được tệp Word này")

    def test_a_page_gets_the_text_at_its_end(self):
        page = factories.article(self.section, by=self.by)
        answer = self.send(PLAIN, "sections_word_into", page)
        self.assertContains(self.client.get(answer.url), "Thêm vào cuối bài")

        self.client.post(answer.url, {})

        self.assertEqual(len(ArticlePage.objects.get(pk=page.pk).get_latest_revision_as_object().body), 2)

    def test_the_button_stands_where_a_draft_may_be_made_and_nowhere_else(self):
        listed = reverse("wagtailadmin_explore", args=[self.section.pk])
        below = reverse("sections_word_below", args=[self.section.pk])
        self.assertIn(below, self.client.get(listed).content.decode())

        register = self.city.section(self.city.my_long, "van-ban")
        unwanted = reverse("sections_word_below", args=[register.pk])
        screen = self.client.get(reverse("wagtailadmin_explore", args=[register.pk]))
        self.assertNotIn(unwanted, screen.content.decode())
