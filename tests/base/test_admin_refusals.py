"""A user who asks in the administration for what is not theirs, or not there, is told so and gets the way back."""

from django.contrib.messages import get_messages
from django.urls import reverse

from base.models import AuditEntry
from tests import factories
from tests.city import CityTestCase
from tests.faq.cast import a_question


class TurnedAway(CityTestCase):
    def said(self, answer) -> str:
        return " ".join(str(message) for message in get_messages(answer.wsgi_request))

    def test_he_is_led_to_his_desk_and_told_for_whom_the_screen_is(self):
        question = a_question(self.city)
        address = reverse("faq_classify", args=[question.pk])
        self.client.force_login(self.cast.contributor)

        answer = self.client.get(address)

        self.assertRedirects(answer, reverse("wagtailadmin_home"), fetch_redirect_response=False)
        self.assertIn(f"Chưa mở được «{address}»", self.said(answer))
        self.assertIn("Cơ quan Thường trực", self.said(answer))

    def test_he_gets_no_way_to_an_error_of_a_form(self):
        question = a_question(self.city)
        for person, address in (
            (self.cast.technical_admin, reverse("faq_question", args=[question.pk])),
            (self.cast.contributor, reverse("accounts_appointments")),
        ):
            with self.subTest(person=person):
                self.client.force_login(person)

                answer = self.client.get(address, follow=True)

                self.assertContains(answer, "Chưa mở được")
                self.assertNotContains(answer, "Đến lỗi đầu tiên")

    def test_it_stands_in_the_audit_trail_with_the_address(self):
        self.client.force_login(self.cast.contributor)
        for address in (reverse("base_audit"), reverse("accounts_appointments")):
            with self.subTest(address):
                self.client.get(address)

                entry = AuditEntry.objects.filter(action="refused", actor_id=self.cast.contributor.pk).latest("pk")
                self.assertEqual((entry.detail["kind"], entry.detail["path"]), ("right", address))
        self.client.get(reverse("wagtailadmin_home"))
        self.assertEqual(AuditEntry.objects.filter(action="refused").count(), 2)

    def test_who_may_is_not_turned_away(self):
        self.client.force_login(self.cast.standing_office)
        question = a_question(self.city)

        self.assertEqual(self.client.get(reverse("faq_question", args=[question.pk])).status_code, 200)


class NotThere(CityTestCase):
    def test_leads_back_to_the_desk_alike_for_what_is_anothers_and_for_what_nothing_has(self):
        foreign = factories.article(self.city.section(self.city.my_xuyen), by=self.cast.contributor_my_xuyen)
        self.client.force_login(self.cast.contributor)
        answers = [
            self.client.get(reverse("wagtailadmin_pages:edit", args=[foreign.pk])),
            self.client.get(reverse("wagtailadmin_pages:edit", args=[99_999_999])),
            self.client.get("/quan-tri/khong-co-gi/"),
        ]

        for answer in answers:
            self.assertContains(answer, "Về «Việc của tôi»", status_code=404)
            self.assertNotContains(answer, "Ông/bà cần tìm gì?", status_code=404)
        self.assertEqual(answers[0].content, answers[1].content)

    def test_stays_the_citizens_page_for_citizens(self):
        self.assertContains(self.client.get("/khong-co-gi/"), "Về trang chủ", status_code=404)

    def test_the_register_is_found_by_the_first_half_of_its_address(self):
        self.client.force_login(self.cast.standing_office)

        self.assertRedirects(self.client.get("/quan-tri/van-ban/"), "/quan-tri/van-ban/so/")
