"""The register of a closed site: its list leads on to the successor's, what its unit issued stays where it is cited."""

from django.urls import reverse

from base.models import PortalSite
from tests.city import CityTestCase

from .library import on_city_host, public_document, register

OWN, OF_CITY = "5/2019/QĐ-UBND", "6/2019/QĐ-UBND"


class ClosedRegister(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.old_site, cls.new_site = cls.city.dong_xuyen, cls.city.my_xuyen
        by = cls.cast.standing_office
        cls.city_register, cls.old, cls.new = (register(site) for site in (cls.city.site, cls.old_site, cls.new_site))
        cls.own = public_document(cls.old_site, by=by, symbol=OWN)
        cls.of_city = public_document(cls.city.site, by=by, symbol=OF_CITY, for_components=True)

    def end(self, state="closed", successor=None):
        self.old_site.state, self.old_site.successor = state, successor
        self.old_site.save()

    def at(self, page, ending="") -> str:
        return f"{on_city_host(self.city, page)}{ending}"

    def test_leads_list_and_feeds_on_to_the_register_of_the_successor(self):
        self.end(successor=self.new_site)

        for ending in ("", "rss/", "atom/"):
            answer = self.client.get(self.at(self.old, ending))
            self.assertEqual(answer.status_code, 301, ending)
            self.assertTrue(answer["Location"].endswith(self.at(self.new, ending)), answer["Location"])

    def test_keeps_what_its_unit_issued_at_its_address(self):
        before = self.client.get(self.at(self.old, f"{self.own.slug}/"))
        self.end(successor=self.new_site)

        after = self.client.get(self.at(self.old, f"{self.own.slug}/"))

        self.assertEqual((before.status_code, after.status_code), (200, 200))
        self.assertContains(after, OWN)

    def test_leads_what_the_city_issued_to_the_register_of_the_city(self):
        self.assertEqual(self.client.get(self.at(self.old, f"{self.of_city.slug}/")).status_code, 200)
        self.end(successor=self.new_site)

        answer = self.client.get(self.at(self.old, f"{self.of_city.slug}/"))

        self.assertEqual(answer.status_code, 302)
        self.assertTrue(answer["Location"].endswith(self.at(self.city_register, f"{self.of_city.slug}/")))

    def test_keeps_the_old_list_to_which_the_successor_leads_and_no_search_engine(self):
        self.assertNotContains(self.client.get(self.at(self.new)), "Văn bản của đơn vị đã sáp nhập")
        self.end(successor=self.new_site)

        link = f"{self.at(self.old)}?ban-cu=1"
        self.assertContains(self.client.get(self.at(self.new)), f'{link}">{self.old_site.name}</a>')
        old = self.client.get(link)

        self.assertContains(old, OWN)
        self.assertContains(old, '<input type="hidden" name="ban-cu" value="1">')
        self.assertContains(old, "noindex")

    def test_of_a_merged_site_that_is_not_closed_yet_stays_and_is_led_to(self):
        self.end(state="frozen", successor=self.new_site)

        self.assertContains(self.client.get(self.at(self.old)), OWN)
        self.assertContains(self.client.get(self.at(self.new)), f'{self.at(self.old)}">{self.old_site.name}</a>')

    def test_without_a_successor_stays_as_it_is(self):
        self.end()

        self.assertContains(self.client.get(self.at(self.old)), OWN)


class ChoosingSites(CityTestCase):
    """A site that ended takes no new document; one that it has keeps it."""

    def setUp(self):
        self.ended = self.city.my_long
        self.document = public_document(self.ended, by=self.cast.standing_office, symbol=OWN)
        self.document.posting_sites.set([self.ended])
        self.document.save_revision()
        self.client.force_login(self.cast.standing_office)

    def sites_of(self, address: str, field: str) -> set:
        return set(self.client.get(address).context["form"].fields[field].queryset)

    def test_new_documents_and_imports_go_to_sites_that_take_what_is_new(self):
        forms = (
            (reverse("wagtailsnippets_legalref_legaldocument:add"), ("owner_site", "posting_sites")),
            (reverse("legalref_import_new"), ("site",)),
            (reverse("legalref_open_book"), ("site",)),
        )
        for state, is_offered in (("open", True), ("prepared", True), ("frozen", False), ("closed", False)):
            PortalSite.objects.filter(pk=self.ended.pk).update(state=state)
            for address, fields in forms:
                for field in fields:
                    with self.subTest(state, address=address, field=field):
                        offered = self.sites_of(address, field)
                        self.assertEqual(self.ended in offered, is_offered)
                        self.assertIn(self.city.site, offered)

    def test_a_document_keeps_the_sites_that_it_has(self):
        PortalSite.objects.filter(pk=self.ended.pk).update(state="closed")
        PortalSite.objects.filter(pk=self.city.my_xuyen.pk).update(state="closed")
        edit = reverse("wagtailsnippets_legalref_legaldocument:edit", args=[self.document.pk])

        for field in ("owner_site", "posting_sites"):
            with self.subTest(field):
                offered = self.sites_of(edit, field)
                self.assertIn(self.ended, offered)
                self.assertNotIn(self.city.my_xuyen, offered)
