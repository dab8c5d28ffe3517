"""Biểu II.06 of Thông tư 01/2020/TT-VPCP as a spreadsheet: dossiers of a period by lĩnh vực."""

from base.models import PortalSite
from base.tables import xlsx
from base.tables.columns import shown
from vietnam.dates import format_short

from .figures import Figures, Report, name_of

FORM = "Biểu số II.06/VPCP/KSTT"
TITLE = "Tình hình, kết quả giải quyết thủ tục hành chính"
SOURCE = "Ban hành theo Thông tư 01/2020/TT-VPCP"
COLUMNS = [
    "STT (1)",
    "Lĩnh vực giải quyết (2)",
    "Số hồ sơ tiếp nhận: tổng số (3) = (4)+(5)+(6)",
    "Tiếp nhận trong kỳ: trực tuyến (4)",
    "Tiếp nhận trong kỳ: trực tiếp, dịch vụ bưu chính (5)",
    "Từ kỳ trước (6)",
    "Đã giải quyết: tổng số (7) = (8)+(9)+(10)",
    "Trước hạn (8)",
    "Đúng hạn (9)",
    "Quá hạn (10)",
    "Đang giải quyết: tổng số (11) = (12)+(13)",
    "Trong hạn (12)",
    "Quá hạn (13)",
    "Tỷ lệ không quá hạn, %",
]
WIDTHS = [8, 34, 14, 14, 16, 12, 14, 12, 12, 12, 14, 12, 12, 12]
FIGURES = "received online other carried ended early in_time late pending within overdue share_on_time".split()


def cells(row: Figures) -> list[str]:
    """Return the figures of a row in the order of the form, and the share that was not late."""
    return [shown(getattr(row, name)) for name in FIGURES]


def as_xlsx(found: Report, site: PortalSite) -> bytes:
    """Return the form, filled, as an XLSX file; the figures were checked when they were counted."""
    period = found.period
    lines = [
        f"{FORM}. {TITLE}",
        SOURCE,
        f"Đơn vị báo cáo: {site.unit.full_name}",
        f"Kỳ báo cáo: {period.label} (từ ngày {format_short(period.first_day)} đến ngày "
        f"{format_short(period.last_day)})",
        "Đơn vị tính: hồ sơ",
    ]
    rows = [[str(place), name_of(field), *cells(row)] for place, (field, row) in enumerate(found.rows, 1)]
    rows.append(["", "Tổng số", *cells(found.total)])
    return xlsx.write([xlsx.Sheet("Biểu II.06", lines, COLUMNS, WIDTHS, rows)])
