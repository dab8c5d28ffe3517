"""Import and export of the register: the dry run, all or nothing, two persons, undo, and the way back."""

import io
import re
import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry, Revision

from base.gate import Refused
from base.models import PortalFile, PortalSite
from base.tables.columns import CellError
from legalref import seeding
from legalref.importing import batches, checking, columns, exporting, tables
from legalref.importing.checking import rows as checked_rows
from legalref.life import lifecycle
from legalref.life.effect import AMENDS, BASED_ON, REPLACES, StatusCode
from legalref.models import DocumentRelation, ImportBatch, ImportedFile, LegalDocument
from tests import factories
from tests.city import CityTestCase, fresh, publish, publish_at_once
from tests.files.samples import minimal_pdf, packed
from tests.legalref.library import related
from workflows.models import ArchiveCopy, Declaration
from workflows.publishing import approval, takedown

from .tables_of_documents import (
    BREAKS,
    LONG_ENOUGH,
    checked,
    comma_separated,
    many,
    published,
    row,
    step,
    written,
    xlsx,
)


def archive(**files: bytes) -> SimpleUploadedFile:
    """An uploaded ZIP of files in the folder "tep"."""
    return SimpleUploadedFile(
        "tep.zip", packed({f"tep/{name.replace('_', '.')}": data for name, data in files.items()})
    )


class ImportCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        cls.bodies = seeding.seed_issuers()

    def outcomes(self, batch) -> dict[str, int]:
        return {name: count for name, count in batches.counts(batch).items() if count}

    def problems(self, batch) -> list[tuple[int, str, str]]:
        return [
            (one.number, found["column"], found["message"])
            for one in batch.rows.order_by("number")
            for found in one.problems
        ]

    def remarks(self, batch) -> str:
        return " ".join(found["message"] for one in batch.rows.order_by("number") for found in one.remarks)


