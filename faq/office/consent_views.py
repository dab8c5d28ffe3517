"""The screens of what is agreed to: versions, proposed by one person and confirmed by another."""

from django.forms import Form
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import HANDLE_QUESTIONS
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.sites import city_site

from .. import consents, terms
from ..models import ConsentText
from .consent_forms import ConsentForm

# For those who handle citizens' matters on any site.
HANDLERS = holding(HANDLE_QUESTIONS)


class ConsentsView(TemplateView):
    """All versions, the newest first."""

    screen_access = HANDLERS
    template_name = "faq/admin/consents/consents.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Văn bản đồng ý, chính sách dữ liệu cá nhân",
            header_icon="lock",
            rows=ConsentText.objects.all(),
            present=consents.in_force(),
            may_propose=consents.may_propose(self.request.user)
            and not ConsentText.objects.filter(confirmed_at=None).exists(),
            **kwargs,
        )


class VersionMixin:
    """Mixin: the version of the address."""

    screen_access = HANDLERS
    model = ConsentText
    header_icon = "lock"

    @cached_property
    def version(self) -> ConsentText:
        return get_object_or_404(ConsentText, pk=self.kwargs["pk"])

    def get_success_url(self):
        return reverse("faq_consents")


class ConsentView(VersionMixin, TemplateView):
    template_name = "faq/admin/consents/consent.html"

    def get_context_data(self, **kwargs):
        user, version = self.request.user, self.version
        return super().get_context_data(
            title="Văn bản đồng ý",
            header_icon=self.header_icon,
            subject=f"phiên bản {version.version}",
            version=version,
            words=consents.filled_in(version, city_site(), "vi"),
            words_en=consents.filled_in(version, city_site(), "en"),
            days=terms.CONTACT_DAYS,
            may_confirm=consents.may_confirm(user, version),
            may_fix=version.confirmed_at is None and consents.may_propose(user),
            **kwargs,
        )


class ProposeConsentView(ActionView):
    screen_access = HANDLERS
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


class CorrectConsentView(VersionMixin, ActionView):
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
        consents.correct(self.version, by=self.request.user, **form.cleaned_data)


class ConfirmConsentView(VersionMixin, ActionView):
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
