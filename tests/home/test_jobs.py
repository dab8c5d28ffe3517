"""The table of periodic work and the command that runs it."""

from collections import Counter
from datetime import datetime
from io import StringIO
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase, override_settings

from base.models import JobHeartbeat
from base.operations import leases, periodic
from home import jobs, nightly_checks
from home.jobs import JOBS
from workflows.archive.verifying import CopyViolation

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
MISSING_FILE = CopyViolation(7, "Thiếu tệp lưu trữ.")


class TableTests(SimpleTestCase):
    def test_names_are_unique_and_every_job_says_in_vietnamese_what_it_does(self):
        names = Counter(job.name for job in JOBS)

        self.assertEqual([name for name, count in names.items() if count > 1], [])
        self.assertTrue(all(job.label for job in JOBS))

    def test_what_the_public_waits_for_runs_every_minute(self):
        rhythm = {job.name: job.every for job in JOBS}

        for name in ("publish_due", "publish_due_bundles", "expire_due", "start_waiting"):
            with self.subTest(job=name):
                self.assertEqual(rhythm[name], jobs.EVERY_MINUTE)

    def test_status_of_documents_changes_at_midnight(self):
        (job,) = [job for job in JOBS if job.name == "refresh_status"]

        self.assertEqual((job.daily_at.hour, job.daily_at.minute), (0, 0))


class Alarms(TestCase):
    @override_settings(PORTAL_AUDIT_MAIL=["giam-sat@example.invalid"])
    def test_a_fault_in_the_archive_is_mailed_to_those_who_watch(self):
        with mock.patch("workflows.archive.verifying.verify_rows", return_value=[MISSING_FILE]):
            with self.assertRaises(nightly_checks.ArchiveViolations):
                nightly_checks.verify_archive(NOW, {})

        (message,) = mail.outbox
        self.assertEqual(message.to, ["giam-sat@example.invalid"])
        self.assertIn("bản ghi 7: Thiếu tệp lưu trữ.", message.body)

    def test_a_fault_in_the_archive_is_an_error(self):
        with mock.patch("workflows.archive.verifying.verify_rows", return_value=[MISSING_FILE]):
            with self.assertRaisesMessage(nightly_checks.ArchiveViolations, "bản ghi 7: Thiếu tệp lưu trữ."):
                nightly_checks.verify_archive(NOW, {})

    @override_settings(PORTAL_AUDIT_MAIL=["giam-sat@example.invalid"])
    def test_a_sound_archive_mails_nothing(self):
        nightly_checks.verify_archive(NOW, {})

        self.assertEqual(mail.outbox, [])


@time_machine.travel(NOW, tick=False)
class CommandTests(TestCase):
    def run_jobs(self, *arguments: str) -> str:
        out = StringIO()
        call_command("run_jobs", *arguments, stdout=out)
        return out.getvalue()

    def test_runs_every_job_of_the_table_at_the_first_start(self):
        self.run_jobs()

        results = dict(JobHeartbeat.objects.values_list("name", "last_result"))
        self.assertEqual(results, {job.name: "ok" for job in JOBS})

    def test_runs_nothing_that_is_not_due(self):
        self.run_jobs()

        self.assertEqual(self.run_jobs(), "")

    def test_runs_one_job_by_its_name(self):
        self.assertEqual(self.run_jobs("--only", "clear_sessions"), "clear_sessions: Xong\n")
        self.assertEqual(JobHeartbeat.objects.count(), 1)

    def test_names_the_jobs_when_the_name_is_wrong(self):
        with self.assertRaisesMessage(CommandError, "publish_due"):
            self.run_jobs("--only", "publish")

    def test_lists_when_each_job_runs_next(self):
        self.assertIn("02/03 08:01", self.run_jobs("--list"))
        self.assertIn("Đăng các bài đã duyệt đến giờ hẹn", self.run_jobs("--list"))

    def test_says_which_job_failed_and_runs_the_others(self):
        with (
            mock.patch("workflows.archive.verifying.verify_rows", return_value=[MISSING_FILE]),
            self.assertLogs("base.operations.periodic", "ERROR"),
            self.assertRaisesMessage(CommandError, "verify_archive"),
        ):
            self.run_jobs()

        self.assertEqual(JobHeartbeat.objects.filter(last_result="ok").count(), len(JOBS) - 1)

    def test_says_that_another_process_is_at_work(self):
        with (
            mock.patch.object(leases, "hold", side_effect=periodic.Locked("Một tiến trình khác đang chạy.")),
            self.assertRaisesMessage(CommandError, "Hãy thử lại sau"),
        ):
            self.run_jobs("--wait", "0")
