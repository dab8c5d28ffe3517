"""Strategies, plans, projects and tenders (NĐ 43/2011 Điều 10.1.đ, 10.1.h)."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from base.models import BasePage
from workflows.deadlines.terms import Duty

from .item import CitesLaw, SectionItem, WithBody, WithFiles, missing, text_panels


class ProjectPage(WithBody, WithFiles, CitesLaw, SectionItem):
    """A plan, or a project, investment item, tender or purchase with the nine mandatory fields.

    The nine: the title (tên dự án), `main_objective`, `field`, `project_type`, `period`, `budget`,
    `funding_type`, `sponsor`, `status`. `stage` puts it into one of the three lists. `approved_on` starts the
    10 working days of NĐ 43/2011 Điều 17.1.d.
    """

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("Chiến lược, định hướng")
        PLANNING = "planning", _("Quy hoạch")
        PLAN = "plan", _("Kế hoạch phát triển")
        LAND_USE = "land_use", _("Quy hoạch, kế hoạch sử dụng đất")
        RESOURCES = "resources", _("Tài nguyên, môi trường, chất thải")
        INCENTIVE = "incentive", _("Ưu đãi, mời gọi đầu tư")
        PROJECT = "project", _("Dự án")
        INVESTMENT_ITEM = "investment_item", _("Hạng mục đầu tư")
        TENDER = "tender", _("Đấu thầu")
        PROCUREMENT = "procurement", _("Mua sắm công")

    class Stage(models.TextChoices):
        PREPARING = "preparing", _("Chuẩn bị đầu tư")
        UNDER_WAY = "under_way", _("Đang triển khai")
        COMPLETED = "completed", _("Đã hoàn tất")

    # Kinds for which the law names the nine fields.
    WITH_NINE_FIELDS = frozenset({Kind.PROJECT, Kind.INVESTMENT_ITEM, Kind.TENDER, Kind.PROCUREMENT})

    kind = models.CharField("loại", max_length=20, choices=Kind.choices, default=Kind.PROJECT)
    stage = models.CharField("giai đoạn", max_length=20, choices=Stage.choices, default=Stage.PREPARING)
    main_objective = models.TextField("mục tiêu chính", max_length=1000, blank=True)
    field = models.CharField("lĩnh vực chuyên môn", max_length=160, blank=True)
    project_type = models.CharField("loại dự án", max_length=160, blank=True, help_text="Ví dụ: Dự án nhóm C.")
    period = models.CharField("thời gian thực hiện", max_length=120, blank=True, help_text="Ví dụ: 2020 – 2022.")
    budget = models.CharField("kinh phí dự án", max_length=200, blank=True, help_text="Ví dụ: 12,5 tỷ đồng.")
    funding_type = models.CharField(
        "loại hình tài trợ", max_length=160, blank=True, help_text="Ví dụ: Ngân sách thành phố."
    )
    sponsor = models.CharField("nhà tài trợ", max_length=200, blank=True)
    status = models.CharField("tình trạng dự án", max_length=300, blank=True)
    area = models.CharField("phạm vi, địa bàn", max_length=200, blank=True)
    approval_document = models.CharField(
        "văn bản phê duyệt", max_length=300, blank=True, help_text="Số, ký hiệu, cơ quan ban hành."
    )
    approved_on = models.DateField("ngày phê duyệt", null=True, blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("stage")]),
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("main_objective"),
                FieldRowPanel([FieldPanel("field"), FieldPanel("project_type")]),
                FieldRowPanel([FieldPanel("period"), FieldPanel("area")]),
                FieldPanel("budget"),
                FieldRowPanel([FieldPanel("funding_type"), FieldPanel("sponsor")]),
                FieldPanel("status"),
            ],
            heading="Thông tin bắt buộc",
        ),
        MultiFieldPanel([FieldPanel("approval_document"), FieldPanel("approved_on")], heading="Phê duyệt"),
        *text_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("main_objective", boost=1),
        index.SearchField("sponsor", boost=1),
        index.FilterField("kind"),
        index.FilterField("stage"),
    ]

    template = "sections/project_page.html"
    is_news = True
    icon_name = "clipboard-list"
    page_description = "Quy hoạch, kế hoạch; dự án, hạng mục đầu tư, đấu thầu, mua sắm công."
    kind_field = "stage"
    retention_class = "permanent"

    class Meta:
        verbose_name = "quy hoạch, dự án"
        verbose_name_plural = "quy hoạch, dự án"

    @property
    def has_nine_fields(self) -> bool:
        return self.kind in self.WITH_NINE_FIELDS

    def own_facts(self):
        own = super().own_facts()
        return replace(own, more={**own.more, "status": self.status} if self.status else own.more)

    @classmethod
    def labels(cls, own, on):
        return cls.label_of_kind(own.sub_kind), own.more.get("status", "")

    def subjects(self):
        return [word for word in (str(self.get_kind_display()), self.field) if word]

    def attributes(self) -> list[tuple[str, str]]:
        """Return (label, value) of what the page shows as a table, the mandatory ones first, empty ones
        left out.
        """
        rows = [
            (_("Mục tiêu chính"), self.main_objective),
            (_("Lĩnh vực chuyên môn"), self.field),
            (_("Loại dự án"), self.project_type or self.get_kind_display()),
            (_("Thời gian thực hiện"), self.period),
            (_("Kinh phí dự án"), self.budget),
            (_("Loại hình tài trợ"), self.funding_type),
            (_("Nhà tài trợ"), self.sponsor),
            (_("Tình trạng dự án"), self.status),
            (_("Giai đoạn"), self.get_stage_display() if self.has_nine_fields else ""),
            (_("Phạm vi, địa bàn"), self.area),
            (_("Văn bản phê duyệt"), self.approval_document),
        ]
        return [(label, value) for label, value in rows if value]

    def duties(self):
        return [Duty("DL-PLAN", self.approved_on, f"Đăng «{self.title}»")] if self.approved_on else []

    def clean(self):
        super().clean()
        if self.approved_on and not self.approval_document.strip():
            raise ValidationError(
                {"approval_document": ("Có ngày phê duyệt thì phải ghi văn bản phê duyệt; hãy điền số, ký hiệu.")}
            )

    def preflight(self):
        wanted = {"period": "Thiếu thời gian thực hiện; hãy ghi từ năm nào đến năm nào."}
        if self.has_nine_fields:
            wanted = {
                "main_objective": "Thiếu mục tiêu chính của dự án.",
                "field": "Thiếu lĩnh vực chuyên môn.",
                "project_type": "Thiếu loại dự án.",
                **wanted,
                "budget": "Thiếu kinh phí dự án; ghi rõ số tiền hoặc «chưa xác định».",
                "funding_type": "Thiếu loại hình tài trợ.",
                "sponsor": "Thiếu nhà tài trợ; ghi tên cơ quan cấp vốn.",
                "status": "Thiếu tình trạng dự án.",
            }
        if not self.has_nine_fields or self.stage != self.Stage.PREPARING:
            wanted["approval_document"] = "Thiếu văn bản phê duyệt; hãy ghi số, ký hiệu, cơ quan ban hành."
            wanted["approved_on"] = "Thiếu ngày phê duyệt; thời hạn đăng được tính từ ngày này."
        return super().preflight() + missing(self, wanted)
