"""The dashboard of the catalogue: what to review, services begun and ended, batches decided; one action each."""

from django import forms as django_forms
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import PROPOSE_TAKEDOWN, owner_site
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.admin.screen_access import SITE_MEMBERS
from base.admin.viewsets import choosable, own
from base.audit.trail import record
from base.models import PortalSite
from base.sites import all_sites
from base.tables.csv import download

from ..catalogue import batches, deciding_levels, levels, offerings, review
from ..models import CatalogueBatch, Procedure
from .access import PROCEDURE_KEEPERS
from .forms import DecideBatchForm, LevelForm, OfferForm, WithdrawForm

PER_PAGE = 50
# The request that approves a batch publishes as long as this; the job does the rest.
SECONDS_OF_A_REQUEST = 6.0


class OwnSites:
    """Mixin: the sites on whose content the person works; other sites do not exist here."""

    screen_access = SITE_MEMBERS

    @cached_property
    def sites(self) -> list[PortalSite]:
        return review.sites_for(self.request.user)

    @cached_property
    def site(self) -> PortalSite | None:
        """The site that was asked for, or None for all."""
        return next((site for site in self.sites if site.slug == self.request.GET.get("trang")), None)

    @cached_property
    def review(self) -> review.Review:
        return review.Review([self.site] if self.site else self.sites)


class ReviewView(OwnSites, TemplateView):
    """What needs a person, one case at a time, with the count of each."""

    template_name = "servicecatalog/admin/review.html"

    def get_context_data(self, **kwargs):
        rows = {case.key: case.find(self.review) for case in review.CASES}
        first = next((case for case in review.CASES if rows[case.key]), review.CASES[0])
        case = review.BY_KEY.get(self.request.GET.get("can", ""), first)
        page = Paginator(rows[case.key], PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title="Thủ tục cần xem lại",
            header_icon="warning",
            page=page,
            case=case,
            site=self.site,
            sites=self.sites,
            cases=[(item, len(rows[item.key])) for item in review.CASES],
            **kwargs,
        )


class ReviewSheetView(OwnSites, View):
    """The same as a spreadsheet."""

    def get(self, request):
        record("export.made", by=request.user, site=self.site)
        return download(review.as_xlsx(self.review), "dich-vu-can-xem-lai.xlsx")


# --- One procedure -----------------------------------------------------------------------------------


class ProcedureActionView(ActionView):
    """A form about one procedure of one's own site."""

    header_icon = "clipboard-list"

    @cached_property
    def procedure(self) -> Procedure:
        return get_object_or_404(
            own(Procedure.objects.select_related("owner_site"), self.request.user, "owner_site"),
            pk=self.kwargs["pk"],
            live=True,
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.procedure, **kwargs)


class LevelView(ProcedureActionView):
    """Decide the level of a service in the scheme of today."""

    screen_access = PROCEDURE_KEEPERS
    template_name = "servicecatalog/admin/level.html"
    form_class = LevelForm
    title = "Xác định mức độ"
    submit_label = "Ghi vào bản nháp"

    def seen(self):
        """The newest version of the procedure."""
        return [self.procedure]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "levels": deciding_levels.choices()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(shown=levels.level_of(self.procedure), **kwargs)

    def call(self, form):
        deciding_levels.decide_level(
            self.procedure, form.cleaned_data["level"], by=self.request.user, reason=form.cleaned_data["reason"]
        )

    def get_success_url(self):
        return reverse("workflows_submit", args=["servicecatalog", "procedure", self.procedure.pk])

    def get_success_message(self):
        return f"Đã ghi mức độ vào bản nháp của «{self.procedure}»; hãy gửi duyệt."


class OfferView(ProcedureActionView):
    """Begin a service on every site that it belongs to."""

    screen_access = PROCEDURE_KEEPERS
    template_name = "servicecatalog/admin/offer.html"
    form_class = OfferForm
    title = "Cung cấp trên các trang"
    submit_label = "Lập bản nháp và gửi duyệt cả lô"
    batch = None

    def seen(self):
        """The procedure, and where it is offered."""
        return [self.procedure, [page.pk for page in offerings.everywhere(self.procedure)]]

    def get_context_data(self, **kwargs):
        offered = {page.get_parent().pk for page in offerings.everywhere(self.procedure)}
        sites = []
        for site in offerings.belongs_to(self.procedure):
            catalogue = offerings.catalogue_of(site)
            sites.append((site, catalogue is not None, catalogue is not None and catalogue.pk in offered))
        return super().get_context_data(sites=sites, **kwargs)

    def call(self, form):
        self.batch = offerings.offer_everywhere(
            [self.procedure], by=self.request.user, declaration=form.cleaned_data["declaration"]
        )

    def get_success_url(self):
        return reverse("servicecatalog_batch", args=[self.batch.pk])

    def get_success_message(self):
        return "Đã lập bản nháp và gửi cả lô; cần người thứ hai duyệt."


