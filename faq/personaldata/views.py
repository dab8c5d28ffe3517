"""The admin's screens of personal data: terms, requests, complaints, what is agreed to; parse, call, answer.

What a citizen wrote of himself is shown by a press only, each time written down before it is shown.
"""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import ADMINISTER, HANDLE_QUESTIONS, may
from base.admin.action_views import VerbView
from base.audit.trail import record_personal_data_read
from base.operations import personal_records
from workflows import deadlines
from workflows.models import Deadline

from ..models import ConsentText, CorrectionComplaint, DataSubjectRequest
from ..office import inbox
from ..office.views import Questioned
from . import complaints, consents, requests, retention
from .admin_forms import (
    ConsentForm,
    DecideRequestForm,
    EnterRequestForm,
    KeepTextForm,
    MergeComplaintForm,
    ReasonForm,
    ReplyForm,
)

PER_PAGE = 50
SHOWN_PURGED = 100


def handles(user) -> bool:
    """Tell whether a person handles citizens' matters on any site."""
    return may(user, HANDLE_QUESTIONS)


def looks_after_data(user) -> bool:
    """Tell whether the terms and the count of personal data are for a person."""
    return handles(user) or may(user, ADMINISTER)


def _own_sites(user) -> list:
    return inbox.sites_for(user, HANDLE_QUESTIONS)


def _private(response):
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- Terms ------------------------------------------------------------------------------------------


class PersonalDataView(TemplateView):
    """What comes due when, what was purged, how much is held; numbers of records, nothing of a person."""

    template_name = "faq/admin/data/personal_data.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        sites = None if user.is_superuser else _own_sites(user)
        held = personal_records.held() if may(user, ADMINISTER) or inbox.sites_for(user, HANDLE_QUESTIONS) else []
        count = sum(number for _what, number in held)
        return super().get_context_data(
            title="Dữ liệu cá nhân", header_icon="lock", due=self._rows(retention.due, sites),
            soon=self._rows(retention.soon, sites), purged=self._rows(retention.purged, sites, most=SHOWN_PURGED),
            stuck=list(retention.stuck(sites=sites)[:SHOWN_PURGED]),
            stuck_consultations=list(retention.stuck_consultations(sites=sites)[:SHOWN_PURGED]), held=held, count=count,
            outcome_days=retention.OUTCOME_DAYS, warning=personal_records.warning(count),
            limit=f"{personal_records.LEVEL_3_FROM:,}".replace(",", "."),
            soon_days=retention.SOON_DAYS, is_handler=handles(user) or user.is_superuser,
            waiting=DataSubjectRequest.objects.open().filter(owner_site__in=_own_sites(user)).count(),
            version=consents.in_force(), **kwargs,
        )  # fmt: skip

    def _rows(self, find, sites, most: int | None = None) -> list:
        return [
            (register, contact, register.of(contact))
            for register in retention.REGISTERS
            for contact in find(register, sites=sites)[:most]
        ]


