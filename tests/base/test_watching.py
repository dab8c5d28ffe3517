"""Who watches the portal: figures for the monitoring, mails of what lasts, the screen, lines of the log."""

import json
import logging
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest import mock

from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase, TestCase, TransactionTestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils.log import log_response
from prometheus_client import REGISTRY
from prometheus_client.openmetrics import parser

from base.files import scans
from base.models import CheckState, JobHeartbeat, PortalStop
from base.operations import health
from base.operations import mail as outbox
from base.operations.health import FAILED, OK, WARNING, Finding
from base.operations.log_lines import WithoutOpenings
from base.operations.watching import alarms, folder, logs, measures, meter, system_time
from base.public.request_kinds import MADE_IN
from base.request_facts import RequestFacts, current_request
from tests.city import CityTestCase
from workflows.deadlines import boards

BEGAN = datetime(2026, 11, 30, 1, tzinfo=UTC)
WATCHING = "kỹ.thuật@longxuyen.example"


def minute(number: int) -> datetime:
    return BEGAN + timedelta(minutes=number)


class Alarms(TestCase):
    def setUp(self):
        patch = mock.patch.object(scans, "_alarm_addresses", lambda: [WATCHING])
        patch.start()
        self.addCleanup(patch.stop)
        self.minute = 0

    def found(self, *states: str, check: str = "mail") -> list[list[str]]:
        """Let runs a minute apart find these states; return what each told."""
        told = []
        for state in states:
            self.minute += 1
            findings = [Finding(check, state, f"Điều thử nghiệm {self.minute}.")]
            told.append([row.reported for row in alarms.watch(on=minute(self.minute), findings=findings)])
        return told

    def mails(self) -> list:
        outbox.deliver_due(on=datetime.now(UTC))
        return mail.outbox

    def test_what_lasts_three_runs_is_mailed_once(self):
        self.assertEqual(self.found(*[FAILED] * 6), [[], [], [FAILED], [], [], []])
        [sent] = self.mails()
        self.assertEqual((sent.subject, sent.to), ("Báo động: cổng có việc phải xem", [WATCHING]))
        self.assertIn("Hỏng: Điều thử nghiệm 3. (từ 08:01 30/11/2026)", sent.body)
        self.assertIn(reverse("base_status"), sent.body)

    def test_what_comes_and_goes_is_not(self):
        self.assertEqual(self.found(*[FAILED, FAILED, OK] * 4), [[]] * 12)

    def test_that_it_is_over_is_mailed_when_that_lasts(self):
        self.found(*[WARNING] * 3)

        self.assertEqual(self.found(OK, OK, WARNING, OK, OK, OK), [[], [], [], [], [], [""]])
        self.assertEqual(self.mails()[-1].subject, "Cổng: đã trở lại bình thường")

    def test_a_warning_that_becomes_a_failure_is_told_again_and_not_the_other_way_round(self):
        self.assertEqual(self.found(*[WARNING] * 3)[-1], [WARNING])
        self.assertEqual(self.found(*[FAILED] * 3)[-1], [FAILED])
        self.assertEqual(self.found(*[WARNING] * 5), [[]] * 5)

    def test_what_is_well_from_the_start_is_never_told(self):
        self.assertEqual(self.found(*[OK] * 5), [[]] * 5)

    def test_since_when_is_corrected_until_the_state_changes(self):
        self.found(WARNING, WARNING, WARNING, FAILED, FAILED)

        self.assertEqual(CheckState.objects.get().since, minute(4))

    def test_a_check_that_is_no_longer_made_is_forgotten(self):
        self.found(FAILED)
        self.found(OK, check="disk")

        self.assertEqual([row.name for row in CheckState.objects.all()], ["disk"])

    def test_the_job_runs_the_checks_of_readyz(self):
        alarms.watch(on=BEGAN)

        names = set(CheckState.objects.values_list("name", flat=True))
        self.assertTrue({"database", "jobs", "mail", system_time.CHECK} <= names, names)


