"""What stood on front pages before alerts were a thing of their own goes on standing: the migration of it."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.utils import timezone

from alerts import invariants
from alerts.models import Alert
from tests.city import CityTestCase

moved = import_module("home.migrations.0004_moved_alerts")


def front_page(**values) -> SimpleNamespace:
    """A front page as it was, with the fields that it had for its alert."""
    fields = {
        "pk": 3,
        "alert_title": "Triều cường",
        "alert_text": "Tránh đường ven sông.",
        "alert_level": "warning",
        "alert_until": timezone.now() + timedelta(hours=5),
    }
    return SimpleNamespace(**fields | values)


class Moved(CityTestCase):
    english = True

    def shown(self, path: str) -> str:
        return self.client.get(path, HTTP_HOST="localhost").content.decode()

    def move(self, site, page, english=None) -> None:
        moved._raise(apps, site, page, english, timezone.now())

    def test_of_the_city_stands_on_every_site_with_its_english_words(self):
        self.move(self.city.site, front_page(), front_page(alert_title="High tide", alert_text="Keep away."))

        self.assertIn("Tránh đường ven sông.", self.shown("/my-long/"))
        self.assertIn("High tide", self.shown("/en/"))
        self.assertEqual(invariants.violations(), [])

    def test_of_a_ward_stands_there_alone_and_once(self):
        page = front_page(alert_title="")
        for _time in range(2):
            self.move(self.city.my_long, page)

        self.assertEqual(Alert.objects.get().title, "Tránh đường ven sông.")
        self.assertIn("Tránh đường ven sông.", self.shown("/my-long/"))
        self.assertNotIn("Tránh đường ven sông.", self.shown("/my-xuyen/"))
        self.assertEqual(invariants.violations(), [])
