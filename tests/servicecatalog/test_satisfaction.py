"""How satisfied people say they are, the way to the place of application, and what the page of a service shows."""

from datetime import date
from unittest import mock

from django.test import override_settings
from django.urls import reverse

from base.public.usage.counting import Usage
from servicecatalog.models import Satisfaction, ServiceGuidePage, UsageCount
from servicecatalog.usage import figures, satisfaction
from tests.base.counted import BROWSER
from tests.city import CityTestCase, draft, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering

TODAY = "2026-11-25 09:00 +0700"
APPLY = "https://dichvucong.example.invalid/nop?ma=1"


class WithAService(CityTestCase):
    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.service = an_offering(
            cls.city.my_long, a_procedure(cls.city), delivery="linked", apply_url=APPLY, apply_to="Cổng mẫu"
        )
        cls.address = f"/my-long/dich-vu-cong/{cls.service.slug}/"
        cls.own_address = cls.service.get_url()

    def setUp(self):
        self.usage = Usage()
        for place in ("servicecatalog.usage.satisfaction.usage", "servicecatalog.usage.leaving.usage"):
            patched = mock.patch(place, self.usage)
            patched.start()
            self.addCleanup(patched.stop)

    def say(self, step, *, agent=BROWSER, address="192.0.2.1", own="", **headers):
        place = reverse("servicecatalog_satisfaction", args=[self.service.pk])
        word = {"loi": own} if own else {}
        said = {"user-agent": agent, "origin": "http://testserver", "host": "testserver", **headers}
        return self.client.post(place, {"muc": step, "ve": self.address, **word}, REMOTE_ADDR=address, headers=said)

    def said(self) -> dict[int, int]:
        return dict(Satisfaction.objects.filter(page=self.service).values_list("step", "count"))

    def leave(self, path="", *, agent=BROWSER, **headers):
        said = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "document", "user-agent": agent, **headers}
        return self.client.get(f"{path or self.address}di/", headers=said)

    def counted(self, kind) -> int:
        self.usage.flush()
        return sum(UsageCount.objects.filter(page=self.service, kind=kind).values_list("count", flat=True))


