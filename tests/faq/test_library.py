"""The library of answers: found by words and filters that add up, on one site or on all, fed, cached."""

from datetime import date

from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from base.models import OrganisationUnit
from faq.models import FaqPage, QuestionTopic
from faq.public import library
from search.results import search
from tests.city import CityTestCase, draft, publish_at_once

LAND, WASTE, HEALTH = "dat-dai", "moi-truong", "y-te"


def an_answer(
    parent, title: str, *, topic: str = LAND, on: date = date(2026, 3, 2), by=None, public: bool = True, **fields
) -> FaqPage:
    """An answer under a questions page, by default published."""
    site = parent.portal_site
    page = FaqPage(
        title=title,
        question_text=fields.pop("question_text", f"Xin hỏi về việc: {title.lower()}"),
        answer=fields.pop("answer", "<p>Nộp hồ sơ tại bộ phận một cửa.</p>"),
        topic=QuestionTopic.objects.get(slug=topic),
        answered_on=on,
        asked_on=on,
        responsible_unit=fields.pop("unit", site.unit),
        author_name="Cán bộ mẫu",
        source_name="Ban Biên tập",
        signer_name="Cán bộ mẫu 10",
        signer_position="Chủ tịch",
        **fields,
    )
    draft(page, parent, by=by)
    return publish_at_once(page) if public else page


