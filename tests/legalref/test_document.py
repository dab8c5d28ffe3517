"""A document: its number however typed, its address, what stops its submission."""

from datetime import date

from django.core.exceptions import ValidationError

from base.gate import Refused
from legalref import seeding
from legalref.models import DocumentType, IssuingBody, LegalCompetence, LegalDocument
from tests import factories
from tests.city import CityTestCase, publish
from tests.files.samples import minimal_pdf
from workflows.publishing import approval

from .library import draft_document


class Documents(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.bodies = seeding.seed_issuers()
        cls.writer = cls.cast.editor

    def draft(self, **values):
        return draft_document(self.city.site, by=self.writer, **values)

    def blocked_fields(self, document):
        return {finding.field for finding in document.preflight() if finding.is_blocker}


class NumberAndAddress(Documents):
    def test_number_typed_in_any_way_becomes_the_printed_one(self):
        for typed in ("12 /2021/QÐ–UBND", "12/2021/QD-UBND", "12/2021/ qđ-ubnd", "Số: 12/2021/QĐ-UBND"):
            with self.subTest(typed):
                document = LegalDocument(
                    owner_site=self.city.site,
                    document_type=DocumentType.objects.get(name="Quyết định"),
                    main_issuer=self.bodies["ubnd-thanh-pho-long-xuyen"],
                    issued_on=date(2021, 3, 1),
                    symbol_as_printed=typed,
                )
                document.derive()

                self.assertEqual(document.symbol, "12/2021/QĐ-UBND")
                self.assertEqual((document.number, document.year), ("12", 2021))

    def test_address_is_type_number_year_issuer(self):
        self.assertEqual(self.draft().slug, "quyet-dinh-12-2021-ubnd-thanh-pho-long-xuyen")

    def test_same_number_of_another_issuer_has_another_address(self):
        self.draft()

        other = self.draft(main_issuer=self.bodies["ubnd-tinh-an-giang"])

        self.assertEqual(other.slug, "quyet-dinh-12-2021-ubnd-tinh-an-giang")

    def test_same_number_of_the_administrative_family_has_another_address(self):
        first = self.draft()

        other = self.draft(symbol="12/QĐ-UBND", family="administrative", effective_from=None)

        self.assertNotEqual(first.slug, other.slug)
        self.assertEqual(other.year, 2021)

    def test_second_entry_of_one_document_names_the_first(self):
        self.draft()

        with self.assertRaises(ValidationError) as caught:
            self.draft(symbol="12/2021/QD-UBND")

        self.assertIn("Đã có «Quyết định 12/2021/QĐ-UBND»", str(caught.exception.message_dict["symbol_as_printed"]))

    def test_numbers_begin_anew_each_year(self):
        self.draft(symbol="01/QĐ-UBND", family="administrative", effective_from=None)

        other = self.draft(
            symbol="01/QĐ-UBND", family="administrative", issued_on=date(2022, 1, 4), effective_from=None
        )

        self.assertIn("-2022-", other.slug)

    def test_unreadable_number_names_field_and_mend(self):
        with self.assertRaises(ValidationError) as caught:
            self.draft(symbol="12 năm 2021 Ủy ban")

        self.assertIn("Hãy ghi theo dạng", caught.exception.message_dict["symbol_as_printed"][0])

    def test_law_known_by_name_and_date_only_has_an_address(self):
        document = self.draft(
            symbol="Luật Công nghệ thông tin ngày 29 tháng 6 năm 2006",
            document_type=DocumentType.objects.get(name="Luật"),
            main_issuer=self.bodies["quoc-hoi"],
            issued_on=date(2006, 6, 29),
            effective_from=date(2007, 1, 1),
        )

        self.assertTrue(document.slug.startswith("luat-cong-nghe-thong-tin"))


class Dates(Documents):
    def test_wrong_dates_name_the_field(self):
        cases = {
            "effective_to": {"effective_to": date(2021, 3, 15)},
            "issued_on": {"issued_on": date(2999, 1, 1), "effective_from": date(2999, 2, 1)},
            "handed_over_on": {"handed_over_on": date(2021, 2, 1)},
            "received_by_board_on": {"handed_over_on": date(2021, 3, 5), "received_by_board_on": date(2021, 3, 4)},
            "not_suitable_reason": {"not_suitable_from": date(2022, 1, 1)},
        }
        for field, values in cases.items():
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                self.draft(**values)
            self.assertIn(field, caught.exception.message_dict)


class Preflight(Documents):
    def test_complete_document_has_no_blockers(self):
        self.assertEqual(self.blocked_fields(self.draft()), set())

    def test_open_number_can_be_kept_as_a_draft_but_not_submitted(self):
        for typed in ("…/QĐ-UBND", ".../2021/QĐ-UBND", "    /QĐ-UBND"):
            with self.subTest(typed):
                document = self.draft(symbol=typed)

                self.assertIsNone(document.slug)
                with self.assertRaises(ValidationError) as caught:
                    approval.submit(document, by=self.writer, declaration=True)
                self.assertIn("symbol_as_printed", caught.exception.message_dict)

    def test_what_is_missing_is_named(self):
        document = self.draft()
        document.symbol_as_printed, document.subject, document.issued_on = "", "", None
        document.not_classified = False

        self.assertEqual(self.blocked_fields(document), {"symbol_as_printed", "subject", "issued_on", "not_classified"})

    def test_type_that_is_never_published_blocks(self):
        document = self.draft(
            symbol="15/GM-UBND", family="administrative", document_type=DocumentType.objects.get(name="Giấy mời")
        )

        self.assertIn("document_type", self.blocked_fields(document))

    def test_issuer_without_the_power_at_that_time_is_a_warning(self):
        body = IssuingBody.objects.create(name="UBND phường mẫu", slug="ubnd-phuong-mau")
        LegalCompetence.objects.create(body=body, valid_to=date(2020, 12, 31), legal_source="Luật mẫu")
        document = self.draft(main_issuer=body)

        warned = {finding.field for finding in document.preflight() if not finding.is_blocker}

        self.assertIn("main_issuer", warned)

    def test_without_its_signed_copy_is_submitted_with_a_remark_only(self):
        document = self.draft(full_text="Điều 1. Nội dung.")
        with self.assertRaises(ValidationError) as raised:
            approval.submit(document, by=self.writer, declaration=True)
        self.assertIn("remark", raised.exception.message_dict)

        state = approval.submit(document, by=self.writer, declaration=True, remark="Bản ký chuyển sau.")

        self.assertEqual(state.status, "in_progress")

    def test_the_signed_copy_is_asked_for_beside_the_full_text_too(self):
        signed = factories.file(self.city.site, title="Bản ký", name="ban-ky.pdf", content=minimal_pdf())
        for values, words in (
            ({}, "Chưa có bản ký và toàn văn"),
            ({"full_text": "Điều 1. Nội dung."}, "Chưa có bản ký (PDF)"),
            ({"full_text": "Điều 1. Nội dung.", "signed_file": signed}, ""),
            ({"signed_file": signed}, ""),
        ):
            with self.subTest(values):
                document = LegalDocument(
                    owner_site=self.city.site,
                    document_type=DocumentType.objects.get(name="Quyết định"),
                    main_issuer=self.bodies["ubnd-thanh-pho-long-xuyen"],
                    issued_on=date(2021, 3, 1),
                    symbol_as_printed="12/2021/QĐ-UBND",
                    **values,
                )
                found = [item.message for item in document.preflight() if item.field == "signed_file"]
                self.assertEqual(len(found), bool(words))
                self.assertTrue(all(message.startswith(words) for message in found))


class Gate(Documents):
    def test_nobody_publishes_alone(self):
        document = self.draft()
        revision = document.get_latest_revision()

        with self.assertRaises(Refused):
            revision.publish(user=self.cast.superuser)
        document.live = True
        with self.assertRaises(Refused):
            document.save()
        self.assertFalse(LegalDocument.objects.get(pk=document.pk).live)

    def test_workflow_is_that_of_the_owner_site(self):
        document = self.draft()

        self.assertEqual(document.get_workflow(), approval.workflow_for(self.city.site))

    def test_published_document_is_not_deleted(self):
        document = publish(self.draft(), by=self.writer)

        with self.assertRaises(Refused):
            document.delete()

    def test_address_stays_when_the_number_is_corrected_later(self):
        document = publish(self.draft(), by=self.writer)
        address = document.slug
        newest = document.get_latest_revision_as_object()
        newest.symbol_as_printed = "13/2021/QĐ-UBND"
        newest.full_clean()
        newest.save_revision(user=self.writer)

        document = publish(document, by=self.writer)

        self.assertEqual((document.symbol, document.slug), ("13/2021/QĐ-UBND", address))