class FailedQueries(TransactionTestCase):
    def test_keep_no_alarm_from_leaving(self):
        """PostgreSQL does nothing more in a transaction in which a query failed."""

        def broken() -> Finding:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM bang_khong_co")
            return Finding("broken", OK, "")

        with (
            mock.patch.dict(health._more_checks, {"broken": broken}),
            mock.patch.object(scans, "_alarm_addresses", lambda: [WATCHING]),
        ):
            told = [alarms.watch(on=minute(number)) for number in range(alarms.LASTING)]

        self.assertIn("broken", {row.name for row in told[-1]})
        self.assertEqual(CheckState.objects.get(name="broken").state, FAILED)
        outbox.deliver_due(on=datetime.now(UTC))
        self.assertIn("Không đọc được từ cơ sở dữ liệu.", mail.outbox[0].body)


class Strangers(TestCase):
    STRANGER = {"REMOTE_ADDR": "203.0.113.9"}

    def test_learn_no_figure(self):
        self.assertEqual(self.client.get("/metrics", **self.STRANGER).status_code, 404)

    @override_settings(PORTAL_WATCH_TOKEN="a-long-token-of-the-monitoring")
    def test_who_brings_the_token_is_none(self):
        for token, answer in (("a-long-token-of-the-monitoring", 200), ("another", 404), ("", 404)):
            with self.subTest(token=token):
                given = {"Authorization": f"Bearer {token}"}
                self.assertEqual(self.client.get("/metrics", headers=given, **self.STRANGER).status_code, answer)
                shows = "checks" in self.client.get("/readyz", headers=given, **self.STRANGER).json()
                self.assertEqual(shows, answer == 200)

    def test_no_token_opens_nothing_where_none_is_set(self):
        for given in ("Bearer ", "Bearer", "bearer  "):
            answer = self.client.get("/metrics", headers={"Authorization": given}, **self.STRANGER)
            self.assertEqual(answer.status_code, 404)


class Figures(TestCase):
    def setUp(self):
        measures.read_anew()
        self.addCleanup(measures.read_anew)

    def read(self) -> dict[tuple, float]:
        accept = "application/openmetrics-text; version=1.0.0"
        answer = self.client.get("/metrics", headers={"Accept": accept})
        self.assertEqual(answer.status_code, 200)
        self.assertIn("openmetrics", answer["Content-Type"])
        self.assertIn("no-store", answer["Cache-Control"])
        families = parser.text_string_to_metric_families(answer.content.decode())
        return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}

    def test_are_read_as_openmetrics_by_its_own_reader(self):
        now = datetime.now(UTC)
        JobHeartbeat.objects.create(
            name="publish_due",
            last_started=now - timedelta(seconds=91),
            last_finished=now - timedelta(seconds=90),
            last_result=JobHeartbeat.FAILED,
        )

        figures = self.read()

        self.assertEqual(figures["portal_check_state", "database"], 0)
        self.assertEqual(figures["portal_job_failed", "publish_due"], 1)
        self.assertAlmostEqual(figures["portal_job_age_seconds", "publish_due"], 90, delta=20)
        self.assertEqual(figures["portal_mails", "queued"], 0)
        self.assertGreater(figures[("portal_disk_free_bytes",)], 10**6)

    def test_say_how_many_deadlines_are_late(self):
        self.assertEqual(self.read()[("portal_deadlines_late",)], 0)

    def test_the_checks_are_those_of_the_job_while_it_runs(self):
        CheckState.objects.create(name="mail", state=WARNING, since=minute(3), seen_at=datetime.now(UTC))
        with mock.patch.object(health, "findings_now", side_effect=AssertionError):
            self.assertEqual(self.read()["portal_check_state", "mail"], 1)

        CheckState.objects.update(seen_at=datetime.now(UTC) - timedelta(minutes=4))
        measures.read_anew()
        self.assertEqual(self.read()["portal_check_state", "database"], 0)

    def test_a_look_asks_at_most_fifteen_questions_and_the_dear_ones_once_a_minute(self):
        CheckState.objects.create(name="mail", state=OK, since=minute(3), seen_at=datetime.now(UTC))
        with CaptureQueriesContext(connection) as first:
            self.read()
        with mock.patch.object(boards, "late_now", return_value=7) as late:
            self.assertEqual(self.read()[("portal_deadlines_late",)], 0)
            late.assert_not_called()
            with mock.patch.object(measures.time, "monotonic", return_value=time.monotonic() + 61):
                self.assertEqual(self.read()[("portal_deadlines_late",)], 7)

        self.assertLessEqual(len(first), 15)

    def test_readyz_says_since_when(self):
        CheckState.objects.create(name="jobs", state=FAILED, since=minute(3), seen_at=minute(9))
        CheckState.objects.create(name="disk", state=FAILED, since=minute(3), seen_at=minute(9))

        checks = self.client.get("/readyz").json()["checks"]

        self.assertEqual((checks["jobs"]["status"], checks["jobs"]["since"]), (FAILED, "2026-11-30T08:03:00+07:00"))
        # It found something else meanwhile.
        self.assertNotIn("since", checks["disk"])


