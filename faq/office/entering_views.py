"""Questions typed in at the counter, and files redacted."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.roles import HANDLE_QUESTIONS, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.models import PortalSite
from faq.office import entering_forms, file_forms

from ..handling import (
    intake,
    redacting,
)
from ..models import QuestionFile
from . import inbox
from .views import question_url


class RedactView(ActionView):
    """Add a copy of an attachment in which personal data are covered."""

    screen_access = holding(HANDLE_QUESTIONS)
    model = QuestionFile
    form_class = file_forms.RedactForm
    template_name = "faq/admin/step.html"
    title = "Thêm bản đã che"
    header_icon = "doc-full"
    submit_label = "Thêm bản đã che"
    success_message = "Đã thêm bản đã che; tệp gốc giữ nguyên và vẫn không công khai."

    def seen(self):
        """The file."""
        return [self.file]

    @cached_property
    def file(self) -> QuestionFile:
        own = inbox.visible_to(self.request.user)
        files = QuestionFile.objects.filter(question__in=own).select_related("question__owner_site")
        return get_object_or_404(files, pk=self.kwargs["pk"])

    def dispatch(self, request, *args, **kwargs):
        if not may(request.user, HANDLE_QUESTIONS, self.file.question.owner_site):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user, "site": self.file.question.owner_site}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"{self.file.name}, {self.file.question}", **kwargs)

    def call(self, form):
        redacting.redact(self.file, form.cleaned_data["file"], by=self.request.user)

    def get_success_url(self):
        return question_url(self.file.question)


class EnterView(ActionView):
    """Enter a question that came by telephone, letter, mail or in person; leads to its printed receipt."""

    screen_access = holding(HANDLE_QUESTIONS)
    without_version = "Something new; nothing is shown that could change."
    help_rule = "question"
    form_class = entering_forms.EnterForm
    template_name = "faq/admin/enter.html"
    title = "Nhập câu hỏi"
    header_icon = "plus"
    submit_label = "Nhập và in giấy tiếp nhận"
    success_message = "Đã nhập câu hỏi; thời hạn tính từ lúc tiếp nhận."

    @cached_property
    def sites(self):
        return inbox.sites_for(self.request.user, HANDLE_QUESTIONS)

    def dispatch(self, request, *args, **kwargs):
        if not self.sites:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        sites = PortalSite.objects.filter(pk__in=[site.pk for site in self.sites]).order_by("kind", "name")
        return {**super().get_form_kwargs(), "user": self.request.user, "sites": sites}

    def call(self, form):
        self.entered = intake.enter(by=self.request.user, **form.as_question()).question

    def get_success_url(self):
        return reverse("faq_receipt", args=[self.entered.pk])