class KeepTextView(Questioned, VerbView):
    """The text of a question that is to stay, with what was written and what is suggested."""

    template_name = "faq/admin/data/keep_text.html"
    form_class = KeepTextForm
    title = "Bản ẩn danh để lưu"
    header_icon = "lock"
    submit_label = "Lưu"
    success_message = "Đã lưu bản ẩn danh; bản này thay nội dung câu hỏi khi xóa thông tin người hỏi."

    def seen(self):
        """The question."""
        return [self.question]

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, HANDLE_QUESTIONS, self.question.owner_site):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        title, text = retention.offered_text(self.question)
        return {"title": title, "text": text}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.question.number, question=self.question, **kwargs)

    def call(self, form):
        retention.keep_text(self.question, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("faq_question", args=[self.question.pk])


# --- Requests ---------------------------------------------------------------------------------------


class DataRequestsView(TemplateView):
    """The requests of one's sites: the open ones first, the soonest due first."""

    template_name = "faq/admin/data/requests.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        found = DataSubjectRequest.objects.filter(owner_site__in=_own_sites(user))
        is_open = self.request.GET.get("tat-ca") != "1"
        if is_open:
            found = found.filter(pk__in=DataSubjectRequest.objects.open().values("pk"))
        page = Paginator(found.select_related("owner_site"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Yêu cầu về dữ liệu cá nhân",
            header_icon="lock",
            rows=_with_clocks(page),
            page=page,
            is_open=is_open,
            **kwargs,
        )


def _with_clocks(page) -> list:
    """(record, its clock as `_clock_row` tells it) for a page of records of one model; one query for all clocks."""
    rows = list(page)
    clocks = Deadline.objects.none()
    if rows:
        kind = ContentType.objects.get_for_model(rows[0])
        clocks = Deadline.objects.filter(content_type=kind, object_id__in=[str(row.pk) for row in rows])
    latest = {clock.object_id: clock for clock in clocks.select_related("rule").order_by("pk")}
    with deadlines.calendar_held():
        return [(row, _clock_row(latest.get(str(row.pk)))) for row in rows]


def _clock_row(clock):
    """(clock, in words how much is left or whether it was kept), None without one."""
    return (clock, deadlines.standing(clock).label, deadlines.explain(clock)) if clock is not None else None


class RequestedMixin:
    """Mixin: the request of the address, on a site whose matters the person handles; else there is none."""

    model = DataSubjectRequest
    header_icon = "lock"

    @cached_property
    def row(self) -> DataSubjectRequest:
        found = DataSubjectRequest.objects.filter(owner_site__in=_own_sites(self.request.user))
        found = found.select_related("owner_site__unit", "question", "comment", "complaint")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_success_url(self):
        return reverse("faq_data_request", args=[self.row.pk])


class DataRequestView(RequestedMixin, TemplateView):
    """One request: what is asked, by when, what was answered; its words and values only by a press (POST)."""

    without_version = "Only shows; each reading is written down."
    template_name = "faq/admin/data/request.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs):
        row = self.row
        return super().get_context_data(
            title="Yêu cầu về dữ liệu cá nhân", header_icon=self.header_icon, subject=row.number, row=row,
            record=row.record, clock=_clock_row(requests.clock_of(row)),
            obstacle=requests.obstacle_of(row) if row.state == DataSubjectRequest.State.ACCEPTED else "",
            holds=any(getattr(row, name) for name in row.PERSONAL), **kwargs,
        )  # fmt: skip

    def post(self, request, *args, **kwargs):
        row = self.row
        shown = [(str(row._meta.get_field(name).verbose_name), getattr(row, name)) for name in row.PERSONAL]
        shown = [(label, value) for label, value in shown if value]
        record_personal_data_read(
            by=request.user, obj=row, site=row.owner_site, what=", ".join(label for label, _value in shown) or "đã xóa"
        )
        return _private(self.render_to_response(self.get_context_data(shown=shown)))


class DecideRequestView(RequestedMixin, VerbView):
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
        requests.decide(self.row, accepted=values["accepted"] == "yes", answer=values["answer"], by=self.request.user)


class CarryOutView(RequestedMixin, VerbView):
    template_name = "faq/admin/data/carry_out.html"
    form_class = Form
    title = "Thực hiện yêu cầu"
    submit_label = "Thực hiện"
    success_message = "Đã thực hiện yêu cầu."

    def seen(self):
        """The request."""
        return [self.row]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            subject=f"{self.row.number}: {self.row.get_kind_display()}", row=self.row,
            obstacle=requests.obstacle_of(self.row), **kwargs,
        )  # fmt: skip

    def call(self, form):
        requests.carry_out(self.row, by=self.request.user)


class EnterRequestView(VerbView):
    """A request that came to the office or by letter."""

    without_version = "Something new; nothing is shown that could change."
    form_class = EnterRequestForm
    title = "Nhập yêu cầu về dữ liệu cá nhân"
    header_icon = "lock"
    submit_label = "Tiếp nhận"
    success_message = "Đã tiếp nhận yêu cầu."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sites": _own_sites(self.request.user)}

    def call(self, form):
        values = dict(form.cleaned_data)
        contact = {name: values.pop(name) for name in requests.CONTACT}
        values["record"] = form.record
        values.pop("number")
        self.made = requests.enter(by=self.request.user, contact=contact, **values)

    def get_success_url(self):
        return reverse("faq_data_request", args=[self.made.pk])


# --- Complaints -------------------------------------------------------------------------------------


class ComplaintsView(TemplateView):
    """The reports of one's sites: the open ones first."""

    template_name = "faq/admin/data/complaints.html"

    def get_context_data(self, **kwargs):
        found = CorrectionComplaint.objects.filter(owner_site__in=_own_sites(self.request.user))
        is_open = self.request.GET.get("tat-ca") != "1"
        if is_open:
            found = found.filter(state=CorrectionComplaint.State.RECEIVED)
        found = found.select_related("owner_site").prefetch_related("repeats")
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Phản ánh thông tin sai",
            header_icon="warning",
            rows=_with_clocks(page),
            page=page,
            is_open=is_open,
            **kwargs,
        )