class Saying(WithAService):
    def test_is_one_press_counted_once_a_visitor_and_day(self):
        answer = self.say("3")
        self.say("2")
        self.say("2", address="192.0.2.2")

        self.assertEqual((answer.status_code, answer["Location"]), (303, f"{self.address}?danh-gia=da-ghi#danh-gia"))
        self.assertEqual(self.said(), {3: 1, 2: 1})

    def test_is_thanked_for_exactly_what_is_counted(self):
        told = [self.say("3"), self.say("3"), self.say("2", agent="curl/8"), self.say("9")]

        ends = ("?danh-gia=da-ghi", "?danh-gia=da-co", "?danh-gia=chua-ghi", "")
        self.assertEqual([answer["Location"] for answer in told], [f"{self.address}{end}#danh-gia" for end in ends])
        for word, words in (("da-co", "được tính một lần trong ngày"), ("chua-ghi", "Đánh giá chưa được ghi")):
            shown = self.client.get(f"{self.address}?danh-gia={word}")
            self.assertContains(shown, words)
            self.assertNotContains(shown, "Cảm ơn")
        self.assertEqual(self.said(), {3: 1})

    def test_of_neighbours_behind_one_address_counts_for_each_of_them(self):
        with override_settings(PORTAL_THROTTLE=True):
            for number in range(30):
                self.assertIn("da-ghi", self.say("3", agent=f"{BROWSER} {number}")["Location"])
                self.assertIn("da-ghi", self.say("2", own=f"tu-{number}")["Location"])
            self.assertIn("da-co", self.say("2", own="tu-3")["Location"])

        self.assertEqual(self.said(), {3: 30, 2: 30})

    def test_thanks_and_asks_why_not(self):
        self.assertContains(self.client.get(f"{self.address}?danh-gia=da-ghi"), "Cảm ơn ông/bà đã đánh giá")
        self.assertNotContains(self.client.get(f"{self.address}?danh-gia=da-ghi"), "Xin cho biết điều chưa hài lòng")
        answer = self.say("1")

        self.assertIn("danh-gia=ly-do", answer["Location"])
        shown = self.client.get(answer["Location"])
        self.assertContains(shown, "Xin cho biết điều chưa hài lòng")
        self.assertContains(shown, f"/my-long/hoi-dap/gui-cau-hoi/?dich-vu={self.service.pk}")

    def test_is_not_counted_for_programs_other_sites_and_nonsense(self):
        self.say("4")
        self.say("")
        self.say("3", agent="curl/8")
        other = self.say("3", origin="http://elsewhere.invalid")
        crossed = self.say("3", **{"sec-fetch-site": "cross-site"})

        self.assertEqual((other.status_code, crossed.status_code), (403, 403))
        self.assertEqual(self.said(), {})

    def test_leads_back_to_the_page_and_nowhere_else(self):
        english = f"/en/my-long/online-public-services/{self.service.slug}/"
        place = reverse("servicecatalog_satisfaction", args=[self.service.pk])
        own, slug = self.address, self.service.slug
        for typed, leads_to in (
            (self.address, self.address),
            (english, english),
            ("", own),
            ("/tin-tuc/", own),
            ("https://elsewhere.invalid/", own),
            ("//elsewhere.invalid/", own),
            (f"//elsewhere.invalid/{slug}/", own),
            (f"/\\elsewhere.invalid/{slug}/", own),
            (f"/x?y=/{slug}/", own),
        ):
            with self.subTest(typed):
                answer = self.client.post(place, {"muc": "3", "ve": typed}, headers={"origin": "http://testserver"})
                self.assertEqual(answer["Location"], f"{leads_to}?danh-gia=chua-ghi#danh-gia")

    def test_is_answered_404_for_what_is_no_public_service(self):
        hidden = an_offering(self.city.my_long, a_procedure(self.city), public=False)

        for pk in (hidden.pk, self.city.home.pk, 999_999_999):
            answer = self.client.post(reverse("servicecatalog_satisfaction", args=[pk]), {"muc": "3"})
            self.assertEqual(answer.status_code, 404)

    def test_is_never_told_of_fewer_than_five(self):
        for step, number in ((3, 2), (2, 1), (1, 1)):
            Satisfaction.objects.create(page=self.service, day=date(2026, 11, 25), step=step, count=number)
        self.assertIsNone(figures.sum_of(row for _m, row in figures.of_page(self.service.pk)).share_satisfied)

        satisfaction.count(self.service, 1)

        self.assertEqual(figures.sum_of(row for _m, row in figures.of_page(self.service.pk)).share_satisfied, 60)


class Leaving(WithAService):
    def test_leads_to_the_address_of_the_page_and_is_counted_once(self):
        answer = self.leave()
        self.leave()

        self.assertEqual((answer.status_code, answer["Location"]), (302, APPLY))
        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertEqual(self.counted("outgoing"), 1)

    def test_leads_from_the_english_mirror_too(self):
        answer = self.leave(f"/en/my-long/online-public-services/{self.service.slug}/")

        self.assertEqual((answer.status_code, answer["Location"]), (302, APPLY))
        self.assertEqual(self.counted("outgoing"), 1)

    def test_leads_programs_and_fetching_ahead_on_without_counting(self):
        for answer in (
            self.leave(agent="Mozilla/5.0 (compatible; Googlebot/2.1)"),
            self.leave(**{"sec-purpose": "prefetch"}),
            self.leave(**{"sec-fetch-site": "cross-site"}),
            self.client.get(f"{self.address}di/"),
        ):
            self.assertEqual(answer["Location"], APPLY)

        self.assertEqual(self.counted("outgoing"), 0)

    def test_leads_nowhere_that_an_address_names(self):
        for query in ("?next=https://elsewhere.invalid/", "?url=//elsewhere.invalid", "?ve=https://elsewhere.invalid"):
            self.assertEqual(self.client.get(f"{self.address}di/{query}")["Location"], APPLY)

    def test_is_not_there_where_nothing_can_be_handed_in(self):
        procedure = a_procedure(self.city)
        for fields in (
            {"delivery": "information", "apply_url": APPLY},
            {"delivery": "hosted"},
            {"delivery": "linked", "apply_url": APPLY, "apply_to": "x", "offered_to": date(2020, 1, 1)},
            {"delivery": "linked", "apply_url": "ftp://elsewhere.invalid/x", "apply_to": "x"},
        ):
            service = an_offering(self.city.my_xuyen, procedure, slug=f"thu-{len(str(fields))}", **fields)
            with self.subTest(fields):
                self.assertEqual(self.leave(f"/my-xuyen/dich-vu-cong/{service.slug}/").status_code, 404)
        self.assertEqual(self.leave("/my-long/dich-vu-cong/khong-co/").status_code, 404)
        self.assertEqual(self.leave("/my-xuyen/dich-vu-cong/" + self.service.slug + "/").status_code, 404)


