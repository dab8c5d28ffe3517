"""The front pages: answered from the page cache, and with a feed of their own."""

from tests.city import CityTestCase, publish
from tests.workflows.drafts import article


class FrontPages(CityTestCase):
    def test_the_front_page_may_be_kept_by_the_page_cache(self):
        for address in ("/", "/my-long/"):
            answer = self.client.get(address, HTTP_HOST="localhost")

            self.assertEqual(answer.status_code, 200)
            self.assertIn("X-Portal-Cache", answer.headers)

    def test_the_feed_of_a_site_holds_its_newest_items_and_no_other_sites(self):
        publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin của Mỹ Long"))

        ward = self.client.get("/my-long/rss/", HTTP_HOST="localhost")
        city = self.client.get("/rss/", HTTP_HOST="localhost")

        self.assertContains(ward, "Tin của Mỹ Long")
        self.assertNotContains(city, "Tin của Mỹ Long")
        self.assertEqual(ward.headers["Content-Type"], "application/rss+xml; charset=utf-8")
