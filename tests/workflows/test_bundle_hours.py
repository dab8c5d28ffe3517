"""Dossiers with an hour: approved as one, public at their hour as one, and what hinders them is told."""

from datetime import timedelta
from unittest import mock

import time_machine
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse

from accounts.models import Appointment
from base.gate import Refused
from base.models import OutgoingMail, PortalImage, PortalSite
from tests import factories
from tests.city import fresh
from tests.workflows.test_bundles import NOW, MixedDossier, State, stored
from workflows.archive import copies
from workflows.dashboard import submissions
from workflows.deadlines import duties
from workflows.deadlines.acting import Actors
from workflows.models import ArchiveCopy, Deadline, PublicationBundle
from workflows.models.bundle import type_of
from workflows.publishing import bundles
from workflows.publishing.bundles import deciding, hours

HOUR = NOW + timedelta(days=1)
AFTER = HOUR + timedelta(minutes=1)


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class WithHour(MixedDossier):
    def waiting(self, things=None, **kwargs):
        bundle = self.submit(self.made(things), publish_at=HOUR, **kwargs)
        bundles.approve(bundle, by=self.cast.head)
        return stored(bundle)

    def at_its_hour(self):
        with time_machine.travel(AFTER, tick=True):
            return hours.publish_due()

    def told(self, words) -> set[str]:
        rows = OutgoingMail.objects.filter(subject__startswith=words)
        return {row.recipient.partition("@")[0] for row in rows}

    def edit_news(self):
        news = self.news.get_latest_revision_as_object()
        news.title = "Lệ phí mới, đã sửa"
        news.save_revision(user=self.writer)


class AtItsHour(WithHour):
    def test_nothing_is_public_before_it_and_all_of_it_then(self):
        bundle, before = self.waiting(), ArchiveCopy.objects.count()

        self.assertEqual(bundle.state, State.SCHEDULED)
        self.assertEqual(hours.publish_due(), [])
        self.assertEqual(self.public(), [False] * 6)
        self.assertEqual(self.at_its_hour(), [bundle])

        self.assertEqual(self.public(), [True] * 6)
        self.assertEqual(ArchiveCopy.objects.count() - before, 6)
        self.assertEqual(stored(bundle).state, State.PUBLISHED)
        self.assertEqual(self.at_its_hour(), [])

    def test_approved_after_it_all_of_it_is_public_at_once(self):
        bundle = self.submit(self.made(), publish_at=HOUR)

        with time_machine.travel(AFTER, tick=True):
            self.assertEqual(len(bundles.approve(bundle, by=self.cast.head)), 6)

        self.assertEqual(stored(bundle).state, State.PUBLISHED)

    def test_an_hour_that_has_passed_is_refused_by_name(self):
        with self.assertRaises(ValidationError) as caught:
            self.submit(self.made(), publish_at=NOW - timedelta(hours=1))

        self.assertEqual(list(caught.exception.message_dict), ["publish_at"])

    def test_what_ends_before_it_is_refused(self):
        news = self.news.get_latest_revision_as_object()
        news.expire_at = HOUR - timedelta(hours=1)
        news.save_revision(user=self.writer)

        with self.assertRaisesMessage(ValidationError, "trước giờ đăng của hồ sơ"):
            self.submit(self.made([self.document, self.news]), publish_at=HOUR)

    def test_one_whose_file_is_another_by_now_is_not_approved_for_it(self):
        picture = factories.picture(self.city.site)
        news = factories.article(self.city.section(self.city.site), by=self.writer, picture=picture)
        bundle = self.submit(self.made([self.answer, news]), publish_at=HOUR)
        PortalImage.objects.filter(pk=picture.pk).update(title="Ảnh khác")

        with self.assertRaisesMessage(Refused, "đã đổi sau khi gửi duyệt"):
            bundles.approve(bundle, by=self.cast.head)

        self.assertEqual(stored(bundle).state, State.SUBMITTED)

    def test_its_writers_do_not_approve_it_for_later_either(self):
        bundle = self.submit(self.made(), publish_at=HOUR)

        with self.assertRaises(Refused):
            bundles.approve(bundle, by=self.writer)

    def test_an_approver_whose_term_ended_stops_nothing(self):
        self.waiting()
        Appointment.objects.filter(person=self.cast.head).update(
            ended_on=NOW.date(), state=Appointment.State.ENDED, valid_to=NOW.date()
        )

        self.at_its_hour()

        self.assertEqual(self.public(), [True] * 6)

    def test_until_then_its_versions_and_their_files_wait(self):
        self.waiting()

        self.assertEqual(len(bundles.waiting_versions()), 6)


