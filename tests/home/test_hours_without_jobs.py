"""Twelve hours without the periodic work, from nine in the evening to nine in the morning: what is not wanted any more
by then does not leave, what is still wanted does, once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core import mail
from django.test import override_settings
from django.utils import timezone
from wagtail.models import PageLogEntry

from accounts.signin import links
from base.models import JobHeartbeat, OutgoingMail
from base.operations import periodic
from home.jobs import JOBS
from tests import factories
from tests.alerts.standing import stand
from tests.city import draft, fresh, publish
from tests.sections import pages
from tests.subscriptions.followers import ADDRESS, Followers
from workflows import deadlines
from workflows.deadlines import reminders
from workflows.models import DeadlineReminder, EmergencyAct

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
OUTBOX = {"EMAIL_BACKEND": "base.operations.mail.OutboxBackend"}


def at(hour: int, minute: int = 0, day: int = 8) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=VIETNAM)


class Night(Followers):
    """`stop` leaves the table as it is after a round of the evening; `begin_again` runs all of it next morning."""

    def stop(self) -> None:
        moment = at(20, 59)
        JobHeartbeat.objects.bulk_create(
            [
                JobHeartbeat(name=job.name, last_started=moment, last_finished=moment, last_result=JobHeartbeat.OK)
                for job in JOBS
            ]
        )
        mail.outbox.clear()
        self.clock.move_to(at(21, 5))

    def begin_again(self, *, first="prompt") -> list:
        """Let both lanes come, the one or the other first, for three minutes; return the mails that left."""
        lanes = (first, "long" if first == "prompt" else "prompt")
        for minute in range(3):
            self.clock.move_to(at(9, minute, day=9))
            for lane in lanes:
                periodic.run_lane(JOBS, lane, on=timezone.now())
        return list(mail.outbox)

    def subjects(self, mails) -> list[str]:
        return sorted(sent.subject for sent in mails)


class HoursWithoutJobs(Night):
    def scheduled(self, hour: datetime, **fields):
        page = draft(pages.article(go_live_at=hour, **fields), self.section, by=self.cast.editor)
        return publish(page, by=self.cast.editor)

    def again(self, page):
        return type(page).objects.get(pk=page.pk)

    # --- Hours -------------------------------------------------------------------------------------

    def test_what_was_due_at_night_appears_in_the_morning_once(self):
        self.clock.move_to(at(20))
        page = self.scheduled(at(22), title="Hẹn đêm")
        self.stop()
        self.begin_again()

        self.assertTrue(self.again(page).live)
        entries = PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish.scheduled")
        self.assertEqual(entries.count(), 1)

    def test_what_came_and_ended_at_night_never_appears_and_no_follower_hears_of_it(self):
        self.clock.move_to(at(20))
        self.follow()
        page = self.scheduled(at(22), title="Hẹn đêm", expire_at=at(3, day=9))
        self.stop()
        with self.settings(**OUTBOX):
            left = self.begin_again(first="long")

        self.assertFalse(self.again(page).live)
        self.assertFalse(PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish.scheduled").exists())
        self.assertEqual([subject for subject in self.subjects(left) if "Mới đăng" in subject], [])

    def test_of_what_ended_at_night_no_mail_of_the_morning_speaks(self):
        self.clock.move_to(at(19))
        self.follow(frequency="daily")
        ends, stays = (
            publish(draft(pages.article(title=title, **fields), self.section, by=self.cast.editor))
            for title, fields in (("Ngắn hạn", {"expire_at": at(3, day=9)}), ("Dài hạn", {}))
        )
        self.stop()
        with self.settings(**OUTBOX):
            left = [sent for sent in self.begin_again(first="long") if ADDRESS in sent.to]

        self.assertFalse(self.again(ends).live)
        self.assertTrue(self.again(stays).live)
        self.assertEqual(["Ngắn hạn" in sent.body + sent.subject for sent in left], [False])

    def test_an_alert_whose_end_came_at_night_stands_on_no_page(self):
        self.clock.move_to(at(20))
        stand(title="Triều cường đêm nay", ends_at=at(2, day=9))
        self.stop()
        self.assertContains(self.reader.get("/"), "Triều cường đêm nay")
        self.begin_again()

        self.assertNotContains(self.reader.get("/"), "Triều cường đêm nay")

    # --- Mails -------------------------------------------------------------------------------------

    def test_a_new_password_is_sent_once_and_not_to_who_came_in_without_it(self):
        self.stop()
        waits, came_in = self.cast.editor, self.cast.head
        for person in (waits, waits, came_in):
            links.ask_reset(person.username, address="10.1.1.1", on=timezone.now())
            self.later(minutes=1)
        came_in.last_login = timezone.now()
        came_in.save(update_fields=["last_login"])
        with self.settings(**OUTBOX):
            left = self.begin_again()

        self.assertEqual([sent.to for sent in left if "mật khẩu" in sent.subject], [[waits.email]])

    def test_a_second_look_that_was_given_at_night_is_not_asked_for(self):
        self.stop()
        with self.settings(**OUTBOX):
            stand(by=fresh(self.cast.head), title="Ngập đường")
            asked = OutgoingMail.objects.filter(key__startswith="second-look ").count()
            EmergencyAct.objects.update(looked_by=self.cast.deputy, looked_at=timezone.now(), accepted=True)
            left = self.begin_again()

        self.assertGreater(asked, 0)
        self.assertEqual([sent.subject for sent in left if "Ngập đường" in sent.subject + sent.body], [])


class Digests(Night):
    """The digest of an evening that could not leave before the next morning; a deadline ends on Tuesday 08/09."""

    def setUp(self):
        super().setUp()
        self.enterContext(override_settings(**OUTBOX))
        self.page = factories.notice(self.section, by=self.cast.editor, title="Bài phổ biến")
        self.deadline = deadlines.start(self.page, "DL-LAW-INFO", on=at(8, day=1).date(), site=self.city.site)
        self.deadline.last_day = at(0).date()
        self.deadline.save(update_fields=["last_day"])
        self.clock.move_to(at(19, 30))
        reminders.send_digests(on=at(19, 30))

    def left(self) -> list[str]:
        return self.subjects(sent for sent in self.begin_again() if "Nhắc việc" in sent.subject)

    def test_leaves_in_the_morning_while_what_it_tells_of_is_open(self):
        self.assertIn("Nhắc việc 08/09/2026: 1 việc có thời hạn", self.left())

    def test_does_not_leave_when_all_of_it_was_done_at_night(self):
        deadlines.meet(self.deadline, on=at(22))

        self.assertEqual(self.left(), [])

    def test_a_morning_brings_one_digest_a_person_and_none_of_the_day_before(self):
        OutgoingMail.objects.all().delete()
        DeadlineReminder.objects.all().delete()
        self.stop()

        self.assertEqual(self.left(), ["Nhắc việc 09/09/2026: 1 việc có thời hạn, 1 quá hạn"])
