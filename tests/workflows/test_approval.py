"""Approval: two persons, always, on exactly the version that was read."""

from datetime import UTC, datetime
from unittest import mock

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Revision, TaskState

from accounts.models import Appointment
from base.chain.canonical_json import content_digest
from base.gate import Refused
from base.models import PortalSite
from base.public.page_cache import read_generations
from tests import factories
from tests.city import CityTestCase, fresh, publish
from tests.workflows.drafts import article
from workflows.archive import verifying
from workflows.models import ArchiveCopy, Declaration, EmergencyAct
from workflows.publishing import approval, takedown

DAY = datetime(2020, 9, 7, 3, 0, tzinfo=UTC)


class Submission(CityTestCase):
    def test_a_contributor_submits_his_draft_with_the_declaration_of_accuracy(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        state = approval.submit(page, by=self.cast.contributor, declaration=True)

        self.assertEqual(state.status, state.STATUS_IN_PROGRESS)
        declared = Declaration.objects.get(revision_id=page.latest_revision_id)
        self.assertEqual(declared.declared_by, self.cast.contributor)
        self.assertIn("Điều 20.2", declared.text)

    def test_without_the_declaration_nothing_is_submitted_and_the_field_is_named(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        with self.assertRaises(ValidationError) as caught:
            approval.submit(page, by=self.cast.contributor, declaration=False)

        self.assertEqual(list(caught.exception.error_dict), ["declaration"])
        self.assertIsNone(approval.current_state(page))

    def test_one_tick_states_both_sentences_of_the_declaration_and_both_are_recorded(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        address = reverse("workflows_submit", args=["wagtailcore", "page", page.pk])
        self.client.force_login(self.cast.contributor)

        screen = self.client.get(address)
        self.assertEqual([field.name for field in screen.context["form"].visible_fields()], ["declaration"])
        self.assertContains(screen, "Tôi cam kết nội dung này chính xác")
        self.assertContains(screen, "Tôi đã kiểm tra: không có bí mật nhà nước, không lộ dữ liệu cá nhân")

        self.assertContains(self.client.post(address, {}), "Hãy đọc rồi đánh dấu lời cam kết")
        self.assertFalse(Declaration.objects.filter(revision_id=page.latest_revision_id).exists())

        self.client.post(address, {"declaration": "on"})
        declared = Declaration.objects.get(revision_id=page.latest_revision_id)
        self.assertEqual((declared.text, declared.personal_data_checked), (approval.DECLARATION, True))

    def test_a_draft_without_source_is_stopped_and_the_field_is_named(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, source_name="")

        with self.assertRaises(ValidationError) as caught:
            approval.submit(page, by=self.cast.contributor, declaration=True)

        self.assertIn("source_name", caught.exception.error_dict)

    def test_an_open_placeholder_is_stopped(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Triển khai Quyết định …/QĐ-UBND")

        with self.assertRaises(ValidationError) as caught:
            approval.submit(page, by=self.cast.contributor, declaration=True)

        self.assertIn("…/Q", str(caught.exception))

    def test_the_people_of_another_ward_cannot_submit_it(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        with self.assertRaises(Refused):
            approval.submit(page, by=self.cast.contributor_my_xuyen, declaration=True)

    def test_a_workflow_cannot_start_past_the_declaration(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        with self.assertRaises(Refused):
            page.get_workflow().start(page, self.cast.contributor)


class Decision(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
        self.state = approval.submit(self.page, by=self.cast.contributor, declaration=True).current_task_state

    def test_who_may_approve_on_a_ward_that_is_approved_by_the_citys_board(self):
        may = {name: approval.may_approve(fresh(user), self.page) for name, user in vars(self.cast).items()}

        self.assertEqual({name for name, answer in may.items() if answer}, {"deputy", "head"})

    def test_a_wards_approver_may_only_after_delegation(self):
        self.assertFalse(approval.may_approve(self.cast.ward_approver, self.page))

        self.city.my_long.approval_mode = PortalSite.Approval.DELEGATED
        self.city.my_long.save()
        page = type(self.page).objects.get(pk=self.page.pk)

        self.assertTrue(approval.may_approve(fresh(self.cast.ward_approver), page))
        self.assertTrue(approval.may_approve(self.cast.deputy, page))

    def test_approval_publishes_the_page_and_seals_its_copy(self):
        approval.approve(self.state, by=self.cast.deputy)

        page = type(self.page).objects.get(pk=self.page.pk)
        self.assertTrue(page.live)
        copy = ArchiveCopy.objects.get(object_id=str(page.pk))
        self.assertIn("Cán bộ mẫu 06", copy.approved_by)
        self.assertEqual(copy.content_digest, content_digest(page))
        self.assertEqual(verifying.verify(), [])

    def test_a_reviewer_returns_it_with_a_reason_and_it_comes_back(self):
        approval.send_back(self.state, by=self.cast.editor, reason="Bổ sung nguồn số liệu.")
        self.assertEqual(approval.current_state(self.page).status, "needs_changes")

        self.page.body = self.page.body
        self.page.summary = "Đã bổ sung nguồn số liệu theo góp ý của Ban Biên tập."
        self.page.save_revision(user=self.cast.contributor)
        state = approval.submit(self.page, by=self.cast.contributor, declaration=True)
        approval.approve(state.current_task_state, by=self.cast.head)

        self.assertTrue(type(self.page).objects.get(pk=self.page.pk).live)

    def test_a_return_without_a_reason_is_refused(self):
        with self.assertRaises(ValidationError):
            approval.send_back(self.state, by=self.cast.editor, reason=" ")

    def test_whoever_saved_a_version_can_neither_approve_nor_return_it(self):
        self.page.summary = "Sửa bởi Phó Trưởng ban."
        self.page.save_revision(user=self.cast.deputy)

        self.assertFalse(approval.may_approve(self.cast.deputy, self.page))
        with self.assertRaises(Refused):
            approval.send_back(self.state, by=self.cast.deputy, reason="Không đạt.")

    def test_a_change_after_submission_voids_it(self):
        self.page.summary = "Sửa sau khi gửi duyệt."
        self.page.save_revision(user=self.cast.editor)

        with self.assertRaises(Refused):
            approval.approve(self.state, by=self.cast.head)

        self.assertFalse(type(self.page).objects.get(pk=self.page.pk).live)

    def test_of_two_approvals_only_the_first_counts(self):
        approval.approve(self.state, by=self.cast.deputy)

        with self.assertRaises(Refused):
            approval.approve(self.state, by=self.cast.head)

        self.assertEqual(TaskState.objects.filter(status="approved").count(), 1)

    def test_a_superuser_without_a_role_approves_nothing(self):
        with self.assertRaises(Refused):
            approval.approve(self.state, by=self.cast.superuser)


class CachedPages(CityTestCase):
    def test_of_the_site_are_old_once_a_page_is_published_and_those_of_other_sites_are_not(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        before = read_generations()

        approval.approve(state.current_task_state, by=self.cast.head)

        raised = {site for site, value in read_generations().items() if value != before.get(site)}
        self.assertEqual(raised, {self.city.my_long.pk})


class RightThatEnded(CityTestCase):
    def test_while_the_request_waited_publishes_nothing(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        head = fresh(self.cast.head)
        # The screen has asked for the roles, which the user of the request keeps.
        self.assertTrue(approval.may_approve(head, page))
        Appointment.objects.filter(person=head).update(state=Appointment.State.ENDED)

        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=head)

        self.assertFalse(type(page).objects.get(pk=page.pk).live)


class Cost(CityTestCase):
    def test_an_approval_makes_its_version_once_and_reads_the_sites_once(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        made = mock.Mock(side_effect=Revision.as_object)

        with (
            mock.patch.object(Revision, "as_object", lambda revision: made(revision)),
            CaptureQueriesContext(connection) as asked,
        ):
            approval.approve(state.current_task_state, by=self.cast.head)

        # Once for all that looks at it, and anew to be published.
        self.assertEqual(made.call_count, 2)
        of_sites = [query["sql"] for query in asked if query["sql"].startswith('SELECT "base_portalsite"')]
        self.assertLessEqual(len(of_sites), 2)
        # Two for the first row of a chain, which another action may make at the same moment.
        self.assertLessEqual(len(asked), 115)

    def test_of_a_submission_is_bounded(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        with CaptureQueriesContext(connection) as asked:
            approval.submit(page, by=self.cast.contributor, declaration=True)

        self.assertLessEqual(len(asked), 58)

    def test_of_a_picture_is_that_it_is_locked_and_read_at_once(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        page.lead_image, page.lead_image_alt = factories.picture(self.city.my_long), "Ảnh thử"
        page.save_revision(user=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)

        with CaptureQueriesContext(connection) as asked:
            approval.approve(state.current_task_state, by=self.cast.head)

        read = [query["sql"] for query in asked if query["sql"].startswith('SELECT "base_portalimage"."id"')]
        # Locked; looked at for whose it is.
        self.assertEqual(len(read), 2, read)

    def test_leaves_nothing_of_what_it_held_with_the_version(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)

        done = approval.approve(state.current_task_state, by=self.cast.head)

        self.assertNotIn("as_object", vars(done.revision))
        self.assertIsNot(done.revision.as_object(), done.revision.as_object())


class Schedule(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
        self.page.go_live_at = datetime(2020, 9, 10, 1, 0, tzinfo=UTC)
        self.page.save_revision(user=self.cast.contributor)
        with time_machine.travel(DAY, tick=False):
            state = approval.submit(self.page, by=self.cast.contributor, declaration=True)
            approval.approve(state.current_task_state, by=self.cast.head)

    def again(self):
        return type(self.page).objects.get(pk=self.page.pk)

    def test_an_approved_page_waits_for_its_time_and_then_appears(self):
        self.assertFalse(self.again().live)

        with time_machine.travel(datetime(2020, 9, 10, 1, 1, tzinfo=UTC), tick=False):
            published = approval.publish_due()

        self.assertEqual([page.pk for page in published], [self.page.pk])
        self.assertTrue(self.again().live)

    def test_nothing_appears_before_its_time(self):
        with time_machine.travel(datetime(2020, 9, 10, 0, 59, tzinfo=UTC), tick=False):
            self.assertEqual(approval.publish_due(), [])

    def test_a_draft_saved_later_cancels_the_schedule(self):
        page = self.again().get_latest_revision_as_object()
        page.summary = "Sửa sau khi duyệt."
        page.save_revision(user=self.cast.contributor)

        with time_machine.travel(datetime(2020, 9, 10, 1, 1, tzinfo=UTC), tick=False):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.again().live)
        self.assertFalse(Revision.objects.filter(approved_go_live_at__isnull=False).exists())


class Emergency(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)

    def test_the_head_alone_publishes_with_a_reason_and_a_second_person_looks(self):
        approval.emergency_publish(self.page, by=self.cast.head, reason="Cảnh báo triều cường.")
        act = EmergencyAct.objects.get()
        self.assertTrue(act.is_open)
        self.assertTrue(type(self.page).objects.get(pk=self.page.pk).live)

        with self.assertRaises(Refused):
            approval.second_look(act, by=self.cast.head, accepted=True)
        approval.second_look(act, by=self.cast.deputy, accepted=True)

        self.assertFalse(EmergencyAct.objects.get().is_open)

    def test_those_who_may_look_are_told_at_once_and_once(self):
        mail.outbox.clear()
        approval.emergency_publish(self.page, by=self.cast.head, reason="Cảnh báo triều cường.")
        act = EmergencyAct.objects.get()

        (sent,) = mail.outbox
        self.assertEqual(sent.to, [self.cast.deputy.email])
        self.assertTrue(sent.subject.startswith("Chờ xem lại: Đăng khẩn cấp, "), sent.subject)
        self.assertIn(reverse("workflows_second_look", args=[act.pk]), sent.body)
        self.assertIn(self.page.title, sent.body)

    def test_of_a_ward_that_approves_itself_its_approver_is_told_too(self):
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(approval_mode=PortalSite.Approval.DELEGATED)
        mail.outbox.clear()
        approval.emergency_publish(self.page, by=self.cast.head, reason="Cảnh báo triều cường.")

        told = sorted(address for sent in mail.outbox for address in sent.to)
        self.assertEqual(told, sorted([self.cast.deputy.email, self.cast.ward_approver.email]))

    def test_a_removal_is_told_without_the_title_that_it_may_be_for(self):
        page = publish(self.page)
        mail.outbox.clear()
        takedown.emergency_remove(page, by=self.cast.head, reason="Lộ số điện thoại của một hộ dân.")

        sent = next(sent for sent in mail.outbox if sent.to == [self.cast.deputy.email])
        self.assertIn("Chờ xem lại: Gỡ khẩn cấp, ", sent.subject)
        self.assertNotIn(page.title, sent.subject + sent.body)
        self.assertNotIn("số điện thoại", sent.subject + sent.body)

    def test_who_acted_is_told_that_the_second_person_does_not_agree(self):
        approval.emergency_publish(self.page, by=self.cast.head, reason="Cảnh báo triều cường.")
        act = EmergencyAct.objects.get()
        address = reverse("workflows_second_look", args=[act.pk])
        mail.outbox.clear()

        approval.second_look(act, by=self.cast.deputy, accepted=False, note="Số liệu chưa kiểm chứng.")

        (told,) = mail.outbox
        self.assertEqual(told.to, [self.cast.head.email])
        self.assertIn("Số liệu chưa kiểm chứng.", told.body)
        self.assertIn(address, told.body)
        self.assertNotIn(self.page.title, told.subject + told.body)
        self.client.force_login(self.cast.head)
        shown = self.client.get(address)
        self.assertContains(shown, "<strong>Không đồng ý</strong>")
        self.assertContains(shown, "Việc đã làm vẫn còn hiệu lực.")

    def test_without_a_reason_it_is_refused(self):
        with self.assertRaises(ValidationError):
            approval.emergency_publish(self.page, by=self.cast.head, reason="")

    def test_nobody_else_may(self):
        for name in ("deputy", "editor", "contributor", "superuser", "ward_approver", "technical_admin"):
            with self.subTest(name), self.assertRaises(Refused):
                approval.emergency_publish(self.page, by=getattr(self.cast, name), reason="Gấp")
