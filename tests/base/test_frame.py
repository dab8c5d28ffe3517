"""The frame around a page: where it stands, whose it is, what is said above it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.test import RequestFactory
from django.utils import translation

from base.models import PortalSite
from base.public.frame import build_frame
from home.models import CityHomePage
from sections.models import ArticlePage, StandardPage
from tests.alerts.standing import stand
from tests.city import CityTestCase, draft, publish_at_once

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


class FrameTestCase(CityTestCase):
    english = True

    def request(self, path="/", **extra):
        return RequestFactory().get(path, HTTP_HOST="localhost", **extra)

    def article(self, site=None, **fields):
        section = self.city.section(site or self.city.site)
        fields = {"title": "Bài thử", "summary": "Tóm tắt.", "responsible_unit": section.portal_site.unit} | fields
        return publish_at_once(draft(ArticlePage(**fields), section))

    def frame(self, page, **extra):
        return build_frame(page, self.request(page.get_url() or "/", **extra))


class Position(FrameTestCase):
    def test_is_told_by_breadcrumbs_that_leave_out_the_page_itself(self):
        frame = self.frame(self.article())

        self.assertEqual([crumb.label for crumb in frame.breadcrumbs], ["Trang chủ", "Tin tức, sự kiện"])

    def test_in_a_ward_begins_at_the_ward(self):
        frame = self.frame(self.article(self.city.my_long))

        self.assertEqual(frame.breadcrumbs[0].url, frame.home_url)
        self.assertIn("my-long", frame.home_url)
        self.assertNotIn("my-long", frame.city_url)

    def test_is_in_the_title_from_the_page_to_the_site(self):
        frame = self.frame(self.article())

        self.assertEqual(frame.title, "Bài thử")
        self.assertEqual(frame.title_tail, f"Tin tức, sự kiện – {self.city.site.name}")

    def test_is_marked_in_the_menu(self):
        frame = self.frame(self.article())

        current = [item for group in frame.menu for item in group.items if item.is_current]
        self.assertEqual([item.label for item in current], ["Tin tức, sự kiện"])


class Owner(FrameTestCase):
    def test_of_a_ward_page_is_the_ward(self):
        frame = self.frame(self.article(self.city.my_long))

        self.assertTrue(frame.is_ward)
        self.assertEqual(frame.unit, self.city.my_long.unit)
        self.assertEqual(frame.city, self.city.site)

    def test_of_an_address_without_a_page_is_the_ward_it_lies_under(self):
        frame = build_frame(None, self.request("/my-long/khong-co/"))

        self.assertEqual(frame.site, self.city.my_long)

    def test_of_any_other_address_is_the_city(self):
        frame = build_frame(None, self.request("/khong-co/"))

        self.assertEqual(frame.site, self.city.site)

    def test_says_where_an_address_without_a_page_stands(self):
        for path, site in (("/nhan-tin/", self.city.site), ("/my-long/khong-co/", self.city.my_long)):
            with self.subTest(path=path):
                frame = build_frame(None, self.request(path), title="Nhận tin qua thư")
                self.assertEqual([crumb.url for crumb in frame.breadcrumbs], [frame.home_url])
                self.assertEqual((frame.title, frame.title_tail), ("Nhận tin qua thư", site.name))


class Languages(FrameTestCase):
    def test_offer_the_translation_of_the_page(self):
        frame = self.frame(self.city.home)

        self.assertTrue(frame.languages[0].is_translation)
        self.assertEqual({language.code for language in frame.alternates}, {"vi", "en"})

    def test_offer_the_home_page_with_a_note_where_there_is_none(self):
        frame = self.frame(self.article())

        self.assertFalse(frame.languages[0].is_translation)
        self.assertEqual(frame.languages[0].note, "Trang này chưa có bản dịch.")
        self.assertTrue(frame.languages[0].url.rstrip("/").endswith("/en"))

    def test_give_the_agency_its_english_name(self):
        english = CityHomePage.objects.get(locale__language_code="en")

        with translation.override("en"):
            frame = self.frame(english)

        self.assertEqual(frame.language_code, "en")
        self.assertEqual(frame.agency, "Long Xuyen City")


class Alerts(FrameTestCase):
    def set_alert(self, until):
        stand(ends_at=until)

    def test_of_the_city_stand_on_ward_pages_too(self):
        self.set_alert(datetime.now(HANOI) + timedelta(hours=2))

        frame = self.frame(self.article(self.city.my_long))

        self.assertEqual([(alert.level, alert.title) for alert in frame.alerts], [("warning", "Triều cường")])

    def test_go_when_their_time_is_over(self):
        until = datetime(2026, 11, 25, 19, 0, tzinfo=HANOI)
        with time_machine.travel(until - timedelta(minutes=1), tick=False):
            self.set_alert(until)
            before = self.frame(self.city.home).alerts
        with time_machine.travel(until, tick=False):
            after = self.frame(self.city.home).alerts

        self.assertEqual((len(before), len(after)), (1, 0))

    def test_on_a_frozen_site_name_the_day_and_the_successor(self):
        site = self.city.dong_xuyen
        site.state, site.state_changed_on = PortalSite.State.FROZEN, date(2025, 1, 1)
        site.successor = self.city.my_xuyen
        site.save()

        alert = self.frame(site.home_page().specific).alerts[0]

        self.assertIn("01/01/2025", alert.title)
        self.assertIn("my-xuyen", alert.url)


class Description(FrameTestCase):
    def test_has_the_six_mandatory_elements_and_their_structured_form(self):
        frame = self.frame(self.article(author_name="Cán bộ mẫu 01", source_name="Phòng VHTT"))

        names = {name for name, _value in frame.metadata}
        wanted = {"title", "creator", "date", "description", "publisher", "identifier"}
        self.assertLessEqual({f"DC.{name}" for name in wanted}, names)
        self.assertEqual(frame.structured_data["@type"], "NewsArticle")
        self.assertEqual(frame.structured_data["headline"], "Bài thử")


class Footer(FrameTestCase):
    def test_links_the_statements_of_the_city_on_ward_pages(self):
        parent = self.city.section(self.city.site, "gioi-thieu")
        publish_at_once(draft(StandardPage(title="Quyền riêng tư", slug="quyen-rieng-tu"), parent))

        frame = self.frame(self.article(self.city.my_long))

        self.assertIn("Quyền riêng tư", [link.label for link in frame.footer_links])


class Cost(FrameTestCase):
    def test_is_two_queries_for_a_page_of_the_city_whatever_the_number_of_pages(self):
        page = self.article()
        for number in range(12):
            self.article(title=f"Bài {number}")
        fresh = ArticlePage.objects.get(pk=page.pk)
        request = self.request("/tin-tuc/bai-thu/")
        build_frame(ArticlePage.objects.get(pk=page.pk), request)  # the site and its home page, once a request

        with self.assertNumQueries(2):
            build_frame(fresh, request)


class UserBar(FrameTestCase):
    def test_is_only_looked_for_where_somebody_may_be_signed_in(self):
        page = self.article()
        request = self.request("/")
        request.COOKIES["sessionid"] = "x"

        self.assertFalse(self.frame(page).shows_userbar)
        self.assertTrue(build_frame(page, request).shows_userbar)