class Screen(CityTestCase):
    def test_shows_the_board_what_is_wrong_first_and_since_when(self):
        CheckState.objects.create(name="jobs", state=FAILED, since=minute(3), seen_at=minute(9))
        PortalStop.objects.create(began_at=minute(0), ended_at=minute(0))
        PortalStop.objects.create(began_at=minute(10), ended_at=minute(40))
        self.client.force_login(self.cast.head)

        page = self.client.get(reverse("base_status")).content.decode()

        self.assertIn("Việc định kỳ chưa chạy lần nào", page)
        self.assertIn("08:03 30/11/2026", page)
        self.assertIn("08:10 30/11/2026 – 08:40 30/11/2026", page)
        self.assertNotIn("08:00 30/11/2026", page)
        self.assertLess(page.index("<code>jobs</code>"), page.index("<code>database</code>"))

    def test_stays_closed_to_the_people_of_one_ward(self):
        self.client.force_login(self.cast.contributor)

        self.assertNotEqual(self.client.get(reverse("base_status")).status_code, 200)


class SystemTime(TestCase):
    def test_that_nothing_keeps_is_a_warning_that_keeps_no_reader_out(self):
        for kept, state in ((True, OK), (None, OK), (False, WARNING)):
            with self.subTest(kept=kept), mock.patch.object(system_time, "is_corrected", return_value=kept):
                finding = system_time.check()
                self.assertEqual((finding.state, finding.stops_serving), (state, False))

    def test_far_from_the_database_is_a_warning(self):
        with (
            mock.patch.object(system_time, "is_corrected", return_value=True),
            mock.patch.object(system_time, "from_database", return_value=timedelta(hours=1)),
        ):
            self.assertIn("3600 giây", system_time.check().detail)

    def test_of_the_database_of_this_machine_is_the_same(self):
        self.assertLess(system_time.from_database(), system_time.MOST_APART)


class Numbers(SimpleTestCase):
    def number(self, given: str) -> str:
        return RequestFacts(RequestFactory().get("/", headers={"X-Request-ID": given})).id

    @override_settings(PORTAL_PROXIES=1)
    def test_a_request_has_the_number_that_nginx_logs(self):
        self.assertEqual(self.number("0123456789abcdef"), "0123456789abcdef")

    @override_settings(PORTAL_PROXIES=1)
    def test_another_form_is_not_taken(self):
        for given in ("", "0123", "0123456789ABCDEF", "0123456789abcdef\n", "0123456789abcdef0"):
            self.assertRegex(self.number(given), r"\A[0-9a-f]{16}\Z")
            self.assertNotEqual(self.number(given), given)

    @override_settings(PORTAL_PROXIES=0)
    def test_nor_any_where_no_web_server_is_in_front(self):
        self.assertNotEqual(self.number("0123456789abcdef"), "0123456789abcdef")

    def test_a_line_of_the_log_is_one_object_with_the_number(self):
        facts = RequestFacts(RequestFactory().get("/"))
        token = current_request.set(facts)
        self.addCleanup(current_request.reset, token)
        record = logging.LogRecord("base.files", logging.ERROR, __file__, 1, "Tệp %s\nhỏng", ("a",), None)

        self.assertTrue(logs.RequestNumber().filter(record))
        line = logs.Json().format(record)

        self.assertEqual(len(line.splitlines()), 1)
        said = json.loads(line)
        self.assertEqual((said["level"], said["logger"], said["request_id"]), ("ERROR", "base.files", facts.id))
        self.assertEqual(said["message"], "Tệp a\nhỏng")

    def test_a_line_says_nothing_of_the_request_but_its_number(self):
        """Django gives its records the request, whose text is the whole address."""
        path = reverse("workflows_preview", args=["bi-mat.chu-ky"])
        request = RequestFactory().get(f"{path}?ma=rieng")
        request.resolver_match = resolve(path)
        logger, records = logging.Logger("django.request"), []
        logger.addHandler(handler := logging.Handler())
        handler.emit = records.append
        log_response("%s: %s", "Hỏng", request.path, response=HttpResponse(status=500), request=request, logger=logger)

        (record,) = records
        self.assertTrue(WithoutOpenings().filter(record) and logs.RequestNumber().filter(record))
        line = logs.Json().format(record)

        said = json.loads(line)
        self.assertLessEqual(set(said), set(logs.WRITTEN))
        self.assertEqual(said["status_code"], 500)
        for secret in ("bi-mat", "rieng"):
            self.assertNotIn(secret, line)


