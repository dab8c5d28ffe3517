"""The office and its dossiers: files that come in, tokens, what does not count, the report."""

import io
import tempfile
from contextlib import contextmanager
from datetime import date, datetime

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from base.gate import Refused
from base.models import AuditEntry
from servicecatalog.dossiers import csv_import, recording
from servicecatalog.models import DossierEvent, DossierSource, DossierSummary
from tests.city import CityTestCase
from tests.servicecatalog.cast import a_procedure
from tests.servicecatalog.dossier_cast import VIETNAM, at, code, history, update

HEAD = "Mã hồ sơ,Trạng thái,Thời điểm,Mã thủ tục,Kênh,Ngày hẹn trả,Hẹn lại ngày\n"
GOOD = (
    f"{HEAD}{code(1)},Được tiếp nhận,01/06/2020 08:30,1.001193,Trực tiếp,10/06/2020,\n"
    f"{code(1)},4,2/6/2020 9:00,,,,\n{code(1)},,11/06/2020,,,,20/06/2020\n{code(2)},Đã xử lý xong,02/06/2020,,,,\n"
)
NOW = datetime(2020, 6, 30, 12, tzinfo=VIETNAM)


class Table(CityTestCase):
    def bring(self, written, *, by=None, dry_run=False, site=None):
        content = written if isinstance(written, bytes) else written.encode("utf-8-sig")
        return csv_import.import_table(
            content,
            name="ho-so.csv",
            site=site or self.city.my_long,
            by=by or self.cast.unit_head,
            dry_run=dry_run,
            on=NOW,
        )

    def test_brings_its_rows_in_once(self):
        first, again = self.bring(GOOD), self.bring(GOOD)

        self.assertEqual((first.rows, first.new, first.repeated, first.dossiers), (4, 4, 0, 2), first.problems)
        self.assertEqual((again.new, again.repeated), (0, 4))
        self.assertEqual([(item.row, item.message[:20]) for item in first.set_aside], [(5, "Chưa có lần đăng ký,")])
        found = DossierSummary.objects.get(code=code(1))
        self.assertEqual((found.status, found.due_on, found.reappointed_on), (4, date(2020, 6, 10), date(2020, 6, 20)))
        self.assertEqual(AuditEntry.objects.filter(action="portal.dossiers.import").count(), 1)

    def test_says_every_problem_of_a_row_once(self):
        found = self.bring(f"{HEAD}abc,Trạng thái lạ,hôm qua,1001193,Bồ câu,32/13/2020,\n")

        self.assertEqual(
            sorted(problem.column for problem in found.problems),
            ["Kênh", "Mã hồ sơ", "Mã thủ tục", "Ngày hẹn trả", "Thời điểm", "Trạng thái"],
            found.problems,
        )

    def test_is_only_tried_in_a_dry_run(self):
        tried = self.bring(GOOD, dry_run=True)

        self.assertEqual((tried.new, tried.dossiers, len(tried.set_aside)), (4, 2, 1))
        self.assertFalse(DossierSummary.objects.exists())

    def test_with_one_wrong_row_brings_nothing_in_and_names_row_and_column(self):
        for wrong, column, said in (
            (f"{code(3)},99,01/06/2020,,,,", "Trạng thái", "từ 1 đến 10"),
            (f"{code(3)},2,31/02/2020,,,,", "Thời điểm", "không có trong lịch"),
            (f"{code(3)},2,hôm qua,,,,", "Thời điểm", "05/06/2020 08:30"),
            (f"{code(3)},2,01/06/2020 25:00,,,,", "Thời điểm", "Giờ từ 0 đến 23"),
            ("123,2,01/06/2020,,,,", "Mã hồ sơ", "ba phần"),
            (f"{code(3)},2,01/06/2020,,fax,,", "Kênh", "hãy dùng một trong: Trực tiếp"),
            (f"{code(3)},2,01/06/2020,1,,,", "Mã thủ tục", "1.001193"),
            (f"{code(3)},2,01/06/2020,,,31/05/2020,", "Ngày hẹn trả", "ba năm"),
        ):
            with self.subTest(column, said=said):
                found = self.bring(f"{GOOD}{wrong}\n")
                self.assertEqual([(item.row, item.column) for item in found.problems], [(6, column)])
                self.assertIn(said, found.problems[0].message)
        self.assertFalse(DossierEvent.objects.exists())

    def test_that_holds_anything_about_people_is_refused_by_the_name_of_the_column(self):
        found = self.bring(f"Mã hồ sơ,Thời điểm,Trạng thái,Họ tên\n{code(1)},01/06/2020,2,Nguyễn Thị Mẫu\n")

        self.assertIn("«Họ tên»", found.problems[0].message)
        self.assertNotIn("Mẫu", found.problems[0].message)

    def test_that_cannot_be_read_is_refused_in_words(self):
        for written, said in (
            (b"", "rỗng"),
            (HEAD.encode(), "không có dòng nào"),
            ("Mã hồ sơ\n1".encode(), "Thiếu cột «Thời điểm»"),
            ("Mã hồ sơ,Mã hồ sơ,Thời điểm\n1,2,3".encode(), "cùng tên"),
            (GOOD.encode("utf-16"), "UTF-8"),
            (b"PK\x03\x04\x00", "không phải CSV"),
            (f"{HEAD}1,2,3,4,5,6,7,8\n".encode(), "nhiều ô hơn"),
        ):
            with self.subTest(said):
                self.assertIn(said, self.bring(written).problems[0].message)

    def test_may_be_parted_by_semicolons_with_heads_without_diacritics(self):
        found = self.bring(f"ma ho so;trang thai;thoi diem\n{code(1)};2;01/06/2020 08:30\n")

        self.assertEqual(found.new, 1, found.problems)

    def test_is_brought_in_by_those_who_handle_what_citizens_ask_there(self):
        for person in (self.cast.contributor, self.cast.technical_admin, self.cast.accountant):
            with self.subTest(person.username), self.assertRaises(Refused):
                self.bring(GOOD, by=person)
        with self.assertRaises(Refused):
            self.bring(GOOD, site=self.city.my_xuyen)
        self.assertEqual(self.bring(GOOD, by=self.cast.standing_office, dry_run=True).problems, [])

    def test_goes_to_no_site_that_ended(self):
        for state, is_taken in (("open", True), ("frozen", False), ("closed", False)):
            self.city.my_long.state = state
            self.city.my_long.save()
            self.client.force_login(self.cast.standing_office)
            offered = self.client.get(reverse("servicecatalog_dossier_import")).context["form"].fields["site"].queryset
            with self.subTest(state):
                self.assertEqual(self.city.my_long in offered, is_taken)
                self.assertIn(self.city.site, offered)
                if is_taken:
                    self.assertEqual(self.bring(GOOD, dry_run=True).problems, [])
                else:
                    with self.assertRaisesMessage(Refused, "hãy nạp hồ sơ vào trang kế thừa"):
                        self.bring(GOOD, dry_run=True)

    def test_of_another_site_cannot_touch_a_dossier(self):
        recording.record(history((2, 1)), site=self.city.my_xuyen)

        found = self.bring(GOOD)

        self.assertEqual([(item.row, item.column) for item in found.problems][0], (2, "Mã hồ sơ"))
        self.assertEqual(DossierEvent.objects.count(), 1)

    def test_example_is_a_table_that_is_taken(self):
        found = self.bring(csv_import.template())

        self.assertEqual((found.problems, found.new), ([], 3))

    def test_comes_in_by_command_too(self):
        path = self.enterContext(_file(GOOD))
        said = io.StringIO()
        with time_machine.travel(NOW, tick=False):
            call_command("import_dossiers", path, site="my-long", by=self.cast.unit_head.username, stdout=said)
            with self.assertRaisesMessage(CommandError, "Không có trang"):
                call_command("import_dossiers", path, site="xx", by=self.cast.unit_head.username)
            with self.assertRaisesMessage(CommandError, "Chỉ người xử lý"):
                call_command("import_dossiers", path, site="my-long", by=self.cast.contributor.username)

        self.assertIn("Đã nạp 4 lần cập nhật của 2 hồ sơ", said.getvalue())
        self.assertIn("Dòng 5: đã giữ nhưng chưa tính", said.getvalue())


