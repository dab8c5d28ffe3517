"""The one screen of a decision: what readers will get, what is known of it, what changed, and what was decided."""

from datetime import UTC, datetime, timedelta

import bs4
import time_machine
from django.urls import reverse

from base.models import PortalFile
from base.models.files import ScanState
from legalref.models import LegalDocument
from tests import factories
from tests.city import CityTestCase, publish
from tests.files.samples import minimal_pdf
from tests.legalref.library import draft_document, register
from tests.workflows.drafts import article
from workflows.publishing import approval

MONDAY = datetime(2026, 9, 7, 3, 0, tzinfo=UTC)
HOUR = MONDAY + timedelta(days=2)


def review(task_state) -> str:
    return reverse("workflows_review", args=[task_state.pk])


class Reviewing(CityTestCase):
    """The head decides about what a contributor of Mỹ Long submitted."""

    def setUp(self):
        self.enterContext(time_machine.travel(MONDAY, tick=False))

    def submitted(self, page=None, **fields):
        page = page or article(self.city, self.city.my_long, by=self.cast.contributor, **fields)
        return approval.submit(page, by=self.cast.contributor, declaration=True).current_task_state

    def screen(self, task_state, who="head"):
        self.client.force_login(getattr(self.cast, who))
        return self.client.get(review(task_state))

    def press(self, task_state, decision, comment=""):
        self.client.force_login(self.cast.head)
        return self.client.post(review(task_state), {"decision": decision, "comment": comment}, follow=True)

    def again(self, page):
        return type(page).objects.get(pk=page.pk)


class WhatReadersWillGet(Reviewing):
    def test_stands_in_the_screen_itself_and_may_stand_there(self):
        screen = self.screen(self.submitted(title="Ra quân dọn vệ sinh"))

        shown = self.client.get(screen.context["preview_url"])

        self.assertContains(screen, f'<iframe src="{screen.context["preview_url"]}"')
        self.assertContains(shown, "Ra quân dọn vệ sinh")
        self.assertNotContains(shown, "wagtail-userbar")
        self.assertEqual(shown["X-Frame-Options"], "SAMEORIGIN")
        self.assertIn("frame-ancestors 'self'", shown["Content-Security-Policy"])
        self.assertIn("frame-src 'self'", screen["Content-Security-Policy"])

    def test_can_be_seen_as_on_a_telephone_without_a_script(self):
        screen = self.screen(self.submitted())

        for view in ("may-tinh", "dien-thoai"):
            self.assertContains(screen, f'<input type="radio" name="xem" id="xem-{view}"')

    def test_is_for_nobody_of_another_ward(self):
        self.assertEqual(self.screen(self.submitted(), who="contributor_my_xuyen").status_code, 404)


class TheButtons(Reviewing):
    """One press decides."""

    def test_are_one_a_decision_and_nothing_is_left_to_confirm(self):
        task = self.submitted(title="Ra quân dọn vệ sinh")
        screen = self.screen(task)

        self.assertContains(screen, 'name="decision" value="approve">Duyệt và đăng</button>')
        self.assertContains(screen, 'name="decision" value="return">Trả lại</button>')
        self.assertNotContains(screen, 'type="radio" name="decision"')

        self.assertContains(self.press(task, "approve"), "Đã duyệt và đăng «Ra quân dọn vệ sinh»")

    def test_do_not_send_the_form_when_somebody_presses_enter_in_a_field(self):
        form = bs4.BeautifulSoup(self.screen(self.submitted()).content, "html.parser").find("form", method="post")

        self.assertTrue(form.find("button", type="submit").has_attr("disabled"))

    def test_are_none_that_lead_to_a_refusal(self):
        task = self.submitted()
        for who, offered in (("head", ["approve", "return"]), ("editor", ["return"]), ("contributor", [])):
            with self.subTest(who):
                found = bs4.BeautifulSoup(self.screen(task, who).content, "html.parser").find_all(
                    attrs={"name": "decision"}
                )

                self.assertEqual([button["value"] for button in found], offered)

    def test_want_a_reason_for_a_return_and_keep_what_was_typed_otherwise(self):
        task = self.submitted()

        answer = self.press(task, "return")
        self.assertContains(answer, "Chưa thực hiện được")
        self.assertContains(answer, 'value="return">Trả lại</button>')

        self.client.force_login(self.cast.head)
        answer = self.client.post(review(task), {"comment": "Nêu rõ nơi nhận hồ sơ."})
        self.assertContains(answer, "Hãy chọn duyệt hoặc trả lại.")
        self.assertContains(answer, 'href="#id_decision"')
        self.assertContains(answer, 'id="id_decision"')
        self.assertContains(answer, "Nêu rõ nơi nhận hồ sơ.")


