"""Who only reads does not wait for the one who writes: on SQLite a lock may be held for long."""

from datetime import timedelta

from django.db import OperationalError, connection
from django.test import SimpleTestCase
from django.utils import timezone

from accounts.models import PortalSession
from base.locking import without_waiting
from base.models.files import PortalRendition
from tests.base.test_files import store_image
from tests.city import CityTestCase


def waits_ms() -> int | None:
    """How long a statement waits for the one lock of SQLite; None on PostgreSQL, which has no such lock."""
    if connection.vendor == "postgresql":
        return None
    with connection.cursor() as cursor:
        return cursor.execute("PRAGMA busy_timeout").fetchone()[0]


class Waiting(SimpleTestCase):
    databases = frozenset({"default"})

    def test_is_over_at_once_within_the_block_and_as_usual_after_it(self):
        usual = waits_ms()

        with self.assertRaises(OperationalError), without_waiting():
            self.assertEqual(waits_ms(), usual and 0)
            raise OperationalError("database is locked")

        self.assertEqual(waits_ms(), usual)


class Pictures(CityTestCase):
    def locked(self, execute, sql, params, many, context):
        """As the database answers while another holds it."""
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            raise OperationalError("database is locked")
        return execute(sql, params, many, context)

    def test_a_size_that_cannot_be_stored_now_is_the_picture_itself_and_made_later(self):
        image = store_image(self.city.my_long)
        with connection.execute_wrapper(self.locked), self.assertLogs("base.models.files", "WARNING"):
            one = image.get_rendition("width-20")
            several = image.get_renditions("width-20", "width-30")

        for shown in (one, *several.values()):
            self.assertEqual((shown.url, shown.width), (image.url, image.width))
        self.assertFalse(PortalRendition.objects.exists())
        self.assertEqual(image.get_rendition("width-20").width, 20)

    def test_an_error_is_told_to_who_is_signed_in_though_nothing_can_be_written(self):
        self.client.force_login(self.cast.contributor)
        with connection.execute_wrapper(self.locked):
            answer = self.client.get("/khong-co-trang-nay/")

        self.assertContains(answer, "Không tìm thấy trang", status_code=404)


class Screens(CityTestCase):
    def test_open_though_the_session_cannot_be_marked_as_seen_now(self):
        def locked(execute, sql, params, many, context):
            if sql.startswith("UPDATE") and PortalSession._meta.db_table in sql:
                raise OperationalError("database is locked")
            return execute(sql, params, many, context)

        self.client.force_login(self.cast.contributor)
        self.client.get("/quan-tri/")
        before = timezone.now() - timedelta(minutes=2)
        PortalSession.objects.update(last_seen=before)
        with connection.execute_wrapper(locked):
            answer = self.client.get("/quan-tri/")
        unmarked = PortalSession.objects.get()
        self.client.get("/quan-tri/")

        self.assertEqual(answer.status_code, 200)
        self.assertEqual(unmarked.last_seen, before)
        self.assertGreater(PortalSession.objects.get().last_seen, before)