class TheDryRun(ImportCase):
    def test_good_rows_would_be_new_and_nothing_stands_in_the_register(self):
        batch = checked(self.city, [row(1), row(2)])

        self.assertEqual(self.problems(batch), [])
        self.assertEqual(self.outcomes(batch), {"new": 2})
        self.assertFalse(LegalDocument.objects.exists())

    def test_each_fault_is_named_with_its_column_and_how_to_mend_it(self):
        batch = checked(self.city, [row(n, **broken) for n, (_column, broken) in enumerate(BREAKS, 1)])

        found = self.problems(batch)
        self.assertEqual(self.outcomes(batch), {"wrong": len(BREAKS)})
        for number, (column, broken) in enumerate(BREAKS, 2):
            with self.subTest(broken):
                heads = {head for line, head, _message in found if line == number}
                self.assertEqual(heads, {columns.BY_NAME[column].header})
        for _number, _head, message in found:
            self.assertRegex(message, "[Hh]ãy|phải", message)

    def test_of_220_rows_it_names_the_ten_broken_ones_and_the_others_are_written(self):
        rows, broken = many(220, 10)
        with self.subTest("dry run"):
            batch = checked(self.city, rows)
            self.assertEqual({number for number, _head, _message in self.problems(batch)}, broken)
        with self.subTest("confirmed"):
            batch = batches.write_now(batches.confirm(batch, by=self.cast.standing_office, declaration=True))
            self.assertEqual((batch.state, LegalDocument.objects.count()), ("written", 210))
            self.assertEqual(Revision.objects.for_instance(LegalDocument.objects.first()).count(), 1)
        with self.subTest("the same again"):
            self.assertEqual(self.outcomes(checked(self.city, rows)), {"same": 210, "wrong": 10})

    def test_two_rows_of_one_document_are_named(self):
        batch = checked(self.city, [row(1), row(1, symbol_as_printed="01/2019/QĐ-UBND")])
        self.assertEqual(self.problems(batch), [(3, "Số, ký hiệu", "Trùng với dòng 2; hãy bỏ một trong hai dòng.")])

    def test_csv_says_the_same_as_xlsx(self):
        for delimiter in ",;\t":
            with self.subTest(delimiter):
                batch = checked(
                    self.city,
                    [],
                    table=comma_separated([row(1, subject="Về «a, b; c»\ndòng hai")], delimiter=delimiter),
                )
                self.assertEqual(self.outcomes(batch), {"new": 1}, self.problems(batch))
                self.assertEqual(batch.rows.get().values["subject"], "Về «a, b; c»\ndòng hai")

    def test_days_numbers_and_yes_come_as_the_spreadsheet_gives_them(self):
        book = load_workbook(io.BytesIO(xlsx([row(1)], columns=[*row(1), "for_components"]).read()))
        sheet = book.worksheets[0]
        heads = [cell.value for cell in sheet[1]]
        sheet.cell(2, heads.index("Ngày ban hành") + 1).value = date(2019, 6, 5)
        sheet.cell(2, heads.index("Lĩnh vực") + 1).value = 12.0
        sheet.cell(2, heads.index("Hiện trong sổ văn bản của mọi phường, xã") + 1).value = True
        out = io.BytesIO()
        book.save(out)

        batch = checked(self.city, [], table=SimpleUploadedFile("bang.xlsx", out.getvalue()))

        values = batch.rows.get().values
        self.assertEqual((values["issued_on"], values["field"], values["for_components"]), ("2019-06-05", "12", True))

    def test_a_table_without_a_needed_column_is_not_read(self):
        batch = checked(self.city, [row(1)], table=xlsx([row(1)], columns=["symbol_as_printed", "subject"]))
        self.assertEqual((batch.state, batch.rows.count()), ("unreadable", 0))
        self.assertIn("thiếu cột: Loại văn bản", batch.message)

    def test_a_column_that_is_unknown_is_said_to_be_unread(self):
        table = comma_separated([row(1)])
        table = SimpleUploadedFile("v.csv", table.read().decode("utf-8-sig").replace("Lĩnh vực", "Linh tinh").encode())
        self.assertEqual(
            checked(self.city, [], table=table).notes, ["Cột «Linh tinh» không có trong mẫu nên không được đọc."]
        )

    def test_a_draft_of_another_site_takes_no_number_and_is_not_told_of(self):
        factories.document(
            self.city.my_long, by=self.cast.contributor, symbol="7/2019/QĐ-UBND", issued_on=date(2019, 6, 5)
        )
        batch = checked(self.city, [row(7)], by=self.cast.contributor_my_xuyen, site=self.city.my_xuyen)
        self.assertEqual(self.problems(batch), [])
        self.assertIsNone(batch.rows.get().document)

    def test_a_public_document_of_another_site_is_not_written_over(self):
        other = factories.document(
            self.city.my_long, by=self.cast.contributor, symbol="7/2019/QĐ-UBND", issued_on=date(2019, 6, 5)
        )
        publish_at_once(other)
        by, site = self.cast.contributor_my_xuyen, self.city.my_xuyen

        batch = checked(self.city, [row(7)], by=by, site=site)
        (problem,) = self.problems(batch)
        self.assertIn("trang mà bạn không soạn", problem[2])
        self.assertIsNone(batch.rows.get().document)

        # What says nothing else than what readers see is known already: nothing is written.
        said = row(7, subject="Về việc thử nghiệm", effective_from="15/06/2019", field="")
        self.assertEqual(checked(self.city, [said], by=by, site=site).rows.get().outcome, "same")
        with self.assertRaises(Refused):
            batches.upload(by=self.cast.contributor_my_xuyen, site=self.city.my_long, table=xlsx([row(1)]))

    def test_a_row_that_guesses_the_draft_of_another_sites_public_document_is_told_nothing_of_it(self):
        other = publish_at_once(
            factories.document(
                self.city.my_long, by=self.cast.contributor, symbol="7/2019/QĐ-UBND", issued_on=date(2019, 6, 5)
            )
        )
        other.subject = "Về việc còn đang soạn"
        other.save_revision(user=self.cast.contributor)
        other.refresh_from_db()
        self.assertNotEqual(other.get_latest_revision_as_object().subject, other.subject)
        by, site = self.cast.contributor_my_xuyen, self.city.my_xuyen
        guessed, public = (
            row(7, subject=subject, effective_from="15/06/2019", field="")
            for subject in ("Về việc còn đang soạn", other.subject)
        )

        (problem,) = self.problems(checked(self.city, [guessed], by=by, site=site))

        self.assertIn("trang mà bạn không soạn", problem[2])
        self.assertEqual(checked(self.city, [public], by=by, site=site).rows.get().outcome, "same")

    def test_a_site_that_ended_takes_no_document_and_its_line_and_column_are_named(self):
        ended, after = self.city.dong_xuyen, self.city.my_xuyen
        PortalSite.objects.filter(pk=ended.pk).update(state="closed", successor=after)
        words = f"Trang «{ended.name}» đã đóng, không nhận văn bản mới; hãy ghi trang kế thừa «{after.name}»."

        batch = checked(
            self.city,
            [
                row(1, posting_sites=f"{self.city.my_long.name}\n{ended.name}"),
                row(2, owner_site=ended.name),
                row(3, posting_sites=f"{self.city.my_long.name}\n{after.name}"),
            ],
        )

        heads = {name: columns.BY_NAME[name].header for name in ("posting_sites", "owner_site")}
        self.assertEqual(self.problems(batch), [(2, heads["posting_sites"], words), (3, heads["owner_site"], words)])
        self.assertEqual(self.outcomes(batch), {"wrong": 2, "new": 1})

    def test_a_document_keeps_the_ended_site_that_it_has(self):
        published(self.city, [row(1, posting_sites=self.city.dong_xuyen.name)])
        PortalSite.objects.filter(pk=self.city.dong_xuyen.pk).update(state="closed")

        batch = checked(self.city, [row(1, posting_sites=self.city.dong_xuyen.name, subject="Trích yếu đã sửa")])

        self.assertEqual((self.problems(batch), self.outcomes(batch)), ([], {"changed": 1}))

    def test_a_document_under_review_waits(self):
        publishedly = written(self.city, [row(1)])
        document = LegalDocument.objects.get()
        approval.submit(document, by=self.cast.standing_office, declaration=True, remark="Đã xem lại.")
        batch = checked(self.city, [row(1, subject="Trích yếu khác")])
        self.assertIn("đang chờ duyệt", self.problems(batch)[0][2])
        self.assertEqual(publishedly.state, "written")

    def test_relations_are_understood_or_named(self):
        known = "Quyết định 1/2019/QĐ-UBND"
        for line, said in (
            ("Căn cứ vào | Nghị định 1/1999/NĐ-CP", "Chưa có «Nghị định 1/1999/NĐ-CP»"),
            ("Dựa vào | " + known, "không hiểu «Dựa vào»"),
            ("Căn cứ vào", "thiếu văn bản"),
            ("Thay thế | " + known, "cần ngày có hiệu lực"),
            (f"Thay thế | {known} | từ: 01/01/2018", "không thể trước ngày ban hành"),
            ("Căn cứ vào | Quyết định 2/2019/QĐ-UBND", "không tác động lên chính nó"),
            (f"Căn cứ vào | {known} | vì: sao", "không hiểu «vì: sao»"),
            ("Căn cứ vào | quyết định đó", "Không đọc được số văn bản"),
        ):
            with self.subTest(line):
                batch = checked(self.city, [row(1), row(2, relations=line)])
                self.assertEqual([number for number, _head, _message in self.problems(batch)], [3])
                self.assertIn(said, self.problems(batch)[0][2])

    def test_documents_that_end_each_other_are_refused(self):
        ends = "Thay thế | Quyết định {}/2019/QĐ-UBND | từ: 01/01/2020"
        batch = checked(self.city, [row(1, relations=ends.format(2)), row(2, relations=ends.format(1))])
        self.assertIn("chấm dứt lẫn nhau", self.problems(batch)[1][2])
        self.assertEqual(self.outcomes(batch), {"wrong": 2})

    def test_a_row_that_needs_a_broken_one_is_named_too(self):
        batch = checked(self.city, [row(1, subject=""), row(2, relations="Căn cứ vào | Quyết định 1/2019/QĐ-UBND")])
        self.assertEqual([number for number, _head, _message in self.problems(batch)], [2, 3])
        self.assertIn("ở dòng 2 đang có lỗi", self.problems(batch)[1][2])

    def test_thrown_away_while_it_is_checked_it_stays_away(self):
        batch = batches.upload(by=self.cast.standing_office, site=self.city.site, table=xlsx([row(1), row(2)]))
        batches.check(batch, seconds=-1)
        stale = ImportBatch.objects.get(pk=batch.pk)
        batches.discard(batch, by=self.cast.standing_office)
        self.assertFalse(batches.check(stale))
        batch.refresh_from_db()
        self.assertEqual((batch.state, batch.rows.count()), ("discarded", 0))

    def test_it_carries_on_where_it_stopped(self):
        batch = batches.upload(
            by=self.cast.standing_office, site=self.city.site, table=xlsx([row(n) for n in (1, 2, 3)])
        )
        finished = [batches.check(batch, seconds=-1) for _ in range(4)]
        self.assertEqual(finished, [False, False, False, True])
        self.assertEqual(self.outcomes(batch), {"new": 3})

    def test_rows_that_were_checked_before_cost_a_step_none_of_its_time(self):
        now, known = [0.0], tables.LAYOUT

        def slowly(*args):
            for found in known.rows(*args):
                now[0] += 1.0
                yield found

        batch = batches.upload(
            by=self.cast.standing_office, site=self.city.site, table=xlsx([row(n) for n in range(1, 13)])
        )
        batches.check(batch, seconds=-1)
        with (
            mock.patch.object(checked_rows, "time", SimpleNamespace(monotonic=lambda: now[0])),
            mock.patch.object(checked_rows, "LAYOUT", SimpleNamespace(rows=slowly)),
        ):
            reached = []
            while batch.rows_checked < 13:
                checking.check_rows(batch, seconds=3)
                reached.append(batch.rows_checked)

        self.assertEqual(reached, [7, 12, 13])


