"""The screens and the command of moving in: from the upload to the undoing, without script."""

import io
import tempfile
from pathlib import Path
from unittest import mock

from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Appointment
from moving import imports
from moving.models import SiteImport
from sections.models import ArticlePage
from tests.city import CityTestCase
from workflows.models import PublicationBundle

from . import exports
from .cases import LONG_ENOUGH
from .exports import wordpress_item

OLD_LETTERS = "Ban hµnh Quy chÕ lµm viÖc cña ñy ban nh©n d©n thµnh phè"


class ScreensCase(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.editor)

    def page(self, name, *args, **query):
        answer = self.client.get(reverse(name, args=args), query)
        self.assertEqual(answer.status_code, 200, name)
        return answer.content.decode()

    def send(self, name, *args, **data):
        return self.client.post(reverse(name, args=args), data, follow=True)

    def upload(self, source=None, **more):
        section = self.city.section(self.city.site)
        data = {"format": "wordpress", "hosts": exports.HOST, "section": section.pk, "takes_documents": "on", **more}
        return self.send("moving_new", source=source or exports.wordpress(wordpress_item(1)), **data)

    def checked(self, *items) -> SiteImport:
        self.upload(exports.wordpress(*(items or (wordpress_item(1),))))
        imports.work(seconds=LONG_ENOUGH)
        return SiteImport.objects.latest("pk")


class FromUploadToUndoing(ScreensCase):
    def test_an_import_goes_all_the_way(self):
        self.assertIn("Tải lên tệp xuất", self.page("moving_imports"))
        answer = self.upload(exports.wordpress(wordpress_item(1), wordpress_item(2, title="")))
        batch = SiteImport.objects.get()
        self.assertRedirects(answer, reverse("moving_import", args=[batch.pk]))
        self.assertEqual(answer.headers["Refresh"], "4")

        imports.work(seconds=LONG_ENOUGH)
        shown = self.page("moving_import", batch.pk)
        self.assertIn("không có tiêu đề", shown)
        self.assertIn("Tạo 1 bản nháp", shown)
        self.assertIn("Bài số 1", self.page("moving_import", batch.pk, dong="new"))
        self.assertIn("1 bài thành bản nháp", self.page("moving_begin", batch.pk))
        self.send("moving_begin", batch.pk)
        self.assertIn("<progress", self.page("moving_import", batch.pk))

        imports.work(seconds=LONG_ENOUGH)
        page, bundle = ArticlePage.objects.get(title="Bài số 1"), PublicationBundle.objects.get()
        shown = self.page("moving_import", batch.pk, dong="new")
        self.assertIn(reverse("wagtailadmin_pages:edit", args=[page.pk]), shown)
        self.assertIn(reverse("workflows_bundle", args=[bundle.pk]), shown)
        self.assertIn("Đang gom: 1", shown)

        self.assertContains(self.send("moving_undo", batch.pk, reason=""), "Hãy ghi lý do thu hồi.")
        self.send("moving_undo", batch.pk, reason="Chọn nhầm tệp")
        imports.work(seconds=LONG_ENOUGH)
        self.assertIn("Chọn nhầm tệp", self.page("moving_import", batch.pk))
        self.assertFalse(ArticlePage.objects.filter(title="Bài số 1").exists())

    def test_an_import_is_discarded_before_it_is_written(self):
        batch = self.checked()

        self.send("moving_discard", batch.pk)

        self.assertEqual(SiteImport.objects.get().state, "discarded")
        self.assertFalse(batch.rows.exists())

    def test_old_letters_are_shown_both_ways_and_a_person_chooses(self):
        batch = self.checked(wordpress_item(1, title=OLD_LETTERS, html=OLD_LETTERS))
        self.assertNotIn("bản nháp</a>", self.page("moving_import", batch.pk))
        self.assertIn("Ban hành Quy chế", self.page("moving_convert", batch.pk))

        self.send("moving_convert", batch.pk, scheme="tcvn3")
        imports.work(seconds=LONG_ENOUGH)

        self.assertIn("Ban hành Quy chế làm việc", self.page("moving_import", batch.pk, dong="new"))

    def test_the_report_is_a_line_for_each_item(self):
        batch = self.checked(wordpress_item(1, html="<p>Chữ</p><script>1</script>"), wordpress_item(2, status="draft"))

        answer = self.client.get(reverse("moving_report", args=[batch.pk]))

        rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2, values_only=True))
        self.assertEqual(
            [row[:3] for row in rows[1:]],
            [("1", "Thành bản nháp", "Bài số 1"), ("2", "Để lại, không phải bài", "Bài số 2")],
        )
        self.assertIn("Bỏ 1 đoạn lệnh chạy", rows[1][11])

    def test_the_table_to_fill_in_explains_its_columns(self):
        book = load_workbook(io.BytesIO(self.client.get(reverse("moving_template")).content))

        heads = [cell.value for cell in book.worksheets[0][1]]
        self.assertIn("Tệp HTML", heads)
        self.assertEqual([cells[0].value for cells in book.worksheets[1].iter_rows(min_row=2)], heads)


