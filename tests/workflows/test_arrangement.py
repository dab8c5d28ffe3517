"""Order, place and schedule: verbs of our own, two persons for the move of a public page."""

from datetime import UTC, datetime

from base.gate import Refused
from tests.city import CityTestCase, publish
from tests.workflows.drafts import article, on_city_host
from workflows.models import MoveProposal
from workflows.publishing import arrangement


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
