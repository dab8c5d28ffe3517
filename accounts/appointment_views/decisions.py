"""The screens of a decision: recorded with its scan, added to, shown."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from base.admin.action_views import ActionView, add_errors
from base.files.serving import send_private
from base.gate import Refused
from base.sites import city_site

from .. import appointment_rights, appointments, decisions, persons
from ..appointment_forms import (
    DecisionForm,
    Rows,
    ScanForm,
    SentForm,
)
from ..models import Appointment, AppointmentDecision
from .access import MayLook


class DecisionFormView(MayLook, ActionView):
    """A decision with what it says of several people, recorded as one act: all of it or nothing."""

    without_version = "A new decision; the form names every person and day."
    help_rule = "appointment"
    template_name = "accounts/appointments/decision_form.html"
    form_class = DecisionForm
    rows_class = Rows
    title = "Ghi quyết định phân công"
    header_icon = "doc-full"
    submit_label = "Ghi quyết định"
    initial_kind = "appoint"
    decision = None

    def dispatch(self, request, *args, **kwargs):
        self.demand_right(request.user)
        return super().dispatch(request, *args, **kwargs)

    @staticmethod
    def demand_right(user) -> None:
        if not appointment_rights.may_record(user):
            raise PermissionDenied("Chỉ cán bộ quản trị kỹ thuật được ghi phân công.")

    def get_initial(self):
        city = city_site()
        return {"issuing_body": city.unit.full_name if city else "", "kind": self.initial_kind}

    def post(self, request, *args, **kwargs):
        if "add_row" in request.POST:
            return self.render_to_response(self.get_context_data(form=self.unchecked(), rows=self.one_row_more()))
        return super().post(request, *args, **kwargs)

    def unchecked(self):
        """The form as typed, only its file judged and kept: the user only asked for one more row."""
        form = self.get_form()
        for name in form.errors.keys() - {"file"}:
            del form.errors[name]
        return form

    def one_row_more(self):
        data = self.request.POST.copy()
        count = int(data.get("form-TOTAL_FORMS") or 0) if str(data.get("form-TOTAL_FORMS", "")).isdecimal() else 0
        typed = [
            {name: data.get(f"form-{place}-{name}", "") for name in self.rows_class.form.base_fields}
            for place in range(min(count, self.rows_class.max_num))
        ]
        rows = self.rows_class(initial=typed)
        rows.extra = 1
        return rows

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user}

    @cached_property
    def rows(self):
        return self.rows_class(self.request.POST) if self.request.method == "POST" else self.rows_class()

    def get_context_data(self, **kwargs):
        rows = kwargs.pop("rows", self.rows)
        more_errors = [
            (field.id_for_label, f"{field.label}, người thứ {place}", error)
            for place, row in enumerate(rows, 1)
            if row.is_bound
            for field in row.visible_fields()
            for error in field.errors
        ]
        return super().get_context_data(rows=rows, more_errors=more_errors, **kwargs)

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
                    self.write(row)
            except (ValidationError, Refused) as error:
                add_errors(row, error)
                went_wrong = True
        if went_wrong:
            raise ValidationError("Chưa ghi gì: có dòng cần sửa, xem chỗ đánh dấu ở dưới.")

    def write(self, row) -> None:
        """Record what one row says."""
        by = self.request.user
        person = row.cleaned_data["person"] or persons.create_account(by=by, **row.account())
        appointments.appoint(self.decision, by=by, person=person, **row.appointment())

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
        """Whether every row is visible; the scan names all of the people."""
        every = Appointment.objects.filter(Q(decision=decision) | Q(ended_by=decision))
        return self.sees_all or every.count() == self.rows_of(decision).count()


class DecisionView(DecisionMixin, ActionView):
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
            decision=self.decision,
            rows=rows.filter(decision=self.decision),
            ended=rows.filter(ended_by=self.decision).exclude(state__in=Appointment.OPEN),
            has_scan=bool(self.decision.file_id) and self.sees_whole(self.decision),
            **kwargs,
        )

    def call(self, form):
        data = form.cleaned_data
        decisions.mark_sent(
            self.decision, by=self.request.user, sent_on=data["sent_to_department_on"], letter=data["sent_by_letter"]
        )

    def get_success_url(self):
        return reverse("accounts_decision", args=[self.decision.pk])


class DecisionScanView(DecisionMixin, View):
    """The scan of a decision, for users who may see all the people it names."""

    def get(self, request, pk):
        if not self.decision.file_id or not self.sees_whole(self.decision):
            raise Http404
        return send_private(request, self.decision.file)


class AddScanView(DecisionMixin, ActionView):
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