class Hindered(WithHour):
    def test_an_item_saved_since_sends_all_of_it_back_and_both_hear_why(self):
        bundle = self.waiting()
        self.edit_news()

        self.assertEqual(self.at_its_hour(), [])

        bundle.refresh_from_db()
        self.assertEqual(self.public(), [False] * 6)
        self.assertEqual((bundle.state, bundle.items.count()), (State.RETURNED, 6))
        self.assertIn("đã được sửa sau khi gửi", bundle.reason)
        people = {self.writer.username, self.cast.head.username}
        self.assertEqual(self.told("Hồ sơ không đăng được theo giờ hẹn"), people)

    def test_a_site_that_stopped_since_sends_it_back(self):
        bundle = self.waiting()
        PortalSite.objects.filter(pk=self.city.site.pk).update(state=PortalSite.State.FROZEN)

        self.at_its_hour()

        self.assertIn("đã ngừng cập nhật", stored(bundle).reason)

    def test_a_fault_keeps_the_dossier_and_its_hour_and_is_told_once(self):
        bundle = self.waiting()

        for _time in range(2):
            with mock.patch("workflows.archive.copies.seal", side_effect=OSError("đĩa đầy")):
                with self.assertRaisesMessage(RuntimeError, "đĩa đầy"):
                    self.at_its_hour()

        bundle.refresh_from_db()
        self.assertEqual((bundle.state, bundle.failure, self.public()), (State.SCHEDULED, "đĩa đầy", [False] * 6))
        self.assertEqual(OutgoingMail.objects.filter(subject__startswith="Chưa đăng được hồ sơ").count(), 2)
        self.assertEqual(self.told("Chưa đăng được hồ sơ"), {self.writer.username, self.cast.head.username})
        self.at_its_hour()
        self.assertEqual(self.public(), [True] * 6)

    def test_a_fault_in_the_middle_leaves_nothing_public(self):
        self.waiting()
        sealed, real = [], copies.seal

        def seal(revision, **kwargs):
            sealed.append(revision)
            if len(sealed) == 4:
                raise OSError("đĩa đầy")
            return real(revision, **kwargs)

        with mock.patch("workflows.archive.copies.seal", seal), self.assertRaises(RuntimeError):
            self.at_its_hour()

        self.assertEqual((len(sealed), self.public()), (4, [False] * 6))

    def test_one_that_fails_stops_no_other(self):
        first = self.submit(self.made([self.document]), publish_at=HOUR)
        other = self.submit(self.made([self.answer]), publish_at=HOUR)
        for bundle in (first, other):
            bundles.approve(bundle, by=self.cast.head)
        real = deciding.publish

        def publish(bundle, **kwargs):
            if bundle.pk == first.pk:
                raise OSError("đĩa đầy")
            return real(bundle, **kwargs)

        with mock.patch("workflows.publishing.bundles.deciding.publish", publish), self.assertRaises(RuntimeError):
            self.at_its_hour()

        self.assertEqual([stored(bundle).state for bundle in (first, other)], [State.SCHEDULED, State.PUBLISHED])

    def test_the_desks_of_both_say_what_hindered_it(self):
        bundle = self.waiting()
        self.edit_news()
        self.at_its_hour()

        with time_machine.travel(AFTER, tick=True):
            for user in (self.writer, self.cast.head):
                self.client.force_login(fresh(user))
                desk = self.client.get(reverse("wagtailadmin_home")).content.decode()
                self.assertIn(reverse("workflows_bundle", args=[bundle.pk]), desk, user)
                self.assertIn("không đăng được", desk, user)


class Submissions(WithHour):
    def test_what_became_of_a_dossier_is_in_the_digest_of_its_submitter(self):
        self.waiting()
        self.at_its_hour()

        found = submissions.outcomes(self.writer, NOW, AFTER + timedelta(hours=1))

        self.assertEqual([outcome.what for outcome in found], ["Hồ sơ đã đăng", "Hồ sơ đã duyệt, chờ giờ đăng"])
        self.assertEqual([outcome.by for outcome in found], ["", self.cast.head.get_full_name()])
        with time_machine.travel(NOW + timedelta(days=2), tick=False):
            submissions.send_digests()
        self.assertIn(self.writer.username, self.told("Bài ông/bà đã gửi"))

    def test_a_returned_one_says_why(self):
        bundles.send_back(self.submitted(), by=self.cast.head, reason="Thiếu nguồn.")

        (outcome,) = submissions.outcomes(self.writer, NOW, AFTER)

        self.assertEqual((outcome.note, outcome.is_returned), ("Thiếu nguồn.", True))
        self.assertEqual(submissions.outcomes(self.cast.deputy, NOW, AFTER), [])


