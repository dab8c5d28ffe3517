"""A section without news for as long as the Board allows is due to be brought up to date."""

from datetime import date, datetime

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from sections import catalogue, freshness
from sections.models import FreshnessAmount
from tests import factories
from tests.city import CityTestCase, fresh, publish_at_once
from tests.desks import rows_for
from workflows import deadlines
from workflows.dashboard import queue_screen, work_queue
from workflows.deadlines import VIETNAM, boards
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import Deadline, DeadlineRule, RecordChange
from workflows.publishing import record_changes

LAST_NEWS = datetime(2026, 3, 2, 9, tzinfo=VIETNAM)


class Silence(CityTestCase):
    """Mỹ Long wrote news on 02/03/2026 and nothing since; the Board wants news every 30 days."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long)
        Page.objects.filter(pk=cls.section.pk).update(last_published_at=LAST_NEWS)
        with time_machine.travel(LAST_NEWS, tick=False):
            publish_at_once(factories.article(cls.section, by=cls.cast.contributor, title="Tin gần nhất"))

    def rule(self, days: int | None = 30) -> None:
        DeadlineRule.objects.filter(code=FRESH_RULE).update(amount=days)

    def deadline(self) -> Deadline | None:
        return Deadline.objects.for_subject(self.section).open().filter(rule__code=FRESH_RULE).first()

    def test_is_not_measured_until_the_board_has_said_how_long_it_may_last(self):
        self.rule(None)

        self.assertEqual(freshness.run_deadlines(on=date(2026, 4, 20)), [])

    def test_counts_from_the_newest_thing_in_the_section(self):
        self.rule()

        freshness.run_deadlines(on=date(2026, 3, 3))

        self.assertEqual((self.deadline().started_on, self.deadline().last_day), (date(2026, 3, 2), date(2026, 4, 1)))
        self.assertEqual(self.deadline().site, self.city.my_long)

    def test_of_all_sites_costs_as_much_as_of_one(self):
        self.rule()
        before = freshness.run_deadlines(on=date(2026, 3, 3))

        with CaptureQueriesContext(connection) as asked:
            again = freshness.run_deadlines(on=date(2026, 3, 3))

        assert again == before and len({deadline.site_id for deadline in again}) > 1
        assert len(asked) <= 12

    def test_ends_with_the_next_news_and_begins_anew(self):
        self.rule()
        freshness.run_deadlines(on=date(2026, 3, 3))
        first = self.deadline()
        with time_machine.travel(datetime(2026, 3, 20, 9, tzinfo=VIETNAM), tick=False):
            publish_at_once(factories.article(self.section, by=self.cast.contributor, title="Tin mới"))

        freshness.run_deadlines(on=date(2026, 3, 21))
        freshness.run_deadlines(on=date(2026, 3, 22))

        first.refresh_from_db()
        self.assertEqual(first.met_on, date(2026, 3, 20))
        self.assertEqual(self.deadline().started_on, date(2026, 3, 20))

    def test_is_on_the_desk_of_all_who_write_for_the_ward_whoever_made_the_section(self):
        self.rule()
        freshness.run_deadlines(on=date(2026, 4, 10))
        Deadline.objects.exclude(pk=self.deadline().pk).update(cancelled=True)
        with time_machine.travel(datetime(2026, 4, 10, 9, tzinfo=VIETNAM), tick=False):
            for who, is_there in (("contributor", True), ("contributor_my_xuyen", False), ("standing_office", False)):
                user = fresh(getattr(self.cast, who))
                groups = queue_screen.groups_of(work_queue.Scope(user, timezone.now()))
                titles = [row.title for group in groups if group.kind.key == "thoi-han" for row in group.rows]
                mine = [row.deadline.pk for row in boards.rows(user, boards.visible_to(user)) if row.is_mine]
                with self.subTest(who):
                    self.assertEqual("Cập nhật chuyên mục «Tin tức, sự kiện»" in titles, is_there)
                    self.assertEqual(self.deadline().pk in mine, is_there)

    def test_is_work_from_a_week_before_its_last_day_and_on_the_board_of_deadlines_all_the_time(self):
        self.rule()
        freshness.run_deadlines(on=date(2026, 3, 3))
        for day, is_work in ((24, False), (25, True), (31, True)):
            with time_machine.travel(datetime(2026, 3, day, 9, tzinfo=VIETNAM), tick=False):
                titles = [row.title for row in rows_for(self.cast.contributor, {"thoi-han"})]
                user = fresh(self.cast.contributor)
                mine = [row.deadline.pk for row in boards.rows(user, boards.visible_to(user)) if row.is_mine]
                with self.subTest(day):
                    self.assertEqual("Cập nhật chuyên mục «Tin tức, sự kiện»" in titles, is_work)
                    self.assertIn(self.deadline().pk, mine)


class AmountsOfTheBoard(Silence):
    """News of wards every 14 days by a decision of the board, everything else by the rule."""

    def amount(self, days: int = 14, key: str = "tin-tuc", kind: str = "ward") -> FreshnessAmount:
        return FreshnessAmount.objects.create(
            section_key=key, site_kind=kind, days=days, legal_source="Kết luận họp Ban Biên tập"
        )

    def test_hold_for_their_section_and_kind_of_site_before_the_rule(self):
        self.rule(30)
        self.amount()
        self.amount(20, "thong-ke", "city")

        for key, kind, days in (
            ("tin-tuc", "ward", 14),
            ("tin-tuc", "city", 30),
            ("thong-ke", "city", 20),
            ("thong-ke", "ward", None),
            ("gioi-thieu", "ward", 30),
        ):
            with self.subTest(key=key, kind=kind):
                self.assertEqual(freshness.amounts().days(catalogue.section(key), kind), days)

    def test_are_measured_without_a_number_in_the_rule(self):
        self.rule(None)
        self.assertIsNone(freshness.amounts().days(catalogue.section("tin-tuc"), "ward"))
        self.amount()

        running = freshness.run_deadlines(on=date(2026, 3, 3))

        self.assertIn(self.deadline(), running)
        self.assertEqual((self.deadline().started_on, self.deadline().last_day), (date(2026, 3, 2), date(2026, 3, 16)))
        self.assertIn("14 ngày một lần: Kết luận họp Ban Biên tập", self.deadline().title)

    def test_end_on_a_working_day_and_the_section_is_late_the_day_after(self):
        self.rule(None)
        self.amount(13)

        freshness.run_deadlines(on=date(2026, 3, 3))

        # The thirteenth day is Sunday 15/03/2026.
        late = [deadlines.is_late(self.deadline(), date(2026, 3, day)) for day in (15, 16, 17)]
        self.assertEqual((self.deadline().last_day, late), (date(2026, 3, 16), [False, False, True]))

    def test_that_change_leave_what_runs_and_hold_from_the_next_news_on(self):
        self.rule(None)
        amount = self.amount(14)
        freshness.run_deadlines(on=date(2026, 3, 3))
        amount.days = 7
        amount.save()

        freshness.run_deadlines(on=date(2026, 3, 4))
        self.assertEqual(self.deadline().last_day, date(2026, 3, 16))
        with time_machine.travel(datetime(2026, 3, 10, 9, tzinfo=VIETNAM), tick=False):
            publish_at_once(factories.article(self.section, by=self.cast.contributor, title="Tin mới"))
        freshness.run_deadlines(on=date(2026, 3, 11))

        self.assertEqual(self.deadline().last_day, date(2026, 3, 17))

    def test_that_are_taken_away_leave_no_deadline(self):
        self.rule(None)
        amount = self.amount()
        freshness.run_deadlines(on=date(2026, 3, 3))
        running = self.deadline()
        amount.delete()

        self.assertEqual(freshness.run_deadlines(on=date(2026, 3, 4)), [])

        running.refresh_from_db()
        self.assertEqual((running.cancelled, self.deadline()), (True, None))

    def test_the_standing_office_sets_one_and_a_second_person_confirms_it(self):
        self.client.force_login(self.cast.standing_office)
        address = reverse(FreshnessAmount.snippet_viewset.get_url_name("add"))
        sent = {"section_key": "tin-tuc", "site_kind": "ward", "days": "10", "legal_source": "Kết luận số 5"}

        refused = self.client.post(address, {**sent, "legal_source": ""})
        self.assertContains(refused, "Phải nhập trường này", status_code=200)
        self.assertRedirects(
            self.client.post(address, sent), reverse("workflows_record_change", args=[RecordChange.objects.get().pk])
        )
        self.assertFalse(FreshnessAmount.objects.exists())
        change = RecordChange.objects.get()
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        self.assertEqual(FreshnessAmount.objects.get().days, 10)
        listed = self.client.get(reverse(FreshnessAmount.snippet_viewset.get_url_name("list")))
        self.assertContains(listed, "Kết luận số 5")

    def test_are_read_by_who_works_under_them_and_changed_by_none_of_these(self):
        amount = self.amount(days=14)
        listed = reverse(FreshnessAmount.snippet_viewset.get_url_name("list"))
        for role in ("contributor", "editor", "head", "ward_approver"):
            with self.subTest(role):
                self.client.force_login(getattr(self.cast, role))
                self.assertContains(self.client.get(listed), amount.legal_source)
                for screen, args in (("add", []), ("edit", [amount.pk]), ("delete", [amount.pk])):
                    address = reverse(FreshnessAmount.snippet_viewset.get_url_name(screen), args=args)
                    self.assertEqual(self.client.get(address).status_code, 302)
        self.client.force_login(self.cast.accountant)
        self.assertEqual(self.client.get(listed).status_code, 302)

    def test_the_matrix_leads_to_them(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.get(reverse("reporting_matrix"))

        self.assertContains(answer, reverse(FreshnessAmount.snippet_viewset.get_url_name("list")))
