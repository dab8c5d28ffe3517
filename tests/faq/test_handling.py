"""A question from its receipt to its end: who may do what when, which clock runs, what the asker is told."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from wagtail.models import ModelLogEntry

from base.gate import Refused
from base.models import OrganisationUnit
from faq import numbering
from faq.handling import (
    afterwards,
    answering,
    assigning,
    classifying,
    intake,
    interim,
    publication,
    running,
    steps,
)
from faq.handling.states import STEPS
from faq.models import Answer, FaqPage, Question, QuestionContact, QuestionTopic, State
from faq.submission import Contact
from tests.city import CityTestCase, appointed, publish
from workflows import deadlines
from workflows.models import Deadline

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
CONSENT = "Tôi đồng ý cho xử lý thông tin liên hệ để trả lời câu hỏi này."
ASKER = Contact(
    name="Trần Thị Minh Họa",
    email="nguoi-hoi@example.invalid",
    phone="0912 345 678",
    address="số 5 đường Minh Họa",
    consent_text=CONSENT,
)
BODY = "<p>Hồ sơ nộp tại bộ phận một cửa của phường, thời hạn giải quyết 3 ngày làm việc.</p>"


def at(day: int, month: int, hour: int = 9, year: int = 2024) -> datetime:
    return datetime(year, month, day, hour, tzinfo=VIETNAM)


class Questions(CityTestCase):
    """A Monday in January 2024: Tết is off from 8 to 14 February."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.topic = QuestionTopic.objects.create(name="Hộ tịch (thử)", slug="ho-tich-thu")
        cls.office = OrganisationUnit.objects.create(
            name="Phòng thử", slug="phong-thu", kind=OrganisationUnit.Kind.OFFICE, parent=cls.city.site.unit
        )
        cls.handler = cls.cast.standing_office

    def setUp(self):
        self.clock = time_machine.travel(at(22, 1), tick=False)
        self.traveller = self.clock.start()
        self.addCleanup(self.clock.stop)

    def go_to(self, day: int, month: int, hour: int = 9) -> None:
        self.traveller.move_to(at(day, month, hour))

    def received(self, site=None, contact=ASKER, **fields) -> Question:
        values = {"title": "Đăng ký khai sinh", "text": "Xin hỏi thủ tục đăng ký khai sinh cần giấy tờ gì?", **fields}
        return intake.receive(site=site or self.city.site, contact=contact, **values).question

    def classified(self, **fields) -> Question:
        return classifying.classify(self.received(**fields), by=self.handler, topic=self.topic, in_scope=True)

    def assigned(self, unit=None, **fields) -> Question:
        return assigning.assign(self.classified(**fields), unit=unit or self.office, by=self.handler)

    def submitted(self, **fields) -> Question:
        question = self.assigned(**fields)
        answering.draft(question, body=BODY, by=self.cast.editor)
        answering.submit(question, by=self.cast.editor)
        return Question.objects.get(pk=question.pk)

    def replied(self, common: bool = False, **fields) -> Question:
        question = self.submitted(**fields)
        answering.sign(question, by=self.cast.deputy)
        answering.decide_interest(question, common=common, reason="theo nội dung", by=self.handler)
        answering.reply(question, by=self.handler)
        return Question.objects.get(pk=question.pk)

    def last_day(self, question) -> date:
        return running.running_deadline(question).last_day

    def mails(self) -> list[str]:
        return [message.subject for message in mail.outbox if message.to == [ASKER.email]]


