"""The rules before submission, the remark that warnings want, and the same rules over what is public."""

from datetime import date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from base.admin.field_anchors import label_of, place_of
from base.preflight import Finding, leads_nowhere
from legalref.models import LegalDocument
from sections.models import ArticlePage
from tests import factories
from tests.city import CityTestCase, publish, publish_at_once
from tests.legalref.library import repealed
from workflows.models import Declaration, LiveFinding, LiveRound, TakeDown
from workflows.publishing import approval, takedown
from workflows.upkeep import live_checks

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NIGHT = datetime(2020, 9, 1, 23, tzinfo=ZONE)
REMARK = "Đã đối chiếu với bản gốc."


class PreflightTestCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)

    def draft(self, text: str = "<p>Nội dung đủ để đọc.</p>", **fields) -> ArticlePage:
        fields = {"title": "Bài về đường phố", "body": [("paragraph", text)], **fields}
        return factories.article(self.section, by=self.cast.contributor, **fields)

    def found(self, page) -> list[tuple[str, str, str]]:
        return [(finding.level, finding.field, finding.message) for finding in page.preflight()]

    def levels(self, page, words: str) -> list[str]:
        return [level for level, _field, message in self.found(page) if words in message]

    def linked(self, page) -> str:
        return f'<p>Xem <a linktype="page" id="{page.pk}">trang này</a>.</p>'


