"""The admin's screens of moving in: parse, show what would become of an export, call an action, answer.

What imports share is in `base.admin.import_screens`.
"""

from typing import ClassVar

from django.forms import Form
from django.urls import reverse
from django.views.generic import View

from accounts.roles import ADMINISTER, ARRANGE
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.import_screens import AboutImport, ListOfImports, OfImports, OneImport
from base.tables import xlsx
from base.tables.csv import download
from workflows.models import PublicationBundle

from . import imports, report, rights
from .forms import ALL_SCHEMES, ConvertForm, UndoForm, UploadForm
from .models import MovedRow, SiteImport
from .reading import FORMATS, tables

State, Outcome = SiteImport.State, MovedRow.Outcome


class Moving(OfImports):
    """Mixin: for those who may submit an export for some site; an import of another site is not there."""

    screen_access = holding(ARRANGE, ADMINISTER)
    address = "moving_import"
    concerns = staticmethod(rights.sites_for)
    visible_to = staticmethod(rights.visible_to)
    counts_of = staticmethod(imports.counts)


class ImportListView(Moving, ListOfImports):
    title = "Chuyển từ cổng cũ"
    template_name = "moving/list.html"
    extra_context: ClassVar = {"import_word": "đợt", "address": Moving.address}


class UploadView(Moving, ActionView):
    form_class = UploadForm
    title = "Chuyển từ cổng cũ"
    submit_label = "Tải lên và kiểm tra"
    success_message = "Đã nhận tệp. Cổng đang kiểm tra từng bài; chưa tạo gì."
    template_name = "moving/upload.html"
    without_version = "The file just chosen; no page is made."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sections": rights.sections_for(self.request.user)}

    def call(self, form):
        self.made = imports.submit(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("moving_import", args=[self.made.pk])


class ImportView(Moving, OneImport):
    title = "Đợt chuyển từ cổng cũ"
    template_name = "moving/import.html"
    extra_context: ClassVar = {"rows_heading": "Từng bài của đợt", "row_word": "bài"}
    related = ("section", "page", "bundle")
    object_field = "page"
    progress_of = staticmethod(imports.progress_of)

    def details(self) -> dict:
        batch, user, counts = self.batch, self.request.user, self.counts
        may_begin, is_left = rights.may_begin(user, batch.site), rights.is_left(batch)
        is_checked = batch.state == State.CHECKED
        return {
            "format": FORMATS[batch.format].label if batch.format in FORMATS else batch.format,
            "to_write": counts[Outcome.NEW],
            "bundles": self._bundles(),
            "is_undecided": is_checked and bool(batch.suspected_scheme),
            "scheme_name": ALL_SCHEMES.get(batch.suspected_scheme, ""),
            "may_begin": is_checked and may_begin and bool(counts[Outcome.NEW]),
            "may_go_on": batch.state == State.WRITING and is_left and may_begin,
            "waits_for_board": is_checked and not may_begin,
            "may_discard": batch.state in SiteImport.DISCARDABLE and rights.may_change(user, batch),
            "may_undo": (batch.state in (State.WRITING, State.WRITTEN) or is_left) and may_begin,
        }

    def waits_long(self) -> bool:
        """Whether the job should have begun by now; where something stops it, the import says so."""
        return not self.batch.message and super().waits_long()

    def _bundles(self) -> list[tuple[str, int]]:
        """Return (state, how many dossiers of the import are in it), as people read it."""
        keys = self.batch.rows.exclude(bundle=None).order_by().values("bundle").distinct()
        states = list(PublicationBundle.objects.filter(pk__in=keys).order_by().values_list("state", flat=True))
        return [(label, states.count(value)) for value, label in PublicationBundle.State.choices if value in states]


class DecisionView(AboutImport, Moving, ActionView):
    """A form about one import."""


class BeginView(DecisionView):
    form_class = Form
    title = "Tạo bản nháp"
    submit_label = "Tạo bản nháp và hồ sơ đăng"
    success_message = "Cổng đang tạo bản nháp; chưa có gì công khai."
    template_name = "moving/begin.html"

    def call(self, form):
        imports.begin(self.batch, by=self.request.user)


class ConvertView(DecisionView):
    """Both readings of the first pages side by side; the choice runs the dry run again."""

    form_class = ConvertForm
    title = "Chuyển bảng mã cũ"
    submit_label = "Chọn và kiểm tra lại"
    success_message = "Đã chọn bảng mã. Cổng đang kiểm tra lại; chưa tạo gì."
    template_name = "moving/convert.html"

    def get_initial(self):
        return {"scheme": self.batch.suspected_scheme}

    def get_context_data(self, **kwargs):
        return super().get_context_data(samples=imports.readings(self.batch), **kwargs)

    def call(self, form):
        imports.convert(self.batch, by=self.request.user, **form.cleaned_data)


class DiscardView(DecisionView):
    form_class = Form
    title = "Bỏ đợt"
    header_icon = "bin"
    submit_label = "Bỏ đợt này"
    success_message = "Đã bỏ đợt; không có bản nháp nào được tạo."

    def call(self, form):
        imports.discard(self.batch, by=self.request.user)


class UndoView(DecisionView):
    form_class = UndoForm
    title = "Thu hồi đợt"
    header_icon = "rotate"
    submit_label = "Thu hồi"
    success_message = "Cổng đang thu hồi các bản nháp của đợt."
    template_name = "moving/undo.html"

    def call(self, form):
        imports.undo(self.batch, by=self.request.user, **form.cleaned_data)


# --- Files ----------------------------------------------------------------------------------------------------


class ReportView(Moving, View):
    """What would become of each page, or has, as a spreadsheet."""

    def get(self, request, pk):
        rows = self.batch.rows.select_related("section", "bundle").defer("values").order_by("number")
        return download(report.sheet(rows.iterator(chunk_size=500)), f"dot-chuyen-{self.batch.pk}.xlsx")


class TemplateSheetView(Moving, View):
    """The table to fill in, for the pages of a system that none of the formats knows."""

    def get(self, request):
        sheets = [xlsx.to_fill_in("Bài viết", tables.COLUMNS, []), xlsx.guide(tables.COLUMNS)]
        return download(xlsx.write(sheets), "mau-chuyen-bai.xlsx")
