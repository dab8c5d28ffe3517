"""A page for all readers is made from the replica only where that knows as much as the page will claim to show."""

from unittest import mock

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, InternalError, close_old_connections, connection, connections
from django.http import HttpResponse
from django.test import RequestFactory, TestCase, override_settings
from django.urls import path

from base.models import PortalSite, SiteGeneration
from base.operations.handlers import PortalWSGIHandler
from base.operations.machines import replica
from base.public.request_kinds import GENERATIONS
from tests.city import CityTestCase

made = []


class TheOther:
    """The database of the test under the name of a replica, which may be away."""

    def __init__(self, primary):
        self._primary, self.is_away = primary, False

    def __getattr__(self, name):
        return getattr(self._primary, name)

    def cursor(self):
        if self.is_away:
            raise DatabaseError("away")
        return self._primary.cursor()

    def close(self):
        """Nothing of its own is open."""


def page(request):
    made.append("replica" if isinstance(connections["default"], TheOther) else "primary")
    return HttpResponse(f"{SiteGeneration.objects.count()} {request.GET.get('q', '')}")


def writing(request):
    page(request)
    if made[-1] == "replica":
        with connection.execute_wrapper(refused):
            try:
                SiteGeneration.objects.update(value=1)
            except DatabaseError:
                # As code does that can go on without.
                return HttpResponse("half")
    return HttpResponse("whole")


def refused(execute, statement, *rest):
    raise InternalError("cannot execute UPDATE in a read-only transaction")


urlpatterns = [path("trang/", page), path("ghi/", writing)]


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[])
class FromTheReplica(CityTestCase):
    def setUp(self):
        made.clear()
        replica._rests_until[0] = 0.0
        self.other = connections[replica.REPLICA] = TheOther(connections["default"])
        self.addCleanup(connections.__delitem__, replica.REPLICA)
        self.enterContext(mock.patch.dict(settings.DATABASES, {"replica": settings.DATABASES["default"]}))
        # As Django's own client does: the connection is that of the test, in a transaction, and is not to be closed.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.known = {
            site: (value, urgent)
            for site, value, urgent in SiteGeneration.objects.values_list("site_id", "value", "urgent_value")
        }

    def ask(self, address="/trang/", known=None):
        environ = RequestFactory().get(address).environ | ({GENERATIONS: known} if known is not None else {})
        return PortalWSGIHandler()(environ, lambda *_: None).content.decode()

    def newer(self, **changes) -> dict:
        site = PortalSite.objects.get(slug="my-long").pk
        value, urgent = self.known[site]
        return {**self.known, site: (value + changes.get("value", 0), urgent + changes.get("urgent", 0))}

    def test_a_page_is_made_there_where_all_generations_are_known(self):
        self.ask(known=self.known)
        self.ask(known=self.newer(value=-1))

        self.assertEqual(made, ["replica", "replica"])
        self.assertNotIsInstance(connections["default"], TheOther)

    def test_one_that_lacks_a_generation_makes_none(self):
        self.ask(known=self.newer(value=1))
        self.ask(known=self.newer(urgent=1))
        self.ask(known={**self.known, 999_999: (0, 0)})

        self.assertEqual(made, ["primary"] * 3)

    def test_what_is_no_known_page_for_all_readers_is_made_from_the_primary(self):
        self.ask()
        self.ask(known={})

        self.assertEqual(made, ["primary", "primary"])

    def test_what_fails_there_is_made_anew_from_the_primary(self):
        self.assertEqual(self.ask("/ghi/", known=self.known), "whole")
        self.assertEqual(made, ["replica", "primary"])

    def test_one_that_is_away_is_left_alone_for_a_while(self):
        self.other.is_away = True
        with self.assertLogs(replica.logger, "WARNING"):
            self.ask(known=self.known)
        self.other.is_away = False
        self.ask(known=self.known)
        replica._rests_until[0] = 0.0
        self.ask(known=self.known)

        self.assertEqual(made, ["primary", "primary", "replica"])

    def test_without_the_setting_there_is_none(self):
        del settings.DATABASES["replica"]
        self.ask(known=self.known)

        self.assertEqual(made, ["primary"])


class Settings(TestCase):
    def test_no_replica_is_there_by_default(self):
        self.assertFalse(replica.is_configured())
