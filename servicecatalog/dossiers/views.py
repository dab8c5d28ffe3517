"""The office's screens of dossiers: states, what does not count, reports, files; parse, call an action, answer."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import FormView, TemplateView, View
from wagtail.admin.widgets import AdminDateInput

from accounts.roles import DISPATCH, HANDLE_QUESTIONS, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.audit.trail import record
from base.authority import own_sites
from base.files.chosen import FileField
from base.gate import Refused
from base.models import PortalSite
from base.tables.csv import download
from workflows import deadlines

from ..models import DossierEvent, DossierSource, DossierSummary, ReportClosing
from . import csv_import, figures, periods, recording, sheet
from .states import RUNNING, STANDING_STILL

PER_PAGE = 50
SITE, SHOWN, PERIOD, YEAR = "trang", "loai", "ky", "nam"
ALL, LATE, STOPPED, OPEN = "", "qua-han", "dang-dung", "dang-xu-ly"
KINDS = [(OPEN, "Đang giải quyết"), (LATE, "Quá hạn"), (STOPPED, "Đang dừng tính hạn"), (ALL, "Mọi hồ sơ")]


class Dossiers:
    """Mixin: for the dossiers of the sites on which a user deals with citizens' matters; another site is not there."""

    screen_access = holding(HANDLE_QUESTIONS)
    header_icon = "folder-open-inverse"

    def dispatch(self, request, *args, **kwargs):
        if not self.sites:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def sites(self) -> list[PortalSite]:
        user = self.request.user
        return [site for site in own_sites(user) if user.is_superuser or may(user, HANDLE_QUESTIONS, site)]

    @cached_property
    def site(self) -> PortalSite:
        """The site asked for, else the first of the user's own."""
        wanted = self.request.GET.get(SITE, "")
        found = next((site for site in self.sites if site.slug == wanted), None)
        if wanted and found is None:
            raise Http404
        return found or self.sites[0]

    @property
    def own(self):
        """Of the dossiers of the site: all of the city's sites for the city."""
        rows = DossierSummary.objects.select_related("owner_site__unit", "procedure")
        return rows.filter(owner_site__in=self.sites) if self.site.is_city else rows.filter(owner_site=self.site)


class DossiersView(Dossiers, TemplateView):
    """How dossiers stand, the most urgent first, with what the rule of the apology demands."""

    template_name = "servicecatalog/admin/dossiers.html"

    def get_context_data(self, **kwargs):
        today, chosen = deadlines.today(), self.request.GET.get(SHOWN, OPEN)
        is_open = self.own.filter(status__in=RUNNING | STANDING_STILL)
        # A dossier that was late when its deadline was paused stays late.
        late = is_open.filter(Q(stopped_at=None, due_on__lt=today) | Q(stopped_at__date__gt=F("due_on")))
        rows = {
            OPEN: is_open.order_by("due_on", "code"),
            LATE: late.order_by("due_on", "code"),
            STOPPED: is_open.exclude(stopped_at=None).order_by("stopped_at", "code"),
        }.get(chosen, self.own.order_by("-changed_at", "code"))
        typed = self.request.GET.get("q", "").strip().upper()[:40]
        if typed:
            rows = rows.filter(code__contains=typed)
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        with deadlines.calendar_held():
            for row in page:
                row.stand = recording.standing_of(row, today)
        return super().get_context_data(
            title="Hồ sơ một cửa",
            header_icon=self.header_icon,
            page=page,
            site=self.site,
            sites=self.sites,
            kinds=KINDS,
            chosen=chosen,
            typed=typed,
            late=late.count(),
            to_apologise=late.filter(apologised_at=None).count(),
            asides=DossierEvent.objects.filter(dossier__in=self.own.values("pk")).exclude(set_aside="").count(),
            **kwargs,
        )


class AsidesView(Dossiers, TemplateView):
    """The updates that do not count, with the reason; they count by themselves once what is missing has come."""

    template_name = "servicecatalog/admin/dossier_asides.html"

    def get_context_data(self, **kwargs):
        rows = DossierEvent.objects.filter(dossier__in=self.own.values("pk")).exclude(set_aside="")
        rows = rows.select_related("dossier__owner_site", "source").order_by("-arrived_at", "-pk")
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        used = DossierSource.objects.filter(owner_site__in=self.sites, revoked_at=None).select_related("owner_site")
        return super().get_context_data(
            title="Cập nhật không tính",
            header_icon=self.header_icon,
            page=page,
            site=self.site,
            sites=self.sites,
            sources=used,
            **kwargs,
        )


# --- Reports ------------------------------------------------------------------------------------------


class Reports(Dossiers):
    """Mixin: the report of the period asked for, by default of this year."""

    @cached_property
    def period(self) -> periods.Period:
        code = self.request.GET.get(PERIOD, "")
        try:
            return periods.read(code) if code else periods.period(periods.Kind.YEAR, deadlines.today().year)
        except ValueError:
            raise Http404 from None


