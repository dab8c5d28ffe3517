"""The screens of requests of data subjects."""

from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView
from base.audit.trail import record_personal_data_read
from workflows import deadlines
from workflows.models import Deadline

from . import data_requests
from .admin_forms import (
    DecideRequestForm,
    EnterRequestForm,
)
from .models import DataSubjectRequest
from .screens import HANDLERS, PER_PAGE, never_cached, own_sites


class DataRequestsView(TemplateView):
    """The requests of one's sites: the open ones first, the soonest due first."""

    screen_access = HANDLERS
    template_name = "personaldata/admin/requests.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        found = DataSubjectRequest.objects.filter(owner_site__in=own_sites(user))
        is_open = self.request.GET.get("tat-ca") != "1"
        if is_open:
            found = found.filter(pk__in=DataSubjectRequest.objects.open().values("pk"))
        page = Paginator(found.select_related("owner_site"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Yêu cầu về dữ liệu cá nhân",
            header_icon="lock",
            rows=_with_deadlines(page),
            page=page,
            is_open=is_open,
            **kwargs,
        )


def _with_deadlines(page) -> list:
    """(record, its deadline as `_deadline_row` gives it) for a page of records of one model; one query for all."""
    rows = list(page)
    deadline_rows = Deadline.objects.none()
    if rows:
        kind = ContentType.objects.get_for_model(rows[0])
        deadline_rows = Deadline.objects.filter(content_type=kind, object_id__in=[str(row.pk) for row in rows])
    latest = {deadline.object_id: deadline for deadline in deadline_rows.select_related("rule").order_by("pk")}
    with deadlines.calendar_held():
        return [(row, _deadline_row(latest.get(str(row.pk)))) for row in rows]


def _deadline_row(deadline):
    """(deadline, how much is left or whether it was met as text, how it was computed), None without one."""
    return (deadline, deadlines.standing(deadline).label, deadlines.explain(deadline)) if deadline is not None else None


class RequestedMixin:
    """Mixin: the request of the address, on a site whose matters the person handles; else there is none."""

    screen_access = HANDLERS
    model = DataSubjectRequest
    header_icon = "lock"

    @cached_property
    def row(self) -> DataSubjectRequest:
        found = DataSubjectRequest.objects.filter(owner_site__in=own_sites(self.request.user))
        found = found.select_related("owner_site__unit", "question", "comment", "complaint", "contribution")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_success_url(self):
        return reverse("faq_data_request", args=[self.row.pk])


class DataRequestView(RequestedMixin, TemplateView):
    """One request: what is asked, by when, what was answered; its words and values only by a press (POST)."""

    without_version = "Only shows; each reading is written down."
    template_name = "personaldata/admin/request.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs):
        row = self.row
        return super().get_context_data(
            title="Yêu cầu về dữ liệu cá nhân",
            header_icon=self.header_icon,
            subject=row.number,
            row=row,
            record=row.record,
            deadline=_deadline_row(data_requests.deadline_of(row)),
            obstacle=data_requests.obstacle_of(row) if row.state == DataSubjectRequest.State.ACCEPTED else "",
            holds=any(getattr(row, name) for name in row.PERSONAL),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        row = self.row
        shown = [(str(row._meta.get_field(name).verbose_name), getattr(row, name)) for name in row.PERSONAL]
        shown = [(label, value) for label, value in shown if value]
        record_personal_data_read(
            by=request.user, obj=row, site=row.owner_site, what=", ".join(label for label, _value in shown) or "đã xóa"
        )
        return never_cached(self.render_to_response(self.get_context_data(shown=shown)))


class DecideRequestView(RequestedMixin, ActionView):
    form_class = DecideRequestForm
    title = "Trả lời yêu cầu"
    submit_label = "Gửi trả lời"
    success_message = "Đã trả lời người yêu cầu."

    def seen(self):
        """The request."""
        return [self.row]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.row.number}: {self.row.get_kind_display()}", **kwargs)

    def call(self, form):
        values = form.cleaned_data
        data_requests.decide(
            self.row, accepted=values["accepted"] == "yes", answer=values["answer"], by=self.request.user
        )


class CarryOutView(RequestedMixin, ActionView):
    template_name = "personaldata/admin/carry_out.html"
    form_class = Form
    title = "Thực hiện yêu cầu"
    submit_label = "Thực hiện"
    success_message = "Đã thực hiện yêu cầu."

    def seen(self):
        """The request."""
        return [self.row]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=f"{self.row.number}: {self.row.get_kind_display()}",
            row=self.row,
            obstacle=data_requests.obstacle_of(self.row),
            **kwargs,
        )

    def call(self, form):
        data_requests.carry_out(self.row, by=self.request.user)


class EnterRequestView(ActionView):
    """A request that came to the office or by letter."""

    screen_access = HANDLERS
    without_version = "Something new; nothing is shown that could change."
    form_class = EnterRequestForm
    title = "Nhập yêu cầu về dữ liệu cá nhân"
    header_icon = "lock"
    submit_label = "Tiếp nhận"
    success_message = "Đã tiếp nhận yêu cầu."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sites": own_sites(self.request.user)}

    def call(self, form):
        values = dict(form.cleaned_data)
        contact = {name: values.pop(name) for name in data_requests.CONTACT}
        values["record"] = form.record
        values.pop("number")
        self.made = data_requests.enter(by=self.request.user, contact=contact, **values)

    def get_success_url(self):
        return reverse("faq_data_request", args=[self.made.pk])
