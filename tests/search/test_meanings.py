"""Words that mean the same: readers find what is meant, by two persons; the delivered table says nothing twice."""

from datetime import date
from unittest import mock

from django.core.exceptions import ValidationError
from django.db import connection
from django.test import SimpleTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.public import site_cache
from base.tables.incoming import shipped
from legalref.models import DocumentType, IssuingBody, LegalDocument
from legalref.register.listing import list_documents
from search import seeding
from search.models import Equivalent, SearchPage
from search.results import search
from sections.models import ArticlePage
from servicecatalog.catalogue.narrowing import list_services
from servicecatalog.models import CataloguePage
from tests.city import CityTestCase, draft, fresh, person, publish_at_once
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.models import RecordChange
from workflows.publishing import record_changes


class Meanings(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        Equivalent.objects.all().delete()
        section = cls.city.section(cls.city.site)
        page = draft(ArticlePage(title="Làm thẻ căn cước tại phường", summary="Tin."), section)
        cls.card = publish_at_once(page)
        cls.mentions = publish_at_once(draft(ArticlePage(title="Mang theo CCCD khi đi", summary="Tin."), section))
        cls.land = a_procedure(cls.city, name="Cấp giấy chứng nhận quyền sử dụng đất")
        an_offering(cls.city.site, cls.land, slug="so-do")
        cls.editor = person("bien-tap.2", "Cán bộ mẫu 46", "editor", cls.city.site)

    def equivalent(self, phrase, *means, is_both_ways=True, **fields):
        return Equivalent.objects.create(
            phrase=phrase, means="\n".join(means), is_both_ways=is_both_ways, source="Cách gọi hằng ngày", **fields
        )

    def found(self, query):
        home = self.city.site.home_page()
        page = SearchPage.objects.get(path__startswith=home.path, depth=home.depth + 1)
        return search(page, {"q": query})

    def urls(self, query):
        return [hit.url for hit in self.found(query).hits]

    def test_an_abbreviation_finds_what_says_it_in_full_and_the_other_way_round(self):
        self.assertEqual(self.urls("cccd"), [self.mentions.get_url()])

        self.equivalent("CCCD", "thẻ căn cước")

        for typed in ("cccd", "CCCD", "thẻ căn cước", "the can cuoc"):
            with self.subTest(typed=typed):
                self.assertEqual(set(self.urls(typed)), {self.card.get_url(), self.mentions.get_url()})
        self.assertEqual(self.found("cccd").near_hits, [])

    def test_what_means_the_same_in_several_words_is_looked_for_in_titles_alone(self):
        self.equivalent("HKTT", "thường trú")
        section = self.city.section(self.city.site)
        flood = ArticlePage(title="Mùa nước lên", summary="Thường kiểm tra nơi trú của dân.")
        publish_at_once(draft(flood, section))
        self.assertEqual(self.found("hktt").total, 0)

        home = publish_at_once(draft(ArticlePage(title="Đăng ký thường trú", summary="Tin."), section))
        said = publish_at_once(draft(ArticlePage(title="Mang theo giấy tờ", summary="Bản sao HKTT."), section))
        found = self.found("hktt")

        self.assertEqual([hit.url for hit in found.hits], [home.get_url(), said.get_url()])
        self.assertEqual(found.near_hits, [])

    def test_the_words_that_mean_the_same_are_marked(self):
        self.equivalent("CCCD", "thẻ căn cước")

        titles = " ".join(hit.title for hit in self.found("cccd").hits)

        self.assertIn("<mark>thẻ</mark> <mark>căn</mark> <mark>cước</mark>", titles)
        self.assertIn("<mark>CCCD</mark>", titles)

    def test_one_way_finds_no_way_back(self):
        self.equivalent("CCCD", "thẻ căn cước", is_both_ways=False)

        self.assertEqual(len(self.urls("cccd")), 2)
        self.assertEqual(self.urls("thẻ căn cước"), [self.card.get_url()])

    def test_a_service_is_found_by_the_name_that_people_use_for_its_paper(self):
        self.assertEqual(self.urls("làm sổ đỏ"), [])

        self.equivalent("sổ đỏ", "giấy chứng nhận quyền sử dụng đất", is_both_ways=False)

        for typed in ("sổ đỏ", "so do", "cấp sổ đỏ"):
            with self.subTest(typed=typed):
                self.assertEqual(self.urls(typed)[0], f"{self.city.site.home_page().get_url()}dich-vu-cong/so-do/")

    def a_document(self) -> LegalDocument:
        issuer, _ = IssuingBody.objects.get_or_create(name="Ủy ban nhân dân thử", slug="ubnd-thu")
        document = LegalDocument(
            live=False,
            owner_site=self.city.site,
            document_type=DocumentType.objects.get(name="Quyết định"),
            symbol_as_printed="7/2020/QĐ-UBND",
            subject="Quy định về an toàn thực phẩm",
            main_issuer=issuer,
            issued_on=date(2020, 1, 6),
        )
        document.full_clean()
        document.save()
        document.save_revision()
        return publish_at_once(document)

    def test_a_document_is_found_by_an_abbreviation(self):
        document = self.a_document()
        self.equivalent("ATTP", "an toàn thực phẩm")

        self.assertEqual([hit.document for hit in self.found("attp").hits], [document])

    def test_the_register_finds_it_too_and_marks_the_words(self):
        document = self.a_document()
        self.assertEqual(list_documents(self.city.site, {"q": "attp"}).documents, [])
        self.equivalent("ATTP", "an toàn thực phẩm")

        found = list_documents(self.city.site, {"q": "attp"})

        self.assertEqual(found.exact, [document])
        self.assertIn(
            "<mark>an</mark> <mark>toàn</mark> <mark>thực</mark> <mark>phẩm</mark>", found.exact[0].shown_subject
        )

    def test_the_list_of_services_finds_a_service_too_and_marks_the_words(self):
        catalogue = CataloguePage.objects.live().child_of(self.city.site.home_page()).get()

        def found(query):
            return list_services(catalogue, {"q": query})

        self.assertTrue(found("làm sổ đỏ").is_near or not found("làm sổ đỏ").total)
        self.equivalent("sổ đỏ", "giấy chứng nhận quyền sử dụng đất", is_both_ways=False)

        (entry,) = found("sổ đỏ").sections[0].entries

        self.assertFalse(found("sổ đỏ").is_near)
        self.assertIn("<mark>chứng</mark> <mark>nhận</mark>", entry.name)

    def test_what_is_put_aside_means_nothing(self):
        self.equivalent("CCCD", "thẻ căn cước", is_active=False)

        self.assertEqual(self.urls("cccd"), [self.mentions.get_url()])

    def test_they_are_read_once_until_something_changes_on_the_city(self):
        outside = mock.patch.object(site_cache.connection, "in_atomic_block", False)
        self.addCleanup(site_cache.clear)
        for address in ("/tim-kiem/", "/van-ban/", "/dich-vu-cong/"):
            with outside, self.subTest(address):
                self.client.get(address, {"q": "cccd"})
                with CaptureQueriesContext(connection) as queries:
                    self.client.get(address, {"q": "cccd"})

                self.assertFalse([query for query in queries if "search_equivalent" in query["sql"]])


class TheList(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        Equivalent.objects.all().delete()
        cls.editor = person("bien-tap.2", "Cán bộ mẫu 46", "editor", cls.city.site)

    def post(self, screen="add", *keys, **values):
        self.client.force_login(self.editor)
        data = {"phrase": "CCCD", "means": "căn cước công dân", "source": "Luật Căn cước 26/2023/QH15"}
        return self.client.post(
            reverse(Equivalent.snippet_viewset.get_url_name(screen), args=keys),
            {**data, "is_both_ways": "on", "is_active": "on", **values},
        )

    def test_one_person_changes_nothing_for_readers_until_a_second_confirms(self):
        self.assertEqual(self.post().status_code, 302)
        self.assertFalse(Equivalent.objects.exists())

        change = RecordChange.objects.get()
        with self.assertRaisesMessage(Exception, "Người xác nhận phải là người khác"):
            record_changes.confirm(change, by=fresh(self.editor), digest=change.digest)
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

        self.assertEqual(Equivalent.objects.get().meanings, ["căn cước công dân"])

    def test_a_change_of_the_source_alone_needs_no_second(self):
        row = Equivalent.objects.create(phrase="CCCD", means="căn cước công dân", source="cũ")

        self.assertEqual(self.post("edit", row.pk).status_code, 302)

        self.assertEqual(Equivalent.objects.get().source, "Luật Căn cước 26/2023/QH15")
        self.assertFalse(RecordChange.objects.exists())

    def test_what_would_find_nothing_new_is_refused_with_the_line(self):
        for values, said in (
            ({"phrase": "…"}, "Từ phải có ít nhất một chữ"),
            ({"phrase": "căn cước"}, "đã được thấy khi tìm «căn cước»"),
            ({"means": "căn cước\n---"}, "Dòng «---» không có chữ"),
            ({"means": "\n".join(f"nghĩa {number}" for number in range(9))}, "Nhiều nhất 8 dòng"),
        ):
            with self.subTest(said=said):
                self.assertContains(self.post(**values), said)
        self.assertFalse(RecordChange.objects.exists())

    def test_a_contributor_proposes_and_a_reader_of_figures_sees_nothing(self):
        address = reverse(Equivalent.snippet_viewset.get_url_name("list"))
        for who, status in ((self.cast.contributor, 200), (self.cast.standing_office, 200)):
            with self.subTest(who=who.username):
                self.client.force_login(who)
                self.assertEqual(self.client.get(address).status_code, status)

    def test_the_delivered_table_fills_an_empty_list_once(self):
        added = seeding.load_equivalents()
        Equivalent.objects.filter(phrase="CCCD").update(means="thẻ")

        self.assertGreaterEqual(len(added), 150)
        self.assertEqual(seeding.load_equivalents(), [])
        self.assertEqual(Equivalent.objects.get(phrase="CCCD").means, "thẻ")


class TheDeliveredTable(SimpleTestCase):
    def test_every_row_is_one_that_the_form_would_take_and_names_its_source(self):
        rows = list(shipped(seeding.DATA))
        self.assertEqual(len(rows), len({row["phrase"].casefold() for row in rows}))
        for row in rows:
            with self.subTest(phrase=row["phrase"]):
                record = Equivalent(
                    phrase=row["phrase"], means="\n".join(row["means"].split("|")), source=row["source"]
                )
                try:
                    record.clean_fields()
                    record.clean()
                except ValidationError as error:
                    self.fail(error)