class Rules(PreflightTestCase):
    def test_a_page_in_order_has_no_finding(self):
        assert self.found(self.draft()) == []

    def test_a_link_to_a_page_that_is_gone_stops_it(self):
        gone = self.draft()
        page = self.draft(self.linked(gone))
        gone.delete()
        assert self.levels(page, "dẫn tới") == ["blocker"]

    def test_a_link_to_a_page_that_was_taken_down_stops_it(self):
        public = publish(self.draft(title="Bài sẽ gỡ"), by=self.cast.contributor)
        page = self.draft(self.linked(public))
        assert self.found(page) == []
        row = takedown.propose(public, TakeDown.Ground.ERROR, by=self.cast.contributor, explanation="Sai số liệu.")[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Sai.")
        assert self.levels(page, "«Bài sẽ gỡ» đã được gỡ") == ["blocker"]

    def test_a_link_to_an_own_draft_is_a_warning(self):
        page = self.draft(self.linked(self.draft(title="Bài sẽ đăng sau")))
        assert self.levels(page, "«Bài sẽ đăng sau» chưa đăng") == ["warning"]

    def test_an_address_written_by_hand_that_leads_nowhere_is_a_warning(self):
        page = self.draft('<p><a href="/khong-co-trang-nay/">một</a> <a href="/tin-tuc/">hai</a></p>')
        assert self.levels(page, "không mở được trang nào") == ["warning"]

    def test_only_own_addresses_are_looked_up(self):
        for address, expected in {
            "/": False,
            "/tin-tuc/": False,
            "/my-long/tin-tuc/": False,
            "/my-long/khong-co/": True,
            "/vb/1/": False,
            "https://example.invalid/khong-co/": False,
            "mailto:mot@example.invalid": False,
            "tel:0296": False,
            "/van-ban/mot-van-ban/": False,
        }.items():
            with self.subTest(address):
                assert leads_nowhere(address) is expected

    def test_placeholders_missing_descriptions_and_unscanned_files_stop_it(self):
        picture = factories.picture(self.city.my_long)
        page = self.draft()
        page.body = page.body.stream_block.to_python(
            [{"type": "image", "value": {"picture": {"image": picture.pk, "alt_text": "", "decorative": False}}}]
        )
        assert self.levels(page, "chưa có mô tả") == ["blocker"]
        assert self.levels(self.draft("<p>Theo số …/QĐ-UBND.</p>"), "chưa điền") == ["blocker"]
        assert self.levels(self.draft("<p>Thời gian: […]</p>"), "chưa điền") == ["blocker"]
        with mock.patch("base.files.scanner.is_configured", return_value=True):
            page = self.draft(attachments=[("file", {"file": factories.file(self.city.my_long), "label": ""})])
            type(page.attachments[0].value["file"]).objects.update(scan_state="unscanned")
            page = ArticlePage.objects.get(pk=page.pk)
            assert self.levels(page, "chưa được quét mã độc") == ["blocker"]

    def test_a_lapsed_document_is_a_warning_wherever_it_is_cited(self):
        old = publish_at_once(factories.document(self.city.site))
        new = publish_at_once(factories.document(self.city.site))
        repealed(old, by=self.cast.head, by_document=new, effective_on=date(2020, 7, 1), stated_in="Điều 3")
        old = LegalDocument.objects.get(pk=old.pk)
        cited = {"document": old, "provision": "", "role": "basis"}
        page = self.draft()
        page.body.append(("legal_basis", cited))
        page.legal_basis.append(("document", cited))
        fields = [field for level, field, message in self.found(page) if "không còn hiệu lực" in message]
        assert fields == ["body", "legal_basis"]


class Places(PreflightTestCase):
    def test_each_finding_leads_to_its_field_in_the_form(self):
        page = self.draft(summary="")
        self.client.force_login(self.cast.contributor)
        edit = reverse("wagtailadmin_pages:edit", args=[page.pk])

        answer = self.client.get(reverse("workflows_submit", args=["wagtailcore", "page", page.pk]))

        self.assertContains(answer, f'<a href="{edit}#:w:contentpath=summary">Tóm tắt</a>')
        self.assertContains(self.client.get(edit), 'data-contentpath="summary"')

    def test_every_field_of_a_finding_has_a_place_and_a_name_in_vietnamese(self):
        page = self.draft()
        for field in ("title", "summary", "source_name", "author_name", "responsible_unit", "body", "lead_image_alt"):
            with self.subTest(field):
                assert place_of(page, field) == f"#:w:contentpath={field}"
        assert place_of(page, "corrections").endswith("-section")
        assert place_of(page, "khong_co") == ""
        assert (label_of(page, "lead_image_alt"), label_of(page, "corrections")) == ("Mô tả ảnh", "Đính chính")
        assert place_of(factories.document(self.city.site), "subject") == "#:w:contentpath=subject"


class Remarks(PreflightTestCase):
    def warned(self) -> ArticlePage:
        return self.draft('<p><a href="/khong-co-trang-nay/">một</a></p>')

    def test_a_warning_wants_a_remark_and_a_page_in_order_none(self):
        with self.assertRaises(ValidationError) as raised:
            approval.submit(self.warned(), by=self.cast.contributor, declaration=True, remark="  ")
        assert list(raised.exception.message_dict) == ["remark"]
        assert approval.submit(self.draft(), by=self.cast.contributor, declaration=True)

    def test_the_reviewer_reads_it_and_need_not_answer_again(self):
        state = approval.submit(self.warned(), by=self.cast.contributor, declaration=True, remark=REMARK)
        declared = Declaration.objects.last()
        assert declared.remark == REMARK and "không mở được" in declared.warnings
        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(reverse("workflows_review", args=[state.current_task_state.pk])), REMARK)
        approval.approve(state.current_task_state, by=self.cast.head)

    def test_a_warning_that_arose_after_the_submission_wants_the_approvers_comment(self):
        page = self.draft(self.linked(self.section))
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        new = [Finding("warning", "body", "Văn bản vừa hết hiệu lực.")]
        with mock.patch.object(ArticlePage, "preflight", return_value=new):
            with self.assertRaises(ValidationError) as raised:
                approval.approve(state.current_task_state, by=self.cast.head)
            assert list(raised.exception.message_dict) == ["comment"]
            approval.approve(state.current_task_state, by=self.cast.head, comment="Vẫn đúng tại thời điểm đăng.")

    def test_the_dialog_of_an_action_asks_for_it_and_nothing_is_approved_without(self):
        state = approval.submit(self.draft(self.linked(self.section)), by=self.cast.contributor, declaration=True)
        page, task = state.content_object, state.current_task_state
        head, dialog = self.cast.head, {"headers": {"x-requested-with": "XMLHttpRequest"}}
        address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
        assert ("approve", "Duyệt và đăng", False) in task.task.specific.get_actions(page, head)
        self.client.force_login(head)
        new = [Finding("warning", "body", "Văn bản vừa hết hiệu lực.")]
        with mock.patch.object(ArticlePage, "preflight", return_value=new):
            assert ("approve", "Duyệt và đăng", True) in task.task.specific.get_actions(page, head)
            assert "vì sao vẫn đăng" in self.client.post(address, {"comment": " "}, **dialog).json()["html"]
            # A screen that was opened before the warning arose sends no remark, and has no place for a message.
            assert self.client.post(address).status_code in (302, 403)
            assert not ArticlePage.objects.get(pk=page.pk).live
            self.client.post(address, {"comment": "Vẫn đúng tại thời điểm đăng."}, **dialog)
        assert ArticlePage.objects.get(pk=page.pk).live

    def test_the_dialog_of_returning_wants_a_reason(self):
        state = approval.submit(self.draft(), by=self.cast.contributor, declaration=True)
        page, task = state.content_object, state.current_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", task.pk])
        self.client.force_login(self.cast.head)
        answer = self.client.post(address, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})
        assert "khi trả lại là lý do" in answer.json()["html"]
        assert self.client.post(address, {}).status_code in (302, 403)
        assert approval.current_state(ArticlePage.objects.get(pk=page.pk)) is not None

    def test_the_screen_asks_for_it_and_keeps_what_was_typed(self):
        page = self.warned()
        address = reverse("workflows_submit", args=["wagtailcore", "page", page.pk])
        self.client.force_login(self.cast.contributor)
        answer = self.client.post(address, {"declaration": "on", "remark": ""})
        self.assertContains(answer, "hãy ghi vì sao vẫn gửi duyệt")
        assert page.current_workflow_state is None
        self.client.post(address, {"declaration": "on", "remark": REMARK})
        assert ArticlePage.objects.get(pk=page.pk).current_workflow_state is not None

    def test_a_draft_with_blockers_is_always_saved(self):
        page = self.draft(summary="", author_name="", source_name="")
        page.title = "Bài còn thiếu nhiều"
        assert page.save_revision(user=self.cast.contributor).pk


