"""Notices: short announcements that may be urgent and that may end."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.search import index

from base.models import BasePage

from .item import CitesLaw, SectionItem, WithBody, WithFiles, missing, text_panels


class NoticePage(WithBody, WithFiles, CitesLaw, SectionItem):
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
        *text_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body", boost=1)]

    template = "sections/notice_page.html"
    icon_name = "warning"
    review_rule = ""
    page_description = "Thông báo ngắn; có thể khẩn và có thời hạn."
    retention_class = "notice"
    schema_type = "SpecialAnnouncement"

    class Meta:
        verbose_name = "thông báo"
        verbose_name_plural = "thông báo"

    @classmethod
    def stands_first(cls, prefix, on):
        return Q(**{f"{prefix}is_urgent": True, f"{prefix}valid_until__gte": on})

    @staticmethod
    def counts_on(on) -> Q:
        """Return the condition that a notice still counts on a local date."""
        return Q(valid_until=None) | Q(valid_until__gte=on)

    def is_current(self, on) -> bool:
        """Tell whether the notice still counts on a local date."""
        return self.valid_until is None or on <= self.valid_until

    @property
    def is_over(self) -> bool:
        return not self.is_current(timezone.localdate())

    @property
    def kind_label(self):
        return _("Thông báo khẩn") if self.is_urgent and not self.is_over else _("Thông báo")

    @property
    def list_status(self):
        return _("Đã hết thời hạn") if self.is_over else ""

    def preflight(self):
        wanted = {"body": "Thông báo chưa có nội dung; hãy thêm ít nhất một đoạn văn."}
        if self.is_urgent:
            wanted["valid_until"] = "Thông báo khẩn đứng đầu danh sách nên phải có thời hạn; hãy điền ngày hết hạn."
        return super().preflight() + missing(self, wanted)