class TakenBack(WithHour):
    def test_another_item_returns_it_to_review(self):
        bundle = self.waiting([self.document])

        bundles.put_in(bundle, [self.news], by=self.writer)

        self.assertEqual(stored(bundle).state, State.COLLECTING)
        self.assertEqual(self.at_its_hour(), [])
        self.assertFalse(stored(self.document).live)

    def test_a_writer_takes_it_back(self):
        bundle = self.waiting()

        bundles.recall(bundle, by=self.writer)

        self.assertEqual(self.at_its_hour(), [])
        self.assertEqual(stored(bundle).state, State.COLLECTING)

    def test_a_reviewer_returns_it_before_its_hour_and_approves_it_no_second_time(self):
        bundle = self.waiting()

        self.assertFalse(bundles.may_decide(self.cast.deputy, bundle))
        bundles.send_back(bundle, by=self.cast.deputy, reason="Chờ ý kiến của sở.")

        self.assertEqual(stored(bundle).state, State.RETURNED)
        self.assertEqual(self.told("Trả lại hồ sơ"), {self.writer.username, self.cast.head.username})

    def test_what_waits_in_it_is_not_submitted_twice(self):
        bundle = self.waiting()

        with self.assertRaisesMessage(Refused, "đã duyệt rồi"):
            self.submit(bundle)


class ReviewInTime(WithHour):
    def deadline(self, bundle):
        return Deadline.objects.for_subject(bundle).filter(rule__code=duties.REVIEW_RULE).order_by("-pk").first()

    def test_a_submission_owes_a_decision_in_two_working_days(self):
        bundle = self.submitted()

        deadline = self.deadline(bundle)
        self.assertEqual(f"{deadline.last_day:%d/%m/%Y}", "02/12/2026")
        self.assertEqual(duties.drop_idle_reviews(), [])
        bundles.approve(bundle, by=self.cast.head)
        self.assertEqual(self.deadline(bundle).met_on, NOW.date())

    def test_those_who_may_decide_are_reminded_and_its_people_are_not(self):
        bundle = bundles.make("Lệ phí mới", [self.news], by=self.cast.deputy)
        bundle = self.submit(bundle)

        people = Actors([self.deadline(bundle)]).of(self.deadline(bundle))

        self.assertEqual([user.username for user in people], [self.cast.head.username])

    def test_returned_it_was_decided_and_taken_back_it_is_owed_no_more(self):
        returned, recalled = self.submitted([self.document]), self.submitted([self.answer])

        bundles.send_back(returned, by=self.cast.head, reason="Thiếu nguồn.")
        bundles.recall(recalled, by=self.writer)

        self.assertEqual(self.deadline(returned).met_on, NOW.date())
        self.assertTrue(self.deadline(recalled).cancelled)

    def test_the_queue_and_the_dossier_say_until_when(self):
        bundle = self.submitted()
        self.client.force_login(self.cast.head)

        queue = self.client.get(reverse("workflows_queue")).content.decode()
        shown = self.client.get(reverse("workflows_bundle", args=[bundle.pk])).content.decode()

        self.assertIn("còn 2 ngày làm việc", queue)
        self.assertIn("02/12/2026", shown)
        board = self.client.get(reverse("workflows_deadline", args=[self.deadline(bundle).pk]))
        self.assertContains(board, reverse("workflows_bundle", args=[bundle.pk]))


class Screens(WithHour):
    def test_an_hour_is_typed_at_the_submission_and_shown_to_all(self):
        bundle = self.made()
        self.client.force_login(self.writer)
        address = reverse("workflows_bundle_submit", args=[bundle.pk])
        declared = {"declaration": "on", "remark": "Đã xem lại."}

        wrong = self.client.post(address, {**declared, "publish_at": "29/11/2026 10:00"}).content.decode()
        self.assertIn("đã qua", wrong)
        self.assertIn("29/11/2026 10:00", wrong)
        self.client.post(address, {**declared, "publish_at": "01/12/2026 09:00"})
        self.assertEqual(stored(bundle).publish_at, HOUR)

        self.client.force_login(self.cast.head)
        one = reverse("workflows_bundle", args=[bundle.pk])
        self.assertContains(self.client.get(one), "09:00 01/12/2026")
        answer = self.client.post(one, {"decision": "approve", "comment": ""}, follow=True)
        self.assertContains(answer, "mọi nội dung được đăng cùng lúc vào")
        self.assertEqual(stored(bundle).state, State.SCHEDULED)
        self.assertNotContains(self.client.get(one), "Duyệt và đăng")
        self.assertContains(self.client.get(reverse("workflows_bundles")), "09:00 01/12/2026")

    def test_one_made_and_submitted_at_once_may_have_an_hour(self):
        self.client.force_login(self.writer)

        self.client.post(
            reverse("workflows_bundle_new"),
            {
                "title": "Lệ phí mới",
                "things": [f"{type_of(self.answer)}/{self.answer.pk}"],
                "publish_at": "01/12/2026 09:00",
                "remark": "Đã xem lại.",
                "declaration": "on",
                "decision": "submit",
            },
        )

        self.assertEqual(PublicationBundle.objects.get().publish_at, HOUR)

    def test_before_its_hour_a_writer_takes_it_back_on_screen(self):
        bundle = self.waiting()
        self.client.force_login(self.writer)

        self.client.post(reverse("workflows_bundle_end", args=[bundle.pk]), {"decision": "recall"})

        self.assertEqual(stored(bundle).state, State.COLLECTING)
