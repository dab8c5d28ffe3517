"""The register's own index: what is found, in which order, how it is counted, and what never is found."""

import unicodedata
from datetime import date
from itertools import product

import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.search.index import class_is_indexed

from base.gate import open_gate
from base.models import FileText
from legalref.life import lifecycle
from legalref.models import LegalDocument, RegisterEntry, RegisterVersion
from legalref.models.entry import marks_of_months
from legalref.register import facet_index, finding, indexing, listing, word_frequency
from tests import factories
from tests.city import CityTestCase
from tests.legalref.library import repealed
from workflows.publishing import takedown

from .library import draft_document, on_city_host, public_document, register

SUBJECTS = {
    "12/2021/QĐ-UBND": ("Quản lý đất đai trên địa bàn", "Đất đai", date(2021, 3, 1)),
    "7/2022/QĐ-UBND": ("Đặt tên đường và công trình công cộng", "Giao thông", date(2022, 5, 4)),
    "8/2022/QĐ-UBND": ("Mức đạt chuẩn về trường học", "Giáo dục", date(2022, 6, 4)),
    "9/2023/QĐ-UBND": ("Hòa giải ở cơ sở", "Tư pháp", date(2023, 1, 9)),
    "10/2023/QĐ-UBND": ("Hoạt động của nhà văn hóa", "", date(2023, 2, 9)),
}
TEXT = "Điều 1. Phạm vi\n\nQuyết định này áp dụng cho việc sử dụng đất theo Nghị định 43/2011/NĐ-CP."


