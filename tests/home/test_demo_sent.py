"""What waits in the demo beside questions: articles of people without an account, drafts that appear at one instant."""

from django.utils import timezone

from faq.models import ContributedArticle
from home.demo import sent
from tests import factories
from tests.city import CityTestCase
from workflows.models import PublicationBundle


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
        for _time in range(2):
            sent.submit_together(drafts, self.cast.editor, timezone.now())

        bundle = PublicationBundle.objects.get()
        self.assertEqual((bundle.state, bundle.items.count()), (PublicationBundle.State.SUBMITTED, 2))