class Folders(SimpleTestCase):
    def test_a_server_has_its_own_and_removes_those_of_servers_that_ended(self):
        with mock.patch.object(folder, "_own", []), tempfile.TemporaryDirectory() as name:
            place = Path(name)
            (place / "1-1").mkdir()
            (place / "999999999-5").mkdir()
            alive = place / folder._name(os.getpid())
            alive.mkdir()

            own = folder.share(place)

            self.assertEqual(folder.own_folder(), own)
            self.assertEqual({one.name for one in place.iterdir()}, {own.name, alive.name})


class Counting(SimpleTestCase):
    """The meter lets every answer through as it is."""

    def ask(self, path: str, status: str = "200 OK", *, made_in: float | None = None) -> list:
        def application(environ, start_response):
            if made_in is not None:
                environ[MADE_IN] = made_in
            write = start_response(status, [("X-A", "b")])
            return [b"body", write]

        started = []
        body = meter.Meter(application)({"PATH_INFO": path}, lambda *given: started.append(given) or "write")
        self.assertEqual(body, [b"body", "write"])
        return started

    def value(self, name: str, **labels) -> float:
        return REGISTRY.get_sample_value(name, labels) or 0

    def test_by_sort_answer_and_way(self):
        cases = [
            ("/tin-tuc/", "200 OK", 0.25, {"sort": "page", "status": "2xx", "way": "fresh"}),
            ("/tin-tuc/", "200 OK", None, {"sort": "page", "status": "2xx", "way": "cached"}),
            ("/quan-tri/", "503 Busy", None, {"sort": "admin", "status": "5xx", "way": "cached"}),
            ("/static/a.css", "304 Not Modified", None, {"sort": "static", "status": "3xx", "way": "cached"}),
            ("/metrics", "404 Not Found", 0.0, {"sort": "watch", "status": "4xx", "way": "fresh"}),
        ]
        for path, status, made_in, labels in cases:
            with self.subTest(path=path, labels=labels):
                before = self.value("portal_requests_total", **labels)
                self.assertEqual(self.ask(path, status, made_in=made_in), [(status, [("X-A", "b")])])
                self.assertEqual(self.value("portal_requests_total", **labels), before + 1)

    def test_adds_up_what_pages_cost(self):
        before = self.value("portal_made_processor_seconds_total", sort="page")
        self.ask("/", made_in=0.5)
        self.ask("/")

        self.assertEqual(self.value("portal_made_processor_seconds_total", sort="page"), before + 0.5)

    def test_an_error_is_counted_and_goes_on(self):
        def application(environ, start_response):
            raise OSError

        before = self.value("portal_requests_total", sort="page", status="5xx", way="cached")
        with self.assertRaises(OSError):
            meter.Meter(application)({"PATH_INFO": "/"}, None)

        self.assertEqual(self.value("portal_requests_total", sort="page", status="5xx", way="cached"), before + 1)


class Health(SimpleTestCase):
    def test_every_state_of_a_check_has_words(self):
        self.assertEqual(set(dict(CheckState.STATES)), {health.OK, health.WARNING, health.FAILED})
