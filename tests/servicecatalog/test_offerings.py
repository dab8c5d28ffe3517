"""Services on the sites: offered everywhere as one batch of two persons, ended by one decision, led on at a merger."""

from datetime import date
from unittest import mock

from django.core import mail
from django.core.exceptions import ValidationError

from base.gate import Refused
from servicecatalog.catalogue import batches, offerings
from servicecatalog.models import CatalogueBatch, ServiceOffering
from tests.city import CityTestCase, fresh
from tests.desks import rows_for
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.models import ArchiveCopy, TakeDown
from workflows.publishing import takedown

State = CatalogueBatch.State


class Offering(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.procedure = a_procedure(cls.city)
        cls.wards = [cls.city.dong_xuyen, cls.city.my_long, cls.city.my_xuyen]
        cls.office, cls.head = cls.cast.standing_office, cls.cast.head

    def offered(self, procedure=None, **more):
        return offerings.offer_everywhere(
            [procedure or self.procedure], by=fresh(self.office), declaration=True, **more
        )

    def pages(self, procedure=None):
        return ServiceOffering.objects.filter(procedure=procedure or self.procedure)


class Everywhere(Offering):
    def test_makes_drafts_on_every_ward_and_hands_them_in_as_one_batch(self):
        batch = self.offered()

        self.assertEqual(sorted(page.portal_site.slug for page in self.pages()), ["dong-xuyen", "my-long", "my-xuyen"])
        self.assertFalse(self.pages().live().exists())
        self.assertEqual((batch.state, batch.offerings.count()), (State.SUBMITTED, 3))

    def test_is_public_only_after_a_second_person_and_each_with_its_sealed_copy(self):
        batch = self.offered()
        with self.assertRaises(Refused):
            batches.approve(batch, by=self.office)
        with self.assertRaises(Refused):
            batches.approve(batch, by=self.cast.ward_approver)

        batch = batches.carry_on(batches.approve(batch, by=self.head))

        self.assertEqual(batch.state, State.PUBLISHED)
        self.assertEqual(self.pages().live().count(), 3)
        copies = ArchiveCopy.objects.filter(object_id__in=[str(pk) for pk in self.pages().values_list("pk", flat=True)])
        self.assertEqual(copies.count(), 3)
        self.assertContains(self.client.get("/my-long/dich-vu-cong/"), self.procedure.name)

    def test_goes_to_the_sites_of_the_level_at_which_it_is_done(self):
        for fields, slugs in (
            ({"at_ward": True}, ["dong-xuyen", "my-long", "my-xuyen"]),
            ({"at_ward": False, "at_district": True}, ["long-xuyen"]),
            ({"at_ward": True, "at_district": True}, ["dong-xuyen", "long-xuyen", "my-long", "my-xuyen"]),
        ):
            with self.subTest(fields):
                procedure = a_procedure(self.city, **fields)

                self.assertEqual(sorted(site.slug for site in offerings.belongs_to(procedure)), slugs)

    def test_again_adds_only_what_is_missing(self):
        an_offering(self.city.my_long, self.procedure)
        batch = self.offered()
        batches.carry_on(batches.approve(batch, by=self.head))

        self.assertEqual((batch.offerings.count(), self.pages().count()), (2, 3))
        with self.assertRaises(ValidationError):
            self.offered()

    def test_needs_the_declaration_and_the_right_on_every_site(self):
        with self.assertRaises(ValidationError):
            offerings.offer_everywhere([self.procedure], by=self.office, declaration=False)
        with self.assertRaises(Refused):
            offerings.offer_everywhere([self.procedure], by=self.cast.contributor, declaration=True)
        self.assertFalse(CatalogueBatch.objects.exists())

    def test_is_not_published_when_a_draft_was_changed_after_it_was_handed_in(self):
        batch = self.offered()
        page = self.pages().first()
        page.place = "Nơi khác"
        page.save_revision(user=self.cast.editor)

        with self.assertRaises(Refused):
            batches.approve(batch, by=self.head)

    def test_goes_back_with_a_reason_and_leaves_the_drafts(self):
        batch = self.offered()
        with self.assertRaises(ValidationError):
            batches.send_back(batch, by=self.head, reason=" ")

        batch = batches.send_back(batch, by=self.head, reason="Thiếu nơi tiếp nhận.")

        self.assertEqual((batch.state, self.pages().live().count(), self.pages().count()), (State.RETURNED, 0, 3))
        with self.assertRaises(Refused):
            batches.approve(batch, by=self.head)

    def test_goes_on_where_a_bounded_step_stopped(self):
        batch = batches.approve(self.offered(), by=self.head)
        with mock.patch.object(batches, "AT_ONCE", 1):
            batch = batches.carry_on(batch, seconds=0)
            self.assertEqual((batch.state, self.pages().live().count()), (State.APPROVED, 1))

            self.assertEqual(batches.work(), 1)

        self.assertEqual(CatalogueBatch.objects.get(pk=batch.pk).state, State.PUBLISHED)
        self.assertEqual(batches.work(), 0)

    def test_what_cannot_be_published_any_more_is_returned_with_the_reason(self):
        batch = batches.approve(self.offered(), by=self.head)
        with mock.patch.object(batches, "AT_ONCE", 1):
            batches.carry_on(batch, seconds=0)
            edited = self.pages().not_live().first()
            edited.save_revision(user=self.cast.editor)

            with self.captureOnCommitCallbacks(execute=True):
                self.assertEqual(batches.work(seconds=3600), 1)

        batch = CatalogueBatch.objects.get(pk=batch.pk)
        self.assertEqual(batch.state, State.RETURNED)
        self.assertIn("đã được sửa sau khi duyệt", batch.reason)
        self.assertGreaterEqual(self.pages().live().count(), 1)
        edited.refresh_from_db()
        self.assertFalse(edited.live)
        recipients = {address for message in mail.outbox if batch.title in message.body for address in message.to}
        self.assertEqual(recipients, {self.office.email, self.head.email})
        self.assertEqual(batches.work(), 0)

    def test_waits_for_those_who_may_decide_it(self):
        self.offered()

        self.assertEqual([row.note for row in rows_for(self.head, {"quyet-dinh"})], ["lô thủ tục, dịch vụ chờ duyệt"])
        self.assertEqual(rows_for(self.office, {"quyet-dinh"}), [])
        self.assertEqual(rows_for(self.cast.contributor, {"quyet-dinh"}), [])


class OneSite(Offering):
    def test_is_offered_as_a_draft_by_its_own_people_only(self):
        page = offerings.offer(self.procedure, self.city.my_long, by=self.cast.contributor, place="Bộ phận một cửa")

        self.assertEqual((page.title, page.live, page.place), (self.procedure.name, False, "Bộ phận một cửa"))
        self.assertEqual(offerings.offer(self.procedure, self.city.my_long, by=self.cast.contributor), page)
        with self.assertRaises(Refused):
            offerings.offer(self.procedure, self.city.my_xuyen, by=self.cast.contributor)
        with self.assertRaises(Refused):
            offerings.offer(a_procedure(self.city, public=False), self.city.my_long, by=self.cast.contributor)

    def test_that_opens_gets_everything_that_belongs_to_wards(self):
        a_procedure(self.city, at_ward=False, at_district=True)
        a_procedure(self.city, public=False)
        a_procedure(self.city, valid_to=date(2020, 1, 1))

        made = offerings.offer_all(self.city.my_long, by=self.office, on=date(2026, 3, 2))

        self.assertEqual([page.procedure for page in made], [self.procedure])


class TheEnd(Offering):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.services = [an_offering(site, cls.procedure) for site in cls.wards]

    def test_is_one_decision_of_a_second_person_for_all_sites(self):
        rows = offerings.withdraw(offerings.everywhere(self.procedure), by=self.office, reason="Thủ tục bị bãi bỏ.")
        self.assertEqual(len({row.group for row in rows}), 1)
        self.assertEqual(self.pages().live().count(), 3)

        takedown.decide_group(rows, "take_down", by=self.head, note="Đồng ý.")

        self.assertEqual(self.pages().live().count(), 0)
        gone = self.client.get(f"/my-long/dich-vu-cong/{self.services[0].slug}/")
        self.assertContains(gone, "Thủ tục bị bãi bỏ.", status_code=410)
        self.assertEqual(TakeDown.objects.filter(state="taken_down").count(), 3)

    def test_needs_a_reason_and_something_public(self):
        with self.assertRaises(ValidationError):
            offerings.withdraw(offerings.everywhere(self.procedure), by=self.office, reason="")
        with self.assertRaises(Refused):
            offerings.withdraw([], by=self.office, reason="Bãi bỏ.")

    def test_can_be_followed_by_a_new_beginning(self):
        page = self.services[1]
        [row] = offerings.withdraw([page], by=self.office, reason="Chuyển về thành phố.")
        takedown.decide(row, "take_down", by=self.head)

        again = offerings.offer(self.procedure, self.city.my_long, by=self.cast.contributor)

        self.assertNotEqual(again.pk, page.pk)
        self.assertEqual(again.slug, page.slug)
