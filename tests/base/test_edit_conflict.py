"""Two people edit one page or record: the second save is refused with both texts, and nothing is lost."""

import json
import re

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.fields import StreamField
from wagtail.models import Revision
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from base.admin import edit_conflict
from legalref.models import DocumentType
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase
from workflows.publishing import approval, record_changes

HOST = {"HTTP_HOST": "localhost"}
STREAMS = [field.name for field in ArticlePage._meta.get_fields() if isinstance(field, StreamField)]


def open_form(html: str) -> dict:
    """The values of the one form on a page that carries a version."""
    number = html[: html.index('name="loaded_')].count("<form") - 1
    data = querydict_from_html(html, form_index=number).dict()
    checked = dict(re.findall(rf'name="({edit_conflict.CHOICE}[^"]+)" value="(\w+)" checked', html))
    return {name: value for name, value in data.items() if not name.startswith(edit_conflict.CHOICE)} | checked


def as_drawn(value) -> dict:
    """A stream of paragraphs as the browser's scripts draw it, each block with its number."""
    data = streamfield([(block.block_type, rich_text(str(block.value.source))) for block in value])
    for place, block in enumerate(value):
        data[f"{place}"]["id"] = block.id
    return data


class Editor:
    """One person's open edit form."""

    def __init__(self, case, who, address, drawn=()):
        self.case, self.who, self.address = case, who, address
        case.client.force_login(who)
        self.data = open_form(case.client.get(address, **HOST).content.decode())
        self.data.update(nested_form_data({name: as_drawn(value) for name, value in drawn}))

    def types(self, **changes):
        self.data.update(nested_form_data(changes))
        return self

    def saves(self, **more):
        self.case.client.force_login(self.who)
        return self.case.client.post(self.address, {**self.data, **more}, **HOST)

    def autosaves(self):
        self.case.client.force_login(self.who)
        answer = self.case.client.post(self.address, self.data, HTTP_ACCEPT="application/json", **HOST)
        content = answer.json()
        if content.get("success"):
            # What the open page does with the answer.
            self.data["overwrite_revision_id"] = str(content["revision_id"])
            for name, value in content["field_updates"].items():
                self.data[name] = value
        return answer

    def decides(self, answer, **choices):
        """Fill in the page that asks, and send it."""
        self.case.client.force_login(self.who)
        data = open_form(answer.content.decode())
        data |= {edit_conflict.CHOICE + name: choice for name, choice in choices.items()}
        return self.case.client.post(self.address, {edit_conflict.DECISION: edit_conflict.BY_FIELD, **data}, **HOST)


class PageCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.page = factories.article(cls.city.section(cls.city.my_long), by=cls.cast.contributor, title="Bài chung")
        cls.address = reverse("wagtailadmin_pages:edit", args=[cls.page.pk])

    def newest(self):
        return type(self.page).objects.get(pk=self.page.pk).get_latest_revision_as_object()

    def open(self, who):
        page = self.newest()
        return Editor(self, who, self.address, [(name, getattr(page, name)) for name in STREAMS])

    def titles(self):
        """The titles in the history, oldest first."""
        revisions = Revision.objects.for_instance(self.page).order_by("created_at", "pk")
        return [revision.content["title"] for revision in revisions]


