"""The screens of tokens with which one-stop systems push dossiers: parse, call an action, answer."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView
from wagtail.admin.widgets import AdminDateInput

from accounts.roles import ADMINISTER, DISPATCH
from accounts.screen_access import holding
from base.admin.action_views import ActionView, add_errors
from base.admin.screen_access import ScreenAccess
from base.gate import Refused
from base.models import PortalSite
from base.operations import idempotency
from workflows import deadlines

from ..models import DossierSource
from . import tokens

Standing = DossierSource.Standing
BADGES = {
    Standing.WAITING: "unknown",
    Standing.IN_USE: "in_force",
    Standing.EXPIRED: "lapsed",
    Standing.REVOKED: "lapsed",
}


class SourcesView(TemplateView):
    """Every token: whose, until when, how it stands, when it was used last."""

    screen_access = ScreenAccess(tokens.may_see)
    template_name = "servicecatalog/admin/sources.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, deadlines.today()
        rows = DossierSource.objects.select_related("owner_site", "made_by", "confirmed_by", "revoked_by")
        shown = [
            {
                "source": row,
                "standing": (standing := row.standing(today)),
                "badge": BADGES[standing],
                "may_confirm": standing == Standing.WAITING and tokens.may_confirm(user) and row.made_by_id != user.pk,
                "may_revoke": standing in (Standing.WAITING, Standing.IN_USE),
            }
            for row in rows
        ]
        return super().get_context_data(
            title="Khóa nạp hồ sơ", header_icon="key", rows=shown, may_make=tokens.may_make(user), **kwargs
        )


class SourceForm(forms.Form):
    """What a token is for."""

    name = forms.CharField(
        label="Tên hệ thống",
        max_length=120,
        help_text="Ví dụ: Một cửa điện tử phường Mỹ Long.",
        error_messages={"required": "Hãy ghi tên hệ thống gửi hồ sơ."},
    )
    site = forms.ModelChoiceField(
        PortalSite.objects.none(),
        label="Trang",
        help_text="Khóa chỉ gửi và xem được hồ sơ của trang này.",
        error_messages={"required": "Hãy chọn trang."},
    )
    unit_codes = forms.CharField(
        label="Mã định danh của đơn vị",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=400,
        help_text="Mỗi dòng một mã, ví dụ H01.24.07; mã hồ sơ phải bắt đầu bằng một trong các mã đó. Trống: mọi mã.",
    )
    expires_on = forms.DateField(
        label="Dùng đến hết ngày",
        widget=AdminDateInput,
        help_text="Nhiều nhất hai năm.",
        error_messages={"required": "Hãy ghi ngày hết hạn của khóa.", "invalid": "Hãy ghi ngày dạng 31/12/2027."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = PortalSite.objects.filter(state=PortalSite.State.OPEN)


class NewSourceView(ActionView):
    """Make a token; it is shown in the answer to this form and nowhere else."""

    screen_access = holding(ADMINISTER)
    without_version = "Something new; nothing is shown that could change."
    form_class = SourceForm
    title = "Cấp khóa nạp hồ sơ"
    header_icon = "key"
    submit_label = "Cấp khóa"

    def form_valid(self, form):
        request, made = self.request, []

        def call() -> str:
            made.extend(tokens.make(by=request.user, **form.cleaned_data))
            return reverse("servicecatalog_sources")

        try:
            outcome = idempotency.once(request, f"{request.user.pk} {request.path}", call)
        except (ValidationError, Refused) as error:
            add_errors(form, error)
            return self.form_invalid(form)
        if outcome.is_repeat:
            messages.info(request, "Khóa đã được cấp ở lần gửi trước; nếu chưa chép lại, hãy thu hồi và cấp khóa mới.")
            return redirect(outcome.text)
        source, token = made
        context = {"title": self.title, "header_icon": self.header_icon, "source": source, "shown": token}
        response = render(request, "servicecatalog/admin/source_made.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response


class SourceActionView(ActionView):
    """A form about one token."""

    form_class = forms.Form
    header_icon = "key"

    @cached_property
    def source(self) -> DossierSource:
        return get_object_or_404(DossierSource.objects.select_related("owner_site"), pk=self.kwargs["pk"])

    def seen(self):
        """The token: whose, until when, how it stands; not when it was used."""
        row = self.source
        return [row.pk, row.name, row.owner_site_id, row.unit_codes, row.expires_on, row.confirmed_at, row.revoked_at]

    def to_hold(self):
        return [[self.source]]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.source), **kwargs)

    def get_success_url(self):
        return reverse("servicecatalog_sources")


class ConfirmView(SourceActionView):
    screen_access = holding(DISPATCH)
    title = "Xác nhận khóa nạp hồ sơ"
    submit_label = "Xác nhận, cho khóa hoạt động"
    success_message = "Đã xác nhận; hệ thống một cửa dùng khóa được ngay."

    def call(self, form):
        tokens.confirm(self.source, by=self.request.user)


class RevokeView(SourceActionView):
    screen_access = ScreenAccess(tokens.may_see)
    title = "Thu hồi khóa nạp hồ sơ"
    submit_label = "Thu hồi ngay"
    success_message = "Đã thu hồi; khóa không dùng được nữa."

    def call(self, form):
        tokens.revoke(self.source, by=self.request.user)
