"""What a review says beside the text: what came after the submission, how it ended, that it was public before."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import time_machine
import wagtail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageLogEntry, TaskState

from base.admin import seen_versions
from base.admin.field_anchors import edit_address
from base.gate import Refused
from tests import factories
from tests.base.test_files import store_file
from tests.city import CityTestCase, fresh, publish
from tests.legalref.library import draft_document, register
from tests.workflows.drafts import article
from workflows.models import Declaration
from workflows.publishing import approval, takedown

MONDAY = datetime(2020, 9, 7, 3, 0, tzinfo=UTC)
LATER = datetime(2020, 9, 7, 4, 30, tzinfo=UTC)
TICKS = {"declaration": "on"}


def review(task_state) -> str:
    return reverse("workflows_review", args=[task_state.pk])


class GivenBack(CityTestCase):
    """A reviewer gives a page back; its writer opens it."""

    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
        state = approval.submit(self.page, by=self.cast.contributor, declaration=True)
        approval.send_back(state.current_task_state, by=self.cast.deputy, reason="Nêu rõ nơi nhận hồ sơ.")
        self.client.force_login(self.cast.contributor)

    def form(self):
        return self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk]))

    def test_says_above_its_form_who_and_why_each_time_it_is_opened(self):
        for _ in range(2):
            with self.subTest():
                self.assertContains(self.form(), "Nêu rõ nơi nhận hồ sơ. Sửa xong hãy gửi duyệt lại.", count=1)

    def test_says_so_no_more_once_it_was_submitted_again(self):
        page = type(self.page).objects.get(pk=self.page.pk)
        page.summary = "Nộp ở Bộ phận một cửa."
        page.save_revision(user=self.cast.contributor)
        approval.submit(page, by=self.cast.contributor, declaration=True)

        self.assertNotContains(self.form(), "Sửa xong hãy gửi duyệt lại.")


class OneWordForWhatCameBack(CityTestCase):
    """Lists, panel and history call what was given back "bị trả lại", and nothing else."""

    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
        self.give_back(self.page)
        self.client.force_login(self.cast.contributor)

    def give_back(self, thing, by=None):
        state = approval.submit(thing, by=by or self.cast.contributor, declaration=True, remark="Đã đối chiếu.")
        approval.send_back(state.current_task_state, by=self.cast.deputy, reason="Nêu rõ nơi nhận hồ sơ.")

    def panel(self, form) -> str:
        return " ".join(
            form.content.decode().split("status-sidebar-bi-tra-lai", 1)[1].split("</section>", 1)[0].split()
        )

    def test_on_its_form_the_panel_says_it_with_who_and_why(self):
        form = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk]))

        self.assertIn("Bị trả lại", self.panel(form))
        self.assertIn(f"{self.cast.deputy} đã trả lại", self.panel(form))
        self.assertNotContains(form, "Đang chờ duyệt")
        self.assertNotContains(form, "Yêu cầu chỉnh sửa")

    def test_on_the_form_of_a_document_as_well_and_above_it_why(self):
        register(self.city.site)
        document = draft_document(self.city.site, by=self.cast.standing_office)
        self.give_back(document, by=self.cast.standing_office)
        self.client.force_login(self.cast.standing_office)

        form = self.client.get(edit_address(document))

        self.assertContains(form, "Nêu rõ nơi nhận hồ sơ. Sửa xong hãy gửi duyệt lại.")
        self.assertIn("Bị trả lại", self.panel(form))
        self.assertNotContains(form, "Đang chờ duyệt")

    def test_in_lists_says_so_and_asks_no_more_for_many(self):
        section = self.page.get_parent()
        address = reverse("wagtailadmin_explore", args=[section.pk])
        self.client.get(address)
        with CaptureQueriesContext(connection) as one:
            self.assertContains(self.client.get(address), "bị trả lại")
        for _ in range(3):
            self.give_back(article(self.city, self.city.my_long, by=self.cast.contributor))

        with CaptureQueriesContext(connection) as four:
            self.client.get(address)

        of_reviews = [sum("workflowstate" in query["sql"] for query in found) for found in (one, four)]
        self.assertEqual(*of_reviews)

    def test_of_what_is_public_meanwhile_says_both(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Đang đăng"))
        page.title = "Sửa"
        page.save_revision(user=self.cast.contributor)
        self.give_back(type(page).objects.get(pk=page.pk))

        self.assertEqual(str(type(page).objects.get(pk=page.pk).status_string), "đang đăng + bị trả lại")

    def test_ends_with_the_next_submission(self):
        approval.submit(self.page, by=self.cast.contributor, declaration=True)

        self.assertEqual(str(type(self.page).objects.get(pk=self.page.pk).status_string), "đang chờ duyệt")

    def test_is_ours_as_long_as_wagtail_has_none(self):
        """When this fails, Wagtail tells the two apart: our template and `name_what_came_back` may go."""
        home = Path(wagtail.__file__).parent
        panel = home / "admin/templates/wagtailadmin/shared/side_panels/includes/status/workflow.html"
        status = (home / "models/workflows.py").read_text().split("def status_string", 1)[1].split("def ", 1)[0]

        self.assertNotIn("needs_changes", panel.read_text())
        self.assertIn("In Moderation", panel.read_text())
        self.assertNotIn("needs changes", status.lower().replace("_", " "))


class Checked(CityTestCase):
    """The panel of checks beside the form says what the submission will say: one list, from one function."""

    def setUp(self):
        self.page = article(
            self.city, self.city.my_long, by=self.cast.contributor, source_name="", summary="Gọi 0912 345 678."
        )
        self.client.force_login(self.cast.contributor)

    def said(self, answer) -> list[str]:
        """The findings that a screen shows, in its order."""
        return re.findall(r'<li><a href="[^"]*#:w:contentpath=[^"]*">[^<]*</a>: ([^<]*)</li>', answer.content.decode())

    def test_beside_the_form_before_the_submission_and_at_the_review(self):
        form = self.client.get(edit_address(self.page))
        submission = self.client.get(reverse("workflows_submit", args=["wagtailcore", "page", self.page.pk]))

        self.assertEqual(len(self.said(form)), 2)
        self.assertEqual(self.said(form), self.said(submission))

        self.page.source_name = "Ủy ban nhân dân phường Mỹ Long"
        self.page.save_revision(user=self.cast.contributor)
        state = approval.submit(self.page, by=self.cast.contributor, declaration=True, remark="Số của cơ quan.")
        self.client.force_login(self.cast.head)
        form, seen = self.client.get(edit_address(self.page)), self.client.get(review(state.current_task_state))
        self.assertEqual(len(self.said(seen)), 1)
        self.assertEqual(self.said(form), self.said(seen))

    def test_of_a_page_in_order_says_that_nothing_is_to_be_mended(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        self.assertContains(self.client.get(edit_address(page)), "Không có điều nào phải sửa hay nên xem lại.")

    def test_of_a_page_that_is_not_there_yet_says_nothing(self):
        section = self.page.get_parent()
        new = self.client.get(reverse("wagtailadmin_pages:add", args=["sections", "articlepage", section.pk]))

        self.assertEqual(new.status_code, 200)
        self.assertNotContains(new, "Không có điều nào phải sửa hay nên xem lại.")


class Edited(CityTestCase):
    """An editor opens what a contributor submitted, changes it and saves."""

    def setUp(self):
        with time_machine.travel(MONDAY, tick=False):
            self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
            state = approval.submit(self.page, by=self.cast.contributor, declaration=True)
        self.older = state.current_task_state
        with time_machine.travel(LATER, tick=False):
            self.page.summary = "Tóm tắt do biên tập viên viết lại cho rõ."
            self.page.save_revision(user=self.cast.editor)
        self.submission = reverse("workflows_submit", args=["wagtailcore", "page", self.page.pk])

    def again(self):
        return type(self.page).objects.get(pk=self.page.pk)

    def renew(self, by):
        return approval.submit(self.again(), by=fresh(by), declaration=True).current_task_state

    def test_is_said_on_the_review_with_who_and_what_and_no_approval_is_offered(self):
        self.client.force_login(self.cast.deputy)

        answer = self.client.get(review(self.older))

        self.assertContains(answer, "Nội dung đã được sửa sau khi gửi")
        self.assertContains(answer, f"{self.cast.editor}, 11:30 07/09/2020")
        self.assertContains(answer, "viết lại cho rõ")
        self.assertNotContains(answer, "Duyệt và đăng")
        self.assertContains(answer, 'name="decision" value="return">Trả lại</button>')

    def test_has_a_way_on_for_the_editor_and_for_the_author(self):
        for person in (self.cast.editor, self.cast.contributor):
            with self.subTest(person=person):
                self.client.force_login(person)

                self.assertContains(self.client.get(review(self.older)), self.submission)

    def test_is_submitted_by_the_editor_in_place_of_the_older_version_in_one_act(self):
        self.client.force_login(self.cast.editor)

        answer = self.client.post(self.submission, TICKS)

        self.assertEqual(answer.status_code, 302)
        newer = approval.waiting_review(self.again())
        self.assertEqual(newer.revision_id, self.again().latest_revision_id)
        self.assertEqual(TaskState.objects.get(pk=self.older.pk).status, TaskState.STATUS_CANCELLED)
        self.assertEqual(newer.workflow_state.requested_by, self.cast.editor)
        self.assertTrue(
            Declaration.objects.filter(revision_id=newer.revision_id, declared_by=self.cast.editor).exists()
        )

    def test_submitted_anew_leaves_a_line_of_its_own_in_the_history(self):
        self.renew(self.cast.editor)

        entry = PageLogEntry.objects.get(page_id=self.page.pk, action="portal.submission.renew")
        self.assertEqual(entry.user, self.cast.editor)
        self.assertEqual(entry.data["withdrawn"], self.older.revision_id)

    def test_submitted_anew_is_approved_by_another_and_published(self):
        newer = self.renew(self.cast.editor)

        approval.approve(newer, by=self.cast.deputy)

        self.assertEqual(self.again().summary, "Tóm tắt do biên tập viên viết lại cho rõ.")
        self.assertTrue(self.again().live)

    def test_submitted_by_the_author_still_counts_the_editor_among_the_writers(self):
        self.page.summary = "Tóm tắt do Phó Trưởng ban sửa."
        self.page.save_revision(user=self.cast.deputy)

        newer = self.renew(self.cast.contributor)

        with self.assertRaises(Refused):
            approval.approve(newer, by=self.cast.deputy)
        approval.approve(newer, by=self.cast.head)

    def test_who_had_submitted_the_older_version_without_writing_it_does_not_approve_the_newer(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài do Trưởng ban gửi")
        approval.submit(page, by=self.cast.head, declaration=True)
        page.summary = "Tóm tắt sửa sau khi Trưởng ban gửi."
        page.save_revision(user=self.cast.editor)

        newer = approval.submit(page, by=self.cast.editor, declaration=True).current_task_state

        self.assertFalse(approval.may_approve(fresh(self.cast.head), page))
        approval.approve(newer, by=self.cast.deputy)

    def test_cannot_be_submitted_twice_nor_by_another_ward(self):
        with self.assertRaises(Refused):
            approval.submit(self.page, by=self.cast.contributor_my_xuyen, declaration=True)
        self.renew(self.cast.editor)

        with self.assertRaises(Refused):
            self.renew(self.cast.contributor)

    def test_can_be_saved_and_submitted_from_the_editors_own_form(self):
        self.client.force_login(self.cast.editor)

        form = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk]))

        self.assertContains(form, "Lưu và gửi phiên bản mới")
        self.assertContains(form, self.submission)

    def test_that_waits_unchanged_is_not_asked_for_a_declaration_in_vain(self):
        self.renew(self.cast.editor)
        self.client.force_login(self.cast.contributor)

        answer = self.client.get(self.submission)

        self.assertContains(answer, "đang chờ duyệt rồi")
        self.assertNotContains(answer, 'name="declaration"')

    def test_after_it_was_opened_is_refused_to_a_stale_approval_and_loses_nothing_typed(self):
        newer = self.renew(self.cast.editor)
        self.client.force_login(self.cast.deputy)
        stamp = self.client.get(review(newer)).context["seen_stamp"]
        self.page.summary = "Sửa lần nữa."
        self.page.save_revision(user=self.cast.editor)

        late = self.client.post(
            review(newer), {"decision": "approve", "comment": "Đã đọc kỹ.", seen_versions.FIELD: stamp}
        )

        self.assertFalse(self.again().live)
        self.assertContains(late, "không duyệt được nữa")
        self.assertContains(late, "Đã đọc kỹ.")


class Handled(CityTestCase):
    """A decision opened in one tab after the thing was handled elsewhere."""

    def setUp(self):
        with time_machine.travel(MONDAY, tick=False):
            self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
            self.state = approval.submit(self.page, by=self.cast.contributor, declaration=True)
        self.task_state = self.state.current_task_state
        self.client.force_login(self.cast.deputy)

    def press(self, address, data, change):
        stamp = self.client.get(address).context["seen_stamp"]
        change()
        return self.client.post(address, {**data, seen_versions.FIELD: stamp})

    def assert_has_ended(self, answer):
        self.assertNotContains(answer, "bấm lần nữa")
        self.assertNotContains(answer, "đã nhập vẫn còn")
        self.assertContains(answer, "Việc này đã được xử lý.")

    def test_says_that_the_author_withdrew_it_and_leads_to_what_he_submitted_instead(self):
        def change():
            with time_machine.travel(LATER, tick=False):
                self.state.cancel(user=self.cast.contributor)
                self.page.summary = "Người soạn tự sửa."
                self.page.save_revision(user=self.cast.contributor)
                self.newer = approval.submit(self.page, by=self.cast.contributor, declaration=True).current_task_state

        late = self.press(review(self.task_state), {"decision": "approve"}, change)

        self.assert_has_ended(late)
        self.assertContains(late, f"Người gửi ({self.cast.contributor}) đã rút lúc 11:30 07/09/2020")
        self.assertContains(late, review(self.newer))
        self.assertContains(late, "gửi lúc 11:30 07/09/2020")

    def test_says_who_approved_it_and_when(self):
        def change():
            with time_machine.travel(LATER, tick=False):
                approval.approve(self.task_state, by=self.cast.head)

        late = self.press(review(self.task_state), {"decision": "approve"}, change)

        self.assert_has_ended(late)
        self.assertContains(late, f"{self.cast.head} đã duyệt lúc 11:30 07/09/2020")

    def test_says_who_returned_it_and_why(self):
        approval.send_back(self.task_state, by=self.cast.editor, reason="Thiếu số liệu.")

        self.assertContains(self.client.get(review(self.task_state)), f"{self.cast.editor} đã trả lại")
        with self.assertRaisesMessage(Refused, "Thiếu số liệu."):
            approval.approve(self.task_state, by=self.cast.deputy)

    def test_shows_the_reason_that_was_typed_meanwhile_to_be_copied(self):
        late = self.press(
            review(self.task_state),
            {"decision": "return", "comment": "Bảng 2 thiếu số của quý 3."},
            lambda: approval.approve(self.task_state, by=self.cast.head),
        )

        self.assertContains(late, "đã duyệt lúc")
        self.assertContains(late, "Bạn vừa nhập, chưa ghi vào đâu")
        self.assertContains(late, "Bảng 2 thiếu số của quý 3.</textarea>")

    def test_shows_nothing_to_copy_to_who_only_comes_to_look(self):
        approval.approve(self.task_state, by=self.cast.head)

        self.assertNotContains(self.client.get(review(self.task_state)), "Bạn vừa nhập")

    def test_of_a_take_down_says_who_decided_or_withdrew_it(self):
        for name, change, said in (
            ("decided", lambda row: takedown.decide(row, "keep", by=self.cast.head, note="Vẫn đúng."), "Vẫn đúng."),
            (
                "withdrawn",
                lambda row: takedown.withdraw(row, by=self.cast.contributor, reason="Nhầm trang."),
                f"{self.cast.contributor} đã rút đề nghị này",
            ),
        ):
            with self.subTest(name):
                page = publish(
                    factories.article(self.city.section(self.city.my_long), by=self.cast.contributor),
                    by=self.cast.contributor,
                )
                row = takedown.propose(page, by=self.cast.contributor, ground="no_longer_suitable", explanation="Cũ.")[
                    0
                ]
                address = reverse("workflows_takedown", args=[row.pk])

                late = self.press(
                    address, {"decision": "take_down", "comment": "Gỡ."}, lambda row=row, change=change: change(row)
                )

                self.assertNotContains(late, "bấm lại")
                self.assertNotContains(late, "bấm lần nữa")
                self.assertContains(late, said)
                self.assertContains(late, "Gỡ.</textarea>")

    def test_of_a_withdrawal_draws_no_form_once_it_is_decided(self):
        page = publish(
            factories.article(self.city.section(self.city.my_long), by=self.cast.contributor), by=self.cast.contributor
        )
        row = takedown.propose(page, by=self.cast.contributor, ground="no_longer_suitable", explanation="Cũ.")[0]
        address = reverse("workflows_withdraw", args=[row.pk])
        self.assertContains(self.client.get(address), '<form method="post" novalidate')

        takedown.decide(row, "keep", by=self.cast.head, note="Vẫn đúng.")

        answer = self.client.get(address)
        self.assertNotContains(answer, '<form method="post" novalidate')
        self.assertContains(answer, reverse("workflows_takedown", args=[row.pk]))

    def test_that_is_still_open_keeps_its_form_and_says_to_look_again(self):
        def change():
            type(self.page).objects.filter(pk=self.page.pk).update(live_revision=self.page.latest_revision)

        late = self.press(review(self.task_state), {"decision": "return", "comment": "Chưa đạt."}, change)

        self.assertContains(late, "Hãy xem lại, rồi bấm lại")
        self.assertContains(late, "Những gì đã nhập vẫn còn bên dưới.")
        self.assertContains(late, "Chưa đạt.")


class Restored(CityTestCase):
    """What was public, was taken down, and comes back."""

    def test_is_shown_with_its_take_down_and_the_reason_of_its_return(self):
        page = publish(
            factories.article(self.city.section(self.city.my_long), by=self.cast.contributor), by=self.cast.contributor
        )
        row = takedown.propose(page, by=self.cast.contributor, ground="error", explanation="Sai số liệu.")[0]
        row = takedown.decide(row, "take_down", by=self.cast.deputy, note="Bảng 2 sai.")
        takedown.restore(row, by=self.cast.contributor, reason="Đã đối chiếu, số liệu đúng.")
        again = type(page).objects.get(pk=page.pk)
        task_state = approval.submit(again, by=self.cast.contributor, declaration=True).current_task_state
        self.client.force_login(self.cast.head)

        answer = self.client.get(review(task_state))

        self.assertNotContains(answer, "chưa từng đăng")
        self.assertContains(answer, "đã từng đăng")
        for said in ("Nội dung sai", str(self.cast.deputy), "Bảng 2 sai.", "Đã đối chiếu, số liệu đúng."):
            self.assertContains(answer, said)
        self.assertContains(answer, reverse("workflows_takedown", args=[row.pk]))

    def test_is_said_of_nothing_that_is_new(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        task_state = approval.submit(page, by=self.cast.contributor, declaration=True).current_task_state
        self.client.force_login(self.cast.head)

        self.assertContains(self.client.get(review(task_state)), "Nội dung mới, chưa từng đăng.")


class FromOutside(CityTestCase):
    """What a person without an account supplied is answered for: the review names them and who took it in."""

    def setUp(self):
        self.office = self.cast.standing_office
        self.page = article(self.city, self.city.my_long, by=self.office)
        contribution = {
            "contributor_name": "Người cung cấp mẫu",
            "organisation": "Hội mẫu",
            "contact": "0296 000 0000",
            "received_on": date(2020, 9, 1),
            "declaration_file": store_file(self.city.site),
        }
        self.state = approval.submit(self.page, by=self.office, declaration=True, contribution=contribution)
        self.client.force_login(self.cast.head)

    def shown(self):
        return self.client.get(review(self.state.current_task_state))

    def test_the_review_names_who_supplied_it_and_who_took_it_in_and_no_contact(self):
        answer = self.shown()

        self.assertContains(answer, "Người cung cấp mẫu (Hội mẫu), không có tài khoản")
        self.assertContains(answer, f"{self.office.get_full_name()} tiếp nhận ngày 01/09/2020.")
        self.assertNotContains(answer, "0296 000 0000")

    def test_the_standing_office_answers_when_that_person_has_left(self):
        self.office.appointments.update(state="ended")

        self.assertContains(self.shown(), "nay Cơ quan Thường trực chịu trách nhiệm")

    def test_a_page_of_the_staff_names_none(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài khác")
        state = approval.submit(page, by=self.cast.contributor, declaration=True)

        self.assertNotContains(self.client.get(review(state.current_task_state)), "không có tài khoản")
