"""Search on pages and documents: what is found, in which order, and what never is."""

import unicodedata
from datetime import date
from types import SimpleNamespace
from unittest import mock
from urllib.parse import quote

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate
from modelsearch.backends.database.postgres.weights import get_boosts
from wagtail.models import get_page_models
from wagtail.search.backends import get_search_backend
from wagtail.search.index import SearchField

from base.gate import open_gate
from base.models import PortalImage
from base.public import site_cache
from base.public.page_cache.generations import raise_generation
from legalref.models import DocumentType, IssuingBody, LegalDocument
from search import updates
from search.models import SearchPage
from search.results import search
from sections.models import ArticlePage
from tests.base.test_files import store_image
from tests.city import CityTestCase, draft, publish_at_once
from vietnam import text


class Search(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.accented = cls.article("Thủ tục đất đai tại một cửa")
        cls.unaccented = cls.article("Thu tuc dat dai")
        cls.decomposed = cls.article(unicodedata.normalize("NFD", "Giải quyết đất đai"))
        cls.look_alike = cls.article("Học sinh đạt giải")
        cls.in_body = cls.article("Tin trong tuần", body=[("paragraph", "<p>Hướng dẫn thủ tục đất đai mới.</p>")])
        cls.ward = cls.article("Họp dân về đất ở Mỹ Long", site=cls.city.my_long)
        cls.other_ward = cls.article("Họp dân về đất ở Mỹ Xuyên", site=cls.city.my_xuyen)
        cls.decision = cls.document("01/2020/QĐ-UBND", "Ban hành Quy chế hoạt động Trang thông tin điện tử")

    @classmethod
    def article(cls, title, *, site=None, live=True, **fields):
        section = cls.city.section(site or cls.city.site)
        page = draft(ArticlePage(title=title, summary=f"Tóm tắt: {title}", **fields), section)
        return publish_at_once(page) if live else page

    @classmethod
    def document(cls, symbol, subject, *, site=None, live=True):
        issuer, _ = IssuingBody.objects.get_or_create(name="Ủy ban nhân dân thử", slug="ubnd-thu")
        document = LegalDocument(
            live=False,
            owner_site=site or cls.city.site,
            document_type=DocumentType.objects.get(name="Quyết định"),
            symbol_as_printed=symbol,
            subject=subject,
            main_issuer=issuer,
            issued_on=date(2020, 1, 6),
        )
        document.full_clean()
        document.save()
        document.save_revision()
        return publish_at_once(document) if live else document

    def page(self, site=None):
        home = (site or self.city.site).home_page()
        return SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)

    def find(self, query, site=None, **parameters):
        return search(self.page(site), {"q": query, **parameters})

    def urls(self, query, site=None, **parameters):
        found = self.find(query, site, **parameters)
        return [hit.url for hit in found.hits + found.near_hits]

    def url(self, page):
        return page.get_url()

    # --- What is found

    def test_what_is_spelt_as_typed_comes_before_what_only_folds_to_it(self):
        urls = self.urls("thủ tục đất đai")
        assert urls[0] == self.url(self.accented)
        assert set(urls) == {self.url(page) for page in (self.accented, self.unaccented, self.in_body)}

    def test_without_marks_accented_text_is_found(self):
        assert set(self.urls("thu tuc dat dai")) == {
            self.url(page) for page in (self.accented, self.unaccented, self.in_body)
        }

    def test_decomposed_text_is_found_by_composed_and_the_other_way_round(self):
        assert self.url(self.decomposed) in self.urls("giải quyết")
        assert self.url(self.accented) in self.urls(unicodedata.normalize("NFD", "một cửa"))

    def test_exact_words_come_before_look_alikes(self):
        urls = self.urls("đất", loai="bai-viet")
        assert set(urls[-2:]) == {self.url(self.look_alike), self.url(self.unaccented)}

    def test_a_number_finds_its_document(self):
        for typed in ("01/2020/QĐ-UBND", "01/2020/qd-ubnd", "1/2020/QĐ-UBND", "01 2020 qd ubnd"):
            found = self.find(typed)
            assert [hit.document for hit in found.hits][:1] == [self.decision], typed

    def test_documents_may_be_asked_for_alone(self):
        found = self.find("quy chế hoạt động", loai="van-ban")
        assert found.kind == "van-ban"
        assert [hit.document for hit in found.hits] == [self.decision]

    def test_what_only_folds_to_the_query_stands_apart(self):
        found = self.find("đất")

        assert {hit.url for hit in found.near_hits} == {self.url(self.look_alike), self.url(self.unaccented)}
        assert not set(found.near_hits) & set(found.hits)
        assert self.find("dat").near_hits == []
        body = self.client.get("/tim-kiem/", {"q": "đất"}).content.decode()
        assert body.index("Học sinh") > body.index("Kết quả gần đúng") > body.index("Họp dân về")

    def test_exact_and_near_results_share_the_pages_of_a_long_list(self):
        with mock.patch("search.results.HITS_A_PAGE", 3):
            pages = [self.find("đất", trang=str(number)) for number in (1, 2, 3)]

        shown = [hit.url for found in pages for hit in found.hits + found.near_hits]
        assert shown == self.urls("đất") and len(shown) == 8
        assert [(len(found.hits), len(found.near_hits)) for found in pages] == [(3, 0), (3, 0), (0, 2)]

    def test_the_counts_of_every_facet_add_up_and_each_narrows_to_its_count(self):
        for query in ("đất", "dat", "quy chế hoạt động", "họp dân"):
            found = self.find(query)
            assert found.total > 0
            for facet in found.facets:
                assert facet.total == found.total, (query, facet.name)
                for choice in facet.choices:
                    narrowed = self.find(query, **{facet.name: choice.value})
                    shown = len(narrowed.hits + narrowed.near_hits)
                    assert narrowed.total == choice.count == shown, (query, facet.name, choice)

    def test_two_filters_narrow_together_and_count_each_other(self):
        ward = text.slug(self.city.my_long.name)

        found = self.find("đất", **{"noi-dang": ward, "nam": str(localdate().year)})

        assert [hit.url for hit in found.hits] == [self.url(self.ward)]
        assert {choice.value: choice.count for choice in found.facet("noi-dang").choices}[ward] == 1
        assert found.facet("noi-dang").total == self.find("đất", nam=str(localdate().year)).total > 1
        assert found.facet("loai").total == 1

    def test_a_filter_that_nothing_bears_is_as_if_it_were_not_there(self):
        assert self.find("đất", muc="khong-co", nam="x").total == self.find("đất").total

    # --- Where

    def test_a_ward_finds_its_own_the_city_all(self):
        ward = self.city.my_long
        assert self.urls("họp dân", ward) == [self.url(self.ward)]
        everything = {self.url(self.ward), self.url(self.other_ward)}
        assert set(self.urls("họp dân", ward, **{"pham-vi": "toan-thanh-pho"})) == everything
        assert set(self.urls("họp dân")) == everything
        assert self.urls("họp dân", **{"pham-vi": "trang-nay"}) == []

    # --- What is never found

    def test_drafts_and_pending_changes_are_not_found(self):
        self.article("Bimatnhap chưa đăng", live=False)
        self.document("99/QĐ-UBND", "Bimatnhap", live=False)
        self.ward.title = "Bimatnhap sửa"
        self.ward.save_revision()
        found = self.find("bimatnhap", **{"pham-vi": "toan-thanh-pho"})
        assert found.total == 0 and found.hits == []

    def test_a_page_taken_down_leaves_at_once(self):
        assert self.url(self.other_ward) in self.urls("họp dân")
        with open_gate("take_down"):
            ArticlePage.objects.get(pk=self.other_ward.pk).unpublish(log_action=False)
        assert self.urls("họp dân") == [self.url(self.ward)]

    def test_a_closed_site_is_not_found(self):
        site = self.city.my_xuyen
        site.state = "closed"
        site.save()
        assert self.urls("họp dân") == [self.url(self.ward)]

    # --- The page

    def test_the_page_shows_results_with_the_words_marked(self):
        body = self.client.get(f"/tim-kiem/?q={quote('đất đai')}").content.decode()
        assert "<mark>đất</mark> <mark>đai</mark>" in body
        assert 'name="robots" content="noindex' in body

    def test_no_result_says_what_to_try(self):
        body = self.client.get("/tim-kiem/", {"q": "khongcogìcả"}).content.decode()
        assert "Không tìm thấy" in body and "<mark>" not in body

    def test_no_result_leads_on_and_names_the_whole_city_only_where_it_was_not_searched(self):
        widen = "Chọn phạm vi toàn thành phố."
        body = self.client.get("/tim-kiem/", {"q": "khongcogìcả"}).content.decode()
        assert "gui-cau-hoi/" in body and "tel:" in body and widen not in body
        narrow = self.client.get("/tim-kiem/", {"q": "khongcogìcả", "pham-vi": "trang-nay"}).content.decode()
        assert widen in narrow

    def test_a_hit_of_a_ward_names_the_ward_once(self):
        unit = self.city.my_long.unit
        self.article("Chuyện riêng của khóm", site=self.city.my_long, responsible_unit=unit)
        body = self.client.get("/tim-kiem/", {"q": "chuyện riêng của khóm"}).content.decode()
        assert body.count(f"<span>{unit.name}</span>") == 1

    def test_odd_and_hostile_input_is_answered(self):
        for query in (
            "'",
            '"',
            "*",
            "a*",
            "(",
            "a AND",
            "a OR b",
            "NOT a",
            "NEAR(a b)",
            "a:b",
            "title:đất",
            "-",
            "--",
            "%",
            "\\",
            "<script>alert(1)</script>",
            "đ" * 300,
            "từ " * 100,
            "漢字",
            "🙂",
            "1/",
            "/2020",
            "01/2020/",
            "' OR 1=1 --",
            "a & b | !c",
            "a <-> b",
            "\u200b",
            "\ufeffđất",
            "x" * 1500,
        ):
            response = self.client.get("/tim-kiem/", {"q": query})
            assert response.status_code == 200, query
            assert "<script>alert" not in response.content.decode()
        for more in ("trang=abc", "trang=-1", "trang=999999999999999999", "loai=x", "pham-vi=x", "q=a&q=b"):
            assert self.client.get(f"/tim-kiem/?q=dat&{more}").status_code == 200, more

    def test_it_takes_at_most_nineteen_queries(self):
        raise_generation([self.city.site])
        self.addCleanup(site_cache.clear)
        # The register's index in memory is built anew inside a transaction: five of them.
        with mock.patch.object(site_cache, "connection", SimpleNamespace(in_atomic_block=False)):
            for query in ("dat", "quy chế", "01/2020/QĐ-UBND"):
                self.client.get("/tim-kiem/", {"q": query})
                with CaptureQueriesContext(connection) as queries:
                    self.client.get("/tim-kiem/", {"q": query})
                assert len(queries) <= 19, "\n".join(query["sql"][:200] for query in queries)

    def test_the_search_page_is_not_in_the_sitemap(self):
        assert "/tim-kiem/" not in self.client.get("/sitemap.xml").text


class Administration(CityTestCase):
    """The searches of the administration use the same analysis."""

    def test_pages_and_pictures_are_found_without_marks(self):
        while updates.index_saved():
            continue
        page = draft(ArticlePage(title="Đường Trần Hưng Đạo"), self.city.section(self.city.site))
        assert page.page_ptr not in list(type(page.page_ptr).objects.search("duong tran"))
        assert updates.check().state == "ok"
        assert updates.index_saved() > 0
        assert updates.index_saved() == 0
        assert page.page_ptr in list(type(page.page_ptr).objects.search("duong tran"))
        assert page.page_ptr in list(type(page.page_ptr).objects.autocomplete("duon"))
        image = store_image(self.city.site)
        assert image in list(PortalImage.objects.search("cho noi"))

    def test_every_text_of_a_page_has_one_of_the_four_weights_that_postgresql_knows(self):
        fields = [
            field
            for model in get_page_models()
            for field in model.get_search_fields()
            if isinstance(field, SearchField)
        ]

        assert {field.boost for field in fields} == {0.2, 1, 2}
        assert len(get_boosts()) <= 4

    def test_the_indexer_writes_tokens(self):
        backend = get_search_backend()
        assert type(backend).__module__.startswith("search.backends.")
