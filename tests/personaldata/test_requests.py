"""Citizens and their own data: asked for with number and secret, answered in two working days, carried out by verbs."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from wagtail.models import ModelLogEntry

from base.gate import Refused
from base.models import AuditEntry
from faq import consents
from faq.handling import afterwards, answering, running
from faq.models import ConsentText, FaqPage, Question
from personaldata import data_requests, retention
from personaldata.models import DataSubjectRequest
from tests.city import CityTestCase
from tests.faq.cast import a_contact, a_question, again, questions_page
from workflows import deadlines
from workflows.deadlines import acting

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 5, 9, tzinfo=VIETNAM)
PATH = "/hoi-dap/du-lieu-ca-nhan/"
Kind, Status = DataSubjectRequest.Kind, DataSubjectRequest.State


class Requests(CityTestCase):
    """A Thursday in March 2026."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = cls.cast.standing_office
        cls.asker = a_contact(phone="0296 384 7561")

    def setUp(self):
        deadline = time_machine.travel(NOW, tick=False)
        self.traveller = deadline.start()
        self.addCleanup(deadline.stop)

    def question(self, state="assigned", **fields) -> Question:
        values = {"state": state, "contact": self.asker, "common": state == "published", **fields}
        return a_question(self.city, **values)

    def asked(self, kind, question=None, **fields) -> DataSubjectRequest:
        return data_requests.receive(question or self.question(), kind=kind, **fields)

    def granted(self, request) -> DataSubjectRequest:
        data_requests.decide(request, accepted=True, answer="Đồng ý.", by=self.office)
        return data_requests.carry_out(request, by=self.office)


class Receiving(Requests):
    def test_number_and_secret_of_what_was_sent_find_it(self):
        question = self.question()

        self.assertEqual(data_requests.find(f" {question.number.lower()} ", question.secret.lower()), question)
        self.assertIsNone(data_requests.find(question.number, "SAIMATKHAU"))
        self.assertIsNone(data_requests.find("HD-2026-999999", question.secret))

    def test_its_clock_is_two_working_days_of_the_site_that_has_the_question(self):
        request = self.asked(Kind.KNOW)

        deadline = data_requests.deadline_of(request)
        self.assertEqual((request.number, deadline.last_day), ("YC-2026-000001", date(2026, 3, 9)))
        self.assertEqual(deadline.site, self.city.site)

    def test_the_same_request_that_still_waits_is_not_made_twice(self):
        question = self.question()

        self.assertEqual(self.asked(Kind.ACCESS, question), self.asked(Kind.ACCESS, question))
        self.assertEqual(DataSubjectRequest.objects.count(), 1)

    def test_what_is_missing_is_named_field_by_field(self):
        for kind, fields, name in (
            ("nothing", {}, "kind"),
            (Kind.OBJECT, {}, "details"),
            (Kind.CORRECT, {}, "email"),
            (Kind.CORRECT, {"contact": {"email": "a@"}}, "email"),
            (Kind.KNOW, {"details": "x" * 3001}, "details"),
        ):
            with self.subTest(kind=kind), self.assertRaises(ValidationError) as caught:
                self.asked(kind, **fields)
            self.assertEqual(set(caught.exception.message_dict), {name})
        self.assertEqual(DataSubjectRequest.objects.count(), 0)

    def test_whoever_came_to_the_office_is_entered_with_the_day_he_came(self):
        request = data_requests.enter(
            by=self.office,
            site=self.city.site,
            kind=Kind.KNOW,
            identified_by="in_person",
            contact={"phone": "0296 000 0000"},
            received_on=datetime(2026, 3, 4, 15, tzinfo=VIETNAM),
        )

        self.assertEqual(data_requests.deadline_of(request).last_day, date(2026, 3, 6))
        self.assertIsNone(request.record)

    def test_nobody_enters_one_for_another_ward_or_for_its_question(self):
        foreign = self.question(site=self.city.my_xuyen)
        for site, record in ((self.city.my_xuyen, None), (self.city.my_long, foreign)):
            with self.subTest(record=record), self.assertRaises(Refused):
                data_requests.enter(
                    by=self.cast.unit_head,
                    site=site,
                    kind=Kind.KNOW,
                    identified_by="letter",
                    record=record,
                    contact={"phone": "0296 000 0000"},
                )

    def test_what_was_asked_lies_encrypted_and_no_line_of_the_log_tells_it(self):
        request = self.asked(Kind.OBJECT, details="Đừng gọi vào số 0296 384 7561.")

        raw = DataSubjectRequest.objects.filter(pk=request.pk).extra(select={"raw": "details"}).values_list("raw")
        self.assertTrue(raw[0][0].startswith("gAAAA"))
        for entry in ModelLogEntry.objects.filter(action__startswith="portal.data_request"):
            self.assertNotIn("384", f"{entry.label} {entry.data}")


