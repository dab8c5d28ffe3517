"""Whoever uses a service leaves no trace: neither address nor browser in database, log, kept pages or shared memory."""

import logging
import os
from io import BytesIO
from unittest import mock

from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from django.urls import reverse

from base.operations.handlers import PortalWSGIHandler
from base.public.page_cache import PageCache
from base.public.usage.beacon import UsageBeacon
from base.public.usage.counting import Usage, write_counts
from base.public.usage.visitors import Visitors, shared_path
from servicecatalog.models import Satisfaction, UsageCount
from tests.base.counted import a_click, a_point, a_view
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure, an_offering

ADDRESS, AGENT = "203.0.113.177", "Mozilla/5.0 (X11; DauVet7731) Gecko/20100101 Firefox/128.0"
TRACES = (ADDRESS, "DauVet7731")


class Lines(logging.Handler):
    """Keeps every line of every log."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record):
        self.lines.append(f"{record.getMessage()} {record.exc_info or ''}")


class NoTrace(CityTestCase):
    def setUp(self):
        # As Django's test client does: the handler must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.service = an_offering(
            self.city.site,
            a_procedure(self.city),
            delivery="linked",
            apply_url="https://nop.example.invalid/",
            apply_to="Cổng mẫu",
        )
        self.path = shared_path(f"test {os.getpid()} no trace")
        self.addCleanup(self.path.unlink, missing_ok=True)
        self.logged = Lines()
        root, level = logging.getLogger(), logging.getLogger().level
        root.addHandler(self.logged)
        root.setLevel(logging.DEBUG)
        self.addCleanup(root.removeHandler, self.logged)
        self.addCleanup(root.setLevel, level)
        self.is_away = False
        self.usage = Usage(write=self.write, visitors=Visitors(self.path))
        for place in ("servicecatalog.usage.satisfaction.usage", "servicecatalog.usage.leaving.usage"):
            self.enterContext(mock.patch(place, self.usage))

    def write(self, counts):
        if self.is_away:
            raise OperationalError("the database is away")
        write_counts(counts)

    def test_is_left_by_any_use(self):
        generations = {site.pk: (1, 1) for site in (self.city.site, self.city.my_long)}
        cache = PageCache(UsageBeacon(PortalWSGIHandler(), self.usage), max_bytes=50_000_000, read=lambda: generations)
        page, address = self.service.pk, f"/dich-vu-cong/{self.service.slug}/"
        body = b"muc=1&ve=" + address.encode()
        said = a_view(
            page,
            PATH_INFO=reverse("servicecatalog_satisfaction", args=[page]),
            CONTENT_LENGTH=str(len(body)),
            **{"wsgi.input": BytesIO(body)},
        )
        asked = [a_click(address), a_view(page), a_point(page, kind="guide"), a_click(f"{address}di/"), said]
        statuses = []
        for environ in asked:
            environ |= {
                "REMOTE_ADDR": ADDRESS,
                "HTTP_USER_AGENT": AGENT,
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "wsgi.url_scheme": "http",
            }
            b"".join(cache(environ, lambda status, *_more: statuses.append(status[:3])))
        self.is_away = True
        self.usage.flush()
        self.is_away = False
        self.usage.flush()

        self.assertEqual(statuses, ["200", "204", "200", "302", "303"])
        # All of it was counted, so that there is something to search.
        counted = UsageCount.objects.values_list("kind", "count")
        self.assertCountEqual(counted, [("view", 1), ("guide", 1), ("outgoing", 1)])
        self.assertEqual(Satisfaction.objects.get().step, 1)
        places = {
            "the database": self.everything_stored(),
            "the logs": "\n".join(self.logged.lines),
            "what is kept": "\n".join(
                f"{a.headers} {a.body!r}" for copy in cache._copies.values() for a in copy.answers
            ),
            "what waits to be written": repr(self.usage._pending),
            "what the process remembers": repr(self.usage._visitors._until),
            "the shared memory": self.path.read_bytes().decode("latin-1"),
        }
        for place, text in places.items():
            with self.subTest(place):
                self.assertTrue(text)
                self.assertEqual([trace for trace in TRACES if trace in text], [])

    @staticmethod
    def everything_stored() -> str:
        found = []
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  a name of ours
                found += [str(row) for row in cursor.fetchall()]
        return "\n".join(found)
