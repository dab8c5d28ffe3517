"""The citation block: link, badge and subject with a constant number of queries."""

from datetime import date

from wagtail.blocks import StreamBlock

from legalref import blocks
from legalref.life.effect import REPLACES
from tests.city import CityTestCase
from tests.legalref.library import related

from .library import draft_document, public_document, register, seed_public


class Citations(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        register(cls.city.site)
        cls.documents = seed_public(cls.cast.standing_office)
        cls.stream = StreamBlock([("document", blocks.LegalBasisBlock())])

    def value(self, *documents, provision="", role="basis"):
        return self.stream.to_python(
            [
                {
                    "type": "document",
                    "value": {"document": document.pk, "provision": provision, "role": role},
                    "id": str(number),
                }
                for number, document in enumerate(documents)
            ]
        )

    def render(self, value):
        return "".join(child.render() for child in value)

    def test_shows_link_to_the_provision_badge_and_subject(self):
        html = self.render(self.value(self.documents["qd-01-2020"], provision="điểm đ khoản 1 Điều 10"))

        self.assertIn("/van-ban/quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen/#quy-che-dieu-10-khoan-1-diem-dd", html)
        self.assertIn("status--in-force", html)
        self.assertIn("Ban hành Quy chế", html)

    def test_rows_cost_no_queries_of_their_own(self):
        def rendered(*keys):
            return self.render(self.value(*(self.documents[key] for key in keys)))

        rendered("qd-01-2020")
        with self.assertNumQueries(2):
            rendered("qd-01-2020")
        with self.assertNumQueries(2):
            rendered("qd-01-2020", "nd-43-2011", "l-77-2015", "tt-22-2013", "nd-43-2011")

    def test_draft_is_not_shown(self):
        document = draft_document(self.city.site, by=self.cast.editor)

        self.assertNotIn("12/2021", self.render(self.value(document)))

    def test_lapsed_citations_are_told_for_a_warning(self):
        old = public_document(self.city.site, by=self.cast.editor)
        related(
            self.documents["qd-01-2020"], REPLACES, old, by=self.cast.standing_office, effective_on=date(2021, 6, 1)
        )

        found = blocks.lapsed_citations(self.value(old, self.documents["qd-01-2020"]))

        self.assertEqual(found, [old])