class OnTheBoards(Requests):
    def test_its_clock_waits_for_the_handlers_of_its_own_site_and_leads_to_its_screen(self):
        request = self.asked(Kind.KNOW, self.question(site=self.city.my_long))
        deadline = data_requests.deadline_of(request)

        people = acting.Actors([deadline]).of(deadline)

        self.assertEqual({user.pk for user in people}, {self.cast.unit_head.pk, self.cast.ward_approver.pk})
        self.assertIn(f"/yeu-cau/{request.pk}/", acting.subject_of(deadline).address(request))


class Deciding(Requests):
    def test_an_answer_meets_the_clock_and_is_mailed_without_what_was_asked(self):
        request = self.asked(Kind.OBJECT, details="Đừng nêu tên tôi ở đâu cả.")
        mail.outbox.clear()

        data_requests.decide(request, accepted=False, answer="Tên không được nêu ở đâu.", by=self.office)

        request.refresh_from_db()
        self.assertEqual(request.state, Status.REFUSED)
        self.assertEqual(data_requests.deadline_of(request).met_on, date(2026, 3, 5))
        (message,) = mail.outbox
        self.assertEqual(message.to, [self.asker.email])
        self.assertIn("Tên không được nêu ở đâu.", message.body)
        self.assertNotIn("Đừng nêu tên", message.body)

    def test_it_is_late_from_the_third_working_day(self):
        request = self.asked(Kind.KNOW)

        self.traveller.move_to(datetime(2026, 3, 10, 0, 1, tzinfo=VIETNAM))

        self.assertTrue(deadlines.is_late(data_requests.deadline_of(request)))

    def test_it_takes_an_answer_the_right_and_happens_once(self):
        request = self.asked(Kind.KNOW)
        with self.assertRaises(ValidationError):
            data_requests.decide(request, accepted=False, answer=" ", by=self.office)
        with self.assertRaises(Refused):
            data_requests.decide(request, accepted=True, answer="Được.", by=self.cast.unit_head)
        data_requests.decide(request, accepted=True, answer="Được.", by=self.office)

        with self.assertRaisesMessage(Refused, "đã được trả lời"):
            data_requests.decide(request, accepted=False, answer="Không.", by=self.office)

    def test_nothing_is_carried_out_that_was_not_accepted(self):
        question = self.question("closed")
        request = self.asked(Kind.DELETE, question)
        with self.assertRaises(Refused):
            data_requests.carry_out(request, by=self.office)
        data_requests.decide(request, accepted=False, answer="Không.", by=self.office)

        with self.assertRaises(Refused):
            data_requests.carry_out(request, by=self.office)

        self.assertEqual(again(question).contact.email, self.asker.email)


