"""Services in the life of a site: there when a ward opens, led on when it is merged or closed."""

from datetime import date

from base.models import PortalSite
from home import opening
from home.models import Opening
from sections import catalogue
from servicecatalog.models import ServiceOffering
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure, an_offering

BEGINNING = date(2020, 7, 1)


class SitesWithServices(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.procedure = a_procedure(cls.city)
        cls.of_city = a_procedure(cls.city, at_ward=False, at_district=True)

    def test_a_ward_opens_with_the_services_of_its_level(self):
        rows = [catalogue.section(key) for key in ("tin-tuc", "dich-vu-cong", "lien-he")]
        dossier = opening.open_ward(
            by=self.cast.standing_office,
            name="Phường Mỹ Quý",
            kind="ward",
            slug="my-quy",
            host_label="my-quy",
            legal_act="Quyết định 01/2020/QĐ-UBND",
            valid_from=BEGINNING,
            email="my-quy@example.invalid",
            sections=rows,
        )
        page = ServiceOffering.objects.get(procedure=self.procedure)
        self.assertIn(page.pk, dossier.pages().values_list("pk", flat=True))
        self.assertFalse(ServiceOffering.objects.filter(procedure=self.of_city).exists())

        opening.submit_opening(dossier, by=self.cast.standing_office)
        opening.approve_opening(Opening.objects.get(pk=dossier.pk), by=self.cast.head)

        self.assertContains(self.client.get(f"/my-quy/dich-vu-cong/{page.slug}/"), self.procedure.name)

    def test_a_site_that_stopped_leads_to_the_same_service_of_its_successor(self):
        old, new = self.city.my_xuyen, self.city.my_long
        page, successor = an_offering(old, self.procedure), an_offering(new, self.procedure)
        alone = an_offering(old, a_procedure(self.city))
        for state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
            PortalSite.objects.filter(pk=old.pk).update(state=state, successor=new)
            with self.subTest(state):
                answer = self.client.get(f"/my-xuyen/dich-vu-cong/{page.slug}/")

                self.assertEqual(answer.status_code, 301)
                self.assertTrue(answer.url.endswith(f"/dich-vu-cong/{successor.slug}/"), answer.url)
                self.assertIn("my-long", answer.url)
        self.assertEqual(self.client.get(f"/my-xuyen/dich-vu-cong/{alone.slug}/").status_code, 301)
