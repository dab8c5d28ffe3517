"""The public register: list, filters, numbers typed any way, document pages, feed, with constant queries."""

import csv
import io
from datetime import date

import time_machine

from legalref.life import lifecycle
from legalref.life.effect import BASED_ON, DETAILS
from legalref.models import LegalDocument
from legalref.register.addresses import sitemap_addresses
from legalref.register.listing import list_documents
from tests.city import CityTestCase, publish_at_once
from tests.legalref.library import related

from .library import draft_document, on_city_host, public_document, register, shipped_register

BUDGET = 15
# With who cites it, the links of its text, and what became of what replaced it.
DOCUMENT_BUDGET = 22


class Registers(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.register, cls.documents = shipped_register(cls.city)
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            cls.ward_register = register(cls.city.my_long)

    def setUp(self):
        traveller = time_machine.travel("2026-11-25 10:00 +07:00")
        traveller.start()
        self.addCleanup(traveller.stop)

    def get(self, path="", page=None, **parameters):
        return self.client.get(f"{on_city_host(self.city, page or self.register)}{path}", parameters)

    def count_queries(self, path="", budget=BUDGET, **parameters):
        address = f"{on_city_host(self.city, self.register)}{path}"
        self.client.get(address, parameters)
        with self.assertNumQueries(AtMost(budget)) as caught:
            self.client.get(address, parameters)
        return len(caught.captured_queries)


class List(Registers):
    def test_list_is_a_table_with_status_badges_in_force_first(self):
        response = self.get()

        self.assertEqual(response.status_code, 200)
        self.assertContains(response, '<table class="register">')
        self.assertContains(response, "Hết hiệu lực toàn bộ")
        ranks = [document.stored_status.rank for document in response.context["listing"].documents]
        self.assertEqual(ranks, sorted(ranks))

    def test_filters_narrow_the_list(self):
        cases = [
            ({"loai": "thong-tu"}, {"22/2013/TT-BTTTT", "39/2017/TT-BTTTT"}),
            ({"co-quan": "ubnd-tinh-an-giang"}, {"03/2017/QĐ-UBND"}),
            ({"nam": "2020"}, {"01/2020/QĐ-UBND"}),
            ({"tinh-trang": "partly-lapsed"}, {"64/2025/QH15"}),
            ({"linh-vuc": "thong-tin-doi-ngoai"}, {"72/2015/NĐ-CP"}),
            ({"q": "quan ly hoat dong thong tin doi ngoai", "nam": "2015"}, {"72/2015/NĐ-CP"}),
            ({"q": "thông tin đối ngoại", "nam": "2015"}, {"72/2015/NĐ-CP"}),
            ({"loai": "quyet-dinh", "nam": "2002"}, {"72/2002/QĐ-TTg"}),
        ]
        for parameters, expected in cases:
            with self.subTest(parameters):
                listing = self.get(**parameters).context["listing"]

                self.assertEqual({document.symbol for document in listing.documents}, expected)
                self.assertTrue(listing.is_filtered)

    def test_parameters_without_sense_give_a_clean_page(self):
        for parameters in (
            {"trang": "x"},
            {"trang": "999"},
            {"nam": "hai nghìn"},
            {"loai": "' OR 1=1 --"},
            {"tinh-trang": "la-lung"},
            {"q": "%_\\"},
            {"q": "/" * 300},
        ):
            with self.subTest(parameters):
                self.assertEqual(self.get(**parameters).status_code, 200)

    def test_drafts_are_not_listed(self):
        draft_document(self.city.site, by=self.cast.editor)

        self.assertNotContains(self.get(), "12/2021/QĐ-UBND")

    def test_queries_stay_within_the_budget_whatever_the_number_of_documents(self):
        few = self.count_queries()
        for number in range(40):
            public_document(self.city.site, by=self.cast.editor, symbol=f"{100 + number}/2021/QĐ-UBND")

        self.assertEqual(self.count_queries(), few)
        self.assertEqual(self.count_queries(trang="2"), few)


class Table(Registers):
    """The list as a table for spreadsheets."""

    def rows(self, page=None, **parameters) -> list[list[str]]:
        answer = self.get("bang/", page, **parameters)
        self.assertEqual((answer.status_code, answer["Content-Type"]), (200, "text/csv; charset=utf-8"))
        self.assertIn("van-ban.csv", answer["Content-Disposition"])
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_has_what_the_filters_leave_in_the_order_of_the_list(self):
        for parameters in ({}, {"loai": "thong-tu"}, {"q": "thông tin đối ngoại", "nam": "2015"}):
            with self.subTest(parameters):
                shown = list_documents(self.city.site, parameters, at_once=100)

                head, *rows = self.rows(**parameters)

                self.assertEqual(head[0], "Số, ký hiệu")
                self.assertEqual([row[0] for row in rows], [document.symbol for document in shown.documents])
                self.assertTrue(rows)

    def test_of_a_number_has_its_document_and_of_nothing_its_heads_alone(self):
        self.assertEqual([row[0] for row in self.rows(q="43/2011/NĐ-CP")[1:]], ["43/2011/NĐ-CP"])
        self.assertEqual(len(self.rows(q="zzyzx")), 1)

    def test_says_of_each_its_kind_day_issuer_status_and_address(self):
        (row,) = self.rows(nam="2020")[1:]

        address = row.pop()
        self.assertEqual(row[:3], ["01/2020/QĐ-UBND", "Quyết định", "05/06/2020"])
        self.assertEqual(row[6], "Còn hiệu lực")
        self.assertEqual(self.client.get(address, headers={"host": "localhost"}).status_code, 200)

    def test_the_list_leads_to_it_with_its_filters_and_not_as_of_another_day(self):
        self.assertContains(self.get(loai="thong-tu", trang="1"), '/van-ban/bang/?loai=thong-tu" rel')
        self.assertNotContains(self.get(ngay="01/01/2021"), "/van-ban/bang/")

    def test_asks_no_more_for_more_documents(self):
        self.count_queries("bang/", budget=BUDGET)


class NumberTyped(Registers):
    def test_number_typed_any_way_leads_to_its_document(self):
        decree, decision = self.documents["nd-43-2011"], self.documents["qd-01-2020"]
        for typed, document in {
            "43/2011": decree,
            "43/2011/NĐ-CP": decree,
            "43/2011/nd-cp": decree,
            "nghị định 43/2011": decree,
            "nghi dinh so 43/2011/ND-CP": decree,
            "43 2011": decree,
            "01 2020 qd ubnd": decision,
            "1/2020/QĐ-UBND": decision,
            "01 /2020/QÐ–UBND": decision,
            "Quyết định số 01/2020/QĐ-UBND": decision,
        }.items():
            with self.subTest(typed):
                response = self.get(q=typed)

                self.assertEqual(response.status_code, 302)
                self.assertTrue(response.url.endswith(f"/van-ban/{document.slug}/"), response.url)

    def test_number_of_one_year_that_was_issued_in_the_next_is_found_by_either(self):
        late = public_document(
            self.city.site,
            by=self.cast.editor,
            symbol="15/2019/QĐ-UBND",
            issued_on=date(2020, 1, 24),
            effective_from=date(2020, 2, 5),
        )
        for typed in ("15/2019/QDUBND", "15/2019/QĐUBND", "quyết định số 15 năm 2019", "15/2019", "15/2020"):
            with self.subTest(typed):
                self.assertTrue(self.get(q=typed).url.endswith(f"/van-ban/{late.slug}/"))

    def test_number_borne_by_several_gives_the_list_of_them(self):
        public_document(
            self.city.site,
            by=self.cast.editor,
            symbol="43/2011/QĐ-UBND",
            issued_on=date(2011, 5, 5),
            effective_from=date(2011, 6, 1),
        )

        listing = self.get(q="43/2011").context["listing"]

        self.assertEqual({document.symbol for document in listing.documents}, {"43/2011/NĐ-CP", "43/2011/QĐ-UBND"})

    def test_unknown_number_says_so(self):
        self.assertContains(self.get(q="999/2019/QĐ-UBND"), "Không có văn bản nào khớp.")


class DocumentPage(Registers):
    def test_address_of_the_decision(self):
        response = self.client.get("/van-ban/quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen/")

        self.assertEqual(response.status_code, 200)
        self.assertContains(response, 'id="quy-che-dieu-10-khoan-1-diem-dd"')
        self.assertContains(response, 'id="quyet-dinh-dieu-2"')
        self.assertContains(response, 'href="#quy-che-chuong-iv"')
        self.assertContains(response, "Phạm Thành Thái")
        self.assertContains(response, "5 căn cứ ban hành đã hết hiệu lực:")
        self.assertContains(response, "Điều đó không tự làm văn bản này hết hiệu lực.")
        self.assertContains(response, "<em>(sau đây gọi tắt là Trang thông tin điện tử)</em>")

    def test_lapsed_document_says_since_when_and_links_to_its_successor(self):
        response = self.get(f"{self.documents['nd-43-2011'].slug}/")

        self.assertContains(response, "Được thay thế bởi Nghị định 42/2022/NĐ-CP từ ngày 15/08/2022.")
        self.assertContains(response, f'/van-ban/{self.documents["nd-42-2022"].slug}/">')

    def test_relations_are_shown_both_ways(self):
        response = self.get(f"{self.documents['nd-42-2022'].slug}/")

        self.assertContains(response, "Thay thế")
        self.assertContains(response, "Được thay thế bởi")
        self.assertContains(response, "224/2026/NĐ-CP")

    def test_draft_and_unknown_addresses_are_404(self):
        document = draft_document(self.city.site, by=self.cast.editor)

        self.assertEqual(self.get(f"{document.slug}/").status_code, 404)
        self.assertEqual(self.get("khong-co/").status_code, 404)

    def test_queries_stay_within_the_budget_whatever_the_number_of_relations(self):
        decree = self.documents["nd-43-2011"]
        few = self.count_queries(f"{decree.slug}/", budget=DOCUMENT_BUDGET)
        self.count_queries(f"{self.documents['qd-01-2020'].slug}/", budget=DOCUMENT_BUDGET)
        for number in range(8):
            other = public_document(self.city.site, by=self.cast.editor, symbol=f"{100 + number}/2021/QĐ-UBND")
            related(other, BASED_ON, decree, by=self.cast.standing_office)
            related(other, DETAILS, decree, by=self.cast.standing_office)

        self.assertEqual(self.count_queries(f"{decree.slug}/", budget=DOCUMENT_BUDGET), few)

    def test_metadata_speak_of_the_document(self):
        response = self.get(f"{self.documents['qd-01-2020'].slug}/")

        self.assertContains(response, '<meta name="DC.title" content="Quyết định 01/2020/QĐ-UBND">')
        self.assertContains(response, '"@type": ["Legislation", "eli:LegalResource"]')
        self.assertContains(response, "<title>Quyết định 01/2020/QĐ-UBND")


class WardRegister(Registers):
    def symbols(self, page):
        return {document.symbol for document in page.documents()}

    def test_ward_sees_what_concerns_all_wards_and_what_is_marked_for_it(self):
        marked = public_document(self.city.site, by=self.cast.editor, symbol="30/2021/QĐ-UBND")
        other = public_document(self.city.site, by=self.cast.editor, symbol="31/2021/QĐ-UBND")
        lifecycle.mark_for_site(marked, self.city.my_long, ground="in_scope", by=self.cast.contributor)

        symbols = self.symbols(self.ward_register)

        self.assertIn("01/2020/QĐ-UBND", symbols)
        self.assertIn(marked.symbol, symbols)
        self.assertNotIn(other.symbol, symbols)

    def test_wards_own_document_stands_in_its_register_only(self):
        own = public_document(self.city.my_long, by=self.cast.contributor, symbol="7/2021/QĐ-UBND")

        self.assertIn(own.symbol, self.symbols(self.ward_register))
        self.assertNotIn(own.symbol, self.symbols(self.register))

    def test_document_of_another_register_leads_to_its_canonical_address(self):
        other = public_document(self.city.site, by=self.cast.editor, symbol="31/2021/QĐ-UBND")

        response = self.get(f"{other.slug}/", page=self.ward_register)

        self.assertEqual(response.status_code, 302)
        self.assertTrue(response.url.endswith(f"/van-ban/{other.slug}/"))

    def test_wards_copy_names_the_citys_address_as_canonical(self):
        document = self.documents["qd-01-2020"]

        response = self.get(f"{document.slug}/", page=self.ward_register)

        self.assertContains(response, f'<link rel="canonical" href="{document.full_url}">')


class FeedAndSitemap(Registers):
    def test_feed_lists_the_newest_documents(self):
        newest = public_document(self.city.site, by=self.cast.editor, symbol="30/2021/QĐ-UBND")

        response = self.get("rss/")

        self.assertEqual(response["Content-Type"], "application/rss+xml; charset=utf-8")
        self.assertContains(response, newest.slug)
        self.assertLessEqual(response.content.decode().count("<item>"), 20)

    def test_sitemap_names_each_document_once_in_its_own_register(self):
        own = [address for address, _changed in sitemap_addresses([self.register.pk])]
        ward = [address for address, _changed in sitemap_addresses([self.ward_register.pk])]

        self.assertEqual(len(own), LegalDocument.objects.public().count())
        self.assertEqual(ward, [])
        sitemap = self.client.get("/sitemap.xml").text
        for address in own:
            self.assertEqual(sitemap.count(f"<loc>{address}</loc>"), 1, address)


class Cached(Registers):
    def test_publishing_and_repealing_raise_the_generation_of_every_site(self):
        sites = [self.city.site, self.city.my_long]
        before = [site.sitegeneration.value if hasattr(site, "sitegeneration") else 0 for site in sites]

        publish_at_once(draft_document(self.city.site, by=self.cast.editor))

        for site, value in zip(sites, before, strict=True):
            site = type(site).objects.get(pk=site.pk)
            self.assertGreater(generation(site), value)


def generation(site):
    """The page-cache generation of a site."""
    return next((row.value for row in site._meta.apps.get_model("base", "SiteGeneration").objects.filter(site=site)), 0)


class AtMost(int):
    """A number of queries that any smaller one satisfies."""

    def __eq__(self, other):
        return other <= int(self)

    __hash__ = int.__hash__