class CarryingOut(Requests):
    def test_a_correction_changes_what_was_named_and_nothing_else(self):
        question = self.question()

        self.granted(self.asked(Kind.CORRECT, question, contact={"email": "moi@example.invalid"}))

        contact = again(question).contact
        self.assertEqual((contact.email, contact.phone), ("moi@example.invalid", self.asker.phone))

    def test_a_deletion_purges_an_ended_question_at_once(self):
        question = self.question("closed")

        request = self.granted(self.asked(Kind.DELETE, question))

        contact = again(question).contact
        self.assertIsNotNone(contact.purged_at)
        self.assertEqual((contact.name, contact.email), ("", ""))
        self.assertEqual(request.state, Status.DONE)

    def test_a_deletion_waits_for_the_answer_to_an_open_question(self):
        question = self.question()
        request = self.asked(Kind.DELETE, question)
        data_requests.decide(request, accepted=True, answer="Xóa khi trả lời xong.", by=self.office)

        with self.assertRaisesMessage(Refused, "chưa kết thúc"):
            data_requests.carry_out(request, by=self.office)

        self.assertEqual(again(question).contact.email, self.asker.email)

    def test_consent_withdrawn_with_the_secret_empties_the_contact_at_once_and_the_question_goes_on(self):
        question = self.question(text=f"Tôi là {self.asker.name}. Xin hỏi thủ tục đăng ký khai sinh.")

        request = self.asked(Kind.WITHDRAW, question)

        question = again(question)
        self.assertEqual(request.state, Status.DONE)
        self.assertEqual((question.contact.name, question.contact.email), ("", ""))
        self.assertIsNotNone(question.contact.withdrawn_at)
        self.assertNotIn(self.asker.name, question.text)
        self.assertEqual(question.state, "assigned")
        self.assertIsNotNone(running.running_deadline(question))

    def test_after_a_withdrawal_nothing_is_mailed_and_the_end_is_the_day_of_the_purge(self):
        question = self.question()
        self.asked(Kind.WITHDRAW, question)
        mail.outbox.clear()
        answering.draft(question, body="<p>Nộp tại phường.</p>", by=self.cast.editor)
        answering.submit(question, by=self.cast.editor)
        answering.sign(question, by=self.cast.head)
        answering.decide_interest(question, common=False, reason="riêng", by=self.office)
        answering.reply(question, by=self.office)
        afterwards.close(question, by=self.office)

        self.assertEqual([m.to for m in mail.outbox if self.asker.email in m.to], [])
        self.assertEqual(again(question).contact.purge_on, date(2026, 3, 5))
        self.assertIsNotNone(answering.answer_of(question))
        self.assertEqual(retention.purge_contacts(on=NOW), 1)

    def test_whoever_has_no_secret_is_still_answered_by_the_contact_he_withdraws(self):
        question = self.question()
        request = data_requests.enter(
            by=self.office, site=self.city.site, kind=Kind.WITHDRAW, identified_by="letter", record=question
        )

        self.granted(request)

        contact = again(question).contact
        self.assertEqual(contact.email, self.asker.email)
        self.assertIsNotNone(contact.withdrawn_at)

    def test_a_page_that_names_the_asker_is_mended_first_but_his_contact_goes_at_once(self):
        question = self.question("published", contact=a_contact(may_show_name=True))
        page = FaqPage.objects.get(pk=question.page_id)
        self.assertTrue(page.asker_shown)

        request = self.asked(Kind.WITHDRAW, question)

        self.assertEqual(again(question).contact.email, "")
        self.assertEqual(request.state, Status.ACCEPTED)
        with self.assertRaisesMessage(Refused, "còn nêu tên"):
            data_requests.carry_out(request, by=self.office)

    def test_an_objection_ends_the_consent_to_be_named(self):
        question = self.question(contact=a_contact(may_show_name=True))

        self.granted(self.asked(Kind.OBJECT, question, details="Đừng nêu tên tôi."))

        self.assertFalse(again(question).contact.may_show_name)

    def test_the_copy_tells_all_that_is_held_in_words(self):
        question = self.question(text="Xin hỏi thủ tục đăng ký khai sinh cho con.")

        text = data_requests.copy_of(again(question))

        for told in (
            self.asker.name,
            self.asker.email,
            self.asker.phone,
            question.number,
            question.title,
            question.text,
            self.asker.consent_text,
        ):
            self.assertIn(told, text)

    def test_what_was_asked_is_purged_after_its_term_and_the_record_stays(self):
        request = self.asked(Kind.OBJECT, details="Đừng gọi 0296 384 7561.")
        data_requests.decide(request, accepted=False, answer="Không.", by=self.office)
        self.traveller.move_to(datetime(2027, 3, 6, 3, tzinfo=VIETNAM))

        retention.purge_contacts(on=datetime(2027, 3, 6, 3, tzinfo=VIETNAM))

        request.refresh_from_db()
        self.assertEqual((request.details, request.state, request.answer), ("", Status.REFUSED, "Không."))


class ThePublicPage(Requests):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        questions_page(cls.city)

    def send(self, question, step="send", **fields):
        return self.client.post(PATH, {"number": question.number, "secret": question.secret, "step": step, **fields})

    def test_offers_every_request_and_links_the_policy(self):
        response = self.client.get(PATH)

        for kind in Kind:
            self.assertContains(response, f'value="{kind.value}"')
        self.assertContains(response, f"{PATH}chinh-sach/")
        self.assertEqual(response["Cache-Control"], "no-store")

    def test_takes_a_request_and_shows_number_and_last_day(self):
        response = self.send(self.question(), kind=Kind.ACCESS)

        self.assertContains(response, "Đã tiếp nhận yêu cầu YC-2026-000001.")
        self.assertContains(response, "09/03/2026")
        self.assertNotContains(response, self.asker.email)

    def test_a_wrong_secret_and_a_wrong_number_are_answered_alike_and_change_nothing(self):
        question = self.question()
        answers = [
            self.client.post(PATH, {"number": number, "secret": secret, "step": "send", "kind": Kind.WITHDRAW})
            for number, secret in ((question.number, "ABCDEFGHJK"), ("HD-2026-999999", question.secret))
        ]

        for response in answers:
            self.assertContains(response, "Số hoặc mã tra cứu không đúng")
        self.assertEqual(again(question).contact.email, self.asker.email)

    def test_whoever_guesses_is_locked(self):
        question = self.question()
        codes = {
            self.client.post(PATH, {"number": question.number, "secret": "ABCDEFGHJK", "step": "show"}).status_code
            for _try in range(12)
        }

        self.assertIn(429, codes)

    def test_the_copy_is_fetched_only_once_it_was_granted_and_each_time_is_written_down(self):
        question = self.question()
        request = self.asked(Kind.ACCESS, question)
        self.assertContains(self.send(question, step="copy"), "Chưa có bản sao nào được chấp nhận")
        self.granted(request)

        response = self.send(question, step="copy")

        self.assertIn("attachment", response["Content-Disposition"])
        self.assertIn(self.asker.email, response.content.decode("utf-8-sig"))
        self.assertEqual(response["Cache-Control"], "private, no-store")
        self.assertEqual(AuditEntry.objects.filter(action="personal_data.read").count(), 1)

    def test_a_withdrawal_says_that_nothing_is_held_any_more(self):
        response = self.send(self.question(), kind=Kind.WITHDRAW)

        self.assertContains(response, "Cổng không còn giữ thông tin liên hệ nào.")

    def test_what_is_missing_keeps_what_was_typed(self):
        response = self.send(self.question(), kind=Kind.OBJECT, email="moi@example.invalid")

        self.assertContains(response, "Hãy ghi phản đối hoặc hạn chế việc xử lý nào")
        self.assertContains(response, "moi@example.invalid")


