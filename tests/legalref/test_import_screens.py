"""The screens of import and export: from the upload to the undoing, without script."""

import io
from datetime import datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from legalref import seeding
from legalref.importing import batches
from legalref.importing.columns import COLUMNS
from legalref.models import ImportBatch, LegalDocument
from tests import factories
from tests.city import CityTestCase, fresh, publish
from workflows.publishing import approval

from .tables_of_documents import LONG_ENOUGH, checked, published, row, step, xlsx


class ImportScreens(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        seeding.seed_issuers()

    def setUp(self):
        self.clerk = self.cast.standing_office
        self.client.force_login(self.clerk)

    def page(self, name, *args, client=None, **query):
        answer = (client or self.client).get(reverse(name, args=args), query)
        self.assertEqual(answer.status_code, 200, name)
        return answer.content.decode()

    def send(self, name, *args, follow=True, **data):
        return self.client.post(reverse(name, args=args), data, follow=follow)

    def test_a_batch_goes_from_the_upload_to_the_undoing(self):
        self.assertIn("Nhập từ bảng", self.page("legalref_imports"))
        answer = self.send("legalref_import_new", site=self.city.site.pk, table=xlsx([row(1), row(2, subject="")]))
        batch = ImportBatch.objects.get()
        self.assertRedirects(answer, reverse("legalref_import", args=[batch.pk]))
        self.assertEqual(answer.headers["Refresh"], "4")

        batches.work(seconds=LONG_ENOUGH)
        shown = self.page("legalref_import", batch.pk)
        self.assertIn("Thiếu trích yếu", shown)
        self.assertIn("Ghi 1 dòng không lỗi vào sổ", shown)
        self.send("legalref_import_confirm", batch.pk)
        self.assertEqual(ImportBatch.objects.get().state, "checked", "without the declaration nothing happens")
        self.send("legalref_import_confirm", batch.pk, declaration="on")
        self.assertIn("<progress", self.page("legalref_import", batch.pk))

        batches.work(seconds=LONG_ENOUGH)
        self.assertNotIn("Duyệt lô", self.page("legalref_import", batch.pk), "not for the one who brought it")
        self.client.force_login(self.cast.head)
        self.assertIn("Duyệt lô", self.page("legalref_import", batch.pk))
        self.send("legalref_import_approve", batch.pk)
        batches.work(seconds=LONG_ENOUGH)
        self.assertEqual(LegalDocument.objects.get().live, True)

        self.client.force_login(self.clerk)
        self.send("legalref_import_undo", batch.pk, reason="Nhập nhầm bảng")
        self.client.force_login(self.cast.deputy)
        self.send("legalref_import_decide_undo", batch.pk, decision="accept")
        batches.work(seconds=LONG_ENOUGH)
        self.assertEqual(ImportBatch.objects.get().state, "undone")
        self.assertEqual(LegalDocument.objects.get().live, False)

    def test_the_job_is_late_by_what_was_asked_last(self):
        zone, office = ZoneInfo("Asia/Ho_Chi_Minh"), self.cast.standing_office
        batch = batches.upload(
            by=office, on=datetime(2026, 11, 25, 8, 0, tzinfo=zone), site=self.city.site, table=xlsx([row(1)])
        )
        # A file that says how far the writing is; another run of tests may have one of the same number.
        self.enterContext(mock.patch.object(batches.progress, "of", return_value=(0, 0)))
        asked = datetime(2026, 11, 25, 9, 0, tzinfo=zone)
        for ask in (
            lambda batch: batches.convert(step(batch), "as_is", by=office),
            lambda batch: batches.confirm(step(batch), by=office, declaration=True),
            lambda batch: batches.approve(step(batch), by=self.cast.head),
            lambda batch: batches.undo(step(batch), by=office, reason="Nhập nhầm"),
            lambda batch: batches.decide_undo(batch, by=self.cast.deputy, accept=True),
        ):
            with time_machine.travel(asked):
                batch = ask(batch)
            for minutes, is_late in ((1, False), (3, batch.state in ImportBatch.IN_WORK)):
                with time_machine.travel(asked + timedelta(minutes=minutes)), self.subTest(batch.state, on=minutes):
                    self.client.force_login(fresh(self.clerk))
                    shown = self.page("legalref_import", batch.pk)
                    self.assertEqual("Việc định kỳ của cổng chưa chạy" in shown, is_late)
            asked += timedelta(hours=1)

    @mock.patch.object(batches, "MOST_ROWS_BY_DAY", 1)
    def test_long_batch_is_written_by_night_where_one_writer_keeps_out_all_others(self):
        small, large = (checked(self.city, rows) for rows in ([row(1)], [row(2), row(3)]))
        for batch in (small, large):
            batches.confirm(batch, by=self.clerk, declaration=True)
        waits = connection.vendor == "sqlite"

        with time_machine.travel("2026-11-25 10:00 +07:00", tick=False):
            self.client.force_login(self.clerk)
            batches.work(on=timezone.now(), seconds=LONG_ENOUGH)
            states = [ImportBatch.objects.get(pk=batch.pk).state for batch in (small, large)]
            answer = self.client.get(reverse("legalref_import", args=[large.pk]))
        self.assertEqual(states, ["written", "confirmed" if waits else "written"])
        self.assertEqual("cổng ghi trong khoảng 20:00 đến 06:00" in answer.content.decode(), waits)
        self.assertFalse(answer.has_header("Refresh"))

        by_night = datetime(2026, 11, 25, 20, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
        batches.work(on=by_night, seconds=LONG_ENOUGH)

        self.assertEqual(ImportBatch.objects.get(pk=large.pk).state, "written")

    def test_an_upload_that_is_no_table_is_refused_with_the_mend(self):
        wrong = SimpleUploadedFile("van-ban.pdf", b"%PDF-1.4")
        answer = self.send("legalref_import_new", site=self.city.site.pk, table=wrong)
        self.assertContains(answer, "Bảng phải là tệp .xlsx hoặc .csv")
        answer = self.send(
            "legalref_import_new",
            site=self.city.site.pk,
            table=xlsx([row(1)]),
            package=SimpleUploadedFile("tep.zip", b"PK\x03\x04 khong phai zip"),
        )
        self.assertContains(answer, "Tệp bị cụt hoặc hỏng")
        self.assertFalse(ImportBatch.objects.exists())

    def test_a_batch_of_another_site_is_not_there(self):
        batch = checked(self.city, [row(1)])
        self.client.force_login(self.cast.contributor)
        for name in ("legalref_import", "legalref_import_report", "legalref_import_confirm", "legalref_import_undo"):
            self.assertEqual(self.client.get(reverse(name, args=[batch.pk])).status_code, 404, name)
        self.assertNotIn("van-ban.xlsx", self.page("legalref_imports"))

    def test_who_writes_nothing_meets_no_screen_of_it(self):
        self.client.force_login(self.cast.accountant)
        for name in ("legalref_imports", "legalref_import_new", "legalref_export"):
            self.assertIn(self.client.get(reverse(name)).status_code, (302, 403, 404), name)

    def test_the_template_explains_every_column_on_its_second_sheet(self):
        answer = self.client.get(reverse("legalref_import_template"))

        book = load_workbook(io.BytesIO(answer.content))
        heads = [cell.value for cell in book.worksheets[0][1]]
        explained = [cells[0].value for cells in book.worksheets[1].iter_rows(min_row=2) if cells[0].value]
        self.assertEqual(heads, [column.header for column in COLUMNS])
        self.assertEqual(explained, heads)
        self.assertEqual(book.worksheets[0].max_row, 1)

    def test_the_list_of_errors_names_row_column_and_mend(self):
        batch = checked(self.city, [row(1, issued_on="31/02/2019")])

        answer = self.client.get(reverse("legalref_import_report", args=[batch.pk]))

        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        self.assertEqual([cell.value for cell in sheet[2]][:2], ["2", "Lỗi"])
        self.assertEqual(sheet.cell(2, 4).value, "Ngày ban hành")
        self.assertIn("không có trong lịch", sheet.cell(2, 5).value)

    def test_old_encodings_are_shown_both_ways_and_converted_on_the_word_of_a_person(self):
        subject = "Ban hµnh Quy chÕ lµm viÖc cña ñy ban nh©n d©n thµnh phè"
        batch = checked(self.city, [row(1, subject=subject)])
        self.assertNotIn("không lỗi vào sổ", self.page("legalref_import", batch.pk))
        self.assertIn("Ban hành Quy chế làm việc", self.page("legalref_import_convert", batch.pk))

        self.send("legalref_import_convert", batch.pk, scheme="tcvn3")
        batches.work(seconds=LONG_ENOUGH)
        self.send("legalref_import_confirm", batch.pk, declaration="on")
        batches.work(seconds=LONG_ENOUGH)

        self.assertEqual(LegalDocument.objects.get().subject, "Ban hành Quy chế làm việc của ủy ban nhân dân thành phố")

    def test_a_discarded_batch_leaves_nothing(self):
        batch = checked(self.city, [row(1)])
        self.send("legalref_import_discard", batch.pk)
        batch.refresh_from_db()
        self.assertEqual((batch.state, batch.rows.count(), bool(batch.table)), ("discarded", 0, False))

    def test_the_export_gives_own_documents_by_the_filters(self):
        published(self.city, [row(1), row(2, field="Y tế")])
        factories.document(self.city.my_long, by=self.cast.contributor)

        answer = self.client.get(reverse("legalref_export"), {"format": "xlsx", "q": "1/2019/QĐ-UBND"})
        rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0].values)
        self.assertEqual([one[2] for one in rows[1:]], ["1/2019/QĐ-UBND"])

        self.client.force_login(self.cast.contributor)
        answer = self.client.get(reverse("legalref_export"), {"format": "xlsx"})
        rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0].values)
        self.assertEqual({one[0] for one in rows[1:]}, {self.city.my_long.name})
        answer = self.client.get(reverse("legalref_export"), {"format": "xlsx", "year": "1950"})
        self.assertContains(answer, "Không có văn bản nào theo các điều kiện này")


