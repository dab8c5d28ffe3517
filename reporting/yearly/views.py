"""The screens of the yearly report: the list, one report, a part, the acts."""

from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import ADMINISTER, SCORE
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.audit.trail import record
from base.tables.csv import download
from workflows import deadlines
from workflows.models import Deadline

from ..models import YearlyPart, YearlyReport
from . import forms, papers, reports, rights

ICON = "doc-full"
WRITERS = holding(SCORE)
READERS = holding(SCORE, ADMINISTER)


class ReportsView(TemplateView):
    """The reports of all years, the latest first."""

    screen_access = READERS
    template_name = "reporting/yearly/reports.html"

    def get_context_data(self, **kwargs):
        rows = list(YearlyReport.objects.all())
        running = Deadline.objects.open().filter(rule__code=reports.RULE).values_list("started_on__year", "last_day")
        due_on = dict(running)
        for row in rows:
            row.due_on = due_on.get(row.year)
        year = deadlines.today().year
        return super().get_context_data(
            title="Báo cáo hằng năm",
            header_icon=ICON,
            rows=rows,
            may_write=rights.may_write(self.request.user),
            has_this_year=any(row.year == year for row in rows),
            **kwargs,
        )


class PrepareView(ActionView):
    """The draft of a year."""

    screen_access = WRITERS
    form_class = forms.YearForm
    title = "Lập báo cáo hằng năm"
    header_icon = ICON
    submit_label = "Lập bản thảo từ số liệu"
    success_message = "Đã lập bản thảo; hãy xem từng phần, ghi những số liệu còn thiếu rồi trình."
    without_version = "Makes something new; nothing is shown that could change."

    def get_initial(self):
        return {"year": deadlines.today().year}

    def call(self, form):
        self.made = reports.prepare(form.cleaned_data["year"], by=self.request.user)

    def get_success_url(self):
        return reverse("reporting_yearly", args=[self.made.pk])


class OneReport:
    """Mixin: the report of the address."""

    header_icon = ICON

    @cached_property
    def report(self) -> YearlyReport:
        return get_object_or_404(YearlyReport.objects.prefetch_related("parts__figures"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(report=self.report, subject=str(self.report), **kwargs)

    def get_success_url(self):
        return reverse("reporting_yearly", args=[self.report.pk])


class ReportView(OneReport, TemplateView):
    """One report: its parts as they will be printed, and what may be done with it."""

    screen_access = READERS
    template_name = "reporting/yearly/report.html"

    def get_context_data(self, **kwargs):
        report, user = self.report, self.request.user
        may_write = rights.may_write(user)
        return super().get_context_data(
            title="Báo cáo hằng năm",
            header_icon=ICON,
            parts=list(report.parts.all()),
            missing=reports.missing_in(report) if report.is_draft else [],
            deadline=reports.deadlines_of(report.year).first(),
            may_edit=may_write and report.is_draft,
            may_decide=rights.may_approve(user, report),
            may_send=may_write and report.is_approved and not report.sent_on,
            **kwargs,
        )


class PaperView(OneReport, View):
    """The report as a file, of the kind that the address names."""

    screen_access = READERS

    def get(self, request, pk, extension):
        if extension not in papers.KINDS:
            raise Http404
        record("export.made", by=request.user, obj=self.report, detail={"format": extension})
        return download(papers.paper(self.report, extension), papers.file_name(self.report, extension))


class Act(OneReport, ActionView):
    """An act on a report as a whole; the screen shows what it is about."""

    screen_access = WRITERS
    form_class = Form
    template_name = "reporting/yearly/act.html"

    def seen(self):
        """The report, its parts and figures."""
        parts = list(self.report.parts.all())
        return [self.report, parts, [figure for part in parts for figure in part.figures.all()]]


class PartView(Act):
    """The text of one part and the corrections of its figures."""

    form_class = forms.PartForm
    template_name = "reporting/yearly/part.html"
    title = "Sửa phần báo cáo"
    submit_label = "Lưu"
    success_message = "Đã lưu."

    @cached_property
    def part(self) -> YearlyPart:
        found = next((part for part in self.report.parts.all() if part.key == self.kwargs["key"]), None)
        if found is None:
            raise Http404
        return found

    def seen(self):
        """The part and its figures."""
        return [self.report.state, self.part, list(self.part.figures.all())]

    def closed(self):
        return "" if self.report.is_draft else "Báo cáo đã trình hoặc đã duyệt nên không sửa được."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "part": self.part}

    def get_context_data(self, **kwargs):
        return super().get_context_data(part=self.part, **kwargs)

    def call(self, form):
        reports.write(self.part, text=form.cleaned_data["text"], corrections=form.corrections(), by=self.request.user)


class RecountView(Act):
    title = "Đếm lại số liệu"
    submit_label = "Đếm lại"
    success_message = "Đã đếm lại; điều bạn đã ghi và sửa vẫn giữ."

    def closed(self):
        return "" if self.report.is_draft else "Báo cáo đã trình hoặc đã duyệt nên không đếm lại."

    def call(self, form):
        reports.recount(self.report, by=self.request.user)


class Warns:
    """Mixin: says above the form what the portal did not measure, before it is too late to change it."""

    def get_context_data(self, **kwargs):
        return super().get_context_data(not_measured=reports.not_measured(self.report), **kwargs)


class SubmitView(Warns, Act):
    title = "Trình duyệt báo cáo"
    submit_label = "Trình duyệt"
    success_message = "Đã trình; một người khác của Ban Biên tập duyệt."

    def closed(self):
        return "" if self.report.is_draft else "Báo cáo đã được trình."

    def call(self, form):
        reports.submit(self.report, by=self.request.user)


class DecideView(Warns, Act):
    """The second person approves, or sends it back."""

    form_class = forms.DecideForm
    title = "Duyệt báo cáo hằng năm"

    def closed(self):
        if not self.report.is_submitted:
            return "Báo cáo này không chờ duyệt."
        if not rights.may_approve(self.request.user, self.report):
            return "Người duyệt thuộc Ban Biên tập thành phố và không phải người đã trình hay đã sửa số liệu."
        return ""

    def call(self, form):
        by = self.request.user
        if form.cleaned_data["decision"] == forms.APPROVE:
            self.decided = reports.approve(self.report, by=by)
        else:
            self.decided = reports.send_back(self.report, by=by, reason=form.cleaned_data["reason"])

    def get_success_message(self):
        return f"{self.decided}: {self.decided.get_state_display().lower()}."


class SentView(Act):
    """When and by which letter the report went to the department."""

    form_class = forms.SentForm
    title = "Ghi việc gửi báo cáo"
    submit_label = "Ghi việc gửi"
    success_message = "Đã ghi việc gửi báo cáo."

    def closed(self):
        if self.report.sent_on:
            return "Việc gửi báo cáo này đã được ghi."
        return "" if self.report.is_approved else "Báo cáo chưa được duyệt."

    def call(self, form):
        reports.note_sent(self.report, by=self.request.user, **form.cleaned_data)
