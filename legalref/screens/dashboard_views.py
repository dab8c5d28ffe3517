"""The dashboard of the register: what needs attention, and how the duty to publish is met; for a person's sites."""

from datetime import date

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.responsibility import sites_worked_on
from base.admin.field_anchors import edit_address
from base.admin.screen_access import SITE_MEMBERS
from base.audit.trail import record
from base.tables.csv import download

from ..life import attention, duty
from ..models import LegalDocument

PER_PAGE = 50


class OwnSites:
    """Mixin: the sites on whose content the person works; other sites do not exist here."""

    screen_access = SITE_MEMBERS

    @cached_property
    def sites(self) -> list:
        return sorted(sites_worked_on(self.request.user), key=lambda site: site.name)

    @cached_property
    def site(self):
        """The site that was asked for, or None for all."""
        return next((site for site in self.sites if site.slug == self.request.GET.get("trang")), None)

    @property
    def chosen_sites(self) -> list:
        return [self.site] if self.site else self.sites


class AttentionView(OwnSites, TemplateView):
    """Documents to which something is missing, one case at a time, with the count of each."""

    template_name = "legalref/admin/attention.html"

    def get_context_data(self, **kwargs):
        documents = LegalDocument.objects.filter(owner_site__in=self.chosen_sites)
        counts = attention.counts(documents)
        # The first case that has any, when none was asked for.
        first = next((case for case in attention.CASES if counts[case.key]), attention.CASES[0])
        case = attention.BY_KEY.get(self.request.GET.get("can", ""), first)
        found = attention.needing(documents.for_display(), case).order_by("-issued_on", "-pk")
        paginator = Paginator(found, PER_PAGE)
        paginator.count = counts[case.key]
        page = paginator.get_page(self.request.GET.get("p"))
        for document in page:
            document.edit_url = edit_address(document)
        return super().get_context_data(
            title="Văn bản cần chú ý",
            header_icon="warning",
            page=page,
            case=case,
            cases=[(item, counts[item.key]) for item in attention.CASES],
            sites=self.sites,
            site=self.site,
            **kwargs,
        )


class Measured(OwnSites):
    """Mixin: the duties of the chosen sites and month, measured."""

    @cached_property
    def months(self) -> list[date]:
        days = duty.duties(self.sites).exclude(document__issued_on=None).order_by()
        return list(days.dates("document__issued_on", "month", order="DESC"))

    @cached_property
    def month(self) -> date | None:
        return next((day for day in self.months if f"{day:%Y-%m}" == self.request.GET.get("thang")), None)

    @cached_property
    def measures(self) -> list:
        rows = duty.duties(self.chosen_sites)
        if self.month:
            rows = rows.filter(document__issued_on__year=self.month.year, document__issued_on__month=self.month.month)
        return duty.measure(rows)

    @property
    def filters(self) -> str:
        """What was chosen, as text."""
        site = self.site.name if self.site else "Các trang được giao"
        return f"{site}; {f'tháng ban hành {self.month:%m/%Y}' if self.month else 'mọi tháng'}"


class DutyView(Measured, TemplateView):
    """How long publication took: sums by site and month, then document by document."""

    template_name = "legalref/admin/duty.html"

    def get_context_data(self, **kwargs):
        page = Paginator(self.measures, PER_PAGE).get_page(self.request.GET.get("p"))
        for item in page:
            item.document.edit_url = edit_address(item.document) if item.document.owner_site_id in self._keys else ""
        return super().get_context_data(
            title="Thời hạn đăng văn bản",
            header_icon="calendar-alt",
            page=page,
            sites=self.sites,
            site=self.site,
            months=self.months,
            month=self.month,
            summaries=duty.summaries(self.measures),
            overall=duty.overall(self.measures),
            **kwargs,
        )

    @cached_property
    def _keys(self) -> set[int]:
        return {site.pk for site in self.sites}


class DutySheetView(Measured, View):
    """The same as a spreadsheet."""

    def get(self, request):
        record("export.made", by=request.user, site=self.site)
        return download(duty.as_xlsx(self.measures, self.filters), "thoi-han-dang-van-ban.xlsx")
