"""Order, place and schedule: verbs of our own, two persons for the move of a public page."""

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Locale, Page

from base.gate import Refused
from base.models import PublicItem
from base.public.index import rebuilding
from tests import factories
from tests.city import CityTestCase, fresh, publish, publish_at_once
from tests.workflows.drafts import article, on_city_host
from workflows.models import MoveProposal
from workflows.publishing import arrangement
from workflows.translations import starting


class Arrangement(CityTestCase):
    def setUp(self):
        cast, city = self.cast, self.city
        self.first = publish(article(city, city.my_long, by=cast.contributor, title="Tin thứ nhất"))
        self.second = publish(article(city, city.my_long, by=cast.contributor, title="Tin thứ hai"))
        self.target = city.section(city.my_long, "chi-dao-dieu-hanh")

    def again(self, page):
        return type(page).objects.get(pk=page.pk)

    def test_an_editor_puts_one_page_before_another(self):
        arrangement.reorder(self.second, by=self.cast.editor, before=self.first)

        self.assertLess(self.again(self.second).path, self.again(self.first).path)

    def test_a_contributor_cannot_order(self):
        with self.assertRaises(Refused):
            arrangement.reorder(self.second, by=self.cast.contributor, before=self.first)

    def test_a_public_page_moves_when_a_second_person_agrees_and_its_old_address_redirects(self):
        old = on_city_host(self.city, self.first)
        proposal = arrangement.propose_move(self.first, self.target, by=self.cast.contributor, reason="Đúng mục hơn.")
        self.assertEqual(self.again(self.first).get_parent().pk, self.first.get_parent().pk)

        arrangement.decide_move(proposal, by=self.cast.head, accepted=True)

        moved = self.again(self.first)
        self.assertEqual(moved.get_parent().pk, self.target.pk)
        self.assertTrue(moved.live)
        self.assertEqual(self.client.get(on_city_host(self.city, moved), HTTP_HOST="localhost").status_code, 200)
        ward = self.client.get(old.removeprefix("/my-long"), HTTP_HOST="my-long.localhost:8000")
        self.assertEqual(ward.status_code, 301)
        self.assertEqual(self.client.get(old, HTTP_HOST="localhost").status_code, 301)

    def test_the_proposer_cannot_decide_his_own_move(self):
        proposal = arrangement.propose_move(self.first, self.target, by=self.cast.head, reason="Đúng mục hơn.")

        with self.assertRaises(Refused):
            arrangement.decide_move(proposal, by=self.cast.head, accepted=True)

        self.assertTrue(MoveProposal.objects.get().is_open)

    def test_a_page_once_public_is_not_moved_as_a_draft(self):
        with self.assertRaises(Refused):
            arrangement.move_draft(self.first, self.target, by=self.cast.contributor)

    def test_a_schedule_is_cancelled_and_the_version_needs_approval_again(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin hẹn giờ")
        page.go_live_at = datetime(2099, 1, 1, tzinfo=UTC)
        page.save_revision(user=self.cast.contributor)
        page = publish(page, by=self.cast.contributor)

        revision = arrangement.unschedule(page, by=self.cast.editor)

        self.assertIsNone(revision.approved_go_live_at)
        self.assertFalse(self.again(page).live)


class WithTranslation(CityTestCase):
    """A page about the city's history with its English translation; it moves to another section."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        city, cast = cls.city, cls.cast
        cls.source = publish_at_once(factories.standard(city.section(city.site, "gioi-thieu"), by=cast.editor))
        cls.page = starting.start(cls.source, by=cast.editor, title="History of the city")
        publish_at_once(cls.page)
        about = city.section(city.site, "gioi-thieu")
        cls.target = publish_at_once(factories.standard(about, by=cast.editor, title="Địa lý"))
        publish_at_once(starting.start(cls.target, by=cast.editor, title="Where the city lies"))

    def again(self, page):
        return type(page).objects.get(pk=page.pk)

    def english_of(self, page) -> Page:
        return page.get_translation(Locale.objects.get(language_code="en"))

    def propose(self, target=None):
        return arrangement.propose_move(
            self.again(self.source), target or self.target, by=self.cast.editor, reason="Đúng mục hơn."
        )

    def decide(self, proposal, **given):
        arrangement.decide_move(proposal, by=fresh(self.cast.head), **{"accepted": True, **given})

    def screen(self, name, key, user=None):
        self.client.force_login(user or self.cast.head)
        return self.client.get(reverse(name, args=[key]))

    def test_it_goes_along_under_the_translation_of_the_new_place_once_the_second_person_agrees(self):
        old = self.page.url
        proposal = self.propose()
        self.assertContains(self.screen("workflows_decide_move", proposal.pk), "đi theo, đến")
        self.assertEqual(self.again(self.page).get_parent(), self.page.get_parent())

        self.decide(proposal)

        moved = self.again(self.page)
        self.assertEqual(moved.get_parent().pk, self.english_of(self.target).pk)
        self.assertEqual(self.again(self.source).get_parent().pk, self.target.pk)
        answer = self.client.get(old, headers={"host": "localhost"})
        self.assertEqual((answer.status_code, answer["Location"]), (301, moved.url))
        self.assertEqual(self.client.get(moved.url, headers={"host": "localhost"}).status_code, 200)
        self.assertEqual(PublicItem.objects.get(page=moved).section_id, moved.get_parent().pk)
        self.assertEqual(rebuilding.violations(), [])
        self.assertNotContains(self.screen("workflows_translation", moved.pk), "bản dịch còn ở mục khác")

    def test_refused_nothing_moves(self):
        self.decide(self.propose(), accepted=False, note="Để nguyên.")

        self.assertEqual(self.again(self.page).get_parent(), self.page.get_parent())

    def test_without_a_translated_place_it_stays_and_the_screens_say_what_is_missing(self):
        target = publish_at_once(factories.standard(self.city.section(self.city.site, "gioi-thieu"), title="Sông ngòi"))
        proposal = self.propose(target)
        self.assertContains(self.screen("workflows_decide_move", proposal.pk), "mục mới chưa có bản dịch")

        self.decide(proposal)

        self.assertEqual(self.again(self.page).get_parent(), self.page.get_parent())
        self.assertContains(self.screen("workflows_translation", self.page.pk), "Mục ấy chưa có bản dịch")
        made = starting.start(target, by=self.cast.editor, title="Rivers")
        publish_at_once(made)
        self.assertContains(
            self.screen("workflows_translation", self.page.pk), reverse("workflows_move", args=[self.page.pk])
        )
        later = arrangement.propose_move(self.again(self.page), made, by=self.cast.editor, reason="Theo trang gốc.")
        self.decide(later)

        self.assertEqual(self.again(self.page).get_parent().pk, made.pk)
        self.assertNotContains(self.screen("workflows_translation", self.page.pk), "bản dịch còn ở mục khác")

    def test_what_waits_on_it_ends_as_on_the_page(self):
        page = self.again(self.page).get_latest_revision_as_object()
        page.summary = "The ward lies on the right bank of the river."
        page.save_revision(user=self.cast.editor)
        own = arrangement.propose_move(
            self.again(self.page), self.english_of(self.target), by=self.cast.editor, reason="Theo trang gốc."
        )

        self.decide(self.propose())

        own.refresh_from_db()
        self.assertEqual((own.is_open, own.accepted), (False, False))

    def test_an_address_that_is_taken_there_is_named_before_anything_moves(self):
        place = self.english_of(self.target)
        publish_at_once(factories.standard(place, title="History of the city", slug=self.page.slug))

        with self.assertRaisesRegex(ValidationError, "Bản dịch «History of the city» không đi theo được"):
            self.propose()
        self.assertFalse(MoveProposal.objects.exists())

    def test_the_screen_of_the_move_says_that_it_goes_along(self):
        self.assertContains(self.screen("workflows_move", self.source.pk, self.cast.editor), "đi theo, đến bản dịch")
        self.assertNotContains(self.screen("workflows_move", self.page.pk, self.cast.editor), "đi theo, đến bản dịch")
