"""Statistics reports (NĐ 43/2011 Điều 12; Quy chế Điều 10.1.e)."""

from django.db import models
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index
from wagtail.url_routing import RouteResult

from base.blocks import TEXT_FEATURES, DataTableBlock, TableValue
from base.models import BasePage
from base.public.page_cache import mark_public
from base.public.translated.same import take_from_source
from base.tables.csv import csv_for_readers
from workflows.deadlines.terms import Duty

from .item import SectionItem, WithFiles, files_panels, missing

# The part of the address below which each table is a file: `<page>/bang/1/`.
TABLES = "bang"


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

    # --- Showing ----------------------------------------------------------------------------------

    def get_context(self, request, *args, **kwargs):
        """Add `tables`: each entry of `figures` with the address of its file, "" where the page has none."""
        context = super().get_context(request, *args, **kwargs)
        address = self.get_url(request) or ""
        tables = [
            (entry, f"{address}{TABLES}/{place}/" if address else "") for place, entry in enumerate(self.figures, 1)
        ]
        if context["frame"].canonical_url:
            context["frame"].structured_data |= self._as_schema()
        return {**context, "tables": tables}

    def route(self, request, path_components):
        if self.live and len(path_components) == 2 and path_components[0] == TABLES:
            places = [str(place) for place in range(1, len(take_from_source(self).figures) + 1)]
            if path_components[1] in places:
                return RouteResult(self, kwargs={"table": int(path_components[1])})
        return super().route(request, path_components)

    def serve(self, request, table=0):
        if not table:
            return super().serve(request)
        if elsewhere := self.redirect_to_successor(request):
            return elsewhere
        return mark_public(self.table_file(table), self.cache_sites())

    def table_file(self, place: int) -> HttpResponse:
        """Answer the table at a place, counted from 1, as CSV: the names of its columns, then its rows.

        Of a translation that `route` has given the figures of its source.
        """
        table: TableValue = self.figures[place - 1].value
        return csv_for_readers(table.rows, f"{self.slug}-{place}.csv")

    def _as_schema(self) -> dict:
        """Return where each table is had as a file, in the words of schema.org."""
        files = [
            {
                "@type": "DataDownload",
                "name": entry.value["caption"],
                "encodingFormat": "text/csv",
                "contentUrl": f"{self.full_url}{TABLES}/{place}/",
            }
            for place, entry in enumerate(self.figures, 1)
        ]
        return {"distribution": files} if files else {}

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
