"""Mails that come back: whose they were is told by the return address alone, and a dead letter box is left in peace."""

import mailbox
import smtplib
from datetime import datetime, timedelta
from email import message_from_string
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import override_settings

from base.models import OutgoingMail
from base.operations import mail
from subscriptions import bounces, returns
from subscriptions.bounces import Outcome
from subscriptions.models import Mailing, Subscriber
from tests.subscriptions.followers import DAY, VIETNAM, Followers

RETURNS = override_settings(PORTAL_MAIL_RETURNS="tra-ve@cong.example.invalid")
REPORT = """From: MAILER-DAEMON@thu.example.invalid
To: {to}
Subject: Undelivered
Content-Type: multipart/report; report-type={kind}; boundary="x"

--x
Content-Type: text/plain

Khong gui duoc.
--x
Content-Type: message/{part}

{fields}

--x--
"""
FAILED = "Reporting-MTA: dns; thu.invalid\n\nFinal-Recipient: rfc822; ai@example.invalid\nAction: {}\nStatus: {}"


def delivery(to: str, action: str, status: str):
    """A report of a mail server on one delivery."""
    fields = FAILED.format(action, status)
    return message_from_string(REPORT.format(to=to, kind="delivery-status", part="delivery-status", fields=fields))


def complaint(to: str):
    """A report of a mail program whose user called a mail junk."""
    fields = "Feedback-Type: abuse"
    return message_from_string(REPORT.format(to=to, kind="feedback-report", part="feedback-report", fields=fields))


@RETURNS
class ComingBack(Followers):
    def setUp(self):
        super().setUp()
        self.person = self.follow()
        self.published()
        (self.sent,) = self.run_jobs()
        self.back = self.sent.from_email

    def state(self):
        self.person.refresh_from_db()
        return self.person.state, self.person.suppressed_for

    def test_the_return_address_names_the_mail_and_not_the_person_and_readers_see_the_portal(self):
        self.assertEqual(self.sent.extra_headers["From"], "khong-tra-loi@example.invalid")
        self.assertRegex(self.back, rf"^tra-ve\+{Mailing.objects.get().pk}-[0-9a-f]{{16}}@cong\.example\.invalid$")
        self.assertEqual(returns.marked_in(self.back), Mailing.objects.get().pk)
        self.assertIsNone(returns.marked_in(self.back.replace("-", "-0", 2)))

    def test_from_a_letter_box_that_is_not_there_suppresses_it_at_once_and_erases_the_address(self):
        self.assertIs(bounces.take_in(delivery(self.back, "failed", "5.1.1")), Outcome.SUPPRESSED)
        self.assertEqual(self.state(), ("suppressed", "bounced"))
        self.assertEqual((self.person.email, self.person.subscriptions.count()), ("", 0))
        self.assertIs(bounces.take_in(delivery(self.back, "failed", "5.1.1")), Outcome.UNKNOWN)

    def test_from_a_full_or_a_strict_one_counts_a_day_and_suppresses_on_the_third(self):
        for days, status, outcome in (
            (0, "4.2.2", Outcome.COUNTED),
            (0, "5.7.1", Outcome.COUNTED),
            (1, "5.7.1", Outcome.COUNTED),
            (2, "4.2.2", Outcome.SUPPRESSED),
        ):
            with self.subTest(days=days, status=status):
                on = DAY + timedelta(days=days)
                self.assertIs(bounces.take_in(delivery(self.back, "failed", status), on=on), outcome)

    def test_a_delay_is_no_failure_and_junk_is_no_report(self):
        self.assertIs(bounces.take_in(delivery(self.back, "delayed", "4.4.1")), Outcome.NOTHING)
        for text in ("To: ai@example.invalid\n\nChào.", f"To: {self.back}\n\nTôi đi vắng.", ""):
            self.assertIs(bounces.take_in(message_from_string(text)), Outcome.UNKNOWN)
        self.assertIs(bounces.take_in(delivery(self.back.replace("@", "0@"), "failed", "5.1.1")), Outcome.UNKNOWN)
        self.assertEqual(self.state()[0], "active")

    def test_a_complaint_is_a_leaving(self):
        self.assertIs(bounces.take_in(complaint(self.back)), Outcome.SUPPRESSED)
        self.assertEqual(self.state(), ("suppressed", "complained"))

    def test_a_letter_box_is_read_from_a_file_or_a_folder_and_names_no_address(self):
        with TemporaryDirectory() as folder:
            box = mailbox.mbox(Path(folder) / "tra-ve.mbox")
            box.add(delivery(self.back, "failed", "5.1.1"))
            box.add(message_from_string("To: ai@example.invalid\n\nKhong phai bao cao."))
            box.close()
            out = StringIO()
            call_command("take_in_bounces", str(Path(folder) / "tra-ve.mbox"), stdout=out)
            mailbox.Maildir(Path(folder) / "hop-thu").add(complaint(self.back))
            call_command("take_in_bounces", str(Path(folder) / "hop-thu"), stdout=out)
            with self.assertRaises(CommandError):
                call_command("take_in_bounces", str(Path(folder) / "khong-co"))
        self.assertIn("ngừng gửi: 1 thư", out.getvalue())
        self.assertNotIn("@", out.getvalue())
        self.assertEqual(self.state(), ("suppressed", "bounced"))


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class RefusedAtOnce(Followers):
    def setUp(self):
        super().setUp()
        with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
            self.person = self.follow()
            self.published()
        self.run_jobs()
        self.row = OutgoingMail.objects.get()

    def refused(self, answer: bytes):
        error = smtplib.SMTPRecipientsRefused({"ai@example.invalid": (550, answer)})
        server = mock.Mock()
        server.send_messages.side_effect = error
        with mock.patch.object(mail, "get_connection", return_value=server):
            mail.deliver_due(on=datetime.now(VIETNAM) + timedelta(seconds=5))
        self.row.refresh_from_db()
        self.person.refresh_from_db()

    def test_because_there_is_no_such_box_the_address_is_suppressed_and_no_alarm_is_raised(self):
        self.refused(b"5.1.1 khong co hop thu")
        self.assertEqual((self.row.state, self.row.recipient), ("dead", ""))
        self.assertIsNotNone(self.row.dismissed_at)
        self.assertEqual(self.person.state, Subscriber.State.SUPPRESSED)

    def test_for_another_reason_the_mail_is_tried_again_and_the_person_stays(self):
        self.refused(b"5.7.1 may chu bi chan")
        self.assertEqual(self.row.state, "queued")
        self.assertEqual(self.person.state, Subscriber.State.ACTIVE)
