"""The catalogue's lists and choosers in the administration."""

from django.urls import reverse

from servicecatalog import seeding
from servicecatalog.models import ServiceLevel
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure


class Screens(CityTestCase):
    def test_the_chooser_of_a_ward_finds_public_procedures_by_their_words(self):
        found = a_procedure(self.city, name="Đăng ký khai sinh")
        hidden = a_procedure(self.city, name="Đăng ký khai tử", public=False)
        self.client.force_login(self.cast.contributor)
        chooser = reverse("wagtailsnippetchoosers_servicecatalog_procedure:choose_results")

        shown = self.client.get(chooser, {"q": "khai"}).content.decode()
        nothing = self.client.get(chooser, {"q": "khongcogi"})

        self.assertIn(found.name, shown)
        self.assertNotIn(hidden.name, shown)
        self.assertEqual(nothing.status_code, 200)

    def test_the_list_of_procedures_leads_to_what_is_done_with_one(self):
        procedure = a_procedure(self.city)
        self.client.force_login(self.cast.head)

        html = self.client.get(reverse("wagtailsnippets_servicecatalog_procedure:list")).content.decode()

        for name in ("servicecatalog_offer", "servicecatalog_withdraw", "servicecatalog_level"):
            self.assertIn(reverse(name, args=[procedure.pk]), html)

    def test_the_lists_say_yes_and_no_and_name_a_scheme_by_its_law(self):
        seeding.load_lists()
        self.client.force_login(self.cast.standing_office)

        html = self.client.get(reverse("wagtailsnippets_servicecatalog_servicelevel:list")).content.decode()

        self.assertNotIn("True", html.split("<tbody>")[1])
        self.assertIn("Không", html)
        self.assertEqual(str(ServiceLevel.objects.get(code="muc-do-3")), "Mức độ 3 (NĐ 43)")
        applicants = reverse("wagtailsnippets_servicecatalog_applicantkind:list")
        self.assertContains(self.client.get(applicants), '<td lang="en">Foreigners</td>', html=True)