class Consents(Requests):
    TEXTS = {
        "text": "Tôi đồng ý cho {unit} dùng thông tin này trong {days} ngày.",
        "text_en": "I agree that {unit} uses this for {days} days.",
        "policy": "<p>Chính sách mới.</p>",
        "policy_en": "<p>New policy.</p>",
    }

    def proposed(self, **changes) -> ConsentText:
        return consents.propose(by=self.office, **{"valid_from": date(2026, 4, 1), **self.TEXTS, **changes})

    def test_a_new_version_counts_from_its_day_once_another_person_has_confirmed_it(self):
        version = self.proposed()
        self.assertEqual(consents.in_force(date(2026, 4, 1)).version, 1)

        consents.confirm(version, by=self.cast.deputy)

        self.assertEqual(consents.in_force(date(2026, 3, 31)).version, 1)
        self.assertEqual(consents.in_force(date(2026, 4, 1)).version, 2)
        words = consents.words(self.city.my_long, "vi", date(2026, 4, 1))
        self.assertEqual(words, "Tôi đồng ý cho Ủy ban nhân dân phường Mỹ Long dùng thông tin này trong 365 ngày.")

    def test_whoever_wrote_it_does_not_confirm_it_nor_whoever_approves_nothing(self):
        version = consents.propose(by=self.cast.deputy, valid_from=date(2026, 4, 1), **self.TEXTS)
        for person in (self.cast.deputy, self.office, self.cast.unit_head):
            with self.subTest(person=person), self.assertRaises(Refused):
                consents.confirm(version, by=person)

    def test_a_confirmed_version_never_changes(self):
        version = self.proposed()
        consents.confirm(version, by=self.cast.head)

        with self.assertRaises(Refused):
            consents.correct(version, by=self.office, valid_from=date(2026, 5, 1), **self.TEXTS)

    def test_nobody_agrees_to_what_begins_in_the_past_or_names_neither_authority_nor_term(self):
        with self.assertRaises(ValidationError) as caught:
            self.proposed(text="Tôi đồng ý.", policy=" ", valid_from=date(2020, 1, 1))
        self.assertEqual(set(caught.exception.message_dict), {"text", "policy", "valid_from"})
        version = self.proposed()
        self.traveller.move_to(datetime(2026, 4, 2, 9, tzinfo=VIETNAM))

        with self.assertRaisesMessage(Refused, "đã qua"):
            consents.confirm(version, by=self.cast.head)

    def test_each_confirmed_version_of_the_policy_has_its_page_and_no_other(self):
        questions_page(self.city)
        self.assertContains(self.client.get(f"{PATH}chinh-sach/"), "Phiên bản 1, dùng từ ngày 01/01/2026")
        version = self.proposed()
        self.assertEqual(self.client.get(f"{PATH}chinh-sach/2/").status_code, 404)
        consents.confirm(version, by=self.cast.head)
        self.assertContains(self.client.get(f"{PATH}chinh-sach/2/"), "Chính sách mới.")

        self.traveller.move_to(datetime(2026, 4, 1, 9, tzinfo=VIETNAM))

        self.assertContains(self.client.get(f"{PATH}chinh-sach/"), "Chính sách mới.")
        self.assertContains(self.client.get(f"{PATH}chinh-sach/1/"), "không phải phiên bản đang dùng")
