"""What is typed with a slip, or in keys: found in its place, or offered; what is typed right stays as it is."""

from urllib.parse import quote

from base.gate import open_gate
from base.public.page_cache.generations import raise_generation
from search import known_words, spelling
from search.models import KnownWord, SearchPage
from search.results import search
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering


class Slips(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.birth = a_procedure(cls.city, name="Đăng ký khai sinh", keywords="giấy khai sinh")
        an_offering(cls.city.site, cls.birth, slug="khai-sinh")
        for title in ("Trợ cấp cho người khuyết tật", "Phường làm sạch đường", "Sửa đèn đường", "Thư viện mở cửa"):
            cls.article(title)
        known_words.count_anew()
        cls.home = cls.city.site.home_page()
        cls.page = SearchPage.objects.get(path__startswith=cls.home.path, depth=cls.home.depth + 1)

    @classmethod
    def article(cls, title):
        page = draft(ArticlePage(title=title, summary="Tin."), cls.city.section(cls.city.site))
        raise_generation([cls.city.site])
        return publish_at_once(page)

    def found(self, query, **parameters):
        return search(self.page, {"q": query, **parameters})

    def titles(self, query, **parameters):
        found = self.found(query, **parameters)
        return [hit.title.replace("<mark>", "").replace("</mark>", "") for hit in found.hits + found.near_hits]

    def test_what_was_meant(self):
        for typed, meant in (
            ("giay khai sihn", "giay khai sinh"),
            ("giấy khai sinhh", "giấy khai sinh"),
            ("giấy khai xinh", "giấy khai sinh"),
            ("dang ki khai sinh", "dang ky khai sinh"),
            ("khaisinh", "khai sinh"),
            ("kha isinh", "khai sinh"),
            ("khuet tat", "khuyet tat"),
            ("giaays khai sinh", "giấy khai sinh"),
            ("phuwowngf", "phường"),
            ("su73a d9e2n", "sửa đèn"),
            ("su5a den", "sửa den"),
        ):
            with self.subTest(typed=typed):
                self.assertEqual(spelling.meant(typed), meant)

    def test_what_is_typed_right_or_is_no_word_stays(self):
        for typed in ("giấy khai sinh", "giay khai sinh", "zqxj", "", "01/2020/QĐ-UBND", "1/2020", "🙂", "từ " * 60):
            with self.subTest(typed=typed):
                self.assertEqual(spelling.meant(typed), "")

    def test_nothing_found_shows_what_was_meant_and_leads_back_to_what_was_typed(self):
        found = self.found("giay khai sihn")

        self.assertEqual((found.instead, found.looked_for), ("giay khai sinh", "giay khai sinh"))
        self.assertEqual(self.titles("giay khai sihn")[0], "Đăng ký khai sinh")
        body = self.client.get(f"/tim-kiem/?q={quote('giay khai sihn')}").content.decode()
        self.assertIn("Hiển thị kết quả cho “giay khai sinh”", body)
        self.assertIn("chu=1", body)

    def test_who_insists_on_the_letters_gets_them_and_the_other_words_as_a_link(self):
        found = self.found("giay khai sihn", **{"chu": "1"})

        self.assertEqual((found.total, found.instead, found.suggested), (0, "", "giay khai sinh"))
        body = self.client.get("/tim-kiem/", {"q": "giay khai sihn", "chu": "1"}).content.decode()
        self.assertIn("Bạn có muốn tìm", body)
        self.assertIn("Không tìm thấy", body)

    def test_little_found_offers_what_finds_more_and_shows_what_was_typed(self):
        self.article("Xinh và đẹp, lời khai mạc")

        found = self.found("khai xinh")

        self.assertEqual(found.instead, "")
        self.assertEqual(found.suggested, "khai sinh")

    def test_too_many_words_find_what_says_most_of_them(self):
        self.assertEqual(self.titles("tôi muốn làm giấy khai sinh ở đâu")[0], "Đăng ký khai sinh")
        self.assertEqual(self.titles("thư viện mở cửa xoẹt xoẹt")[:1], ["Thư viện mở cửa"])

    def test_no_word_is_left_out_while_none_is_known(self):
        KnownWord.objects.all().delete()

        found = self.found("giấy khai sinhh")

        self.assertEqual((found.total, found.instead, found.suggested), (0, "", ""))
        self.assertEqual(self.titles("giấy khai sinh"), ["Đăng ký khai sinh"])

    def test_nothing_that_left_the_public_is_offered(self):
        secret = self.article("Chuyện bimatnhap của khóm")
        known_words.count_anew()
        self.assertEqual(self.titles("bimatnhat"), ["Chuyện bimatnhap của khóm"])

        with open_gate("take_down"):
            ArticlePage.objects.get(pk=secret.pk).unpublish(log_action=False)
        found = self.found("bimatnhat")
        body = self.client.get("/tim-kiem/", {"q": "bimatnhat"}).content.decode()

        self.assertEqual((found.total, found.instead, found.suggested), (0, "", ""))
        self.assertNotIn("bimatnhap", body)

    def test_the_words_are_counted_again_only_after_a_publication(self):
        self.assertEqual(known_words.count_anew(), 0)
        self.assertFalse(KnownWord.objects.filter(words="zuyen").exists())

        self.article("Zuyên")

        self.assertGreater(known_words.count_anew(), 0)
        self.assertEqual(KnownWord.objects.get(words="zuyen").spellings, "zuyên")

    def test_a_word_that_nothing_public_says_any_more_leaves_the_table(self):
        page = self.article("Zuyên")
        known_words.count_anew()
        with open_gate("take_down"):
            ArticlePage.objects.get(pk=page.pk).unpublish(log_action=False)
        raise_generation([self.city.site])

        known_words.count_anew()

        self.assertFalse(KnownWord.objects.filter(words="zuyen").exists())


class Help(CityTestCase):
    def test_one_letter_or_nothing_is_answered_with_what_can_be_asked(self):
        birth = a_procedure(self.city, name="Đăng ký khai sinh")
        an_offering(self.city.site, birth, slug="khai-sinh")

        for query in ("", "a", "đ", "  "):
            with self.subTest(query=query):
                answer = self.client.get("/tim-kiem/", {"q": query})
                self.assertContains(answer, "Cách tìm")
                self.assertContains(answer, '<a href="?q=gi%E1%BA%A5y+khai+sinh" lang="vi">giấy khai sinh</a>')
                self.assertContains(answer, "/dich-vu-cong/khai-sinh/")
                self.assertNotContains(answer, "Không tìm thấy")
        self.assertContains(self.client.get("/tim-kiem/", {"q": "a"}), "hãy gõ ít nhất một từ")
        self.assertNotContains(self.client.get("/tim-kiem/", {"q": "khai sinh"}), "Cách tìm")
