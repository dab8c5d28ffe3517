"""Working-day arithmetic by properties; the official calendar and its examples are in tests/workflows."""

from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from vietnam.workdays import (
    Calendar,
    add_calendar_days,
    add_months,
    add_working_days,
    days_off_between,
    first_working_day,
    is_working_day,
    last_working_day,
    make_up_days_between,
    next_working_day,
    working_days_between,
)

WEEKENDS_ONLY = Calendar()
TET_2020 = Calendar(off=frozenset(date(2020, 1, day) for day in (23, 24, 27, 28, 29)))
SWAP_2024 = Calendar(
    off=frozenset({date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 1)}),
    make_up=frozenset({date(2024, 5, 4)}),
)

days = st.dates(min_value=date(2019, 1, 1), max_value=date(2027, 12, 31))
amounts = st.integers(min_value=1, max_value=60)
calendars = st.builds(
    Calendar,
    off=st.frozensets(days.filter(lambda day: day.weekday() < 5), max_size=40),
    make_up=st.frozensets(days.filter(lambda day: day.weekday() >= 5), max_size=10),
)


def test_months_end_on_the_same_day_or_the_last_and_never_on_a_day_off():
    for start, months, end in (
        (date(2020, 1, 31), 1, date(2020, 3, 2)),  # 29/02/2020 is a Saturday
        (date(2020, 6, 5), 1, date(2020, 7, 6)),
        (date(2020, 11, 30), 3, date(2021, 3, 1)),  # 28/02/2021 is a Sunday
        (date(2019, 12, 23), 1, date(2020, 1, 30)),
        (date(2020, 5, 15), 12, date(2021, 5, 17)),
    ):
        assert add_months(start, months, TET_2020) == end


class TestProperties:
    @given(days, amounts, calendars)
    def test_counting_what_was_added_gives_the_amount(self, start, n, calendar):
        assert working_days_between(start, add_working_days(start, n, calendar), calendar) == n

    @given(days, amounts, calendars)
    def test_counting_back_what_was_taken_away_gives_the_amount(self, start, n, calendar):
        assert working_days_between(start, add_working_days(start, -n, calendar), calendar) == -n

    @given(days, days, calendars)
    def test_counting_between_two_days_is_walking_from_one_to_the_other(self, start, end, calendar):
        first, last = sorted((start, end))
        walked = sum(
            is_working_day(first + timedelta(days=step), calendar) for step in range(1, (last - first).days + 1)
        )

        assert working_days_between(first, last, calendar) == walked

    @given(days, st.integers(min_value=-60, max_value=60), calendars, st.booleans())
    def test_a_due_date_is_a_working_day(self, start, n, calendar, count_first_day):
        assume(not (count_first_day and abs(n) == 1 and not is_working_day(start, calendar)))

        assert is_working_day(add_working_days(start, n, calendar, count_first_day), calendar)
        assert is_working_day(add_calendar_days(start, n, calendar, count_first_day), calendar)

    @given(days, amounts, amounts, calendars)
    def test_more_days_are_never_due_earlier(self, start, n, more, calendar):
        assert add_working_days(start, n, calendar) < add_working_days(start, n + more, calendar)
        assert add_calendar_days(start, n, calendar) <= add_calendar_days(start, n + more, calendar)

    @given(days, amounts, st.integers(min_value=0, max_value=30), calendars)
    def test_a_later_event_is_never_due_earlier(self, start, n, later, calendar):
        assert add_working_days(start, n, calendar) <= add_working_days(start + timedelta(days=later), n, calendar)

    @given(days, amounts, calendars, days)
    def test_one_more_day_off_never_brings_a_due_date_forward(self, start, n, calendar, holiday):
        more_off = Calendar(calendar.off | {holiday}, calendar.make_up)

        assert add_working_days(start, n, calendar) <= add_working_days(start, n, more_off)

    @given(days, amounts, calendars)
    def test_counting_the_first_day_is_one_working_day_earlier_or_equal(self, start, n, calendar):
        assume(is_working_day(start, calendar))

        counted = add_working_days(start, n, calendar, count_first_day=True)

        assert counted == add_working_days(start, n - 1, calendar)

    @given(days, amounts, calendars)
    def test_an_event_on_a_day_off_is_due_with_the_working_day_before(self, start, n, calendar):
        assert add_working_days(start, n, calendar) == add_working_days(last_working_day(start, calendar), n, calendar)


