"""Services of wards that end: their successor gets drafts of what it does not offer yet, and nothing by itself."""

from datetime import date

from home import opening
from servicecatalog import own_work
from servicecatalog.catalogue import offerings
from servicecatalog.models import ServiceOffering
from tests.city import CityTestCase, fresh, publish
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.dashboard import work_queue

ACT, DAY = "Nghị quyết 1285/NQ-UBTVQH15", date(2025, 1, 1)


class Merging(CityTestCase):
    """Đông Xuyên into Mỹ Xuyên on 01/01/2025."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.old, cls.new = cls.city.dong_xuyen, cls.city.my_xuyen
        cls.common, cls.missing = a_procedure(cls.city), a_procedure(cls.city)
        for site in (cls.old, cls.new):
            an_offering(site, cls.common)
        an_offering(
            cls.old,
            cls.missing,
            delivery="linked",
            apply_url="https://nop.invalid/",
            apply_to="Cổng thử",
            place="Số 1, Đông Xuyên",
        )

    def merge(self):
        dossier = opening.merge_wards(
            predecessors=[self.old], successor=self.new, by=self.cast.standing_office, legal_act=ACT, effective_on=DAY
        )
        dossier = opening.submit_opening(dossier, by=self.cast.standing_office)
        return opening.approve_opening(dossier, by=self.cast.head)

    def of_successor(self):
        return ServiceOffering.objects.descendant_of(self.new.home_page())

    def capability_wanted(self, person) -> list[str]:
        scope = work_queue.Scope(fresh(person), None)
        found = own_work.taken_over(scope)
        return [] if found is None else [note for (note,) in found.of("note")]

    def test_makes_a_draft_of_what_the_successor_does_not_offer_and_publishes_nothing(self):
        public = set(ServiceOffering.objects.live().values_list("pk", flat=True))

        self.merge()

        (draft,) = self.of_successor().filter(procedure=self.missing)
        self.assertEqual((draft.live, draft.taken_over_from, draft.responsible_unit), (False, self.old, self.new.unit))
        self.assertEqual((draft.apply_url, draft.place), ("https://nop.invalid/", ""))
        self.assertEqual(self.of_successor().filter(procedure=self.common).count(), 1)
        self.assertEqual(set(ServiceOffering.objects.live().values_list("pk", flat=True)), public)
        self.assertEqual(self.client.get(f"/my-xuyen/dich-vu-cong/{draft.slug}/").status_code, 404)

    def test_lists_it_on_the_desk_of_the_successor_alone_until_it_is_public(self):
        self.merge()
        writer = self.cast.contributor_my_xuyen
        note = f"bản nháp, trước do «{self.old.name}» cung cấp"

        self.assertEqual(self.capability_wanted(writer), [note])
        self.assertEqual(self.capability_wanted(self.cast.contributor), [])
        self.client.force_login(fresh(writer))
        self.assertContains(self.client.get("/quan-tri/"), note)

        publish(self.of_successor().get(procedure=self.missing), by=writer)

        self.assertEqual(self.capability_wanted(writer), [])

    def test_leaves_what_is_abolished_and_what_the_predecessor_had_only_in_draft(self):
        over = a_procedure(self.city, valid_to=date(2024, 12, 31))
        only_draft = a_procedure(self.city)
        an_offering(self.old, over)
        an_offering(self.old, only_draft, public=False)

        self.merge()

        self.assertFalse(self.of_successor().filter(procedure=over).exists())
        # The draft itself moved with the other work.
        self.assertEqual([page.taken_over_from for page in self.of_successor().filter(procedure=only_draft)], [None])

    def test_twice_makes_nothing_new(self):
        self.merge()

        self.assertEqual(offerings.take_over(self.new, [self.old], by=self.cast.standing_office, on=DAY), [])

    def test_tells_the_dossier_how_many(self):
        dossier = self.merge()

        self.assertIn("tạo 1 bản nháp dịch vụ công", dossier.events[-1]["text"])
