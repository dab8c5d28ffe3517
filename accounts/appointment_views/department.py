"""The screens of the list for the department in charge (Sở)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import ActionView
from base.audit.trail import record
from base.gate import Refused
from base.tables.csv import download

from .. import department_list
from ..appointment_forms import (
    SendListForm,
)
from ..models import AppointmentDecision, DepartmentList
from .access import MaySee


class DepartmentListsView(MaySee, TemplateView):
    """The lists made so far; POST makes the one of today."""

    without_version = "Makes the list of that moment, which is looked at before it is sent."

    template_name = "accounts/appointments/lists.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Danh sách gửi Sở",
            lists=DepartmentList.objects.select_related("recorded_by")[:100],
            not_sent=AppointmentDecision.objects.filter(sent_to_department_on=None),
            **kwargs,
        )

    def post(self, request):
        try:
            made = department_list.make_list(by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("accounts_lists")
        messages.success(request, "Đã lập danh sách; tải về, ký, gửi Sở rồi ghi số công văn ở dưới.")
        return redirect("accounts_list", made.pk)


class DepartmentListView(MaySee, ActionView):
    """One list as it was made; POST writes down that it was sent."""

    template_name = "accounts/appointments/list.html"
    form_class = SendListForm
    header_icon = "list-ul"
    submit_label = "Ghi việc gửi Sở"
    success_message = "Đã ghi việc gửi Sở."

    def seen(self):
        """The list as it was made."""
        return [self.made]

    @cached_property
    def made(self) -> DepartmentList:
        return get_object_or_404(DepartmentList.objects.select_related("previous", "recorded_by"), pk=self.kwargs["pk"])

    @property
    def title(self):
        return str(self.made)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            made=self.made,
            fields=department_list.FIELDS.values(),
            members=[[row[name] for name in department_list.FIELDS] for row in self.made.members],
            change_fields=department_list.CHANGE_FIELDS.values(),
            changes=[[row[name] for name in department_list.CHANGE_FIELDS] for row in self.made.changes],
            **kwargs,
        )

    def call(self, form):
        department_list.send_list(self.made, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("accounts_list", args=[self.made.pk])


class DepartmentListFileView(MaySee, View):
    """A list as a file, in the format the address names."""

    extension = "xlsx"

    def get(self, request, pk):
        made = get_object_or_404(DepartmentList.objects.select_related("previous"), pk=pk)
        record("export.made", by=request.user, obj=made, detail={"format": self.extension, "rows": len(made.members)})
        name = department_list.file_name(made, self.extension)
        if self.extension == "xlsx":
            return download(department_list.as_xlsx(made), name)
        return download(department_list.as_pdf(made), name)
