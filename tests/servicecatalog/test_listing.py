"""The catalogue: what it lists, found by words with marks and without, narrowed by filters, three clicks away."""

from datetime import date, datetime
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection
from django.test import RequestFactory, SimpleTestCase
from django.test.utils import CaptureQueriesContext

from base.models import PortalSite
from base.public.index import meanings
from search.results import search
from servicecatalog.catalogue import entries, finding, listing, narrowing
from servicecatalog.models import ApplicantKind, CataloguePage, LifeEvent, ProcedureAgency, ServiceField
from tests.city import CityTestCase, english_locale, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering
from tests.servicecatalog.crawl import within
from vietnam import text
from vietnam.equivalents import Equivalents

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=HANOI)


class Words(SimpleTestCase):
    def known(self, *names_and_words):
        return [
            finding.Known(place, name, text.fold(f"{name} {words}"))
            for place, (name, words) in enumerate(names_and_words)
        ]

    def test_find_a_name_with_marks_and_without_in_any_order(self):
        services = self.known(("Đăng ký khai sinh", ""), ("Đăng ký khai tử", ""), ("Đăng ký kết hôn", ""))

        for query in ("khai sinh", "Khai Sinh", "khái sính", "sinh khai", "dang ky khai sinh", "ĐĂNG KÝ KHAI SINH"):
            with self.subTest(query=query):
                self.assertEqual(finding.find(query, services).keys, [0])

    def test_put_the_name_as_typed_before_other_words_for_it(self):
        services = self.known(
            ("Chứng thực di chúc", "bản sao"),
            ("Cấp bản sao trích lục", ""),
            ("Sao chép bản đồ", ""),
            ("Ban hành sao lục", ""),
        )

        self.assertEqual(finding.find("bản sao", services).keys, [1, 0, 3, 2])

    def test_that_no_service_has_together_find_the_nearest(self):
        services = self.known(("Đăng ký khai sinh", "giấy khai sinh"), ("Đăng ký khai tử", ""), ("Sao y", ""))

        hits = finding.find("tôi muốn làm giấy khai sinh cho cháu", services)

        self.assertEqual((hits.keys, hits.is_near), ([0], True))

    def test_that_nothing_has_find_nothing(self):
        services = self.known(("Đăng ký khai sinh", ""))

        for query in ("hộ chiếu", "", "???", "''; drop table"):
            with self.subTest(query=query):
                self.assertEqual(finding.find(query, services).keys, [])

    def test_find_a_procedure_by_its_code(self):
        services = self.known(("Đăng ký khai sinh", "1.001193"), ("Đăng ký khai tử", "1.000656"))

        self.assertEqual(finding.find("1.000656", services).keys, [1])


