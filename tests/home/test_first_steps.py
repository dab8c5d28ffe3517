"""Bắt đầu ở đây: each role has its list, facts tick themselves, the rest is ticked by hand, and it can be put away."""

import re

from django.test import SimpleTestCase
from django.urls import reverse

from accounts.roles import ROLES
from base.admin import guide
from base.gate import Refused
from home import first_steps
from home.models import FirstStepTick
from tests import factories
from tests.city import CityTestCase, fresh, with_app
from workflows.publishing import approval


class Table(SimpleTestCase):
    def test_every_role_has_steps_of_its_own(self):
        common = {step.key for step in first_steps.STEPS if step.roles >= first_steps.EVERYBODY}
        for role in ROLES:
            with self.subTest(role):
                own = {step.key for step in first_steps.STEPS if role in step.roles} - common
                self.assertTrue(own)

    def test_a_step_leads_to_one_place_and_its_page_of_the_guide_exists(self):
        for step in first_steps.STEPS:
            with self.subTest(step.key):
                self.assertEqual(len([part for part in (step.screen, step.guide, step.article) if part]), 1)
                self.assertTrue(step.address.startswith("/quan-tri/"))
                self.assertTrue(not step.guide or guide.page(step.guide))


class Steps(CityTestCase):
    def done(self, who: str) -> dict[str, bool]:
        return {item.step.key: item.is_done for item in first_steps.listed(fresh(getattr(self.cast, who))).steps}

    def test_facts_tick_themselves(self):
        self.assertFalse(any(self.done("contributor").values()))
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        with_app(self.cast.contributor)
        approval.submit(page, by=self.cast.contributor, declaration=True)

        done = self.done("contributor")

        self.assertTrue(done["xac-thuc"] and done["gui-duyet"])
        self.assertFalse(done["phan-cong"] or done["dieu-20"])

    def test_a_break_glass_account_is_led_through_the_first_decision(self):
        self.assertEqual(list(self.done("superuser")), ["xac-thuc", "phan-cong-dau-tien", "ma-khoi-phuc"])
        self.client.force_login(self.cast.superuser)

        self.assertContains(self.client.get(reverse("home_first_steps")), "Trưởng ban đầu tiên")

    def test_what_no_fact_shows_is_ticked_by_hand_and_back(self):
        first_steps.tick("dieu-20", by=self.cast.contributor)
        first_steps.tick("dieu-20", by=self.cast.contributor)
        self.assertTrue(self.done("contributor")["dieu-20"])
        self.assertFalse(self.done("editor")["dieu-20"])

        first_steps.untick("dieu-20", by=self.cast.contributor)

        self.assertFalse(self.done("contributor")["dieu-20"])

    def test_nobody_ticks_what_facts_show_or_what_is_not_his(self):
        for key in ("gui-duyet", "dieu-14", "cat-di", "không-có"):
            with self.subTest(key), self.assertRaises(Refused):
                first_steps.tick(key, by=self.cast.contributor)
        self.assertFalse(FirstStepTick.objects.exists())

    def test_its_state_stands_at_the_foot_of_the_first_screen_until_it_is_put_away_and_comes_back(self):
        self.client.force_login(self.cast.contributor)
        home, page = reverse("wagtailadmin_home"), reverse("home_first_steps")
        first = self.client.get(home).content.decode()
        self.assertLess(first.index("desk__nothing"), first.index("Bắt đầu ở đây"))
        self.assertIn("Đã xong 0 /", first)
        self.assertIn(f'href="{page}"', first)

        self.assertRedirects(self.client.post(page, {"viec": "danh-dau", "buoc": "dieu-20"}), page)
        self.assertContains(self.client.get(page), "✓ Đã xong")
        self.assertContains(self.client.get(home), "Đã xong 1 /")
        self.client.post(page, {"viec": "bo-danh-dau", "buoc": "dieu-20"})
        self.assertContains(self.client.get(home), "Đã xong 0 /")
        self.assertRedirects(self.client.post(page, {"viec": "cat"}), home)
        self.assertNotContains(self.client.get(home), "Bắt đầu ở đây")
        self.assertContains(self.client.get(page), "Hiện lại trên màn")
        self.assertRedirects(self.client.post(page, {"viec": "lay-lai"}), page)

        self.assertContains(self.client.get(home), "Bắt đầu ở đây")

    def test_it_is_put_away_by_its_own_button_in_a_browser_that_is_asked_for_the_token(self):
        browser = self.client_class(enforce_csrf_checks=True)
        browser.force_login(self.cast.contributor)
        home = reverse("wagtailadmin_home")
        form = re.search(r"<form[^>]*bat-dau/.*?</form>", browser.get(home).content.decode(), re.DOTALL)[0]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]

        answer = browser.post(reverse("home_first_steps"), {"viec": "cat", "csrfmiddlewaretoken": token})

        self.assertRedirects(answer, home, fetch_redirect_response=False)
        self.assertNotContains(browser.get(home), "Bắt đầu ở đây")

    def test_it_goes_by_itself_when_all_is_done(self):
        with_app(self.cast.accountant)
        for key in ("phan-cong", "dieu-8", "dieu-17"):
            first_steps.tick(key, by=self.cast.accountant)

        self.assertFalse(first_steps.listed(fresh(self.cast.accountant)).is_shown)

    def test_a_step_that_is_refused_is_said_in_words(self):
        self.client.force_login(self.cast.contributor)
        answer = self.client.post(reverse("home_first_steps"), {"viec": "danh-dau", "buoc": "x"}, follow=True)
        self.assertContains(answer, "không có trong danh sách")

    def test_every_way_of_a_list_opens_for_its_person(self):
        for who in ("contributor", "head", "standing_office", "technical_admin", "accountant"):
            self.client.force_login(getattr(self.cast, who))
            for item in first_steps.listed(fresh(getattr(self.cast, who))).steps:
                with self.subTest(who=who, step=item.step.key):
                    answer = self.client.get(item.step.address, follow=True)
                    self.assertEqual(answer.status_code, 200)
                    self.assertFalse(list(answer.context["messages"]) if answer.context else [])
