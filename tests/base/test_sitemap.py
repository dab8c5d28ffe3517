"""A long sitemap is divided: pages first, then what stands below pages; nothing is named twice or left out."""

import re
from unittest import mock

from base.public import sitemap
from tests.city import CityTestCase, draft, publish_at_once
from tests.legalref.library import public_document, register
from tests.sections import pages


class LongSitemap(CityTestCase):
    english = True

    def setUp(self):
        for number in range(4):
            article = pages.article(title=f"Bài {number}")
            publish_at_once(draft(article, self.city.section(self.city.site), by=self.cast.standing_office))
        register(self.city.site)
        for number in range(3):
            public_document(self.city.site, by=self.cast.editor, symbol=f"3{number}/2021/QĐ-UBND")

    def addresses(self, at: str = "/sitemap.xml") -> list[str]:
        answer = self.client.get(at)
        self.assertEqual(answer.status_code, 200, at)
        return re.findall(r"<loc>([^<]+)</loc>", answer.text)

    def test_is_a_list_of_parts_that_name_each_address_once(self):
        whole = self.addresses()
        self.assertEqual(sum("/bai-" in address for address in whole), 4)
        self.assertEqual(sum("/van-ban/quyet-dinh-3" in address for address in whole), 3)
        self.assertEqual(len(whole), len(set(whole)))

        with mock.patch.object(sitemap, "PAGES_PER_FILE", 7):
            parts = self.addresses()
            found = [self.addresses(f"/{part.rpartition('/')[2]}") for part in parts]
            beyond = self.client.get(f"/sitemap-{len(parts) + 1}.xml")

        self.assertGreater(len(parts), 2)
        self.assertCountEqual([address for part in found for address in part], whole)
        self.assertEqual(beyond.status_code, 404)

    def test_counts_what_stands_below_pages(self):
        with mock.patch.object(sitemap, "PAGES_PER_FILE", len(self.addresses()) - 1):
            self.assertIn("<sitemapindex", self.client.get("/sitemap.xml").text)

    def test_names_the_translations_of_a_page_beside_it(self):
        text = self.client.get("/sitemap.xml").text

        for language in ("vi", "en"):
            self.assertIn(f'hreflang="{language}"', text)
        self.assertNotIn("None", text)