class ReportView(Reports, TemplateView):
    """Biểu II.06 on screen; figures that contradict one another are shown as an error that names the rows."""

    template_name = "servicecatalog/admin/dossier_report.html"

    def get_context_data(self, **kwargs):
        found, wrong = None, ""
        try:
            found = figures.of_period(self.site, self.period)
        except figures.Mismatch as error:
            wrong = str(error)
        years = figures.years(self.site)
        choices = [period for year in years for period in periods.of_year(year)]
        rows = [(figures.name_of(field), row) for field, row in found.rows] if found else []
        return super().get_context_data(
            title="Báo cáo Biểu II.06",
            header_icon="table",
            site=self.site,
            sites=self.sites,
            period=self.period,
            periods=choices,
            found=found,
            rows=rows,
            wrong=wrong,
            closing=ReportClosing.objects.first(),
            may_close=periods.may_set_closing(self.request.user),
            **kwargs,
        )


class ReportSheetView(Reports, View):
    """The form as a spreadsheet; none while its figures contradict one another."""

    def get(self, request):
        try:
            found = figures.of_period(self.site, self.period)
        except figures.Mismatch as error:
            raise Refused(str(error)) from None
        record("export.made", by=request.user, site=self.site, detail={"format": "xlsx", "rows": len(found.rows)})
        return download(sheet.as_xlsx(found, self.site), f"bieu-ii-06-{self.site.slug}-{found.period.code}.xlsx")


class ClosingForm(forms.Form):
    """From when on reports close on which day."""

    valid_from = forms.DateField(
        label="Áp dụng từ ngày",
        widget=AdminDateInput,
        error_messages={"required": "Hãy ghi ngày áp dụng.", "invalid": "Hãy ghi ngày dạng 01/01/2027."},
    )
    closing_day = forms.IntegerField(
        label="Chốt số liệu vào ngày",
        required=False,
        min_value=1,
        max_value=28,
        help_text="Ngày trong tháng cuối của kỳ, từ 1 đến 28; để trống: hết ngày cuối tháng.",
        error_messages={
            "invalid": "Hãy ghi một số từ 1 đến 28.",
            "min_value": "Ngày từ 1 đến 28.",
            "max_value": "Ngày từ 1 đến 28.",
        },
    )
    legal_source = forms.CharField(
        label="Căn cứ",
        max_length=300,
        help_text="Ví dụ: Thông tư 01/2020/TT-VPCP, chế độ báo cáo của tỉnh.",
        error_messages={"required": "Hãy ghi căn cứ."},
    )


class ClosingView(ActionView):
    screen_access = holding(DISPATCH)
    form_class = ClosingForm
    title = "Ngày chốt số liệu báo cáo"
    header_icon = "calendar"
    submit_label = "Ghi nhận"
    success_message = "Đã đặt ngày chốt số liệu."

    def seen(self):
        """The closing day that holds."""
        return [ReportClosing.objects.first()]

    def call(self, form):
        periods.set_closing(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("servicecatalog_dossier_report")


# --- Files --------------------------------------------------------------------------------------------


class ImportForm(forms.Form):
    """The table, the site, and whether it is only tried."""

    site = forms.ModelChoiceField(None, label="Trang", error_messages={"required": "Hãy chọn trang."})
    table = FileField(
        label="Tệp CSV UTF-8",
        help_text="Theo mẫu; nhiều nhất 20.000 dòng, 5 MB. Không có cột nào về người nộp hồ sơ.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )
    keep = forms.ChoiceField(
        label="Việc cần làm",
        choices=[("", "Chỉ kiểm tra thử"), ("1", "Nạp vào cổng")],
        required=False,
        widget=forms.RadioSelect,
        initial="",
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        taking = [site for site in sites if site.state in PortalSite.TAKING]
        self.fields["site"].queryset = PortalSite.objects.filter(pk__in=[site.pk for site in taking])
        self.fields["site"].initial = next(iter(taking), None)

    def clean_table(self):
        table = self.cleaned_data["table"]
        csv_import.refuse_large(table.size)
        return table


class ImportView(Dossiers, FormView):
    """Try a file, or take it; the answer says by row and column what became of it."""

    without_version = "The file just chosen; each update is checked as it is taken in."

    form_class = ImportForm
    template_name = "servicecatalog/admin/dossier_import.html"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sites": self.sites}

    def get_context_data(self, **kwargs):
        return super().get_context_data(title="Nạp hồ sơ từ tệp", header_icon="upload", **kwargs)

    def form_valid(self, form):
        table = form.cleaned_data["table"]
        try:
            outcome = csv_import.import_table(
                table.read(),
                name=table.name,
                site=form.cleaned_data["site"],
                by=self.request.user,
                dry_run=not form.cleaned_data["keep"],
            )
        except Refused as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)
        if outcome.problems or outcome.is_dry_run:
            context = self.get_context_data(form=form, outcome=outcome, name=table.name)
        else:
            # It is written: the form begins anew, and its file need not be kept.
            context = self.get_context_data(form=self.form_class(sites=self.sites), outcome=outcome, name=table.name)
        return render(self.request, self.template_name, context)


class ExampleView(Dossiers, View):
    """An example of the file."""

    def get(self, request):
        return download(csv_import.template(), "mau-nap-ho-so.csv")
