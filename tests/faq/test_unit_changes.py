"""When a ward is merged or closed, its open questions go to whoever comes after it; what is answered stays."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from wagtail.models import ModelLogEntry

from faq.handling import afterwards, answering, notices, running, steps, succession
from faq.models import Answer, QuestionEvent, State
from home import opening
from personaldata import complaints, data_requests
from tests.city import CityTestCase
from tests.faq.cast import a_question, a_topic, again, due, questions_page
from workflows.models import Deadline

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ACT = "Nghị quyết 1337/NQ-UBTVQH15"
ASKED = datetime(2024, 12, 30, 9, tzinfo=VIETNAM)


@time_machine.travel("2025-01-02T02:00:00+00:00", tick=False)
class MergedWards(CityTestCase):
    """Đông Xuyên into Mỹ Xuyên on 01/01/2025."""

    def asked(self, **fields):
        return a_question(self.city, site=self.city.dong_xuyen, on=ASKED, **fields)

    def merge(self):
        dossier = opening.merge_wards(
            predecessors=[self.city.dong_xuyen],
            successor=self.city.my_xuyen,
            by=self.cast.standing_office,
            legal_act=ACT,
            effective_on=date(2025, 1, 1),
        )
        opening.submit_opening(dossier, by=self.cast.standing_office)
        dossier = opening.approve_opening(dossier, by=self.cast.head)
        self.city.dong_xuyen.refresh_from_db()
        return dossier

    def test_an_open_question_goes_to_the_successor_in_the_same_state_with_the_same_last_day(self):
        for state in ("received", "classified", "assigned", "drafted", "signed"):
            with self.subTest(state=state):
                question = self.asked(state=state)
                number, last_day = question.number, due(question)
                count = Deadline.objects.for_subject(question).open().count()

                succession.hand_over(self.city.dong_xuyen, self.city.my_xuyen, legal_act=ACT, by=self.cast.head)

                question = again(question)
                self.assertEqual((question.state, question.number), (state, number))
                self.assertEqual(question.owner_site, self.city.my_xuyen)
                self.assertEqual(due(question), last_day)
                rows = Deadline.objects.for_subject(question).open()
                self.assertEqual(rows.count(), count)
                self.assertEqual({deadline.unit for deadline in rows}, {self.city.my_xuyen.unit})
                self.assertEqual({deadline.site for deadline in rows}, {self.city.my_xuyen})
                if state not in ("received", "classified"):
                    self.assertEqual(question.unit, self.city.my_xuyen.unit)

    def test_the_dossier_of_the_merger_hands_them_over_and_counts_them(self):
        question, answered = self.asked(state="assigned"), self.asked(state="closed", common=False)

        dossier = self.merge()

        self.assertEqual(again(question).owner_site, self.city.my_xuyen)
        self.assertEqual(again(answered).owner_site, self.city.dong_xuyen)
        self.assertIn("1 câu hỏi sang", dossier.events[-1]["text"])

    def test_the_asker_reads_of_it_and_the_log_has_one_line(self):
        question = self.asked(state="assigned")

        self.merge()

        (event,) = question.events.filter(kind=QuestionEvent.Kind.HANDED_OVER)
        self.assertTrue(event.is_public)
        self.assertIn(ACT, event.public_text)
        self.assertIn("thời hạn trả lời giữ nguyên", event.public_text)
        self.assertEqual(event.by_id, self.cast.head.pk)
        self.assertEqual(ModelLogEntry.objects.filter(action="portal.question.handed_over").count(), 1)

    def test_its_people_are_told_and_may_go_on_while_those_of_the_old_ward_may_not(self):
        question = self.asked(state="assigned")
        mail.outbox.clear()

        self.merge()

        question = again(question)
        self.assertIn([self.cast.contributor_my_xuyen.email], [message.to for message in mail.outbox])
        self.assertTrue(steps.may_do("draft", self.cast.contributor_my_xuyen, question))
        self.assertFalse(steps.may_do("draft", self.cast.contributor_dong_xuyen, question))

    def test_a_draft_is_the_new_units_and_a_signed_answer_stays_that_of_who_signed(self):
        drafted, signed = self.asked(state="drafted"), self.asked(state="signed")

        self.merge()

        self.assertEqual(Answer.objects.get(question=drafted).unit, self.city.my_xuyen.unit)
        self.assertEqual(Answer.objects.get(question=signed).unit, self.city.dong_xuyen.unit)
        answering.decide_interest(again(signed), common=False, reason="riêng", by=self.cast.standing_office)
        answering.reply(again(signed), by=self.cast.standing_office)
        self.assertEqual(again(signed).state, State.REPLIED)

    def test_what_was_answered_stays_with_the_unit_that_answered_it(self):
        answered = [self.asked(state=state, common=False) for state in ("replied", "closed", "out_of_scope")]
        before = [again(question).unit for question in answered]

        self.merge()

        self.assertEqual([again(question).unit for question in answered], before)
        # The successor's people still decide whether the answer is published.
        self.assertEqual(again(answered[0]).owner_site, self.city.my_xuyen)

    def test_a_question_of_the_old_ward_that_is_looked_at_again_lies_with_the_successor(self):
        question = self.asked(state="closed", common=False, satisfaction=1)
        self.merge()

        afterwards.reopen(
            question, reason="câu trả lời chưa đúng nội dung hỏi", on=datetime(2025, 1, 2, 9, tzinfo=VIETNAM)
        )

        question = again(question)
        self.assertEqual(question.unit, self.city.my_xuyen.unit)
        self.assertEqual(question.owner_site, self.city.my_xuyen)

    def test_what_is_asked_on_the_page_of_a_site_that_has_stopped_is_received_by_the_successor(self):
        self.merge()

        question = a_question(self.city, site=self.city.dong_xuyen)

        self.assertEqual(question.asked_on_site, self.city.dong_xuyen)
        self.assertEqual(question.owner_site, self.city.my_xuyen)
        self.assertEqual(running.running_deadline(question).site, self.city.my_xuyen)

    def test_the_asker_is_led_to_the_page_of_the_successor(self):
        for site in (self.city.dong_xuyen, self.city.my_xuyen):
            questions_page(self.city, site)
        question = self.asked()
        self.assertIn("dong-xuyen", notices.tracking_url(question))

        self.merge()

        self.assertIn("my-xuyen", notices.tracking_url(again(question)))

    def test_topics_that_the_old_unit_answered_are_answered_by_the_new_one(self):
        topic = a_topic("Chợ", unit=self.city.dong_xuyen.unit)

        self.merge()

        topic.refresh_from_db()
        self.assertEqual(topic.unit, self.city.my_xuyen.unit)

    def test_requests_about_own_data_and_reports_of_errors_go_along_with_their_clocks(self):
        question = self.asked(state="assigned")
        request = data_requests.receive(question, kind="know")
        home = self.city.dong_xuyen.home_page()
        reported = complaints.Reported(home, self.city.dong_xuyen, "/dong-xuyen/", home.title)
        complaint = complaints.receive(reported, text="Sai số điện thoại của phường.")
        last_days = [data_requests.deadline_of(request).last_day, complaints.deadline_of(complaint).last_day]

        self.merge()

        for row, deadline in (
            (request, data_requests.deadline_of(request)),
            (complaint, complaints.deadline_of(complaint)),
        ):
            row.refresh_from_db()
            self.assertEqual((row.owner_site, deadline.site), (self.city.my_xuyen, self.city.my_xuyen))
        self.assertEqual(complaint.unit, self.city.my_xuyen.unit)
        self.assertEqual(
            [data_requests.deadline_of(request).last_day, complaints.deadline_of(complaint).last_day], last_days
        )

    def test_a_report_of_an_error_goes_from_a_unit_that_ends_to_the_one_that_follows(self):
        old, new = self.city.dong_xuyen.unit, self.city.my_xuyen.unit
        home = self.city.site.home_page().specific
        home.responsible_unit = old
        reported = complaints.Reported(home, self.city.site, "/", home.title)
        complaint = complaints.receive(reported, text="Sai số điện thoại của phòng.", on=ASKED)

        succession.hand_over_unit(old, new, legal_act=ACT, by=self.cast.head)

        complaint.refresh_from_db()
        running_rows = Deadline.objects.for_subject(complaint).open()
        # The page is the city's: who acts for the new unit's own site has nothing to do with it.
        self.assertEqual((complaint.unit, complaint.owner_site), (new, self.city.site))
        self.assertEqual({(row.unit, row.site) for row in running_rows}, {(new, self.city.site)})

    def test_handing_over_twice_tells_it_once(self):
        question = self.asked(state="assigned")
        self.merge()

        succession.hand_over(self.city.dong_xuyen, self.city.my_xuyen, legal_act=ACT, by=self.cast.head)

        self.assertEqual(question.events.filter(kind=QuestionEvent.Kind.HANDED_OVER).count(), 1)

    def test_a_ward_that_is_closed_without_a_successor_leaves_its_questions_to_the_city(self):
        question = self.asked(state="assigned")
        dossier = opening.close_ward(
            site=self.city.dong_xuyen, by=self.cast.standing_office, legal_act=ACT, effective_on=date(2025, 1, 1)
        )
        opening.submit_opening(dossier, by=self.cast.standing_office)

        opening.approve_opening(dossier, by=self.cast.head)

        question = again(question)
        self.assertEqual((question.owner_site, question.unit), (self.city.site, self.city.site.unit))