class Receiving(Questions):
    def test_a_question_gets_the_next_number_of_the_year_a_secret_and_fifteen_working_days(self):
        first, second = self.received(), self.received(text="Một câu hỏi khác hẳn, dài hơn hai mươi ký tự.")
        self.assertEqual((first.number, second.number), ("HD-2024-000001", "HD-2024-000002"))
        self.assertEqual(len(first.secret), numbering.SECRET_LENGTH)
        self.assertNotEqual(first.secret, second.secret)
        self.assertEqual(self.last_day(first), date(2024, 2, 19))
        self.assertIn("nghỉ 08–09/02, 12–14/02", deadlines.explain(running.running_deadline(first)))

    def test_numbers_begin_anew_with_the_year(self):
        self.received()
        with time_machine.travel(at(2, 1, year=2025), tick=False):
            self.assertEqual(self.received().number, "HD-2025-000001")

    def test_the_asker_is_mailed_number_secret_and_last_day_but_not_his_own_words(self):
        question = self.received()
        (message,) = mail.outbox
        self.assertEqual(message.to, [ASKER.email])
        self.assertIn(question.number, message.subject)
        for told in (question.number, question.secret, "19/02/2024"):
            self.assertIn(told, message.body)
        for left_out in (ASKER.phone, question.text, question.title):
            self.assertNotIn(left_out, message.body)

    def test_whoever_gave_a_telephone_only_gets_no_mail_and_is_not_refused(self):
        self.received(contact=Contact(phone="0912 345 678", consent_text=CONSENT))
        self.assertEqual(mail.outbox, [])

    def test_what_is_missing_is_named_field_by_field(self):
        with self.assertRaises(ValidationError) as caught:
            intake.receive(site=self.city.site, title=" ", text="ngắn", contact=Contact())
        self.assertEqual(set(caught.exception.message_dict), {"title", "text", "email", "consent"})
        self.assertEqual(Question.objects.count(), 0)

    def test_contact_data_lie_encrypted_in_the_database(self):
        question = self.received()
        with self.subTest("in Python they are plain"):
            self.assertEqual(QuestionContact.objects.get(question=question).phone, ASKER.phone)
        raw = QuestionContact.objects.filter(question=question).extra(select={"raw": "phone"}).values_list("raw")
        self.assertNotIn("0912", raw[0][0])
        self.assertTrue(raw[0][0].startswith("gAAAA"))

    def test_number_and_secret_open_it_however_they_are_typed(self):
        question = self.received()
        secret = question.secret
        self.assertEqual(intake.find(f" {question.number.lower()} ", f"{secret[:5].lower()} {secret[5:]}"), question)
        for number, wrong in ((question.number, secret[::-1]), ("HD-2024-999999", secret), (question.number, "")):
            with self.subTest(number=number):
                self.assertIsNone(intake.find(number, wrong))

    def test_the_same_text_with_other_blanks_and_capitals_is_known_again(self):
        first = self.received()
        second = self.received(text="XIN HỎI  thủ tục đăng ký\nkhai sinh cần giấy tờ gì?")
        self.assertEqual(intake.same_text(second), [first])

    def test_one_that_came_by_telephone_runs_from_the_day_it_came(self):
        took = intake.enter(
            by=self.handler,
            site=self.city.site,
            channel="phone",
            title="Hỏi qua điện thoại",
            text="Xin hỏi lịch tiếp công dân của chủ tịch phường.",
            contact=ASKER,
            received_on=at(17, 1, 16),
        )
        self.assertEqual(self.last_day(took.question), date(2024, 2, 7))
        with self.assertRaises(Refused):
            intake.enter(
                by=self.cast.contributor_my_xuyen,
                site=self.city.my_long,
                channel="phone",
                title="x",
                text="y" * 30,
                contact=ASKER,
                received_on=at(17, 1),
            )
        with self.assertRaises(ValidationError):
            intake.enter(
                by=self.handler,
                site=self.city.site,
                channel="phone",
                title="x",
                text="y" * 30,
                contact=ASKER,
                received_on=at(23, 1),
            )


