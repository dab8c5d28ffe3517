from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import PageLogEntry

from base.gate import Refused, open_gate
from sections.clarification import offer_to_city, offers_waiting
from sections.models import ClarificationPage
from tests.city import CityTestCase, draft, fresh, publish, publish_at_once
from tests.sections import pages


class OfferToCityTests(CityTestCase):
    def setUp(self):
        self.ward_section = self.city.section(self.city.my_long, "giai-thich")
        self.city_section = self.city.section(self.city.site, "giai-thich")
        self.page = draft(pages.clarification(also_on_city=True), self.ward_section, by=self.cast.contributor)

    def test_the_copy_is_a_draft_in_the_citys_section_with_a_version_of_its_own(self):
        copy = offer_to_city(self.page, by=self.cast.contributor)

        self.assertEqual(copy.get_parent().pk, self.city_section.pk)
        self.assertFalse(copy.live)
        self.assertEqual(copy.offered_from_id, self.page.pk)
        self.assertFalse(copy.also_on_city)
        self.assertEqual(copy.get_latest_revision().user, self.cast.contributor)
        self.assertNotEqual(copy.translation_key, self.page.translation_key)

    def test_the_newest_version_is_offered_not_the_public_one(self):
        public = publish_at_once(self.page)
        public.title = "Bản sửa mới nhất"
        public.save_revision(user=self.cast.contributor)

        copy = offer_to_city(public, by=self.cast.contributor)

        self.assertEqual(copy.get_latest_revision_as_object().title, "Bản sửa mới nhất")
        self.assertFalse(ClarificationPage.objects.get(pk=copy.pk).live)

    def test_each_site_approves_its_own(self):
        copy = offer_to_city(self.page, by=self.cast.contributor)
        ward_page = publish(self.page, by=self.cast.contributor)
        copy.refresh_from_db()
        self.assertTrue(ward_page.live)
        self.assertFalse(copy.live)

        published = publish(copy, by=self.cast.standing_office)

        self.assertTrue(published.live)

    def test_asking_twice_gives_the_same_copy(self):
        first = offer_to_city(self.page, by=self.cast.contributor)
        second = offer_to_city(self.page, by=self.cast.contributor)

        self.assertEqual(first.pk, second.pk)
        self.assertEqual(list(offers_waiting(self.city.my_long)), [first])
        self.assertEqual(list(offers_waiting(self.city.my_xuyen)), [])

    def test_without_the_choice_it_is_refused_with_the_mend(self):
        page = draft(pages.clarification(title="Bài khác"), self.ward_section, by=self.cast.contributor)

        with self.assertRaises(ValidationError) as caught:
            offer_to_city(page, by=self.cast.contributor)

        self.assertIn("also_on_city", caught.exception.message_dict)

    def test_people_of_another_ward_and_of_no_role_are_refused(self):
        for user in (self.cast.contributor_my_xuyen, self.cast.technical_admin, self.cast.superuser):
            with self.subTest(user=user.username), self.assertRaises(Refused):
                offer_to_city(self.page, by=fresh(user))

    def test_a_page_of_the_city_is_not_offered_to_the_city(self):
        page = draft(pages.clarification(also_on_city=True), self.city_section, by=self.cast.editor)

        with self.assertRaises(Refused):
            offer_to_city(page, by=self.cast.editor)

    def test_a_frozen_site_offers_nothing(self):
        self.city.my_long.state = "frozen"
        self.city.my_long.save()
        # A page remembers its site; a request reads it anew.
        page = type(self.page).objects.get(pk=self.page.pk)

        with self.assertRaises(Refused):
            offer_to_city(page, by=self.cast.contributor)

    def test_a_city_without_the_section_says_whom_to_ask(self):
        with open_gate("retire"):
            type(self.city_section).objects.filter(pk=self.city_section.pk).update(section_key="")

        with self.assertRaises(ValidationError) as caught:
            offer_to_city(self.page, by=self.cast.contributor)

        self.assertIn("Thường trực", caught.exception.message_dict["also_on_city"][0])

    def test_an_address_that_is_taken_gets_the_wards_name(self):
        draft(pages.clarification(slug=self.page.slug), self.city_section, by=self.cast.editor)

        copy = offer_to_city(self.page, by=self.cast.contributor)

        self.assertEqual(copy.slug, f"{self.page.slug}-my-long")

    def test_one_log_line_says_whence_it_came(self):
        copy = offer_to_city(self.page, by=self.cast.contributor)

        entry = PageLogEntry.objects.get(page=copy.pk, action="sections.clarification.offer")
        self.assertEqual((entry.user, entry.data["page"]), (self.cast.contributor, self.page.pk))


class OfferScreenTests(CityTestCase):
    def setUp(self):
        section = self.city.section(self.city.my_long, "giai-thich")
        self.page = draft(pages.clarification(also_on_city=True), section, by=self.cast.contributor)
        self.address = reverse("sections_offer_to_city", args=[self.page.pk])

    def test_the_wards_contributor_finds_the_button_and_offers(self):
        self.client.force_login(self.cast.contributor)
        form = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk]))
        self.assertContains(form, self.address)

        response = self.client.post(self.address, follow=True)

        self.assertContains(response, "duyệt riêng")
        self.assertEqual(ClarificationPage.objects.filter(offered_from=self.page).count(), 1)
        self.assertNotContains(response, self.address)

    def test_what_is_missing_is_said_above_the_form(self):
        self.page.also_on_city = False
        self.page.save_revision(user=self.cast.contributor)
        self.client.force_login(self.cast.contributor)

        response = self.client.post(self.address)

        self.assertContains(response, "Đăng cùng trên trang thành phố")
        self.assertFalse(ClarificationPage.objects.filter(offered_from=self.page).exists())

    def test_the_page_does_not_exist_for_another_ward(self):
        self.client.force_login(self.cast.contributor_my_xuyen)

        self.assertEqual(self.client.get(self.address).status_code, 404)
        self.assertEqual(self.client.post(self.address).status_code, 404)

    def test_the_citys_people_find_the_offer_on_their_first_screen(self):
        offer_to_city(self.page, by=self.cast.contributor)
        home = reverse("wagtailadmin_home")
        self.client.force_login(self.cast.editor)
        city_screen = self.client.get(home)
        self.client.force_login(self.cast.contributor_my_xuyen)
        ward_screen = self.client.get(home)

        self.assertContains(city_screen, "Bài phường, xã, đơn vị gửi lên")
        self.assertNotContains(ward_screen, "Bài phường, xã, đơn vị gửi lên")
