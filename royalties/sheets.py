"""The statement as XLSX and as PDF to sign: royalties and thù lao apart, sums by person, the total written out."""

from collections import defaultdict
from decimal import Decimal

from django.utils import timezone

from base.sites import city_site
from base.tables import pdf, xlsx
from base.tables.paper import Report, Table
from vietnam.amounts import in_figures, written_out
from vietnam.dates import format_short

from .fields import shown
from .models import Statement, StatementLine

COLUMNS = (
    "STT",
    "Họ tên (bút danh)",
    "Đơn vị",
    "Tên tin, bài, việc",
    "Chuyên mục",
    "Ngày đăng",
    "Thể loại",
    "Hệ số, số lượng",
    "Đơn giá",
    "Phần (%)",
    "Thành tiền",
    "Thuế TNCN",
    "Thực nhận",
    "Ký nhận",
)
WIDTHS = (6, 24, 20, 44, 20, 12, 22, 9, 12, 9, 14, 12, 14, 14)
PEOPLE = ("STT", "Họ tên (bút danh)", "Đơn vị", "Số khoản", "Thành tiền", "Thuế TNCN", "Thực nhận", "Ký nhận")
PEOPLE_WIDTHS = (6, 34, 30, 10, 16, 14, 16, 20)
# The places of the columns of numbers.
NUMBERS, NUMBERS_OF_PEOPLE = range(7, 13), range(3, 7)
PARTS = ((False, "I. Nhuận bút"), (True, "II. Thù lao tạo lập, chuyển đổi, số hóa thông tin"))
TOTAL = "Cộng"
SIGNATURES = ("Người lập biểu", "Kế toán", "Trưởng ban Biên tập")


def file_name(statement: Statement, extension: str) -> str:
    """Return the name to download a statement under: "bang-ke-nhuan-but-07-2026.xlsx"."""
    return f"bang-ke-nhuan-but-{statement.number.replace('/', '-')}.{extension}"


def as_xlsx(statement: Statement) -> bytes:
    """Return a statement as a spreadsheet: a sheet of lines for each part that has any, and one by person."""
    lines, heading = list(statement.lines.all()), heading_of(statement)
    sheets = [
        xlsx.Sheet(caption.split(". ")[1][:31], heading, COLUMNS, WIDTHS, [*rows, _sum_row(part)])
        for caption, part, rows in _parts(lines, Decimal)
    ]
    people = [*_people(lines, Decimal), _sum_of_people(lines, Decimal)]
    return xlsx.write([*sheets, xlsx.Sheet("Theo người hưởng", heading, PEOPLE, PEOPLE_WIDTHS, people)])


def as_pdf(statement: Statement, *, with_names: bool = True) -> bytes:
    """Return a statement as a PDF to sign; without names it says the bylines only, as the archive keeps it."""
    lines, city = list(statement.lines.all()), city_site()
    if not with_names:
        for line in lines:
            line.full_name = ""
    tables = [
        Table(caption, COLUMNS, WIDTHS, [*rows, _sum_row(part, shown)], numbers=NUMBERS, has_sum=True)
        for caption, part, rows in _parts(lines, shown)
    ]
    people = [*_people(lines, shown), _sum_of_people(lines, shown)]
    return pdf.write(
        Report(
            issuer=city.unit.full_name if city else "",
            title="Bảng kê chi trả nhuận bút, thù lao",
            lines=heading_of(statement)[1:],
            tables=[
                *tables,
                Table(
                    "Tổng hợp theo người hưởng",
                    PEOPLE,
                    PEOPLE_WIDTHS,
                    people,
                    numbers=NUMBERS_OF_PEOPLE,
                    has_sum=True,
                ),
                Table("Tổng cộng", notes=closing_of(statement)),
            ],
            signatures=SIGNATURES,
            made_at=statement.decided_at or statement.submitted_at,
        )
    )


def heading_of(statement: Statement) -> list[str]:
    """Return the lines above the tables: what it is, for which month, by which law, what it comes to."""
    lines = [
        "Bảng kê chi trả nhuận bút, thù lao",
        f"Tháng {statement.month:%m/%Y}, số {statement.number}"
        + (f"; dòng kinh phí: {statement.budget_line}" if statement.budget_line else ""),
        f"Căn cứ: {'; '.join(statement.legal_sources.splitlines())}; Quy chế ban hành kèm theo Quyết định "
        "01/2020/QĐ-UBND, Điều 17",
        *closing_of(statement)[:2],
    ]
    if statement.is_frozen:
        decided_on = format_short(timezone.localdate(statement.decided_at))
        lines.append(f"Trưởng ban quyết định: {statement.decided_by}, ngày {decided_on}")
    return lines


def closing_of(statement: Statement) -> list[str]:
    """Return what is said of the sums: in figures, and written out."""
    figures = (("tổng cộng", statement.total), ("thuế khấu trừ", statement.tax), ("thực nhận", statement.net))
    text = "; ".join(f"{name} {in_figures(amount)} đồng" for name, amount in figures)
    return [f"{text[0].upper()}{text[1:]}.", f"Tổng cộng bằng chữ: {written_out(statement.total)}."]


def name_of(line: StatementLine) -> str:
    """Return how a line names its person: "Nguyễn Văn A (bút danh)", the byline alone where they are one."""
    return line.byline if line.full_name in ("", line.byline) else f"{line.full_name} ({line.byline})"


def _parts(lines: list[StatementLine], number):
    """Yield (caption, lines, rows) of each part that has lines; `number` writes a number."""
    for is_work, caption in PARTS:
        part = [line for line in lines if line.is_work == is_work]
        if part:
            yield caption, part, [_row(place, line, number) for place, line in enumerate(part, 1)]


def _row(place: int, line: StatementLine, number) -> list:
    genre = line.genre
    if line.portion != 100:
        genre += f", {shown(line.portion)} %"
    if line.extra:
        genre += f", cộng {shown(line.extra)} %"
    return [
        number(place),
        name_of(line),
        line.organisation,
        line.title,
        line.section,
        format_short(line.made_on),
        genre,
        number(line.rate),
        number(line.unit_value),
        number(line.part),
        number(line.amount),
        number(line.tax),
        number(line.net),
        "",
    ]


def _sum_row(part: list[StatementLine], number=Decimal) -> list:
    sums = [number(sum(getattr(line, name) for line in part)) for name in ("amount", "tax", "net")]
    return ["", TOTAL, *[""] * 8, *sums, ""]


def _people(lines: list[StatementLine], number) -> list[list]:
    """Return a row for each person with what all their lines come to, in the order of the names."""
    by_person = defaultdict(list)
    for line in lines:
        by_person[line.contributor_id].append(line)
    return [
        [number(place), name_of(own[0]), own[0].organisation, number(len(own)), *_sums(own, number), ""]
        for place, own in enumerate(by_person.values(), 1)
    ]


def _sum_of_people(lines: list[StatementLine], number) -> list:
    return ["", TOTAL, "", number(len(lines)), *_sums(lines, number), ""]


def _sums(lines: list[StatementLine], number) -> list:
    return [number(sum(getattr(line, name) for line in lines)) for name in ("amount", "tax", "net")]
