from xml.etree import ElementTree

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from sections import feeds
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages
from tests.sections.test_listing import make_many


def items_of(response):
    """The feed's items as (title, link) pairs."""
    channel = ElementTree.fromstring(response.content).find("channel")
    return [(item.findtext("title"), item.findtext("link")) for item in channel.findall("item")]


class SectionFeedTests(CityTestCase):
    def setUp(self):
        self.section = self.city.section(self.city.site)

    def test_live_items_with_their_addresses(self):
        page = publish_at_once(draft(pages.article(title="Chợ nổi <Long Xuyên> & bến"), self.section))
        draft(pages.article(title="Bài nháp"), self.section)

        response = pages.visit(self.client, self.section, end="rss/")

        self.assertEqual(response["Content-Type"], feeds.CONTENT_TYPE)
        self.assertEqual(items_of(response), [("Chợ nổi <Long Xuyên> & bến", page.full_url)])

    def test_a_ward_feed_bears_the_address_of_its_own_host(self):
        section = self.city.section(self.city.my_long)
        page = publish_at_once(draft(pages.article(), section))

        self.assertEqual(items_of(pages.visit(self.client, section, end="rss/")), [(page.title, page.full_url)])

    def test_the_list_names_its_feed(self):
        response = pages.visit(self.client, self.section)

        self.assertContains(response, 'type="application/rss+xml"')
        self.assertContains(response, "/tin-tuc/rss/")

    def test_its_name_is_in_the_language_of_the_reader(self):
        site = self.city.site
        type(site).objects.filter(pk=site.pk).update(name_en="Long Xuyen City Portal")

        with translation.override("en"):
            self.assertEqual(self.section.feed_title, "Tin tức, sự kiện – Long Xuyen City Portal")
        self.assertEqual(self.section.feed_title, f"Tin tức, sự kiện – {site.name}")

    def test_twenty_items_by_a_constant_number_of_queries(self):
        make_many(self.section, 30)
        self.section.full_url  # noqa: B018  the site's root paths are read once

        with CaptureQueriesContext(connection) as queries:
            response = feeds.section_feed(self.section)

        self.assertEqual(len(items_of(response)), 20)
        self.assertLessEqual(len(queries), 6)

    def test_an_empty_section_has_an_empty_feed(self):
        self.assertEqual(items_of(pages.visit(self.client, self.section, end="rss/")), [])


class SiteFeedTests(CityTestCase):
    def test_items_of_all_sections_of_the_site_and_of_no_ward(self):
        publish_at_once(draft(pages.article(title="Tin thành phố"), self.city.section(self.city.site)))
        publish_at_once(draft(pages.project(title="Dự án"), self.city.section(self.city.site, "du-an")))
        publish_at_once(draft(pages.article(title="Tin phường"), self.city.section(self.city.my_long)))

        response = feeds.site_feed(self.city.home)

        self.assertEqual({title for title, _link in items_of(response)}, {"Tin thành phố", "Dự án"})

    def test_a_section_that_is_not_public_gives_nothing(self):
        ArticlePage.objects.all()
        hidden = draft(pages.standard(title="Nhóm nháp"), self.city.home)
        publish_at_once(draft(pages.article(title="Dưới mục nháp"), hidden))

        self.assertEqual(items_of(feeds.site_feed(self.city.home)), [])