class WhoMay(Questions):
    def test_people_of_another_ward_may_do_nothing_to_a_wards_question(self):
        question = self.received(site=self.city.my_long)
        for step in STEPS:
            with self.subTest(step=step):
                self.assertFalse(steps.may_do(step, self.cast.contributor_my_xuyen, question))
        with self.assertRaises(Refused):
            assigning.claim(question, by=self.cast.contributor_my_xuyen)

    def test_a_contributor_writes_and_does_not_assign(self):
        question = self.received(site=self.city.my_long)
        self.assertTrue(steps.may_do("draft", self.cast.contributor, question))
        for step in ("classify", "assign", "sign", "reply", "merge"):
            self.assertFalse(steps.may_do(step, self.cast.contributor, question), step)

    def test_two_do_not_take_one_question(self):
        question = self.received()
        assigning.claim(question, by=self.cast.editor)
        with self.assertRaises(Refused):
            assigning.claim(question, by=self.cast.deputy)
        assigning.release(question, by=self.handler)
        self.assertEqual(assigning.claim(question, by=self.cast.deputy).claimed_by, self.cast.deputy)

    def test_who_lost_the_right_there_holds_no_question_any_more(self):
        question = self.received(site=self.city.my_long)
        appointed(self.cast.contributor, "contributor", self.city.my_xuyen)
        assigning.claim(question, by=self.cast.contributor)

        self.cast.contributor.appointments.filter(site=self.city.my_long).update(state="ended")

        self.assertEqual(assigning.claim(question, by=self.cast.unit_head).claimed_by, self.cast.unit_head)

    def test_no_step_starts_from_a_state_that_is_not_in_its_row(self):
        question = self.received()
        for state in State:
            Question.objects.filter(pk=question.pk).update(state=state)
            question.refresh_from_db()
            for name, step in STEPS.items():
                if state in step.sources:
                    continue
                with self.subTest(state=state, step=name), self.assertRaises(Refused):
                    steps.hold(name, question, self.cast.head)


class OutOfScope(Questions):
    def test_the_asker_is_told_at_once_why_and_whose_matter_it_is(self):
        question = classifying.classify(
            self.received(),
            by=self.handler,
            topic=None,
            in_scope=False,
            reason="Thuộc thẩm quyền của tỉnh.",
            competent_body="Sở Giao thông vận tải",
            competent_body_url="https://example.invalid/",
        )
        told = Deadline.objects.for_subject(question).open().get(rule__code=running.REJECT)
        self.assertEqual(told.last_day, date(2024, 1, 23))
        question = classifying.reject(question, by=self.handler)
        self.assertEqual(question.state, State.OUT_OF_SCOPE)
        self.assertFalse(Deadline.objects.for_subject(question).open().exists())
        self.assertIn("Sở Giao thông vận tải", question.events.last().public_text)
        self.assertEqual(len(self.mails()), 2)

    def test_one_not_told_within_a_working_day_is_late(self):
        question = classifying.classify(
            self.received(), by=self.handler, topic=None, in_scope=False, reason="Thuộc thẩm quyền của tỉnh."
        )
        deadline = Deadline.objects.for_subject(question).open().get(rule__code=running.REJECT)
        self.assertFalse(deadlines.is_late(deadline, at(23, 1, 23)))
        self.assertTrue(deadlines.is_late(deadline, at(24, 1, 0)))

    def test_it_takes_a_reason(self):
        with self.assertRaises(ValidationError):
            classifying.classify(self.received(), by=self.handler, topic=None, in_scope=False, reason=" ")

    def test_what_turns_out_to_be_in_scope_has_no_such_clock_any_more(self):
        question = classifying.classify(
            self.received(), by=self.handler, topic=None, in_scope=False, reason="Thuộc thẩm quyền của tỉnh."
        )
        question = classifying.classify(question, by=self.handler, topic=self.topic, in_scope=True)
        with self.assertRaises(Refused):
            classifying.reject(question, by=self.handler)
        self.assertEqual(Deadline.objects.for_subject(question).open().get().rule.code, running.ANSWER)


