"""The admin's screens of tables of answers: the sheet to fill in, the table that comes back, its rows with errors."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.views.generic import TemplateView, View

from accounts.roles import ANSWER_QUESTIONS
from accounts.screen_access import holding
from base.admin.seen_versions import OUTDATED
from base.audit.trail import record
from base.files.upload_forms import demand_storable
from base.gate import Refused
from base.operations import idempotency
from base.tables.csv import download
from base.tables.incoming import examined
from workflows import deadlines

from . import answer_tables, inbox


class TableForm(forms.Form):
    """The table with answers."""

    table = forms.FileField(
        label="Bảng câu trả lời (.xlsx, .csv)",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f"Tải bảng câu hỏi, ghi câu trả lời rồi chọn tệp ở đây; tối đa {answer_tables.MOST_ROWS} dòng.",
        error_messages={"required": "Hãy chọn tệp bảng.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_table(self):
        file = self.cleaned_data["table"]
        clean = examined(file)
        demand_storable(clean, by=self.user)
        self.rows = answer_tables.read(clean, file.name)
        return clean


class Answering:
    """Mixin: for those who write answers on some site."""

    screen_access = holding(ANSWER_QUESTIONS)

    def dispatch(self, request, *args, **kwargs):
        if not inbox.sites_for(request.user, ANSWER_QUESTIONS):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class AnswerSheetView(Answering, View):
    """The open questions as a sheet to fill in; what askers wrote leaves with it, so it is written down."""

    def get(self, request):
        content, count = answer_tables.sheet(request.user)
        record("export.made", by=request.user, object_label="Câu hỏi chờ soạn trả lời", detail={"count": count})
        return download(content, f"cau-hoi-cho-tra-loi-{deadlines.today():%Y-%m-%d}.xlsx")


class AnswerTableView(Answering, TemplateView):
    """Take a table, show its rows with their errors, correct them in place, then write all or none as drafts.

    The rows are in the form itself until they are written: nothing is stored on the server, and nothing typed is lost.
    """

    without_version = "Each row carries the moment of the draft that it replaces."
    template_name = "faq/admin/answer_table.html"
    WRITE = "write"

    def get(self, request, *args, **kwargs):
        return self._show(TableForm(user=request.user))

    def post(self, request, *args, **kwargs):
        if self.WRITE in request.POST or "number" in request.POST:
            return self._written(request)
        form = TableForm(request.POST, request.FILES, user=request.user)
        if not form.is_valid():
            return self._show(form)
        return self._show(form, answer_tables.check(form.rows, by=request.user))

    def _written(self, request):
        rows = self._rows(request)
        left = [row for row in rows if str(row.place) not in set(request.POST.getlist("leave"))]
        if self.WRITE in request.POST and self._is_outdated(request, left):
            messages.error(request, OUTDATED)
        elif self.WRITE in request.POST and left:
            try:
                outcome = idempotency.once(
                    request,
                    f"{request.user.pk} {request.path}",
                    lambda: f"Đã ghi {answer_tables.write(left, by=request.user)} câu trả lời thành bản nháp.",
                )
            except Refused as error:
                messages.error(request, str(error))
            else:
                messages.success(request, outcome.text)
                return redirect("faq_inbox")
        elif not left:
            messages.info(request, "Đã bỏ hết các dòng; không ghi gì.")
        return self._show(TableForm(user=request.user), answer_tables.check(left, by=request.user))

    def _is_outdated(self, request, rows) -> bool:
        """Tell whether a draft that a row replaces is another than the one that was named beside it."""
        shown = dict(zip(request.POST.getlist("place"), request.POST.getlist("replaces"), strict=False))
        rows = answer_tables.check(rows, by=request.user)
        return any(row.replaces_version != shown.get(str(row.place)) for row in rows)

    def _rows(self, request) -> list[answer_tables.Row]:
        sent = zip(*(request.POST.getlist(name) for name in ("place", "number", "answer")), strict=False)
        return [answer_tables.Row(int(place), number, answer) for place, number, answer in sent if place.isdecimal()][
            : answer_tables.MOST_ROWS
        ]

    def _show(self, form, rows=None):
        wrong = sum(1 for row in rows or [] if row.error)
        return self.render_to_response(
            self.get_context_data(
                title="Trả lời bằng bảng tính",
                header_icon="table",
                form=form,
                rows=rows,
                wrong=wrong,
                guide=answer_tables.GUIDE,
                write=self.WRITE,
                submission_field=idempotency.FIELD,
                submission_key=idempotency.new_key(),
            )
        )
