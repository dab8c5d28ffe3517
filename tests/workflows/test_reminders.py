"""Reminders of what is due: when, to whom, and never twice."""

from datetime import date, datetime
from email import message_from_bytes, policy
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.test import override_settings

from base.models import OutgoingMail
from base.operations import health
from tests import factories
from tests.city import CityTestCase
from tests.working_days import set_day
from workflows import deadlines
from workflows.deadlines import reminders
from workflows.models import Deadline, DeadlineReminder, DeadlineRule

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OUTBOX = override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, tzinfo=VIETNAM)


@OUTBOX
class Digests(CityTestCase):
    """One draft of an editor; its clock of 15 working days runs from 01/06/2026 to 22/06/2026."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.page = factories.notice(cls.city.section(cls.city.site), by=cls.cast.editor, title="Bài phổ biến")
        cls.deadline = cls.begin()

    def setUp(self):
        traveller = time_machine.travel("2026-06-01 08:00 +0700", tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    @classmethod
    def begin(cls, subject=None, rule="DL-LAW-INFO", site=None, **fields):
        return deadlines.start(subject or cls.page, rule, on=date(2026, 6, 1), site=site or cls.city.site, **fields)

    def send(self, day: date) -> int:
        with time_machine.travel(at(day), tick=False):
            return reminders.send_digests(on=at(day))

    def mails(self, user=None):
        found = OutgoingMail.objects.order_by("pk")
        return list(found.filter(recipient=user.email) if user else found)

    def test_are_sent_on_the_days_of_the_rule_and_on_no_other(self):
        sent = [day for day in range(15, 31) if date(2026, 6, day).weekday() < 5 and self.send(date(2026, 6, day))]

        # -3, -1, 0, +1, +5 working days of Monday 22/06
        self.assertEqual(sent, [17, 19, 22, 23, 29])

    def test_the_same_reminder_is_not_sent_twice(self):
        day = date(2026, 6, 17)

        self.assertEqual([self.send(day), self.send(day)], [1, 0])
        self.assertEqual(len(self.mails()), 1)
        self.assertEqual(DeadlineReminder.objects.get().level, -3)

    def test_the_outbox_itself_refuses_the_same_digest(self):
        self.send(date(2026, 6, 17))
        DeadlineReminder.objects.all().delete()

        self.send(date(2026, 6, 17))

        self.assertEqual(len(self.mails()), 1)

    def test_a_day_that_was_missed_is_made_up_for_once(self):
        self.assertEqual(self.send(date(2026, 6, 18)), 1)
        self.assertEqual(DeadlineReminder.objects.get().level, -3)
        self.assertEqual(self.send(date(2026, 6, 19)), 1)

    def test_none_go_out_on_a_day_off(self):
        self.assertEqual(self.send(date(2026, 6, 20)), 0)
        self.assertFalse(DeadlineReminder.objects.exists())

    def test_one_digest_a_person_holds_all_that_waits_for_him(self):
        other = factories.notice(self.city.section(self.city.site), by=self.cast.editor, title="Bài thứ hai")
        self.begin(other, title="Đăng bài thứ hai")

        self.assertEqual(self.send(date(2026, 6, 23)), 1)

        (mail,) = self.mails(self.cast.editor)
        self.assertEqual(mail.subject, "Nhắc việc 23/06/2026: 2 việc có thời hạn, 2 quá hạn")

    def test_only_those_who_must_act_are_told_and_approvers_when_it_is_very_late(self):
        rule = DeadlineRule.objects.get(code="DL-LAW-INFO")
        DeadlineRule.objects.filter(pk=rule.pk).update(reminders="1,8")

        self.send(date(2026, 6, 23))
        self.assertEqual({mail.recipient for mail in self.mails()}, {self.cast.editor.email})
        self.send(date(2026, 7, 2))

        self.assertEqual(
            {mail.recipient for mail in self.mails()[1:]},
            {self.cast.editor.email, self.cast.deputy.email, self.cast.head.email},
        )

    def test_a_ward_is_told_of_its_own_and_of_nothing_else(self):
        page = factories.notice(self.city.section(self.city.my_long), by=self.cast.contributor)
        self.begin(page, site=self.city.my_long)
        Deadline.objects.filter(pk=self.deadline.pk).delete()

        self.send(date(2026, 6, 22))

        self.assertEqual({mail.recipient for mail in self.mails()}, {self.cast.contributor.email})

    def test_a_clock_that_stands_still_is_not_told(self):
        question = self.begin(rule="DL-QA-ANSWER")
        Deadline.objects.filter(pk=self.deadline.pk).delete()
        with time_machine.travel("2026-06-16 09:00 +0700", tick=False):
            deadlines.pause(
                question,
                category="more_information",
                reason="Thiếu địa chỉ",
                on=date(2026, 6, 16),
                by=self.cast.standing_office,
            )

        self.assertEqual(self.send(date(2026, 6, 22)), 0)

    def test_an_extension_is_reminded_of_by_its_new_day(self):
        self.send(date(2026, 6, 17))
        deadlines.extend(
            self.deadline, to=date(2026, 7, 6), reason="Chờ số liệu", by=self.cast.head, on=date(2026, 6, 18)
        )

        self.assertEqual(self.send(date(2026, 6, 22)), 0)
        self.assertEqual(self.send(date(2026, 7, 1)), 1)

    def test_a_rule_without_days_reminds_nobody(self):
        DeadlineRule.objects.filter(code="DL-LAW-INFO").update(reminders="")

        self.assertEqual(self.send(date(2026, 6, 22)), 0)

    def test_what_no_mail_had_room_for_is_counted_and_told_on_the_next_working_day(self):
        section = self.city.section(self.city.site)
        for number in range(4):
            self.begin(factories.notice(section, by=self.cast.editor, title=f"Bài số {number}"))

        with mock.patch.object(reminders, "MOST_LINES", 2):
            sent = [self.send(date(2026, 6, day)) for day in (17, 18, 19)]

        self.assertEqual(sent, [1, 1, 1])
        bodies = [message_from_bytes(bytes(mail.message), policy=policy.default).get_content() for mail in self.mails()]
        self.assertEqual([body.count("\n  Hạn ") for body in bodies], [2, 2, 2])
        self.assertIn("Còn 3 việc nữa chưa nêu", bodies[0])
        self.assertIn("Còn 1 việc nữa chưa nêu", bodies[1])
        self.assertEqual(DeadlineReminder.objects.filter(reminded_on=date(2026, 6, 17)).count(), 2)

    def test_a_year_later_what_was_told_of_finished_work_goes_and_of_running_work_stays(self):
        other = self.begin(factories.notice(self.city.section(self.city.site), by=self.cast.editor, title="Xong"))
        self.send(date(2026, 6, 17))
        deadlines.meet(other, on=date(2026, 6, 18))

        with time_machine.travel("2027-06-18 02:00 +0700", tick=False):
            reminders.purge_old(on=at(date(2027, 6, 18)))

        self.assertEqual(list(DeadlineReminder.objects.values_list("deadline", flat=True)), [self.deadline.pk])


@OUTBOX
class Moved(CityTestCase):
    def test_those_who_must_act_are_told_once_a_change_what_moved_from_when_to_when(self):
        page = factories.notice(self.city.section(self.city.site), by=self.cast.editor)
        deadlines.start(page, "DL-LAW-INFO", on=date(2026, 6, 1), site=self.city.site, title="Đăng bài")

        set_day(
            date(2026, 6, 10),
            kind="swap_off",
            name="Nghỉ hoán đổi",
            legal_source="Thông báo thử",
            by=self.cast.standing_office,
        )

        (mail,) = OutgoingMail.objects.filter(subject="Thời hạn thay đổi theo lịch làm việc")
        self.assertEqual(mail.recipient, self.cast.editor.email)

    def test_a_change_that_moves_nothing_tells_nobody(self):
        set_day(date(2026, 6, 10), kind="swap_off", name="Nghỉ", by=self.cast.standing_office)

        self.assertFalse(OutgoingMail.objects.exists())


@OUTBOX
class MissingCalendar(CityTestCase):
    def test_from_november_the_office_and_the_administrator_are_told_once_a_month(self):
        with time_machine.travel("2026-10-30 07:00 +0700", tick=False):
            self.assertEqual(reminders.warn_missing_calendar(), [])
        for day in (2, 3):
            with time_machine.travel(f"2026-11-0{day} 07:00 +0700", tick=False):
                self.assertEqual(reminders.warn_missing_calendar(), [2027])

        told = OutgoingMail.objects.filter(subject="Chưa có lịch làm việc năm 2027")
        self.assertEqual(
            sorted(mail.recipient for mail in told),
            sorted([self.cast.standing_office.email, self.cast.technical_admin.email]),
        )
        with time_machine.travel("2026-12-01 07:00 +0700", tick=False):
            reminders.warn_missing_calendar()
        self.assertEqual(told.all().count(), 4)

    def test_one_confirmed_day_is_no_official_calendar(self):
        with time_machine.travel("2026-11-02 07:00 +0700", tick=False):
            set_day(date(2027, 1, 1), kind="holiday", name="Tết Dương lịch", by=self.cast.standing_office)
            self.assertEqual(deadlines.years_without_calendar(), [2027])

            for number in range(9):
                day = date(2027, 2, 1 + number)
                set_day(day, kind="holiday", name="Tết Nguyên đán", by=self.cast.standing_office)
            self.assertEqual(deadlines.years_without_calendar(), [])

    def test_health_warns_from_november_without_stopping_the_service(self):
        for day, state in (("2026-10-30", "ok"), ("2026-11-02", "warning")):
            with self.subTest(day), time_machine.travel(f"{day} 09:00 +0700", tick=False):
                found = {finding.check: finding for finding in health.findings_now()}
                self.assertEqual(found["calendar"].state, state)
