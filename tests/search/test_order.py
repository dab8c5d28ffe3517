"""In which order the search shows services, pages and documents; a service once, with its wards, in both languages."""

import re
from datetime import date

from django.test import SimpleTestCase

from legalref.models import DocumentType, IssuingBody, LegalDocument
from search.models import SearchPage
from search.order import DOCUMENT, PAGE, SERVICE, Sort, arrange, by_turns
from search.results import search
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering

REGULATION = "Ban hành Quy chế hoạt động Trang thông tin điện tử thành phố Long Xuyên"
EVERY_WORD = (
    "Chủ tịch ký. Trang có mục hỏi đáp về đăng ký khai sinh, kết hôn, hộ khẩu, tuyển dụng, đất đai và xây dựng."
)


class TheOrder(SimpleTestCase):
    def test_takes_the_first_of_each_then_the_second(self):
        self.assertEqual(by_turns([1, 2, 3], [], [4, 5]), [1, 4, 2, 5, 3])

    def test_puts_a_typed_number_first_and_what_only_folds_to_the_words_last(self):
        services = Sort(SERVICE, [1, 2], {1}, [1])
        documents = Sort(DOCUMENT, [3, 4], {3, 4}, [3])

        for is_number, first in ((False, [(SERVICE, 1), (DOCUMENT, 3)]), (True, [(DOCUMENT, 3), (SERVICE, 1)])):
            with self.subTest(is_number=is_number):
                sorts = {SERVICE: services, DOCUMENT: documents, PAGE: Sort(PAGE, [5, 6, 7], {5})}
                slots = arrange(sorts, is_number=is_number)
                self.assertEqual(
                    [(slot.source, slot.key) for slot in slots],
                    [*first, (PAGE, 5), (DOCUMENT, 4), (SERVICE, 2), (PAGE, 6), (PAGE, 7)],
                )
                self.assertEqual([slot.is_exact for slot in slots], [True] * 4 + [False] * 3)

    def test_puts_names_that_have_the_words_apart_behind_those_that_have_them_together(self):
        documents = Sort(DOCUMENT, [1, 2], {1, 2}, [1, 2], frozenset({2}))
        sorts = {DOCUMENT: documents, PAGE: Sort(PAGE, [3], {3}, [3])}

        slots = [(slot.source, slot.key) for slot in arrange(sorts)]

        self.assertEqual(slots, [(DOCUMENT, 1), (PAGE, 3), (DOCUMENT, 2)])


