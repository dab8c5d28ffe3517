"""`/healthz` and `/readyz`: what each answers, and that neither tells a stranger anything."""

import base64
import shutil
from collections import namedtuple
from datetime import timedelta
from ipaddress import ip_network
from unittest import mock

import time_machine
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import SimpleTestCase, TestCase, override_settings
from django.utils import timezone

from base.audit import trail as audit
from base.files import scanner
from base.models import JobHeartbeat
from base.operations import health, leases, personal_records
from base.sandbox import client, walls

Usage = namedtuple("Usage", "total used free")


def heartbeat(name="publish_due", *, minutes_left=2, result=JobHeartbeat.OK, error="") -> JobHeartbeat:
    now = timezone.now()
    return JobHeartbeat.objects.create(
        name=name,
        last_started=now,
        last_finished=now,
        last_result=result,
        last_error=error,
        expected_by=now + timedelta(minutes=minutes_left),
    )


class HealthzTests(SimpleTestCase):
    """SimpleTestCase refuses every query: the answer needs no database."""

    def test_answers_without_a_database(self):
        answer = self.client.get("/healthz")

        self.assertEqual((answer.status_code, answer.json()["status"]), (200, "ok"))

    def test_is_never_kept_by_a_cache(self):
        self.assertIn("no-store", self.client.get("/healthz")["Cache-Control"])

    def test_takes_no_post(self):
        self.assertEqual(self.client.post("/healthz").status_code, 405)


