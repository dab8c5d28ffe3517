"""The organisation of a site's authority: its units as a chart and as a list (NĐ 43/2011 Điều 10.1.a)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from base.models import BasePage, OrganisationUnit
from base.preflight import Finding

from .. import organisation
from .item import SectionItem, WithBody, body_panels


class OrganisationPage(WithBody, SectionItem):
    """Units with who leads them, drawn and listed from what is kept of them; nothing is typed here."""

    top = models.ForeignKey(
        OrganisationUnit,
        verbose_name="từ đơn vị",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Để trống: cơ quan của trang. Đơn vị và người sửa ở màn hình «Đơn vị».",
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("top"),
        *body_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("words_of_units", boost=1),
    ]

    template = "sections/organisation_page.html"
    icon_name = "group"
    review_rule = "DL-CHECK-HALF"
    page_description = "Sơ đồ và danh sách đơn vị, người đứng đầu, liên hệ; tự cập nhật từ màn hình «Đơn vị»."
    needs_source = needs_summary = False
    retention_class = "permanent"

    class Meta:
        verbose_name = "trang sơ đồ tổ chức"
        verbose_name_plural = "trang sơ đồ tổ chức"

    def units(self) -> list[organisation.ChartUnit]:
        """Return the units that the page shows today."""
        site = self.portal_site
        top = self.top or (site.unit if site else None)
        return organisation.units_below(top, timezone.localdate()) if top else []

    def words_of_units(self) -> list[str]:
        """Return by which words the page is found: names of units and people."""
        return [
            words
            for row in self.units()
            for words in (row.unit.name, *(f"{holder.name} {holder.post}" for holder in row.holders))
        ]

    def get_context(self, request, *args, **kwargs):
        units = self.units()
        return {
            **super().get_context(request, *args, **kwargs),
            "units": units,
            "groups": organisation.groups_of(units),
            "chart": organisation.drawing("so-do", _("Sơ đồ tổ chức"), units),
        }

    def preflight(self):
        findings = super().preflight()
        if len(self.units()) < 2:
            findings.append(
                Finding("warning", "top", "Chưa có đơn vị nào trực thuộc; hãy lập đơn vị ở màn hình «Đơn vị».")
            )
        return findings
