"""Tables that come in and go out, whatever they are about."""

import io
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from base.tables import pdf, xlsx
from base.tables.columns import Column, joined, parted, repeated
from base.tables.csv import as_typed, csv_file, download_sheets
from base.tables.incoming import Layout, TableError

COLUMNS = (
    Column("number", "Số", is_required=True, help="Số trong sổ.", example="1"),
    Column("day", "Ngày ban hành"),
    Column("state", "Tình trạng", is_read=False),
)
LOOSE = Layout(COLUMNS, missing="Thiếu {headers}.")
STRICT = Layout(
    COLUMNS,
    missing="Thiếu {quoted}.",
    most_rows=2,
    too_many="Quá 2 dòng.",
    empty="Trống.",
    without_rows="Không có dòng.",
    repeated="Hai cột {headers}.",
    unknown="Không có {first}.",
    gap="Ô trống.",
    surplus="Dòng {number} thừa.",
)


def comma_separated(written: str | bytes) -> io.BytesIO:
    return io.BytesIO(written if isinstance(written, bytes) else written.encode())


def workbook(*sheets: tuple[str, list]) -> io.BytesIO:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    # An uploaded file knows its size.
    out.size = out.tell()
    return out


def read(layout: Layout, written: str | bytes) -> list:
    return list(layout.rows(comma_separated(written), "bang.csv"))


def refusal(layout: Layout, written: str | bytes) -> tuple[str, int]:
    with pytest.raises(TableError) as raised:
        read(layout, written)
    return raised.value.message, raised.value.row


class TestRows:
    def test_are_named_by_heads_in_any_order_case_and_without_marks(self):
        found = read(LOOSE, "NGAY BAN HANH,so\n05/06/2020,1\n")

        assert found == [(2, {"day": "05/06/2020", "number": "1"})]

    def test_keep_the_numbers_of_the_spreadsheet_and_leave_out_empty_ones(self):
        found = read(LOOSE, "\nSố\n\n 7 \n,\n8\n")

        assert found == [(4, {"number": "7"}), (6, {"number": "8"})]

    def test_hold_nothing_of_a_column_that_only_shows_is_unknown_or_is_there_twice(self):
        found = read(LOOSE, "Số,Tình trạng,Họ tên,Số\n1,đã đăng,Mẫu,2\n")

        assert found == [(2, {"number": "1"})]
        assert LOOSE.unknown_headers(comma_separated("Số,Họ tên\n"), "bang.csv") == ["Họ tên"]

    def test_are_parted_by_commas_semicolons_or_tabs_with_or_without_the_mark_of_utf8(self):
        for sign in ",;\t":
            assert read(LOOSE, f"\ufeffSố{sign}Ngày ban hành\n1{sign}x\n") == [(2, {"number": "1", "day": "x"})]

    def test_say_of_a_workbook_what_a_person_sees(self):
        rows = [["Số", "Ngày ban hành"], [3.0, date(2020, 6, 5)], [True, "=1+1"], ["001", None]]

        found = list(LOOSE.rows(workbook(("A", rows)), "bang.xlsx"))

        assert found == [
            (2, {"number": "3", "day": "05/06/2020"}),
            (3, {"number": "có", "day": ""}),
            (4, {"number": "001", "day": ""}),
        ]

    def test_come_from_the_sheet_of_the_layout_else_from_the_first(self):
        book = workbook(("Hướng dẫn", [["Số"], ["9"]]), ("Thủ tục", [["Số"], ["1"]]))
        named = Layout(COLUMNS, missing="", sheet="Thủ tục")

        assert list(named.rows(book, "a.xlsx")) == [(2, {"number": "1"})]
        assert list(LOOSE.rows(book, "a.xlsx")) == [(2, {"number": "9"})]


class TestRefusals:
    def test_are_the_sentences_of_the_layout_with_the_columns_they_are_about(self):
        for written, said in (
            ("", ("Trống.", 0)),
            ("Số\n", ("Không có dòng.", 0)),
            ("\nNgày ban hành\nx\n", ("Thiếu «Số».", 2)),
            ("Số,So\n1,2\n", ("Hai cột Số.", 1)),
            ("Số,Họ tên,Tuổi\n1,2,3\n", ("Không có Họ tên.", 1)),
            ("Số,,Ngày ban hành\n1,,2\n", ("Ô trống.", 1)),
            ("Số,,\n1,2\n", ("Dòng 2 thừa.", 0)),
            ("Số\n1\n2\n3\n", ("Quá 2 dòng.", 0)),
            ("Số\n1\0\n", (STRICT.not_csv, 0)),
            (f"Số\n{'x' * 200_000}\n", (STRICT.not_csv, 0)),
            ("Số\n1\n".encode("utf-16"), (STRICT.not_utf8, 0)),
        ):
            assert refusal(STRICT, written) == said

    def test_of_what_is_no_workbook_say_how_to_save_it(self):
        book = workbook(("A", [["Số"], ["1"]]))
        torn = io.BytesIO(book.getvalue()[:-40])
        torn.size = len(torn.getvalue())

        with pytest.raises(ValidationError, match="hãy"):
            list(LOOSE.rows(torn, "a.xlsx"))


class TestCells:
    def test_with_parts_come_back_as_they_were_written(self):
        for parts in (["a", "b"], ["Phụ lục | 1", "x"], ["", "y"]):
            assert parted(joined(*parts)) == parts
        assert joined("a", 0, "", None or "") == "a | 0"

    def test_that_repeat_a_key_name_the_first_row_that_has_it(self):
        assert repeated([(2, "a"), (3, ""), (4, "b"), (5, "a"), (6, ""), (7, "a")]) == {5: 2, 7: 2}


