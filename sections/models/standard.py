"""Standing pages: introduction, history, maps, links; and the address of the site."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.search import index

from base.models import BasePage
from base.preflight import Finding

from .. import chapters
from .calendar import CalendarPage
from .item import CitesLaw, Discloses, SectionItem, WithBody, WithFiles, body_panels, missing, text_panels

# The parameter that asks for all chapters on one page.
AS_A_WHOLE = "in"


class StandardPage(WithBody, WithFiles, CitesLaw, Discloses, SectionItem):
    """A page that stays: introduction, history, nature, map of boundaries, links. Pages may stand under it.

    Its text opens with a table of contents when it has three or more large headings. With standing pages right under it
    it is a publication in chapters (`chapters.py`).
    """

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("information_on"),
        *text_panels,
    ]
    subpage_types = ["sections.StandardPage", "sections.OfficialsPage", "sections.OrganisationPage"]
    search_fields = [*BasePage.search_fields, index.SearchField("body", boost=1)]

    template = "sections/standard_page.html"
    icon_name = "doc-empty-inverse"
    page_description = "Trang ổn định: giới thiệu, lịch sử, bản đồ, liên kết; hoặc một ấn phẩm nhiều chương."
    retention_class = "permanent"
    cache_params = (AS_A_WHOLE,)

    class Meta:
        verbose_name = "trang giới thiệu"
        verbose_name_plural = "trang giới thiệu"

    def get_context(self, request, *args, **kwargs):
        """Add `chapters`, `around` where the page is a chapter itself, and `whole` where all were asked for."""
        context = super().get_context(request, *args, **kwargs)
        found = chapters.chapters_of(self, request) if self.path else []
        as_a_whole = bool(found) and AS_A_WHOLE in request.GET
        if as_a_whole:
            context["frame"].is_indexed = False
        return {
            **context,
            "chapters": found,
            "around": chapters.around(self, request),
            "whole": chapters.whole(self) if as_a_whole else [],
        }

    def preflight(self):
        return super().preflight() + missing(self, {"body": "Trang chưa có nội dung; hãy thêm ít nhất một đoạn văn."})


class ContactPage(WithBody, SectionItem):
    """How to reach the site's authority (NĐ 43/2011 Điều 10.1.l).

    Address, telephone, fax and e-mail are those of the site's unit, typed once there and shown here and in
    the footer.
    """

    directions = models.TextField(
        "chỉ đường, gửi xe",
        max_length=600,
        blank=True,
        help_text="Cho người đến trụ sở, kể cả người khuyết tật.",
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("directions"),
        *body_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("directions", boost=1),
    ]
    max_count_per_parent = 1

    template = "sections/contact_page.html"
    icon_name = "mail"
    review_rule = "DL-CHECK-HALF"
    page_description = "Địa chỉ, điện thoại, thư điện tử của trang; lịch tiếp công dân."
    needs_source = needs_summary = False
    retention_class = "permanent"
    schema_type = "ContactPage"

    class Meta:
        verbose_name = "trang liên hệ"
        verbose_name_plural = "trang liên hệ"

    @property
    def contact_unit(self):
        """The unit whose address is shown: that of the site."""
        site = self.portal_site
        return site.unit if site else self.responsible_unit

    def get_context(self, request, *args, **kwargs):
        """Add `unit`, and the site's public `calendar` with its address, whose next reception days are shown."""
        context = super().get_context(request, *args, **kwargs)
        calendar = CalendarPage.objects.sibling_of(self).live().first() if self.path else None
        address = calendar.get_url(request) if calendar is not None else ""
        return {**context, "unit": self.contact_unit, "calendar": calendar, "calendar_url": address}

    def preflight(self):
        findings = super().preflight()
        unit = self.contact_unit
        lacking = [
            label
            for label, value in (
                ("địa chỉ", unit and unit.address),
                ("điện thoại", unit and unit.phone),
                ("thư điện tử chính thức", unit and unit.email),
            )
            if not value
        ]
        if lacking:
            findings.append(
                Finding(
                    "warning",
                    "title",
                    f"Đơn vị của trang chưa có {', '.join(lacking)}; hãy bổ sung trong phần thông tin của trang.",
                )
            )
        return findings
