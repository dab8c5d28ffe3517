"""Time limits: their words in two languages, and the day of return by the working calendar."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.test import TestCase
from django.utils.translation import override

from servicecatalog.catalogue import limits
from servicecatalog.models import Procedure, ProcedureChannel
from workflows.models import DeadlineRule
from workflows.seeding import load_calendar

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ON_THE_DAY = {"same_day": True, "cutoff_hour": 15}
VERIFIED = {"extra_amount": 5, "extra_reason": "phải xác minh"}


def limit(**fields):
    return ProcedureChannel(**fields)


def at(year, month, day, hour=9, minute=0):
    return datetime(year, month, day, hour, minute, tzinfo=VIETNAM)


class TimeLimits(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_calendar()

    def test_give_the_day_of_return(self):
        three, thirty, month = {"amount": 3}, {"amount": 30, "unit": "calendar_day"}, {"amount": 1, "unit": "month"}
        for said, fields, received, due in (
            ("on the day, before three", ON_THE_DAY, at(2020, 6, 5, 14, 59), date(2020, 6, 5)),
            ("on the day, at three on a Friday", ON_THE_DAY, at(2020, 6, 5, 15), date(2020, 6, 8)),
            ("on the day, before Tết", ON_THE_DAY, at(2020, 1, 22, 15, 30), date(2020, 1, 30)),
            ("on the day, handed in on a Saturday", ON_THE_DAY, at(2020, 6, 6, 8), date(2020, 6, 8)),
            ("on the day, handed in on a Saturday evening", ON_THE_DAY, at(2020, 6, 6, 20), date(2020, 6, 8)),
            ("on the day without an hour", {"same_day": True}, at(2020, 6, 5, 23), date(2020, 6, 5)),
            ("on the day, a date alone", ON_THE_DAY, date(2020, 6, 5), date(2020, 6, 5)),
            ("three working days", three, at(2020, 6, 5), date(2020, 6, 10)),
            ("three working days from a Saturday", three, at(2020, 6, 6), date(2020, 6, 10)),
            ("three working days over Tết", three, at(2020, 1, 22), date(2020, 2, 3)),
            ("thirty days", thirty, at(2020, 6, 5), date(2020, 7, 6)),
            ("thirty days that end in Tết", thirty, at(2019, 12, 28), date(2020, 1, 30)),
            ("a month", month, at(2020, 6, 5), date(2020, 7, 6)),
            ("a month from the 31st", month, at(2020, 8, 31), date(2020, 9, 30)),
            ("twenty-four hours over a weekend", {"amount": 24, "unit": "hour"}, at(2020, 6, 5, 9), date(2020, 6, 8)),
        ):
            with self.subTest(said):
                self.assertEqual(limits.return_on(limit(**fields), received).day, due)

    def test_count_from_the_hour_in_viet_nam(self):
        at_three_in_viet_nam = datetime(2020, 6, 5, 8, 0, tzinfo=UTC)

        self.assertEqual(limits.return_on(limit(**ON_THE_DAY), at_three_in_viet_nam).day, date(2020, 6, 8))

    def test_say_why_the_day_is_the_day(self):
        late = limits.return_on(limit(**ON_THE_DAY), at(2020, 1, 22, 15, 30))
        on_a_saturday = limits.return_on(limit(**ON_THE_DAY), at(2020, 6, 6))

        self.assertEqual(
            late.explanation,
            "nhận từ 15 giờ, trả vào ngày làm việc tiếp theo; tiếp nhận thứ Tư 22/01/2020; không tính ngày tiếp nhận; "
            "nghỉ 23–24/01, 27–29/01; hạn cuối thứ Năm 30/01/2020",
        )
        self.assertEqual(
            on_a_saturday.explanation,
            "tiếp nhận thứ Bảy 06/06/2020; không phải ngày làm việc, tính sang ngày làm việc kế tiếp; "
            "hạn cuối thứ Hai 08/06/2020",
        )

    def test_extended_in_full_give_the_latest_day(self):
        for fields, due, latest in (
            ({"amount": 3, **VERIFIED}, date(2020, 6, 10), date(2020, 6, 17)),
            ({**ON_THE_DAY, **VERIFIED}, date(2020, 6, 5), date(2020, 6, 12)),
        ):
            with self.subTest(fields):
                found = limits.return_on(limit(**fields), at(2020, 6, 5))

                self.assertEqual((found.day, found.latest), (due, latest))

    def test_are_none_where_nothing_is_laid_down(self):
        self.assertIsNone(limits.return_on(limit(), at(2020, 6, 5)))
        self.assertEqual(limits.say(limit()), "Không quy định thời hạn")

    def test_are_said_in_both_languages(self):
        for fields, vietnamese, english in (
            (
                {"amount": 3, **VERIFIED},
                "3 ngày làm việc, kể từ ngày nhận đủ hồ sơ hợp lệ; kéo dài không quá 5 ngày làm việc khi phải xác minh",
                "3 working days from the day a complete and valid application is received; extended by up to "
                "5 working days when facts have to be verified",
            ),
            (
                ON_THE_DAY,
                "Trả kết quả ngay trong ngày làm việc; hồ sơ nhận từ 15 giờ thì trả vào ngày làm việc tiếp theo",
                "The result is given on the same working day; for applications received from 15:00 on, on the next "
                "working day",
            ),
            ({"amount": 1, "unit": "month", "start_event": ""}, "1 tháng", "1 month"),
            (
                {"amount": 30, "unit": "calendar_day", "start_event": "", "not_counted": "thời gian lấy ý kiến"},
                "30 ngày; không tính thời gian lấy ý kiến",
                "30 days; not counting thời gian lấy ý kiến",
            ),
        ):
            with self.subTest(vietnamese):
                self.assertEqual(limits.say(limit(**fields)), vietnamese)
                with override("en"):
                    self.assertEqual(limits.say(limit(**fields)), english)

    def test_of_a_way_are_its_own_or_those_of_the_first_way_that_has_one(self):
        procedure = Procedure()
        in_person, online = limit(way="in_person", amount=3), limit(way="online", amount=2)
        procedure.channels = [in_person, online, limit(way="post")]

        self.assertEqual(limits.limit_for(procedure, "online"), online)
        self.assertEqual(limits.limit_for(procedure, "post"), in_person)
        self.assertIsNone(limits.limit_for(Procedure(), "post"))

    def test_have_the_same_units_as_the_rules(self):
        known = {*DeadlineRule.Unit.values, limits.deadlines.MONTH}

        self.assertLessEqual(set(limits.Unit.values), known)