class Typed:
    """A thing whose name somebody typed."""

    def __str__(self):
        return "=HYPERLINK(1)"


class TestCsv:
    def test_guards_every_text_and_leaves_empty_cells_and_numbers_alone(self):
        rows = [["=1+1", "", None, -5, 2.5, Typed(), "-x", date(2020, 6, 5)]]

        written = csv_file(rows).decode()

        assert written == "\ufeff'=1+1,,,-5,2.5,'=HYPERLINK(1),'-x,05/06/2020\r\n"
        assert [as_typed(cell) for cell in ("'=1+1", "", "'x")] == ["=1+1", "", "'x"]

    def test_of_sheets_is_heads_and_rows_with_an_empty_line_between(self):
        sheets = [xlsx.Sheet("A", ["trên"], ["x"], [9], [["1"]]), xlsx.Sheet("B", [], ["y"], [9], [["@2"]])]

        answer = download_sheets(sheets, "hai.csv")

        assert answer.content.decode() == "\ufeffx\r\n1\r\n\r\ny\r\n'@2\r\n"
        assert answer.headers["Content-Type"].startswith("text/csv")


class TestSheets:
    def test_have_a_row_for_each_thing_and_text_in_every_cell(self):
        things = [SimpleNamespace(name="=1+1", on=date(2020, 6, 5), unit=None, count=3)]
        columns = [("Tên", 30, "name"), ("Ngày", 12, "on"), ("Đơn vị", 20, "unit"), ("Hai", 9, lambda x: x.count * 2)]

        answer = download_sheets([xlsx.sheet("Danh mục", ["Tựa", "Lọc: \x0bx"], columns, things)], "a.xlsx")

        page = load_workbook(io.BytesIO(answer.content))["Danh mục"]
        cells = [[cell.value for cell in row] for row in page.iter_rows()]
        assert cells == [
            ["Tựa", None, None, None],
            ["Lọc: x", None, None, None],
            ["Tên", "Ngày", "Đơn vị", "Hai"],
            ["=1+1", "05/06/2020", None, "6"],
        ]
        assert {cell.data_type for cell in page[4] if cell.value} == {"s"}
        assert (page.freeze_panes, page.print_title_rows, page.column_dimensions["A"].width) == ("A4", "$3:$3", 30)

    def test_have_lines_above_over_all_columns_as_high_as_they_need(self):
        sheet = xlsx.Sheet("A", ["Tựa", "dài " * 40], ["STT", "Tên"], [6, 34], [["1", "x"]])

        page = load_workbook(io.BytesIO(xlsx.write([sheet]))).active

        assert sorted(map(str, page.merged_cells.ranges)) == ["A1:B1", "A2:B2"]
        assert [page.row_dimensions[row].height for row in (1, 2)] == [15, 75]
        assert page.row_dimensions[4].height is None

    def test_to_fill_in_are_read_by_their_layout_and_explained(self):
        content = xlsx.write(
            [xlsx.to_fill_in("Thủ tục", COLUMNS, [["1", "x", "y"]]), xlsx.guide(COLUMNS, ["Quy tắc."])]
        )

        file = io.BytesIO(content)
        file.size = len(content)
        assert list(LOOSE.rows(file, "a.xlsx")) == [(2, {"number": "1", "day": "x"})]
        explained = list(load_workbook(io.BytesIO(content))["Hướng dẫn"].values)
        assert explained[1] == ("Số", "có", "Số trong sổ.", "1")
        assert explained[-1][2] == "Quy tắc."

    def test_of_what_is_wrong_name_row_column_and_mend(self):
        content = xlsx.problems("Văn bản", [(7, "Lỗi", "01/2020", "Số", "Thiếu số; hãy ghi.")])

        assert list(load_workbook(io.BytesIO(content)).active.values) == [
            ("Dòng", "Mức", "Văn bản", "Cột", "Lỗi và cách sửa"),
            ("7", "Lỗi", "01/2020", "Số", "Thiếu số; hãy ghi."),
        ]


class TestPaper:
    HEADS = (
        "STT",
        "Họ và tên",
        "Chức vụ",
        "Thư điện tử",
        "Trang",
        "Vai trò",
        "Theo",
        "Từ ngày",
        "Đến hết ngày",
        "Ghi chú",
    )

    def printed(self, widths, row, heads=HEADS) -> str:
        made = pdf.write(pdf.Report("Cơ quan mẫu", "Danh sách", tables=[pdf.Table("I", heads, widths, [row])]))
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)

    def test_a_column_that_is_too_narrow_breaks_no_word_of_its_own(self):
        row = (
            "10",
            "Cán bộ mẫu",
            "Chuyên viên",
            "can-bo-mau-01@example.invalid",
            "Mỹ Long",
            "Soạn",
            "1/QĐ",
            "12/06/2026",
        )

        text = self.printed((1, 30, 30, 5, 30, 30, 30, 5, 5, 30), (*row, "31/12/2027", "x"))

        for word in ("STT", "can-bo-mau-01@example.invalid", "12/06/2026", "31/12/2027"):
            assert word in text, text

    def test_a_word_longer_than_a_fifth_of_the_page_is_broken_and_nothing_runs_out_of_it(self):
        text = self.printed((1, 1), ("a" * 400, "cuối"), ("Một", "Hai"))

        lines = [line.count("a") for line in text.splitlines() if "aa" in line]
        assert sum(lines) == 400
        assert max(lines) < 80, "half of a page on its side"
        assert "cuối" in text
