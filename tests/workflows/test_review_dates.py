"""Review of what is public: each page has a day, people are told in time, and one click says that nothing changed."""

from collections import Counter
from datetime import date, datetime
from email import message_from_bytes, policy
from unittest import mock

import time_machine
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, get_page_models

from base.gate import Refused
from base.models import AuditEntry, BasePage, OutgoingMail
from legalref.models import LegalDocument
from tests import factories
from tests.city import CityTestCase, fresh, publish, publish_at_once
from workflows import deadlines
from workflows.dashboard import queue_screen, work_queue
from workflows.deadlines import VIETNAM, reminders
from workflows.models import Deadline, DeadlineRule, LiveFinding, ReviewDate, TakeDown
from workflows.publishing import arrangement, takedown
from workflows.upkeep import review_dates

PUBLISHED = datetime(2026, 1, 5, 9, tzinfo=VIETNAM)
NOTE = "Đã đối chiếu với quyết định phân công mới nhất."


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, 30, tzinfo=VIETNAM)


class Reviews(CityTestCase):
    """A page of Mỹ Long that is to be reviewed every year, public since 05/01/2026."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.section = cls.city.section(cls.city.my_long, "gop-y")
        with time_machine.travel(PUBLISHED, tick=False):
            review_dates.start_deadlines(on=PUBLISHED)
            # The pages that every site has are none of these tests' business.
            ReviewDate.objects.update(review_on=date(2030, 1, 2), chosen_on=date(2030, 1, 2))
            cls.page = cls.standard(title="Lịch sử phường Mỹ Long")
        cls.due = review_dates.of_page(cls.page).review_on

    @classmethod
    def standard(cls, parent=None, **fields):
        page = publish_at_once(factories.standard(parent or cls.section, by=cls.cast.contributor, **fields))
        review_dates.note_published(page, PUBLISHED)
        return page

    def row(self) -> ReviewDate:
        return review_dates.of_page(self.page)

    def deadline(self) -> Deadline | None:
        return review_dates.deadline_of(self.row())

    def before(self, workdays: int) -> date:
        """The day so many working days before the review."""
        return deadlines.workdays_after(self.due, -workdays)

    def morning(self, day: date) -> list[Deadline]:
        with time_machine.travel(at(day), tick=False):
            return review_dates.start_deadlines(on=at(day))


class Days(Reviews):
    def test_follow_from_the_rule_that_the_page_type_names(self):
        self.assertEqual(self.due, deadlines.due_date("DL-CHECK-YEAR", date(2026, 1, 5)))
        self.assertEqual(self.row().unit, self.page.responsible_unit)
        self.assertEqual(self.row().site, self.city.my_long)

    def test_every_page_type_names_a_rule_that_is_there_or_none(self):
        codes = set(DeadlineRule.objects.values_list("code", flat=True))
        for model in get_page_models():
            if issubclass(model, BasePage):
                with self.subTest(model._meta.label):
                    self.assertIn(model.review_rule, codes | {""})

    def test_are_not_given_to_news_that_only_tells_of_its_day(self):
        news = publish_at_once(factories.article(self.city.section(self.city.my_long), by=self.cast.contributor))

        self.assertIsNone(review_dates.of_page(news))

    def test_count_from_the_newest_publication(self):
        with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=VIETNAM), tick=False):
            page = self.page.specific_class.objects.get(pk=self.page.pk)
            page.title = "Lịch sử, truyền thống phường Mỹ Long"
            page.save_revision(user=self.cast.contributor)
            publish(page, by=self.cast.contributor)

        self.assertEqual(self.row().counted_from, date(2026, 6, 1))
        self.assertGreater(self.row().review_on, self.due)

    def test_of_pages_published_as_one_bundle_are_spread_over_the_weeks_before_and_none_is_later(self):
        with time_machine.travel(PUBLISHED, tick=False):
            pages = [self.standard(title=f"Trang số {number}") for number in range(17)]

        days = Counter(review_dates.of_page(page).review_on for page in [self.page, *pages])

        self.assertEqual(max(days.values()), review_dates.MOST_A_DAY)
        self.assertEqual((max(days), days[self.due]), (self.due, review_dates.MOST_A_DAY))
        self.assertTrue(all(deadlines.is_working_day(day) for day in days))
        self.assertGreater(min(days), deadlines.workdays_after(self.due, -10))

    def test_are_the_emptiest_when_every_day_is_full(self):
        with mock.patch.multiple(review_dates, MOST_A_DAY=1, SPREAD_DAYS=3):
            pages = [self.standard(title=f"Trang số {number}") for number in range(7)]

        days = Counter(review_dates.of_page(page).review_on for page in [self.page, *pages])
        self.assertLessEqual(max(days.values()) - min(days.values()), 1)

    def test_may_be_chosen_by_whoever_writes_or_approves_there_and_by_nobody_else(self):
        today = at(date(2026, 3, 2))
        row = review_dates.choose(self.page, date(2026, 3, 16), by=self.cast.contributor, on=today)

        self.assertEqual((row.review_on, row.chosen_on), (date(2026, 3, 16), date(2026, 3, 16)))
        with self.assertRaises(Refused):
            review_dates.choose(self.page, date(2026, 3, 17), by=self.cast.contributor_my_xuyen, on=today)
        back = review_dates.choose(self.page, None, by=self.cast.head, on=today)
        self.assertEqual(back.review_on, self.due)

    def test_are_not_put_off_once_the_review_is_late(self):
        self.morning(self.before(10))

        with self.assertRaises(Refused):
            review_dates.choose(
                self.page,
                deadlines.workdays_after(self.due, 9),
                by=self.cast.contributor,
                on=at(deadlines.workdays_after(self.due, 1)),
            )

    def test_that_make_no_sense_are_refused_with_the_mend(self):
        today = at(date(2026, 3, 2))
        for day, said in (
            (date(2026, 3, 2), "sau hôm nay"),
            (date(2026, 3, 15), "thứ Hai 16/03/2026"),
            (date(2027, 6, 1), "trong vòng một năm"),
        ):
            with self.subTest(day), self.assertRaises(ValidationError) as caught:
                review_dates.choose(self.page, day, by=self.cast.contributor, on=today)
            self.assertIn(said, str(caught.exception))

    def test_are_given_to_what_was_public_before_but_not_all_for_the_first_morning(self):
        ReviewDate.objects.all().delete()
        today = date(2027, 6, 1)

        self.assertEqual(self.morning(today), [])

        self.assertGreaterEqual(self.row().review_on, deadlines.workdays_after(today, 20))
        public = Page.objects.filter(live=True).type(self.page.specific_class).count()
        self.assertGreaterEqual(ReviewDate.objects.count(), public)

    def test_end_with_the_page(self):
        self.morning(self.before(10))
        deadline = self.deadline()
        row = takedown.propose(self.page, TakeDown.Ground.ERROR, by=self.cast.contributor, explanation="Sai.")[0]

        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Sai.")

        self.assertIsNone(self.row())
        deadline.refresh_from_db()
        self.assertTrue(deadline.cancelled)

    def test_of_a_page_are_left_alone_when_a_record_with_its_number_goes(self):
        review_dates.remove(LegalDocument(pk=self.page.pk))

        self.assertIsNotNone(self.row())

    def test_follow_the_page_to_another_site(self):
        self.morning(self.before(10))
        target = self.city.section(self.city.my_xuyen, "gop-y")
        proposal = arrangement.propose_move(self.page, target, by=self.cast.editor, reason="Đúng trang")

        arrangement.decide_move(proposal, by=self.cast.head, accepted=True)
        self.morning(self.before(9))

        self.assertEqual(self.row().site, self.city.my_xuyen)
        self.assertEqual(self.deadline().site, self.city.my_xuyen)


class Clocks(Reviews):
    def test_start_ten_working_days_before_and_not_earlier(self):
        self.assertEqual(self.morning(self.before(11)), [])

        started = self.morning(self.before(10))

        self.assertEqual(
            [(deadline.title, deadline.last_day) for deadline in started],
            [("Rà soát «Lịch sử phường Mỹ Long»", self.due)],
        )
        self.assertEqual(self.morning(self.before(9)), [])

    def test_of_a_day_that_was_chosen_end_on_it(self):
        review_dates.choose(self.page, date(2026, 3, 16), by=self.cast.contributor, on=at(date(2026, 3, 2)))

        deadline = self.morning(date(2026, 3, 9))[0]

        self.assertEqual(deadline.last_day, date(2026, 3, 16))
        self.assertEqual(deadline.explanation, "theo ngày đã đặt; hạn cuối thứ Hai 16/03/2026")

    @override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
    def test_are_told_in_the_one_digest_at_10_3_0_and_5_working_days(self):
        sent = []
        for step in range(-12, 8):
            day = deadlines.workdays_after(self.due, step)
            self.morning(day)
            with time_machine.travel(at(day), tick=False):
                if reminders.send_digests(on=at(day)):
                    sent.append(step)

        self.assertEqual(sent, [-10, -3, 0, 5])
        mail = OutgoingMail.objects.filter(recipient=self.cast.contributor.email).first()
        said = message_from_bytes(bytes(mail.message), policy=policy.default).get_content()
        self.assertIn("Rà soát «Lịch sử phường Mỹ Long»", said)


class Reviewed(Reviews):
    def test_meets_the_clock_sets_the_next_day_and_leaves_the_page_as_it_is(self):
        self.morning(self.before(10))
        deadline, public = self.deadline(), Page.objects.filter(pk=self.page.pk).values().get()

        review_dates.confirm(self.page, by=self.cast.contributor, on=at(self.before(3)), note=NOTE)

        deadline.refresh_from_db()
        self.assertEqual(deadline.met_on, self.before(3))
        self.assertEqual(self.row().review_on, deadlines.due_date("DL-CHECK-YEAR", self.before(3)))
        self.assertEqual((self.row().reviewed_by, self.row().note), (self.cast.contributor, NOTE))
        self.assertEqual(Page.objects.filter(pk=self.page.pk).values().get(), public)
        entry = AuditEntry.objects.get(action="portal.review.confirm")
        self.assertEqual((entry.actor_id, entry.object_id), (self.cast.contributor.pk, str(self.page.pk)))

    def test_wants_a_note_and_the_right(self):
        with self.assertRaises(ValidationError):
            review_dates.confirm(self.page, by=self.cast.contributor, note="  ")
        for who in ("contributor_my_xuyen", "accountant"):
            with self.subTest(who), self.assertRaises(Refused):
                review_dates.confirm(self.page, by=getattr(self.cast, who), note=NOTE)

    def test_is_one_click_with_a_note(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("workflows_review_date", args=[self.page.pk])
        self.assertContains(self.client.get(address), "Đã rà soát, không thay đổi")

        answer = self.client.post(address, {"note": NOTE}, follow=True)

        self.assertContains(answer, "Nội dung đang đăng giữ nguyên")
        self.assertEqual(self.row().note, NOTE)

    def test_offers_another_day_until_it_is_late(self):
        self.morning(self.before(10))
        address, other_day = (reverse(f"workflows_review_{name}", args=[self.page.pk]) for name in ("date", "day"))
        for day, check in (
            (self.due, self.assertContains),
            (deadlines.workdays_after(self.due, 1), self.assertNotContains),
        ):
            with self.subTest(day), time_machine.travel(at(day), tick=False):
                self.client.force_login(self.cast.contributor)
                check(self.client.get(address), other_day)

    def test_of_another_ward_is_not_there(self):
        self.client.force_login(self.cast.contributor_my_xuyen)
        for name in ("workflows_review_date", "workflows_review_day"):
            with self.subTest(name):
                self.assertEqual(self.client.get(reverse(name, args=[self.page.pk])).status_code, 404)

    def test_another_day_is_chosen_at_its_screen(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("workflows_review_day", args=[self.page.pk])
        with time_machine.travel(at(date(2026, 3, 2)), tick=False):
            self.client.force_login(self.cast.contributor)
            self.assertContains(self.client.post(address, {"day": "15/03/2026"}), "không phải ngày làm việc")
            self.client.post(address, {"day": "16/03/2026"})

        self.assertEqual(self.row().review_on, date(2026, 3, 16))


class OnTheDesk(Reviews):
    def rows(self, who: str, kind: str) -> list:
        groups = queue_screen.groups_of(work_queue.Scope(fresh(getattr(self.cast, who)), timezone.now()))
        return [row for group in groups if group.kind.key == kind for row in group.rows]

    def test_a_page_past_its_day_stands_on_the_desk_of_its_ward_with_working_days(self):
        self.morning(self.before(10))
        with time_machine.travel(at(deadlines.workdays_after(self.due, 2)), tick=False):
            rows = self.rows("contributor", "ra-soat")
            others = self.rows("contributor_my_xuyen", "ra-soat")
            twice = self.rows("contributor", "thoi-han")

        self.assertEqual(
            [(row.title, row.left) for row in rows], [("Lịch sử phường Mỹ Long", "quá hạn 2 ngày làm việc")]
        )
        self.assertEqual((others, twice), ([], []))

    def test_the_report_shows_what_is_due_and_on_request_all_of_own_sites(self):
        other = self.standard(self.city.section(self.city.my_xuyen, "gop-y"), title="Lịch sử Mỹ Xuyên")
        self.morning(self.before(10))
        with time_machine.travel(at(self.before(1)), tick=False):
            self.client.force_login(self.cast.contributor)
            due = self.client.get(reverse("workflows_review_dates"))
            everything = self.client.get(reverse("workflows_review_dates"), {"xem": "tat-ca"})

        self.assertContains(due, "còn 1 ngày làm việc")
        self.assertContains(everything, self.page.title)
        self.assertNotContains(everything, other.title)

    def test_a_broken_link_found_at_night_stands_there_once_a_page_and_leads_to_its_field(self):
        for level, field, message in (
            ("warning", "title", "Tiêu đề không có dấu"),
            ("blocker", "body", "«Bài cũ» đã được gỡ"),
            ("blocker", "body", "Có ảnh chưa có mô tả"),
        ):
            LiveFinding.objects.create(
                owner_site=self.city.my_long,
                object_type=self.page._meta.label,
                object_id=str(self.page.pk),
                title=self.page.title,
                level=level,
                field=field,
                message=message,
                since=PUBLISHED,
                checked_at=PUBLISHED,
            )

        rows = self.rows("contributor", "can-sua")

        self.assertEqual([(row.title, row.note) for row in rows], [(self.page.title, "Phải sửa: «Bài cũ» đã được gỡ")])
        LiveFinding.objects.filter(level="blocker").delete()
        self.assertEqual(
            [row.note for row in self.rows("contributor", "can-sua")], ["Nên xem lại: Tiêu đề không có dấu"]
        )
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        self.assertEqual(rows[0].address, f"{edit}#:w:contentpath=body")
        self.assertEqual(self.rows("contributor_my_xuyen", "can-sua"), [])