class Writing(ImportCase):
    def confirmed(self, rows, **more) -> ImportBatch:
        batch = checked(self.city, rows, **more)
        return batches.confirm(batch, by=self.cast.standing_office, declaration=True)

    def test_documents_are_drafts_of_the_one_who_confirmed(self):
        batch = written(self.city, [row(1, signing_capacity="TM.", signer_name="Cán bộ mẫu 01", urgency="Hỏa tốc")])

        document = LegalDocument.objects.get()
        self.assertEqual((document.live, document.signing_capacity, document.urgency), (False, "TM", "hoa_toc"))
        self.assertEqual(document.latest_revision.user, self.cast.standing_office)
        self.assertEqual(batch.rows.get().document, document)
        entry = ModelLogEntry.objects.get(action="portal.document.import")
        self.assertEqual((entry.object_id, entry.data["batch"]), (str(document.pk), batch.pk))

    def test_what_breaks_half_way_has_written_nothing(self):
        data = archive(mot_pdf=minimal_pdf(), hai_pdf=minimal_pdf(info="/Title (hai)"))
        rows = [row(1, signed_file="tep/mot.pdf"), row(2, signed_file="tep/hai.pdf"), row(3)]
        batch = self.confirmed(rows, package=data)
        before = {path for path in Path(default_storage.location).rglob("*") if path.is_file()}
        real, calls = LegalDocument.save_revision, []

        def dies(document, *args, **kwargs):
            calls.append(document)
            if len(calls) == 3:
                raise SystemExit("killed")
            return real(document, *args, **kwargs)

        with mock.patch.object(LegalDocument, "save_revision", dies), self.assertRaises(SystemExit):
            step(batch)

        self.assertEqual(len(calls), 3)
        self.assertFalse(LegalDocument.objects.exists())
        self.assertFalse(PortalFile.objects.exists())
        self.assertFalse(ImportedFile.objects.exists())
        self.assertEqual({path for path in Path(default_storage.location).rglob("*") if path.is_file()}, before)
        batch.refresh_from_db()
        self.assertEqual(step(batch).state, "written", "the next run writes it whole")
        self.assertEqual(LegalDocument.objects.count(), 3)

    def test_a_failure_says_that_nothing_was_written(self):
        batch = self.confirmed([row(1)])
        with mock.patch.object(LegalDocument, "save", side_effect=OSError("disk")), self.assertRaises(RuntimeError):
            batches.work(seconds=LONG_ENOUGH)
        batch.refresh_from_db()
        self.assertEqual(batch.state, "checked")
        self.assertIn("Chưa ghi gì vào sổ", batch.message)

    def test_a_register_that_has_moved_on_is_checked_again(self):
        batch = self.confirmed([row(1), row(2)])
        factories.document(self.city.site, symbol="2/2019/QĐ-UBND", issued_on=date(2019, 6, 5))

        batch = step(batch)

        self.assertEqual((batch.state, batch.rows.count()), ("checking", 0))
        self.assertIn("Dòng 3", batch.message)
        self.assertEqual(LegalDocument.objects.count(), 1)

    def test_confirmation_needs_declaration_right_and_something_to_do(self):
        batch = checked(self.city, [row(1)])
        with self.assertRaises(ValidationError):
            batches.confirm(batch, by=self.cast.standing_office, declaration=False)
        with self.assertRaises(Refused):
            batches.confirm(batch, by=self.cast.contributor, declaration=True)
        written(self.city, [row(1)])
        with self.assertRaisesMessage(ValidationError, batches.NOTHING_TO_WRITE):
            batches.confirm(checked(self.city, [row(1)]), by=self.cast.standing_office, declaration=True)

    def test_a_change_of_what_is_public_is_a_draft_only(self):
        published(self.city, [row(1)])

        batch = written(self.city, [row(1, subject="Trích yếu mới", place="Long Xuyên")])

        self.assertEqual(batch.rows.get().changes, ["Trích yếu", "Nơi ban hành"])
        document = LegalDocument.objects.get()
        self.assertEqual(document.subject, "Về việc thử nghiệm số 1")
        self.assertEqual(document.get_latest_revision_as_object().subject, "Trích yếu mới")

    def test_a_column_left_out_leaves_and_a_blank_cell_empties(self):
        written(self.city, [row(1, place="Long Xuyên")])
        self.assertEqual(self.outcomes(checked(self.city, [row(1)])), {"same": 1})
        batch = checked(self.city, [], table=xlsx([row(1, place="")], columns=[*row(1), "place"]))
        self.assertEqual(batch.rows.get().changes, ["Nơi ban hành"])


