"""The admin's screens of import and export: parse, call an action, answer.

What imports share is in `base.admin.import_screens`.
"""

import tempfile
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, View

from accounts.roles import CONFIRM_REPEAL, DISPATCH, WRITE, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.admin.import_screens import AboutImport, ListOfImports, OfImports, OneImport
from base.admin.viewsets import own
from base.audit.trail import record
from base.authority import own_sites, portal_sites_of, sites_to_choose
from base.files import texts
from base.files.checks.common import MB
from base.models.files import CONTENT_TYPES
from base.tables import xlsx
from base.tables.csv import download
from vietnam import text

from ..models import ImportBatch, ImportRow, LegalDocument
from . import batches, ended, exporting, rights, tables, taking
from .forms import ConfirmForm, ConvertForm, DecideUndoForm, ExportForm, TakeTextForm, UndoForm, UploadForm

SAMPLE_CHARACTERS = 3_000
State, Outcome = ImportBatch.State, ImportRow.Outcome


def sites_for_import(user):
    """Return the sites into whose register a user may bring documents."""
    offered = sites_to_choose(user)
    return offered.filter(pk__in=[site.pk for site in offered if rights.may_import(user, site)])


def imports(user) -> bool:
    """Tell whether importing concerns a user at all."""
    return any(rights.may_import(user, site) for site in own_sites(user))


class Imports(OfImports):
    """Mixin: for those who may import on some site; a batch of another site is not there."""

    screen_access = holding(WRITE, DISPATCH)
    address = "legalref_import"
    concerns = staticmethod(imports)
    visible_to = staticmethod(rights.visible_to)
    counts_of = staticmethod(batches.counts)


class ImportListView(Imports, ListOfImports):
    title = "Nhập, xuất văn bản"
    template_name = "legalref/admin/import/list.html"
    extra_context: ClassVar = {"import_word": "lô", "address": Imports.address}


