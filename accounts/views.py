"""The admin's screens of appointments by decision: parse, call a verb of `appointments`, `decisions`, `persons`.

Who may look: the technical admin, the head and the standing office at everything; a unit head at his own site's.
Everybody else finds his own appointments on his account page. What one may not see answers 404.
"""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import VerbView, add_errors
from base.audit.trail import record
from base.contains import contains
from base.files.serving import send_private
from base.gate import Refused
from base.models import PortalSite
from base.sites import city_site
from base.tables import pdf
from base.tables.csv import download
from vietnam.dates import format_short

from . import appointment_notices, appointment_rights, appointments, decisions, department_list, persons
from .appointment_forms import (
    AccountForm,
    ConfirmForm,
    DecisionFields,
    DecisionForm,
    DelegateForm,
    EndForm,
    FilterForm,
    ReplaceForm,
    RevokeForm,
    Rows,
    ScanForm,
    SendListForm,
    SentForm,
    SpanForm,
)
from .models import Appointment, AppointmentDecision, DepartmentList, User
from .roles import has_role
from .signin import second_factor

PER_PAGE = 50


class MayLook:
    """For those who see appointments of others: of all sites, or of the site they head."""

    def dispatch(self, request, *args, **kwargs):
        if not may_look(request.user):
            raise PermissionDenied("Bạn chỉ xem được phân công của mình, ở trang tài khoản.")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def sees_all(self) -> bool:
        return appointment_rights.may_see_all(self.request.user)

    @cached_property
    def visible(self):
        return appointment_rights.visible(self.request.user)

    @cached_property
    def sites(self):
        everywhere = PortalSite.objects.order_by("kind", "name")
        headed = appointment_rights.headed_sites(self.request.user)
        return everywhere if self.sees_all else everywhere.filter(pk__in=headed)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            may_record=appointment_rights.may_record(user), may_end=appointment_rights.may_end(user),
            may_send=appointment_rights.may_send(user), sees_all=self.sees_all, **kwargs,
        )  # fmt: skip


def may_look(user) -> bool:
    """Tell whether a user sees appointments of others."""
    return appointment_rights.may_see_all(user) or has_role(user, "unit_head")


class MaySee(MayLook):
    """For those who see everything."""

    def dispatch(self, request, *args, **kwargs):
        if not appointment_rights.may_see_all(request.user):
            raise PermissionDenied("Bạn không có quyền xem danh sách gửi Sở.")
        return super().dispatch(request, *args, **kwargs)


# --- The list ----------------------------------------------------------------------------------------


class AppointmentsView(MayLook, TemplateView):
    """The appointments, filtered, and what needs somebody: units short of approvers, confirmations, people waiting."""

    template_name = "accounts/appointments/index.html"

    def get_context_data(self, **kwargs):
        form = FilterForm(self.request.GET, sites=self.sites)
        found = self.visible
        if form.is_valid():
            found = self.filtered(found, form.cleaned_data)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Phân công theo quyết định", form=form, page=page,
            today=timezone.localdate(),
            units=appointment_rights.approvers() if self.sees_all else [],
            waiting=appointments.waiting_for_decision() if self.sees_all else [],
            to_confirm=[
                row for row in self.visible.filter(state=Appointment.State.PREPARED)
                if appointment_rights.may_confirm(self.request.user, row)
            ],
            **kwargs,
        )  # fmt: skip

    @staticmethod
    def filtered(found, data):
        if data["site"]:
            found = found.filter(site=data["site"])
        if data["role"]:
            found = found.filter(role=data["role"])
        if data["q"].strip():
            words = data["q"].strip()
            found = found.filter(
                contains("person__full_name", words)
                | Q(person__username__icontains=words)
                | Q(decision__number__icontains=words)
            )
        soon = timezone.localdate() + timedelta(days=appointment_notices.SOON_DAYS)
        match data["state"]:
            case "":
                return found.open()
            case "all":
                return found
            case "confirm":
                return found.filter(state="prepared", needs_confirmation=True, confirmed_at=None)
            case FilterForm.ENDING_SOON:
                return found.ending_by(soon)
        return found.filter(state=data["state"])


# --- Decisions ---------------------------------------------------------------------------------------


