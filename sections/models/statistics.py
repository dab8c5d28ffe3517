"""Statistics reports (NĐ 43/2011 Điều 12; Quy chế Điều 10.1.e)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from base.blocks import TEXT_FEATURES, DataTableBlock
from base.models import BasePage
from workflows.deadlines.terms import Duty

from .item import SectionItem, WithFiles, files_panels, missing


class StatisticsReportPage(WithFiles, SectionItem):
    """Figures with how they were made, what they mean and when they were taken.

    `decided_on` is the day the head of the agency decided to publish them: 10 working days run from it.
    """

    class Certainty(models.TextChoices):
        ESTIMATED = "estimated", _("Ước tính")
        PROVISIONAL = "provisional", _("Sơ bộ")
        CONFIRMED = "confirmed", _("Chính thức")

    period = models.CharField("kỳ số liệu", max_length=120, blank=True, help_text="Ví dụ: Quý II năm 2020.")
    surveyed = models.CharField(
        "thời gian thực hiện thống kê",
        max_length=160,
        blank=True,
        help_text="Ví dụ: từ 01/07 đến 10/07/2020.",
    )
    certainty = models.CharField(
        "mức độ chính thức", max_length=20, choices=Certainty.choices, default=Certainty.PROVISIONAL
    )
    figures = StreamField([("table", DataTableBlock())], verbose_name="số liệu", blank=True)
    method = RichTextField("phương pháp thống kê", features=TEXT_FEATURES, blank=True)
    analysis = RichTextField("phân tích số liệu", features=TEXT_FEATURES, blank=True)
    decision = models.CharField("văn bản quyết định công bố", max_length=300, blank=True)
    decided_on = models.DateField("ngày quyết định công bố", null=True, blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("period"), FieldPanel("certainty")]),
                FieldPanel("surveyed"),
                FieldRowPanel([FieldPanel("decision"), FieldPanel("decided_on")]),
            ],
            heading="Kỳ số liệu, công bố",
        ),
        FieldPanel("figures"),
        FieldPanel("method"),
        FieldPanel("analysis"),
        *files_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("figures", boost=1),
        index.SearchField("analysis", boost=1),
        index.SearchField("period", boost=1),
        index.FilterField("certainty"),
    ]

    template = "sections/statistics_report_page.html"
    is_news = True
    icon_name = "table"
    same_in_each_language = SectionItem.same_in_each_language | {"figures"}
    review_rule = ""
    page_description = "Báo cáo thống kê: số liệu, phương pháp, phân tích, thời gian thực hiện."
    kind_field = "certainty"
    dublin_core_type = "Dataset"
    schema_type = "Dataset"
    retention_class = "permanent"

    class Meta:
        verbose_name = "báo cáo thống kê"
        verbose_name_plural = "báo cáo thống kê"

    @classmethod
    def labels(cls, own, on):
        return (cls.label_of_kind(own.sub_kind),) * 2

    def attributes(self) -> list[tuple[str, str]]:
        """Return (label, value) of what the page shows as a table, empty ones left out."""
        rows = [
            (_("Kỳ số liệu"), self.period),
            (_("Thời gian thực hiện thống kê"), self.surveyed),
            (_("Mức độ chính thức"), self.get_certainty_display()),
            (_("Quyết định công bố"), self.decision),
        ]
        return [(label, value) for label, value in rows if value]

    def duties(self):
        return [Duty("DL-STAT", self.decided_on, f"Đăng «{self.title}»")] if self.decided_on else []

    def preflight(self):
        wanted = {
            "period": "Thiếu kỳ số liệu; hãy ghi tháng, quý hoặc năm.",
            "surveyed": "Thiếu thời gian thực hiện thống kê.",
            "method": "Thiếu phương pháp thống kê; hãy nêu nguồn và cách tính.",
            "analysis": "Thiếu bản phân tích số liệu.",
            "decided_on": "Thiếu ngày quyết định công bố; thời hạn đăng được tính từ ngày này.",
        }
        if not self.attachments:
            wanted["figures"] = "Thiếu số liệu; hãy thêm một bảng hoặc đính kèm tệp số liệu."
        return super().preflight() + missing(self, wanted)
