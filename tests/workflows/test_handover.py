"""Handing over: open work of a person whose rights on a site end goes to others; his texts stay."""

from datetime import date, timedelta

from django.core import mail
from django.utils import timezone
from wagtail.models import PageLogEntry, WorkflowState

from accounts import appointments, decisions
from accounts.models import Appointment
from base.admin.field_anchors import edit_address
from tests import factories
from tests.city import CityTestCase, appointed, fresh, person, publish
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

SCHEDULED = "Bài đã duyệt, chờ đến giờ đăng"


class HandOver(CityTestCase):
    def setUp(self):
        self.writer = self.cast.contributor
        self.page = factories.article(self.city.section(self.city.my_long), by=self.writer, title="Bài đang viết")

    def revoke(self, user=None, **fields):
        decision = decisions.record_decision(
            by=self.cast.technical_admin,
            number="30/QĐ-UBND",
            signed_on=date(2026, 2, 20),
            title="Thôi",
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
            kind="end",
        )
        for row in Appointment.objects.open().filter(person=user or self.writer, **fields):
            appointments.revoke(row, by=self.cast.technical_admin, decision=decision, reason="Chuyển công tác")

    def handed(self):
        """Title of the page, to whom, in the words of the log."""
        rows = PageLogEntry.objects.filter(action="portal.appointment.handover").order_by("pk")
        return [(row.page.specific.title, row.data["kind"], row.data["to"]) for row in rows]

    def mails(self):
        return {to: sent.body for sent in mail.outbox for to in sent.to if sent.subject.startswith("Nhận bàn giao")}

    def test_what_is_approved_and_scheduled_is_called_so(self):
        self.page.go_live_at = timezone.now() + timedelta(days=3)
        self.page.save_revision(user=self.writer)
        publish(self.page, by=self.writer)

        self.revoke()

        self.assertEqual([kind for title, kind, _to in self.handed() if title == "Bài đang viết"], [SCHEDULED])
        self.assertIn(SCHEDULED, "".join(self.mails().values()))

    def test_a_writer_s_draft_goes_to_the_writers_of_his_ward_and_stays_as_it_was(self):
        before = self.page.get_latest_revision().content

        self.revoke()

        self.assertEqual(self.handed(), [("Bài đang viết", "Bản nháp", "Cán bộ mẫu 09, Cán bộ mẫu 10")])
        self.assertEqual(self.page.get_latest_revision().content, before)
        told = self.mails()
        self.assertEqual(set(told), {"chu-tich.my-long@example.invalid", "duyet.my-long@example.invalid"})
        self.assertIn(edit_address(self.page), told["duyet.my-long@example.invalid"])

    def test_without_another_writer_it_goes_to_the_board_the_deputy_first(self):
        page = factories.article(
            self.city.section(self.city.my_xuyen), by=self.cast.contributor_my_xuyen, title="Bài của phường"
        )

        self.revoke(self.cast.contributor_my_xuyen)

        self.assertEqual(self.handed(), [("Bài của phường", "Bản nháp", "Cán bộ mẫu 06, Cán bộ mẫu 07")])
        self.assertFalse(type(page).objects.get(pk=page.pk).live)

    def test_an_approver_s_work_goes_to_those_who_approve(self):
        approver = person("duyet.hai", "Cán bộ mẫu 70", "deputy_head", self.city.site)
        factories.article(self.city.section(self.city.site), by=approver, title="Bài của thành phố")

        self.revoke(approver)

        self.assertEqual(self.handed(), [("Bài của thành phố", "Bản nháp", "Cán bộ mẫu 06, Cán bộ mẫu 07")])

    def test_what_is_under_review_stays_under_review(self):
        state = approval.submit(self.page, by=self.writer, declaration=True)

        self.revoke()

        state.refresh_from_db()
        self.assertEqual(state.status, WorkflowState.STATUS_IN_PROGRESS)
        self.assertEqual(self.handed()[0][1], "Bài đang chờ duyệt")
        approval.approve(state.current_task_state, by=fresh(self.cast.head))
        self.assertTrue(type(self.page).objects.get(pk=self.page.pk).live)

    def test_an_undecided_take_down_of_his_is_handed_over(self):
        public = publish(factories.article(self.city.section(self.city.my_long), by=self.cast.unit_head))
        takedown.propose(public, TakeDown.Ground.ERROR, by=self.writer)

        self.revoke()

        self.assertIn((public.title, "Đề nghị gỡ chưa xong", "Cán bộ mẫu 09, Cán bộ mẫu 10"), self.handed())

    def test_what_he_had_locked_is_unlocked(self):
        self.page.locked, self.page.locked_by = True, self.writer
        self.page.save()

        self.revoke()

        self.page.refresh_from_db()
        self.assertEqual((self.page.locked, self.page.locked_by), (False, None))

    def test_nothing_is_handed_over_while_another_right_on_the_site_goes_on(self):
        appointed(self.writer, "unit_head", self.city.my_long)

        self.revoke(role="contributor")

        self.assertEqual(self.handed(), [])

    def test_only_the_work_on_that_site_is_handed_over(self):
        appointed(self.writer, "contributor", self.city.my_xuyen)
        factories.article(self.city.section(self.city.my_xuyen), by=self.writer, title="Bài ở phường khác")

        self.revoke(site=self.city.my_long)

        self.assertEqual([title for title, _kind, _to in self.handed()], ["Bài đang viết"])

    def test_whoever_goes_on_working_for_the_city_keeps_his_work_on_its_wards(self):
        appointed(self.writer, "editor", self.city.site)

        self.revoke(site=self.city.my_long)

        self.assertEqual(self.handed(), [])
