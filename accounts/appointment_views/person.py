"""The screens of one person and their account."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import ActionView
from base.gate import Refused

from .. import appointment_rights, persons
from ..appointment_forms import (
    AccountForm,
)
from ..models import Appointment, JoinedSignIn, User
from ..signin import second_factor
from ..signin.single_sign_on import joining
from .access import MayLook


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
            title=self.person.get_full_name(),
            person=self.person,
            current=rows.open(),
            past=rows.exclude(state__in=Appointment.OPEN),
            is_activated=self.person.has_usable_password(),
            may_reset_factor=second_factor.may_reset(self.person, self.request.user)
            and second_factor.device_of(self.person) is not None,
            joined=JoinedSignIn.objects.filter(user=self.person).first()
            if joining.may_separate(self.person, self.request.user)
            else None,
            **kwargs,
        )


class AccountView(PersonMixin, ActionView):
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


class SeparateView(PersonMixin, View):
    """End the joining of a person's account at the identity provider: only the password opens theirs then."""

    without_version = "Takes whatever joining there is; without one there is nothing to take."

    def post(self, request, pk):
        if joining.separate(self.person, by=request.user):
            messages.success(request, f"Đã bỏ gắn đăng nhập chung của {self.person}.")
        return redirect("accounts_person", pk)