class ToAUnit(Questions):
    def test_a_wards_question_goes_to_the_wards_people_and_an_offices_to_the_citys(self):
        ward = self.assigned(unit=self.city.my_long.unit)
        self.assertEqual(ward.owner_site, self.city.my_long)
        self.assertTrue(steps.may_do("draft", self.cast.contributor, ward))
        self.assertEqual(self.assigned(text="Một câu hỏi khác cho phòng chuyên môn.").owner_site, self.city.site)

    def test_another_unit_does_not_start_the_fifteen_days_anew(self):
        question = self.assigned(unit=self.city.my_long.unit)
        before = self.last_day(question)
        self.go_to(30, 1)
        question = assigning.reassign(question, unit=self.office, reason="không thuộc phường", by=self.handler)
        self.assertEqual(self.last_day(question), before)
        self.assertEqual(running.running_deadline(question).unit, self.office)
        self.assertFalse(steps.may_do("draft", self.cast.contributor, question))
        self.assertEqual([event.kind for event in question.events.all()][-2:], ["assigned", "reassigned"])

    def test_the_units_clock_ends_before_that_of_the_asker(self):
        question = self.assigned()
        units = Deadline.objects.for_subject(question).open().get(rule__code=running.UNITS_SHARE)
        self.assertLess(units.last_day, self.last_day(question))

    def test_a_unit_that_is_no_more_gets_nothing(self):
        OrganisationUnit.objects.filter(pk=self.office.pk).update(valid_to=date(2023, 12, 31))
        self.office.refresh_from_db()
        with self.assertRaises(ValidationError):
            self.assigned()


class OnTheWay(Questions):
    def test_an_interim_notice_takes_the_place_of_the_answer_and_starts_the_promised_clock(self):
        question = self.assigned()
        self.go_to(7, 2)
        interim.notify(question, text="Đang chờ ý kiến của tỉnh.", promised_on=date(2024, 2, 29), by=self.handler)
        self.assertEqual(self.last_day(question), date(2024, 2, 29))
        met = Deadline.objects.for_subject(question).get(rule__code=running.ANSWER)
        self.assertFalse(deadlines.is_late(met))
        self.assertIn("29/02/2024", question.events.last().public_text)

    def test_on_the_fifteenth_day_it_is_in_time_and_the_day_after_too_late(self):
        question = self.assigned()
        self.go_to(20, 2, 0)
        with self.assertRaises(Refused):
            interim.notify(question, text="Đang xử lý.", promised_on=date(2024, 2, 29), by=self.handler)
        self.go_to(19, 2, 23)
        interim.notify(question, text="Đang xử lý.", promised_on=date(2024, 2, 29), by=self.handler)

    def test_it_needs_a_text_and_a_working_day_after_the_last_one(self):
        question = self.assigned()
        for promised, text in (
            (date(2024, 2, 29), " "),
            (date(2024, 1, 22), "Có."),
            (date(2024, 2, 19), "Có."),
            (date(2024, 3, 2), "Có."),
        ):
            with self.subTest(promised=promised), self.assertRaises(ValidationError):
                interim.notify(question, text=text, promised_on=promised, by=self.handler)
        self.assertFalse(question.notices.exists())

    def test_the_second_promise_is_the_boards_and_both_are_shown(self):
        question = self.assigned()
        interim.notify(question, text="Lần một.", promised_on=date(2024, 2, 29), by=self.handler)
        self.go_to(28, 2)
        with self.assertRaises(Refused):
            interim.notify(question, text="Lần hai.", promised_on=date(2024, 3, 8), by=self.handler)
        interim.notify(question, text="Lần hai.", promised_on=date(2024, 3, 8), by=self.cast.deputy)
        self.assertEqual(question.notices.count(), 2)
        self.assertEqual(self.last_day(question), date(2024, 3, 8))

    def test_the_clock_stands_while_the_asker_owes_something_and_moves_by_working_days(self):
        question = self.assigned()
        question = interim.wait_for_asker(question, text="Xin gửi thêm bản chụp giấy khai sinh.", by=self.handler)
        self.go_to(26, 1)
        question = interim.supplement(question, text="Tôi gửi bổ sung số giấy tờ.")
        self.assertEqual(self.last_day(question), date(2024, 2, 23))
        self.assertIsNone(question.waiting_since)
        self.assertIn("[Bổ sung ngày 26/01/2024]", question.text)
        with self.assertRaises(Refused):
            interim.supplement(question, text="Thêm nữa.")

    def test_one_asks_for_more_once_at_a_time(self):
        question = interim.wait_for_asker(self.assigned(), text="Xin bổ sung.", by=self.handler)
        with self.assertRaises(Refused):
            interim.wait_for_asker(question, text="Xin bổ sung nữa.", by=self.handler)
        self.go_to(24, 1)
        self.assertIsNone(interim.resume(question, by=self.handler).waiting_since)


