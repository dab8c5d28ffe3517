"""The nightly backup: who is told when it fails, how often, and when it is well again."""

from datetime import UTC, datetime, timedelta

import time_machine
from django.core import mail
from django.test import TestCase, override_settings

from base.operations.backup.target import BackupFailed, Target
from home import backing_up
from tests.base.own_backups import OwnBackups

NOW = datetime(2026, 3, 2, 1, 40, tzinfo=UTC)


@override_settings(PORTAL_AUDIT_MAIL=["giam-sat@example.invalid"])
class Alarms(OwnBackups, TestCase):
    def fails(self, on: datetime) -> None:
        with Target(self.folder).held(), self.assertRaises(BackupFailed):
            backing_up.back_up(on=on)

    def test_the_first_failure_is_mailed_to_no_person(self):
        self.fails(NOW)

        self.assertEqual(mail.outbox, [])

    def test_the_second_failure_in_succession_is_mailed_once_a_day(self):
        for minutes in range(0, 60, 5):
            self.fails(NOW + timedelta(minutes=minutes))
        self.assertEqual(len(mail.outbox), 1)

        self.fails(NOW + timedelta(hours=25))

        self.assertEqual(len(mail.outbox), 2)
        self.assertEqual(mail.outbox[0].to, ["giam-sat@example.invalid"])
        self.assertIn("08:40", mail.outbox[0].body)
        self.assertIn("đang chạy", mail.outbox[0].body)

    def test_who_heard_of_a_failure_hears_that_it_is_over(self):
        self.fails(NOW)
        self.fails(NOW + timedelta(minutes=5))

        with time_machine.travel(NOW + timedelta(minutes=10)):
            name = backing_up.back_up(on=NOW + timedelta(minutes=10))
        with time_machine.travel(NOW + timedelta(days=1)):
            backing_up.back_up(on=NOW + timedelta(days=1))

        self.assertEqual(len(mail.outbox), 2)
        self.assertIn(name, mail.outbox[1].body)

    def test_after_one_failure_success_is_no_news(self):
        self.fails(NOW)

        backing_up.back_up(on=NOW + timedelta(minutes=5))
        self.fails(NOW + timedelta(days=1))

        self.assertEqual(mail.outbox, [])

    @override_settings(PORTAL_BACKUP="")
    def test_without_a_place_nothing_is_done(self):
        self.assertEqual(backing_up.back_up(on=NOW), "")
        self.assertFalse(self.var.exists() and (self.var / "backup").exists())
