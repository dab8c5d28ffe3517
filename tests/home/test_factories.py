"""What the factories make passes its preflight, so that tests fail for the reason they name."""

from tests import factories
from tests.city import CityTestCase, publish


class Factories(CityTestCase):
    def test_pages_have_no_blockers(self):
        for key, make in (
            ("tin-tuc", factories.article),
            ("tin-tuc", factories.notice),
            ("gioi-thieu", factories.standard),
            ("gioi-thieu", factories.officials),
            ("chi-dao-dieu-hanh", factories.schedule),
            ("du-an", factories.project),
            ("khoa-hoc", factories.science_programme),
            ("thong-ke", factories.statistics),
            ("gop-y", factories.consultation),
            ("giai-thich", factories.clarification),
        ):
            with self.subTest(make=make.__name__):
                page = make(self.city.section(self.city.site, key), by=self.cast.editor)
                self.assertEqual([found.message for found in page.preflight() if found.is_blocker], [])

    def test_documents_can_be_published_and_cited(self):
        decision = factories.document(self.city.site, by=self.cast.standing_office)
        decision = publish(decision, by=self.cast.standing_office)
        page = factories.article(
            self.city.section(self.city.site),
            by=self.cast.editor,
            cites=[decision],
            picture=factories.picture(self.city.site),
        )

        page = publish(page, by=self.cast.editor)

        self.assertContains(self.client.get(page.get_url_parts()[2]), str(decision.symbol))