class ApprovingAndUndoing(ImportCase):
    def test_the_one_who_brought_it_cannot_approve_it(self):
        batch = written(self.city, [row(1)], by=self.cast.head)
        for person in (self.cast.head, self.cast.editor, self.cast.contributor, self.cast.superuser):
            with self.subTest(person.username), self.assertRaises(Refused):
                batches.approve(batch, by=person)
        self.assertEqual(batches.approve(batch, by=self.cast.deputy).state, "approved")

    def test_each_document_goes_by_the_one_publish_function(self):
        batch = published(self.city, [row(1), row(2)])

        self.assertEqual((batch.state, self.remarks(batch)), ("published", ""))
        self.assertEqual(LegalDocument.objects.filter(live=True).count(), 2)
        copies = ArchiveCopy.objects.filter(object_type="legalref.LegalDocument")
        self.assertEqual(
            set(copies.values_list("approved_by", flat=True)),
            {f"{self.cast.head.get_full_name()} ({self.cast.head.username})"},
        )
        self.assertEqual(Declaration.objects.filter(declared_by=self.cast.standing_office).count(), 2)

    def test_a_draft_that_was_edited_meanwhile_is_not_published_by_the_batch(self):
        batch = written(self.city, [row(1), row(2)])
        edited = LegalDocument.objects.get(symbol="1/2019/QĐ-UBND")
        edited.save_revision(user=self.cast.editor)

        batch = step(batches.approve(batch, by=self.cast.head))

        self.assertEqual(
            list(LegalDocument.objects.filter(live=True).values_list("symbol", flat=True)), ["2/2019/QĐ-UBND"]
        )
        self.assertIn("đã được sửa sau khi nhập", self.remarks(batch))

    def test_relations_count_from_the_publication_on(self):
        rows = [
            row(1),
            row(2, relations="Thay thế | Quyết định 1/2019/QĐ-UBND | từ: 01/01/2020 | ghi tại: Điều 3"),
            row(3, passive_relations="Bị bãi bỏ bởi | Văn bản của tỉnh | từ: 01/02/2020 | phần: Điều 1; Điều 2"),
        ]
        batch = written(self.city, rows)
        self.assertFalse(DocumentRelation.objects.exists())
        with self.assertRaises(Refused):
            batches.approve(batch, by=self.cast.ward_approver)

        batch = step(batches.approve(batch, by=self.cast.head))

        first, second, third = LegalDocument.objects.order_by("symbol")
        relation = DocumentRelation.objects.get(source=second)
        self.assertEqual((relation.target, relation.code, relation.stated_in), (first, REPLACES, "Điều 3"))
        self.assertEqual((relation.confirmed_by, relation.agreed_by), (batch.approved_by, batch.confirmed_by))
        self.assertEqual(lifecycle.status(first, date(2020, 6, 1)).code, StatusCode.LAPSED)
        self.assertEqual(lifecycle.status(third, date(2020, 6, 1)).code, StatusCode.PARTLY_LAPSED)
        self.assertEqual(self.outcomes(checked(self.city, rows)), {"same": 3}, "the same table again")

    def test_a_relation_that_is_added_later_is_all_that_changes(self):
        published(self.city, [row(1), row(2)])
        changed = row(2, relations="Sửa đổi, bổ sung | Quyết định 1/2019/QĐ-UBND | từ: 01/01/2020 | phần: Điều 4")

        batch = published(self.city, [changed])

        self.assertEqual(batch.rows.get().changes, ["Tác động lên văn bản khác"])
        self.assertEqual(DocumentRelation.objects.get().code, AMENDS)
        self.assertEqual(Revision.objects.for_instance(LegalDocument.objects.first()).count(), 1)

    def test_drafts_are_deleted_and_what_people_touched_stays(self):
        batch = written(self.city, [row(1), row(2)])
        LegalDocument.objects.get(symbol="1/2019/QĐ-UBND").save_revision(user=self.cast.editor)

        batch = step(batches.undo(batch, by=self.cast.standing_office, reason="Nhập nhầm"))

        self.assertEqual(batch.state, "undone")
        self.assertEqual(LegalDocument.objects.get().symbol, "1/2019/QĐ-UBND")
        self.assertIn("đã có người sửa", self.remarks(batch))

    def test_a_document_that_is_removed_before_its_row_is_published_is_left_out_by_name(self):
        batch = published(self.city, [row(1)])
        batch = written(self.city, [row(1, subject="Khác"), row(2)])
        document = LegalDocument.objects.get(symbol="1/2019/QĐ-UBND")

        people = {"proposed_by": fresh(self.cast.standing_office), "by": fresh(self.cast.head)}
        takedown.take_down_records([document], reason="Nhập nhầm.", **people)

        self.assertEqual([found.is_decided for found in batch.rows.order_by("number")], [True, False])
        self.assertIn("đã bị gỡ bỏ sau khi nhập", self.remarks(batch))

    def test_what_is_public_is_taken_down_by_two_persons(self):
        rows = [row(1), row(2, relations="Thay thế | Quyết định 1/2019/QĐ-UBND | từ: 01/01/2020")]
        batch = batches.undo(published(self.city, rows), by=self.cast.standing_office, reason="Sai nguồn")
        self.assertEqual((batch.state, LegalDocument.objects.filter(live=True).count()), ("undo_proposed", 2))
        for person in (self.cast.standing_office, self.cast.editor):
            with self.subTest(person.username), self.assertRaises(Refused):
                batches.decide_undo(batch, by=person, accept=True)

        batch = step(batches.decide_undo(batch, by=self.cast.deputy, accept=True))

        self.assertEqual(batch.state, "undone")
        self.assertEqual(LegalDocument.objects.filter(live=False).count(), 2)
        self.assertEqual(ArchiveCopy.objects.filter(object_type="legalref.LegalDocument").count(), 2)
        self.assertIsNotNone(DocumentRelation.objects.get().revoked_at)
        self.assertEqual(ModelLogEntry.objects.filter(action="portal.takedown.record").count(), 2)

    def test_a_relation_that_cannot_be_undone_is_said_once_at_its_row(self):
        rows = [row(1), row(2, relations="Thay thế | Quyết định 1/2019/QĐ-UBND | từ: 01/01/2020")]
        batch = batches.undo(published(self.city, rows), by=self.cast.standing_office, reason="Sai nguồn")
        batch = batches.decide_undo(batch, by=self.cast.deputy, accept=True)

        with mock.patch.object(lifecycle, "undo_repeal", side_effect=Refused("Quan hệ này đã có người sửa.")):
            while batch.state == "undoing":
                batch = batches.step(batch, seconds=-1)

        said = [remark["message"] for remark in batch.rows.get(number=3).remarks]
        self.assertEqual(said.count("Chưa hoàn tác được quan hệ: Quan hệ này đã có người sửa."), 1)

    def test_one_person_alone_takes_no_document_down(self):
        published(self.city, [row(1)])
        document = LegalDocument.objects.get()
        for proposer, decider in ((self.cast.head, self.cast.head), (self.cast.head, self.cast.editor)):
            with self.assertRaises(Refused):
                takedown.take_down_records([document], proposed_by=proposer, by=decider, reason="Thử")
        self.assertTrue(LegalDocument.objects.get().live)

    def test_a_changed_document_gets_its_former_version_again(self):
        published(self.city, [row(1)])
        with self.subTest("not yet public"):
            batch = written(self.city, [row(1, subject="Khác")])
            step(batches.undo(batch, by=self.cast.standing_office, reason="Nhập nhầm"))
            document = LegalDocument.objects.get()
            self.assertFalse(document.has_unpublished_changes)
            self.assertEqual(document.latest_revision_id, document.live_revision_id)
        with self.subTest("public"):
            batch = batches.undo(published(self.city, [row(1, subject="Khác")]), by=self.cast.editor, reason="Sai")
            batch = step(batches.decide_undo(batch, by=self.cast.head, accept=True))
            document = LegalDocument.objects.get()
            self.assertEqual((document.live, document.subject), (True, "Khác"))
            self.assertEqual(document.get_latest_revision_as_object().subject, "Về việc thử nghiệm số 1")
            self.assertIn("gửi duyệt để đăng lại", self.remarks(batch))

    def test_the_second_person_may_leave_it_as_it_is(self):
        batch = batches.undo(published(self.city, [row(1)]), by=self.cast.standing_office, reason="Sai nguồn")
        batch = batches.decide_undo(batch, by=self.cast.head, accept=False)
        self.assertEqual((batch.state, LegalDocument.objects.get().live), ("published", True))


