"""Procedures from a file: dry run, drafts in one batch of two persons, nothing twice, and out again."""

import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import site_collection
from base.gate import Refused
from base.models import OrganisationUnit
from base.tables.columns import CellError
from home.data.units import DIVISIONS
from home.demo import services
from home.demo.files import stored_file
from servicecatalog import seeding
from servicecatalog.catalogue import batches, limits
from servicecatalog.importing import bringing, columns, reading
from servicecatalog.models import CatalogueBatch, Procedure, ServiceField
from tests.city import CityTestCase, fresh, publish_at_once
from tests.legalref.library import public_document, register
from tests.servicecatalog.cast import a_procedure

HEADS = (
    "Mã thủ tục;Tên thủ tục;Lĩnh vực;Số quyết định công bố;Cấp thực hiện;Đối tượng thực hiện;Trình tự thực hiện;"
    "Cách thức thực hiện;Phí, lệ phí;Thành phần hồ sơ;Cơ quan;Kết quả;Căn cứ pháp lý;Mức độ"
)
GOOD = (
    '1.800001;Đăng ký việc mới;Hộ tịch;Quyết định 9/QĐ-UBND;cấp xã;Công dân Việt Nam;"Nộp hồ sơ | Nộp tại một cửa.";'
    '"Trực tiếp | trong ngày, nhận từ 15 giờ trả ngày làm việc tiếp theo; kéo dài 5 ngày làm việc khi phải xác minh";'
    '"Lệ phí | 8.000 | bản";"| Tờ khai | 1 | 0\n| Căn cước | xuất trình\nSinh ở nhà | Giấy cam đoan | 1";'
    '"Ủy ban nhân dân cấp xã";Giấy mới;"Luật mẫu 1/2014/QH13 | Điều 2";nd43:muc-do-3'
)


