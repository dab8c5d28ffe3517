"""The days on which leaders receive citizens, around the days off of the working calendar."""

from datetime import date, time

from django.core.exceptions import ValidationError

from sections.calendars import receptions
from tests.city import CityTestCase
from tests.sections import pages
from tests.working_days import set_day
from workflows.deadlines.working_calendar import reread_calendar


class ReceptionDays(CityTestCase):
    def days(self, first, last, **rule):
        rule = {"days": "", **rule} if "weekday" in rule else rule
        return receptions.between([pages.reception_rule(**rule)], [], first, last)

    def test_the_fifth_and_the_twentieth_move_to_the_next_working_day(self):
        # Tết Canh Tý: offices work again on 30/01/2020; the 5th of September 2020 is a Saturday.
        for month, expected in (
            ((2020, 2), [date(2020, 2, 5), date(2020, 2, 20)]),
            ((2020, 9), [date(2020, 9, 7), date(2020, 9, 21)]),
            ((2021, 2), [date(2021, 2, 5), date(2021, 2, 22)]),
        ):
            with self.subTest(month=month):
                found = self.days(date(*month, 1), date(*month, 28))
                self.assertEqual([one.on for one in found], expected)

    def test_the_rule_says_where_to_a_day_moves(self):
        for when_off, expected in (
            ("next", [date(2020, 9, 7), date(2020, 9, 21)]),
            ("before", [date(2020, 9, 4), date(2020, 9, 18)]),
            ("none", []),
        ):
            with self.subTest(when_off=when_off):
                found = self.days(date(2020, 9, 1), date(2020, 9, 30), when_off=when_off)
                self.assertEqual([one.on for one in found], expected)

    def test_each_thursday_of_a_ward(self):
        found = self.days(date(2020, 9, 1), date(2020, 9, 14), weekday=3)

        self.assertEqual([one.on for one in found], [date(2020, 9, 3), date(2020, 9, 10)])

    def test_the_31st_of_a_shorter_month_is_its_last_day(self):
        found = self.days(date(2020, 9, 1), date(2020, 10, 31), days="30; 31")

        self.assertEqual([one.on for one in found], [date(2020, 9, 30), date(2020, 10, 30), date(2020, 11, 2)][:2])

    def test_a_day_that_moves_into_the_month_is_in_it(self):
        found = self.days(date(2020, 11, 1), date(2020, 11, 5), days="31")

        self.assertEqual([(one.planned, one.on) for one in found], [(date(2020, 10, 31), date(2020, 11, 2))])

    def test_a_working_saturday_is_kept_and_a_new_day_off_is_gone_around(self):
        self.assertEqual([one.on for one in self.days(date(2020, 8, 5), date(2020, 8, 9))], [date(2020, 8, 5)])
        set_day(date(2020, 8, 5), kind="holiday", name="Ngày nghỉ riêng", by=self.cast.standing_office)
        reread_calendar()

        (found,) = self.days(date(2020, 8, 5), date(2020, 8, 9))

        self.assertEqual(found.on, date(2020, 8, 6))
        self.assertEqual(found.why, "Chuyển từ ngày 05/08/2020 (Thứ Tư) vì là ngày nghỉ.")

    def test_days_of_a_year_without_an_official_calendar_are_expected_only(self):
        far, near = self.days(date(2035, 6, 1), date(2035, 6, 10)), self.days(date(2020, 6, 1), date(2020, 6, 10))

        self.assertEqual(([one.is_expected for one in far], [one.is_expected for one in near]), ([True], [False]))
        self.assertIn("Dự kiến", far[0].notes[0])

    def test_a_rule_names_days_of_the_month_or_a_weekday_and_hours_in_order(self):
        for changes, field in (
            ({"days": ""}, "days"),
            ({"weekday": 3}, "days"),
            ({"days": "5, 32"}, "days"),
            ({"ends_at": time(7, 0)}, "ends_at"),
            ({"afternoon_starts_at": time(14, 0)}, "afternoon_ends_at"),
            ({"afternoon_starts_at": time(10, 0), "afternoon_ends_at": time(17, 0)}, "afternoon_starts_at"),
            ({"afternoon_starts_at": time(14, 0), "afternoon_ends_at": time(13, 0)}, "afternoon_ends_at"),
            ({"valid_to": date(2019, 1, 1)}, "valid_to"),
        ):
            with self.subTest(**changes), self.assertRaises(ValidationError) as caught:
                pages.reception_rule(**changes).clean()
            self.assertIn(field, caught.exception.message_dict)
        rule = pages.reception_rule(afternoon_starts_at=time(14, 0), afternoon_ends_at=time(17, 0))
        rule.clean()
        self.assertEqual([start.hour for start, _end in rule.sessions], [8, 14])
        self.assertEqual(rule.days_as_text, "Ngày 5, 20 hằng tháng")