class Answering(Questions):
    def test_who_wrote_the_answer_never_signs_it(self):
        question = self.assigned()
        answering.draft(question, body=BODY, by=self.cast.deputy)
        answering.draft(question, body=BODY + "<p>Thêm.</p>", by=self.cast.editor)
        answering.submit(question, by=self.cast.editor)
        with self.assertRaises(Refused):
            answering.sign(question, by=self.cast.deputy)
        answer = answering.sign(question, by=self.cast.head)
        self.assertEqual((answer.state, answer.signer_name), (Answer.State.SIGNED, self.cast.head.full_name))

    def test_a_returned_answer_goes_back_with_the_reason_and_comes_again(self):
        question = self.submitted()
        answering.send_back(question, reason="Thiếu căn cứ.", by=self.cast.deputy)
        question.refresh_from_db()
        self.assertEqual(question.state, State.ASSIGNED)
        self.assertEqual(question.answers.get().returned_reason, "Thiếu căn cứ.")
        self.go_to(23, 1)
        answering.draft(question, body=BODY, by=self.cast.editor)
        answering.submit(question, by=self.cast.editor)
        self.assertEqual(question.answers.count(), 1)

    def test_nothing_is_sent_before_it_is_decided_whether_it_is_of_common_interest(self):
        question = self.submitted()
        answering.sign(question, by=self.cast.deputy)
        with self.assertRaises(Refused):
            answering.reply(question, by=self.handler)
        self.assertNotIn(f"Trả lời câu hỏi {question.number}", self.mails())

    def test_the_reply_meets_all_clocks_and_reaches_the_asker(self):
        question = self.replied()
        self.assertEqual(question.state, State.REPLIED)
        self.assertFalse(Deadline.objects.for_subject(question).open().exists())
        self.assertEqual(self.mails()[-1], f"Trả lời câu hỏi {question.number}")
        self.assertEqual(answering.answer_of(question).state, Answer.State.SENT)

    def test_askers_of_merged_questions_all_get_the_answer(self):
        second = self.received(text="Cho hỏi giấy tờ để đăng ký khai sinh cho con.")
        main = self.submitted()
        classifying.merge(second, main, reason="cùng nội dung", by=self.handler)
        answering.sign(main, by=self.cast.deputy)
        answering.decide_interest(main, common=False, reason="việc riêng", by=self.handler)
        answering.reply(main, by=self.handler)
        second.refresh_from_db()
        self.assertEqual(second.state, State.MERGED)
        self.assertIsNotNone(second.replied_at)
        self.assertFalse(Deadline.objects.for_subject(second).open().exists())
        self.assertEqual(answering.answer_of(second), answering.answer_of(main))
        self.assertIn(f"Trả lời câu hỏi {second.number}", self.mails())

    def test_no_question_is_merged_into_itself_or_into_an_answered_one(self):
        question, answered = self.received(), self.replied(text="Một câu hỏi đã được trả lời từ trước rồi.")
        for into in (question, answered):
            with self.subTest(into=into), self.assertRaises(Refused):
                classifying.merge(question, into, reason="cùng nội dung", by=self.handler)