class OfferHereView(ActionView):
    """Begin a service on one site of one's own: its draft is opened to be completed."""

    screen_access = SITE_MEMBERS
    form_class = django_forms.Form
    title = "Thêm dịch vụ"
    header_icon = "clipboard-list"
    submit_label = "Lập bản nháp"
    template_name = "servicecatalog/admin/offer_here.html"
    page = None

    def seen(self):
        """The procedure."""
        return [self.procedure]

    @cached_property
    def procedure(self) -> Procedure:
        found = choosable(Procedure.objects.filter(live=True), self.request.user, "owner_site")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    @cached_property
    def site(self) -> PortalSite:
        site = next((site for site in all_sites() if site.slug == self.kwargs["slug"]), None)
        if site is None or site not in review.sites_for(self.request.user):
            raise Http404
        return site

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=self.procedure, site=self.site, **kwargs)

    def call(self, form):
        self.page = offerings.offer(self.procedure, self.site, by=self.request.user)

    def get_success_url(self):
        return edit_address(self.page)

    def get_success_message(self):
        return "Đã lập bản nháp; hãy ghi nơi tiếp nhận, giờ làm việc rồi gửi duyệt."


class WithdrawView(ProcedureActionView):
    """End a service on every site, proposed to a second person."""

    screen_access = holding(PROPOSE_TAKEDOWN)
    template_name = "servicecatalog/admin/withdraw.html"
    form_class = WithdrawForm
    title = "Ngừng cung cấp"
    submit_label = "Đề nghị ngừng trên mọi trang"

    def seen(self):
        """The procedure, and the services that shall end."""
        return [self.procedure, [(page.pk, page.live_revision_id) for page in offerings.everywhere(self.procedure)]]

    def get_context_data(self, **kwargs):
        return super().get_context_data(pages=offerings.everywhere(self.procedure), **kwargs)

    def call(self, form):
        offerings.withdraw(
            offerings.everywhere(self.procedure), by=self.request.user, reason=form.cleaned_data["reason"]
        )

    def get_success_url(self):
        return reverse("workflows_takedowns")

    def get_success_message(self):
        return "Đã đề nghị; người thứ hai quyết định chung cho mọi trang."


# --- Batches -----------------------------------------------------------------------------------------


class BatchListView(TemplateView):
    """The batches, the newest first."""

    screen_access = SITE_MEMBERS
    template_name = "servicecatalog/admin/batches.html"

    def get_context_data(self, **kwargs):
        page = Paginator(batches.visible_to(self.request.user), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(title="Lô thủ tục, dịch vụ", header_icon="check", page=page, **kwargs)


class BatchView(ActionView):
    """One batch: what is in it, and its decision."""

    screen_access = SITE_MEMBERS
    template_name = "servicecatalog/admin/batch.html"
    form_class = DecideBatchForm
    title = "Lô thủ tục, dịch vụ"
    header_icon = "check"

    def seen(self):
        """The batch, and the newest version of all that is in it."""
        return [self.batch, batches.items(self.batch)]

    @cached_property
    def batch(self) -> CatalogueBatch:
        return get_object_or_404(batches.visible_to(self.request.user), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        rows = []
        for item in batches.items(self.batch):
            is_public = batches.is_published(self.batch, item)
            row = {
                "name": str(item),
                "address": edit_address(item),
                "kind": item._meta.verbose_name,
                "site": owner_site(item).name,
                "is_public": is_public,
                "public_address": getattr(item, "full_url", "") if is_public else "",
            }
            rows.append(row)
        return super().get_context_data(
            batch=self.batch,
            subject=self.batch.title,
            rows=rows,
            may_decide=batches.may_decide(self.request.user, self.batch),
            **kwargs,
        )

    def call(self, form):
        user = self.request.user
        if form.cleaned_data["decision"] == "approve":
            batch = batches.approve(self.batch, by=user)
            batch = batches.carry_on(batch, seconds=SECONDS_OF_A_REQUEST)
            self.success_message = (
                "Đã duyệt và đăng cả lô."
                if batch.state == CatalogueBatch.State.PUBLISHED
                else "Đã duyệt; cổng đang đăng tiếp trong vài phút."
            )
        else:
            batches.send_back(self.batch, by=user, reason=form.cleaned_data["reason"])
            self.success_message = "Đã trả lại lô kèm lý do."

    def get_success_url(self):
        return reverse("servicecatalog_batch", args=[self.batch.pk])