class ComplainedMixin:
    """Mixin: the report of the address, on a site whose matters the person handles; else there is none."""

    model = CorrectionComplaint
    header_icon = "warning"

    @cached_property
    def complaint(self) -> CorrectionComplaint:
        found = CorrectionComplaint.objects.filter(owner_site__in=_own_sites(self.request.user))
        return get_object_or_404(found.select_related("owner_site__unit", "page", "merged_into"), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.complaint.number, complaint=self.complaint, **kwargs)

    def get_success_url(self):
        return reverse("faq_complaint", args=[self.complaint.pk])


class ComplaintView(ComplainedMixin, TemplateView):
    """One report: page, words, clock, repeats; who sent it only by a press (POST)."""

    without_version = "Only shows; each reading is written down."

    template_name = "faq/admin/data/complaint.html"
    http_method_names = ["get", "post"]

    def get_context_data(self, **kwargs):
        complaint, page = self.complaint, self.complaint.page
        may_edit = page is not None and page.permissions_for_user(self.request.user).can_edit()
        return super().get_context_data(
            title="Phản ánh thông tin sai", header_icon=self.header_icon, may_edit=may_edit,
            clock=_clock_row(complaints.clock_of(complaint)), is_corrected=complaints.is_corrected(complaint),
            repeats=complaint.repeats.all(), is_open=complaint.state == CorrectionComplaint.State.RECEIVED, **kwargs,
        )  # fmt: skip

    def post(self, request, *args, **kwargs):
        complaint, contact = self.complaint, self.complaint.contact
        shown = [(str(contact._meta.get_field(name).verbose_name), getattr(contact, name)) for name in contact.PERSONAL]
        shown = [(label, value) for label, value in shown if value]
        record_personal_data_read(
            by=request.user, obj=complaint, site=complaint.owner_site,
            what=", ".join(label for label, _value in shown) or "không có",
        )  # fmt: skip
        return _private(self.render_to_response(self.get_context_data(shown=shown, was_asked=True)))


class AnswerComplaintView(ComplainedMixin, VerbView):
    form_class = ReplyForm
    title = "Trả lời phản ánh"
    submit_label = "Gửi trả lời"
    success_message = "Đã trả lời phản ánh."

    def seen(self):
        """The report."""
        return [self.complaint]

    def call(self, form):
        values = form.cleaned_data
        complaints.answer(
            self.complaint, corrected=values["outcome"] == "corrected", reply=values["reply"], by=self.request.user
        )