class DecisionFormView(MayLook, VerbView):
    """A decision with what it says of several people, recorded as one act: all of it or nothing."""

    without_version = "A new decision; the form names every person and day."
    help_rule = "appointment"
    template_name = "accounts/appointments/decision_form.html"
    form_class = DecisionForm
    title = "Ghi quyết định phân công"
    header_icon = "doc-full"
    submit_label = "Ghi quyết định"
    decision = None

    def dispatch(self, request, *args, **kwargs):
        if not appointment_rights.may_record(request.user):
            raise PermissionDenied("Chỉ cán bộ quản trị kỹ thuật được ghi phân công.")
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self):
        city = city_site()
        return {"issuing_body": city.unit.full_name if city else "", "kind": "appoint"}

    def post(self, request, *args, **kwargs):
        if "add_row" in request.POST:
            return self.render_to_response(self.get_context_data(form=self.unchecked(), rows=self.one_row_more()))
        return super().post(request, *args, **kwargs)

    def unchecked(self):
        """The form as typed, only its file judged and kept: somebody only asked for one more row."""
        form = self.get_form()
        for name in form.errors.keys() - {"file"}:
            del form.errors[name]
        return form

    def one_row_more(self):
        data = self.request.POST.copy()
        count = int(data.get("form-TOTAL_FORMS") or 0) if str(data.get("form-TOTAL_FORMS", "")).isdecimal() else 0
        typed = [
            {name: data.get(f"form-{place}-{name}", "") for name in Rows.form.base_fields}
            for place in range(min(count, Rows.max_num))
        ]
        rows = Rows(initial=typed)
        rows.extra = 1
        return rows

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user}

    @cached_property
    def rows(self):
        return Rows(self.request.POST) if self.request.method == "POST" else Rows()

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{"rows": self.rows, **kwargs})

    def form_valid(self, form):
        return super().form_valid(form) if self.are_rows_valid(form) else self.form_invalid(form)

    def form_invalid(self, form):
        self.are_rows_valid(form)
        return super().form_invalid(form)

    def are_rows_valid(self, form) -> bool:
        """Check the rows beside the decision, so that all that is wrong is said at once."""
        self.rows.is_valid()
        for row in self.rows.forms:
            row.compare(form.cleaned_data.get("signed_on"))
        return self.rows.is_valid()

    @transaction.atomic
    def call(self, form):
        by = self.request.user
        if not self.rows.filled():
            raise ValidationError("Chưa có ai trong quyết định; hãy ghi ít nhất một người ở dưới.")
        self.decision = decisions.record_decision(by=by, **form.decision())
        went_wrong = False
        for row in self.rows.filled():
            try:
                with transaction.atomic():
                    person = row.cleaned_data["person"] or persons.create_account(by=by, **row.account())
                    appointments.appoint(self.decision, by=by, person=person, **row.appointment())
            except ValidationError as error:
                add_errors(row, error)
                went_wrong = True
            except Refused as error:
                row.add_error(None, str(error))
                went_wrong = True
        if went_wrong:
            raise ValidationError("Chưa ghi gì: có dòng cần sửa, xem chỗ đánh dấu ở dưới.")

    def get_success_message(self):
        return f"Đã ghi quyết định {self.decision}, {self.decision.appointments.count()} phân công."

    def get_success_url(self):
        return reverse("accounts_decision", args=[self.decision.pk])


class DecisionMixin(MayLook):
    """Loads a decision of which the user sees at least one appointment; the others' rows stay out of sight."""

    @cached_property
    def decision(self) -> AppointmentDecision:
        decision = get_object_or_404(
            AppointmentDecision.objects.select_related("file", "recorded_by"), pk=self.kwargs["pk"]
        )
        if not self.sees_all and not self.rows_of(decision).exists():
            raise Http404
        return decision

    def rows_of(self, decision):
        return self.visible.filter(Q(decision=decision) | Q(ended_by=decision))

    def sees_whole(self, decision) -> bool:
        """Whether every row is visible; the scan names everybody."""
        every = Appointment.objects.filter(Q(decision=decision) | Q(ended_by=decision))
        return self.sees_all or every.count() == self.rows_of(decision).count()