class ThePage(WithAService):
    def test_says_about_how_often_it_was_used_and_how_it_is_counted(self):
        for day, kind, number in (
            (date(2026, 11, 3), "view", 1234),
            (date(2025, 12, 31), "view", 6),
            (date(2025, 11, 30), "view", 50_000),
            (date(2026, 10, 1), "download", 7),
            (date(2026, 10, 1), "outgoing", 8),
        ):
            UsageCount.objects.create(page=self.service, day=day, kind=kind, count=number)
        with mock.patch("django.utils.timezone.localdate", return_value=date(2026, 11, 25)):
            page = self.client.get(self.address).content.decode()

        for words in ("1.234", "1.240", "khoảng", 'class="spark"', "12/2025: 6", "không dùng cookie"):
            self.assertIn(words, page)
        self.assertNotIn("50.000", page)
        # Counted with scripts and without, and no inline script.
        self.assertIn("js/usage.js", page)
        self.assertIn(f'data-usage-page="{self.service.pk}" data-usage-kind="view"', page)
        self.assertIn(
            f'<noscript><img class="visually-hidden" src="/luot-su-dung/?trang={self.service.pk}&amp;loai=view"', page
        )
        self.assertIn('href="di/"', page)

    def test_may_be_kept_for_ten_minutes_and_sets_no_cookie(self):
        answer = self.client.get(self.address)

        self.assertLessEqual(int(answer["X-Portal-Max-Age"]), 600)
        self.assertNotIn("Set-Cookie", answer)
        self.assertNotIn("csrfmiddlewaretoken", answer.content.decode())

    def test_is_not_counted_for_whoever_is_signed_in(self):
        self.client.force_login(self.cast.editor)

        self.assertNotContains(self.client.get(self.address), "data-usage-place")

    def test_of_a_guide_is_counted_for_the_service_it_was_opened_from(self):
        guide = draft(ServiceGuidePage(title="Hướng dẫn", slug="huong-dan-thu"), self.service.get_parent().specific)
        guide.procedures.set([self.service.procedure])
        guide.save_revision()
        guide = publish_at_once(guide)
        other = an_offering(self.city.my_long, a_procedure(self.city))

        for query, leads in (
            (f"?dich-vu={self.service.pk}", f' data-usage-service="{self.service.pk}"'),
            ("", ""),
            (f"?dich-vu={other.pk}", ""),
            ("?dich-vu=x", ""),
            ("?dich-vu=999999999", ""),
            (f"?dich-vu={'9' * 15}", ""),
        ):
            with self.subTest(query):
                shown = self.client.get(f"/my-long/dich-vu-cong/huong-dan-thu/{query}")
                self.assertContains(shown, f'data-usage-page="{guide.pk}" data-usage-kind="guide"{leads} hidden')


