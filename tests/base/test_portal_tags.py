"""The template tags of the public pages."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import Context, Template
from django.test import SimpleTestCase

from base.templatetags.portal import dated, file_kind, from_page, json_ld, moment, paging_numbers, phone, weekday


class Icons(SimpleTestCase):
    def test_are_hidden_from_screen_readers_unless_they_have_a_label(self):
        plain = Template('{% load portal %}{% icon "search" %}').render(Context())
        named = Template('{% load portal %}{% icon "search" "Tìm" %}').render(Context())

        self.assertIn('aria-hidden="true"', plain)
        self.assertIn('role="img" aria-label="Tìm"', named)
        self.assertIn("<circle", plain)


class AddressesOnPaper(SimpleTestCase):
    def test_have_the_host_of_the_page(self):
        page = "https://longxuyen.example.vn/van-ban/a/"

        self.assertEqual(from_page("/tep/ma/ban-ky.pdf", page), "https://longxuyen.example.vn/tep/ma/ban-ky.pdf")
        self.assertEqual(from_page("https://khac.example.vn/a.pdf", page), "https://khac.example.vn/a.pdf")


class StructuredData(SimpleTestCase):
    def test_cannot_end_its_script_element(self):
        html = json_ld({"name": "</script><script>alert(1)</script>"})

        self.assertEqual(html.count("</script>"), 1)
        self.assertNotIn("<script>alert", html)

    def test_is_nothing_without_data(self):
        self.assertEqual(json_ld({}), "")


class QueryStrings(SimpleTestCase):
    def render(self, typed, tag):
        request = SimpleNamespace(GET=QueryDict(typed))
        return Template("{% load portal %}" + tag).render(Context({"request": request}))

    def test_keep_the_other_parameters(self):
        self.assertEqual(self.render("nam=2020&trang=3", "{% query trang=4 %}"), "?nam=2020&amp;trang=4")

    def test_lose_a_parameter_set_to_nothing(self):
        self.assertEqual(self.render("nam=2020&trang=3", "{% query trang='' %}"), "?nam=2020")

    def test_keep_each_value_of_a_parameter_with_several(self):
        self.assertEqual(
            self.render("loai=a&loai=b+%C4%91&trang=3", "{% query trang='' %}"), "?loai=a&amp;loai=b+%C4%91"
        )
        self.assertEqual(self.render("", "{% query trang='' %}"), "?")

    def test_carry_no_markup_into_the_page(self):
        self.assertNotIn("<", self.render("nam=%3Cscript%3E", "{% query trang=2 %}"))


class Days(SimpleTestCase):
    def test_of_a_moment_are_the_local_ones(self):
        shown = dated(datetime(2020, 6, 14, 20, 30, 5, 123456, tzinfo=UTC))

        self.assertEqual(shown, '<time datetime="2020-06-15T03:30:05+07:00">15/06/2020</time>')

    def test_of_no_moment_are_nothing(self):
        self.assertEqual(dated(None), "")


class PagingNumbers(SimpleTestCase):
    def numbers(self, number, of):
        return paging_numbers(Paginator(range(of), 1).page(number))

    def test_show_ends_and_neighbours_with_gaps_between(self):
        for number, of, expected in (
            (1, 1, [1]),
            (1, 3, [1, 2, 3]),
            (6, 20, [1, None, 5, 6, 7, None, 20]),
            (20, 20, [1, None, 19, 20]),
        ):
            with self.subTest(number=number, of=of):
                self.assertEqual(self.numbers(number, of), expected)


class Words(SimpleTestCase):
    def test_weekdays_are_written_out(self):
        self.assertEqual(weekday(date(2020, 6, 15)), "Thứ Hai")
        self.assertEqual(weekday(date(2020, 6, 21)), "Chủ nhật")

    def test_a_telephone_number_dials_and_anything_else_stays_text(self):
        for number, address in (
            ("0296 000 0000", "02960000000"),
            ("(+84) 296-000-0000", "+842960000000"),
            ("(0296) 000 0000", "02960000000"),
            ("113", "113"),
        ):
            with self.subTest(number=number):
                self.assertEqual(phone(number), f'<a href="tel:{address}">{number}</a>')
        for text in ("0296 000 0000 hoặc 0296 000 0001", "<b>113</b>", "", "Trực ban"):
            with self.subTest(text=text):
                self.assertEqual(phone(text), text)

    def test_the_kind_of_a_file_is_its_extension(self):
        for name, expected in (("Thông báo.pdf", "PDF"), ("bảng.XLSX", "XLSX"), ("không có", "")):
            with self.subTest(name=name):
                self.assertEqual(file_kind(name), expected)


class Moments(SimpleTestCase):
    def test_are_local_and_in_whole_seconds_or_nothing(self):
        self.assertEqual(moment(datetime(2026, 7, 6, 2, 30, 5, 123456, UTC)), "2026-07-06T09:30:05+07:00")
        self.assertEqual(moment(None), "")
