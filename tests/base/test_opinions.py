"""«Trang này có ích không?» at the foot of every page: one press, then why not; what the people of a site see of it."""

from datetime import date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.models import OpinionReason, PageOpinion, SiteGeneration
from base.operations.throttle import Rate
from base.public.opinions import figures, saying
from base.public.usage.counting import Usage
from tests.city import CityTestCase, publish_at_once
from tests.factories import article
from workflows.dashboard import work_queue
from workflows.dashboard.own_work import found_useless

NOW = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = NOW.date()


@override_settings(PORTAL_THROTTLE=False)
class OpinionsTestCase(CityTestCase):
    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(NOW - timedelta(days=30), tick=False):
            cls.page = publish_at_once(article(cls.city.section(cls.city.site), title="Bài của thành phố"))
            cls.wards = publish_at_once(article(cls.city.section(cls.city.my_long), title="Bài của Mỹ Long"))

    def setUp(self):
        # Each test has visitors of its own.
        self.usage = Usage(write=lambda counts: None)
        self.enterContext(mock.patch("base.public.opinions.saying.usage", self.usage))
        self.enterContext(time_machine.travel(NOW, tick=False))

    def press(self, word="co", *, page=None, address="192.0.2.1", place="/tin-tuc/", **headers):
        path = f"/huu-ich/{(page or self.page).pk}/"
        sent = {"huu-ich": word, "ve": place}
        return Client(enforce_csrf_checks=True).post(path, sent, headers=headers, REMOTE_ADDR=address)

    def give(self, reason="sai", text="", *, page=None, address="192.0.2.1", place="/tin-tuc/", **headers):
        path = f"/huu-ich/{(page or self.page).pk}/ly-do/"
        sent = {"reason": reason, "text": text, "ve": place}
        return Client(enforce_csrf_checks=True).post(path, sent, headers=headers, REMOTE_ADDR=address)

    def said(self, page, useful: int, not_useful: int, day: date = TODAY):
        PageOpinion.objects.create(page=page, site=page.portal_site, day=day, useful=useful, not_useful=not_useful)


class Pressing(OpinionsTestCase):
    def test_every_page_asks_in_its_language_with_the_same_bytes_and_no_token(self):
        for address, words in (
            (self.page.get_url(), "Trang này có ích không?"),
            ("/", "Trang này có ích không?"),
            ("/tin-tuc/", "Trang này có ích không?"),
            ("/van-ban/", "Trang này có ích không?"),
            ("/en/", "Is this page useful?"),
        ):
            with self.subTest(address):
                response = self.client.get(address)

                self.assertContains(response, words, count=1)
                self.assertNotContains(response, "csrfmiddlewaretoken")
                self.assertEqual(response.content, self.client.get(address).content)

    def test_a_preview_and_a_page_that_does_not_exist_ask_nothing(self):
        self.assertNotContains(self.client.get("/khong-co/"), "có ích không", status_code=404)

    def test_yes_is_counted_and_thanked(self):
        response = self.press("co")

        self.assertRedirects(response, f"/huu-ich/{self.page.pk}/cam-on/", status_code=303)
        self.assertFalse(response.cookies)
        self.assertEqual(figures.counts(self.page), (1, 0))
        self.assertContains(self.client.get(response["Location"]), "Cảm ơn ông/bà đã cho ý kiến")

    def test_no_is_counted_and_asked_why(self):
        response = self.press("chua")

        self.assertEqual(figures.counts(self.page), (0, 1))
        shown = self.client.get(response["Location"])
        self.assertContains(shown, "Vì sao trang chưa có ích?")
        self.assertContains(shown, 'name="ve" value="/tin-tuc/"')
        self.assertContains(shown, "Không ghi họ tên")
        self.assertContains(shown, '<meta name="robots" content="noindex">')

    def test_a_visitor_counts_once_a_day_for_a_page(self):
        for _time in range(2):
            self.press("co")
        again = self.press("chua")

        self.assertIn("da-co", again["Location"])
        self.assertContains(self.client.get(again["Location"]), "được tính một lần trong ngày")
        self.assertEqual(figures.counts(self.page), (1, 0))
        self.press("co", page=self.wards)
        self.assertEqual(figures.counts(self.wards), (1, 0))

    def test_too_many_of_one_network_wait(self):
        self.usage._buckets = saying.usage._buckets.__class__({"vote": Rate(1, 0.1)}, lambda: 1000.0)
        with override_settings(PORTAL_THROTTLE=True):
            self.press()
            waiting = self.press(**{"user-agent": "Mozilla/5.0 (khác)"})

        self.assertEqual(waiting.status_code, 429)
        self.assertContains(waiting, 'name="huu-ich" value="co"', status_code=429)

    def test_a_word_without_sense_counts_nothing(self):
        self.assertEqual(self.press("rat-hay").status_code, 303)
        self.assertFalse(PageOpinion.objects.exists())

    def test_another_site_cannot_send_readers(self):
        for headers in ({"origin": "https://noi-khac.example.invalid"}, {"sec-fetch-site": "cross-site"}):
            with self.subTest(headers=headers):
                self.assertEqual(self.press(**headers).status_code, 403)
                self.assertEqual(self.give(**headers).status_code, 403)
        self.assertEqual(self.press(origin="http://testserver").status_code, 303)

    def test_only_public_pages_take_a_word_and_only_by_post(self):
        hidden = article(self.city.section(self.city.site), title="Nháp")

        self.assertEqual(self.press(page=hidden).status_code, 404)
        self.assertEqual(self.give(page=hidden).status_code, 404)
        self.assertEqual(self.client.get(f"/huu-ich/{self.page.pk}/").status_code, 405)

    def test_no_page_is_made_anew_for_it(self):
        before = list(SiteGeneration.objects.values_list("site_id", "value"))

        self.press()

        self.assertEqual(list(SiteGeneration.objects.values_list("site_id", "value")), before)

    def test_the_row_says_on_which_site_and_nothing_of_anybody(self):
        self.press(page=self.wards)

        row = PageOpinion.objects.get()
        self.assertEqual((row.site, row.day), (self.city.my_long, TODAY))
        names = {field.name for field in PageOpinion._meta.fields}
        self.assertEqual(names, {"id", "page", "site", "day", "useful", "not_useful"})


