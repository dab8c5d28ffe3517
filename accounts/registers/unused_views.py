"""The screens of accounts that are not used: the report, and opening one again."""

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import ActionView
from base.audit.trail import record
from base.tables.csv import download

from ..appointment_views.access import MaySee
from ..models import User
from . import tables, unused
from .forms import ResumeForm


class UnusedView(MaySee, TemplateView):
    """Every account that is suspended, or was not used for as long as a warning takes."""

    template_name = "accounts/registers/unused.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Tài khoản lâu không dùng",
            uses=unused.listed(timezone.localdate()),
            warn_days=settings.PORTAL_UNUSED_WARN_DAYS,
            suspend_days=settings.PORTAL_UNUSED_SUSPEND_DAYS,
            **kwargs,
        )


class UnusedFileView(MaySee, View):
    """The same as a spreadsheet."""

    def get(self, request):
        today = timezone.localdate()
        made = tables.of_unused(today)
        record("export.made", by=request.user, object_label="Tài khoản lâu không dùng")
        return download(made, f"tai-khoan-lau-khong-dung-{today:%Y-%m-%d}.xlsx")


class ResumeView(MaySee, ActionView):
    """A suspended account is opened again."""

    template_name = "accounts/appointments/form.html"
    form_class = ResumeForm
    title = "Mở lại tài khoản"
    header_icon = "user"
    submit_label = "Mở lại"
    success_message = "Đã mở lại tài khoản; người dùng phải đặt mật khẩu mới."

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"], is_superuser=False)

    def seen(self):
        """Whether and since when the account is suspended."""
        return [self.person.pk, self.person.suspended_at]

    def to_hold(self):
        return [[self.person]]

    def closed(self):
        return "" if self.person.suspended_at else "Tài khoản này không bị tạm khóa."

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Mở thông tin tài khoản"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.person} ({self.person.username})", **kwargs)

    def call(self, form):
        unused.resume(self.person, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return reverse("accounts_person", args=[self.person.pk])