@override_settings(PORTAL_THROTTLE=False)
class Statistics(WithAService):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.other = an_offering(cls.city.my_xuyen, cls.service.procedure)
        cls.alone = an_offering(cls.city.my_xuyen, a_procedure(cls.city, name='=HYPERLINK("x") <b>Tên</b>'))
        for page, day, kind, number in (
            (cls.service, date(2026, 3, 1), "view", 10),
            (cls.service, date(2026, 3, 31), "view", 5),
            (cls.service, date(2026, 4, 1), "download", 3),
            (cls.other, date(2026, 3, 2), "view", 100),
            (cls.alone, date(2026, 12, 31), "view", 2000),
            (cls.alone, date(2026, 12, 31), "outgoing", 4),
            (cls.service, date(2025, 12, 31), "view", 77),
            (cls.service, date(2024, 6, 1), "view", 5),
        ):
            UsageCount.objects.create(page=page, day=day, kind=kind, count=number)
        for page, step, number in ((cls.service, 3, 4), (cls.other, 1, 4)):
            Satisfaction.objects.create(page=page, day=date(2026, 3, 1), step=step, count=number)

    def of(self, site, **options):
        return figures.of_year(site, 2026, **options)

    def test_of_the_city_are_those_of_all_sites_and_add_up(self):
        found = self.of(self.city.site)

        self.assertEqual((found.total.views, found.total.downloads, found.total.outgoing), (2115, 3, 4))
        self.assertEqual([row.views for _month, row in found.months], [0, 0, 115, *[0] * 8, 2000])
        self.assertEqual(found.views_before, [*[0] * 11, 77])
        self.assertEqual([(site.slug, row.views) for site, row in found.sites], [("my-xuyen", 2100), ("my-long", 15)])
        self.assertEqual([service.figures.views for service in found.services], [2000, 115])
        self.assertEqual((found.total.rated, found.total.share_satisfied), (8, 50))

    def test_of_a_ward_are_its_own_and_hide_the_answers_of_few(self):
        found = self.of(self.city.my_long)
        chosen = self.of(self.city.site, only="my-long")

        self.assertEqual((found.total.views, found.total.share_satisfied, found.sites), (15, None, []))
        self.assertEqual(chosen.total, found.total)
        self.assertEqual(found.services[0].url, self.own_address)

    def test_are_shown_with_their_drawings_tables_and_definitions(self):
        for address, words in (
            ("/dich-vu-cong/thong-ke/?nam=2026", ("2.115", "Phường Mỹ Xuyên", "Cách tính", "csv/?nam=2026")),
            ("/dich-vu-cong/thong-ke/?nam=2026&noi-dang=my-long", ("csv/?nam=2026&amp;noi-dang=my-long",)),
            ("/my-long/dich-vu-cong/thong-ke/?nam=2026", ("Lượt xem, khoảng",)),
            ("/en/online-public-services/thong-ke/?nam=2026", ("2,115",)),
        ):
            page = self.client.get(address)
            with self.subTest(address):
                self.assertEqual(page["X-Portal-Max-Age"], "600")
                self.assertContains(page, "<svg")
                self.assertNotContains(page, "<b>Tên")
                for word in words:
                    self.assertContains(page, word)

    def test_name_the_sites_in_english_to_english_readers(self):
        type(self.city.my_xuyen).objects.filter(pk=self.city.my_xuyen.pk).update(name_en="My Xuyen Ward Portal")

        page = self.client.get("/en/online-public-services/thong-ke/?nam=2026")

        self.assertContains(page, '<option value="my-xuyen">My Xuyen Ward Portal</option>', html=True)
        self.assertContains(page, '<th scope="row">My Xuyen Ward Portal</th>')
        self.assertNotContains(page, self.city.my_xuyen.name)

    def test_of_a_year_without_any_say_so(self):
        UsageCount.objects.filter(day__year=2026).delete()
        Satisfaction.objects.all().delete()

        self.assertContains(self.client.get("/dich-vu-cong/thong-ke/?nam=2026"), "Chưa có lượt sử dụng nào")

    def test_come_as_a_table_in_which_nothing_is_computed(self):
        answer = self.client.get("/dich-vu-cong/thong-ke/csv/?nam=2026")
        lines = answer.content.decode("utf-8-sig").splitlines()

        self.assertEqual(answer["Content-Type"], "text/csv")
        self.assertIn("Theo tháng,03/2026,115,0,0,0,8,50", lines)
        self.assertTrue(any(line.startswith("Theo dịch vụ,\"'=HYPERLINK") for line in lines), lines)
        # Four said something there: their number and share are blank.
        self.assertIn("Theo trang,Phường Mỹ Long,15,3,0,0,,", "\n".join(lines))
        self.assertEqual(self.client.get("/dich-vu-cong/thong-ke/exe/").status_code, 404)

    def test_cost_no_more_queries_for_more_services(self):
        with self.assertNumQueries(5):
            self.of(self.city.site)
        an_offering(self.city.my_long, a_procedure(self.city))
        UsageCount.objects.update(count=9)
        with self.assertNumQueries(5):
            self.of(self.city.site)
