"""What waits in the demo beside questions: articles, drafts that appear at one instant with an alert."""

from datetime import date

from django.utils import timezone

from alerts.models import Alert
from base.models import OrganisationUnit
from faq.models import ContributedArticle
from home.demo import sent
from sections.models import UnitArticle
from tests import factories
from tests.city import CityTestCase, appointed, fresh, person
from workflows.models import PublicationBundle
from workflows.publishing import bundles


class Waiting(CityTestCase):
    def test_articles_are_sent_once_and_marked_as_illustrative(self):
        for _time in range(2):
            sent.send_all(self.city.site, self.cast.standing_office, timezone.now())

        articles = ContributedArticle.objects.order_by("received_at")
        self.assertEqual([article.state for article in articles], ["waiting", "received"])
        self.assertTrue(all(article.is_illustrative for article in articles))
        self.assertTrue(all("minh họa" in article.text for article in articles))

    def test_drafts_wait_for_a_second_person_as_one(self):
        section = self.city.section(self.city.site)
        drafts = [factories.article(section, by=self.cast.editor), factories.notice(section, by=self.cast.editor)]
        drafts.append(sent.alert_of(self.city.site, self.cast.editor, timezone.now()))
        for _time in range(2):
            sent.submit_together(drafts, self.cast.editor, timezone.now())

        bundle = PublicationBundle.objects.get()
        self.assertEqual((bundle.state, bundle.items.count()), (PublicationBundle.State.SUBMITTED, 3))
        self.assertFalse(Alert.objects.exists())
        bundles.approve(bundle, by=self.cast.head)
        self.assertIn("dữ liệu minh họa", Alert.objects.get().title)

    def test_a_unit_sends_one_article(self):
        unit = OrganisationUnit.objects.create(
            name="Phòng mẫu",
            slug="phong-mau",
            kind=OrganisationUnit.Kind.OFFICE,
            parent=self.city.site.unit,
            valid_from=date(2020, 1, 1),
        )
        writer = person("ctv.phong-mau", "Cán bộ mẫu 71")
        appointed(writer, "unit_contributor", self.city.site, unit=unit)
        for _time in range(2):
            sent.send_of_unit(unit, fresh(writer), timezone.now())

        article = UnitArticle.objects.get()
        self.assertEqual(article.state, UnitArticle.State.SENT)
        self.assertIn("minh họa", article.text)
