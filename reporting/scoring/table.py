"""The official table of score sheets: tiêu chí – điểm tối đa – điểm đạt – tự đánh giá – liên kết – ghi chú.

As XLSX a sheet for each site and one that sums them up, points as numbers; as PDF a table for each site, to be signed.
Both are made of what the sheet keeps, so that a signed one gives the same table at any time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from base.figures import written
from base.tables import pdf, xlsx
from vietnam.dates import format_short

from ..models import ScoreLine, ScoreSheet
from ..models.score_sheet import NOTHING, percent
from . import versions

ISSUER = "Ban Biên tập Trang thông tin điện tử thành phố Long Xuyên"
TITLE = "Phiếu chấm điểm trang thông tin điện tử"
COLUMNS = (
    ("STT", 6, 1.0),
    ("Tiêu chí", 56, 7.0),
    ("Điểm tối đa", 10, 1.4),
    ("Điểm đạt", 10, 1.4),
    ("Tự đánh giá", 10, 1.6),
    ("Hiện trạng", 30, 4.0),
    ("Liên kết", 44, 5.0),
    ("Ghi chú", 40, 5.0),
)
# The places of the columns of points.
NUMBERS = range(2, 5)
WAITS = "chờ chấm"
SIGNATURES = ("Người lập phiếu", "Trưởng ban Biên tập")


def points(number: Decimal | None) -> str:
    """Write points as people here do, without needless zeros: "4", "3,5", "2,25"; "" for none.

    >>> points(Decimal("4.00")), points(Decimal("3.50")), points(None)
    ('4', '3,5', '')
    """
    if number is None:
        return ""
    exact = number.normalize()
    return written(int(exact) if exact == exact.to_integral_value() else f"{exact:f}")


@dataclass(frozen=True)
class Sums:
    """The sums of a sheet: the most points, those awarded, those of the site's own assessment (None when it gave none).

    `scored`: the most points of the criteria that have some; `waiting`: how many wait for theirs.
    """

    most: Decimal
    awarded: Decimal
    own: Decimal | None
    scored: Decimal
    waiting: int

    @property
    def percent_text(self) -> str:
        return percent_text(percent(self.awarded, self.scored), self.waiting)


def sums(sheet: ScoreSheet) -> Sums:
    """Return the sums of a sheet's lines."""
    lines = list(sheet.lines.all())
    own = [line.self_assessed for line in lines if line.self_assessed is not None]
    return Sums(
        most=sum((line.max_points for line in lines), NOTHING),
        awarded=sum((line.awarded for line in lines), NOTHING),
        own=sum(own, NOTHING) if own else None,
        scored=sum((line.max_points for line in lines if not line.waits_for_points), NOTHING),
        waiting=sum(line.waits_for_points for line in lines),
    )


def percent_text(number: float | None, waiting: int) -> str:
    """Write the share of the points, and how many criteria it leaves out.

    >>> percent_text(87.5, 0), percent_text(87.5, 2), percent_text(None, 3)
    ('87,5%', '87,5% (chưa tính 2 tiêu chí chờ chấm)', '— (chưa tính 3 tiêu chí chờ chấm)')
    """
    left_out = f" (chưa tính {waiting} tiêu chí chờ chấm)" if waiting else ""
    return f"{'—' if number is None else f'{written(number)}%'}{left_out}"


def file_name(sheets: Sequence[ScoreSheet], ending: str) -> str:
    """Return the name of the table's file: of one site, or of the month."""
    only = sheets[0] if len(sheets) == 1 else None
    whose = f"-{only.site.slug}" + (f"-ban-{only.version}" if only.is_new_version else "") if only else ""
    return f"phieu-cham-diem-{sheets[0].month:%Y-%m}{whose}.{ending}"


def remark(line: ScoreLine) -> str:
    """Return what the last column says: the note, and why a person put other points in the place of those measured."""
    measured = f"điểm đo {points(line.measured)}" if line.measured is not None else ""
    corrected = f"Sửa điểm: {line.correction_reason} ({measured})" if measured else line.correction_reason
    return ". ".join(part for part in (line.note, corrected if line.is_corrected else "") if part)


def as_xlsx(sheets: Sequence[ScoreSheet]) -> bytes:
    """Return sheets as a spreadsheet, with their lines prefetched; points are numbers."""
    made = [
        xlsx.Sheet(
            sheet.site.slug,
            [f"{TITLE} tháng {sheet.name_of_month}", sheet.site_name, *_lines_above(sheet)],
            [header for header, _width, _part in COLUMNS],
            [width for _header, width, _part in COLUMNS],
            [*_rows(sheet), _sum_row(sheet)],
        )
        for sheet in sheets
    ]
    return xlsx.write([_summary(sheets), *made] if len(sheets) > 1 else made)