class WithAnswers(CityTestCase):
    """Four answers on the city's page, one on Mỹ Long's, one draft."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = OrganisationUnit.objects.create(
            name="Phòng Tài nguyên và Môi trường",
            authority_name="Phòng Tài nguyên và Môi trường",
            slug="tnmt",
            kind=OrganisationUnit.Kind.OFFICE,
            parent=cls.city.site.unit,
            valid_from=date(2014, 5, 5),
        )
        cls.page, cls.ward_page = (
            cls.city.section(cls.city.site, "hoi-dap"),
            cls.city.section(cls.city.my_long, "hoi-dap"),
        )
        cls.split = an_answer(cls.page, "Điều kiện tách thửa đất ở", on=date(2026, 3, 2), unit=cls.office)
        cls.book = an_answer(cls.page, "Cấp lại giấy chứng nhận bị mất", on=date(2025, 11, 3), unit=cls.office)
        cls.waste = an_answer(cls.page, "Lịch thu gom rác", topic=WASTE, on=date(2026, 1, 5), unit=cls.office)
        cls.shots = an_answer(
            cls.page,
            "Tiêm chủng cho trẻ",
            topic=HEALTH,
            on=date(2025, 6, 2),
            answer="<p>Trạm y tế tiêm vào ngày 25 hằng tháng, mang theo sổ tiêm.</p>",
        )
        cls.lamp = an_answer(cls.ward_page, "Đèn đường trong hẻm hỏng", topic=WASTE, on=date(2026, 2, 2))
        draft(FaqPage(title="Bản nháp về đất", question_text="Nháp", answer="<p>Nháp</p>"), cls.page)

    def found(self, page=None, **parameters):
        return library.list_answers(page or self.page, parameters)

    def titles(self, page=None, **parameters):
        return [answer.title for answer in self.found(page, **parameters).paging.object_list]


class Listing(WithAnswers):
    def test_a_site_lists_its_published_answers_the_newest_first(self):
        self.assertEqual(self.titles(), [page.title for page in (self.split, self.waste, self.book, self.shots)])
        self.assertEqual(self.titles(self.ward_page), [self.lamp.title])

    def test_topic_unit_and_year_narrow_the_list(self):
        self.assertEqual(self.titles(**{"linh-vuc": LAND}), [self.split.title, self.book.title])
        self.assertEqual(self.titles(**{"linh-vuc": LAND, "nam": "2025"}), [self.book.title])
        self.assertEqual(self.titles(**{"don-vi": "long-xuyen"}), [self.shots.title])

    def test_the_counts_of_every_filter_add_up_to_the_list_without_it(self):
        for chosen in ({}, {"linh-vuc": LAND}, {"nam": "2026", "don-vi": "tnmt"}, {"q": "hồ sơ", "nam": "2025"}):
            found = self.found(**chosen)
            for one in found.filters:
                with self.subTest(chosen=chosen, filter=one.name):
                    without = {name: value for name, value in chosen.items() if name != one.name}
                    self.assertEqual(one.total, self.found(**without).total)

    def test_what_no_answer_bears_is_as_if_it_were_not_asked(self):
        for parameters in ({"linh-vuc": "khong-co"}, {"nam": "1999"}, {"trang": "99"}, {"pham-vi": "la"}):
            with self.subTest(parameters=parameters):
                self.assertEqual(self.found(**parameters).total, 4)

    def test_a_chosen_value_that_the_other_filters_leave_empty_is_still_shown(self):
        topics = next(
            one for one in self.found(**{"linh-vuc": HEALTH, "nam": "2026"}).filters if one.name == "linh-vuc"
        )

        self.assertIn((HEALTH, 0, True), [(one.value, one.count, one.is_chosen) for one in topics.choices])

    def test_the_city_may_show_every_ward_with_the_place_as_a_filter(self):
        found = self.found(**{"pham-vi": "toan-thanh-pho"})

        self.assertEqual(found.total, 5)
        self.assertEqual(self.titles(**{"pham-vi": "toan-thanh-pho", "noi-dang": "my-long"}), [self.lamp.title])
        self.assertEqual([one.name for one in found.filters], ["linh-vuc", "don-vi", "nam", "noi-dang"])
        self.assertFalse(self.found(self.ward_page, **{"pham-vi": "toan-thanh-pho"}).is_whole_city)

    def test_a_closed_site_leaves_the_list_of_all_sites(self):
        self.city.my_long.state = "closed"
        self.city.my_long.save()

        self.assertEqual(self.found(**{"pham-vi": "toan-thanh-pho"}).total, 4)


class Searching(WithAnswers):
    def test_words_are_found_with_marks_and_without_in_question_and_answer(self):
        for query in ("tách thửa", "tach thua", "TÁCH THỬA đất"):
            with self.subTest(query=query):
                self.assertEqual(self.titles(q=query), [self.split.title])
        self.assertEqual(self.titles(q="sổ tiêm"), [self.shots.title])

    def test_the_words_looked_for_are_marked_and_nothing_else_is_markup(self):
        an_answer(self.page, "Hỏi <b>đậm</b> về hẻm", question_text="Hẻm <script>alert(1)</script> nhà tôi")

        shown = self.found(q="hẻm").exact[0]

        self.assertIn("<mark>", shown.shown_title)
        self.assertIn("&lt;b&gt;", shown.shown_title)
        self.assertNotIn("<script", shown.shown_text)

    def test_what_is_spelt_otherwise_comes_as_near(self):
        an_answer(self.page, "Thua kien", question_text="Toi thua kien dat dai")

        found = self.found(q="thửa")

        self.assertEqual([answer.title for answer in found.exact], [self.split.title])
        self.assertEqual([answer.title for answer in found.near], ["Thua kien"])

    def test_words_and_filters_go_together(self):
        self.assertEqual(self.titles(q="hồ sơ", **{"linh-vuc": WASTE}), [self.waste.title])


class Reading(WithAnswers):
    def test_the_page_offers_asking_looking_up_and_figures(self):
        response = self.client.get("/hoi-dap/")

        for address in ("/hoi-dap/gui-cau-hoi/", "/hoi-dap/tra-cuu/", "/hoi-dap/thong-ke/", "/hoi-dap/rss/"):
            with self.subTest(address=address):
                self.assertContains(response, f'href="{address}"')
        self.assertContains(response, "4 câu hỏi đã trả lời")

    def test_a_ward_has_a_library_of_its_own(self):
        response = self.client.get("/my-long/hoi-dap/")

        self.assertContains(response, self.lamp.title)
        self.assertNotContains(response, self.split.title)
        self.assertNotContains(response, "pham-vi")

    def test_an_empty_library_says_what_will_stand_there(self):
        self.assertContains(self.client.get("/my-xuyen/hoi-dap/"), "Chưa có câu trả lời nào")

    def test_nothing_found_leads_to_all_answers_and_to_asking(self):
        response = self.client.get("/hoi-dap/?q=xyzzy")

        self.assertContains(response, "Không có câu trả lời nào khớp")
        self.assertContains(response, '<meta name="robots" content="noindex">')

    def test_the_page_cache_knows_what_the_answer_depends_on(self):
        own, all_sites = self.client.get("/hoi-dap/"), self.client.get("/hoi-dap/?pham-vi=toan-thanh-pho")

        self.assertEqual(own["X-Portal-Cache"], "public")
        self.assertEqual(own["X-Portal-Vary-Params"], "don-vi,linh-vuc,nam,noi-dang,pham-vi,q,trang")
        self.assertEqual(own["X-Portal-Sites"], str(self.city.site.pk))
        self.assertIn(str(self.city.my_long.pk), all_sites["X-Portal-Sites"].split(","))

    def test_queries_do_not_grow_with_the_answers(self):
        addresses = ("/hoi-dap/", "/hoi-dap/?pham-vi=toan-thanh-pho", "/hoi-dap/?q=hồ sơ", "/hoi-dap/?linh-vuc=dat-dai")
        for address in addresses:
            self.client.get(address)
        few = [self._queries(address) for address in addresses]
        for number in range(25):
            an_answer(self.page, f"Đất số {number}", on=date(2024, 1, 2))

        many = [self._queries(address) for address in addresses]

        for address, before, after in zip(addresses, few, many, strict=True):
            with self.subTest(address=address):
                self.assertLessEqual(after, before)
                self.assertLessEqual(before, 14)

    def _queries(self, address):
        with CaptureQueriesContext(connection) as queries:
            self.client.get(address)
        return len(queries)

    def test_the_feed_holds_the_newest_answers_of_the_site_and_may_be_kept(self):
        response = self.client.get("/hoi-dap/rss/")

        self.assertEqual(response["Content-Type"], "application/rss+xml; charset=utf-8")
        self.assertEqual(response.content.decode().count("<item>"), 4)
        self.assertContains(response, "<description>Xin hỏi về việc: lịch thu gom rác</description>")
        self.assertEqual(response["X-Portal-Cache"], "public")

    def test_answers_stand_in_the_sitemap_and_not_in_the_tree_of_sections(self):
        tree = self.city.home.get_children().filter(slug="so-do").first()

        response = self.client.get("/sitemap.xml")

        self.assertIsNone(tree)
        self.assertContains(response, self.split.slug)
        self.assertContains(response, "/hoi-dap/thong-ke/</loc>")


class FoundBySearch(WithAnswers):
    def test_the_search_of_the_site_calls_it_a_question_and_answer(self):
        page = Page.objects.get(slug="tim-kiem", depth=self.city.home.depth + 1).specific

        found = search(page, {"q": "tách thửa"}, RequestFactory().get("/"))

        kinds = [choice.label for choice in found.facet("loai").choices]
        self.assertEqual(kinds, ["Hỏi – đáp"])
        self.assertEqual(found.hits[0].kind, "Hỏi – đáp")
        self.assertIn("tách thửa", str(found.hits[0].summary).replace("<mark>", "").replace("</mark>", ""))