@contextmanager
def _file(written: str):
    """The path of a file with this text, as long as it is there."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as handle:
        handle.write(written.encode())
        handle.flush()
        yield handle.name


class Screens(CityTestCase):
    def setUp(self):
        travel = time_machine.travel(NOW, tick=True)
        travel.start()
        self.addCleanup(travel.stop)

    def open(self, name, *args, by=None, status=200, **query):
        self.client.force_login(by or self.cast.unit_head)
        answer = self.client.get(reverse(name, args=args), query)
        self.assertEqual(answer.status_code, status)
        return answer

    def test_list_shows_the_own_dossiers_and_what_is_late(self):
        a_procedure(self.city, code="1.000001", name="Thủ tục thử")
        recording.record(
            history((2, 1), promised_on=date(2020, 6, 4), procedure_code="1.000001"), site=self.city.my_long
        )
        recording.record([update(2, at(1), code=code(9))], site=self.city.my_xuyen)

        page = self.open("servicecatalog_dossiers")

        self.assertContains(page, code(1))
        self.assertContains(page, "Thủ tục thử")
        self.assertContains(page, "Quá hạn")
        self.assertNotContains(page, "<small>-")
        self.assertContains(page, "chưa có thư xin lỗi")
        self.assertNotContains(page, code(9))
        self.assertContains(self.open("servicecatalog_dossiers", by=self.cast.standing_office, loai=""), code(9))
        self.open("servicecatalog_dossiers", trang="my-xuyen", status=404)

    def test_list_costs_a_fixed_number_of_questions(self):
        recording.record([update(2, at(1), code=code(n)) for n in range(1, 4)], site=self.city.my_long)
        self.open("servicecatalog_dossiers")
        before = _queries(lambda: self.open("servicecatalog_dossiers"))
        recording.record([update(2, at(1), code=code(n)) for n in range(4, 30)], site=self.city.my_long)

        self.assertEqual(_queries(lambda: self.open("servicecatalog_dossiers")), before)

    def test_what_does_not_count_is_listed_with_its_reason(self):
        recording.record([update(9, at(2))], site=self.city.my_long, imported_from="tep.csv")

        page = self.open("servicecatalog_dossier_asides")

        self.assertContains(page, "Chưa có lần đăng ký")
        self.assertContains(page, "tep.csv")

    def test_report_is_shown_and_downloaded(self):
        recording.record(history((2, 1), (4, 2)), site=self.city.my_long)
        page = self.open("servicecatalog_dossier_report", ky="2020-Q2")
        sheet = self.open("servicecatalog_dossier_report_sheet", ky="2020-Q2")

        self.assertContains(page, "Quý 2 năm 2020")
        self.assertIn("Quý 2", load_workbook(io.BytesIO(sheet.content)).active["A4"].value)
        self.assertIn("bieu-ii-06-my-long-2020-Q2.xlsx", sheet["Content-Disposition"])
        self.open("servicecatalog_dossier_report", ky="2020-Q9", status=404)

    def test_report_that_does_not_match_names_the_rows_and_gives_no_file(self):
        recording.record(history((2, 10), (4, 11), (9, 12)), site=self.city.my_long)
        DossierSummary.objects.update(ended_at=at(1).replace(year=2019))

        self.assertContains(self.open("servicecatalog_dossier_report", ky="2020-Q2"), "Chưa rõ lĩnh vực: tiếp nhận ≠")
        # A refusal leads back, with its words as a message.
        refused = self.open("servicecatalog_dossier_report_sheet", ky="2020-Q2", status=302)
        self.assertNotIn("Content-Disposition", refused)

    def test_file_is_tried_then_taken(self):
        self.client.force_login(self.cast.unit_head)
        for keep, said, events in (("", "sẽ nạp", 0), ("1", "đã nạp", 4), ("1", "4 dòng đã có từ trước", 4)):
            with self.subTest(said):
                data = {"site": self.city.my_long.pk, "keep": keep, "table": SimpleUploadedFile("a.csv", GOOD.encode())}
                page = self.client.post(reverse("servicecatalog_dossier_import"), data)
                self.assertContains(page, said)
                self.assertEqual(DossierEvent.objects.count(), events)
        wrong = {"site": self.city.my_xuyen.pk, "keep": "1", "table": SimpleUploadedFile("a.csv", GOOD.encode())}
        self.assertContains(self.client.post(reverse("servicecatalog_dossier_import"), wrong), "help-critical")
        self.assertIn("mau-nap-ho-so.csv", self.open("servicecatalog_dossier_template")["Content-Disposition"])

    def test_token_is_shown_once_confirmed_by_another_and_revoked(self):
        self.client.force_login(self.cast.technical_admin)
        form = {
            "name": "Một cửa Mỹ Long",
            "site": self.city.my_long.pk,
            "unit_codes": "h01.24.07",
            "expires_on": "31/12/2020",
        }
        made = self.client.post(reverse("servicecatalog_source_new"), form)
        source = DossierSource.objects.get()
        token = made.context["shown"]

        self.assertContains(made, token)
        self.assertIn("no-store", made["Cache-Control"])
        self.assertNotContains(self.open("servicecatalog_sources", by=self.cast.technical_admin), token)
        self.open("servicecatalog_source_confirm", source.pk, by=self.cast.technical_admin, status=302)
        self.client.force_login(self.cast.standing_office)
        self.client.post(reverse("servicecatalog_source_confirm", args=[source.pk]))
        self.assertContains(self.open("servicecatalog_sources", by=self.cast.standing_office), "Đang dùng")
        self.client.post(reverse("servicecatalog_source_revoke", args=[source.pk]))
        source.refresh_from_db()
        self.assertEqual((source.confirmed_by, source.revoked_by), (self.cast.standing_office,) * 2)

    def test_form_of_a_token_keeps_what_was_typed_and_says_what_to_mend(self):
        self.client.force_login(self.cast.technical_admin)
        form = {"name": "Một cửa", "site": self.city.my_long.pk, "unit_codes": "xx", "expires_on": "31/12/2020"}

        page = self.client.post(reverse("servicecatalog_source_new"), form)

        self.assertContains(page, "không phải mã định danh")
        self.assertContains(page, 'value="Một cửa"')

    def test_tokens_are_nobody_elses_business(self):
        for person in (self.cast.unit_head, self.cast.contributor, self.cast.head):
            self.open("servicecatalog_source_new", by=person, status=302)
        self.open("servicecatalog_sources", by=self.cast.unit_head, status=302)
        self.open("servicecatalog_dossiers", by=self.cast.technical_admin, status=302)

    def test_closing_day_is_set_by_the_standing_office(self):
        self.client.force_login(self.cast.standing_office)
        self.client.post(
            reverse("servicecatalog_report_closing"),
            {"valid_from": "01/03/2020", "closing_day": "14", "legal_source": "TT 01/2020/TT-VPCP"},
        )

        page = self.open("servicecatalog_dossier_report", by=self.cast.standing_office, ky="2020-Q2")
        self.assertContains(page, "Từ ngày 15/03/2020 đến hết ngày 14/06/2020")


def _queries(call) -> int:
    with CaptureQueriesContext(connection) as queries:
        call()
    return len(queries)
