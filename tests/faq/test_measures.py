"""The board's share and the unit's share of the days of a question, measured apart."""

from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine

from faq.handling import afterwards, answering, assigning, classifying, intake, interim
from faq.office import measures
from faq.office.measures import Shares
from tests.city import CityTestCase

from .cast import a_contact, a_topic, again


def at(day: int, month: int = 1, hour: int = 9) -> datetime:
    return datetime(2024, month, day, hour, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


class TheShares(CityTestCase):
    """January 2024 has no day off but weekends after the first: Monday is the 22nd."""

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(at(22), tick=False))
        self.office, self.topic = self.cast.standing_office, a_topic()
        self.question = intake.receive(
            site=self.city.site, title="Hỏi thủ tục", text="Xin hỏi thủ tục này cần giấy tờ gì?", contact=a_contact()
        ).question

    def shares(self, on=None) -> Shares:
        return measures.shares([self.question], on)[self.question.pk]

    def assign(self, on: datetime) -> None:
        self.clock.move_to(on)
        classifying.classify(self.question, by=self.office, topic=self.topic, in_scope=True)
        assigning.assign(self.question, unit=self.city.site.unit, by=self.office)

    def answer(self, signed: datetime, replied: datetime) -> None:
        self.clock.move_to(signed)
        answering.draft(self.question, body="<p>Trả lời.</p>", by=self.cast.editor)
        answering.submit(self.question, by=self.cast.editor)
        answering.sign(self.question, by=self.cast.deputy)
        self.clock.move_to(replied)
        answering.decide_interest(self.question, common=False, reason="riêng", by=self.office)
        answering.reply(self.question, by=self.office)

    def test_the_board_has_it_before_the_unit_and_after_the_signature(self):
        self.assign(at(24))
        self.answer(at(30), at(31))
        self.clock.move_to(at(20, 2))
        self.assertEqual(self.shares(), Shares(board=3, unit=4, asker=0))
        self.assertEqual(self.shares().total, 7)

    def test_a_running_one_is_counted_until_the_day_of_asking(self):
        self.assign(at(24))
        self.assertEqual(self.shares(at(26)), Shares(board=2, unit=2))

    def test_the_days_one_waits_for_the_asker_are_his(self):
        self.assign(at(23))
        self.clock.move_to(at(24))
        interim.wait_for_asker(self.question, text="Xin gửi bản chụp giấy tờ.", by=self.office)
        self.clock.move_to(at(29))
        interim.supplement(self.question, text="Đây là nội dung bổ sung.")
        self.assertEqual(self.shares(at(30)), Shares(board=1, unit=2, asker=3))

    def test_another_unit_does_not_give_the_days_back(self):
        self.assign(at(23))
        self.clock.move_to(at(25))
        assigning.reassign(self.question, unit=self.city.my_long.unit, reason="đúng nơi hơn", by=self.office)
        self.assertEqual(self.shares(at(26)), Shares(board=1, unit=3))

    def test_looked_at_again_it_lies_with_the_unit_and_counts_from_nothing(self):
        self.assign(at(23))
        self.answer(at(24), at(25))
        self.clock.move_to(at(29))
        afterwards.reopen(again(self.question), reason="thiếu ý", by=self.office)
        self.assertEqual(self.shares(at(31)), Shares(unit=2))

    def test_two_queries_measure_any_number(self):
        others = [
            intake.receive(
                site=self.city.site, title=f"Câu {n}", text=f"Câu hỏi số {n} dài hơn hai mươi.", contact=a_contact()
            ).question
            for n in range(3)
        ]
        with self.assertNumQueries(2):
            found = measures.shares([self.question, *others], at(24))
        self.assertEqual({share.board for share in found.values()}, {2})