class AScan(Reviewing):
    """A document of the register with its signed PDF."""

    def setUp(self):
        super().setUp()
        self.clerk = self.cast.standing_office
        register(self.city.site)
        self.document = draft_document(self.city.site, by=self.clerk)

    def submitted_with_it(self):
        self.document.signed_file = factories.file(
            self.city.site, title="Bản ký", name="ban-ky.pdf", content=minimal_pdf()
        )
        self.document.save_revision(user=self.clerk)
        state = approval.submit(self.document, by=self.clerk, declaration=True, remark="Đã đối chiếu.")
        return state.current_task_state

    def test_stands_beside_the_page_of_the_document_and_is_shown_not_saved(self):
        screen = self.screen(self.submitted_with_it())
        address = self.document.signed_file.url

        answer = self.client.get(address)

        self.assertContains(screen, f'<iframe src="{address}#navpanes=0"')
        self.assertContains(screen, 'loading="lazy"')
        self.assertTrue(answer["Content-Disposition"].startswith("inline"))
        self.assertEqual(answer["X-Frame-Options"], "SAMEORIGIN")
        self.assertIn("frame-ancestors 'self'", answer["Content-Security-Policy"])
        self.assertNotIn("sandbox", answer["Content-Security-Policy"])

    def test_that_was_not_scanned_is_a_finding_and_is_not_shown(self):
        task_state = self.submitted_with_it()
        PortalFile.objects.filter(pk=self.document.signed_file_id).update(scan_state=ScanState.INFECTED)

        screen = self.screen(task_state)

        self.assertContains(screen, "có mã độc")
        self.assertNotContains(screen, self.document.signed_file.url)

    def test_is_not_asked_for_where_a_document_has_none(self):
        state = approval.submit(self.document, by=self.clerk, declaration=True, remark="Chưa có bản ký.")

        self.assertNotContains(self.screen(state.current_task_state), "xem-pdf")


class GivenBackBefore(Reviewing):
    def setUp(self):
        super().setUp()
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài lần đầu")
        self.give_back("deputy", "Nêu rõ nơi nhận hồ sơ.")

    def give_back(self, who, reason):
        approval.send_back(self.submitted(self.page), by=getattr(self.cast, who), reason=reason)

    def mended(self, **changes):
        self.page = self.again(self.page).get_latest_revision_as_object()
        for name, value in changes.items():
            setattr(self.page, name, value)
        self.page.save_revision(user=self.cast.contributor)
        return self.submitted(self.again(self.page))

    def test_says_who_returned_it_when_and_why_the_last_first(self):
        self.page.summary = "Nộp ở Bộ phận một cửa."
        self.page.save_revision(user=self.cast.contributor)
        self.give_back("editor", "Thiếu giờ làm việc.")

        screen = self.screen(self.mended(title="Bài lần ba"))

        self.assertContains(screen, f"<strong>{self.cast.deputy}</strong>, 10:00 07/09/2026: Nêu rõ nơi nhận hồ sơ.")
        self.assertContains(screen, "Đã trả lại 2 lần")
        said = screen.content.decode()
        self.assertLess(said.index("Thiếu giờ làm việc."), said.index("Nêu rõ nơi nhận hồ sơ."))

    def test_shows_what_changed_since_the_version_that_was_returned(self):
        screen = self.screen(self.mended(title="Bài lần hai"))

        self.assertContains(screen, "Thay đổi so với bản bị trả lại")
        self.assertContains(screen, '<del class="deletion">đầu</del>')
        self.assertContains(screen, "Nội dung mới, chưa từng đăng.")

    def test_shows_what_changed_since_the_public_version_too(self):
        approval.approve(self.mended(title="Bài đã đăng"), by=self.cast.head)
        self.page = self.again(self.page)
        self.page.title = "Bài sửa hỏng"
        self.page.save_revision(user=self.cast.contributor)
        self.give_back("deputy", "Tiêu đề sai.")

        screen = self.screen(self.mended(title="Bài sửa đúng"))

        self.assertContains(screen, '<del class="deletion">hỏng</del>')
        self.assertContains(screen, '<del class="deletion">đã</del>')
        self.assertContains(screen, "Tiêu đề sai.")
        # What was said before it was public has been met.
        self.assertNotContains(screen, "Nêu rõ nơi nhận hồ sơ.")


