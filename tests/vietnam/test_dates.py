"""Dates as Vietnamese documents write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.dates import format_long, format_short, format_vn, parse_vn


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
