"""The screens of contributors: the list, a new one, one corrected or compared with papers.

What is needed to pay is shown to who may ask.
"""

from django.core.paginator import Paginator
from django.db.models import Sum
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView
from base.audit.trail import record_personal_data_read
from base.queries.contains import contains
from base.sites import city_site
from vietnam.text import fold

from .. import contributors, rights
from ..forms import ContributorForm
from ..models import Contributor
from .access import ICON, PROPOSING

PER_PAGE = 50


class ContributorsView(TemplateView):
    """All contributors by name, with what their items come to; no personal data."""

    screen_access = PROPOSING
    template_name = "royalties/contributors.html"

    def get_context_data(self, **kwargs):
        wanted = self.request.GET.get("q", "").replace("\x00", "").strip()[:100]
        found = Contributor.objects.select_related("user").annotate(sum=Sum("shares__amount")).order_by("folded", "pk")
        if wanted:
            found = found.filter(contains("folded", fold(wanted)))
        return super().get_context_data(
            title="Người hưởng nhuận bút",
            header_icon=ICON,
            q=wanted,
            page=Paginator(found, PER_PAGE).get_page(self.request.GET.get("p")),
            **kwargs,
        )


class NewContributorView(ActionView):
    """A contributor without an account."""

    screen_access = PROPOSING
    without_version = "Something new; nothing is shown that could change."
    form_class = ContributorForm
    title = "Thêm người hưởng"
    header_icon = ICON
    submit_label = "Ghi"
    success_message = "Đã ghi người hưởng."

    def call(self, form):
        contributors.record(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("royalties_contributors")


class OneContributor:
    """Mixin: the contributor of the address."""

    screen_access = PROPOSING
    header_icon = ICON

    @cached_property
    def contributor(self) -> Contributor:
        return get_object_or_404(Contributor.objects.select_related("user", "checked_by"), pk=self.kwargs["pk"])

    def seen(self):
        """The contributor."""
        return [self.contributor]

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.contributor.byline, contributor=self.contributor, **kwargs)

    def get_success_url(self):
        return reverse("royalties_contributors")


class ContributorView(OneContributor, ActionView):
    """One contributor; opening the form reads personal data, which is written down."""

    form_class = ContributorForm
    template_name = "royalties/contributor.html"
    title = "Người hưởng nhuận bút"
    submit_label = "Ghi"
    success_message = "Đã ghi thông tin người hưởng."

    def closed(self):
        return "" if rights.keeps_record(self.request.user, self.contributor) else contributors.OWN_RECORD

    def get(self, request, *args, **kwargs):
        if not self.closed() and any(getattr(self.contributor, name) for name in Contributor.PERSONAL):
            record_personal_data_read(
                by=request.user, obj=self.contributor, site=city_site(), what="thông tin người hưởng nhuận bút"
            )
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.contributor}

    def call(self, form):
        contributors.record(by=self.request.user, contributor=self.contributor, **form.cleaned_data)


class ConfirmContributorView(OneContributor, ActionView):
    """A payee without an account was compared with the person's papers; shows none of what is recorded."""

    form_class = Form
    template_name = "royalties/contributor_confirm.html"
    title = "Đối chiếu người hưởng"
    submit_label = "Xác nhận đã đối chiếu"
    success_message = "Đã ghi việc đối chiếu."

    def closed(self):
        if self.contributor.is_checked:
            return "Người hưởng này có tài khoản hoặc đã được đối chiếu."
        return "" if rights.keeps_record(self.request.user, self.contributor) else contributors.OWN_RECORD

    def call(self, form):
        contributors.confirm(self.contributor, by=self.request.user)