class WhatCitizensLookFor(CityTestCase):
    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.regulation = cls.document("01/2020/QĐ-UBND", REGULATION, EVERY_WORD)
        cls.fees = cls.document("15/2019/QĐ-UBND", "Quy định mức thu lệ phí hộ tịch", "", date(2019, 3, 20))
        cls.birth = a_procedure(
            cls.city, name="Đăng ký khai sinh", title_en="Birth registration", keywords="giấy khai sinh"
        )
        cls.marriage = a_procedure(cls.city, name="Đăng ký kết hôn", title_en="Marriage registration")
        sites = (cls.city.site, cls.city.my_long, cls.city.my_xuyen)
        cls.births = [an_offering(site, cls.birth, slug="khai-sinh").get_url() for site in sites]
        cls.marriage_at_ward = an_offering(cls.city.my_long, cls.marriage, slug="ket-hon").get_url()
        section = cls.city.section(cls.city.site)
        for title, summary in (
            ("Tuyển dụng viên chức năm 2020", "Thông báo tuyển dụng."),
            ("Chủ tịch thành phố tiếp công dân", "Lịch tiếp."),
            ("Ngày hội", "Bà con hỏi về đăng ký khai sinh ở phường."),
        ):
            publish_at_once(draft(ArticlePage(title=title, summary=summary), section))

    @classmethod
    def document(cls, symbol, subject, text, on=date(2020, 1, 6)):
        issuer, _made = IssuingBody.objects.get_or_create(name="Chủ tịch Ủy ban nhân dân thử", slug="ubnd-thu")
        document = LegalDocument(
            live=False,
            owner_site=cls.city.site,
            document_type=DocumentType.objects.get(name="Quyết định"),
            symbol_as_printed=symbol,
            subject=subject,
            main_issuer=issuer,
            issued_on=on,
            full_text=text,
        )
        document.full_clean()
        document.save()
        document.save_revision()
        return publish_at_once(document)

    def found(self, query, home=None, **parameters):
        home = home or self.city.home
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        return search(page, {"q": query, **parameters})

    def first(self, query):
        return str(self.found(query).hits[0].title).replace("<mark>", "").replace("</mark>", "")

    def test_find_what_is_called_so_before_a_document_that_mentions_it(self):
        for typed, expected in (
            ("khai sinh", "Đăng ký khai sinh"),
            ("khai sinh ", "Đăng ký khai sinh"),
            ("kết hôn", "Đăng ký kết hôn"),
            ("giấy khai sinh", "Đăng ký khai sinh"),
            ("dang ky ket hon", "Đăng ký kết hôn"),
            ("tuyển dụng", "Tuyển dụng viên chức năm 2020"),
            ("chủ tịch", "Chủ tịch thành phố tiếp công dân"),
        ):
            with self.subTest(typed=typed):
                self.assertEqual(self.first(typed), expected)

    def test_find_a_page_first_whose_title_has_the_words_one_after_the_other(self):
        """Without marks «chợ nổi» reads as «cho nơi», which many a service says somewhere."""
        page = ArticlePage(title="Chợ nổi Long Xuyên", summary="Tham quan trên sông Hậu.")
        publish_at_once(draft(page, self.city.section(self.city.site)))
        residence = a_procedure(self.city, name="Đăng ký thường trú", keywords="xác nhận cho nơi cư trú")
        an_offering(self.city.site, residence, slug="thuong-tru")

        for typed in ("cho noi", "chợ nổi"):
            with self.subTest(typed=typed):
                self.assertEqual(self.first(typed), "Chợ nổi Long Xuyên")
        self.assertIn("Đăng ký thường trú", [re.sub("</?mark>", "", hit.title) for hit in self.found("cho noi").hits])

    def test_find_words_together_in_a_title_before_a_document_or_service_that_has_them_apart(self):
        self.document("224/2020/NĐ-CP", "Cung cấp thông tin của cơ quan nhà nước trên mạng", "")
        well = a_procedure(self.city, name="Cấp phép khai thác giếng nước")
        an_offering(self.city.site, well, slug="gieng")
        page = ArticlePage(title="Tạm ngưng cấp nước tại ba phường", summary="Súc rửa đường ống.")
        publish_at_once(draft(page, self.city.section(self.city.site)))

        for typed in ("cap nuoc", "cấp nước"):
            with self.subTest(typed=typed):
                titles = [re.sub("</?mark>", "", hit.title) for hit in self.found(typed).hits]
                self.assertEqual(titles[0], "Tạm ngưng cấp nước tại ba phường")
                self.assertIn("Cấp phép khai thác giếng nước", titles[1:])
                self.assertTrue(any("224/2020" in title for title in titles[1:]))
        self.assertEqual(self.first("cấp phép khai"), "Cấp phép khai thác giếng nước")
        self.assertEqual(self.first("nước giếng"), "Cấp phép khai thác giếng nước")

    def test_find_the_document_first_whose_title_has_all_the_words(self):
        for typed, symbol in (("quy chế hoạt động", "01/2020/QĐ-UBND"), ("lệ phí hộ tịch", "15/2019/QĐ-UBND")):
            with self.subTest(typed=typed):
                self.assertEqual(self.found(typed).hits[0].document.symbol, symbol)

    def test_find_the_document_that_mentions_it_among_the_rest(self):
        self.assertIn(self.regulation, [hit.document for hit in self.found("khai sinh").hits])

    def test_find_numbers_as_they_are_spoken_and_mistyped(self):
        for typed in (
            "quyết định số 15 năm 2019",
            "Quyet dinh so 15 nam 2019",
            "số 15 năm 2019",
            "15/2019/QDUBND",
            "15/2o19",
            "15 / 2019 / qđ-ubnd",
            "quyết định 15/2019",
        ):
            with self.subTest(typed=typed):
                self.assertEqual(self.found(typed).hits[0].document, self.fees)
        for typed in ("0l/2020", "O1/2020", "o1/2020/qd-ubnd", "0I/2020/QĐ-UBND"):
            with self.subTest(typed=typed):
                self.assertEqual(self.found(typed).hits[0].document, self.regulation)

    def test_do_not_read_words_as_numbers(self):
        for typed in ("năm 2019", "lol", "15 ngày", "công an"):
            with self.subTest(typed=typed):
                self.assertNotIn(self.fees, [hit.document for hit in self.found(typed).hits[:1]])

    def test_find_a_service_once_with_its_wards(self):
        found = self.found("khai sinh")
        hits = [hit for hit in found.hits if hit.kind == "Dịch vụ công"]

        self.assertEqual([hit.url for hit in hits], self.births[:1])
        self.assertEqual([place.url for place in hits[0].places], self.births)
        self.assertEqual(next(c.count for c in found.facet("loai").choices if c.value == "dich-vu-cong"), 1)
        answer = self.client.get("/tim-kiem/", {"q": "khai sinh"}, headers={"host": "localhost"})
        self.assertContains(answer, 'href="/my-xuyen/dich-vu-cong/khai-sinh/"', count=1)

    def test_lead_to_the_ward_that_was_chosen_and_count_the_service_in_each(self):
        wards = {choice.label: choice for choice in self.found("khai sinh").facet("noi-dang").choices}
        chosen = wards[self.city.my_xuyen.name]

        found = self.found("khai sinh", **{"noi-dang": chosen.value})

        self.assertEqual((found.total, chosen.count), (1, 1))
        self.assertEqual(found.hits[0].url, self.births[2])

    def test_find_what_only_wards_offer_on_the_page_of_the_procedure(self):
        place = f"/dich-vu-cong/thu-tuc/{self.marriage.code.replace('.', '-')}/"

        self.assertTrue(self.found("kết hôn").hits[0].url.endswith(place))
        self.assertEqual(self.client.get(place, headers={"host": "localhost"}).status_code, 200)
        only_city = self.found("kết hôn", **{"pham-vi": "trang-nay"})
        self.assertNotIn("Dịch vụ công", [hit.kind for hit in only_city.hits])

    def test_find_on_a_ward_its_own_services(self):
        ward = self.city.my_long.home_page()

        self.assertEqual(self.found("kết hôn", ward).hits[0].url, self.marriage_at_ward)
        self.assertNotIn(
            "Dịch vụ công", [hit.kind for hit in self.found("kết hôn", self.city.my_xuyen.home_page()).hits]
        )

    def test_do_not_find_services_that_are_drafts_or_over(self):
        hidden = a_procedure(self.city, name="Đăng ký bimatnhap", public=False)
        over = a_procedure(self.city, name="Đăng ký bimatnhap cũ")
        an_offering(self.city.site, over, slug="cu", offered_to=date(2020, 1, 1))

        self.assertEqual(self.found("bimatnhap").total, 0)
        self.assertFalse(hidden.live)

    def test_find_services_in_english_by_their_english_names(self):
        answer = self.client.get("/en/search/", {"q": "birth registration"}, headers={"host": "localhost"})

        self.assertContains(answer, 'href="/en/online-public-services/khai-sinh/"')
        self.assertContains(answer, "<mark>Birth</mark> <mark>registration</mark>")
        marriage = self.client.get("/en/search/", {"q": "marriage"}, headers={"host": "localhost"})
        self.assertContains(
            marriage, f'href="/en/online-public-services/thu-tuc/{self.marriage.code.replace(".", "-")}/"'
        )

    def test_show_every_hit_of_every_sort_once_over_the_pages_of_a_long_list(self):
        section = self.city.section(self.city.site)
        for number in range(20):
            publish_at_once(draft(ArticlePage(title=f"Đăng ký khai sinh lưu động {number}", summary="Tin."), section))
        pages = [self.found("khai sinh", trang=str(number)) for number in (1, 2)]

        urls = [hit.url for found in pages for hit in found.hits + found.near_hits]

        self.assertEqual(len(urls), pages[0].total)
        self.assertEqual(len(set(urls)), len(urls))