class Refusals(ScreensCase):
    def test_what_is_wrong_is_named_and_nothing_typed_is_lost(self):
        for more, said in (
            ({"hosts": "co!ng"}, "không phải tên miền"),
            ({"sections": "Tin cũ"}, "Không hiểu dòng"),
            ({"package": SimpleUploadedFile("a.zip", b"PK\x03\x04 hong")}, "Tệp bị cụt hoặc hỏng"),
            ({"package": SimpleUploadedFile("a.rar", b"Rar!")}, "phải ở trong một tệp .zip"),
            ({"source": SimpleUploadedFile("a.php.xml", b"<rss/>")}, "hai đuôi"),
            ({"format": "nukeviet"}, "cần tệp .sql"),
        ):
            with self.subTest(said):
                answer = self.upload(**{"sections": "Chỉ đạo = chi-dao-dieu-hanh", **more})
                self.assertContains(answer, said)
                self.assertContains(answer, more.get("sections", "Chỉ đạo = chi-dao-dieu-hanh"))
        self.assertFalse(SiteImport.objects.exists())

    def test_zips_that_deceive_are_refused(self):
        bomb = exports.packed({"a.bin": b"\0" * 30_000_000})
        for package, said in ((bomb, "phình quá lớn"), (exports.packed({"../a.png": b"x"}), "trỏ ra ngoài")):
            with self.subTest(said):
                self.assertContains(self.upload(package=package), said)
        self.assertFalse(SiteImport.objects.exists())

    def test_an_import_of_another_site_is_not_there(self):
        batch = self.checked()
        self.client.force_login(self.cast.ward_approver)
        for name in (
            "moving_import",
            "moving_report",
            "moving_begin",
            "moving_convert",
            "moving_discard",
            "moving_undo",
        ):
            self.assertEqual(self.client.get(reverse(name, args=[batch.pk])).status_code, 404, name)
        self.assertNotIn("cong-cu.xml", self.page("moving_imports"))

    def test_who_keeps_accounts_sees_their_own_and_no_others(self):
        others = self.checked()
        self.client.force_login(self.cast.technical_admin)
        self.assertEqual(self.client.get(reverse("moving_import", args=[others.pk])).status_code, 404)

        own = self.checked(wordpress_item(9))

        shown = self.page("moving_import", own.pk)
        self.assertIn("xem báo cáo rồi cho tạo bản nháp", shown)
        self.assertNotIn("Tạo 1 bản nháp", shown)

    def test_who_arranges_nothing_meets_no_screen_of_it(self):
        for who in (self.cast.contributor, self.cast.accountant):
            self.client.force_login(who)
            for name in ("moving_imports", "moving_new", "moving_template"):
                self.assertIn(self.client.get(reverse(name)).status_code, (302, 403, 404), name)

    def test_the_screen_of_a_long_import_asks_no_more_of_the_database_than_that_of_a_short_one(self):
        asked = []
        for first, last in ((1, 3), (10, 40)):
            batch = self.checked(*(wordpress_item(number) for number in range(first, last)))
            imports.step(imports.begin(batch, by=self.cast.editor), seconds=LONG_ENOUGH)
            address = reverse("moving_import", args=[batch.pk])
            self.client.get(address, {"dong": "new"})
            with CaptureQueriesContext(connection) as queries:
                self.client.get(address, {"dong": "new"})
            asked.append(len(queries))

        self.assertLessEqual(asked[1], asked[0] + 2, asked)


