"""What became of what a person submitted: the screen, and one mail a working morning."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.test import override_settings
from django.urls import reverse
from wagtail.log_actions import registry

from base.models import OutgoingMail
from home import opening
from servicecatalog.models import Sector
from tests.city import CityTestCase, fresh, publish
from tests.workflows.drafts import article
from vietnam.text import slug
from workflows.dashboard import submissions
from workflows.models import TakeDown
from workflows.publishing import approval, record_changes, takedown

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 3, 6, 9, tzinfo=ZONE)
MONDAY = datetime(2026, 3, 9, 7, 2, tzinfo=ZONE)


class WithOutcomes(CityTestCase):
    def setUp(self):
        travel = time_machine.travel(FRIDAY, tick=False)
        travel.start()
        self.addCleanup(travel.stop)

    def submitted(self, title, **fields):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title=title, **fields)
        state = approval.submit(page, by=self.cast.contributor, declaration=True, remark="Đã xem lại.")
        return page, state.current_task_state

    def found(self, user=None):
        day = timedelta(days=1)
        return [
            (outcome.title, outcome.what)
            for outcome in submissions.outcomes(user or self.cast.contributor, FRIDAY - day, FRIDAY + 5 * day)
        ]


class Outcomes(WithOutcomes):
    def test_name_what_was_approved_returned_and_set_for_later(self):
        _page, first = self.submitted("Được đăng")
        approval.approve(first, by=self.cast.head, comment="Đã xem.")
        _page, second = self.submitted("Bị trả")
        approval.send_back(second, by=self.cast.head, reason="Thiếu nguồn")
        _page, third = self.submitted("Hẹn giờ", go_live_at=FRIDAY + timedelta(hours=5))
        approval.approve(third, by=self.cast.head, comment="Đã xem.")

        self.assertEqual(
            set(self.found()),
            {
                ("Được đăng", "Đã duyệt và đăng"),
                ("Bị trả", "Bị trả lại"),
                ("Hẹn giờ", "Đã duyệt, sẽ đăng lúc 14:00 06/03/2026"),
            },
        )

    def test_name_what_appeared_at_its_hour(self):
        _page, state = self.submitted("Hẹn giờ", go_live_at=FRIDAY + timedelta(hours=5))
        approval.approve(state, by=self.cast.head, comment="Đã xem.")
        with time_machine.travel(FRIDAY + timedelta(hours=5, minutes=1), tick=False):
            approval.publish_due()

        self.assertIn(("Hẹn giờ", "Đã đăng đúng giờ hẹn"), self.found())

    def test_name_what_was_taken_down_of_the_own_pages(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Bị gỡ"))
        row = takedown.propose(
            page, by=self.cast.editor, ground=TakeDown.Ground.NO_LONGER_SUITABLE, explanation="Đã có mới."
        )[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Đã có bài mới.")

        self.assertIn(("Bị gỡ", "Đề nghị gỡ bỏ: đã gỡ"), self.found())
        self.assertIn(("Bị gỡ", "Đề nghị gỡ bỏ: đã gỡ"), self.found(self.cast.editor))

    def test_name_what_others_decided_of_proposals_about_shared_records(self):
        office, head = self.cast.standing_office, fresh(self.cast.head)
        decisions = (
            ("Ngành một", lambda change: record_changes.confirm(change, by=head, digest=change.digest)),
            ("Ngành hai", lambda change: record_changes.refuse(change, by=head, note="Đã có.")),
            ("Ngành ba", lambda change: record_changes.withdraw(change, by=office)),
        )
        for name, decide in decisions:
            decide(record_changes.propose(Sector(name=name, slug=slug(name), sort_order=9), by=office))

        self.assertEqual(
            {(title.rpartition(": ")[2], what) for title, what in self.found(office)},
            {("Ngành một", "Đề nghị được đồng ý"), ("Ngành hai", "Đề nghị không được đồng ý")},
        )
        self.assertEqual(submissions.send_digests(on=MONDAY), 1)
        self.assertIn("Đề nghị không được đồng ý", mail.outbox[-1].body)

    def test_are_those_of_the_person_alone(self):
        _page, state = self.submitted("Bị trả")
        approval.send_back(state, by=self.cast.head, reason="Thiếu nguồn")

        self.assertEqual(self.found(self.cast.contributor_my_xuyen), [])
        self.assertEqual(self.found(self.cast.head), [])

    def test_cost_the_same_however_many(self):
        for number in range(3):
            _page, state = self.submitted(f"Bài {number}")
            approval.send_back(state, by=self.cast.head, reason="Thiếu nguồn")

        with self.assertNumQueries(8):
            self.found()

    def test_name_what_the_rooms_above_decided_and_not_what_one_did_oneself(self):
        office, head = self.cast.standing_office, fresh(self.cast.head)
        dossier = opening.rename_ward(
            site=self.city.my_long, name="Phường Long Mỹ", by=office, legal_act="NQ 9", effective_on=FRIDAY.date()
        )
        opening.submit_opening(dossier, by=office)
        opening.reject_opening(dossier, by=head, reason="Sai tên.")
        opening.submit_opening(dossier, by=office)
        opening.approve_opening(dossier, by=head, on=FRIDAY)

        found = [what for _title, what in self.found(office)]

        self.assertEqual(sorted(found), ["Hồ sơ bị trả lại", "Hồ sơ đã duyệt và thực hiện"])
        self.assertEqual(self.found(self.cast.head), [])
        self.assertEqual(submissions.send_digests(on=MONDAY), 1)

    def test_every_room_above_names_actions_and_a_screen_that_are_there(self):
        known = submissions._of_room
        self.assertEqual(
            {row.screen for row in known.values()},
            {"home_opening", "reporting_sheet", "reporting_yearly", "royalties_statement", "sections_unit_article"},
        )
        for action, row in known.items():
            with self.subTest(action):
                for name in (action, row.submitted, row.returned):
                    self.assertTrue(registry.action_exists(name), name)
                self.assertIn(row.returned, row.decided)
                reverse(row.screen, args=["1"])


class Digest(WithOutcomes):
    def test_is_one_mail_of_all_since_the_last_working_day(self):
        for title in ("Bài một", "Bài hai"):
            _page, state = self.submitted(title)
            approval.send_back(state, by=self.cast.head, reason="Thiếu nguồn")

        with override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend"):
            submissions.send_digests(on=MONDAY)
            submissions.send_digests(on=MONDAY + timedelta(hours=1))

        rows = OutgoingMail.objects.filter(subject__startswith="Bài ông/bà đã gửi").values_list("recipient", "subject")
        self.assertEqual(list(rows), [(self.cast.contributor.email, "Bài ông/bà đã gửi: 2 việc có kết quả")])

    def test_is_not_sent_on_a_day_off_nor_without_anything_to_say(self):
        self.assertEqual(submissions.send_digests(on=MONDAY), 0)
        _page, state = self.submitted("Bài một")
        approval.send_back(state, by=self.cast.head, reason="Thiếu nguồn")

        self.assertEqual(submissions.send_digests(on=datetime(2026, 3, 8, 7, 2, tzinfo=ZONE)), 0)

    def test_says_nothing_twice_on_the_days_after(self):
        _page, state = self.submitted("Bài một")
        approval.send_back(state, by=self.cast.head, reason="Thiếu nguồn")
        submissions.send_digests(on=MONDAY)

        self.assertEqual(submissions.send_digests(on=MONDAY + timedelta(days=1)), 0)


class Screen(WithOutcomes):
    def test_shows_what_waits_and_what_became_of_the_rest(self):
        self.submitted("Còn chờ")
        _page, state = self.submitted("Bị trả")
        approval.send_back(state, by=self.cast.head, reason="Thiếu nguồn")

        with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
            self.client.force_login(self.cast.contributor)
            answer = self.client.get(reverse("workflows_submissions"))

        self.assertContains(answer, "Còn chờ")
        self.assertContains(answer, "<strong>Bị trả lại</strong>: Thiếu nguồn")


class LateSchedules(WithOutcomes):
    def test_a_version_that_could_not_be_published_stands_on_the_first_screen(self):
        _page, state = self.submitted("Hẹn giờ", go_live_at=FRIDAY + timedelta(hours=5))
        approval.approve(state, by=self.cast.head, comment="Đã xem.")
        self.client.force_login(self.cast.contributor)
        self.assertNotContains(self.client.get("/quan-tri/"), "đến giờ mà chưa đăng được")

        with time_machine.travel(FRIDAY + timedelta(hours=5, minutes=9), tick=False):
            self.client.force_login(self.cast.contributor)
            answer = self.client.get("/quan-tri/")

        self.assertContains(answer, "1 bài đã duyệt đến giờ mà chưa đăng được")
