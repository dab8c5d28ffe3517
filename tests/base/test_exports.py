"""Lists of the administration as files."""

from datetime import UTC, datetime
from io import BytesIO

from django.test import SimpleTestCase
from openpyxl import load_workbook

from base.tables.csv import as_typed, download, plain
from tests.city import CityTestCase

REGISTER = "/quan-tri/van-ban/so/"
LOCKED = "/quan-tri/reports/locked/"


class CellsThatWereTyped(SimpleTestCase):
    def test_are_no_formulas_and_come_back_as_they_were(self):
        for typed, written in (
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("@x", "'@x"),
            ("+84", "'+84"),
            ("", ""),
            ("chữ", "chữ"),
            ("'nháy", "'nháy"),
        ):
            with self.subTest(typed=typed):
                self.assertEqual(plain(typed), written)
                self.assertEqual(as_typed(written), typed)


class ListsAsFiles(CityTestCase):
    def setUp(self):
        self.client.force_login(self.cast.superuser)

    def test_csv_is_neither_offered_nor_made(self):
        for address in (REGISTER, LOCKED):
            page = self.client.get(address)
            answer = self.client.get(address, {"export": "csv"})

            self.assertNotIn("export=csv", page.content.decode())
            self.assertNotIn("text/csv", answer.headers["Content-Type"])

    def test_xlsx_is_offered_where_a_list_can_be_exported(self):
        page = self.client.get(LOCKED)

        self.assertIn("export=xlsx", page.content.decode())

    def test_moments_are_those_of_the_clock_on_the_wall(self):
        page = self.city.section(self.city.my_long)
        type(page).objects.filter(pk=page.pk).update(locked=True, locked_at=datetime(2026, 1, 1, 20, 30, tzinfo=UTC))

        answer = self.client.get(LOCKED, {"export": "xlsx"})

        rows = load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True)
        self.assertIn("2026-01-02 03:30:00", [str(value) for row in rows for value in row])


class TestDownload:
    def test_a_file_is_kept_under_its_name_with_the_type_of_its_ending(self):
        answer = download(b"PK", "danh mục.xlsx")

        assert answer.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''danh%20m%E1%BB%A5c.xlsx"
        assert answer.headers["Cache-Control"] == "private, no-store"

    def test_a_type_that_is_given_goes_before_that_of_the_ending(self):
        answer = download(b"%PDF", "quyet-dinh.pdf", "application/octet-stream")

        assert answer.headers["Content-Type"] == "application/octet-stream"
