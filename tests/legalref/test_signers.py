"""The register filtered by who signed: the list, its table, the read API; what is not public names no signer."""

import csv
import io
from importlib import import_module

import time_machine
from django.apps import apps

from base.gate import open_gate
from legalref.models import RegisterEntry, RegisterVersion
from legalref.register import indexing, listing
from tests.city import CityTestCase

from .library import draft_document, on_city_host, public_document, register

FIRST, SECOND, THIRD, FOURTH = (f"{number}/2021/QĐ-UBND" for number in (12, 13, 14, 15))


class Signers(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.register = register(cls.city.site)
        signed = {
            FIRST: ("Cán bộ mẫu Hà", "Chủ tịch"),
            SECOND: ("Cán bộ mẫu Hà", "Phó Chủ tịch"),
            THIRD: ("Cán bộ mẫu Đô", ""),
            FOURTH: ("", ""),
        }
        with time_machine.travel("2026-11-25 09:00 +07:00"):
            cls.documents = {
                symbol: public_document(
                    cls.city.site, by=cls.cast.editor, symbol=symbol, signer_name=name, signer_title=title
                )
                for symbol, (name, title) in signed.items()
            }

    def choices(self, **parameters):
        found = listing.list_documents(self.city.site, parameters).filters
        return {one.value: one for one in next(each for each in found if each.name == "nguoi-ky").choices}

    def symbols(self, value, **parameters):
        found = listing.list_documents(self.city.site, {"nguoi-ky": value, **parameters})
        return {document.symbol for document in found.documents}

    def test_a_signer_is_a_value_with_name_and_positions_and_the_counts_add_up(self):
        rows = {(one.value, one.label, one.count) for one in self.choices().values()}

        self.assertEqual(
            rows,
            {
                ("can-bo-mau-ha", "Cán bộ mẫu Hà (Chủ tịch, Phó Chủ tịch)", 2),
                ("can-bo-mau-do", "Cán bộ mẫu Đô", 1),
                ("chua-ghi", "Chưa ghi", 1),
            },
        )

    def test_two_names_that_differ_in_marks_alone_are_both_in_the_label(self):
        public_document(self.city.site, by=self.cast.editor, symbol="16/2021/QĐ-UBND", signer_name="Cán bộ mẫu Hạ")

        self.assertEqual(self.choices()["can-bo-mau-ha"].label, "Cán bộ mẫu Hà (Chủ tịch, Phó Chủ tịch); Cán bộ mẫu Hạ")
        self.assertEqual(self.symbols("can-bo-mau-ha"), {FIRST, SECOND, "16/2021/QĐ-UBND"})

    def test_the_address_chooses_the_documents_of_a_signer_with_words_too(self):
        self.assertEqual(self.symbols("can-bo-mau-ha"), {FIRST, SECOND})
        self.assertEqual(self.symbols("chua-ghi"), {FOURTH})
        self.assertEqual(self.symbols("can-bo-mau-do", q="quyết định"), {THIRD})
        self.assertEqual(self.symbols("khong-co"), {FIRST, SECOND, THIRD, FOURTH})

    def test_common_words_are_searched_again_among_what_a_signer_signed(self):
        index = listing.index_of(self.city.site)

        for value, expected in (("can-bo-mau-ha", {FIRST, SECOND}), ("chua-ghi", {FOURTH})):
            part = index.part({"nguoi-ky": value})
            found = listing.find("quyết định", part, wanted=listing.meanings.wanted("quyết định", None))
            self.assertEqual(set(found.looks), {self.documents[symbol].pk for symbol in expected})

    def test_the_page_has_the_choice_in_a_plain_form_and_the_table_follows_it(self):
        address = on_city_host(self.city, self.register)

        page = self.client.get(address, {"nguoi-ky": "can-bo-mau-ha"})
        table = self.client.get(f"{address}bang/", {"nguoi-ky": "can-bo-mau-ha"})

        self.assertContains(page, '<option value="can-bo-mau-ha" selected>Cán bộ mẫu Hà (Chủ tịch, Phó Chủ tịch) (2)')
        head, *rows = csv.reader(io.StringIO(table.content.decode("utf-8-sig")))
        signers = {row[head.index("Người ký")] for row in rows}
        self.assertEqual(signers, {"Chủ tịch Cán bộ mẫu Hà", "Phó Chủ tịch Cán bộ mẫu Hà"})

    def test_the_api_filters_by_signer_and_refuses_what_is_no_value(self):
        found = self.client.get("/api/v1/van-ban/", {"nguoi-ky": "can-bo-mau-ha"}).json()
        refused = self.client.get("/api/v1/van-ban/", {"nguoi-ky": "Cán bộ"})

        self.assertEqual(found["total"], 2)
        self.assertIn("nguoi-ky", [one["name"] for one in found["filters"]])
        self.assertEqual(refused.status_code, 400)

    def test_a_draft_and_what_was_taken_down_name_no_signer(self):
        draft_document(self.city.site, by=self.cast.editor, symbol="17/2021/QĐ-UBND", signer_name="Cán bộ mẫu Kín")
        with open_gate("take_down"):
            self.documents[THIRD].unpublish(log_action=False)

        self.assertEqual(set(self.choices()), {"can-bo-mau-ha", "chua-ghi"})
        for value in ("can-bo-mau-kin", "can-bo-mau-do"):
            answer = self.client.get(on_city_host(self.city, self.register), {"nguoi-ky": value})
            self.assertNotContains(answer, "mẫu Kín")
            self.assertNotContains(answer, "mẫu Đô")


class EntriesOfTheReleaseBefore(CityTestCase):
    def test_their_signers_are_filled_by_the_migration_or_the_rebuilding_and_missed_until_then(self):
        document = public_document(
            self.city.site, by=self.cast.editor, signer_name="Cán bộ mẫu 01", signer_title="Chủ tịch"
        )
        written = "Cán bộ mẫu 01\nChủ tịch"
        filling = import_module("legalref.migrations.0008_fill_signers_of_entries")
        for fill in (lambda: filling.fill(apps, None), indexing.rebuild):
            RegisterEntry.objects.update(signer="")
            version = RegisterVersion.current()
            self.assertEqual(len(indexing.violations()), 1)

            fill()

            self.assertEqual(RegisterEntry.objects.get(document=document).signer, written)
            self.assertGreater(RegisterVersion.current(), version)
            self.assertEqual(indexing.violations(), [])