class FilesOfABatch(ImportCase):
    def test_come_from_the_zip_checked_like_uploads_and_private(self):
        data = {"mot_pdf": minimal_pdf(info="/Author (Nguyen Van A)"), "hai_txt": b"Phu luc"}
        rows = [row(1, signed_file="tep/mot.pdf | Bản ký", document_files="tep/hai.txt | Phụ lục\ntep/hai.txt")]

        batch = written(self.city, rows, package=archive(**data))

        document = LegalDocument.objects.get()
        signed = document.signed_file
        self.assertEqual((signed.title, signed.owner_site, signed.is_public()), ("Bản ký", self.city.site, False))
        with signed.file.open() as handle:
            self.assertNotIn(b"Nguyen Van A", handle.read())
        self.assertEqual([one.label for one in document.document_files.all()], ["Phụ lục", ""])
        self.assertEqual(PortalFile.objects.count(), 2)
        self.assertFalse(batch.package)
        self.assertEqual(self.outcomes(checked(self.city, rows, package=archive(**data))), {"same": 1}, "once more")
        step(batches.undo(batch, by=self.cast.standing_office, reason="Nhập nhầm"))
        self.assertFalse(PortalFile.objects.exists(), "files that nothing refers to go with their drafts")

    def test_that_would_be_refused_as_uploads_are_errors_of_their_row(self):
        script = minimal_pdf("<< /S /JavaScript /JS (app.alert(1)) >>")
        data = archive(mot_pdf=script, hai_docx=b"PK\x03\x04", ba_exe=b"MZ")
        batch = checked(
            self.city,
            [
                row(1, signed_file="tep/mot.pdf"),
                row(2, signed_file="tep/hai.docx"),
                row(3, signed_file="tep/ba.exe"),
                row(4, signed_file="tep/bon.pdf"),
                row(5),
            ],
            package=data,
        )
        said = {number: message for number, _head, message in self.problems(batch)}
        self.assertEqual(sorted(said), [2, 3, 4, 5])
        self.assertIn("JavaScript", said[2])
        self.assertIn("không thuộc loại được nhận", said[4])
        self.assertIn("Không có «tep/bon.pdf» trong ZIP", said[5])

    def test_an_archive_that_bursts_or_leads_out_is_refused_at_once(self):
        for entries, said in (
            ({"../ngoai.pdf": minimal_pdf()}, "trỏ ra ngoài"),
            ({"tep/lon.txt": b"0" * 200_000_000}, "phình quá lớn"),
        ):
            with self.subTest(said), self.assertRaisesMessage(ValidationError, said):
                batches.upload(
                    by=self.cast.standing_office,
                    site=self.city.site,
                    table=xlsx([row(1)]),
                    package=SimpleUploadedFile("tep.zip", packed(entries)),
                )

    def test_the_full_text_comes_from_a_file_and_waits_for_a_word_on_its_encoding(self):
        unicode_text, vni = "Điều 1. Ban hành.\n\nĐiều 2. Thi hành.", "Quyeát ñònh cuûa thaønh phoá"
        data = {"mot_txt": unicode_text.encode(), "hai_txt": vni.encode()}
        rows = [row(1, full_text_file="tep/mot.txt"), row(2, full_text_file="tep/hai.txt")]
        batch = checked(self.city, rows, package=archive(**data))
        self.assertEqual(batch.suspected_scheme, "vni")
        with self.assertRaises(ValidationError):
            batches.confirm(batch, by=self.cast.standing_office, declaration=True)

        batch = step(batches.convert(batch, "vni", by=self.cast.standing_office))
        batches.write_now(batches.confirm(batch, by=self.cast.standing_office, declaration=True))

        first, second = LegalDocument.objects.order_by("symbol")
        self.assertEqual(first.provisions.filter(kind="article").count(), 2)
        self.assertEqual(second.full_text, "Quyết định của thành phố")


