"""Dates as Vietnamese documents write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.dates import format_long, format_short, format_vn, impossible_day, parse_vn


class TestFormat:
    def test_names_the_weekday(self):
        assert format_vn(date(2020, 6, 5)) == "thứ Sáu 05/06/2020"
        assert format_vn(date(2020, 6, 7)) == "Chủ nhật 07/06/2020"

    def test_writes_a_document_date_with_the_zeros_that_the_decree_asks_for(self):
        assert format_long(date(2020, 6, 5)) == "ngày 05 tháng 6 năm 2020"
        assert format_long(date(2017, 1, 13)) == "ngày 13 tháng 01 năm 2017"


class TestParse:
    @pytest.mark.parametrize(
        "written",
        [
            "05/06/2020",
            "5/6/2020",
            " 5-6-2020 ",
            "5.6.2020",
            "ngày 05 tháng 6 năm 2020",
            "Ngày 5 tháng 06 năm 2020",
        ],
    )
    def test_reads_the_day_first(self, written):
        assert parse_vn(written) == date(2020, 6, 5)

    def test_says_when_the_day_does_not_exist(self):
        with pytest.raises(ValueError, match="không có trong lịch"):
            parse_vn("31/02/2020")

    def test_says_how_to_write_a_date(self):
        with pytest.raises(ValueError, match="ví dụ 05/06/2020"):
            parse_vn("hôm qua")

    @given(st.dates(min_value=date(1000, 1, 1)))
    def test_reads_back_what_it_wrote(self, day):
        assert parse_vn(format_short(day)) == parse_vn(format_long(day)) == day


class TestImpossibleDay:
    @pytest.mark.parametrize(
        ("written", "day"),
        [
            ("31/02/2026", "31/02/2026"),
            (" 31-4-2026 ", "31-4-2026"),
            ("29/02/2025 08:00", "29/02/2025"),
            ("05/13/2026", "05/13/2026"),
            ("2026-02-31", "2026-02-31"),
            ("30/02/26", "30/02/26"),
        ],
    )
    def test_is_named_as_it_was_written(self, written, day):
        assert impossible_day(written) == day

    @pytest.mark.parametrize("written", ["28/02/2026", "29/02/2024", "2026-02-28 08:00", "hôm qua", "", "31/02/20261"])
    def test_is_not_what_the_calendar_has_nor_what_is_no_day(self, written):
        assert impossible_day(written) == ""

    @given(st.dates(min_value=date(1000, 1, 1)))
    def test_is_never_one_that_was_written_from_a_date(self, day):
        assert impossible_day(format_short(day)) == "" == impossible_day(day.isoformat())
