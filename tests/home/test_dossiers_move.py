"""Dossiers of a site that ends go along with their items, or back to their writers; none points to a dead site."""

from datetime import datetime, timedelta

import time_machine
from django.core import mail

from home import opening
from tests import factories
from tests.city import CityTestCase, fresh
from workflows.deadlines import VIETNAM
from workflows.models import PublicationBundle
from workflows.models.bundle import OPEN
from workflows.publishing import bundles

NOW = datetime(2026, 11, 30, 9, tzinfo=VIETNAM)
ACT = "Nghị quyết 12/2026/NQ-HĐND"
State = PublicationBundle.State


class Moves(CityTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=True))
        self.ward, self.successor = self.city.my_long, self.city.my_xuyen

    def dossier(self, *things, submitted=True, **kwargs):
        bundle = bundles.make("Hồ sơ của Mỹ Long", things, by=self.cast.contributor)
        if submitted:
            bundles.submit(bundle, by=self.cast.contributor, declaration=True, remark="Đã xem.", **kwargs)
        return PublicationBundle.objects.get(pk=bundle.pk)

    def draft(self, **fields):
        return factories.article(self.city.section(self.ward), by=self.cast.contributor, **fields)

    def public_page(self):
        """A public page of the ward with a newer draft: it stays where it is."""
        page = self.city.section(self.ward)
        page.save_revision(user=self.cast.contributor)
        page.refresh_from_db()
        page.intro = "Giới thiệu khác."
        page.save_revision(user=self.cast.contributor)
        return page

    def carry_out(self, prepare, **arguments):
        made = prepare(by=self.cast.standing_office, legal_act=ACT, effective_on=NOW.date(), **arguments)
        self.prepared = [item["kind"] for item in made.handover]
        opening.submit_opening(made, by=self.cast.standing_office)
        opening.approve_opening(made, by=fresh(self.cast.head))

    def merge(self):
        self.carry_out(opening.merge_wards, predecessors=[self.ward], successor=self.successor)

    def test_all_of_it_moves_and_is_submitted_anew(self):
        bundle = self.dossier(self.draft(), self.draft())

        self.merge()

        bundle.refresh_from_db()
        self.assertEqual((bundle.site, bundle.state, bundle.items.count()), (self.successor, State.RETURNED, 2))
        self.assertIn(ACT, bundle.reason)
        self.assertIn("bundle", self.prepared)
        told = {message.to[0] for message in mail.outbox if message.subject.startswith("Hồ sơ đăng chuyển trang")}
        self.assertEqual(told, {self.cast.contributor_my_xuyen.email})

    def test_its_new_writers_find_it_on_their_desk_and_submit_it(self):
        bundle = self.dossier(self.draft())
        self.merge()
        writer = fresh(self.cast.contributor_my_xuyen)
        self.client.force_login(writer)

        self.assertContains(self.client.get("/quan-tri/"), f"/quan-tri/ho-so-dang/{bundle.pk}/")
        bundles.submit(bundle, by=writer, declaration=True, remark="Đã xem lại.")
        bundles.approve(bundle, by=fresh(self.cast.head))

        bundle.refresh_from_db()
        self.assertEqual(bundle.state, State.PUBLISHED)

    def test_what_stays_behind_leaves_it_by_name(self):
        stays = self.public_page()
        bundle = self.dossier(self.draft(), stays)

        self.merge()

        bundle.refresh_from_db()
        self.assertEqual((bundle.site, bundle.items.count()), (self.successor, 1))
        self.assertIn(f"«{stays.title}»", bundle.reason)

    def test_one_of_which_nothing_moves_is_given_up(self):
        bundle = self.dossier(self.public_page())

        self.merge()

        bundle.refresh_from_db()
        self.assertEqual((bundle.state, bundle.items.count()), (State.DROPPED, 0))

    def test_one_approved_for_an_hour_does_not_keep_it(self):
        bundle = self.dossier(self.draft(), publish_at=NOW + timedelta(days=1))
        bundles.approve(bundle, by=fresh(self.cast.head))

        self.merge()

        bundle.refresh_from_db()
        self.assertEqual(bundle.state, State.RETURNED)

    def test_one_of_the_citys_keeps_what_is_the_citys(self):
        own = factories.article(self.city.section(self.city.site), by=self.cast.editor)
        bundle = bundles.make("Hồ sơ chung", [own, self.public_page()], by=self.cast.editor)

        self.carry_out(opening.close_ward, site=self.ward)

        bundle.refresh_from_db()
        self.assertEqual((bundle.site, bundle.state), (self.city.site, State.RETURNED))
        self.assertEqual([item.thing for item in bundle.items.all()], [own])

    def test_a_site_that_closes_leaves_no_open_dossier_behind(self):
        self.dossier(self.draft(), submitted=False)
        self.dossier(self.draft())

        self.carry_out(opening.close_ward, site=self.ward)

        self.assertFalse(PublicationBundle.objects.filter(site=self.ward, state__in=OPEN).exists())

    def test_a_ward_that_splits_gives_them_to_its_successor(self):
        bundle = self.dossier(self.draft())
        wards = [
            opening.NewWard("Phường Mỹ Hòa", "my-hoa@example.invalid", "ward"),
            opening.NewWard("Phường Mỹ An", "my-an@example.invalid", "ward"),
        ]

        self.carry_out(opening.split_ward, site=self.ward, wards=wards, goes_on=False)

        bundle.refresh_from_db()
        self.assertEqual((bundle.site.name, bundle.state), ("Phường Mỹ Hòa", State.RETURNED))

    def test_dossiers_of_other_sites_stay_as_they_are(self):
        other = factories.article(self.city.section(self.successor), by=self.cast.contributor_my_xuyen)
        bundle = bundles.make("Của Mỹ Xuyên", [other], by=self.cast.contributor_my_xuyen)
        bundles.submit(bundle, by=self.cast.contributor_my_xuyen, declaration=True, remark="Đã xem.")

        self.merge()

        bundle.refresh_from_db()
        self.assertEqual(bundle.state, State.SUBMITTED)