class TestWorkingDays:
    def test_a_day_that_is_off_and_ordered_to_be_worked_is_worked(self):
        day = date(2024, 5, 4)

        assert is_working_day(day, Calendar(off=frozenset({day}), make_up=frozenset({day})))

    def test_saturday_is_due_with_friday(self):
        for start in (date(2020, 6, 5), date(2020, 6, 6), date(2020, 6, 7)):
            assert add_working_days(start, 2, WEEKENDS_ONLY) == date(2020, 6, 9)

    def test_tet_is_skipped(self):
        assert add_working_days(date(2020, 1, 22), 2, TET_2020) == date(2020, 1, 31)

    def test_a_make_up_saturday_counts(self):
        assert add_working_days(date(2024, 4, 26), 10, SWAP_2024) == date(2024, 5, 14)

    def test_no_days_is_the_start_or_the_next_working_day(self):
        assert add_working_days(date(2020, 6, 5), 0, WEEKENDS_ONLY) == date(2020, 6, 5)
        assert add_working_days(date(2020, 6, 6), 0, WEEKENDS_ONLY) == date(2020, 6, 8)

    def test_the_first_day_counts_when_asked_and_worked(self):
        assert add_working_days(date(2020, 6, 5), 2, WEEKENDS_ONLY, count_first_day=True) == date(2020, 6, 8)
        assert add_working_days(date(2020, 6, 6), 2, WEEKENDS_ONLY, count_first_day=True) == date(2020, 6, 9)

    def test_a_negative_amount_counts_back_from_the_event(self):
        assert add_working_days(date(2020, 1, 31), -2, TET_2020) == date(2020, 1, 22)

    def test_the_next_working_day_is_never_the_day_itself(self):
        assert next_working_day(date(2020, 1, 22), TET_2020) == date(2020, 1, 30)
        assert first_working_day(date(2020, 1, 22), TET_2020) == date(2020, 1, 22)
        assert last_working_day(date(2020, 1, 29), TET_2020) == date(2020, 1, 22)

    def test_days_late_count_from_the_day_after_the_due_date(self):
        assert working_days_between(date(2020, 6, 5), date(2020, 6, 5), WEEKENDS_ONLY) == 0
        assert working_days_between(date(2020, 6, 8), date(2020, 6, 5), WEEKENDS_ONLY) == -1
        assert working_days_between(date(2020, 6, 9), date(2020, 6, 5), WEEKENDS_ONLY) == -2


class TestCalendarDays:
    def test_a_period_that_ends_on_a_day_off_ends_on_the_next_working_day(self):
        assert add_calendar_days(date(2020, 1, 10), 15, TET_2020) == date(2020, 1, 30)

    def test_a_period_that_ends_on_a_working_day_stays(self):
        assert add_calendar_days(date(2020, 6, 5), 10, WEEKENDS_ONLY) == date(2020, 6, 15)

    def test_a_notice_before_an_event_moves_to_the_working_day_before(self):
        assert add_calendar_days(date(2025, 12, 1), -1, WEEKENDS_ONLY) == date(2025, 11, 28)

    def test_the_first_day_counts_when_asked(self):
        assert add_calendar_days(date(2020, 6, 1), 3, WEEKENDS_ONLY, count_first_day=True) == date(2020, 6, 3)


class TestExplainingDays:
    def test_lists_the_weekdays_off_and_not_the_weekends(self):
        off = days_off_between(date(2020, 1, 22), date(2020, 1, 31), TET_2020)

        assert off == [date(2020, 1, day) for day in (23, 24, 27, 28, 29)]

    def test_lists_the_saturdays_worked(self):
        assert make_up_days_between(date(2024, 4, 26), date(2024, 5, 14), SWAP_2024) == [date(2024, 5, 4)]