class WithServices(CityTestCase):
    """Birth and marriage in Mỹ Long, birth in Mỹ Xuyên, copies in Mỹ Long and the city, businesses in the city only."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        city = cls.city
        cls.birth = a_procedure(
            city, name="Đăng ký khai sinh", title_en="Birth registration", keywords="giấy khai sinh\nlàm khai sinh"
        )
        cls.marriage = a_procedure(city, name="Đăng ký kết hôn", level="muc-do-2")
        cls.marriage.life_events.set([LifeEvent.objects.get(slug="ket-hon-hon-nhan")])
        cls.marriage.save()
        cls.copies = a_procedure(
            city,
            name="Chứng thực bản sao từ bản chính",
            level="muc-do-4",
            at_district=True,
            field=ServiceField.objects.get(slug="chung-thuc"),
        )
        cls.business = a_procedure(
            city,
            name="Đăng ký thành lập hộ kinh doanh",
            level="",
            at_ward=False,
            at_district=True,
            field=ServiceField.objects.get(slug="ho-kinh-doanh"),
        )
        cls.business.applicants.set([ApplicantKind.objects.get(slug="doanh-nghiep")])
        cls.business.agencies = [ProcedureAgency(unit=city.site.unit)]
        cls.business.save()
        cls.own = {
            (site.slug, procedure.name): an_offering(site, procedure)
            for site, procedure in (
                (city.my_long, cls.birth),
                (city.my_long, cls.marriage),
                (city.my_long, cls.copies),
                (city.my_xuyen, cls.birth),
                (city.site, cls.copies),
                (city.site, cls.business),
            )
        }
        cls.ward_page, cls.page = (
            city.section(city.my_long, "dich-vu-cong"),
            city.section(city.site, "dich-vu-cong"),
        )

    def setUp(self):
        self.enterContext(time_machine.travel(FRIDAY, tick=False))

    def names(self, page=None, **parameters):
        found = narrowing.list_services(page or self.ward_page, parameters)
        return [
            str(entry.name).replace("<mark>", "").replace("</mark>", "")
            for one in found.sections
            for entry in one.entries
        ]

    def filter(self, name, page=None, **parameters):
        found = narrowing.list_services(page or self.page, parameters).filter(name)
        return {choice.value: choice.count for choice in found.choices}


class TheList(WithServices):
    def test_of_a_ward_holds_what_it_offers_by_branch_and_field(self):
        found = narrowing.list_services(self.ward_page, {})

        self.assertEqual([section.heading for section in found.sections], ["Hộ tịch", "Chứng thực"])
        self.assertEqual(self.names(), [self.marriage.name, self.birth.name, self.copies.name])

    def test_of_the_city_holds_its_own_services_and_every_procedure_of_a_ward(self):
        found = narrowing.list_services(self.page, {})
        urls = {str(entry.name): entry.url for section in found.sections for entry in section.entries}

        self.assertEqual(set(urls), {self.birth.name, self.marriage.name, self.copies.name, self.business.name})
        self.assertEqual(urls[self.birth.name], f"{self.page.get_url()}{listing.place_of(self.birth.code)}")
        self.assertEqual(urls[self.copies.name], self.own["long-xuyen", self.copies.name].get_url())
        places = {str(entry.name): entry.places for section in found.sections for entry in section.entries}
        self.assertEqual((places[self.birth.name], places[self.business.name]), (2, 0))

    def test_leaves_out_what_is_not_public_not_in_use_or_not_offered_today(self):
        ended = a_procedure(self.city, name="Thủ tục đã bãi bỏ", valid_to=date(2026, 11, 26))
        to_come = a_procedure(self.city, name="Thủ tục chưa áp dụng", valid_from=date(2026, 11, 28))
        hidden = a_procedure(self.city, name="Thủ tục chưa duyệt", public=False)
        for procedure in (ended, to_come, hidden):
            an_offering(self.city.my_long, procedure)
        over = a_procedure(self.city, name="Dịch vụ đã thôi")
        an_offering(self.city.my_long, over, offered_to=date(2026, 11, 26))
        drafted = a_procedure(self.city, name="Dịch vụ còn là bản nháp")
        an_offering(self.city.my_long, drafted, public=False)
        last_day = a_procedure(self.city, name="Thủ tục ngày cuối", valid_to=date(2026, 11, 27))
        an_offering(self.city.my_long, last_day, offered_from=date(2026, 11, 27), offered_to=date(2026, 11, 27))

        self.assertEqual(set(self.names()), {self.marriage.name, self.birth.name, self.copies.name, last_day.name})
        self.assertNotIn(hidden.name, self.names(self.page))

    def test_of_the_city_forgets_what_only_a_closed_ward_offers(self):
        self.city.my_long.state = PortalSite.State.CLOSED
        self.city.my_long.save()

        self.assertEqual(set(self.names(self.page)), {self.birth.name, self.copies.name, self.business.name})

    def test_finds_birth_registration_by_words_without_marks(self):
        for query in ("khai sinh", "lam giay khai sinh", "đăng ký khai sinh", self.birth.code):
            with self.subTest(query=query):
                self.assertEqual(self.names(q=query)[0], self.birth.name)

    def test_sorts_by_name_on_request(self):
        self.assertEqual(self.names(xep="ten"), [self.copies.name, self.marriage.name, self.birth.name])

    def test_is_narrowed_by_each_of_the_seven_filters(self):
        for name, value, expected in (
            ("nganh", "tu-phap", {self.birth.name, self.marriage.name, self.copies.name}),
            ("linh-vuc", "chung-thuc", {self.copies.name}),
            ("su-kien", "ket-hon-hon-nhan", {self.marriage.name}),
            ("muc-do", "toan-trinh", {self.copies.name}),
            ("muc-do", "chua-xep", {self.business.name}),
            ("cap", "huyen", {self.copies.name, self.business.name}),
            ("co-quan", "uy-ban-nhan-dan-thanh-pho-long-xuyen", {self.business.name}),
            ("doi-tuong", "doanh-nghiep", {self.business.name}),
            ("linh-vuc", "khong-co", {self.birth.name, self.marriage.name, self.copies.name, self.business.name}),
        ):
            with self.subTest(filter=name, value=value):
                self.assertEqual(set(self.names(self.page, **{name: value})), expected)

    def test_counts_each_value_as_choosing_it_would(self):
        for chosen in ({}, {"nganh": "tu-phap"}, {"q": "dang ky", "cap": "xa"}):
            for name in entries.FILTERS:
                for value, count in self.filter(name, **chosen).items():
                    with self.subTest(chosen=chosen, filter=name, value=value):
                        self.assertEqual(len(self.names(self.page, **{**chosen, name: value})), count)

    def test_needs_at_most_ten_queries_however_many_services_there_are(self):
        def queries(page):
            # Words that mean the same are read once for all requests (`tests/search/test_meanings.py`).
            known = mock.patch.object(meanings, "_known", lambda _request: Equivalents())
            with known, CaptureQueriesContext(connection) as caught:
                narrowing.list_services(page, {"q": "dang ky"}, RequestFactory().get("/"))
            return len(caught)

        pages = (self.page, self.ward_page)
        for page in pages:
            queries(page)
        before = [queries(CataloguePage.objects.get(pk=page.pk)) for page in pages]
        for number in range(4):
            an_offering(self.city.my_long, a_procedure(self.city, name=f"Đăng ký việc thêm {number}"))
        queries(self.page)

        after = [queries(CataloguePage.objects.get(pk=page.pk)) for page in pages]

        self.assertEqual(after, before)
        self.assertLessEqual(max(after), 10)


class ThePages(WithServices):
    def test_answer_without_an_error_whatever_is_asked(self):
        for path in (
            "",
            "?q=khai+sinh",
            "?q=%00",
            "?q=" + "a" * 500,
            "?trang=99",
            "?trang=x",
            "?nganh=khong-co&xep=lung-tung",
            "?linh-vuc=ho-tich&cap=xa",
            "?q=khongcogi",
        ):
            with self.subTest(path=path):
                self.assertIn(self.client.get(f"/dich-vu-cong/{path}").status_code, (200, 400))

    def test_keep_the_page_of_the_catalogue_for_all_sites_that_it_shows(self):
        city, ward = self.client.get("/dich-vu-cong/"), self.client.get("/my-long/dich-vu-cong/")

        self.assertEqual(
            set(city["X-Portal-Sites"].split(",")), {str(pk) for pk in PortalSite.objects.values_list("pk", flat=True)}
        )
        self.assertEqual(set(ward["X-Portal-Sites"].split(",")), {str(self.city.my_long.pk), str(self.city.site.pk)})
        self.assertLessEqual(int(city["X-Portal-Max-Age"]), 14 * 3600)

    def test_of_a_procedure_lets_one_choose_the_ward(self):
        html = self.client.get(f"/dich-vu-cong/{listing.place_of(self.birth.code)}").content.decode()

        for site in (self.city.my_long, self.city.my_xuyen):
            self.assertIn(site.name, html)
            self.assertIn(f"/{site.slug}/dich-vu-cong/dang-ky-khai-sinh/", html)
        self.assertNotIn(f">{self.city.dong_xuyen.name}<", html.partition('id="chon-noi"')[2].partition("</ul>")[0])

    def test_of_a_procedure_on_a_ward_leads_to_its_own_service(self):
        response = self.client.get(f"/my-long/dich-vu-cong/{listing.place_of(self.birth.code)}")

        self.assertRedirects(response, "/my-long/dich-vu-cong/dang-ky-khai-sinh/", fetch_redirect_response=False)

    def test_of_an_abolished_procedure_stays_and_says_so(self):
        self.birth.valid_to = date(2026, 11, 1)
        self.birth.save_revision()
        publish_at_once(self.birth)

        self.assertContains(
            self.client.get(f"/dich-vu-cong/{listing.place_of(self.birth.code)}"), "Thủ tục không còn áp dụng"
        )
        self.assertContains(
            self.client.get("/my-long/dich-vu-cong/dang-ky-khai-sinh/"), "đã bị bãi bỏ, chỉ áp dụng đến hết ngày"
        )

    def test_of_an_unknown_procedure_are_not_there(self):
        for path in ("thu-tuc/9-999999/", "khong-co-dich-vu/", "thu-tuc/"):
            with self.subTest(path=path):
                self.assertEqual(self.client.get(f"/dich-vu-cong/{path}").status_code, 404)

    def test_reach_every_service_from_the_front_page_in_three_clicks(self):
        reached = within(self.client, 3, self.city.home.full_url)

        for page in self.own.values():
            with self.subTest(page=str(page), site=page.portal_site.slug):
                on_city_host = f"{self.city.home.full_url}{page.url_path.removeprefix(self.city.home.url_path)}"
                self.assertTrue({page.full_url, on_city_host} & reached)

    def test_are_found_by_the_search_of_the_portal_by_what_people_call_them(self):
        page = self.city.section(self.city.site, "tim-kiem")

        hits = search(page, {"q": "lam khai sinh"})

        self.assertEqual({str(hit.kind) for hit in hits.hits}, {"Dịch vụ công"})
        self.assertEqual(
            [[place.label for place in hit.places] for hit in hits.hits],
            [
                [
                    "Phường Mỹ Long",
                    "Phường Mỹ Xuyên",
                ]
            ],
        )
        self.assertEqual({str(hit.summary) for hit in hits.hits}, {"Thủ tục để thử."})


class InEnglish(WithServices):
    BIRTH, MARRIAGE = (
        "/en/my-long/online-public-services/dang-ky-khai-sinh/",
        "/en/my-long/online-public-services/dang-ky-ket-hon/",
    )

    def test_the_list_shows_english_names_where_there_are_any(self):
        response = self.client.get("/en/my-long/online-public-services/")

        self.assertContains(response, f'<p class="listing__title"><a href="{self.BIRTH}">Birth registration</a>')
        self.assertContains(
            response, f'<p class="listing__title" lang="vi"><a href="{self.MARRIAGE}">Đăng ký kết hôn</a>'
        )

    def test_words_of_either_language_find_a_service(self):
        for query in ("birth", "khai+sinh"):
            with self.subTest(query=query):
                response = self.client.get(f"/en/my-long/online-public-services/?q={query}")
                self.assertContains(response, self.BIRTH)
                self.assertNotContains(response, self.MARRIAGE)

    def test_a_service_stands_on_the_mirror_and_both_name_each_other(self):
        page = self.own["my-long", self.birth.name]
        mirror = CataloguePage.objects.get(translation_key=self.ward_page.translation_key, locale=english_locale())
        english = f"{mirror.full_url}dang-ky-khai-sinh/"

        html = self.client.get(self.BIRTH).content.decode()
        vietnamese = self.client.get("/my-long/dich-vu-cong/dang-ky-khai-sinh/").content.decode()

        self.assertIn('<html lang="en">', html)
        self.assertIn("Who may apply", html)
        self.assertIn("<h1><span>Birth registration</span></h1>", html)
        for shown in (html, vietnamese):
            self.assertIn(f'hreflang="en" href="{english}"', shown)
            self.assertIn(f'hreflang="vi" href="{page.full_url}"', shown)
        self.assertIn(f'<link rel="canonical" href="{english}">', html)

    def test_the_sheet_to_print_is_english_too(self):
        self.assertContains(self.client.get(f"{self.BIRTH}?in=1"), "Papers you need")

    def test_the_sitemap_names_the_english_services(self):
        mirror = CataloguePage.objects.get(translation_key=self.ward_page.translation_key, locale=english_locale())

        found = [address for address, _changed in listing.sitemap_addresses([mirror.pk, self.page.pk])]

        self.assertIn(f"{mirror.full_url}dang-ky-khai-sinh/", found)
        self.assertIn(f"{self.page.full_url}{listing.place_of(self.birth.code)}", found)