class UploadView(Imports, ActionView):
    form_class = UploadForm
    title = "Nhập văn bản từ bảng"
    submit_label = "Tải lên và kiểm tra"
    success_message = "Đã nhận tệp. Cổng đang kiểm tra; chưa ghi gì vào sổ."
    template_name = "legalref/admin/import/upload.html"
    without_version = "The file just chosen; nothing is written into the register."

    def get_form_kwargs(self):
        user = self.request.user
        return {**super().get_form_kwargs(), "sites": sites_for_import(user), "user": user}

    def call(self, form):
        self.made = batches.upload(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("legalref_import", args=[self.made.pk])


class BatchView(Imports, OneImport):
    title = "Lô nhập văn bản"
    template_name = "legalref/admin/import/batch.html"
    extra_context: ClassVar = {"rows_heading": "Các dòng của bảng", "row_word": "dòng"}
    related = ("document__document_type",)
    object_field = "document"
    progress_of = staticmethod(batches.progress_of)

    @cached_property
    def is_in_work(self) -> bool:
        return super().is_in_work and not batches.waits_for_night(self.batch)

    def details(self) -> dict:
        batch, user, counts = self.batch, self.request.user, self.counts
        to_write = counts[Outcome.NEW] + counts[Outcome.CHANGED]
        may_import = rights.may_import(user, batch.owner_site)
        return {
            "waits_for_night": batches.waits_for_night(batch),
            "quiet_from": batches.QUIET_FROM,
            "quiet_until": batches.QUIET_UNTIL,
            "to_write": to_write,
            "is_undecided": bool(batch.suspected_scheme and batch.scheme != "as_is"),
            "may_confirm": batch.state == State.CHECKED and to_write and may_import,
            "may_discard": batch.state in ImportBatch.DISCARDABLE and may_import,
            "may_approve": rights.may_approve(user, batch),
            "may_undo": batch.state in (State.WRITTEN, State.PUBLISHED) and may_import,
            "may_decide_undo": rights.may_decide_undo(user, batch),
            "scheme_name": texts.SCHEMES.get(batch.suspected_scheme, ""),
            "ended": self._ended(),
            "may_follow": may(user, CONFIRM_REPEAL),
            "has_findings": bool(counts[Outcome.WRONG]) or batch.rows.exclude(remarks=[]).exists(),
            "unpublished": batch.rows.filter(is_decided=True, is_published=False).exclude(revision=None).count(),
        }

    def _ended(self) -> list[ended.Ended]:
        if self.batch.state in (State.WRITTEN, State.APPROVED):
            return ended.to_come(self.batch)
        return ended.recorded(self.batch) if self.batch.state == State.PUBLISHED else []


class BatchActionView(AboutImport, Imports, ActionView):
    """A form about one batch."""


class ConfirmView(BatchActionView):
    form_class = ConfirmForm
    title = "Ghi lô vào sổ"
    submit_label = "Ghi thành bản nháp"
    success_message = "Đã xác nhận. Cổng đang ghi; hỏng giữa chừng thì không dòng nào được ghi."
    template_name = "legalref/admin/import/confirm.html"

    def call(self, form):
        batches.confirm(self.batch, by=self.request.user, **form.cleaned_data)


class ConvertView(BatchActionView):
    """Both readings of the first rows side by side; the choice runs the dry run again."""

    form_class = ConvertForm
    title = "Chuyển bảng mã cũ"
    submit_label = "Chọn và kiểm tra lại"
    success_message = "Đã chọn bảng mã. Cổng đang kiểm tra lại; chưa ghi gì vào sổ."
    template_name = "legalref/admin/import/convert.html"

    def get_initial(self):
        return {"scheme": self.batch.suspected_scheme}

    def get_context_data(self, **kwargs):
        return super().get_context_data(samples=batches.readings(self.batch), **kwargs)

    def call(self, form):
        batches.convert(self.batch, by=self.request.user, **form.cleaned_data)


class ApproveView(BatchActionView):
    form_class = Form
    title = "Duyệt lô"
    submit_label = "Duyệt và đăng cả lô"
    success_message = "Đã duyệt. Cổng đang đăng từng văn bản của lô."
    template_name = "legalref/admin/import/approve.html"

    def call(self, form):
        batches.approve(self.batch, by=self.request.user)


class DiscardView(BatchActionView):
    form_class = Form
    title = "Bỏ lô"
    header_icon = "bin"
    submit_label = "Bỏ lô này"
    success_message = "Đã bỏ lô; sổ không có gì thay đổi."

    def call(self, form):
        batches.discard(self.batch, by=self.request.user)


class UndoView(BatchActionView):
    form_class = UndoForm
    title = "Thu hồi lô"
    header_icon = "rotate"
    submit_label = "Thu hồi"
    success_message = "Đã ghi nhận việc thu hồi lô."
    template_name = "legalref/admin/import/undo.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(is_published=self.batch.state == State.PUBLISHED, **kwargs)

    def call(self, form):
        batches.undo(self.batch, by=self.request.user, **form.cleaned_data)


class DecideUndoView(BatchActionView):
    form_class = DecideUndoForm
    title = "Quyết định thu hồi lô"
    header_icon = "rotate"
    submit_label = "Quyết định"
    success_message = "Đã ghi quyết định."

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.batch}: {self.batch.undo_reason}", **kwargs)

    def call(self, form):
        batches.decide_undo(self.batch, by=self.request.user, accept=form.cleaned_data["decision"] == "accept")


# --- Files ----------------------------------------------------------------------------------------------------


class ReportView(Imports, View):
    """What is wrong in a batch, as a spreadsheet."""

    def get(self, request, pk):
        found = tables.problems(self.batch.rows.defer("values").order_by("number").iterator(chunk_size=500))
        return download(found, f"loi-lo-{self.batch.pk}.xlsx")


class TemplateSheetView(Imports, View):
    """The sheet to fill in."""

    def get(self, request):
        return download(xlsx.write(tables.sheets([])), "mau-nhap-van-ban.xlsx")


