"""The screens of the matrix: what the sites show of each mandatory section, as a table and as a file."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.held_sites import SitesHeld
from base.audit.trail import record
from base.public.index.addresses import Addresses
from base.tables import xlsx
from base.tables.csv import download_sheets
from vietnam.dates import format_short

from ..screens import SITE_WORKERS
from . import matrix, rights

ICON = "clipboard-list"


class OwnMatrix:
    """Mixin: the matrix of the sites on whose content the person works; others are not there."""

    screen_access = SITE_WORKERS

    @cached_property
    def found(self) -> matrix.Matrix:
        own = {site.pk for site in rights.sites_seen(self.request.user)}
        return matrix.matrix([site for site in matrix.open_sites() if site.pk in own])


class MatrixView(SitesHeld, OwnMatrix, TemplateView):
    template_name = "reporting/matrix.html"

    def get_context_data(self, **kwargs):
        addresses = Addresses(self.request)
        rows = [(row, [(cell, _address(cell, addresses)) for cell in row.cells]) for row in self.found.rows]
        return super().get_context_data(
            title="Mức độ đầy đủ của các trang",
            header_icon=ICON,
            found=self.found,
            rows=rows,
            counts=[
                (state, label, [count[state] for _site, count in self.found.counts()])
                for state, label in matrix.LABELS.items()
            ],
            **kwargs,
        )


class MatrixFileView(OwnMatrix, View):
    """The matrix as XLSX or CSV: a row for each section of each site."""

    def get(self, request, extension):
        record("export.made", by=request.user)
        lines = ["Mức độ đầy đủ của các trang", f"Ngày {format_short(self.found.day)}"]
        columns = [
            ("Trang", 40, "site.name"),
            ("Chuyên mục", 50, "section.label"),
            ("Ngôn ngữ", 12, "language"),
            ("Bắt buộc", 10, lambda cell: "có" * cell.is_required),
            ("Hiện trạng", 12, "label"),
            ("Lý do", 40, "words"),
        ]
        cells = [cell for row in self.found.rows for cell in row.cells if cell is not None]
        sheet = xlsx.sheet("Đầy đủ", lines, columns, cells)
        return download_sheets([sheet], f"muc-do-day-du.{'csv' if extension == 'csv' else 'xlsx'}")


def _address(cell: matrix.Cell | None, addresses: Addresses) -> str:
    """Where the evidence is: the public page, the draft in the explorer, "" for none."""
    if cell is None or cell.page is None:
        return ""
    return addresses.of(cell.page.url_path) if cell.page.live else reverse("wagtailadmin_explore", args=[cell.page.pk])
