"""The screens of terms: what is held, what is due, the text that is to stay."""

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.views.generic import TemplateView

from accounts.roles import ADMINISTER, HANDLE_QUESTIONS, may
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.operations import personal_records
from faq import consents
from faq.office import inbox
from faq.office.views import Questioned
from personaldata import covering, registers

from . import retention
from .admin_forms import (
    RetainTextForm,
)
from .models import DataSubjectRequest
from .screens import HANDLERS, own_sites

SHOWN_PURGED = 100


class PersonalDataView(TemplateView):
    """What comes due when, what was purged, how much is held; numbers of records, nothing of a person."""

    screen_access = holding(HANDLE_QUESTIONS, ADMINISTER)
    template_name = "personaldata/admin/personal_data.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        sites = None if user.is_superuser else own_sites(user)
        held = personal_records.held() if may(user, ADMINISTER) or inbox.sites_for(user, HANDLE_QUESTIONS) else []
        count = sum(number for _what, number in held)
        return super().get_context_data(
            title="Dữ liệu cá nhân",
            header_icon="lock",
            due=self._rows(retention.due, sites),
            soon=self._rows(retention.soon, sites),
            purged=self._rows(retention.purged, sites, most=SHOWN_PURGED),
            stuck=list(retention.stuck(sites=sites)[:SHOWN_PURGED]),
            stuck_consultations=list(retention.stuck_consultations(sites=sites)[:SHOWN_PURGED]),
            held=held,
            count=count,
            outcome_days=retention.OUTCOME_DAYS,
            warning=personal_records.warning(count),
            limit=f"{personal_records.LEVEL_3_FROM:,}".replace(",", "."),
            soon_days=retention.SOON_DAYS,
            is_handler=HANDLERS.allows(user),
            waiting=DataSubjectRequest.objects.open().filter(owner_site__in=own_sites(user)).count(),
            version=consents.in_force(),
            **kwargs,
        )

    def _rows(self, find, sites, most: int | None = None) -> list:
        return [
            (register, contact, register.of(contact))
            for register in registers.REGISTERS
            for contact in find(register, sites=sites)[:most]
        ]


class RetainTextView(Questioned, ActionView):
    """The text of a question that is to stay, with what was written and what is suggested."""

    screen_access = HANDLERS
    template_name = "personaldata/admin/retain_text.html"
    form_class = RetainTextForm
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
        title, text = covering.offered_text(self.question)
        return {"title": title, "text": text}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.question.number, question=self.question, **kwargs)

    def call(self, form):
        retention.retain_text(self.question, by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("faq_question", args=[self.question.pk])
