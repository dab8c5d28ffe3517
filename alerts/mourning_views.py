"""The screens of national mourning: the days that are recorded, and proposals of new or changed ones."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import APPROVE, RAISE_ALERT, WRITE
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from workflows.models import RecordChange

from . import mourning
from .forms import MourningForm
from .models import Mourning

ICON = "calendar"
SEEING = holding(RAISE_ALERT, WRITE, APPROVE)
PROPOSED = "Đã gửi đề nghị; các trang chuyển màu theo ngày sau khi người thứ hai xác nhận."


class MourningsView(TemplateView):
    """All days of mourning, the newest first, and what waits for a second person."""

    screen_access = SEEING
    template_name = "alerts/mournings.html"

    def get_context_data(self, **kwargs):
        waiting = RecordChange.objects.filter(object_type=Mourning._meta.label, decided_at=None)
        may_propose = mourning.may_propose(self.request.user)
        return super().get_context_data(
            title="Quốc tang",
            header_icon=ICON,
            help_rule="mourning",
            rows=Mourning.objects.all(),
            waiting=waiting.select_related("proposed_by").order_by("pk") if may_propose else [],
            may_propose=may_propose,
            **kwargs,
        )


class ProposeMourningView(ActionView):
    """Days of mourning, new or as they shall be."""

    screen_access = SEEING
    without_version = "A proposal: what it was about is kept with it and compared when it comes true."
    form_class = MourningForm
    header_icon = ICON
    help_rule = "mourning"
    submit_label = "Gửi người thứ hai"
    success_message = PROPOSED
    made: RecordChange | None = None

    @cached_property
    def row(self) -> Mourning:
        if not mourning.may_propose(self.request.user):
            raise Http404
        key = self.kwargs.get("pk")
        return get_object_or_404(Mourning, pk=key) if key else Mourning()

    @property
    def title(self):
        return "Sửa ngày quốc tang" if self.row.pk else "Ghi ngày quốc tang"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.row}

    def call(self, form):
        self.made = mourning.propose(form.save(commit=False), by=self.request.user)

    def get_success_url(self):
        return reverse("workflows_record_change", args=[self.made.pk])