class WhenItIsPublic(Reviewing):
    def test_is_said_in_words_before_the_decision(self):
        for fields, words in (({}, "Đăng ngay khi duyệt."), ({"go_live_at": HOUR}, "Đăng lúc 10:00 09/09/2026.")):
            with self.subTest(words):
                self.assertContains(self.screen(self.submitted(**fields)), f"<strong>{words}</strong>")

    def test_is_said_after_it_too_with_the_way_to_the_version_or_to_the_page(self):
        waiting, now = self.submitted(go_live_at=HOUR), self.submitted(title="Đăng ngay hôm nay")

        later, public = self.press(waiting, "approve"), self.press(now, "approve")

        self.assertContains(later, "Đã duyệt, sẽ đăng lúc 10:00 09/09/2026")
        self.assertContains(later, f'<a href="{review(waiting)}">')
        page = now.revision.content_object.specific
        self.assertContains(public, f'<a href="{page.full_url}">Xem trang công khai</a>')
        self.assertContains(self.screen(waiting), "Đã duyệt, sẽ đăng lúc 10:00 09/09/2026.")
        self.assertContains(self.screen(now), f'<a href="{page.full_url}">Xem trang công khai</a>')

    def test_of_a_document_leads_to_its_page_in_the_register(self):
        register(self.city.site)
        document = draft_document(self.city.site, by=self.cast.standing_office)
        state = approval.submit(document, by=self.cast.standing_office, declaration=True, remark="Đủ.")

        answer = self.press(state.current_task_state, "approve")

        address = LegalDocument.objects.get(pk=document.pk).full_url
        self.assertTrue(address)
        self.assertContains(answer, f'<a href="{address}">Xem trang công khai</a>')

    def test_whose_hour_passed_while_it_waited_leads_to_the_page_as_well(self):
        task_state = self.submitted(go_live_at=HOUR)

        with time_machine.travel(HOUR + timedelta(minutes=1), tick=False):
            answer = self.press(task_state, "approve")

        self.assertContains(answer, "đã qua nên bài được đăng ngay khi duyệt")
        self.assertContains(answer, "Xem trang công khai")

    def test_of_what_was_given_back_names_no_public_page(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Đang đăng"))
        page.title = "Đang sửa"
        page.save_revision(user=self.cast.contributor)
        task_state = self.submitted(self.again(page))
        approval.send_back(task_state, by=self.cast.head, reason="Chưa được.")

        screen = self.screen(task_state)

        self.assertContains(screen, "Chưa được.")
        self.assertNotContains(screen, "Xem trang công khai")


class TheOneWayToADecision(Reviewing):
    """In the editor the approver finds the way to the screen, and no button that decides about what nobody showed."""

    def form(self, who, page):
        self.client.force_login(getattr(self.cast, who))
        return self.client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    def test_leads_those_who_may_decide_from_the_form_to_the_review(self):
        task_state = self.submitted()
        page = task_state.revision.content_object

        for who, expected in (("head", True), ("editor", True), ("contributor", False)):
            with self.subTest(who):
                form = self.form(who, page).content.decode()

                self.assertEqual(f'href="{review(task_state)}"' in form, expected)
                self.assertNotIn("data-workflow-action-name", form)

    def test_is_not_offered_where_nothing_waits(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        self.assertNotContains(self.form("head", page), "Xem xét và duyệt")

    def test_is_the_way_of_a_document_too(self):
        register(self.city.site)
        document = draft_document(self.city.site, by=self.cast.standing_office)
        state = approval.submit(document, by=self.cast.standing_office, declaration=True, remark="Đủ.")
        self.client.force_login(self.cast.head)

        form = self.client.get(reverse(document.snippet_viewset.get_url_name("edit"), args=[document.pk]))

        self.assertContains(form, f'href="{review(state.current_task_state)}"')
        self.assertNotContains(form, "data-workflow-action-name")
