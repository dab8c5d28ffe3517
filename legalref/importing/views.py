"""The admin's screens of import and export: parse, call an action, answer.

The periodic job does the work; the batch's page shows the progress and reloads itself, without script.
"""

import tempfile

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View

from accounts.roles import CONFIRM_REPEAL, DISPATCH, WRITE, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
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

PER_PAGE = 50
REFRESH_SECONDS = 4
LATE_SECONDS = 120
SAMPLE_CHARACTERS = 3_000
State, Outcome = ImportBatch.State, ImportRow.Outcome


def sites_for_import(user):
    """Return the sites into whose register a user may bring documents."""
    offered = sites_to_choose(user)
    return offered.filter(pk__in=[site.pk for site in offered if rights.may_import(user, site)])


def imports(user) -> bool:
    """Tell whether importing concerns a user at all."""
    return any(rights.may_import(user, site) for site in own_sites(user))


class Imports:
    """Mixin: for those who may import on some site; a batch of another site is not there."""

    screen_access = holding(WRITE, DISPATCH)
    header_icon = "upload"

    def dispatch(self, request, *args, **kwargs):
        if not imports(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def batch(self) -> ImportBatch:
        return get_object_or_404(rights.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_success_url(self):
        return reverse("legalref_import", args=[self.batch.pk])


class ImportListView(Imports, TemplateView):
    template_name = "legalref/admin/import/list.html"

    def get_context_data(self, **kwargs):
        page = Paginator(rights.visible_to(self.request.user), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(title="Nhập, xuất văn bản", header_icon=self.header_icon, page=page, **kwargs)


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


class BatchView(Imports, TemplateView):
    """One batch: what it would do or has done, what is wrong, how far it is, and what may be done with it."""

    template_name = "legalref/admin/import/batch.html"

    def get_context_data(self, **kwargs):
        batch, user = self.batch, self.request.user
        counts = batches.counts(batch)
        chosen = self.request.GET.get("dong", "")
        if chosen not in Outcome.values:
            chosen = Outcome.WRONG if counts[Outcome.WRONG] else Outcome.NEW
        rows = batch.rows.filter(outcome=chosen).select_related("document__document_type").defer("values")
        page = Paginator(rows.order_by("number"), PER_PAGE).get_page(self.request.GET.get("p"))
        for row in page:
            row.edit_url = edit_address(row.document) if row.document_id else ""
        done, total = batches.progress_of(batch)
        to_write = counts[Outcome.NEW] + counts[Outcome.CHANGED]
        waits = batches.waits_for_night(batch)
        is_in_work = batch.state in ImportBatch.IN_WORK and not waits
        return super().get_context_data(
            title="Lô nhập văn bản",
            subject=batch.table_name,
            header_icon=self.header_icon,
            batch=batch,
            counts=[(value, label, counts[value], value == chosen) for value, label in Outcome.choices],
            page=page,
            chosen=chosen,
            is_in_work=is_in_work,
            done=done,
            total=total,
            waits_for_night=waits,
            quiet_from=batches.QUIET_FROM,
            quiet_until=batches.QUIET_UNTIL,
            is_late=is_in_work and not done and self._waits_long(),
            to_write=to_write,
            is_undecided=bool(batch.suspected_scheme and batch.scheme != "as_is"),
            may_confirm=batch.state == State.CHECKED and to_write and rights.may_import(user, batch.owner_site),
            may_discard=batch.state in ImportBatch.DISCARDABLE and rights.may_import(user, batch.owner_site),
            may_approve=rights.may_approve(user, batch),
            may_undo=batch.state in (State.WRITTEN, State.PUBLISHED) and rights.may_import(user, batch.owner_site),
            may_decide_undo=rights.may_decide_undo(user, batch),
            scheme_name=texts.SCHEMES.get(batch.suspected_scheme, ""),
            ended=self._ended(),
            may_follow=may(user, CONFIRM_REPEAL),
            has_findings=bool(counts[Outcome.WRONG]) or batch.rows.exclude(remarks=[]).exists(),
            unpublished=batch.rows.filter(is_decided=True, is_published=False).exclude(revision=None).count(),
            **kwargs,
        )

    def _ended(self) -> list[ended.Ended]:
        if self.batch.state in (State.WRITTEN, State.APPROVED):
            return ended.to_come(self.batch)
        return ended.recorded(self.batch) if self.batch.state == State.PUBLISHED else []

    def _waits_long(self) -> bool:
        since = self.batch.confirmed_at or self.batch.made_at
        return (timezone.now() - since).total_seconds() > LATE_SECONDS

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if context["is_in_work"]:
            # The browser asks again by itself, without script.
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response


class BatchActionView(Imports, ActionView):
    """A form about one batch."""

    def seen(self):
        """The batch and what became of its rows."""
        return [self.batch, batches.counts(self.batch)]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.batch), **kwargs)


class ShowsCounts:
    """Mixin: what a person decides on a batch stands above the form, in numbers."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(counts=batches.counts(self.batch), batch=self.batch, **kwargs)


class ConfirmView(ShowsCounts, BatchActionView):
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


class ApproveView(ShowsCounts, BatchActionView):
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
        return super().get_context_data(**kwargs) | {"subject": f"{self.batch}: {self.batch.undo_reason}"}

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
