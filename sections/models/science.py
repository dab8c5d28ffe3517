"""Science programmes and topics (NĐ 43/2011 Điều 11; Quy chế Điều 10.1.đ)."""

from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index

from base.models import BasePage
from base.preflight import Finding
from workflows.deadlines.terms import Duty

from .item import (
    Attachment,
    SectionItem,
    WithBody,
    WithFiles,
    body_panels,
    file_field,
    files_panels,
    missing,
    wrong_order,
)


class ScienceProgrammePage(WithBody, WithFiles, SectionItem):
    """A programme or topic paid by the state budget.

    Approval and acceptance each start 20 working days; after acceptance both reports must be there.
    """

    class Level(models.TextChoices):
        STATE = "state", _("Cấp quốc gia")
        MINISTRY = "ministry", _("Cấp bộ")
        PROVINCE = "province", _("Cấp tỉnh")
        LOCAL = "local", _("Cấp cơ sở")

    code = models.CharField("mã số", max_length=60, blank=True)
    level = models.CharField("cấp quản lý", max_length=20, choices=Level.choices, default=Level.LOCAL)
    field = models.CharField("lĩnh vực", max_length=160, blank=True)
    host_unit = models.CharField("đơn vị chủ trì", max_length=200, blank=True)
    period = models.CharField("thời gian thực hiện", max_length=120, blank=True)
    uses_state_budget = models.BooleanField("có sử dụng ngân sách nhà nước", default=True)
    approval_document = models.CharField("văn bản phê duyệt", max_length=300, blank=True)
    approved_on = models.DateField("ngày phê duyệt", null=True, blank=True)
    accepted_on = models.DateField("ngày nghiệm thu", null=True, blank=True)
    general_report = file_field("báo cáo tổng hợp")
    application_report = file_field("báo cáo kết quả ứng dụng")

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("code"), FieldPanel("level")]),
                FieldRowPanel([FieldPanel("field"), FieldPanel("period")]),
                FieldPanel("host_unit"),
                FieldPanel("uses_state_budget"),
            ],
            heading="Thông tin bắt buộc",
        ),
        MultiFieldPanel([FieldPanel("approval_document"), FieldPanel("approved_on")], heading="Phê duyệt"),
        MultiFieldPanel(
            [FieldPanel("accepted_on"), FieldPanel("general_report"), FieldPanel("application_report")],
            heading="Nghiệm thu",
        ),
        *body_panels,
        *files_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("code", boost=1),
        index.SearchField("host_unit", boost=1),
        index.FilterField("level"),
    ]

    template = "sections/science_programme_page.html"
    icon_name = "glasses"
    review_rule = ""
    page_description = "Chương trình, đề tài khoa học: phê duyệt, nghiệm thu, báo cáo."
    kind_field = "level"
    retention_class = "permanent"
    shown_with = (*SectionItem.shown_with, "general_report", "application_report")

    class Meta:
        verbose_name = "chương trình, đề tài khoa học"
        verbose_name_plural = "chương trình, đề tài khoa học"

    def own_facts(self):
        state = "accepted" if self.accepted_on else "approved" if self.approved_on else ""
        own = super().own_facts()
        return replace(own, more={**own.more, "state": state} if state else own.more)

    @classmethod
    def labels(cls, own, on):
        states = {"accepted": _("Đã nghiệm thu"), "approved": _("Đã phê duyệt")}
        return cls.label_of_kind(own.sub_kind), states.get(own.more.get("state"), "")

    def subjects(self):
        return [self.field] if self.field else []

    def attributes(self) -> list[tuple[str, str]]:
        """Return (label, value) of what the page shows as a table, empty ones left out."""
        rows = [
            (_("Mã số"), self.code),
            (_("Cấp quản lý"), self.get_level_display()),
            (_("Lĩnh vực"), self.field),
            (_("Đơn vị chủ trì"), self.host_unit),
            (_("Thời gian thực hiện"), self.period),
            (_("Văn bản phê duyệt"), self.approval_document),
        ]
        return [(label, value) for label, value in rows if value]

    def files(self):
        reports = [
            Attachment(self.general_report, _("Báo cáo tổng hợp")) if self.general_report_id else None,
            Attachment(self.application_report, _("Báo cáo kết quả ứng dụng")) if self.application_report_id else None,
        ]
        return [report for report in reports if report] + super().files()

    def duties(self):
        found = []
        if self.approved_on:
            found.append(Duty("DL-SCI", self.approved_on, f"Đăng phê duyệt «{self.title}»"))
        if self.accepted_on:
            found.append(Duty("DL-SCI-ACCEPTED", self.accepted_on, f"Đăng kết quả nghiệm thu «{self.title}»"))
        return found

    def clean(self):
        super().clean()
        errors = wrong_order(
            self,
            "approved_on",
            "accepted_on",
            "Ngày nghiệm thu phải sau ngày phê duyệt; hãy sửa một trong hai ngày.",
        )
        if errors:
            raise ValidationError(errors)

    def preflight(self):
        wanted = {
            "code": "Thiếu mã số chương trình, đề tài.",
            "field": "Thiếu lĩnh vực.",
            "host_unit": "Thiếu đơn vị chủ trì.",
            "period": "Thiếu thời gian thực hiện.",
            "approved_on": "Thiếu ngày phê duyệt; thời hạn đăng được tính từ ngày này.",
        }
        if self.accepted_on:
            wanted["general_report"] = "Đã nghiệm thu thì phải có báo cáo tổng hợp; hãy chọn tệp."
            wanted["application_report"] = "Đã nghiệm thu thì phải có báo cáo kết quả ứng dụng; hãy chọn tệp."
        findings = super().preflight() + missing(self, wanted)
        if not self.uses_state_budget:
            findings.append(
                Finding(
                    "warning",
                    "uses_state_budget",
                    "Mục này chỉ dành cho chương trình, đề tài có sử dụng ngân sách nhà nước; hãy kiểm tra lại.",
                )
            )
        return findings
