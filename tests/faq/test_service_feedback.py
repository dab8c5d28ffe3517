"""What people say of a service reaches the unit that answers for it, with a deadline, and nobody else."""

from datetime import date

import time_machine
from django.urls import reverse

from base.models import OrganisationUnit
from faq.handling import running
from faq.models import Question, QuestionContact
from faq.office import inbox, suggesting
from faq.public.service_feedback import address
from tests.city import CityTestCase
from tests.faq.cast import questions_page
from tests.faq.test_asking import MORNING, Browser
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.models import Deadline

WORDS = "Bộ phận một cửa hẹn trả kết quả hai lần mà chưa có giấy tờ cho tôi."


@time_machine.travel(MORNING, tick=False)
class FeedbackOnAService(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.page = questions_page(cls.city, cls.city.my_long)
        cls.unit = OrganisationUnit.objects.create(
            name="Bộ phận một cửa mẫu",
            short_name="Một cửa",
            slug="mot-cua-mau",
            kind=OrganisationUnit.Kind.OFFICE,
            valid_from=date(2020, 1, 1),
        )
        cls.service = an_offering(
            cls.city.my_long, a_procedure(cls.city, name="Đăng ký việc góp ý"), responsible_unit=cls.unit
        )

    def setUp(self):
        self.ask = "/my-long/hoi-dap/gui-cau-hoi/"

    def send(self, service, **fields):
        browser = Browser(self.client, path=self.ask)
        answer = browser.ask(text=WORDS, service=str(service), **fields)
        self.assertContains(answer, "Biên nhận")
        return Question.objects.get()

    def test_begins_with_the_service_and_its_unit(self):
        shown = self.client.get(f"{self.ask}?dich-vu={self.service.pk}")

        self.assertEqual(address(self.service, None), f"{self.page.get_url()}gui-cau-hoi/?dich-vu={self.service.pk}")
        self.assertContains(shown, 'value="Góp ý về dịch vụ: Đăng ký việc góp ý"')
        self.assertContains(shown, "được chuyển đến đơn vị phụ trách: Bộ phận một cửa mẫu")
        self.assertContains(shown, f'name="service" value="{self.service.pk}"')

    def test_is_kept_through_the_preview(self):
        drawn = Browser(self.client, path=self.ask).ready(text=WORDS, service=str(self.service.pk))
        previewed = Browser(self.client, path=self.ask).post("preview", **drawn)

        self.assertContains(previewed, f'name="service" value="{self.service.pk}"')

    def test_goes_to_the_unit_with_the_deadline_of_questions_and_stands_in_the_inbox(self):
        question = self.send(self.service.pk)

        self.assertEqual((question.service_id, question.unit), (self.service.pk, self.unit))
        clocks = {deadline.rule.code: deadline for deadline in Deadline.objects.for_subject(question)}
        self.assertEqual(set(clocks), {running.ANSWER, running.ACCEPT})
        self.assertEqual({deadline.unit for deadline in clocks.values()}, {self.unit})
        self.assertEqual(clocks[running.ANSWER].last_day, date(2026, 3, 31))
        self.assertIn(question, inbox.visible_to(self.cast.unit_head))
        self.client.force_login(self.cast.unit_head)
        shown = self.client.get(reverse("faq_question", args=[question.pk]))
        self.assertContains(shown, "Góp ý về dịch vụ")
        self.assertContains(shown, "Bộ phận một cửa mẫu")
        self.assertEqual(suggesting.unit(question, None).unit, self.unit)

    def test_leaves_nothing_on_the_page_of_the_service(self):
        question = self.send(self.service.pk)

        page = self.client.get(f"/my-long/dich-vu-cong/{self.service.slug}/").content.decode()

        contact = QuestionContact.objects.get(question=question)
        for words in (WORDS, question.number, contact.email, contact.name):
            self.assertNotIn(words, page)

    def test_about_a_service_of_another_site_or_none_is_a_question_like_any_other(self):
        other = an_offering(self.city.my_xuyen, self.service.procedure)
        hidden = an_offering(self.city.my_long, a_procedure(self.city), public=False)

        for typed in (other.pk, hidden.pk, "999999999", "x", "1' OR 1=1"):
            with self.subTest(typed):
                self.assertNotContains(self.client.get(f"{self.ask}?dich-vu={typed}"), "Góp ý về dịch vụ")
        question = self.send(other.pk)

        self.assertIsNone(question.service)
        self.assertIsNone(question.unit)
