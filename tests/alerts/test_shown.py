"""What readers see: on the kept pages of the sites chosen and of no other, in English, put away in a browser."""

import re

from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from alerts import raising
from base.models import PortalSite, SiteGeneration
from base.operations.handlers import PortalWSGIHandler
from base.public.page_cache import PageCache
from tests import city as small_city
from tests.alerts.standing import content, stand
from tests.base.test_page_cache import FakeClock
from tests.city import CityTestCase

MORE = (
    "binh-duc",
    "binh-khanh",
    "dong-xuyen-b",
    "my-hoa",
    "my-phuoc",
    "my-quy",
    "my-thanh",
    "my-thoi",
    "my-khanh-b",
    "my-b",
)
TEXT = "Tránh đường ven sông."


class KeptPages(CityTestCase):
    """Fourteen sites: the city and thirteen wards."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        for number, slug in enumerate(MORE):
            maker = cls.cast.standing_office
            site = small_city._open_ward(maker, f"Phường {slug}", slug, slug, str(40_000 + number))
            small_city._make_public(site)
        cls.paths = ["/", "/tin-tuc/"]
        wards = PortalSite.objects.filter(kind=PortalSite.Kind.WARD)
        cls.paths += [f"/{site.slug}/{end}" for site in wards for end in ("", "tin-tuc/")]

    def setUp(self):
        # As Django's test client does: the handler must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.clock = FakeClock()
        self.cache = PageCache(PortalWSGIHandler(), max_bytes=50_000_000, clock=self.clock)

    def ask(self, path: str) -> bytes:
        environ = RequestFactory().get(path, headers={"host": "localhost"}).environ
        return b"".join(self.cache(environ, lambda status, headers, exc_info=None: None))

    def all_pages(self) -> dict[str, bytes]:
        return {path: self.ask(path) for path in self.paths}

    def test_of_three_sites_of_fourteen_show_it_and_the_bytes_of_the_others_are_the_same(self):
        self.assertEqual(PortalSite.objects.count(), 14)
        chosen = [self.city.my_long, self.city.my_xuyen, self.city.dong_xuyen]
        before, values = self.all_pages(), dict(SiteGeneration.objects.values_list("site_id", "value"))

        stand(sites=chosen)
        self.clock.advance(2)
        after = self.all_pages()

        own = {path for path in self.paths for site in chosen if path.startswith(f"/{site.slug}/")}
        self.assertEqual({path for path, body in after.items() if TEXT in body.decode()}, own)
        self.assertEqual({path for path in self.paths if before[path] != after[path]}, own)
        raised = {
            key for key, value in SiteGeneration.objects.values_list("site_id", "value") if value != values.get(key)
        }
        self.assertEqual(raised, {site.pk for site in chosen})

    def test_lose_it_when_it_is_ended(self):
        before = self.all_pages()
        alert = stand()
        self.clock.advance(2)
        self.assertTrue(all(TEXT in body.decode() for body in self.all_pages().values()))

        raising.end_alert(alert, by=self.cast.head, reason="Nước đã rút.")
        self.clock.advance(2)

        self.assertEqual(self.all_pages(), before)


class InEnglish(CityTestCase):
    english = True

    def shown(self, path="/en/") -> str:
        return self.client.get(path, HTTP_HOST="localhost").content.decode().split("<main")[0]

    def test_is_the_english_text_where_there_is_one(self):
        stand(title_en="High tide", text_en="Keep away from the river.", url="/van-ban/")

        html = self.shown()

        self.assertIn("High tide", html)
        self.assertIn("Keep away from the river.", html)
        self.assertIn(">Details</a>", html)
        self.assertNotIn("Tránh đường", html)
        self.assertIn(TEXT, self.shown("/"))

    def test_is_the_vietnamese_one_marked_and_with_a_note_where_there_is_none(self):
        stand()

        html = self.shown()

        self.assertIn('<div lang="vi"><p class="alert__title">Triều cường</p><p>Tránh đường ven sông.</p></div>', html)
        self.assertIn("This alert is available in Vietnamese only.", html)
        self.assertNotIn("chỉ có bằng tiếng Việt", self.shown("/"))


class PuttingAway(CityTestCase):
    def shown(self) -> str:
        return self.client.get("/", HTTP_HOST="localhost").content.decode()

    def test_is_offered_by_a_script_alone_for_all_but_emergencies(self):
        stand(title="Mưa lớn")
        stand(level="emergency", title="Vỡ đê")

        html = self.shown()

        buttons = re.findall(r"<button[^>]*alert__away[^>]*>", html)
        self.assertEqual(len(buttons), 1)
        self.assertIn("hidden", buttons[0])
        self.assertEqual(html.count("data-alert="), 1)
        self.assertIn("js/alerts.js", html)

    def test_has_another_key_after_each_change(self):
        alert = stand()
        keys = {re.search(r'data-alert="([^"]+)"', self.shown())[1]}
        for text in ("Nước lên.", "Nước rút."):
            raising.change_alert(alert, content(text=text), by=self.cast.head, reason="Rõ hơn.")
            keys.add(re.search(r'data-alert="([^"]+)"', self.shown())[1])

        self.assertEqual(len(keys), 3)

    def test_needs_no_script_where_nothing_stands(self):
        self.assertNotIn("js/alerts.js", self.shown())
