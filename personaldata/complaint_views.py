"""The screens of complaints about errors."""

from django.core.paginator import Paginator
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView
from base.audit.trail import record_personal_data_read

from . import clarifying, complaints
from .admin_forms import (
    MergeComplaintForm,
    ReasonForm,
    ReplyForm,
)
from .models import CorrectionComplaint
from .request_views import _deadline_row, _with_deadlines
from .screens import COMPLAINT_HANDLERS, PER_PAGE, never_cached


class ComplaintsView(TemplateView):
    """The reports of one's sites: the open ones first."""

    screen_access = COMPLAINT_HANDLERS
    template_name = "personaldata/admin/complaints.html"

    def get_context_data(self, **kwargs):
        found = complaints.visible_to(self.request.user)
        is_open = self.request.GET.get("tat-ca") != "1"
        if is_open:
            found = found.filter(state=CorrectionComplaint.State.RECEIVED)
        found = found.select_related("owner_site", "unit").prefetch_related("repeats")
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Phản ánh thông tin sai",
            header_icon="warning",
            rows=_with_deadlines(page),
            page=page,
            is_open=is_open,
            **kwargs,
        )


class ComplainedMixin:
    """Mixin: the report of the address, on a site whose matters the person handles; else there is none."""

    screen_access = COMPLAINT_HANDLERS
    model = CorrectionComplaint
    header_icon = "warning"

    @cached_property
    def complaint(self) -> CorrectionComplaint:
        found = complaints.visible_to(self.request.user)
        related = ("owner_site__unit", "unit", "page", "merged_into", "clarification")
        return get_object_or_404(found.select_related(*related), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.complaint.number, complaint=self.complaint, **kwargs)

    def get_success_url(self):
        return reverse("faq_complaint", args=[self.complaint.pk])


class ComplaintView(ComplainedMixin, TemplateView):
    """One report: page, text, deadline, repeats; who sent it only after pressing a button (POST)."""

    without_version = "Only shows; each reading is written down."

    template_name = "personaldata/admin/complaint.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs):
        complaint, page = self.complaint, self.complaint.page
        may_edit = page is not None and page.permissions_for_user(self.request.user).can_edit()
        return super().get_context_data(
            title="Phản ánh thông tin sai",
            header_icon=self.header_icon,
            may_edit=may_edit,
            deadline=_deadline_row(complaints.deadline_of(complaint)),
            unit_deadline=_deadline_row(complaints.unit_deadline_of(complaint)),
            is_corrected=complaints.is_corrected(complaint),
            may_clarify=clarifying.may_clarify(self.request.user, complaint),
            repeats=complaint.repeats.all(),
            is_open=complaint.state == CorrectionComplaint.State.RECEIVED,
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        complaint, contact = self.complaint, self.complaint.contact
        shown = [(str(contact._meta.get_field(name).verbose_name), getattr(contact, name)) for name in contact.PERSONAL]
        shown = [(label, value) for label, value in shown if value]
        record_personal_data_read(
            by=request.user,
            obj=complaint,
            site=complaint.owner_site,
            what=", ".join(label for label, _value in shown) or "không có",
        )
        return never_cached(self.render_to_response(self.get_context_data(shown=shown, was_asked=True)))


class AnswerComplaintView(ComplainedMixin, ActionView):
    form_class = ReplyForm
    title = "Trả lời phản ánh"
    submit_label = "Gửi trả lời"
    success_message = "Đã trả lời phản ánh."

    def seen(self):
        """The report."""
        return [self.complaint]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "complaint": self.complaint}

    def call(self, form):
        values = form.cleaned_data
        complaints.answer(
            self.complaint, corrected=values["outcome"] == "corrected", reply=values["reply"], by=self.request.user
        )


class ClarifyComplaintView(ComplainedMixin, ActionView):
    """Makes the draft of a clarification of a report, and opens it."""

    form_class = Form
    title = "Soạn bài giải thích, làm rõ"
    submit_label = "Tạo bản nháp"
    success_message = "Đã tạo bản nháp bài giải thích, làm rõ, gắn với phản ánh này."

    def seen(self):
        """The report."""
        return [self.complaint]

    def call(self, form):
        self.made = clarifying.clarify(self.complaint, by=self.request.user)

    def get_success_url(self):
        made = getattr(self, "made", None)
        return reverse("wagtailadmin_pages:edit", args=[made.pk]) if made else super().get_success_url()


class MergeComplaintView(ComplainedMixin, ActionView):
    form_class = MergeComplaintForm
    title = "Gộp phản ánh"
    submit_label = "Gộp"
    success_message = "Đã gộp; hai phản ánh được trả lời chung."

    def seen(self):
        """The report."""
        return [self.complaint]

    def get_form_kwargs(self):
        complaint = self.complaint
        alike = CorrectionComplaint.objects.open().filter(owner_site=complaint.owner_site, kind=complaint.kind)
        others = alike.exclude(pk=complaint.pk)
        return {**super().get_form_kwargs(), "others": others}

    def call(self, form):
        complaints.merge(self.complaint, form.cleaned_data["into"], by=self.request.user)


class SpamComplaintView(ComplainedMixin, ActionView):
    form_class = ReasonForm
    title = "Loại phản ánh"
    submit_label = "Loại"
    success_message = "Đã loại phản ánh."

    def seen(self):
        """The report."""
        return [self.complaint]

    def call(self, form):
        complaints.mark_spam(self.complaint, by=self.request.user, **form.cleaned_data)
