"""A page that two persons keep for the record: its state where readers meet it, and nowhere once it is renewed."""

import time_machine

from sections.models import SectionIndexPage
from tests.city import CityTestCase, draft, publish
from tests.sections import pages
from workflows.models import TakeDown
from workflows.publishing import takedown

STATE = "Giữ lại để tra cứu từ 16/06/2020"


@time_machine.travel("2020-06-16 09:00 +0700", tick=False)
class KeptForTheRecord(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel("2020-06-10 09:00 +0700", tick=False):
            cls.section: SectionIndexPage = cls.city.section(cls.city.site)
            page = draft(pages.article(title="Mức hỗ trợ hộ nghèo"), cls.section, by=cls.cast.standing_office)
            cls.page = publish(page)

    def outputs(self):
        """What the list of its section, the search and the feed say."""
        return {
            "list": pages.visit(self.client, self.section),
            "search": self.client.get("/tim-kiem/", {"q": "hỗ trợ hộ nghèo"}, headers={"host": "localhost"}),
            "feed": pages.visit(self.client, self.section, end="rss/"),
            "Atom": pages.visit(self.client, self.section, end="atom/"),
        }

    def keep(self):
        (row,) = takedown.propose(
            self.page,
            TakeDown.Ground.NO_LONGER_SUITABLE,
            by=self.cast.standing_office,
            explanation="Mức hỗ trợ trong bài không còn áp dụng.",
        )
        takedown.decide(row, TakeDown.Decision.RETAIN, by=self.cast.head, note="Đồng ý giữ.")

    def test_a_list_the_search_and_the_feed_say_so_and_the_page_says_why(self):
        for name, response in self.outputs().items():
            with self.subTest(before=name):
                self.assertContains(response, self.page.slug)
                self.assertNotContains(response, "Giữ lại để tra cứu")

        self.keep()

        for name, response in self.outputs().items():
            with self.subTest(name):
                self.assertContains(response, STATE)
        self.assertContains(pages.visit(self.client, self.page), "Mức hỗ trợ trong bài không còn áp dụng.")

    def test_what_waits_for_the_second_person_is_said_nowhere(self):
        takedown.propose(
            self.page,
            TakeDown.Ground.NO_LONGER_SUITABLE,
            by=self.cast.standing_office,
            explanation="Mức hỗ trợ trong bài không còn áp dụng.",
        )

        for name, response in self.outputs().items():
            with self.subTest(name):
                self.assertNotContains(response, "Giữ lại để tra cứu")
