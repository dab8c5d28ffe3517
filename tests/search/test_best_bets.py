"""Pages to see first for some queries: by two persons, and only as long as they are public."""

from django.urls import reverse

from base.gate import open_gate
from search.models import BestBet, SearchPage
from search.results import search
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, fresh, person, publish_at_once
from workflows.models import RecordChange
from workflows.publishing import record_changes


class BestBets(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        section = cls.city.section(cls.city.site)
        cls.guide = publish_at_once(draft(ArticlePage(title="Cách khai báo tạm trú", summary="Tin."), section))
        for number in range(3):
            publish_at_once(draft(ArticlePage(title=f"Tin tạm trú số {number}", summary="Tin."), section))
        cls.hidden = draft(ArticlePage(title="Bimatnhap", summary="Tin."), section)
        cls.editor = person("bien-tap.2", "Cán bộ mẫu 46", "editor", cls.city.site)

    def best(self, query, site=None, **parameters):
        home = (site or self.city.site).home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        return [hit.url for hit in search(page, {"q": query, **parameters}).best]

    def post(self, **values):
        self.client.force_login(self.editor)
        data = {"queries": "tạm trú\nkhai báo tạm trú", "page": str(self.guide.pk), "is_active": "on", **values}
        return self.client.post(reverse(BestBet.snippet_viewset.get_url_name("add")), data)

    def test_a_page_is_above_the_results_of_its_queries_and_of_no_others(self):
        BestBet.objects.create(queries="tạm trú\nkhai báo tạm trú", page=self.guide)

        for typed in ("tạm trú", "tam tru", "Tạm Trú", "khai bao tam tru"):
            with self.subTest(typed=typed):
                self.assertEqual(self.best(typed), [self.guide.get_url()])
        for typed in ("tạm trụ", "tạm trú 2020", "trú"):
            with self.subTest(typed=typed):
                self.assertEqual(self.best(typed), [])
        self.assertEqual(self.best("tạm trú", trang="2"), [])
        self.assertContains(self.client.get("/tim-kiem/", {"q": "tam tru"}), "Nên xem trước")

    def test_it_leaves_with_its_take_down_and_shows_no_draft(self):
        BestBet.objects.create(queries="tạm trú", page=self.guide)
        BestBet.objects.create(queries="tạm trú", page=self.hidden)
        self.assertEqual(self.best("tạm trú"), [self.guide.get_url()])

        with open_gate("take_down"):
            ArticlePage.objects.get(pk=self.guide.pk).unpublish(log_action=False)

        self.assertEqual(self.best("tạm trú"), [])

    def test_a_ward_shows_it_only_where_its_results_are_shown(self):
        BestBet.objects.create(queries="tạm trú", page=self.guide)

        self.assertEqual(self.best("tạm trú", self.city.my_long), [])
        self.assertEqual(
            self.best("tạm trú", self.city.my_long, **{"pham-vi": "toan-thanh-pho"}),
            [self.guide.get_url()],
        )

    def test_one_person_changes_nothing_until_a_second_confirms(self):
        self.assertEqual(self.post().status_code, 302)
        self.assertEqual(self.best("tạm trú"), [])

        change = RecordChange.objects.get()
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        self.assertEqual(self.best("tạm trú"), [self.guide.get_url()])

    def test_a_page_that_is_not_public_and_a_line_without_a_word_are_refused(self):
        self.assertContains(self.post(page=str(self.hidden.pk)), "chưa công khai")
        self.assertContains(self.post(queries="tạm trú\n---"), "Dòng «---»")
        self.assertFalse(RecordChange.objects.exists())