class Afterwards(Questions):
    def test_what_is_of_common_interest_cannot_be_closed_unpublished(self):
        question = self.replied(common=True)
        with self.assertRaises(Refused):
            afterwards.close(question, by=self.handler)

    def test_another_may_be_closed_and_its_contact_data_get_their_last_day(self):
        question = afterwards.close(self.replied(), by=self.handler)
        self.assertEqual(question.state, State.CLOSED)
        self.assertEqual(question.contact.purge_on, date(2025, 1, 21))

    def test_the_public_page_goes_through_approval_and_ends_the_question(self):
        question = self.replied(common=True)
        page = publication.prepare_page(
            question,
            title="Đăng ký khai sinh cần giấy tờ gì?",
            question_text="Cần giấy tờ gì để đăng ký khai sinh?",
            answer=BODY,
            by=self.handler,
        )
        self.assertFalse(page.live)
        self.assertEqual(page.topic, self.topic)
        publish(page, by=self.handler)
        question.refresh_from_db()
        self.assertEqual(question.state, State.PUBLISHED)
        self.assertTrue(FaqPage.objects.get(pk=page.pk).live)
        self.assertIsNotNone(question.contact.purge_on)

    def test_the_askers_own_data_are_refused_on_the_public_page(self):
        question = self.replied(common=True)
        for field, value in (
            ("question_text", "Tôi là Tran thi  MINH HỌA, xin hỏi."),
            ("answer", "<p>Gọi 0912.345.678</p>"),
            ("title", "Hỏi của nguoi-hoi@example.invalid"),
            ("question_text", "Nhà ở số 5 đường Minh Họa."),
        ):
            texts = {"title": "Khai sinh", "question_text": "Cần giấy tờ gì?", "answer": BODY, field: value}
            with self.subTest(value=value), self.assertRaises(ValidationError) as caught:
                publication.prepare_page(question, **texts, by=self.handler)
            self.assertIn(field, caught.exception.message_dict)

    def test_the_name_is_shown_only_to_whom_the_asker_agreed(self):
        contact = Contact(name="Trần Thị Minh Họa", phone="0912 345 678", consent_text=CONSENT, may_show_name=True)
        for may_show, shown in ((contact, "Trần Thị Minh Họa"), (ASKER, "")):
            question = self.replied(common=True, contact=may_show)
            page = publication.prepare_page(
                question, title="Khai sinh", question_text="Cần giấy tờ gì?", answer=BODY, by=self.handler
            )
            self.assertEqual(page.asker_shown, shown)

    def test_a_dissatisfied_asker_has_the_answer_looked_at_again_within_thirty_days(self):
        question = self.replied()
        with self.assertRaises(Refused):
            afterwards.reopen(question, reason="Chưa rõ.")
        afterwards.rate(question, satisfaction=Question.Satisfaction.NOT)
        question = afterwards.reopen(question, reason="Chưa nói rõ lệ phí.")
        self.assertEqual((question.state, question.round), (State.ASSIGNED, 2))
        self.assertEqual(self.last_day(question), date(2024, 2, 19))
        self.assertIn("Chưa nói rõ lệ phí.", question.text)
        self.assertEqual(answering.answer_of(question).round, 1)

    def test_after_thirty_days_it_takes_a_new_question(self):
        question = self.replied()
        afterwards.rate(question, satisfaction=Question.Satisfaction.NOT)
        self.go_to(22, 2)
        with self.assertRaises(Refused):
            afterwards.reopen(question, reason="Chưa nói rõ lệ phí.")

    def test_an_answer_is_rated_only_when_there_is_one(self):
        with self.assertRaises(Refused):
            afterwards.rate(self.assigned(), satisfaction=Question.Satisfaction.VERY)

    def test_spam_ends_without_a_reply_and_its_clock_counts_for_nothing(self):
        question = classifying.mark_spam(self.received(), reason="quảng cáo", by=self.handler)
        states = Deadline.objects.for_subject(question).values_list("rule__code", "cancelled")
        self.assertEqual(set(states), {(running.ANSWER, True), (running.ACCEPT, True)})
        self.assertEqual(len(self.mails()), 1)

    def test_every_step_is_one_event_and_one_line_of_the_log_without_the_askers_data(self):
        question = self.replied()
        lines = ModelLogEntry.objects.for_instance(question)
        logged = [line.action.removeprefix("portal.question.") for line in lines.order_by("timestamp", "pk")]
        self.assertEqual(sorted(logged), sorted(event.kind for event in question.events.all()))
        for line in lines:
            for word in (*question.title.split()[-1:], "Minh Họa", "0912"):
                self.assertNotIn(word, f"{line.label} {line.data}")
