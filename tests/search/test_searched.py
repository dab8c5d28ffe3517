"""What readers looked for: counted without anybody, told by month, never what may be about a person."""

import io
from datetime import UTC, date, datetime
from unittest import mock
from urllib.parse import urlencode

import time_machine
from django.test import SimpleTestCase
from django.urls import reverse
from openpyxl import load_workbook

from base.public.usage import beacon
from base.public.usage.counting import Usage
from base.public.usage.words import FOUND, NOTHING, OPENED
from search import searched
from search.models import SearchCount
from tests.city import CityTestCase

NOW = datetime(2026, 3, 20, 3, 0, tzinfo=UTC)
BROWSER = {
    "REQUEST_METHOD": "POST",
    "PATH_INFO": "/luot-su-dung/",
    "HTTP_HOST": "localhost",
    "HTTP_ORIGIN": "http://localhost",
    "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    "HTTP_SEC_FETCH_SITE": "same-origin",
}


class Countable(SimpleTestCase):
    def test_words_are_counted_without_marks_and_what_may_be_about_a_person_never(self):
        for typed, counted in (
            ("Giấy KHAI sinh", "giay khai sinh"),
            ("01/2020/QĐ-UBND", "01/2020/qd-ubnd"),
            ("đường Nguyễn Thái Học", "duong nguyen thai hoc"),
            ("0912345678", ""),
            ("cccd 089 199 001 234", ""),
            ("toi la ai@example.com", ""),
            ("nguyễn văn an", ""),
            ("ho so cua tran thi be", ""),
            ("a", ""),
            ("x" * 81, ""),
            ("", ""),
        ):
            with self.subTest(typed=typed):
                self.assertEqual(searched.countable(typed), counted)


@time_machine.travel(NOW, tick=False)
class Searched(CityTestCase):
    def say(self, typed, kind, *, network="192.0.2.1", **more):
        """Say what a browser says of a search; the counts are written at once."""
        body = urlencode({"tim": typed, "loai": kind}).encode()
        environ = {**BROWSER, "REMOTE_ADDR": network, "CONTENT_LENGTH": str(len(body)), **more}
        answers = []
        application = beacon.UsageBeacon(mock.Mock(), self.usage)
        application({**environ, "wsgi.input": io.BytesIO(body)}, lambda status, headers: answers.append(status))
        self.usage.flush()
        return answers[0]

    def setUp(self):
        self.usage = Usage()

    def count(self, words, kind, count, day=date(2026, 3, 5)):
        SearchCount.objects.create(words=words, day=day, kind=kind, count=count)

    def test_what_a_browser_says_is_counted_by_day_and_words_alone(self):
        for network in ("192.0.2.1", "192.0.2.2", "192.0.2.3"):
            self.assertEqual(self.say("Giấy khai sinh", FOUND, network=network), "204 No Content")
        self.say("giay khai sinh", OPENED)
        self.say("Nguyễn Văn An", FOUND)
        self.say("giay khai sinh", FOUND, HTTP_USER_AGENT="curl/8")
        self.say("giay khai sinh", "khac")

        rows = list(SearchCount.objects.order_by("kind").values_list("words", "day", "kind", "count"))

        self.assertEqual(
            rows,
            [("giay khai sinh", date(2026, 3, 20), FOUND, 3), ("giay khai sinh", date(2026, 3, 20), OPENED, 1)],
        )

    def test_the_page_of_a_search_lets_it_be_said_and_stays_the_same_for_all(self):
        body = self.client.get("/tim-kiem/", {"q": "zqxj"}).content.decode()

        self.assertIn('data-search-words="zqxj" data-search-kind="nothing"', body)
        self.assertNotIn("data-search-words", self.client.get("/tim-kiem/", {"q": ""}).content.decode())

    def test_the_month_shows_what_was_asked_found_nothing_or_was_left(self):
        self.count("cccd", NOTHING, 4)
        self.count("khai sinh", FOUND, 5)
        self.count("khai sinh", OPENED, 2)
        self.count("hiem", FOUND, 2)
        self.count("thang truoc", FOUND, 9, date(2026, 2, 27))

        rows = searched.month(date(2026, 3, 1))

        self.assertEqual(
            [(row.words, row.asked, row.nothing, row.opened, row.left) for row in rows],
            [
                ("khai sinh", 5, 0, 2, 3),
                ("cccd", 4, 4, 0, 0),
            ],
        )
        self.client.force_login(self.cast.standing_office)
        answer = self.client.get(reverse("search_searched"))
        self.assertContains(answer, "cccd")
        self.assertNotContains(answer, "hiem")
        self.assertContains(self.client.get(reverse("search_searched"), {"thang": "2026-02"}), "thang truoc")
        self.assertEqual(self.client.get(reverse("search_searched"), {"thang": "x"}).status_code, 404)
        sheet = load_workbook(io.BytesIO(self.client.get(reverse("search_searched_xlsx")).content)).active
        cells = {cell.value for row in sheet.iter_rows() for cell in row}
        self.assertTrue({"khai sinh", "cccd"} <= cells and "hiem" not in cells)

    def test_rare_words_go_at_the_end_of_the_month_and_everything_after_two_years(self):
        self.count("hiem", FOUND, 2, date(2026, 2, 5))
        self.count("hiem", OPENED, 7, date(2026, 2, 5))
        self.count("thuong", FOUND, 2, date(2026, 2, 5))
        self.count("thuong", NOTHING, 1, date(2026, 2, 6))
        self.count("hiem", FOUND, 1)
        self.count("xua", FOUND, 9, date(2024, 2, 5))

        searched.purge(on=NOW)

        left = set(SearchCount.objects.values_list("words", "day"))
        self.assertEqual(
            left,
            {("thuong", date(2026, 2, 5)), ("thuong", date(2026, 2, 6)), ("hiem", date(2026, 3, 5))},
        )
        self.assertEqual(searched.purge(on=NOW), 0)