class Importing(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.load_lists()
        cls.office, cls.head = cls.cast.standing_office, cls.cast.head

    def check(self, content, name="thu-tuc.csv", by=None):
        data = content if isinstance(content, bytes) else content.encode()
        return bringing.check(reading.read(ContentFile(data, name), name), by=fresh(by or self.office))

    def table(self, *rows):
        return "\n".join([HEADS, *rows])

    def brought_in(self, content, name="thu-tuc.csv"):
        batch = bringing.write(self.check(content, name), by=fresh(self.office), declaration=True)
        return batches.carry_on(batches.approve(batch, by=self.head)) if batch else None


class FromATable(Importing):
    def test_a_good_row_becomes_a_draft_in_a_batch_and_is_public_after_a_second_person(self):
        [row] = self.check(self.table(GOOD))
        self.assertEqual((row.outcome, row.problems), ("new", []))
        self.assertFalse(Procedure.objects.exists())

        batch = bringing.write([row], by=self.office, declaration=True)
        procedure = Procedure.objects.get(code="1.800001")
        self.assertEqual((procedure.live, batch.state), (False, CatalogueBatch.State.SUBMITTED))
        batches.carry_on(batches.approve(batch, by=self.head))

        procedure = Procedure.objects.get(code="1.800001")
        self.assertTrue(procedure.live)
        [channel] = procedure.channels.all()
        self.assertIn("từ 15 giờ", limits.say(channel))
        self.assertEqual((channel.extra_amount, channel.extra_reason), (5, "phải xác minh"))
        self.assertEqual(procedure.fees.get().amount, 8000)
        self.assertEqual(
            [(part.case, part.name, part.to_show_only) for part in procedure.components.all()],
            [("", "Tờ khai", False), ("", "Căn cước", True), ("Sinh ở nhà", "Giấy cam đoan", False)],
        )
        self.assertEqual(procedure.legal_bases.get().as_printed, "Luật mẫu 1/2014/QH13")

    def test_the_same_file_again_changes_nothing(self):
        self.brought_in(self.table(GOOD))

        [row] = self.check(self.table(GOOD))

        self.assertEqual(row.outcome, "same")
        self.assertIsNone(bringing.write([row], by=self.office, declaration=True))

    def test_a_changed_row_changes_a_version_only_and_names_its_columns(self):
        self.brought_in(self.table(GOOD))

        [row] = self.check(self.table(GOOD.replace("8.000", "9.000").replace("Giấy mới", "Giấy khác")))
        bringing.write([row], by=fresh(self.office), declaration=True)

        self.assertEqual((row.outcome, row.changes), ("changed", ["Phí, lệ phí", "Kết quả"]))
        self.assertEqual(Procedure.objects.get().fees.get().amount, 8000)
        self.assertEqual(Procedure.objects.get().get_latest_revision_as_object().fees.get().amount, 9000)

    def test_a_basis_that_the_register_has_is_linked_to_it(self):
        register(self.city.site)
        document = public_document(self.city.site, by=self.cast.editor)

        [row] = self.check(self.table(GOOD.replace("Luật mẫu 1/2014/QH13", f"Quyết định {document.symbol_as_printed}")))

        self.assertEqual(row.procedure.legal_bases.get().document, document)

    def test_what_is_wrong_is_said_by_row_column_and_mend(self):
        for wrong, right, column, said in (
            ("1.800001;", "18001;", "Mã thủ tục", "ví dụ 1.001193"),
            ("Hộ tịch;", "Việc lạ;", "Lĩnh vực", "thêm vào danh mục"),
            ("cấp xã;", "cấp vùng;", "Cấp thực hiện", "hãy dùng một trong: cấp tỉnh, cấp huyện"),
            (
                "trong ngày, nhận từ 15 giờ trả ngày làm việc tiếp theo",
                "vài hôm",
                "Cách thức thực hiện",
                "3 ngày làm việc",
            ),
            ("8.000", "tám nghìn", "Phí, lệ phí", "phải là số"),
            ("| Tờ khai | 1 | 0", "| | 1 | 0", "Thành phần hồ sơ", "thiếu tên giấy tờ"),
            ("nd43:muc-do-3", "nd43:muc-do-9", "Mức độ", "sửa lại tên"),
            ("Quyết định 9/QĐ-UBND", "", "Quyết định công bố", "chọn văn bản hoặc ghi số"),
            ("Giấy mới", "", "Kết quả", "ít nhất một kết quả"),
            ("Công dân Việt Nam", "Người ngoài hành tinh", "Đối tượng thực hiện", "trong danh mục"),
        ):
            with self.subTest(right):
                [row] = self.check(self.table(GOOD.replace(wrong, right, 1)))

                self.assertEqual((row.outcome, row.number), ("wrong", 2))
                self.assertIn(column, [found for found, _message in row.problems])
                self.assertTrue(any(said in message for _column, message in row.problems), row.problems)

    def test_every_fault_of_a_row_is_said_at_once_and_none_twice(self):
        row = GOOD
        for right, wrong in (
            ("1.800001;", "18001;"),
            ("Hộ tịch;", "Việc lạ;"),
            ("8.000 | bản", "tám nghìn | bản | | đường thư lạ"),
            ("| Căn cước | xuất trình", "| | hai"),
            ("Giấy cam đoan | 1", "Giấy cam đoan | một | ba"),
            ("Giấy mới", ""),
            ("Công dân Việt Nam", '"Người lạ\nNgười xa"'),
            ("Ủy ban nhân dân cấp xã", "Vai lạ | Ủy ban"),
        ):
            self.assertIn(right, row)
            row = row.replace(right, wrong, 1)

        [checked] = self.check(self.table(row))

        self.assertEqual(
            sorted(column for column, _message in checked.problems),
            sorted(
                [
                    "Mã thủ tục",
                    "Lĩnh vực",
                    *["Phí, lệ phí"] * 2,
                    *["Thành phần hồ sơ"] * 4,
                    "Kết quả",
                    *["Đối tượng thực hiện"] * 2,
                    "Cơ quan",
                ]
            ),
            checked.problems,
        )

    def test_a_row_without_its_code_says_what_else_is_wrong_in_it(self):
        [checked] = self.check(self.table(GOOD.replace("1.800001;", ";").replace("8.000", "tám nghìn")))

        self.assertEqual({column for column, _message in checked.problems}, {"Mã thủ tục", "Phí, lệ phí"})

    def test_wrong_rows_are_left_and_good_ones_written(self):
        rows = self.check(self.table(GOOD, GOOD.replace("1.800001", "1.800002").replace("Hộ tịch", "Việc lạ"), GOOD))

        self.assertEqual([row.outcome for row in rows], ["new", "wrong", "wrong"])
        self.assertIn("đã có ở dòng 2", rows[2].problems[0][1])
        bringing.write(rows, by=self.office, declaration=True)
        self.assertEqual(Procedure.objects.count(), 1)

    def test_a_table_that_cannot_be_read_is_refused_whole(self):
        for content, said in (
            ("", "Bảng trống"),
            ("Mã thủ tục;Tên thủ tục\n1.1;x", "thiếu cột: Lĩnh vực"),
            (self.table(GOOD).replace("Lĩnh vực", "Lãnh vực"), "Không có cột «Lãnh vực»"),
        ):
            with self.subTest(said), self.assertRaisesMessage(ValidationError, said):
                self.check(content)

    def test_is_for_those_who_write_for_the_city(self):
        with self.assertRaises(Refused):
            self.check(self.table(GOOD), by=self.cast.contributor)
        rows = self.check(self.table(GOOD))
        with self.assertRaises(ValidationError):
            bringing.write(rows, by=self.office, declaration=False)
        with self.assertRaises(Refused):
            bringing.write(rows, by=self.cast.contributor, declaration=True)


class Limits(SimpleTestCase):
    def test_in_words_are_read_and_written_alike(self):
        for words in (
            "3 ngày làm việc",
            "30 ngày",
            "2 tháng",
            "8 giờ",
            "trong ngày",
            "trong ngày, nhận từ 15 giờ trả ngày làm việc tiếp theo",
            "3 ngày làm việc; kéo dài 5 ngày làm việc khi phải xác minh",
            "15 ngày; kể từ ngày nhận đơn; không tính thời gian lấy ý kiến",
        ):
            with self.subTest(words):
                row = {
                    "same_day": False,
                    "cutoff_hour": None,
                    "amount": None,
                    "start_event": "",
                    "extra_amount": None,
                    "extra_reason": "",
                    "not_counted": "",
                    **columns.read_limit(words),
                }
                self.assertEqual(columns.write_limit(row), words)

    def test_that_cannot_be_read_say_how_to_write_them(self):
        with self.assertRaisesMessage(CellError, "ví dụ «3 ngày làm việc»"):
            columns.read_limit("càng sớm càng tốt")


class OutAndIn(Importing):
    def test_what_goes_out_comes_in_unchanged_as_table_and_as_json(self):
        procedure = a_procedure(self.city, by=self.cast.editor, title_en="A service")
        for content, name in (
            (reading.as_table([procedure]), "ra.xlsx"),
            (reading.as_json([procedure]), "ra.json"),
        ):
            with self.subTest(name):
                [row] = self.check(content, name)

                self.assertEqual((row.outcome, row.problems, row.changes), ("same", [], []))

    def test_a_table_leaves_the_english_of_parts_alone(self):
        procedure = a_procedure(self.city, by=self.cast.editor)
        part = procedure.components.first()
        part.name_en = "Form"
        part.save()
        procedure.refresh_from_db()
        procedure.save_revision()
        publish_at_once(procedure)

        [row] = self.check(reading.as_table([Procedure.objects.get()]), "ra.xlsx")

        self.assertEqual(row.outcome, "same")

    def test_json_that_is_wrong_names_the_place(self):
        for content, said in (
            ("{", "Không đọc được tệp JSON"),
            ("[]", "danh sách thủ tục"),
            ('{"procedures": 3}', "danh sách thủ tục"),
        ):
            with self.subTest(content), self.assertRaisesMessage(ValidationError, said):
                self.check(content, "x.json")
        good = json.loads(reading.as_json([a_procedure(self.city)]))["procedures"][0]
        for change, column in (
            ({"ten": "x"}, "ten"),
            ({"steps": [{"than": "x"}]}, "Trình tự thực hiện"),
            ({"at_ward": "có"}, "Cấp thực hiện"),
            ({"decided_on": "31/02/2020"}, "Ngày công bố"),
            ({"components": [{"name": "Đơn", "form_file": "Không có"}]}, "Thành phần hồ sơ"),
        ):
            with self.subTest(change):
                [row] = self.check(json.dumps([{**good, **change}]), "x.json")
                self.assertEqual([found for found, _message in row.problems], [column])

    def test_the_template_has_every_column_and_explains_it(self):
        book = load_workbook(io.BytesIO(reading.as_table([])))

        self.assertEqual([cell.value for cell in book["Thủ tục"][1]], [column.header for column in columns.COLUMNS])
        self.assertEqual(book["Hướng dẫn"].max_row, len(columns.COLUMNS) + 1)

    def test_the_file_of_the_demo_is_good(self):
        for division in DIVISIONS:
            OrganisationUnit.objects.create(**division, parent=self.city.site.unit)
        for name in services.FORMS:
            stored_file(name, collection=site_collection(self.city.site))

        rows = self.check(services.DATA.read_bytes(), "procedures.json")

        self.assertEqual([row.problems for row in rows if row.problems], [])
        self.assertEqual([row.outcome for row in rows], ["new"] * 22)


def shown_rows(answer) -> list[tuple]:
    return [(row.number, result, row.problems, row.changes) for row, result in answer.context["rows"]]


class TheScreens(Importing):
    def hand_in(self, content, name="thu-tuc.csv"):
        return self.client.post(
            reverse("servicecatalog_import"), {"file": SimpleUploadedFile(name, content.encode(), "text/csv")}
        )

    def test_show_the_dry_run_first_and_write_after_the_declaration(self):
        self.client.force_login(self.office)
        answer = self.hand_in(self.table(GOOD, GOOD.replace("1.800001", "1.800002").replace("Hộ tịch", "Việc lạ")))
        self.assertContains(answer, "Thêm mới</strong>: 1")
        self.assertContains(answer, "Không có lĩnh vực «Việc lạ» trong danh mục")
        self.assertFalse(Procedure.objects.exists())
        carried = answer.context["form"].initial["carried"]

        confirm = reverse("servicecatalog_import_confirm")
        again = self.client.post(confirm, {"carried": carried})
        self.assertContains(again, "ô «Cam kết» (Điều 20.2) chưa được đánh dấu")
        self.assertFalse(Procedure.objects.exists())
        answer = self.client.post(confirm, {"carried": again.context["form"]["carried"].value(), "declaration": "on"})

        self.assertEqual(Procedure.objects.get().code, "1.800001")
        self.assertRedirects(
            answer,
            reverse("servicecatalog_batch", args=[CatalogueBatch.objects.get().pk]),
            fetch_redirect_response=False,
        )

    def test_confirmed_without_the_tick_show_all_that_stood_there(self):
        self.client.force_login(self.office)
        unread = GOOD.replace("1.800001", "1.800003").replace("8.000", "tám nghìn")
        wrong = GOOD.replace("1.800001", "1.800002").replace("Hộ tịch", "Việc lạ")
        first = self.hand_in(self.table(GOOD, wrong, unread))
        carried = first.context["form"].initial["carried"]

        again = self.client.post(reverse("servicecatalog_import_confirm"), {"carried": carried})

        self.assertEqual(shown_rows(again), shown_rows(first))
        self.assertEqual(again.context["counts"], first.context["counts"])
        self.assertContains(again, "Không có lĩnh vực «Việc lạ» trong danh mục")
        self.assertContains(again, "Số tiền «tám nghìn» phải là số")

    def test_offer_what_is_wrong_as_a_sheet(self):
        self.client.force_login(self.office)
        wrong = GOOD.replace("1.800001", "1.800002").replace("Hộ tịch", "Việc lạ").replace("8.000", "tám nghìn")
        shown = self.hand_in(self.table(GOOD, wrong))
        address = reverse("servicecatalog_import_problems")
        self.assertContains(shown, f'action="{address}"')

        answer = self.client.post(address, {"carried": shown.context["form"].initial["carried"]})
        forged = self.client.post(address, {"carried": "abc"})

        sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        self.assertEqual({(row[0], row[1], row[2][:8]) for row in rows}, {("3", "Lỗi", "1.800002")})
        self.assertEqual({row[3] for row in rows}, {"Lĩnh vực", "Phí, lệ phí"})
        self.assertContains(forged, "hãy tải tệp lên lại")
        self.assertNotContains(self.hand_in(self.table(GOOD)), address)

    def test_write_no_row_that_was_shown_as_wrong_and_say_which_became_wrong(self):
        self.client.force_login(self.office)
        wrong = GOOD.replace("1.800001", "1.800002").replace("Hộ tịch", "Việc lạ")
        carried = self.hand_in(self.table(GOOD, wrong)).context["form"].initial["carried"]
        ServiceField.objects.filter(name="Hộ tịch").update(name="Việc lạ", slug="viec-la")
        confirm = reverse("servicecatalog_import_confirm")

        answer = self.client.post(confirm, {"carried": carried, "declaration": "on"})

        self.assertContains(answer, "Chưa ghi gì: từ lần kiểm tra trước, dòng 2 có lỗi mới")
        self.assertFalse(Procedure.objects.exists())
        self.client.post(confirm, {"carried": answer.context["form"]["carried"].value(), "declaration": "on"})
        self.assertEqual(Procedure.objects.get().code, "1.800002")

    def test_take_no_dry_run_of_somebody_else_or_made_up(self):
        self.client.force_login(self.office)
        carried = self.hand_in(self.table(GOOD)).context["form"].initial["carried"]
        confirm = reverse("servicecatalog_import_confirm")
        self.client.force_login(self.cast.editor)

        for forged in (carried, "abc", carried[:-2]):
            with self.subTest(forged[:5]):
                answer = self.client.post(confirm, {"carried": forged, "declaration": "on"})
                self.assertContains(answer, "hãy tải tệp lên lại")
        self.assertFalse(Procedure.objects.exists())

    def test_are_not_for_wards(self):
        self.client.force_login(self.cast.contributor)
        for name, args in (("servicecatalog_import", []), ("servicecatalog_export", ["json"])):
            self.assertEqual(self.client.get(reverse(name, args=args)).status_code, 302)

    def test_give_the_template_and_what_there_is(self):
        a_procedure(self.city)
        self.client.force_login(self.office)

        template = self.client.get(reverse("servicecatalog_import_template"))
        whole = self.client.get(reverse("servicecatalog_export", args=["json"]))

        self.assertEqual(load_workbook(io.BytesIO(template.content)).sheetnames, ["Thủ tục", "Hướng dẫn"])
        self.assertEqual(len(json.loads(whole.content)["procedures"]), 1)
        self.assertEqual(self.client.get(reverse("servicecatalog_export", args=["pdf"])).status_code, 404)


class TheCommand(Importing):
    def run_command(self, content, *options, name="thu-tuc.csv"):
        with TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_text(content, encoding="utf-8")
            out = io.StringIO()
            call_command("import_procedures", str(path), f"--by={self.office.username}", *options, stdout=out)
            return out.getvalue()

    def test_tells_what_it_would_do_and_writes_only_when_told(self):
        said = self.run_command(self.table(GOOD, GOOD.replace("Hộ tịch", "Việc lạ")), "--dry-run")
        self.assertIn("1 thêm mới", said)
        self.assertIn("Dòng 3 · Lĩnh vực ·", said)
        self.assertFalse(Procedure.objects.exists())

        self.assertIn("cần người thứ hai duyệt", self.run_command(self.table(GOOD), "--yes"))
        self.assertFalse(Procedure.objects.get().live)

    def test_names_what_stops_it(self):
        with self.assertRaisesMessage(CommandError, "Không có tệp"):
            call_command("import_procedures", "khong-co.csv", f"--by={self.office.username}")
        with self.assertRaisesMessage(CommandError, "Không có tài khoản"):
            call_command("import_procedures", "khong-co.csv", "--by=ai-do")
