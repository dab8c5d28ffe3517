"""Proposals to amend the Regulation (Quy chế Điều 24): to the standing office, whatever site they came by."""

from urllib.parse import urlsplit

from django.urls import reverse

from faq.asking import tracking
from faq.handling import classifying, intake, running
from faq.models import Question, QuestionEvent, QuestionTopic
from tests.city import CityTestCase
from tests.faq.cast import a_contact, a_question, a_topic, questions_page
from workflows.models import Deadline

TEXT = "Đề nghị bổ sung thời hạn đăng lịch tiếp công dân vào Điều 10 của Quy chế."


class Proposals(CityTestCase):
    def setUp(self):
        self.topic = QuestionTopic.objects.get(kind=QuestionTopic.Kind.AMENDMENT)

    def proposal(self, **fields):
        return intake.receive(
            site=self.city.my_long,
            title="Bổ sung Điều 10",
            text=TEXT,
            contact=a_contact(),
            **{"topic": self.topic, **fields},
        ).question

    def test_asked_on_a_ward_lie_at_the_standing_office_with_one_event_and_its_clock(self):
        question = self.proposal()

        question.refresh_from_db()
        self.assertEqual((question.asked_on_site, question.owner_site), (self.city.my_long, self.city.site))
        routed = question.events.get(kind=QuestionEvent.Kind.ROUTED)
        self.assertTrue(routed.is_public)
        self.assertIn("Điều 24", routed.public_text)
        clocks = {deadline.rule.code: deadline for deadline in Deadline.objects.for_subject(question).open()}
        self.assertEqual(set(clocks), {running.ANSWER, running.ACCEPT})
        for code, deadline in clocks.items():
            with self.subTest(code):
                self.assertEqual((deadline.site, deadline.unit), (self.city.site, self.city.site.unit))
        self.assertIn(str(routed.get_kind_display()), [step.label for step in tracking.timeline(question)])

    def test_name_the_unit_of_the_standing_office_when_the_topic_has_one(self):
        self.topic.unit = self.city.dong_xuyen.unit
        self.topic.save()

        question = self.proposal()

        self.assertEqual(Question.objects.get(pk=question.pk).unit, self.city.dong_xuyen.unit)

    def test_recognised_by_a_ward_leave_it_with_the_classification(self):
        question = a_question(self.city, site=self.city.my_long, text=TEXT)

        classifying.classify(question, topic=self.topic, in_scope=True, by=self.cast.unit_head)
        question.refresh_from_db()
        classifying.classify(question, topic=self.topic, in_scope=True, by=self.cast.standing_office)

        self.assertEqual(question.owner_site, self.city.site)
        self.assertEqual(question.events.filter(kind=QuestionEvent.Kind.ROUTED).count(), 1)

    def test_are_the_only_questions_that_leave_the_ward(self):
        question = self.proposal(topic=a_topic())

        self.assertEqual(question.owner_site, self.city.my_long)
        self.assertFalse(question.events.filter(kind=QuestionEvent.Kind.ROUTED).exists())

    def test_have_an_entry_of_their_own_that_chooses_the_topic(self):
        page = questions_page(self.city, self.city.my_long)
        address = urlsplit(f"{page.full_url}gui-cau-hoi/")

        named = self.client.get(f"{address.path}?chu-de=sua-doi-quy-che", headers={"host": address.netloc})
        plain = self.client.get(address.path, headers={"host": address.netloc})

        chosen = f'<option value="{self.topic.pk}" selected>'
        self.assertContains(named, chosen)
        self.assertContains(named, "cơ quan Thường trực")
        self.assertNotContains(plain, chosen)
        self.assertNotContains(plain, "cơ quan Thường trực")

    def test_are_listed_for_the_standing_office_and_not_for_the_ward(self):
        question = self.proposal()

        for person, is_seen in ((self.cast.standing_office, True), (self.cast.unit_head, False)):
            with self.subTest(person=person):
                self.client.force_login(person)
                inbox = self.client.get(reverse("faq_inbox"))
                listed = self.client.get(reverse("faq_inbox"), {"linh_vuc": self.topic.slug})
                self.assertEqual("Kiến nghị sửa đổi Quy chế (1)" in inbox.content.decode(), is_seen)
                self.assertEqual(question.number in listed.content.decode(), is_seen)