class SecondSave(PageCase):
    def test_is_answered_409_with_both_texts_and_changes_nothing(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên của người thứ nhất").saves()
        before = self.titles()

        answer = second.types(title="Tên của người thứ hai").saves()

        self.assertEqual(answer.status_code, 409)
        self.assertContains(answer, "nhất", status_code=409)
        self.assertContains(answer, "Tên của người thứ hai", status_code=409)
        self.assertContains(answer, self.cast.contributor.get_full_name(), status_code=409)
        self.assertEqual(self.titles(), before)

    def test_goes_on_when_nobody_came_between(self):
        editor = self.open(self.cast.contributor)

        self.assertEqual(editor.types(title="Tên mới").saves().status_code, 302)
        self.assertEqual(self.open(self.cast.editor).types(title="Tên sau nữa").saves().status_code, 302)

        self.assertEqual(self.newest().title, "Tên sau nữa")

    def test_is_asked_even_with_errors_in_the_form_and_keeps_what_was_typed(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Của người thứ nhất").saves()

        answer = second.types(title="Của người thứ hai", go_live_at="ngày mai").saves()

        self.assertContains(answer, "Của người thứ hai", status_code=409)
        self.assertContains(answer, "Mở lại biểu mẫu với phần của tôi", status_code=409)
        self.assertEqual(self.newest().title, "Của người thứ nhất")

    def test_is_told_which_part_of_an_unreadable_form_is_missing(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Của người thứ nhất").saves()
        for name, value in (("body-count", "không phải số"), ("legal_basis-count", "x")):
            with self.subTest(name), self.assertLogs("base.middleware.unreadable_input", "WARNING"):
                answer = second.saves(**{name: value})
                self.assertContains(answer, "bấm nút quay lại", status_code=400)
        self.assertEqual(self.newest().title, "Của người thứ nhất")

    def test_keeps_a_table_that_is_none_with_all_that_was_typed(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Của người thứ nhất").saves()

        answer = second.types(
            title="Của người thứ hai", body=streamfield([("table", {"caption": "", "table": "chữ thử", "note": ""})])
        ).saves()

        self.assertContains(answer, "Của người thứ hai", status_code=409)
        self.assertContains(answer, "chữ thử", status_code=409)

    def test_chooses_field_by_field(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên A", summary="Tóm tắt A", source_name="Nguồn A").saves()
        answer = second.types(title="Tên B", summary="Tóm tắt B", author_name="Tác giả B").saves()

        done = second.decides(answer, title="mine", summary="theirs")

        self.assertEqual(done.status_code, 302, done.content.decode()[:500])
        page = self.newest()
        self.assertEqual((page.title, page.summary), ("Tên B", "Tóm tắt A"))
        self.assertEqual((page.source_name, page.author_name), ("Nguồn A", "Tác giả B"), "one-sided changes join")

    def test_what_is_given_up_stays_in_the_history(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên A").saves()
        answer = second.types(title="Tên B").saves()

        second.decides(answer, title="theirs")

        self.assertEqual(self.titles()[-3:], ["Tên A", "Tên B", "Tên A"])

    def test_must_choose_where_both_changed_a_field(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên A").saves()
        answer = second.types(title="Tên B").saves()

        again = second.decides(answer)

        self.assertContains(again, "Hãy chọn một bên", status_code=409)
        self.assertEqual(self.newest().title, "Tên A")

    def test_may_take_all_of_the_own_text(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên A").saves()
        answer = second.types(title="Tên B").saves()

        data = open_form(answer.content.decode())
        self.client.post(self.address, {**data, edit_conflict.DECISION: edit_conflict.ALL_MINE}, **HOST)

        self.assertEqual(self.titles()[-2:], ["Tên A", "Tên B"])

    def test_is_asked_again_when_a_third_came_meanwhile(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên A").saves()
        answer = second.types(title="Tên B").saves()
        self.open(self.cast.head).types(title="Tên C").saves()

        again = second.decides(answer, title="mine")

        self.assertContains(again, "Tên B", status_code=409)
        self.assertEqual(self.newest().title, "Tên C")
        second.decides(again, title="mine")
        self.assertEqual(self.titles()[-2:], ["Tên C", "Tên B"])

    def test_merges_blocks_and_leads_on_to_submission(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        text = rich_text("<p>Đoạn văn của người thứ hai</p>")
        first.types(title="Tên A").saves()
        answer = second.types(body=streamfield([("paragraph", text)]), **{"action-portal-submit": "1"}).saves()

        done = second.decides(answer, body="mine")

        self.assertIn(reverse("workflows_submit", args=["wagtailcore", "page", self.page.pk]), done["Location"])
        page = self.newest()
        self.assertEqual(page.title, "Tên A")
        self.assertIn("Đoạn văn của người thứ hai", str(page.body))

    def test_cannot_save_while_the_page_is_locked_for_him(self):
        first, second = self.open(self.cast.editor), self.open(self.cast.contributor)
        first.types(title="Tên A").saves()
        answer = second.types(title="Tên B").saves()
        approval.submit(self.newest(), by=self.cast.editor, declaration=True)

        again = second.decides(answer, title="mine")

        self.assertContains(again, "Tên B", status_code=409)
        self.assertEqual(self.newest().title, "Tên A")

    def test_of_another_site_is_not_answered_with_its_text(self):
        first = self.open(self.cast.contributor)
        first.types(title="Tên A").saves()
        stranger = Editor(self, self.cast.contributor, self.address)
        stranger.who = self.cast.contributor_my_xuyen
        stranger.data["loaded_revision_id"] = "1"

        answer = stranger.types(title="Lạ").saves()

        self.assertNotContains(answer, "Tên A", status_code=answer.status_code)
        self.assertNotEqual(answer.status_code, 409)


class Autosave(PageCase):
    def test_that_comes_second_is_refused_by_a_sentence_the_editor_shows(self):
        first, second = self.open(self.cast.contributor), self.open(self.cast.editor)
        first.types(title="Tên A").autosaves()

        answer = second.types(title="Tên B").autosaves()

        self.assertEqual((answer.status_code, answer.json()["error_code"]), (409, "invalid_revision"))
        self.assertEqual(self.newest().title, "Tên A")
        self.assertEqual(second.saves().status_code, 409)

    def test_after_autosaves_of_ones_own_the_save_goes_on(self):
        editor = self.open(self.cast.contributor)
        for number in range(3):
            self.assertTrue(editor.types(title=f"Tên {number}").autosaves().json()["success"])
        del editor.data["overwrite_revision_id"]

        self.assertEqual(editor.types(title="Tên cuối").saves().status_code, 302)
        self.assertEqual(self.newest().title, "Tên cuối")

    def test_over_a_version_that_somebody_opened_makes_his_save_second(self):
        first = self.open(self.cast.contributor)
        first.types(title="Tên A").autosaves()
        second = self.open(self.cast.editor)
        first.types(title="Tên A, sửa tiếp").autosaves()

        answer = second.types(title="Tên B").saves()

        self.assertContains(answer, "sửa tiếp", status_code=409)
        self.assertEqual(self.newest().title, "Tên A, sửa tiếp")


class SettledVersions(PageCase):
    def test_autosave_after_submission_makes_a_new_version(self):
        editor = self.open(self.cast.editor)
        editor.types(title="Đã gửi").autosaves()
        submitted = self.newest().latest_revision
        state = approval.submit(self.newest(), by=self.cast.editor, declaration=True)

        answer = editor.types(title="Sửa lén sau khi gửi").autosaves()

        submitted.refresh_from_db()
        self.assertEqual(submitted.content["title"], "Đã gửi")
        self.assertEqual(state.current_task_state.revision_id, submitted.pk)
        if answer.json()["success"]:
            self.assertNotEqual(answer.json()["revision_id"], submitted.pk)

    def test_no_code_writes_over_a_submitted_or_public_version(self):
        revision = self.newest().latest_revision
        state = approval.submit(self.newest(), by=self.cast.contributor, declaration=True)
        for stage in ("submitted", "public"):
            with self.subTest(stage=stage):
                revision.refresh_from_db()
                revision.content["title"] = "Khác"
                with self.assertRaises(PermissionDenied):
                    revision.save()
                with self.assertRaises(PermissionDenied):
                    page = self.newest()
                    page.title = "Khác"
                    page.save_revision(user=self.cast.contributor, overwrite_revision=page.latest_revision, clean=False)
            if stage == "submitted":
                approval.approve(state.current_task_state, by=self.cast.head)
        revision.refresh_from_db()
        self.assertEqual(revision.content["title"], "Bài chung")

    def test_a_version_nothing_rests_on_may_be_written_over(self):
        page = self.newest()
        page.title = "Khác"
        revision = page.save_revision(user=self.cast.contributor, overwrite_revision=page.latest_revision)

        self.assertEqual(revision.content["title"], "Khác")


class DocumentTests(CityTestCase):
    """A record with versions: the same page asks, inline rows included."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.document = factories.document(cls.city.site, by=cls.cast.standing_office)
        cls.address = reverse(cls.document.snippet_viewset.get_url_name("edit"), args=[cls.document.pk])

    def open(self, who):
        return Editor(self, who, self.address)

    def newest(self):
        return type(self.document).objects.get(pk=self.document.pk).get_latest_revision_as_object()

    def test_two_savers_of_one_document(self):
        first, second = self.open(self.cast.standing_office), self.open(self.cast.editor)
        first.data["subject"], second.data["subject"] = "Về việc A", "Về việc B"
        second.data["signer_name"] = "Cán bộ mẫu 95"
        self.assertEqual(first.saves().status_code, 302)

        answer = second.saves()

        self.assertContains(answer, "Về việc", status_code=409)
        self.assertEqual(self.newest().subject, "Về việc A")
        self.assertEqual(second.decides(answer, subject="theirs").status_code, 302)
        self.assertEqual((self.newest().subject, self.newest().signer_name), ("Về việc A", "Cán bộ mẫu 95"))


class PlainRecordTests(CityTestCase):
    """A record without versions carries a digest of what was loaded."""

    def test_two_savers_of_one_type(self):
        kind = DocumentType.objects.get(name="Chỉ thị")
        address = reverse(kind.snippet_viewset.get_url_name("edit"), args=[kind.pk])
        first, second = (Editor(self, self.cast.technical_admin, address) for _ in range(2))
        first.data["abbr"], second.data["sort_order"] = "CTh", "77"
        self.assertEqual(first.saves().status_code, 302)
        self.let_it_come_true(kind)

        answer = second.saves()

        self.assertEqual(answer.status_code, 409)
        kind.refresh_from_db()
        self.assertNotEqual(kind.sort_order, 77)
        self.assertEqual(second.decides(answer, abbr="theirs", sort_order="mine").status_code, 302)
        kind.refresh_from_db()
        self.assertEqual((kind.abbr, kind.sort_order), ("CTh", 77))

    def let_it_come_true(self, record):
        change = record_changes.open_change(record)
        record_changes.confirm(change, by=self.cast.head, digest=change.digest)

    def test_the_digest_covers_inline_rows(self):
        body = factories.seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"]
        before = edit_conflict.digest_of(body)

        row = body.competences.first() or body.competences.model(body=body, valid_from="2020-01-01")
        row.valid_from = "2001-02-03"
        row.save()

        self.assertNotEqual(edit_conflict.digest_of(type(body).objects.get(pk=body.pk)), before)
        self.assertEqual(json.loads(json.dumps(before)), before)