def as_pdf(sheets: Sequence[ScoreSheet]) -> bytes:
    """Return sheets as a PDF: a table each, places for signatures, what has been signed and its digest."""
    only = sheets[0]
    report = pdf.Report(
        issuer=ISSUER,
        title=f"{TITLE} tháng {only.name_of_month}",
        lines=[only.site_name, *_lines_above(only)] if len(sheets) == 1 else [],
        tables=[
            pdf.Table(
                sheet.site_name if len(sheets) > 1 else "",
                [header for header, _width, _part in COLUMNS],
                [part for _header, _width, part in COLUMNS],
                [[_as_text(cell) for cell in row] for row in (*_rows(sheet), _sum_row(sheet))],
                numbers=NUMBERS,
                has_sum=True,
            )
            for sheet in sheets
        ],
        signatures=SIGNATURES,
        # The moment of the signature, so that the same bytes come of a signed sheet at any time.
        made_at=only.signed_at,
    )
    return pdf.write(report)


def _lines_above(sheet: ScoreSheet) -> list[str]:
    words = [f"Đo ngày {format_short(sheet.measured_on)}. Tình trạng: {sheet.get_state_display().lower()}."]
    if sheet.is_signed:
        when = timezone.localtime(sheet.signed_at)
        words.append(
            f"Người trình: {sheet.submitted_by_name}. Người ký: {sheet.signed_by_name}, {format_short(when.date())}."
        )
    if sheet.is_illustrative:
        words.append("Dữ liệu minh họa.")
    return [*words, *lines_of_version(sheet)]


def lines_of_version(sheet: ScoreSheet) -> list[str]:
    """Return what is said of versions: which one this replaces, why, what changed, and which one replaces it."""
    words = []
    if sheet.is_new_version:
        words.append(f"Bản {sheet.version}, thay bản {sheet.replaces.version}. Lý do: {sheet.version_reason}")
        words += [
            f"Sửa {one['what']} «{one['label']}»: {_shown(one['before'])} thành {_shown(one['after'])}."
            for one in versions.changes(sheet)
        ]
    if sheet.is_superseded:
        when = format_short(timezone.localtime(sheet.newer.signed_at).date())
        words.append(f"Không còn giá trị: đã được thay bằng bản {sheet.newer.version}, ký ngày {when}.")
    return words


def _shown(text: str) -> str:
    """A value of a line as people read it: points with a comma, words as they are, and that there was nothing."""
    try:
        return points(Decimal(text)) if text else "trống"
    except ArithmeticError:
        return f"«{text}»"


def _rows(sheet: ScoreSheet) -> list[list]:
    return [
        [
            str(place),
            f"{line.label} ({line.legal_source})",
            line.max_points,
            WAITS if line.waits_for_points else line.awarded,
            line.self_assessed,
            ": ".join(part for part in (line.get_shown_display(), line.found) if part),
            "\n".join(one["address"] for one in line.evidence),
            remark(line),
        ]
        for place, line in enumerate(sheet.lines.all(), 1)
    ]


def _sum_row(sheet: ScoreSheet) -> list:
    total = sums(sheet)
    return ["", "Tổng điểm", total.most, total.awarded, total.own, f"Tỷ lệ {total.percent_text}", "", ""]


def _summary(sheets: Sequence[ScoreSheet]) -> xlsx.Sheet:
    rows = []
    for place, sheet in enumerate(sheets, 1):
        total = sums(sheet)
        rows.append(
            [
                str(place),
                sheet.site_name,
                total.most,
                total.awarded,
                total.own,
                written(percent(total.awarded, total.scored)),
                str(total.waiting),
                sheet.get_state_display(),
            ]
        )
    headers = ("STT", "Trang", "Điểm tối đa", "Điểm đạt", "Tự đánh giá", "Tỷ lệ (%)", "Chờ chấm", "Tình trạng")
    lines = [f"Tổng hợp điểm các trang tháng {sheets[0].name_of_month}", ISSUER]
    return xlsx.Sheet("Tổng hợp", lines, headers, (6, 44, 12, 12, 12, 12, 12, 16), rows)


def _as_text(cell) -> str:
    return points(cell) if isinstance(cell, Decimal) else cell or ""