@override_settings(PORTAL_PERSONAL_KEYS=[base64.urlsafe_b64encode(bytes(32)).decode()])
class ReadyzTests(TestCase):
    def setUp(self):
        self.usage = Usage(50 * 1024**3, 0, 50 * 1024**3)
        patch = mock.patch.object(shutil, "disk_usage", lambda path: self.usage)
        patch.start()
        self.addCleanup(patch.stop)
        for name, answer in (("is_configured", True), ("version", "ClamAV 1.4.6/27700/Wed Nov 25 09:00:00 2026")):
            patch = mock.patch.object(scanner, name, return_value=answer)
            patch.start()
            self.addCleanup(patch.stop)
        # What the rooms above have looked at is tested where they are.
        patch = mock.patch.dict(health._more_checks, clear=True)
        patch.start()
        self.addCleanup(patch.stop)

    def readyz(self) -> tuple[int, dict]:
        answer = self.client.get("/readyz")
        return answer.status_code, answer.json()

    def test_is_ready_when_all_is_well(self):
        heartbeat()

        status, content = self.readyz()

        self.assertEqual((status, content["status"]), (200, "ok"), content)
        self.assertEqual(
            set(content["checks"]),
            {
                "database",
                "migrations",
                "jobs",
                "mail",
                "audit",
                "personal_data",
                "disk",
                "scanner",
                "sandbox",
                "personal_keys",
            },
        )

    def test_says_that_no_job_ran_yet_and_goes_on_serving(self):
        status, content = self.readyz()

        self.assertEqual((status, content["checks"]["jobs"]["status"]), (200, "failed"))
        self.assertIn("chưa chạy lần nào", content["checks"]["jobs"]["detail"])

    def test_names_a_job_that_is_late_and_goes_on_serving(self):
        heartbeat("publish_due")
        heartbeat("expire_due", minutes_left=-1)

        status, content = self.readyz()

        self.assertEqual((status, content["status"]), (200, "failed"))
        self.assertIn("expire_due", content["checks"]["jobs"]["detail"])
        self.assertNotIn("publish_due", content["checks"]["jobs"]["detail"])

    def test_what_waits_behind_a_long_job_at_work_is_a_warning_until_hours_have_passed(self):
        heartbeat("publish_due")
        for name in ("verify_audit", "read_files"):
            heartbeat(name, minutes_left=-4)
            JobHeartbeat.objects.filter(name=name).update(lane="long")

        def state_after(hours):
            began = timezone.now() - timedelta(hours=hours)
            JobHeartbeat.objects.filter(name="verify_audit").update(last_started=began, last_finished=None)
            return self.readyz()[1]["checks"]["jobs"]["status"]

        with leases.hold("long"):
            states = state_after(1), state_after(7)

        self.assertEqual((*states, state_after(1)), ("warning", "failed", "failed"))

    def test_tells_strangers_only_whether_it_serves(self):
        heartbeat("expire_due", minutes_left=-1)

        told = self.client.get("/readyz", REMOTE_ADDR="203.0.113.9").json()
        self.usage = Usage(0, 0, 0)
        unfit = self.client.get("/readyz", REMOTE_ADDR="203.0.113.9")

        self.assertEqual((told, unfit.status_code, unfit.json()), ({"status": "ok"}, 503, {"status": "failed"}))

    def test_tells_the_networks_that_watch_what_is_wrong(self):
        with override_settings(PORTAL_WATCHERS=[ip_network("203.0.113.0/24")]):
            self.assertIn("checks", self.client.get("/readyz", REMOTE_ADDR="203.0.113.9").json())
            self.assertNotIn("checks", self.client.get("/readyz", REMOTE_ADDR="127.0.0.1").json())

    def test_work_that_is_done_once_is_never_late(self):
        heartbeat()
        JobHeartbeat.objects.create(name="once", last_finished=timezone.now() - timedelta(days=300))

        self.assertEqual(self.readyz()[0], 200)

    def test_shows_a_failed_job_by_the_kind_of_its_error_only(self):
        error = "OperationalError: mật khẩu hoa-sen sai cho 10.1.2.3"
        heartbeat("verify_archive", result=JobHeartbeat.FAILED, error=error)

        status, content = self.readyz()

        self.assertEqual((status, content["status"]), (200, "warning"))
        self.assertIn("verify_archive: OperationalError", content["checks"]["jobs"]["detail"])
        self.assertNotIn("hoa-sen", str(content))
        self.assertNotIn("10.1.2.3", str(content))

    def test_is_not_ready_while_a_migration_is_missing(self):
        heartbeat()
        MigrationRecorder(connection).record_unapplied("base", "0001_initial")

        status, content = self.readyz()

        self.assertEqual(status, 503)
        self.assertIn("base.0001_initial", content["checks"]["migrations"]["detail"])

    def test_is_not_ready_without_a_database_and_asks_it_nothing_more(self):
        def away(*args, **kwargs):
            raise DatabaseError("máy 10.1.2.3 không trả lời")

        with mock.patch.object(connection, "cursor", away):
            status, content = self.readyz()

        self.assertEqual(status, 503)
        self.assertEqual(set(content["checks"]), {"database", "disk", "scanner", "sandbox", "personal_keys"})
        self.assertNotIn("10.1.2.3", str(content))

    def test_says_when_files_of_strangers_cannot_be_opened_apart_and_goes_on_serving(self):
        heartbeat()
        for possible, state in [((), "failed"), ((walls.LANDLOCK,), "warning"), ((walls.BUBBLEWRAP,), "ok")]:
            child = client.SandboxChild("base.sandbox.pictures")
            self.addCleanup(child.stop)
            with (
                self.subTest(possible),
                mock.patch.object(walls, "ORDER", possible),
                mock.patch.object(client._Wall, "name", ""),
                mock.patch.object(health, "pictures", child),
            ):
                answer, content = self.readyz()
                self.assertEqual((answer, content["checks"]["sandbox"]["status"]), (200, state))

    def test_says_when_the_disk_fills_up(self):
        heartbeat()
        for free, status, state in [(50 * 1024**2, 503, "failed"), (500 * 1024**2, 200, "warning")]:
            with self.subTest(free=free):
                self.usage = Usage(free, 0, free)

                answered, content = self.readyz()

                self.assertEqual((answered, content["checks"]["disk"]["status"]), (status, state))

    def test_asks_the_database_few_questions(self):
        heartbeat()
        health.findings_now()

        # For migrations two, jobs one, mail two, the audit trail four, one a table of personal data; one asks whether
        # there is a database.
        with self.assertNumQueries(10 + len(personal_records.holding_models())):
            health.findings_now()


class AuditTests(TestCase):
    def test_entries_that_wait_for_a_seal_over_a_minute_are_a_warning(self):
        heartbeat()
        audit.record("draft.seen")
        self.assertEqual(health.check_audit().state, health.OK)

        with time_machine.travel(timezone.now() + timedelta(minutes=2)):
            finding = health.check_audit()

        self.assertEqual(finding.state, health.WARNING)
        self.assertIn("1 dòng nhật ký kiểm tra chưa niêm phong", finding.detail)

    def test_a_comparison_that_failed_at_night_is_a_warning(self):
        JobHeartbeat.objects.create(
            name="verify_audit", last_finished=timezone.now(), last_result=JobHeartbeat.FAILED, last_error="x"
        )

        self.assertEqual(health.check_audit().state, health.WARNING)