class TheRoundTrip(ImportCase):
    def full(self) -> LegalDocument:
        """A public document with everything a document can have."""
        site, clerk = self.city.site, self.cast.standing_office
        base = factories.document(site, by=clerk, symbol="12/2018/QĐ-UBND", issued_on=date(2018, 3, 1))
        publish(base, by=clerk)
        document = factories.document(
            site,
            by=clerk,
            symbol="13/2019/QĐ-UBND",
            issued_on=date(2019, 3, 1),
            place="Long Xuyên",
            signer_name="Cán bộ mẫu 01",
            signer_title="Chủ tịch",
            signing_capacity="TM",
            effective_to=date(2030, 1, 1),
            checked_until=date(2026, 1, 1),
            not_suitable_from=date(2029, 1, 1),
            not_suitable_reason="Lý do | khác",
            evidence="verified",
            status_note="Ghi chú\nhai dòng",
            gazette_number="12",
            gazette_on=date(2019, 4, 1),
            sector="Nội vụ",
            field="Tổ chức",
            scope="Toàn thành phố",
            for_components=True,
            urgency="khan",
            recipients="- Như Điều 3;\n- Lưu: VT.",
            source_url="https://example.invalid/vb",
            is_illustrative=True,
            handed_over_on=date(2019, 3, 2),
            received_by_board_on=date(2019, 3, 4),
            lapses_latest_on=date(2027, 3, 1),
            lapses_latest_by="Nghị quyết về sắp xếp",
            territory="Địa bàn huyện cũ",
        )
        document.co_issuers = [self.bodies["chinh-phu"]]
        document.signed_file = factories.file(site, title="Bản ký", name="ban-ky.pdf", content=minimal_pdf())
        for name, label in (("phu-luc.txt", "Phụ lục | 1"), ("them.txt", "")):
            file = factories.file(site, title=name, name=name, content=name.encode())
            document.document_files.add(document.document_files.model(file=file, label=label))
        document.set_full_text("\n\n".join(f"Điều {n}. Nội dung {'rất dài ' * 40}" for n in range(1, 120)))
        document.full_clean()
        document.save()
        document.save_revision(user=clerk)
        document = publish(document, by=clerk)
        related(document, BASED_ON, base, by=clerk)
        related(
            document,
            AMENDS,
            base,
            by=clerk,
            effective_on=date(2019, 4, 1),
            until=date(2020, 1, 1),
            scope=["Điều 1", "khoản 2 Điều 3"],
            stated_in="Điều 2",
            is_verified=True,
        )
        related(None, REPLACES, document, by=clerk, effective_on=date(2025, 1, 1), source_text="Văn bản tỉnh")
        return document

    def exported(self) -> tuple[bytes, dict[str, dict[str, str]]]:
        """The ZIP, and its table by symbol and head."""
        with tempfile.TemporaryFile() as target:
            exporting.write_package(target, LegalDocument.objects.all())
            target.seek(0)
            data = target.read()
        with tempfile.TemporaryFile() as target:
            exporting.write_table(target, LegalDocument.objects.all())
            heads, *rows = load_workbook(target).worksheets[0].values
        table = [dict(zip(heads, (cell or "" for cell in cells), strict=True)) for cells in rows]
        return data, {one["Số, ký hiệu"]: one for one in table}

    def table(self) -> SimpleUploadedFile:
        out = io.BytesIO()
        exporting.write_table(out, LegalDocument.objects.all())
        return SimpleUploadedFile("van-ban.xlsx", out.getvalue())

    def empty(self) -> None:
        """Take the register away as if it had never been, past every guard."""
        through = LegalDocument.co_issuers.through.objects.all()
        for rows in (
            through,
            *(
                relation.related_model._base_manager.all()
                for relation in LegalDocument._meta.related_objects
                if not issubclass(relation.related_model, LegalDocument) and relation.related_model._meta.managed
            ),
            LegalDocument.objects.all(),
        ):
            rows._raw_delete(rows.db)

    def test_an_export_read_back_changes_nothing(self):
        self.full()
        draft = factories.document(self.city.my_long, by=self.cast.contributor, symbol="…/2019/KH-UBND")
        draft.save_revision(user=self.cast.contributor)
        package, _table = self.exported()

        for zipped in (None, SimpleUploadedFile("tep.zip", package)):
            batch = checked(self.city, [], table=self.table(), package=zipped)
            self.assertEqual(
                self.outcomes(batch), {"same": 3}, (self.problems(batch), list(batch.rows.values("changes")))
            )

    def test_an_export_read_into_an_empty_register_gives_the_same_export(self):
        self.full()
        package, before = self.exported()
        table = self.table()
        self.empty()
        self.assertFalse(LegalDocument.objects.exists())

        batch = published(self.city, [], table=table, package=SimpleUploadedFile("tep.zip", package))

        self.assertEqual(self.problems(batch) + [self.remarks(batch)][1:], [])
        _package, after = self.exported()
        self.assertEqual(before.keys(), after.keys())
        for symbol, cells in before.items():
            for head, cell in cells.items():
                with self.subTest(f"{symbol} · {head}"):
                    self.assertEqual(without_keys(after[symbol][head]), without_keys(cell))

    def test_every_field_of_a_document_is_a_column_or_left_out_for_a_reason(self):
        fields = {
            field.name
            for field in LegalDocument._meta.get_fields()
            if getattr(field, "editable", False)
            and not field.auto_created
            and hasattr(field, "value_from_object")
            and field.model is LegalDocument
        }
        named = {column.name for column in columns.COLUMNS}
        self.assertEqual(fields - named - columns.LEFT_OUT.keys(), set())
        self.assertTrue({"is_illustrative", "document_files", "relations"} <= named)

    def test_the_number_of_queries_does_not_grow_with_the_documents(self):
        for count in (1, 8):
            written(self.city, [row(n) for n in range(1, count + 1)])
            with self.subTest(count), self.assertNumQueries(9):
                self.assertEqual(len(list(exporting.rows(LegalDocument.objects.all()))), count)