class DecisionView(DecisionMixin, VerbView):
    """One decision: whom it appoints, whom it ends, whether it went to the department."""

    template_name = "accounts/appointments/decision.html"
    form_class = SentForm
    header_icon = "doc-full"
    submit_label = "Ghi việc gửi Sở"
    success_message = "Đã ghi việc gửi Sở."

    def seen(self):
        """The decision."""
        return [self.decision]

    @property
    def title(self):
        return f"Quyết định {self.decision}"

    def get_initial(self):
        return {
            "sent_to_department_on": self.decision.sent_to_department_on,
            "sent_by_letter": self.decision.sent_by_letter,
        }

    def get_context_data(self, **kwargs):
        rows = self.rows_of(self.decision)
        return super().get_context_data(
            decision=self.decision, rows=rows.filter(decision=self.decision),
            ended=rows.filter(ended_by=self.decision).exclude(state__in=Appointment.OPEN),
            has_scan=bool(self.decision.file_id) and self.sees_whole(self.decision), **kwargs,
        )  # fmt: skip

    def call(self, form):
        data = form.cleaned_data
        decisions.mark_sent(
            self.decision, by=self.request.user, sent_on=data["sent_to_department_on"], letter=data["sent_by_letter"]
        )

    def get_success_url(self):
        return reverse("accounts_decision", args=[self.decision.pk])


class DecisionScanView(DecisionMixin, View):
    """The scan of a decision, for whoever may see everybody it names."""

    def get(self, request, pk):
        if not self.decision.file_id or not self.sees_whole(self.decision):
            raise Http404
        return send_private(request, self.decision.file)


class AddScanView(DecisionMixin, VerbView):
    """The scan of a decision that was recorded without one."""

    form_class = ScanForm
    template_name = "accounts/appointments/form.html"
    title = "Thêm bản chụp quyết định"
    header_icon = "doc-full"
    submit_label = "Thêm bản chụp"
    success_message = "Đã thêm bản chụp."

    def dispatch(self, request, *args, **kwargs):
        if not appointment_rights.may_end(request.user):
            raise PermissionDenied("Chỉ cán bộ quản trị kỹ thuật được thêm bản chụp quyết định.")
        return super().dispatch(request, *args, **kwargs)

    def seen(self):
        """The decision."""
        return [self.decision]

    def closed(self):
        return "Quyết định đã có bản chụp; bản chụp đã ghi không thay." if self.decision.file_id else ""

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Mở quyết định"}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.decision), **kwargs)

    def call(self, form):
        decisions.add_scan(self.decision, by=self.request.user, file=form.cleaned_data["file"])

    def get_success_url(self):
        return reverse("accounts_decision", args=[self.decision.pk])


# --- One appointment -----------------------------------------------------------------------------------


class AppointmentMixin(MayLook):
    """Loads an appointment the user may see."""

    @cached_property
    def appointment(self) -> Appointment:
        found = self.visible.select_related("delegated_from__person", "replaces__person")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(appointment=self.appointment, subject=str(self.appointment.person), **kwargs)

    def get_success_url(self):
        return reverse("accounts_appointment", args=[self.appointment.pk])


class AppointmentView(AppointmentMixin, TemplateView):
    """What is known of one appointment, and what can be done with it."""

    template_name = "accounts/appointments/appointment.html"

    def get_context_data(self, **kwargs):
        found = self.appointment
        return super().get_context_data(
            title=found.role_label, may_confirm=appointment_rights.may_confirm(self.request.user, found),
            delegations=found.delegations.for_lists(), replacements=found.replacements.for_lists(), **kwargs,
        )  # fmt: skip


class ActView(AppointmentMixin, VerbView):
    """One act on an appointment."""

    help_rule = "appointment"
    template_name = "accounts/appointments/act.html"
    header_icon = "user"

    def seen(self):
        """The appointment and its decision."""
        return [self.appointment, self.appointment.decision]

    def get_initial(self):
        city = city_site()
        return {"issuing_body": city.unit.full_name if city else ""}

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        return {**kwargs, "by": self.request.user} if issubclass(self.form_class, DecisionFields) else kwargs

    def record(self, form) -> AppointmentDecision:
        return decisions.record_decision(by=self.request.user, **form.decision())

    def person(self, form) -> User:
        by = self.request.user
        return form.cleaned_data["person"] or persons.create_account(by=by, **form.account())