class SayingWhy(OpinionsTestCase):
    def test_a_reason_is_kept_with_what_was_added_and_where(self):
        response = self.give("thieu", "Chưa có mẫu đơn mới.", place="/tin-tuc/bai/")

        self.assertRedirects(response, f"/huu-ich/{self.page.pk}/cam-on/", status_code=303)
        row = OpinionReason.objects.get()
        self.assertEqual((row.reason, row.text, row.place), ("thieu", "Chưa có mẫu đơn mới.", "/tin-tuc/bai/"))

    def test_without_a_reason_or_too_long_it_comes_back_with_what_was_typed(self):
        nothing, long = self.give("", "Đã gõ dòng này"), self.give("sai", "x" * 1001)

        self.assertContains(nothing, "Hãy chọn một lý do.")
        self.assertContains(nothing, "Đã gõ dòng này")
        self.assertContains(long, "Nội dung dài 1001 ký tự")
        self.assertFalse(OpinionReason.objects.exists())

    def test_a_visitor_gives_one_reason_a_day_and_a_network_so_many_texts(self):
        self.give("sai")
        self.give("khac")
        self.assertEqual(OpinionReason.objects.count(), 1)

        with mock.patch.object(saying, "TEXTS", saying.Attempts("opinion", most=2, window=timedelta(days=1))):
            for number in range(4):
                self.give("sai", "Một dòng", **{"user-agent": f"Mozilla/5.0 ({number})"})
            self.assertEqual(OpinionReason.objects.count(), 2)
            self.give("sai", "Nơi khác", address="198.51.100.7")

        self.assertEqual(OpinionReason.objects.count(), 3)

    def test_an_address_that_is_none_of_ours_is_not_kept(self):
        self.give("sai", place="//noi-khac.example.invalid/")

        self.assertEqual(OpinionReason.objects.get().place, "")

    def test_the_text_lies_encrypted_and_goes_after_half_a_year(self):
        self.give("sai", "Dấu Vết 0296 384 7561")
        self.assertNotIn("Dấu Vết", str(OpinionReason.objects.extra(select={"raw": "text"}).values("raw").get()))

        self.assertEqual(figures.purge(on=NOW + timedelta(days=180)), 0)
        self.assertEqual(figures.purge(on=NOW + timedelta(days=181)), 1)

        row = OpinionReason.objects.get()
        self.assertEqual((row.text, row.reason), ("", "sai"))


class WhoSeesIt(OpinionsTestCase):
    def shown(self, user, query=""):
        self.client.force_login(user)
        return self.client.get(reverse("workflows_opinions") + query)

    def test_the_people_of_a_site_see_figures_reasons_and_texts_of_their_pages_alone(self):
        self.said(self.wards, 3, 9)
        self.said(self.page, 1, 1)
        saying.note_reason(self.wards, reason="hong", text="Tệp không mở được.", place="/x/", on=NOW)

        ward, city = self.shown(self.cast.contributor), self.shown(self.cast.editor)

        self.assertContains(ward, "Bài của Mỹ Long")
        self.assertContains(ward, "25%")
        self.assertContains(ward, "Liên kết, tệp không mở được: 1")
        self.assertContains(ward, "Tệp không mở được.")
        self.assertNotContains(ward, "Bài của thành phố")
        self.assertContains(city, "Bài của thành phố")
        self.assertContains(city, "Chưa đủ ý kiến")
        self.assertNotContains(self.shown(self.cast.contributor_my_xuyen), "Bài của")

    def test_the_number_of_queries_does_not_grow(self):
        self.said(self.wards, 3, 9)
        self.shown(self.cast.editor)
        with self.assertNumQueries(self.queries_of_one()):
            self.said(self.page, 1, 1)
            saying.note_reason(self.page, reason="hong", text="x", place="", on=NOW)
            self.shown(self.cast.editor)

    def queries_of_one(self) -> int:
        with CaptureQueriesContext(connection) as found:
            self.shown(self.cast.editor)
        # And the two rows that the test makes.
        return len(found) + 2

    def waiting(self, user) -> list[int]:
        found = found_useless(work_queue.Scope(user, NOW))
        return [int(key) for (key,) in found.of("key")] if found is not None else []

    def test_a_page_that_too_few_find_useful_waits_for_those_who_write_on_its_site(self):
        self.said(self.wards, 4, 5)
        self.said(self.page, 10, 10)
        self.assertEqual(self.waiting(self.cast.contributor), [])

        PageOpinion.objects.filter(page=self.wards).update(not_useful=6)

        self.assertEqual(self.waiting(self.cast.contributor), [self.wards.pk])
        self.assertEqual(self.waiting(self.cast.contributor_my_xuyen), [])
        self.assertEqual(self.waiting(self.cast.technical_admin), [])

    def test_what_was_said_before_its_last_publication_or_long_ago_does_not_count(self):
        self.said(self.wards, 0, 20, TODAY - timedelta(days=31))
        self.said(self.page, 0, 20, TODAY - timedelta(days=100))

        self.assertEqual(self.waiting(self.cast.contributor), [])
        self.assertEqual(figures.of_pages([self.page.pk], TODAY)[self.page.pk].answers, 0)
