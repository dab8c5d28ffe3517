"""Traces: where the time of a request went, with nothing of a person in them."""

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import override_settings

from base.operations.watching import traces
from config.settings import base as production
from tests.city import CityTestCase

pytest.importorskip("opentelemetry.sdk", reason="of requirements-tracing.txt")

from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: E402
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter  # noqa: E402

MIDDLEWARE = [settings.MIDDLEWARE[0], "base.operations.watching.traces.TraceMiddleware", *settings.MIDDLEWARE[1:]]
SECRET = "nguyen-thi-rieng-tu-0912345678"


@override_settings(MIDDLEWARE=MIDDLEWARE)
class Traced(CityTestCase):
    def setUp(self):
        self.sent = InMemorySpanExporter()
        self.share(1)

    def share(self, share: float):
        """Send a share of the traces to memory."""
        tracer = traces.made(SimpleSpanProcessor(self.sent), share)
        self.enterContext(pytest.MonkeyPatch.context()).setattr(traces, "tracer", lambda: tracer)

    def spans(self):
        return self.sent.get_finished_spans()

    def written(self) -> str:
        """All that the spans say."""
        return " ".join(span.to_json() for span in self.spans())

    def test_a_request_and_its_questions_are_spans_of_one_trace(self):
        self.client.get("/my-long/", HTTP_X_REQUEST_ID="0123456789abcdef")

        *questions, request = self.spans()
        self.assertTrue(request.name.startswith("GET "), request.name)
        self.assertEqual(request.attributes["http.response.status_code"], 200)
        self.assertRegex(request.attributes["portal.request_id"], "^[0-9a-f]{16}$")
        self.assertTrue(questions)
        self.assertEqual({span.context.trace_id for span in self.spans()}, {request.context.trace_id})
        self.assertIn("SELECT", {span.attributes["db.operation.name"] for span in questions})

    def test_nothing_that_a_person_sent_or_is_stands_in_them(self):
        self.client.force_login(self.cast.contributor)
        page = self.city.section(self.city.my_long)
        for path, sent in (
            (f"/tim-kiem/?q={SECRET}", None),
            (f"/khong-co/{SECRET}/", None),
            (f"/quan-tri/pages/{page.pk}/edit/?x={SECRET}", None),
            ("/quan-tri/login/", {"username": SECRET, "password": SECRET}),
        ):
            self.client.post(path, sent) if sent else self.client.get(path)

        written = self.written()
        self.assertGreater(len(self.spans()), 20)
        person = self.cast.contributor
        session = self.client.cookies["sessionid"].value
        for secret in (SECRET, person.username, person.full_name, person.email, session, "127.0.0.1", page.title):
            self.assertNotIn(secret, written)

    def test_a_question_that_fails_is_told_by_its_kind_alone(self):
        with self.assertRaises(DatabaseError), connection.execute_wrapper(traces._question):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT 1 FROM khong_co WHERE ten = '{SECRET}'")

        (span,) = self.spans()
        self.assertEqual((span.name, span.status.is_ok), ("SELECT khong_co", False))
        self.assertIn("Error", span.attributes["error.type"])
        self.assertNotIn(SECRET, self.written())

    def test_only_the_share_that_was_asked_for_is_sent(self):
        self.share(0)

        self.client.get("/my-long/")

        self.assertEqual(self.spans(), ())


class Off(CityTestCase):
    def test_without_the_setting_there_is_no_middleware_of_it(self):
        self.assertEqual(production.PORTAL_TRACES_URL, "")
        self.assertFalse([name for name in settings.MIDDLEWARE if "traces" in name])