class TheTextOfAFile(CityTestCase):
    def setUp(self):
        self.document = factories.document(self.city.site, by=self.cast.standing_office)
        said = "Quyeát ñònh cuûa UÛy ban nhaân daân thaønh phoá Long Xuyeân"
        self.file = factories.file(self.city.site, content=said.encode(), name="toan-van.txt")
        self.document.document_files.add(self.document.document_files.model(file=self.file, label="Toàn văn"))
        self.document.save()
        self.document.save_revision(user=self.cast.standing_office)
        self.client.force_login(self.cast.standing_office)
        self.address = reverse("legalref_take_text", args=[self.document.pk])

    def newest(self) -> LegalDocument:
        return LegalDocument.objects.get(pk=self.document.pk).get_latest_revision_as_object()

    def test_is_shown_in_both_readings_and_taken_as_a_draft(self):
        shown = self.client.get(self.address)
        self.assertContains(shown, "Quyeát ñònh")
        self.assertContains(shown, "Quyết định của Ủy ban nhân dân thành phố Long Xuyên")
        self.assertEqual(self.newest().full_text, "")

        self.client.post(self.address, {"file": self.file.pk, "scheme": "vni"})

        self.assertEqual(self.newest().full_text, "Quyết định của Ủy ban nhân dân thành phố Long Xuyên")

    def test_of_a_public_document_stays_a_draft_until_it_is_approved(self):
        publish(self.document, by=self.cast.standing_office)
        self.client.post(self.address, {"file": self.file.pk, "scheme": "vni"})
        self.assertEqual(LegalDocument.objects.get(pk=self.document.pk).full_text, "")
        self.assertTrue(self.newest().full_text.startswith("Quyết định"))

    def test_of_another_site_s_document_is_not_there(self):
        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.get(self.address).status_code, 404)

    def test_a_document_under_review_keeps_its_text(self):
        approval.submit(self.document, by=self.cast.standing_office, declaration=True, remark="Đã xem lại.")
        answer = self.client.post(self.address, {"file": self.file.pk, "scheme": "vni"})
        self.assertContains(answer, "đang chờ duyệt")
        self.assertEqual(self.newest().full_text, "")