class Command(ScreensCase):
    def run_it(self, *args, **options) -> str:
        out = io.StringIO()
        call_command("import_site", *args, by="bien-tap", stdout=out, **options)
        return out.getvalue()

    def files(self) -> tuple[str, str]:
        """An export and a folder with its picture."""
        place = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (place / "uploads").mkdir()
        (place / "uploads" / "cau.png").write_bytes(exports.picture())
        html = '<p>Chữ</p><img src="/uploads/cau.png" alt="Cầu mới hoàn thành">'
        export = place.parent / f"{place.name}.xml"
        export.write_bytes(exports.wordpress(wordpress_item(1, html=html), wordpress_item(2, title="")).read())
        self.addCleanup(export.unlink)
        return str(export), str(place)

    def test_it_checks_writes_and_takes_back_by_the_rules_of_the_screens(self):
        export, folder = self.files()
        options = {"format": "wordpress", "host": exports.HOST, "files": folder}

        said = self.run_it(export, dry_run=True, **options)
        self.assertIn("1 bài: thành bản nháp", said)
        self.assertIn("Mục 2", said)
        self.assertEqual(SiteImport.objects.get().state, "discarded")

        report = str(Path(folder) / "bao-cao.xlsx")
        self.run_it(export, yes=True, report=report, **options)
        page = ArticlePage.objects.get(title="Bài số 1")
        self.assertEqual([block.block_type for block in page.body], ["paragraph", "image"])
        self.assertTrue(Path(report).exists())

        self.run_it(undo=SiteImport.objects.latest("pk").pk, reason="Thử")
        self.assertFalse(ArticlePage.objects.filter(title="Bài số 1").exists())

    def test_run_again_after_a_stop_it_carries_the_same_export_on(self):
        export, folder = self.files()
        options = {"format": "wordpress", "host": exports.HOST, "files": folder, "yes": True}
        with mock.patch.object(imports, "write", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.run_it(export, **options)

        said = self.run_it(export, **options)

        self.assertIn("Làm tiếp", said)
        self.assertEqual(SiteImport.objects.get().state, "written")
        self.assertEqual(ArticlePage.objects.filter(title="Bài số 1").count(), 1)

    def test_what_is_wrong_is_said_in_one_sentence(self):
        export, folder = self.files()
        for options, said in (
            ({"section": "khong-co"}, "nhận bài"),
            ({"site": "khong-co"}, "Không có trang"),
            ({"host": ""}, "tên miền của cổng cũ"),
            ({"format": ""}, "--format"),
            ({"files": "/khong/co"}, "Không có tệp hoặc thư mục"),
        ):
            with self.subTest(said), self.assertRaisesMessage(CommandError, said):
                self.run_it(export, **{"format": "wordpress", "host": exports.HOST, "files": folder, **options})

    def test_a_dry_run_leaves_alone_what_another_person_has_begun(self):
        export, folder = self.files()
        options = {"format": "wordpress", "host": exports.HOST, "files": folder}
        others = imports.submit(
            self.city.section(self.city.site),
            by=self.cast.head,
            format="wordpress",
            source=File(io.BytesIO(Path(export).read_bytes()), Path(export).name),
            package=exports.packed({"a.png": exports.picture()}, name=f"{Path(folder).name}.zip"),
            hosts=exports.HOST,
        )

        self.assertIn("để nguyên", self.run_it(export, dry_run=True, **options))
        self.assertEqual(SiteImport.objects.get().state, "checked")

        imports.begin(SiteImport.objects.get(), by=self.cast.head)
        self.assertIn("để nguyên", self.run_it(export, dry_run=True, **options))
        self.assertEqual(SiteImport.objects.get(pk=others.pk).state, "writing")
        self.assertFalse(ArticlePage.objects.filter(title="Bài số 1").exists())

    def test_an_import_that_is_carried_on_takes_no_other_choices(self):
        export, folder = self.files()
        options = {"format": "wordpress", "host": exports.HOST, "files": folder}
        submitted = {"category": ["Chỉ đạo=chi-dao-dieu-hanh"], **options}
        with mock.patch.object(imports, "step", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.run_it(export, **submitted)
        for other, said in (
            ({"section": "chi-dao-dieu-hanh"}, "--section"),
            ({"category": ["Tin=tin-tuc"]}, "--category"),
            ({"host": "khac.example"}, "--host"),
            ({"place": ["nội dung=div#chinh"]}, "--place"),
            ({"without_documents": True}, "--without-documents"),
            ({"files": export}, "--files"),
            ({"format": "rss"}, "--format"),
        ):
            with self.subTest(said), self.assertRaisesMessage(CommandError, f"lựa chọn khác ở {said};"):
                self.run_it(export, **{**submitted, **other})

        for same in (submitted, {"format": "wordpress"}):
            with self.subTest(same):
                self.assertIn("Làm tiếp", self.run_it(export, dry_run=True, **same))

    def test_it_carries_on_no_import_that_the_person_may_not_see(self):
        export, folder = self.files()
        options = {"format": "wordpress", "host": exports.HOST, "files": folder}
        with mock.patch.object(imports, "step", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.run_it(export, **options)

        with self.assertRaisesMessage(CommandError, "chưa xong"):
            call_command("import_site", export, by=self.cast.technical_admin.username, stdout=io.StringIO(), **options)
        self.assertEqual(SiteImport.objects.get().state, "checking")

    def test_one_that_waits_for_another_person_ends_the_command_with_the_reason(self):
        export, folder = self.files()
        options = {"format": "wordpress", "host": exports.HOST, "files": folder, "yes": True}
        with mock.patch.object(imports, "write", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.run_it(export, **options)
        Appointment.objects.filter(person=self.cast.editor).update(state=Appointment.State.ENDED)

        with self.assertRaisesMessage(CommandError, "không còn được soạn bài"):
            call_command("import_site", export, by=self.cast.head.username, stdout=io.StringIO(), **options)
