"""The screens of one appointment: confirm, revoke, end, replace, delegate."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView
from base.sites import city_site

from .. import appointment_rights, appointments, decisions, persons
from ..appointment_forms import (
    ConfirmForm,
    DecisionFields,
    DelegateForm,
    EndForm,
    ReplaceForm,
    RevokeForm,
)
from ..models import Appointment, AppointmentDecision, User
from .access import MayLook


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
            title=found.role_label,
            may_confirm=appointment_rights.may_confirm(self.request.user, found),
            delegations=found.delegations.for_lists(),
            replacements=found.replacements.for_lists(),
            **kwargs,
        )


class ActView(AppointmentMixin, ActionView):
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
            self.appointment,
            by=self.request.user,
            decision=self.record(form),
            last_day=data["last_day"],
            reason=data["reason"],
        )


class ToAnotherView(ActView):
    """Another person gets the role of an appointment; `act` records it."""

    act = None

    @transaction.atomic
    def call(self, form):
        data = form.cleaned_data
        self.act(
            self.appointment,
            by=self.request.user,
            decision=self.record(form),
            person=self.person(form),
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )


class ReplaceView(ToAnotherView):
    form_class = ReplaceForm
    title = "Thay người"
    submit_label = "Ghi người thay"
    success_message = "Đã ghi người thay."
    act = staticmethod(appointments.replace)


class DelegateView(ToAnotherView):
    form_class = DelegateForm
    title = "Ghi ủy quyền"
    submit_label = "Ghi ủy quyền"
    success_message = "Đã ghi ủy quyền."
    act = staticmethod(appointments.delegate)