class ConfirmView(ActView):
    form_class = ConfirmForm
    title = "Xác nhận phân công"
    submit_label = "Xác nhận"
    success_message = "Đã xác nhận; phân công có hiệu lực từ ngày ghi trong quyết định."

    def call(self, form):
        appointments.confirm(self.appointment, by=self.request.user)


class RevokeView(ActView):
    form_class = RevokeForm
    title = "Thu hồi phân công"
    submit_label = "Thu hồi ngay"
    success_message = "Đã thu hồi; mọi phiên đăng nhập với quyền này đã đóng."

    @transaction.atomic
    def call(self, form):
        appointments.revoke(
            self.appointment, by=self.request.user, decision=self.record(form), reason=form.cleaned_data["reason"]
        )


class EndView(ActView):
    form_class = EndForm
    title = "Kết thúc phân công"
    submit_label = "Ghi ngày kết thúc"
    success_message = "Đã ghi ngày kết thúc."

    @transaction.atomic
    def call(self, form):
        data = form.cleaned_data
        appointments.end(
            self.appointment, by=self.request.user, decision=self.record(form), last_day=data["last_day"],
            reason=data["reason"],
        )  # fmt: skip


class ReplaceView(ActView):
    form_class = ReplaceForm
    title = "Thay người"
    submit_label = "Ghi người thay"
    success_message = "Đã ghi người thay."

    @transaction.atomic
    def call(self, form):
        data = form.cleaned_data
        appointments.replace(
            self.appointment, by=self.request.user, decision=self.record(form), person=self.person(form),
            valid_from=data["valid_from"], valid_to=data["valid_to"],
        )  # fmt: skip


class DelegateView(ActView):
    form_class = DelegateForm
    title = "Ghi ủy quyền"
    submit_label = "Ghi ủy quyền"
    success_message = "Đã ghi ủy quyền."

    @transaction.atomic
    def call(self, form):
        data = form.cleaned_data
        appointments.delegate(
            self.appointment, by=self.request.user, decision=self.record(form), person=self.person(form),
            valid_from=data["valid_from"], valid_to=data["valid_to"],
        )  # fmt: skip


# --- One person ----------------------------------------------------------------------------------------


class PersonMixin(MayLook):
    """Loads a person of whom the user sees at least one appointment; the admin sees new accounts too."""

    @cached_property
    def person(self) -> User:
        person = get_object_or_404(User, pk=self.kwargs["pk"], is_superuser=False)
        if not self.sees_all and not self.visible.filter(person=person).exists():
            raise Http404
        return person


class PersonView(PersonMixin, TemplateView):
    """What a person may do now, and could do before."""

    template_name = "accounts/appointments/person.html"

    def get_context_data(self, **kwargs):
        rows = self.visible.filter(person=self.person).order_by("-valid_from", "-pk")
        return super().get_context_data(
            title=self.person.get_full_name(), person=self.person, current=rows.open(),
            past=rows.exclude(state__in=Appointment.OPEN), is_activated=self.person.has_usable_password(),
            may_reset_factor=second_factor.may_reset(self.person, self.request.user)
            and second_factor.device_of(self.person) is not None,
            **kwargs,
        )  # fmt: skip