class ExportView(Imports, FormView):
    """Choose documents of one's own sites; the file comes as the answer."""

    without_version = "Only downloads; what is posted answers 404."

    form_class = ExportForm
    template_name = "legalref/admin/import/export.html"
    header_icon = "download"

    def get_form_kwargs(self):
        kwargs = {**super().get_form_kwargs(), "sites": portal_sites_of(self.request.user)}
        if "format" in self.request.GET:
            kwargs["data"] = self.request.GET
        return kwargs

    def get(self, request, *args, **kwargs):
        form = self.get_form()
        if not form.is_bound or not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        return self._answer(form)

    def post(self, request, *args, **kwargs):
        raise Http404

    def get_context_data(self, **kwargs):
        return super().get_context_data(title="Xuất văn bản", **{"header_icon": self.header_icon, **kwargs})

    def _answer(self, form):
        values = dict(form.cleaned_data)
        kind = values.pop("format")
        documents = exporting.chosen(own(LegalDocument.objects.all(), self.request.user, "owner_site"), values)
        count = documents.count()
        if count > exporting.MOST_DOCUMENTS:
            most = exporting.MOST_DOCUMENTS
            form.add_error(None, f"Có {count} văn bản, mỗi lần xuất nhiều nhất {most}; hãy lọc hẹp hơn.")
        if not count:
            form.add_error(None, "Không có văn bản nào theo các điều kiện này; hãy bỏ bớt điều kiện.")
        if form.errors:
            return self.render_to_response(self.get_context_data(form=form))
        target = tempfile.SpooledTemporaryFile(16 * MB)
        write = exporting.write_package if kind == "zip" else exporting.write_table
        write(target, documents)
        target.seek(0)
        record("export.made", by=self.request.user, object_label="Sổ văn bản", detail={"count": count, "format": kind})
        day = timezone.localdate()
        return FileResponse(
            target,
            as_attachment=True,
            filename=f"van-ban-{day:%Y-%m-%d}.{kind}",
            content_type=CONTENT_TYPES[kind],
        )


# --- Full text from a file -------------------------------------------------------------------------------------


class TakeTextView(ActionView):
    """Show the text of a document's file, before and after a change of its encoding; then take it over."""

    screen_access = holding(WRITE, DISPATCH)
    form_class = TakeTextForm
    title = "Lấy toàn văn từ tệp"
    header_icon = "doc-full"
    submit_label = "Lấy làm toàn văn của bản nháp"
    success_message = "Đã lấy toàn văn vào bản nháp; hãy đọc lại rồi gửi duyệt."
    template_name = "legalref/admin/import/take_text.html"

    def seen(self):
        """The newest version of the document and its files."""
        return [self.document, [file.pk for file, _ in self.files]]

    def dispatch(self, request, *args, **kwargs):
        if not rights.may_import(request.user, self.document.owner_site):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def document(self) -> LegalDocument:
        documents = own(LegalDocument.objects.all(), self.request.user, "owner_site")
        return get_object_or_404(documents, pk=self.kwargs["pk"])

    @cached_property
    def files(self) -> list:
        return taking.readable_files(self.document)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "files": self.files}

    def get_initial(self):
        return {"file": str(self.shown.pk), "scheme": self.found.scheme} if self.shown else {}

    @cached_property
    def shown(self):
        wanted = self.request.POST.get("file") or self.request.GET.get("tep", "")
        return next(
            (file for file, _ in self.files if str(file.pk) == wanted), self.files[0][0] if self.files else None
        )

    @cached_property
    def found(self) -> texts.FoundText:
        return taking.preview(self.shown)

    def get_context_data(self, **kwargs):
        more = {}
        if self.shown:
            content, scheme = self.found.text, self.found.scheme
            more = {
                "found": self.found,
                "characters": len(content),
                "sample": content[:SAMPLE_CHARACTERS],
                "scheme_name": texts.SCHEMES.get(scheme, ""),
                "converted": text.convert_legacy(content[:SAMPLE_CHARACTERS], scheme) if scheme else "",
            }
        return super().get_context_data(
            subject=str(self.document), document=self.document, files=self.files, shown=self.shown, **more, **kwargs
        )

    def call(self, form):
        file = next(file for file, _ in self.files if str(file.pk) == form.cleaned_data["file"])
        taking.take_text(self.document, file, by=self.request.user, scheme=form.cleaned_data["scheme"])

    def get_success_url(self):
        return edit_address(self.document)