def without_keys(cell: str) -> str:
    """A cell without the numbers that the register gives its files and documents."""
    return re.sub(r"(tep/|toan-van/)\d+", r"\1N", cell)


class TheCommand(ImportCase):
    def call(self, *more, rows=None) -> str:
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder, "bang.xlsx")
            table.write_bytes(xlsx(rows or [row(1), row(2, subject="")]).read())
            out = io.StringIO()
            call_command("import_documents", str(table), "--by", "thuong-truc", *more, stdout=out)
            return out.getvalue()

    def test_only_checks_and_keeps_nothing(self):
        said = self.call("--dry-run")
        self.assertIn("Dòng 3 · Trích yếu · Thiếu trích yếu; hãy chép từ văn bản.", said)
        self.assertIn("1 dòng thêm mới", said)
        self.assertEqual((LegalDocument.objects.count(), ImportBatch.objects.get().state), (0, "discarded"))

    def test_writes_after_a_yes(self):
        with mock.patch("builtins.input", return_value="không"):
            self.call()
        self.assertFalse(LegalDocument.objects.exists())
        with mock.patch("builtins.input", return_value="có"):
            self.call()
        self.assertEqual(LegalDocument.objects.count(), 1)

    def test_a_stranger_or_a_missing_file_is_named(self):
        with self.assertRaisesMessage(CommandError, "Không có tài khoản «khong-ai»"):
            call_command("import_documents", "x.xlsx", "--by", "khong-ai")
        with self.assertRaisesMessage(CommandError, "Không có tệp «x.xlsx»"):
            call_command("import_documents", "x.xlsx", "--by", "thuong-truc")


class Cells(SimpleTestCase):
    def test_days_are_read_as_people_write_them(self):
        for cell in ("05/06/2020", "5-6-2020", "5.6.2020", "ngày 05 tháng 6 năm 2020", "2020-06-05"):
            with self.subTest(cell):
                self.assertEqual(columns.read_day(cell), date(2020, 6, 5))
        for cell in ("31/02/2020", "2020-02-31", "hôm qua"):
            with self.subTest(cell), self.assertRaisesRegex(CellError, "[Hh]ãy"):
                columns.read_day(cell)

    def test_a_table_is_recognised_by_its_heads_whatever_their_case_and_marks(self):
        table = xlsx([{"subject": "x"}], columns=["subject"])
        self.assertEqual(tables.LAYOUT.unknown_headers(table, "a.xlsx"), [])
