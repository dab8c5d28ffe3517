"""The screens of importing and exporting procedures: parse, call an action of `importing`, answer."""

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import FormView, View

from base.admin.action_views import ActionView, add_errors
from base.audit.trail import record
from base.gate import Refused
from base.operations import idempotency
from base.sites import city_site
from base.tables.csv import download

from ..importing import bringing, reading
from ..importing.bringing import Outcome
from ..models import Procedure
from .access import PROCEDURE_KEEPERS
from .forms import ConfirmImportForm, ImportForm

SALT = "servicecatalog.importing"
# How long a dry run may be confirmed, in seconds.
HOLDS_FOR_SECONDS = 12 * 3600
TOO_OLD = "Bản kiểm tra đã quá hạn hoặc bị sửa; hãy tải tệp lên lại."


class MayImport:
    """Only for those who write for the city."""

    screen_access = PROCEDURE_KEEPERS

    def dispatch(self, request, *args, **kwargs):
        if not bringing.may_import(request.user):
            raise PermissionDenied("Bạn không có quyền nhập thủ tục vào danh mục của thành phố.")
        return super().dispatch(request, *args, **kwargs)


class ImportView(MayImport, FormView):
    """Upload a file and see what it would do; nothing is written yet."""

    without_version = "A trial; nothing is written."

    template_name = "servicecatalog/admin/import.html"
    form_class = ImportForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Nhập thủ tục",
            header_icon="upload",
            submit_label="Kiểm tra trước",
            submission_field=idempotency.FIELD,
            submission_key=idempotency.new_key(),
            **kwargs,
        )

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        try:
            items = reading.read(file, file.name)
            rows = bringing.check(items, by=self.request.user)
        except ValidationError as error:
            form.add_error("file", error)
            return self.form_invalid(form)
        return render(self.request, DryRun.template_name, DryRun(self.request, file.name, items, rows).context())


class DryRun:
    """What the screen between the file and its confirmation shows."""

    template_name = "servicecatalog/admin/import_checked.html"

    def __init__(self, request, name, items, rows, form=None):
        self.request, self.name, self.rows = request, name, rows
        good = [row.number for row in rows if row.outcome != Outcome.WRONG]
        data = [[item.number, item.data, item.problems] for item in items]
        carried = signing.dumps([request.user.pk, name, data, good], salt=SALT, compress=True)
        self.form = form or ConfirmImportForm(initial={"carried": carried})
        if form is not None:
            # What is confirmed next is what is shown now.
            form.data = {**form.data.dict(), "carried": carried}

    def context(self) -> dict:
        counts = [(outcome.label, sum(row.outcome == outcome for row in self.rows)) for outcome in Outcome]
        return {
            "title": "Kiểm tra trước khi nhập",
            "subject": self.name,
            "header_icon": "upload",
            "form": self.form,
            "rows": [(row, Outcome(row.outcome).label) for row in self.rows],
            "counts": counts,
            "has_problems": any(row.problems for row in self.rows),
            "to_write": sum(row.outcome in (Outcome.NEW, Outcome.CHANGED) for row in self.rows),
            "submit_label": "Ghi bản nháp và gửi duyệt cả lô",
            "submission_field": idempotency.FIELD,
            "submission_key": idempotency.new_key(),
        }


def opened(carried: str, *, by) -> tuple[str, list[reading.Item], set[int]]:
    """Return of a dry run the name of its file, all its rows, and the numbers of those that it found good.

    Raises ValidationError for one that is too old or was changed, Refused for that of another user.
    """
    try:
        user, name, data, good = signing.loads(carried, salt=SALT, max_age=HOLDS_FOR_SECONDS)
    except (signing.BadSignature, ValueError):
        raise ValidationError(TOO_OLD) from None
    if user != by.pk:
        raise Refused("Bản kiểm tra này của người khác; hãy tải tệp lên lại.")
    items = [reading.Item(number, row, [tuple(one) for one in problems]) for number, row, problems in data]
    return name, items, set(good)