class MergeComplaintView(ComplainedMixin, VerbView):
    form_class = MergeComplaintForm
    title = "Gộp phản ánh"
    submit_label = "Gộp"
    success_message = "Đã gộp; hai phản ánh được trả lời chung."

    def seen(self):
        """The report."""
        return [self.complaint]

    def get_form_kwargs(self):
        complaint = self.complaint
        others = CorrectionComplaint.objects.open().filter(owner_site=complaint.owner_site).exclude(pk=complaint.pk)
        return {**super().get_form_kwargs(), "others": others}

    def call(self, form):
        complaints.merge(self.complaint, form.cleaned_data["into"], by=self.request.user)


class SpamComplaintView(ComplainedMixin, VerbView):
    form_class = ReasonForm
    title = "Loại phản ánh"
    submit_label = "Loại"
    success_message = "Đã loại phản ánh."

    def seen(self):
        """The report."""
        return [self.complaint]

    def call(self, form):
        complaints.mark_spam(self.complaint, by=self.request.user, **form.cleaned_data)


# --- What is agreed to ------------------------------------------------------------------------------


class ConsentsView(TemplateView):
    """All versions, the newest first."""

    template_name = "faq/admin/data/consents.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Văn bản đồng ý, chính sách dữ liệu cá nhân", header_icon="lock",
            rows=ConsentText.objects.all(), present=consents.in_force(),
            may_propose=consents.may_propose(self.request.user)
            and not ConsentText.objects.filter(confirmed_at=None).exists(), **kwargs,
        )  # fmt: skip


class VersionMixin:
    """Mixin: the version of the address."""

    model = ConsentText
    header_icon = "lock"

    @cached_property
    def version(self) -> ConsentText:
        return get_object_or_404(ConsentText, pk=self.kwargs["pk"])

    def get_success_url(self):
        return reverse("faq_consents")


class ConsentView(VersionMixin, TemplateView):
    template_name = "faq/admin/data/consent.html"

    def get_context_data(self, **kwargs):
        user, version = self.request.user, self.version
        return super().get_context_data(
            title="Văn bản đồng ý", header_icon=self.header_icon, subject=f"phiên bản {version.version}",
            version=version, may_confirm=consents.may_confirm(user, version),
            may_mend=version.confirmed_at is None and consents.may_propose(user), **kwargs,
        )  # fmt: skip


class ProposeConsentView(VerbView):
    form_class = ConsentForm
    title = "Soạn phiên bản mới"
    header_icon = "lock"
    submit_label = "Gửi duyệt"
    success_message = "Đã soạn; chờ người thứ hai duyệt."

    def seen(self):
        """The version in force."""
        return [consents.in_force()]

    def get_initial(self):
        present = consents.in_force()
        return {name: getattr(present, name) for name in consents.FIELDS} if present else {}

    def call(self, form):
        consents.propose(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("faq_consents")


class MendConsentView(VersionMixin, VerbView):
    form_class = ConsentForm
    title = "Sửa phiên bản chờ duyệt"
    submit_label = "Gửi duyệt"
    success_message = "Đã sửa; chờ người thứ hai duyệt."

    def seen(self):
        """The version."""
        return [self.version]

    def dispatch(self, request, *args, **kwargs):
        if self.version.confirmed_at is not None:
            return redirect("faq_consent", self.version.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        return {name: getattr(self.version, name) for name in ("valid_from", *consents.FIELDS)}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"phiên bản {self.version.version}", **kwargs)

    def call(self, form):
        consents.mend(self.version, by=self.request.user, **form.cleaned_data)


class ConfirmConsentView(VersionMixin, VerbView):
    form_class = Form
    title = "Duyệt văn bản đồng ý"
    submit_label = "Duyệt"
    success_message = "Đã duyệt; các biểu mẫu dùng phiên bản này từ ngày đã ghi."

    def seen(self):
        """The version."""
        return [self.version]

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated and not consents.may_confirm(request.user, self.version):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"phiên bản {self.version.version}", **kwargs)

    def call(self, form):
        consents.confirm(self.version, by=self.request.user)
