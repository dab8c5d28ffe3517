"""The registers as spreadsheets: the board of a day, the training of a year, the accounts that are not used."""

from datetime import date

from base.tables import xlsx
from vietnam.dates import format_short

from ..models import Training
from . import board, training, unused


def of_board(day: date) -> bytes:
    """Return the board of a day, and who acts for whom, as a spreadsheet of two sheets."""
    members = xlsx.sheet(
        "Ban Biên tập",
        ["Danh sách thành viên Ban Biên tập", f"Ngày {format_short(day)} (Quy chế, Điều 13)"],
        [
            ("Chức danh", 20, lambda row: row.get_rank_display()),
            ("Họ và tên", 26, "name"),
            ("Chức vụ", 26, "post"),
            ("Cơ quan, đơn vị", 30, "agency"),
            ("Phụ trách", 34, "duties"),
            ("Tài khoản", 24, lambda row: row.person.username if row.person else "không có"),
            ("Theo quyết định", 30, lambda row: str(row.decision)),
            ("Từ ngày", 12, "valid_from"),
            ("Đến hết ngày", 12, "valid_to"),
        ],
        board.members_on(day),
    )
    delegations = xlsx.sheet(
        "Ủy quyền",
        [f"Ủy quyền trong Ban Biên tập ngày {format_short(day)}"],
        [
            ("Người ủy quyền", 26, "giver.name"),
            ("Người được ủy quyền", 26, "taker.name"),
            ("Việc được ủy quyền", 50, "scope"),
            ("Từ ngày", 12, "valid_from"),
            ("Đến hết ngày", 12, "valid_to"),
            ("Theo quyết định", 30, lambda row: str(row.decision)),
        ],
        board.delegations_on(day),
    )
    return xlsx.write([members, delegations])


def of_training(year: int, on: date) -> bytes:
    """Return the training of a year as a spreadsheet: what was held, who is to be trained and what they attended."""
    held = Training.objects.filter(held_to__year=year).prefetch_related("attendances").order_by("held_to", "pk")
    figures = training.of_year(year)
    lines = [
        f"Sổ đào tạo, bồi dưỡng năm {year}",
        f"{figures.held} lớp; {figures.trained}/{figures.people} người thuộc diện đã dự (Quy chế, Điều 15)",
    ]
    trainings = xlsx.sheet(
        "Các lớp",
        lines,
        [
            ("Nội dung", 44, "title"),
            ("Lĩnh vực", 22, lambda row: row.get_field_display()),
            ("Theo kế hoạch, công văn", 30, "document"),
            ("Đơn vị tổ chức", 30, "organiser"),
            ("Từ ngày", 12, "held_from"),
            ("Đến ngày", 12, "held_to"),
            ("Số giờ", 8, "hours"),
            ("Số người dự", 10, lambda row: sum(one.result in one.COUNTED for one in row.attendances.all())),
        ],
        held,
    )
    people = xlsx.sheet(
        "Người thuộc diện",
        [f"Người thuộc diện đào tạo, bồi dưỡng năm {year}"],
        [
            ("Họ và tên", 26, "name"),
            ("Chức vụ", 26, "post"),
            ("Trang, đơn vị", 36, "place"),
            ("Lớp dự gần nhất", 44, lambda row: row.last.title if row.last else ""),
            ("Ngày", 12, lambda row: row.last.held_to if row.last else None),
            (f"Năm {year}", 16, lambda row: "chưa dự" if row.is_due(year) else "đã dự"),
        ],
        training.trainees(min(on, date(year, 12, 31))),
    )
    return xlsx.write([trainings, people])


def of_unused(day: date) -> bytes:
    """Return the accounts that are not used as a spreadsheet."""
    lines = ["Tài khoản lâu không dùng", f"Tính đến ngày {format_short(day)}"]
    columns = [
        ("Họ và tên", 26, lambda use: use.person.get_full_name()),
        ("Tên đăng nhập", 26, "person.username"),
        ("Chức vụ", 26, "person.position"),
        ("Lần dùng cuối", 14, lambda use: use.last if use.has_signed_in else "chưa đăng nhập"),
        ("Số ngày", 10, "days"),
        ("Tình trạng", 26, "state"),
    ]
    return xlsx.write([xlsx.sheet("Tài khoản", lines, columns, unused.listed(day))])
