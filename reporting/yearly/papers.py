"""The yearly report on paper: as a Word file that the office completes, as a PDF to be signed.

Both are made of what the report keeps. The papers of an approved one are those that were sealed with it.
"""

from base.operations.log_names import name_on_paper
from base.sites import city_site
from base.tables import docx, pdf
from base.tables.paper import Report, Table
from vietnam.dates import format_short
from workflows.archive import copies
from workflows.models import ArchiveCopy

from ..models import YearlyPart, YearlyReport

KINDS = ("docx", "pdf")
WRITERS = {"docx": docx.write, "pdf": pdf.write}
# The last column of these holds names.
WIDE_LAST = frozenset({"sections", "accounts"})
WIDE_FIRST = 3


def file_name(report: YearlyReport, kind: str) -> str:
    """Return the name of a paper's file: "bao-cao-ra-soat-2026.docx"."""
    return f"bao-cao-ra-soat-{report.year}.{kind}"


def paper(report: YearlyReport, kind: str) -> bytes:
    """Return a paper of a report, `kind` of KINDS: of an approved one the bytes that were sealed."""
    if report.archive_copy is None:
        return write(report, kind)
    files = ArchiveCopy.objects.values_list("files", flat=True).get(pk=report.archive_copy)
    return copies.read(next(file["digest"] for file in files if file["name"] == file_name(report, kind)))


def write(report: YearlyReport, kind: str) -> bytes:
    """Write a paper of a report as it stands."""
    return WRITERS[kind](as_report(report))


def as_report(report: YearlyReport) -> Report:
    """Return a report as it is printed: a letter, a part under each heading."""
    site = city_site()
    lines = [f"Số liệu từ 01/01/{report.year} đến {format_short(report.counted_to)}"]
    if report.is_approved:
        submitted, approved = map(name_on_paper, (report.submitted_by_name, report.approved_by_name))
        lines += [f"Người trình: {submitted}", f"Người duyệt: {approved}"]
    if report.is_illustrative:
        lines.append("Dữ liệu minh họa")
    return Report(
        issuer=f"Ban Biên tập {site.name}",
        title=f"Báo cáo rà soát hằng năm Trang thông tin điện tử và đề xuất phương án nâng cấp, năm {report.year}",
        lines=lines,
        tables=[_part(place, part) for place, part in enumerate(report.parts.all(), 1)],
        signatures=("Người lập báo cáo", "Thủ trưởng đơn vị"),
        made_at=report.approved_at,
        landscape=False,
        number="Số:          /BC-BBT",
        dated="Ngày        tháng        năm",
    )


def _part(place: int, part: YearlyPart) -> Table:
    figures = [
        f"{figure.label_and_day}: {figure.value or '…'}{f' ({figure.remark})' if figure.remark else ''}."
        for figure in part.figures.all()
    ]
    widths = [WIDE_FIRST, *[1] * (len(part.columns) - 1)] if part.columns else []
    if part.key in WIDE_LAST:
        widths[-1] = WIDE_FIRST + 1
    return Table(f"{place}. {part.title}", part.columns, widths, part.rows, notes=[*figures, *part.paragraphs])