def upload_anew(request, error: ValidationError | Refused):
    """Answer with the form for a file and what was wrong with the dry run."""
    form = ImportForm({}, user=request.user)
    form.errors.clear()
    add_errors(form, error)
    return render(
        request,
        "servicecatalog/admin/import.html",
        {
            "title": "Nhập thủ tục",
            "header_icon": "upload",
            "submit_label": "Kiểm tra trước",
            "form": form,
            "submission_field": idempotency.FIELD,
            "submission_key": idempotency.new_key(),
            "address": reverse("servicecatalog_import"),
        },
    )


class ConfirmView(MayImport, ActionView):
    """Write what the dry run found good, and submit it."""

    without_version = "The form carries what was checked, signed; each row is checked again."
    http_method_names = ["post"]
    form_class = ConfirmImportForm
    template_name = DryRun.template_name
    batch = None

    def call(self, form):
        items, good = self._carried(form)
        rows = bringing.check(items, by=self.request.user)
        shown = [row for row in rows if row.number in good]
        if wrong := [str(row.number) for row in shown if row.outcome == Outcome.WRONG]:
            raise ValidationError(
                f"Chưa ghi gì: từ lần kiểm tra trước, dòng {', '.join(wrong)} có lỗi mới. Hãy xem bảng dưới đây, rồi "
                "đánh dấu ô «Cam kết» và gửi lại để ghi các dòng không lỗi, hoặc sửa tệp rồi tải lên lại."
            )
        self.batch = bringing.write(
            shown,
            by=self.request.user,
            declaration=form.cleaned_data["declaration"],
            title=f"Nhập thủ tục từ «{self._name}»",
        )
        if self.batch is None:
            raise Refused("Không có thủ tục nào mới hoặc thay đổi, nên không có gì để ghi.")

    def _carried(self, form) -> tuple[list[reading.Item], set[int]]:
        self._name, items, good = opened(form.cleaned_data["carried"], by=self.request.user)
        return items, good

    def form_invalid(self, form):
        """Show the dry run again with what was wrong; the file need not be uploaded a second time."""
        try:
            items, _good = self._carried(form)
        except (ValidationError, Refused) as error:
            return upload_anew(self.request, error)
        except KeyError:
            return upload_anew(self.request, ValidationError(TOO_OLD))
        rows = bringing.check(items, by=self.request.user)
        return render(self.request, self.template_name, DryRun(self.request, self._name, items, rows, form).context())

    def get_success_url(self):
        return reverse("servicecatalog_batch", args=[self.batch.pk])

    def get_success_message(self):
        return "Đã ghi bản nháp và gửi cả lô; cần người thứ hai duyệt."


class ProblemsView(MayImport, View):
    """What is wrong in the file of a dry run, as a spreadsheet."""

    http_method_names = ["post"]
    without_version = "Writes nothing: what is wrong in the file that the form carries, signed."

    def post(self, request):
        try:
            _name, items, _good = opened(request.POST.get("carried", ""), by=request.user)
        except (ValidationError, Refused) as error:
            return upload_anew(request, error)
        rows = bringing.check(items, by=request.user)
        return download(bringing.problems_sheet(rows), "loi-nhap-thu-tuc.xlsx")


class TemplateView(MayImport, View):
    """The empty table with the explanation of its columns."""

    def get(self, request):
        return download(reading.as_table([]), "mau-nhap-thu-tuc.xlsx")


class ExportView(MayImport, View):
    """All procedures of the city as the table or the JSON that can be brought in again."""

    def get(self, request, kind):
        found = Procedure.objects.filter(owner_site=city_site()).order_by("code")
        newest = [procedure.get_latest_revision_as_object() for procedure in found]
        if kind == "xlsx":
            content = reading.as_table(newest)
        elif kind == reading.JSON:
            content = reading.as_json(newest)
        else:
            raise Http404
        record("export.made", by=request.user, site=city_site())
        kinds = {"json": "application/json"}
        return download(content, f"thu-tuc.{kind}", kinds.get(kind, ""))
