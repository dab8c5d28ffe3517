"""When a page changes by itself: the next moment, and the turn of the day on every page type."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpResponse
from django.test import RequestFactory, SimpleTestCase
from wagtail.models import get_page_models

from base.models import BasePage
from base.operations.handlers import PortalWSGIHandler
from base.public.page_cache import PageCache, mark_public
from base.public.turning import next_turn
from tests.alerts.standing import stand
from tests.base.test_page_cache import Answered, FakeApplication, FakeClock, FakeGenerations, ask
from tests.browser.every_page import one_of_every_type
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
SUNDAY = datetime(2026, 7, 5, 10, 0, tzinfo=HANOI)


class TheNextTurn(SimpleTestCase):
    def test_is_midnight_in_vietnam_when_nothing_comes_before(self):
        midnight = datetime(2026, 7, 6, 0, 0, tzinfo=HANOI)

        for moments in ([], [None], [SUNDAY], [SUNDAY - timedelta(days=1)], [midnight + timedelta(hours=1)]):
            with self.subTest(moments=moments):
                self.assertEqual(next_turn(SUNDAY, moments), midnight)

    def test_is_the_soonest_of_the_moments_to_come(self):
        soon, later = SUNDAY + timedelta(minutes=5), SUNDAY + timedelta(hours=2)

        self.assertEqual(next_turn(SUNDAY, [later, None, SUNDAY, soon]), soon)


class WhatIsMarked(SimpleTestCase):
    def age(self, response) -> int:
        return int(response["X-Portal-Max-Age"])

    def test_is_kept_until_midnight_at_most(self):
        with time_machine.travel("2026-07-05 23:50 +0700", tick=False):
            self.assertEqual(self.age(mark_public(HttpResponse(), [1])), 600)

    def test_is_kept_for_the_shorter_of_two_lifetimes_when_marked_twice(self):
        with time_machine.travel(SUNDAY, tick=False):
            response = mark_public(HttpResponse(), [1], turns=[SUNDAY + timedelta(minutes=2)])

            mark_public(response, [1, 2], max_age=600)

        self.assertEqual(self.age(response), 120)
        self.assertEqual(response["X-Portal-Sites"], "1,2")


class APageMadeWhileTheDayTurns(SimpleTestCase):
    def made(self, before, seconds):
        clock, application = FakeClock(), FakeApplication().public(max_age="600")
        with time_machine.travel(before, tick=False) as frozen:

            def slowly(environ):
                clock.advance(seconds)
                frozen.shift(timedelta(seconds=seconds))

            cache = PageCache(_Slowly(application, slowly), max_bytes=10_000_000, read=FakeGenerations(), clock=clock)
            ask(cache)
            return cache, clock

    def test_is_shown_but_not_kept(self):
        self.assertEqual(len(self.made("2026-07-05 23:59:59 +0700", 2)[0]), 0)

    def test_is_kept_on_any_other_hour_for_its_lifetime_since_it_was_begun(self):
        cache, clock = self.made("2026-07-05 22:59:59 +0700", 2)
        self.assertEqual(len(cache), 1)

        clock.advance(599)
        self.assertEqual(ask(cache).number, 2)


class _Slowly:
    def __init__(self, application, work):
        self.application, self.work = application, work

    def __call__(self, environ, start_response):
        self.work(environ)
        return self.application(environ, start_response)


class TheTurnOfTheDay(CityTestCase):
    """From Sunday to Monday, with what ends and what begins that night."""

    english = True
    # What the catalogue, the registers and the front pages list stands on them; these have no example of their own.
    LISTS = {
        "CityHomePage": "/",
        "WardHomePage": "/my-long/",
        "SectionIndexPage": "/gop-y/",
        "RegisterPage": "/van-ban/",
        "QuestionsPage": "/hoi-dap/",
        "CataloguePage": "/dich-vu-cong/",
        "SearchPage": "/tim-kiem/",
    }
    MORE = (
        "/tin-tuc/",
        "/chi-dao-dieu-hanh/",
        "/hoi-dap/thong-ke/",
        "/dich-vu-cong/thong-ke/",
        "/dich-vu-cong/thu-tuc/1-001193/",
        "/en/online-public-services/khai-sinh/",
        "/en/",
        "/rss/",
        "/chi-dao-dieu-hanh/ical/",
        "/sitemap.xml",
        "/api/v1/van-ban/",
    )

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(SUNDAY, tick=False):
            cls.paths = one_of_every_type(cls.city)
            for title, opens, closes in (
                ("Dự thảo hết hạn tối nay", date(2026, 6, 20), date(2026, 7, 5)),
                ("Dự thảo mở ngày mai", date(2026, 7, 6), date(2026, 8, 1)),
            ):
                for site in (cls.city.site, cls.city.my_long):
                    page = pages.consultation(title=title, opens_on=opens, closes_on=closes)
                    publish_at_once(draft(page, cls.city.section(site, "gop-y")))

    def setUp(self):
        # As Django's test client does: the handler must not close the connection of the test's transaction.
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
        self.clock = FakeClock()
        self.cache = PageCache(PortalWSGIHandler(), max_bytes=50_000_000, clock=self.clock)

    def get(self, path, cache=None):
        environ, said = RequestFactory().get(path, headers={"host": "localhost"}).environ, []
        body = (cache or self.cache)(environ, lambda status, headers, exc_info=None: said.extend((status, headers)))
        answered = Answered(*said, b"".join(body))
        self.assertEqual(answered.status, 200, path)
        return answered.body.decode()

    def at(self, moment):
        return time_machine.travel(f"{moment} +0700", tick=False)

    def test_every_page_type_is_looked_at(self):
        known = {*self.paths, *self.LISTS}

        self.assertEqual({model.__name__ for model in get_page_models() if issubclass(model, BasePage)} - known, set())

    def test_no_kept_page_says_after_midnight_what_held_before(self):
        addresses = [*self.paths.values(), *self.LISTS.values(), *self.MORE]
        before, turned = {}, set()
        with self.at("2026-07-05 23:50"):
            for address in addresses:
                before[address] = self.get(address)
        kept = len(self.cache)
        self.clock.advance(605)

        with self.at("2026-07-06 00:00:05"):
            for address in addresses:
                with self.subTest(address=address):
                    fresh = self.get(address, PageCache(PortalWSGIHandler(), max_bytes=50_000_000, clock=self.clock))
                    self.assertEqual(self.get(address), fresh)
                    turned |= {address} if fresh != before[address] else set()

        # Otherwise nothing of this would have been tried.
        self.assertGreater(kept, 20)
        self.assertLessEqual(
            {"/", "/my-long/", "/gop-y/", "/tin-tuc/", self.paths["NoticePage"], self.paths["OrganisationPage"]}, turned
        )

    def test_front_pages_list_a_draft_from_the_day_it_opens_to_the_day_it_closes(self):
        for moment, shown, hidden in (
            ("2026-07-05 23:59", "Dự thảo hết hạn tối nay", "Dự thảo mở ngày mai"),
            ("2026-07-06 00:01", "Dự thảo mở ngày mai", "Dự thảo hết hạn tối nay"),
        ):
            for address in ("/", "/my-long/"):
                with self.subTest(moment=moment, address=address), self.at(moment):
                    answer = self.client.get(address, headers={"host": "localhost"})
                    self.assertContains(answer, shown)
                    self.assertNotContains(answer, hidden)

    def test_front_pages_drop_a_notice_when_its_last_day_is_over(self):
        title = "Tạm ngừng cấp nước đường Trần Hưng Đạo"
        for moment, count in (("2026-07-05 23:59", 1), ("2026-07-06 00:01", 0)):
            with self.subTest(moment=moment), self.at(moment):
                answer = self.client.get("/", headers={"host": "localhost"})
                self.assertContains(answer, title, count=count)
                self.assertContains(answer, "Khẩn</span>", count=count)

    def test_a_notice_without_an_end_stays_on_the_front_page(self):
        publish_at_once(draft(pages.notice(title="Lịch tiếp công dân"), self.city.section(self.city.site)))

        with self.at("2030-01-01 08:00"):
            self.assertContains(self.client.get("/", headers={"host": "localhost"}), "Lịch tiếp công dân")

    def test_a_list_does_not_call_a_notice_urgent_that_is_over(self):
        for moment, kind in (("2026-07-05 23:59", "Thông báo khẩn"), ("2026-07-06 00:01", "Đã hết thời hạn")):
            with self.subTest(moment=moment), self.at(moment):
                answer = self.client.get("/tin-tuc/", headers={"host": "localhost"})
                self.assertContains(answer, f"<span>{kind}</span>", count=1, html=True)

    def test_an_alert_that_ends_within_the_hour_ends_on_every_page_of_the_city_and_its_wards(self):
        with self.at("2026-07-05 09:55"):
            end = datetime(2026, 7, 5, 10, 5, tzinfo=HANOI)
            stand(level="emergency", title="Nước lũ lên nhanh tại cù lao Ông Hổ.", ends_at=end)
        addresses = [
            *self.paths.values(),
            *self.LISTS.values(),
            "/my-long/tin-tuc/",
            "/en/online-public-services/khai-sinh/",
            "/dich-vu-cong/thu-tuc/1-001193/",
            "/.well-known/security-policy/",
        ]
        with self.at("2026-07-05 10:00"):
            shown = [address for address in addresses if "Nước lũ lên nhanh" in self.get(address)]
        self.clock.advance(310)

        with self.at("2026-07-05 10:05:10"):
            for address in addresses:
                with self.subTest(address=address):
                    self.assertNotIn("Nước lũ lên nhanh", self.get(address))
        self.assertGreater(len(shown), 20)
