"""A question is opened within a set time, given back by a unit that is not the right one, told whose matter it is."""

from datetime import date, datetime

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse

from base.gate import Refused
from base.models import OrganisationUnit, OutgoingMail
from faq.handling import answering, assigning, classifying, interim, running, template_fields
from faq.models import AnswerTemplate, CompetentBody, QuestionEvent, State
from faq.office import next_steps
from tests.city import CityTestCase, fresh
from tests.faq.cast import a_question
from tests.legalref.library import public_document, repealed
from workflows import deadlines
from workflows.deadlines import VIETNAM, reminders
from workflows.models import Deadline, DeadlineRule, RecordChange
from workflows.publishing import record_changes

# A Monday.
RECEIVED = datetime(2026, 6, 1, 9, tzinfo=VIETNAM)


class Asked(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = OrganisationUnit.objects.create(
            name="Phòng thử", slug="phong-thu", kind=OrganisationUnit.Kind.OFFICE, parent=cls.city.site.unit
        )
        cls.handler = cls.cast.standing_office

    def setUp(self):
        super().setUp()
        traveller = time_machine.travel(RECEIVED, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def running(self, question) -> dict[str, date]:
        found = Deadline.objects.for_subject(question).open().select_related("rule")
        return {deadline.rule.code: deadline.last_day for deadline in found}


class Acceptance(Asked):
    def test_runs_from_the_receipt_beside_the_15_days(self):
        question = a_question(self.city, on=RECEIVED)

        self.assertEqual(self.running(question), {running.ACCEPT: date(2026, 6, 2), running.ANSWER: date(2026, 6, 22)})

    def test_is_late_the_day_after_and_met_by_whoever_opens_it(self):
        question = a_question(self.city, on=RECEIVED)
        deadline = Deadline.objects.get(rule__code=running.ACCEPT)
        self.assertEqual([deadlines.is_late(deadline, date(2026, 6, day)) for day in (2, 3)], [False, True])

        assigning.claim(question, by=self.handler, on=RECEIVED)

        self.assertNotIn(running.ACCEPT, self.running(question))

    def test_begins_anew_with_the_unit_that_gets_it(self):
        question = a_question(self.city, state="classified", on=RECEIVED)
        self.assertNotIn(running.ACCEPT, self.running(question))

        question = assigning.assign(question, unit=self.office, by=self.handler, on=RECEIVED)

        self.assertEqual(self.running(question)[running.ACCEPT], date(2026, 6, 2))
        self.assertEqual(self.running(question)[running.UNITS_SHARE], date(2026, 6, 15))
        answering.draft(question, body="<p>Đang soạn.</p>", by=self.cast.editor, on=RECEIVED)
        self.assertNotIn(running.ACCEPT, self.running(question))

    def test_ends_with_a_notice_that_promises_a_day(self):
        question = a_question(self.city, on=RECEIVED)

        interim.notify(question, text="Đang xác minh.", promised_on=date(2026, 6, 24), by=self.handler, on=RECEIVED)

        self.assertEqual(self.running(question), {running.PROMISED: date(2026, 6, 24)})

    def test_is_told_to_no_asker_as_the_day_of_the_answer(self):
        mail.outbox.clear()
        a_question(self.city, on=RECEIVED)

        told = " ".join(message.body for message in mail.outbox) + " ".join(
            str(row.body) for row in OutgoingMail.objects.all() if hasattr(row, "body")
        )
        self.assertNotIn("02/06/2026", told)

    def test_without_a_rule_of_the_board_is_not_measured(self):
        DeadlineRule.objects.filter(code=running.ACCEPT).update(amount=None)

        self.assertEqual(set(self.running(a_question(self.city, on=RECEIVED))), {running.ANSWER})


class GivenBack(Asked):
    def with_unit(self):
        """Asked on the city's site, given to Mỹ Long, whose people it waits for."""
        question = a_question(self.city, state="classified", on=RECEIVED)
        return assigning.assign(question, unit=self.city.my_long.unit, by=self.handler, on=RECEIVED)

    def give_back(self, question):
        return assigning.give_back(question, reason="Thuộc phường khác.", by=self.cast.contributor, on=RECEIVED)

    def test_by_its_unit_it_is_sorted_again_and_the_askers_days_run_on(self):
        question = self.give_back(self.with_unit())

        self.assertEqual((question.state, question.unit, question.owner_site), (State.CLASSIFIED, None, self.city.site))
        self.assertEqual(question.times_given_back, 1)
        self.assertEqual(self.running(question), {running.ACCEPT: date(2026, 6, 2), running.ANSWER: date(2026, 6, 22)})
        event = question.events.get(kind=QuestionEvent.Kind.GIVEN_BACK)
        self.assertEqual(
            (event.note, event.unit, event.is_public), ("Thuộc phường khác.", self.city.my_long.unit, False)
        )
        self.assertIn("trả lại 1 lần", next_steps.waits_for(question))

    def test_needs_a_reason_and_the_right(self):
        question = self.with_unit()
        for by, reason, refusal in (
            (self.cast.contributor, " ", ValidationError),
            (self.cast.contributor_my_xuyen, "Không phải của chúng tôi.", Refused),
        ):
            with self.subTest(by=by), self.assertRaises(refusal):
                assigning.give_back(question, reason=reason, by=by)

    def test_twice_it_stays_with_the_unit_that_the_board_chose(self):
        question = self.with_unit()
        for _time in range(2):
            question = self.give_back(question)
            question = assigning.assign(question, unit=self.city.my_long.unit, by=self.handler, on=RECEIVED)

        keys = [step.key for step in next_steps.steps_for(self.cast.contributor, question, None)]
        self.assertNotIn("give_back", keys)
        with self.assertRaisesMessage(Refused, "trả lại 2 lần"):
            self.give_back(question)

    def test_from_the_site_on_which_it_was_asked_it_goes_to_the_board(self):
        site = self.city.my_long
        question = a_question(self.city, site=site, unit=site.unit, state="assigned", on=RECEIVED)

        question = self.give_back(question)

        self.assertEqual(question.owner_site, self.city.site)

    def test_the_screen_takes_the_reason_and_leads_to_the_inbox(self):
        question = self.with_unit()
        self.client.force_login(self.cast.contributor)
        self.assertContains(self.client.get(reverse("faq_question", args=[question.pk])), "Trả lại nơi chuyển")
        address = reverse("faq_give_back", args=[question.pk])

        self.assertContains(self.client.post(address, {"reason": ""}), "Hãy ghi lý do.")
        answer = self.client.post(address, {"reason": "Thuộc phường khác."})

        self.assertRedirects(answer, reverse("faq_inbox"))
        question.refresh_from_db()
        self.assertEqual(question.state, State.CLASSIFIED)


class OutOfScope(Asked):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.body = CompetentBody.objects.create(
            name="Công an tỉnh (minh họa)", matters="cấp hộ chiếu", url="https://cong-an.example.invalid/"
        )

    def send(self, question, **fields):
        self.client.force_login(self.handler)
        return self.client.post(
            reverse("faq_reject", args=[question.pk]), {"reason": "Không thuộc thành phố.", **fields}
        )

    def test_is_due_at_once_and_names_a_body_of_the_directory(self):
        question = a_question(self.city, on=RECEIVED)
        classified = classifying.classify(
            question, topic=None, in_scope=False, reason="Không thuộc thành phố.", by=self.handler, on=RECEIVED
        )
        self.assertEqual(self.running(classified)[running.REJECT], date(2026, 6, 2))

        self.send(question, known_body=self.body.pk)

        question.refresh_from_db()
        self.assertEqual((question.state, question.competent_body), (State.OUT_OF_SCOPE, self.body.name))
        self.assertEqual(question.competent_body_url, self.body.url)

    def test_one_that_is_not_in_the_directory_is_typed_and_two_are_refused(self):
        question = a_question(self.city, on=RECEIVED)

        both = self.send(question, known_body=self.body.pk, competent_body="Sở khác")
        self.assertContains(both, "hãy để trống ô này")
        self.assertContains(self.send(question), "Hãy chọn hoặc ghi cơ quan có thẩm quyền")
        self.send(question, competent_body="Sở khác")

        question.refresh_from_db()
        self.assertEqual(question.competent_body, "Sở khác")

    def test_the_directory_changes_by_two_persons(self):
        self.client.force_login(self.handler)
        sent = {"name": "Cơ quan mới (minh họa)", "matters": "việc thử", "is_active": "on"}

        self.client.post(reverse(CompetentBody.snippet_viewset.get_url_name("add")), sent)
        self.assertFalse(CompetentBody.objects.filter(name=sent["name"]).exists())
        change = RecordChange.objects.get()
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        self.assertEqual(CompetentBody.objects.get(name=sent["name"]).label, "Cơ quan mới (minh họa): việc thử")


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class Warnings(Asked):
    def told(self, day: date) -> set[str]:
        moment = datetime(day.year, day.month, day.day, 7, tzinfo=VIETNAM)
        OutgoingMail.objects.all().delete()
        with time_machine.travel(moment, tick=False):
            reminders.send_digests(on=moment)
        return set(OutgoingMail.objects.values_list("recipient", flat=True))

    def test_come_half_way_through_the_15_days(self):
        question = a_question(self.city, state="classified", on=RECEIVED)
        deadline = Deadline.objects.for_subject(question).get(rule__code=running.ANSWER)

        with time_machine.travel(datetime(2026, 6, 11, 7, tzinfo=VIETNAM), tick=False):
            due = [item.level for item in reminders.due_reminders(date(2026, 6, 11)) if item.deadline == deadline]

        # 15 working days from 01/06 to 22/06: seven are left on Thursday 11/06.
        self.assertEqual(due, [-7])
        self.assertEqual([item for item in reminders.due_reminders(date(2026, 6, 10)) if item.deadline == deadline], [])

    def test_a_rule_that_asks_for_none_has_none(self):
        DeadlineRule.objects.update(warns_half_way=False)
        question = a_question(self.city, state="classified", on=RECEIVED)

        found = [item.deadline for item in reminders.due_reminders(date(2026, 6, 11))]

        self.assertNotIn(Deadline.objects.for_subject(question).get(rule__code=running.ANSWER), found)

    def test_what_is_late_climbs_to_the_head_and_what_is_very_late_to_the_board(self):
        question = a_question(self.city, state="classified", on=RECEIVED)
        question = assigning.assign(question, unit=self.city.my_long.unit, by=self.handler, on=RECEIVED)
        assigning.claim(question, by=self.cast.contributor, on=RECEIVED)
        Deadline.objects.exclude(rule__code=running.UNITS_SHARE).update(cancelled=True)
        DeadlineRule.objects.filter(code=running.UNITS_SHARE).update(reminders="0,1,8", very_late_after=5)

        last_day, late, very_late = (self.told(date(2026, 6, day)) for day in (15, 16, 25))

        self.assertEqual(last_day, {self.cast.contributor.email})
        self.assertIn(self.cast.unit_head.email, late)
        self.assertNotIn(self.cast.head.email, late)
        self.assertTrue({self.cast.unit_head.email, self.cast.head.email} <= very_late)


class Templates(Asked):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.law = public_document(cls.city.site, by=cls.cast.editor)
        cls.template = AnswerTemplate.objects.create(
            name="Mẫu đất đai",
            owner_site=cls.city.site,
            body="<p>Trả lời [[số câu hỏi]] gửi ngày [[ngày gửi]], thửa [[số thửa]].</p>",
        )
        cls.template.documents.add(cls.law)

    def test_known_fields_are_filled_and_others_are_left_to_a_person(self):
        question = a_question(self.city, state="assigned", unit=self.office, on=RECEIVED)

        body = template_fields.fill(self.template.body, question)

        self.assertEqual(body, f"<p>Trả lời {question.number} gửi ngày 01/06/2026, thửa [[số thửa]].</p>")
        self.assertEqual(template_fields.left_in(body), ["số thửa"])

    def test_an_answer_with_a_field_that_nobody_filled_in_is_not_submitted(self):
        question = a_question(self.city, state="assigned", unit=self.office, on=RECEIVED)
        answering.draft(question, body="<p>Thửa [[số thửa]].</p>", by=self.cast.editor, on=RECEIVED)

        with self.assertRaisesMessage(ValidationError, "số thửa"):
            answering.submit(question, by=self.cast.editor)
        self.enterContext(time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=VIETNAM), tick=False))
        answering.draft(question, body="<p>Thửa 12.</p>", by=self.cast.editor)

        self.assertEqual(answering.submit(question, by=self.cast.editor).body, "<p>Thửa 12.</p>")

    def test_one_whose_law_has_lapsed_says_so_in_the_list_and_when_it_is_put_in(self):
        repealed(self.law, by=self.handler, reason="Bị bãi bỏ.", effective_on=date(2022, 1, 1))
        question = a_question(self.city, state="assigned", unit=self.office, on=RECEIVED)
        self.client.force_login(self.handler)

        listed = self.client.get(reverse(AnswerTemplate.snippet_viewset.get_url_name("list")))
        put_in = self.client.post(
            reverse("faq_draft", args=[question.pk]), {"insert": "1", "template": self.template.pk, "body": ""}
        )

        self.law.refresh_from_db()
        self.assertContains(listed, self.law.status.label)
        self.assertContains(put_in, "hãy kiểm tra căn cứ trước khi dùng")

    def test_one_whose_law_stands_says_nothing(self):
        self.assertEqual(template_fields.lapsed([self.template]), {})