class NightlyLook(PreflightTestCase):
    def look(self, on=NIGHT, **options) -> int:
        return live_checks.check_some(on=on, **options)

    def broken(self) -> ArticlePage:
        """A public page that leads to a page which has since been taken down."""
        target = publish_at_once(self.draft(title="Bài được dẫn"))
        page = publish_at_once(self.draft(self.linked(target)))
        type(target).objects.filter(pk=target.pk).update(live=False)
        return page

    def test_what_no_longer_holds_is_found_and_what_is_mended_goes(self):
        page = self.broken()
        assert self.look() > 10
        row = LiveFinding.objects.get(object_id=str(page.pk))
        assert (row.level, row.field, row.owner_site) == ("blocker", "body", self.city.my_long)

        ArticlePage.objects.filter(title="Bài được dẫn").update(live=True)
        self.look(NIGHT + timedelta(days=1))
        assert not LiveFinding.objects.filter(object_id=str(page.pk)).exists()

    def test_a_finding_keeps_the_night_it_was_first_seen(self):
        page = self.broken()
        self.look()
        self.look(NIGHT + timedelta(days=2))
        row = LiveFinding.objects.get(object_id=str(page.pk))
        assert (row.since, row.checked_at) == (NIGHT, NIGHT + timedelta(days=2))

    def test_it_works_by_night_only_once_a_night_and_goes_on_where_it_stopped(self):
        assert self.look(NIGHT - timedelta(hours=9)) == 0
        first = self.look(seconds=0)
        assert 0 < first <= live_checks.CHUNK
        rest = self.look(NIGHT + timedelta(hours=2)) + self.look(NIGHT + timedelta(hours=2))
        assert LiveRound.objects.get().checked == first + rest
        assert LiveRound.objects.get().finished_at is not None
        assert self.look(NIGHT + timedelta(hours=3)) == 0

    def test_documents_are_looked_at_too(self):
        document = publish_at_once(factories.document(self.city.site))
        LegalDocument.objects.filter(pk=document.pk).update(subject="")
        self.look()
        assert LiveFinding.objects.filter(object_type="legalref.LegalDocument", object_id=str(document.pk)).exists()

    def test_what_its_writer_has_answered_is_not_told_again(self):
        page = self.draft('<p><a href="/khong-co-trang-nay/">một</a></p>')
        state = approval.submit(page, by=self.cast.contributor, declaration=True, remark=REMARK)
        approval.approve(state.current_task_state, by=self.cast.head)
        self.look()
        assert not LiveFinding.objects.filter(object_id=str(page.pk)).exists()

    def test_publication_and_the_end_of_publication_drop_the_findings(self):
        page = self.broken()
        self.look()
        ArticlePage.objects.filter(title="Bài được dẫn").update(live=True)
        publish(ArticlePage.objects.get(pk=page.pk), by=self.cast.contributor)
        assert not LiveFinding.objects.filter(object_id=str(page.pk)).exists()

        other = self.broken()
        live_checks.check(other, on=timezone.now())
        ArticlePage.objects.filter(pk=other.pk).update(live=False)
        self.look(timezone.localtime().replace(hour=23) + timedelta(days=1))
        assert not LiveFinding.objects.filter(object_id=str(other.pk)).exists()

    def test_the_report_shows_a_ward_its_own_with_the_way_to_the_field(self):
        page = self.broken()
        self.look()
        address = reverse("workflows_live_checks")
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(address)
        self.assertContains(answer, reverse("wagtailadmin_pages:edit", args=[page.pk]) + "#:w:contentpath=body")
        self.assertContains(answer, "Phải sửa")
        self.assertNotContains(self.client.get(address, {"muc": "warning"}), page.title)
        self.client.force_login(self.cast.contributor_my_xuyen)
        self.assertNotContains(self.client.get(address), page.title)
        self.client.force_login(self.cast.editor)
        self.assertContains(self.client.get(address, {"trang": "my-long"}), page.title)
