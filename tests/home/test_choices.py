"""My ward, my topics, saved pages: what the browser chooses from is the same for all, and as fresh as any page."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from base.models import PortalSite
from tests.alerts.standing import stand
from tests.city import CityTestCase, publish, publish_at_once
from tests.factories import article, notice
from workflows.models import TakeDown
from workflows.publishing import takedown

PART = "/cua-toi/my-long/"


class ChoicesTestCase(CityTestCase):
    english = True

    def get(self, address, status=200):
        response = self.client.get(address, headers={"host": "localhost"})
        self.assertEqual(response.status_code, status, address)
        return response

    def text(self, address) -> str:
        return self.get(address).content.decode()


class TheWardInShort(ChoicesTestCase):
    def test_has_its_own_news_notices_and_office_and_nobody_elses(self):
        unit = self.city.my_long.unit
        type(unit).objects.filter(pk=unit.pk).update(address="12 Lê Minh Ngươn", phone="0296 000 0001")
        publish_at_once(article(self.city.section(self.city.my_long), title="Sửa đường Lê Lợi"))
        publish_at_once(notice(self.city.section(self.city.my_long), title="Cúp nước tối nay", urgent=True))
        publish_at_once(notice(self.city.section(self.city.my_long), title="Thông báo đã qua", days=-1))
        publish_at_once(article(self.city.section(self.city.my_xuyen), title="Tin của Mỹ Xuyên"))

        told = self.text(PART)

        for words in ("Sửa đường Lê Lợi", "Cúp nước tối nay", "Khẩn", "12 Lê Minh Ngươn", 'href="tel:02960000001"'):
            self.assertIn(words, told)
        for words in ("Thông báo đã qua", "Tin của Mỹ Xuyên", "<html", "<main"):
            self.assertNotIn(words, told)
        self.assertIn('data-ward="my-long" data-name="Phường Mỹ Long"', told)

    def test_of_a_ward_without_news_says_so(self):
        self.assertContains(self.get("/cua-toi/dong-xuyen/"), "Phường, xã chưa có tin mới.")

    def test_is_kept_by_the_page_cache_under_the_ward_and_the_city_and_in_no_search_engine(self):
        response = self.get(PART)

        self.assertEqual(response.headers["X-Portal-Cache"], "public")
        self.assertEqual(response.headers["X-Portal-Sites"], f"{self.city.site.pk},{self.city.my_long.pk}")
        self.assertEqual(response.headers["X-Robots-Tag"], "noindex")
        self.assertNotIn("Set-Cookie", response.headers)

    def test_is_the_same_for_all(self):
        publish_at_once(article(self.city.section(self.city.my_long)))
        expected = self.text(PART)
        self.client.force_login(self.cast.contributor)

        self.assertEqual(self.text(PART), expected)

    def test_shows_an_alert_of_the_ward_and_leaves_out_what_stands_above_the_page_already(self):
        stand(title="Ngập đường ven sông", sites=[self.city.my_long])
        stand(title="Bão số 5")

        told = self.text(PART)

        self.assertIn("Ngập đường ven sông", told)
        self.assertNotIn("Bão số 5", told)
        self.assertIn("Bão số 5", self.text("/"))
        self.assertNotIn("Ngập đường", self.text("/cua-toi/my-xuyen/"))

    def test_changes_by_itself_when_an_alert_ends(self):
        stand(title="Ngập đường", sites=[self.city.my_long], ends_at=timezone.now() + timezone.timedelta(minutes=5))

        self.assertLessEqual(int(self.get(PART).headers["X-Portal-Max-Age"]), 300)

    def test_in_english_is_english_and_without_an_english_site_says_what_is_vietnamese(self):
        unit = self.city.my_long.unit
        type(unit).objects.filter(pk=unit.pk).update(address="12 Lê Minh Ngươn")
        publish_at_once(article(self.city.section(self.city.my_long), title="Sửa đường Lê Lợi"))

        told = self.text("/en/cua-toi/my-long/")

        self.assertIn('data-name="My Long Ward"', told)
        self.assertIn("no news in English yet", told)
        self.assertRegex(told, r'lang="vi"[^>]*>12 Lê Minh Ngươn')
        self.city.my_long.homes().filter(locale__language_code="en").update(live=False)
        self.assertRegex(self.text("/en/cua-toi/my-long/"), r'lang="vi"[^>]*>Sửa đường Lê Lợi')

    def test_leads_to_what_people_come_for_in_the_language_of_the_reader(self):
        for address, expected in (
            (PART, ["/my-long/dich-vu-cong/", "/my-long/hoi-dap/", "/my-long/van-ban/"]),
            ("/en" + PART, ["/en/my-long/online-public-services/", "/en/my-long/legal-documents/"]),
        ):
            with self.subTest(address):
                self.assertEqual(re.findall(r'<li><a href="([^"]+)"><span>', self.text(address))[1:], expected)

    def test_leads_from_a_ward_that_was_merged_to_the_one_that_followed_it(self):
        self.end(self.city.my_xuyen, successor=self.city.my_long)

        response = self.get("/cua-toi/my-xuyen/", 302)

        self.assertEqual(response.headers["Location"], PART)

    def test_of_what_is_no_open_ward_is_not_there(self):
        self.end(self.city.dong_xuyen, successor=self.city.site)
        PortalSite.objects.filter(pk=self.city.my_xuyen.pk).update(state=PortalSite.State.PREPARED)

        for slug in ("dong-xuyen", "my-xuyen", self.city.site.slug, "khong-co"):
            self.get(f"/cua-toi/{slug}/", 404)

    def test_costs_the_same_whatever_there_is(self):
        section = self.city.section(self.city.my_long)
        self.get(PART)
        publish_at_once(article(section))
        with CaptureQueriesContext(connection) as before:
            self.get(PART)
        for _number in range(6):
            publish_at_once(article(section))
            publish_at_once(notice(section))

        with self.assertNumQueries(len(before)):
            told = self.text(PART)
        self.assertEqual(told.count('class="listing__item"'), 9)

    def end(self, site, *, successor):
        PortalSite.objects.filter(pk=site.pk).update(state=PortalSite.State.FROZEN, successor=successor)


class WhatWent(ChoicesTestCase):
    def test_is_gone_from_the_ward_in_short_too(self):
        kept = publish(article(self.city.section(self.city.my_long), by=self.cast.contributor, title="Bài ở lại"))
        page = publish(
            article(self.city.section(self.city.my_long), by=self.cast.contributor, title="Lê Thị Mẫu, số 12")
        )
        self.assertIn("Lê Thị Mẫu", self.text(PART))
        before = self.generation()
        row = takedown.propose(page, TakeDown.Ground.PERSONAL_DATA, by=self.cast.contributor)[0]

        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

        self.assertNotIn("Lê Thị Mẫu", self.text(PART))
        self.assertIn(kept.title, self.text(PART))
        self.assertGreater(self.generation(), before)

    def test_answers_the_saved_list_without_a_text(self):
        page = publish(article(self.city.section(self.city.my_long), by=self.cast.contributor, title="Bài nhầm lẫn"))
        path = f"/my-long/tin-tuc/{page.slug}/"
        self.assertEqual(self.client.head(path, headers={"host": "localhost"}).status_code, 200)
        row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

        self.assertEqual(self.client.head(path, headers={"host": "localhost"}).status_code, 410)

    def generation(self) -> int:
        site = PortalSite.objects.select_related("generation").get(pk=self.city.my_long.pk)
        return site.generation.value


class ThePages(ChoicesTestCase):
    def test_offer_the_open_wards_and_the_blocks_of_the_front_page(self):
        PortalSite.objects.filter(pk=self.city.dong_xuyen.pk).update(state=PortalSite.State.FROZEN)

        told = self.text("/cua-toi/")

        self.assertEqual(re.findall(r'name="ward" value="([^"]*)"', told), ["", "my-long", "my-xuyen"])
        topics = re.findall(r'name="topics" value="([^"]*)"', told)
        self.assertEqual(topics[0], "tin-moi")
        publish_at_once(article(self.city.section(self.city.site)))
        publish_at_once(article(self.city.section(self.city.site, "tuyen-truyen")))
        publish_at_once(article(self.city.section(self.city.my_long)))
        publish_at_once(notice(self.city.section(self.city.site)))
        blocks = set(re.findall(r'aria-labelledby="([a-z-]+)"', self.text("/")))
        self.assertLessEqual({"tin-moi", "tuyen-truyen", "thong-bao", "tin-phuong-xa"}, blocks & set(topics))

    def test_hide_what_needs_a_script_and_say_so_in_words_without_one(self):
        choices, saved = self.text("/cua-toi/"), self.text("/trang-da-luu/")

        self.assertIn('<form class="form" data-choices hidden>', choices)
        self.assertRegex(choices, r'<div class="without-script">[\s\S]*không chạy JavaScript[\s\S]*href="/my-long/"')
        self.assertIn("<div data-saved-pages hidden>", saved)
        self.assertRegex(saved, r'<div class="[^"]*without-script" role="note">[\s\S]*không chạy JavaScript')

    def test_are_kept_by_the_page_cache_and_speak_english_too(self):
        for address in ("/cua-toi/", "/en/cua-toi/", "/trang-da-luu/", "/en/trang-da-luu/", "/my-long/trang-da-luu/"):
            with self.subTest(address):
                response = self.get(address)
                self.assertEqual(response.headers["X-Portal-Cache"], "public")
                self.assertNotIn("Set-Cookie", response.headers)
        self.assertContains(self.get("/en/cua-toi/"), "<h1>My ward and topics</h1>", html=True)
        self.assertContains(self.get("/en/trang-da-luu/"), "<h1>Saved pages</h1>", html=True)

    def test_a_ward_has_no_choice_of_wards_but_leads_to_it(self):
        self.get("/my-long/cua-toi/", 404)

        self.assertRegex(self.text("/my-long/"), r'href="[^"]*/cua-toi/"')

    def test_the_front_page_leads_there_and_holds_an_empty_place(self):
        told = self.text("/")

        self.assertContains(self.get("/"), "Chọn phường, xã của tôi")
        self.assertRegex(told, r'<div class="own" data-own data-script="[^"]+own_ward[^"]*\.js" hidden></div>')
        self.assertIn('data-part="/cua-toi/"', told)
