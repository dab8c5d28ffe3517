"""Notices: short announcements that may be urgent and that may end."""

from dataclasses import replace

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index

from base.models import BasePage

from .item import CitesLaw, Discloses, SectionItem, WithBody, WithFiles, missing, text_panels
from .reach import StandsOnWards, reach_panels


class NoticePage(StandsOnWards, WithBody, WithFiles, CitesLaw, Discloses, SectionItem):
    """An announcement. An urgent one stands first while it is current; after `valid_until` it says that it
    has ended.
    """

    is_urgent = models.BooleanField("khẩn", default=False)
    valid_until = models.DateField(
        "có giá trị đến hết ngày", null=True, blank=True, help_text="Để trống nếu không có thời hạn."
    )

    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("is_urgent"), FieldPanel("valid_until")]),
        FieldPanel("summary"),
        FieldPanel("information_on"),
        *text_panels,
        *reach_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body", boost=1)]
    # Wards show a copy when two persons say so of it.
    exclude_fields_in_copy = [*StandsOnWards.reach_fields]

    template = "sections/notice_page.html"
    is_news = begins_with_paragraph = True
    icon_name = "warning"
    review_rule = ""
    page_description = "Thông báo ngắn; có thể khẩn và có thời hạn."
    retention_class = "notice"
    schema_type = "SpecialAnnouncement"

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"

    def own_facts(self):
        own = super().own_facts()
        return replace(
            own,
            ends_on=self.valid_until,
            stands_first=self.is_urgent and self.valid_until is not None,
            more={**own.more, "is_urgent": True} if self.is_urgent else own.more,
        )

    @classmethod
    def labels(cls, own, on):
        is_over = not own.counts_on(on)
        is_urgent = "is_urgent" in own.more and not is_over
        return _("Thông báo khẩn") if is_urgent else _("Thông báo"), _("Đã hết thời hạn") if is_over else ""

    @property
    def wards_may_refuse(self) -> bool:
        """An urgent one stands wherever the city sends it."""
        return not self.is_urgent

    @property
    def is_over(self) -> bool:
        return not self.own_facts().counts_on(timezone.localdate())

    def preflight(self):
        wanted = {"body": "Thông báo chưa có nội dung; hãy thêm ít nhất một đoạn văn."}
        if self.is_urgent:
            wanted["valid_until"] = "Thông báo khẩn đứng đầu danh sách nên phải có thời hạn; hãy điền ngày hết hạn."
        return super().preflight() + missing(self, wanted)