class Documents(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.register = register(cls.city.site)
        cls.documents = {}
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            for symbol, (subject, field, issued) in SUBJECTS.items():
                cls.documents[symbol] = public_document(
                    cls.city.site,
                    by=cls.cast.editor,
                    symbol=symbol,
                    subject=subject,
                    field=field,
                    issued_on=issued,
                    effective_from=issued,
                    for_components=symbol.startswith("9/"),
                    full_text=TEXT if symbol.startswith("10/") else "",
                )

    def setUp(self):
        traveller = time_machine.travel("2026-11-25 10:00 +07:00")
        traveller.start()
        self.addCleanup(traveller.stop)

    def listed(self, site=None, **parameters):
        parameters = {name.replace("_", "-"): value for name, value in parameters.items()}
        return listing.list_documents(site or self.city.site, parameters)

    def symbols(self, **parameters):
        return [document.symbol for document in self.listed(**parameters).documents]

    def found(self, query):
        return set(finding.find(query, facet_index.index_of(None).part()).looks)


class Words(Documents):
    def test_word_with_marks_is_found_as_spelt_first_and_near_matches_after_it(self):
        found = self.listed(q="đất")

        self.assertEqual([document.symbol for document in found.exact], ["12/2021/QĐ-UBND", "10/2023/QĐ-UBND"])
        self.assertEqual([document.symbol for document in found.near], ["8/2022/QĐ-UBND", "7/2022/QĐ-UBND"])

    def test_word_without_marks_is_found_however_it_is_spelt(self):
        found = self.listed(q="dat")

        self.assertEqual(len(found.exact), 4)
        self.assertEqual(found.near, [])

    def test_what_stands_in_the_subject_comes_before_what_stands_in_the_text(self):
        self.assertEqual(self.symbols(q="dat")[-1], "10/2023/QĐ-UBND")

    def test_every_way_of_typing_a_word_finds_it(self):
        for typed in ("hòa giải", "hoà giải", unicodedata.normalize("NFD", "Hoà giải"), "HOA GIAI", "hoa giai o co so"):
            with self.subTest(typed):
                self.assertEqual(self.symbols(q=typed), ["9/2023/QĐ-UBND"])

    def test_number_inside_a_text_is_found(self):
        self.assertEqual(self.symbols(q="43/2011/NĐ-CP"), ["10/2023/QĐ-UBND"])

    def test_every_word_must_be_there(self):
        self.assertEqual(self.symbols(q="đất đai văn hóa"), [])

    def test_signs_of_query_languages_are_only_signs(self):
        for typed in (
            "' OR 1=1 --",
            "đất & !dai | (x",
            'title:"đất"*',
            "a:* <-> b",
            "NEAR(đất)",
            "\\",
            "%",
            "-đất",
        ):
            with self.subTest(typed):
                self.listed(q=typed)
                self.assertEqual(self.client.get(self.address(), {"q": typed}).status_code, 200)

    def address(self):
        return on_city_host(self.city, self.register)

    def test_page_marks_the_words_and_heads_the_near_matches(self):
        response = self.client.get(self.address(), {"q": "đất"})

        self.assertContains(response, "Quản lý <mark>đất</mark> đai")
        self.assertContains(response, "Kết quả gần đúng")
        self.assertNotContains(response, "<mark>đạt</mark>")

    def test_what_is_found_by_its_text_comes_with_an_excerpt(self):
        response = self.client.get(self.address(), {"q": "sử dụng"})

        self.assertContains(response, "cho việc <mark>sử</mark> <mark>dụng</mark> đất")

    def test_words_of_an_attached_file_are_found(self):
        with time_machine.travel("2026-11-25 09:30 +07:00"):
            file = factories.file(self.city.site, title="Phụ lục")
            FileText.objects.update_or_create(
                file=file, defaults={"digest": file.digest, "text": "Danh mục bến phà", "read_at": timezone.now()}
            )
            document = public_document(self.city.site, by=self.cast.editor, symbol="78/2021/QĐ-UBND", signed_file=file)

        self.assertEqual(self.found("bến phà"), {document.pk})

    def test_subject_is_escaped_between_the_marks(self):
        public_document(self.city.site, by=self.cast.editor, symbol="77/2021/QĐ-UBND", subject="<b>Cầu</b> treo")

        self.assertContains(self.client.get(self.address(), {"q": "cau"}), "&lt;b&gt;<mark>Cầu</mark>&lt;/b&gt; treo")

    def test_search_ends_with_the_look_that_fills_the_measure(self):
        part = facet_index.index_of(None).part()
        word_frequency.share("title", [["dat"]], part.index.keys)
        with self.assertNumQueries(1):
            found = finding.find("dat", part, most=2)

        self.assertTrue(found.is_cut)
        self.assertEqual(list(found.looks), [self.documents[s].pk for s in ("8/2022/QĐ-UBND", "7/2022/QĐ-UBND")])

    def test_common_words_are_looked_for_in_the_newest_months_and_the_newest_are_found(self):
        self.addCleanup(setattr, word_frequency, "_cached", word_frequency._cached)
        part = facet_index.index_of(None).part()
        for typed in ("quyet dinh", "quyết định", "dat"):
            for most in (1, 2):
                with self.subTest(typed, most=most):
                    word_frequency._cached = (0.0, {}, 0)
                    found = finding.find(typed, part, most=most)

                    newest = sorted(self.found(typed), key=lambda pk: (RegisterEntry.objects.get(pk=pk).issued_on, pk))
                    in_title = [pk for pk in newest if LegalDocument.objects.get(pk=pk).symbol != "10/2023/QĐ-UBND"]
                    wanted = in_title if typed == "dat" else newest
                    self.assertEqual(list(found.looks), wanted[::-1][:most])
                    self.assertTrue(found.is_cut)

    def test_rare_words_are_found_by_one_query_as_by_look_after_look(self):
        part = facet_index.index_of(None).part()
        self.addCleanup(setattr, finding, "FEW", finding.FEW)
        for typed in ("đất", "dat", "hòa giải", "43/2011/NĐ-CP", "khong co"):
            with self.subTest(typed):
                finding.FEW = 5
                with self.assertNumQueries(1):
                    at_once = finding.find(typed, part)
                finding.FEW = float("inf")
                by_looks = finding.find(typed, part)

                self.assertEqual(list(at_once.looks.items()), list(by_looks.looks.items()))

    def test_look_that_reached_back_not_far_enough_takes_all(self):
        part = facet_index.index_of(None).part()
        before, finding.share = finding.share, lambda *_: 1.0
        self.addCleanup(setattr, finding, "share", before)

        found = finding.find("đường", part, most=1)

        self.assertEqual(list(found.looks), [self.documents["7/2022/QĐ-UBND"].pk])

    def test_sample_tells_how_common_words_are_together(self):
        self.addCleanup(setattr, word_frequency, "_cached", word_frequency._cached)
        word_frequency._cached = (0.0, {}, 0)
        keys = facet_index.index_of(None).keys

        self.assertEqual(word_frequency.share("title", [["quyet"], ["dinh"]], keys), 1.0)
        self.assertEqual(word_frequency.share("title", [["dat169", "duong2779"]], keys), 0.4)
        self.assertEqual(word_frequency.share("words", [["dat169"], ["van"]], keys), 0.2)
        self.assertEqual(word_frequency.share("words", [["khongco"]], keys), 0.0)
        with self.assertNumQueries(0):
            word_frequency.share("title", [["quyet"]], keys)

    def test_marks_of_months_are_those_of_a_year_and_the_whole_years_after_it(self):
        self.assertEqual(
            marks_of_months(date(2019, 11, 5), date(2021, 2, 3)), ["zzm201911", "zzm201912", "zzm2020", "zzm2021"]
        )

    def test_page_says_that_there_are_more_than_are_counted(self):
        before, finding.find.__kwdefaults__ = finding.find.__kwdefaults__, {**finding.find.__kwdefaults__, "most": 2}
        self.addCleanup(setattr, finding.find, "__kwdefaults__", before)

        found = self.listed(q="dat")
        filtered = self.listed(q="dat", nam="2021")

        self.assertEqual((found.total, found.is_cut), (2, True))
        # A filter reaches further back than the documents counted without it.
        self.assertEqual([document.symbol for document in filtered.documents], ["12/2021/QĐ-UBND"])
        self.assertContains(self.client.get(self.address(), {"q": "dat"}), "Hơn 2 văn bản khớp")


class Counts(Documents):
    """Whatever is chosen, the counts of a filter add up to the list without it, and each is the list with its value."""

    def selections(self):
        values = {item.name: ["", *(choice.value for choice in item.choices)] for item in self.listed().filters}
        names = list(values)
        for chosen in product(*(values[name][:3] for name in names)):
            yield {name: value for name, value in zip(names, chosen, strict=True) if value}

    def test_counts_add_up_under_every_choice_of_filters_and_words(self):
        for words, selection in product(({}, {"q": "dat"}, {"q": "đất"}), self.selections()):
            found = self.listed(**{name.replace("-", "_"): value for name, value in (words | selection).items()})
            for item in found.filters:
                without = {name: value for name, value in selection.items() if name != item.name} | words
                total = listing.list_documents(self.city.site, without).total
                self.assertEqual(sum(choice.count for choice in item.choices), total, (item.name, words, selection))

    def test_each_count_is_the_length_of_the_list_with_that_value(self):
        for item in self.listed().filters:
            for choice in item.choices:
                with self.subTest(f"{item.name}={choice.value}"):
                    self.assertEqual(
                        listing.list_documents(self.city.site, {item.name: choice.value}).total, choice.count
                    )

    def test_documents_without_a_field_are_counted_too(self):
        field = next(item for item in self.listed().filters if item.name == "linh-vuc")

        self.assertEqual([(c.label, c.count) for c in field.choices if c.value == "chua-ghi"], [("Chưa ghi", 1)])
        self.assertEqual(self.symbols(linh_vuc="chua-ghi"), ["10/2023/QĐ-UBND"])

    def test_status_of_a_repealed_document_moves_in_list_and_count(self):
        old, new = self.documents["12/2021/QĐ-UBND"], self.documents["9/2023/QĐ-UBND"]
        repealed(old, by=self.cast.standing_office, by_document=new, effective_on=date(2023, 2, 1))

        self.assertEqual(self.symbols(tinh_trang="lapsed"), [old.symbol])
        self.assertEqual(self.symbols()[-1], old.symbol)


class Sorting(Documents):
    def test_list_is_sorted_as_chosen(self):
        old, new = self.documents["10/2023/QĐ-UBND"], self.documents["9/2023/QĐ-UBND"]
        repealed(old, by=self.cast.standing_office, by_document=new, effective_on=date(2023, 3, 1))
        newest = ["10/2023", "9/2023", "8/2022", "7/2022", "12/2021"]
        for order, expected in {
            "": [*newest[1:], "10/2023"],
            "moi-nhat": newest,
            "so": ["7/2022", "8/2022", "9/2023", "10/2023", "12/2021"],
            "la-lung": [*newest[1:], "10/2023"],
        }.items():
            with self.subTest(order):
                self.assertEqual(self.symbols(sap_xep=order), [f"{number}/QĐ-UBND" for number in expected])

    def test_pages_of_every_order_are_the_whole_list_in_that_order(self):
        whole = facet_index.index_of(None)
        odd = whole.bits_of(list(whole.keys)[::2])
        for few, order in product(
            (0, facet_index.FEW), (facet_index.IN_FORCE_FIRST, facet_index.NEWEST, facet_index.NUMBER)
        ):
            self.addCleanup(setattr, facet_index, "FEW", facet_index.FEW)
            facet_index.FEW = few
            with self.subTest(order, few=few):
                everything = whole.page(whole.everything, order, 0, 100)
                self.assertEqual(sorted(everything), sorted(whole.keys))
                pages = [key for first in range(4) for key in whole.page(odd, order, first, 1)]
                self.assertEqual(pages, [key for key in everything if whole.bits_of([key]) & odd])

    def test_near_matches_stay_below_whatever_the_order(self):
        found = self.listed(q="đất", sap_xep="so")

        self.assertEqual([document.symbol for document in found.exact], ["10/2023/QĐ-UBND", "12/2021/QĐ-UBND"])
        self.assertEqual([document.symbol for document in found.near], ["7/2022/QĐ-UBND", "8/2022/QĐ-UBND"])

    def test_queries_do_not_grow_with_documents_or_words(self):
        for parameters, most in (({}, 7), ({"q": "đất"}, 11)):
            with self.subTest(parameters):
                with self.assertNumQueries(AtMost(most)):
                    self.listed(**parameters)


class Never(Documents):
    def test_draft_and_changed_draft_are_not_found(self):
        draft_document(self.city.site, by=self.cast.editor, symbol="99/2021/QĐ-UBND", subject="Bí ẩn chưa đăng")
        public = self.documents["12/2021/QĐ-UBND"]
        public.subject = "Bí ẩn mới"
        public.save_revision(user=self.cast.editor)

        self.assertEqual(self.found("bí ẩn"), set())
        self.assertIn(public.pk, self.found("đất đai"))

    def test_new_version_that_is_published_is_found_by_its_words_only(self):
        public = self.documents["12/2021/QĐ-UBND"]
        public.subject = "Bến bãi"
        public.save_revision(user=self.cast.editor)
        with time_machine.travel("2026-11-25 11:00 +07:00"):
            publish_again(public)

        self.assertEqual(self.found("bến bãi"), {public.pk})
        self.assertNotIn(public.pk, self.found("quản lý đất đai"))

    def test_document_taken_down_leaves_list_search_and_counts_at_once(self):
        document = self.documents["12/2021/QĐ-UBND"]

        takedown.take_down_records(
            [document], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Đăng nhầm"
        )

        self.assertNotIn(document.pk, self.found("đất đai"))
        self.assertNotIn(document.symbol, self.symbols())
        self.assertEqual(self.listed(nam="2021").total, 0)
        self.assertEqual(self.listed().total, len(SUBJECTS) - 1)
        self.assertEqual(listing.numbered(LegalDocument.objects.on_site(self.city.site), document.symbol), [])
        self.assertFalse(list(listing.holding(LegalDocument.objects.public(), "đất đai")))
        self.assertFalse(RegisterEntry.objects.filter(document=document).exists())

    def test_shelf_of_each_site_holds_what_its_register_shows(self):
        marked = self.documents["7/2022/QĐ-UBND"]
        public_document(self.city.my_long, by=self.cast.contributor, symbol="3/2021/QĐ-UBND")
        lifecycle.mark_for_site(marked, self.city.my_long, ground="in_scope", by=self.cast.contributor)
        for site in (self.city.site, self.city.my_long, self.city.dong_xuyen):
            with self.subTest(site.slug):
                expected = set(LegalDocument.objects.on_site(site).values_list("pk", flat=True))
                self.assertEqual(set(facet_index.index_of(site).keys), expected)
                as_text = set(finding.find("quyet dinh", facet_index.index_of(site).part()).looks)
                self.assertEqual(as_text, expected)

    def test_documents_do_not_stand_in_the_index_of_pages(self):
        self.assertFalse(class_is_indexed(LegalDocument))


def publish_again(document):
    revision = document.get_latest_revision()
    with open_gate("publish"):
        revision.publish(skip_permission_checks=True, log_action=False)


class Index(Documents):
    def test_rebuilding_writes_what_is_missing_and_removes_what_is_stale(self):
        first, second = list(self.documents.values())[:2]
        RegisterEntry.remove([first.pk])
        stale = draft_document(self.city.site, by=self.cast.editor, symbol="98/2021/QĐ-UBND", subject="Chỉ là nháp")
        RegisterEntry.store([stale])
        self.assertEqual(len(indexing.violations()), 2)

        call_command("rebuild_register", verbosity=0)

        self.assertEqual(indexing.violations(), [])
        self.assertIn(first.pk, self.found("đất đai"))
        self.assertEqual(self.found("chỉ là nháp"), set())

    def test_storing_again_leaves_one_entry_with_the_newest_words(self):
        document = self.documents["12/2021/QĐ-UBND"]
        document.subject = "Cầu phao"
        RegisterEntry.store([document])
        RegisterEntry.store([document])

        self.assertEqual(self.found("cầu phao"), {document.pk})
        self.assertNotIn(document.pk, self.found("quản lý đất đai"))

    def test_every_change_raises_the_version(self):
        document = self.documents["12/2021/QĐ-UBND"]
        changes = {
            "a status": lambda: RegisterEntry.store_status(document.pk, document.status),
            "a mark": lambda: lifecycle.mark_for_site(
                document, self.city.my_long, ground="in_scope", by=self.cast.contributor
            ),
            "a removal": lambda: RegisterEntry.remove([document.pk]),
            "an entry": lambda: RegisterEntry.store([document]),
        }
        for name, change in changes.items():
            with self.subTest(name):
                before = RegisterVersion.current()
                change()
                self.assertGreater(RegisterVersion.current(), before)

    def test_shelf_is_kept_until_the_version_changes(self):
        self.addCleanup(facet_index._indexes.clear)
        facet_index._indexes.clear()
        first = facet_index._cached(self.city.site, 7)

        self.assertIs(facet_index._cached(self.city.site, 7), first)
        self.assertIsNot(facet_index._cached(self.city.site, 8), first)

    def test_what_is_not_committed_is_not_kept(self):
        facet_index.index_of(self.city.site)

        self.assertEqual(len(facet_index._indexes), 0)


class Administration(Documents):
    """The list and the chooser ask the same index, and know drafts as well."""

    def setUp(self):
        super().setUp()
        self.draft = draft_document(
            self.city.site, by=self.cast.editor, symbol="66/2021/QĐ-UBND", subject="Bến đò nháp"
        )
        self.client.force_login(self.cast.editor)

    def test_chooser_finds_by_begun_words_and_numbers(self):
        address = reverse(LegalDocument.snippet_viewset.chooser_viewset.get_url_name("choose_results"))
        for typed, expected in {
            "quan ly d": "12/2021/QĐ-UBND",
            "hoà giả": "9/2023/QĐ-UBND",
            "12 2021": "12/2021/QĐ-UBND",
            "bến đò": "66/2021/QĐ-UBND",
        }.items():
            with self.subTest(typed):
                response = self.client.get(address, {"q": typed})
                self.assertContains(response, expected)
                self.assertNotContains(response, "8/2022/QĐ-UBND")

    def test_chooser_tells_documents_of_one_number_apart_for_a_fixed_price(self):
        address = reverse(LegalDocument.snippet_viewset.chooser_viewset.get_url_name("choose_results"))

        shown = self.client.get(address, {"q": "bến đò"})

        for told in ("Cơ quan ban hành", self.draft.main_issuer.name, "Ngày ban hành", "Trích yếu", "Bến đò nháp"):
            self.assertContains(shown, told)
        with CaptureQueriesContext(connection) as asked:
            self.client.get(address)
        self.assertFalse([each["sql"] for each in asked if 'FROM "legalref_issuingbody" WHERE' in each["sql"]])

    def test_list_finds_drafts_and_public_documents_without_marks(self):
        address = reverse(LegalDocument.snippet_viewset.get_url_name("list"))

        self.assertContains(self.client.get(address, {"q": "ben do"}), "66/2021/QĐ-UBND")
        self.assertContains(self.client.get(address, {"q": "hoa giai"}), "9/2023/QĐ-UBND")
        self.assertNotContains(self.client.get(address, {"q": "hoa giai"}), "66/2021/QĐ-UBND")


class AtMost(int):
    """A number of queries that any smaller one satisfies."""

    def __eq__(self, other):
        return other <= int(self)

    __hash__ = int.__hash__