class AccountView(PersonMixin, VerbView):
    """Name, post and official e-mail of a person."""

    form_class = AccountForm
    title = "Sửa thông tin tài khoản"
    header_icon = "user"
    submit_label = "Lưu"
    success_message = "Đã lưu thông tin tài khoản."

    def seen(self):
        """Name, post and e-mail of the person."""
        return [self.person.pk, self.get_initial()]

    def to_hold(self):
        return [[self.person]]

    def get_initial(self):
        return {name: getattr(self.person, name) for name in AccountForm.base_fields}

    def dispatch(self, request, *args, **kwargs):
        if not appointment_rights.may_record(request.user):
            raise PermissionDenied("Chỉ cán bộ quản trị kỹ thuật được sửa thông tin tài khoản.")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.person.username, **kwargs)

    def call(self, form):
        persons.change_account(self.person, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("accounts_person", args=[self.person.pk])


class ActivationView(PersonMixin, View):
    """Send the one-time link again."""

    without_version = "Sends a link once more to the address of the account; changes nothing."

    def post(self, request, pk):
        try:
            persons.send_activation(self.person, by=request.user)
        except Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Đã gửi liên kết kích hoạt đến {self.person.email}.")
        return redirect("accounts_person", pk)


# --- Who held which right when ---------------------------------------------------------------------------


class HeldView(MayLook, TemplateView):
    """Who held which right on a day or in a span of days; as a page, or as a PDF to print (`?in=pdf`)."""

    template_name = "accounts/appointments/held.html"

    @cached_property
    def form(self):
        today = timezone.localdate()
        return SpanForm(self.request.GET or {"first": today}, sites=self.sites)

    @cached_property
    def span(self):
        first = self.form.cleaned_data["first"]
        return first, self.form.cleaned_data["last"] or first

    @cached_property
    def rows(self):
        if not self.form.is_valid():
            return []
        found = self.visible.held_between(*self.span)
        if self.form.cleaned_data["site"]:
            found = found.filter(site=self.form.cleaned_data["site"])
        if self.form.cleaned_data["role"]:
            found = found.filter(role=self.form.cleaned_data["role"])
        return found.order_by("site__kind", "site__name", "role", "began_on", "pk")

    @property
    def title(self):
        if not self.form.is_valid():
            return "Ai giữ quyền gì"
        first, last = self.span
        if first == last:
            return f"Ai giữ quyền gì ngày {format_short(first)}"
        return f"Ai giữ quyền gì từ {format_short(first)} đến {format_short(last)}"

    def get(self, request, *args, **kwargs):
        if request.GET.get("in") == "pdf" and self.form.is_valid():
            return self.as_pdf()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        query = self.request.GET.copy()
        query["in"] = "pdf"
        return super().get_context_data(
            title=self.title, form=self.form, rows=self.rows, print_query=query.urlencode(), **kwargs
        )

    def as_pdf(self):
        city = city_site()
        made = pdf.write(
            pdf.Report(
                issuer=city.unit.full_name if city else "",
                title=self.title,
                lines=[f"Lập lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}, người lập: {self.request.user}"],
                tables=[
                    pdf.Table(
                        f"{len(self.rows)} phân công",
                        ("STT", "Họ và tên", "Chức vụ", "Vai trò", "Trang", "Có quyền từ", "đến", "Theo quyết định"),
                        (5, 20, 20, 26, 22, 11, 11, 24),
                        [
                            (
                                str(number), row.person.get_full_name(), row.person.position, row.role_label,
                                row.site.name, format_short(row.began_on),
                                format_short(row.ended_on) if row.ended_on else "nay", str(row.decision),
                            )
                            for number, row in enumerate(self.rows, 1)
                        ],
                        empty="Không ai giữ quyền trong thời gian này.",
                    )
                ],
                made_at=timezone.now(),
            )
        )  # fmt: skip
        record("export.made", by=self.request.user, object_label=self.title, detail={"rows": len(self.rows)})
        return download(made, "ai-giu-quyen-gi.pdf")


# --- Lists for the department ----------------------------------------------------------------------------


class DepartmentListsView(MaySee, TemplateView):
    """The lists made so far; POST makes the one of today."""

    without_version = "Makes the list of that moment, which is looked at before it is sent."

    template_name = "accounts/appointments/lists.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Danh sách gửi Sở", lists=DepartmentList.objects.select_related("recorded_by")[:100],
            not_sent=AppointmentDecision.objects.filter(sent_to_department_on=None), **kwargs,
        )  # fmt: skip

    def post(self, request):
        try:
            made = department_list.make_list(by=request.user)
        except Refused as error:
            messages.error(request, str(error))
            return redirect("accounts_lists")
        messages.success(request, "Đã lập danh sách; tải về, ký, gửi Sở rồi ghi số công văn ở dưới.")
        return redirect("accounts_list", made.pk)


class DepartmentListView(MaySee, VerbView):
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
            made=self.made, fields=department_list.FIELDS.values(),
            members=[[row[name] for name in department_list.FIELDS] for row in self.made.members],
            change_fields=department_list.CHANGE_FIELDS.values(),
            changes=[[row[name] for name in department_list.CHANGE_FIELDS] for row in self.made.changes], **kwargs,
        )  # fmt: skip

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
