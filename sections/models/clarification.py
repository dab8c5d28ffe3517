"""Clarifications of distorted information (Quy chế Điều 11)."""

from collections.abc import Callable
from types import MappingProxyType

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.search import index

from base.models import BasePage, PortalImage
from base.preflight import Finding

from .item import CitesLaw, SectionItem, WithBody, WithFiles, body_panels, files_panels, law_panels, missing


class ClarificationPage(WithBody, WithFiles, CitesLaw, SectionItem):
    """What was said, where and when, and the explanation with its evidence.

    `claim_url` and `claim_screenshot` are for the board only: repeating the false source would spread it.
    They are never shown, and the picture does not become public with the page. `also_on_city` marks a ward's
    clarification that the city should publish too (`sections.clarification.offer_to_city`); `offered_from` is
    its original there.
    """

    class Field(models.TextChoices):
        POLITICS = "politics", _("Chính trị, xây dựng chính quyền")
        ECONOMY = "economy", _("Kinh tế, đất đai, đô thị")
        SOCIETY = "society", _("Văn hóa, xã hội")
        HEALTH = "health", _("Y tế, môi trường")
        EDUCATION = "education", _("Giáo dục")
        SECURITY = "security", _("An ninh, quốc phòng")

    claim_summary = models.TextField(
        "thông tin sai lệch (tóm tắt)",
        max_length=800,
        blank=True,
        help_text="Tóm tắt trung tính, không lặp nguyên văn, không nêu tên người tung tin.",
    )
    claim_place = models.CharField(
        "xuất hiện ở đâu", max_length=200, blank=True, help_text="Ví dụ: một số trang mạng xã hội."
    )
    claim_on = models.DateField("ngày xuất hiện", null=True, blank=True)
    claim_url = models.URLField("địa chỉ nguồn sai lệch", blank=True, help_text="Chỉ dùng nội bộ, không đăng.")
    claim_screenshot = models.ForeignKey(
        PortalImage,
        verbose_name="ảnh chụp",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Chỉ dùng nội bộ, không đăng.",
    )
    # The reference index says which files are public; this one must not become public with the page.
    claim_screenshot.wagtail_reference_index_ignore = True
    field = models.CharField("lĩnh vực", max_length=20, choices=Field.choices, default=Field.SOCIETY)
    press_release = models.ForeignKey(
        "sections.ArticlePage",
        verbose_name="thông cáo báo chí",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    also_on_city = models.BooleanField(
        "đăng cùng trên trang thành phố",
        default=False,
        help_text="Điều 11: bài của phường, xã được gửi lên trang thành phố và được duyệt riêng ở đó.",
    )
    offered_from = models.ForeignKey(
        "self",
        verbose_name="bài gốc",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="offers",
    )

    when_target_goes = MappingProxyType(
        {
            "press_release": "Tự rời khỏi bài.",
            "offered_from": "Bài trên trang thành phố vẫn đăng; hãy xem có còn cần không.",
        }
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldPanel("claim_summary"),
                FieldRowPanel([FieldPanel("claim_place"), FieldPanel("claim_on")]),
                FieldPanel("field"),
            ],
            heading="Thông tin sai lệch",
        ),
        MultiFieldPanel(
            [FieldPanel("claim_url"), FieldPanel("claim_screenshot")],
            heading="Chỉ dùng nội bộ, không bao giờ đăng",
        ),
        *body_panels,
        *files_panels,
        *law_panels,
        PageChooserPanel("press_release", page_type="sections.ArticlePage"),
        FieldPanel("also_on_city"),
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("claim_summary", boost=1),
        index.FilterField("field"),
    ]

    template = "sections/clarification_page.html"
    is_news = True
    icon_name = "info-circle"
    review_rule = ""
    page_description = "Giải thích, làm rõ thông tin sai lệch, kèm tư liệu chứng minh (Điều 11)."
    kind_field = "field"
    retention_class = "permanent"

    class Meta:
        verbose_name = "giải thích, làm rõ"
        verbose_name_plural = "giải thích, làm rõ"

    # Whether the head of its unit has still to sign it: registered, because the rule asks for more than the page.
    signature_is_missing = staticmethod(lambda version: False)

    @classmethod
    def register_signing(cls, is_missing: Callable[["ClarificationPage"], bool]) -> None:
        """Let the preflight ask for the signature of a unit's head; called once, from `SectionsConfig.ready`."""
        cls.signature_is_missing = staticmethod(is_missing)

    @property
    def public_press_release(self):
        """The related press release while it is public, else None."""
        return self.press_release if self.press_release_id and self.press_release.live else None

    def preflight(self):
        findings = super().preflight() + missing(
            self,
            {
                "claim_summary": "Thiếu tóm tắt thông tin sai lệch.",
                "claim_place": "Chưa ghi thông tin sai lệch xuất hiện ở đâu.",
                "claim_on": "Thiếu ngày thông tin sai lệch xuất hiện.",
                "body": "Chưa có nội dung giải thích, làm rõ.",
            },
        )
        if self.claim_on and self.claim_on > timezone.localdate():
            findings.append(Finding("blocker", "claim_on", "Ngày xuất hiện nằm trong tương lai; hãy sửa ngày."))
        if self.signature_is_missing(self):
            message = (
                f"Thủ trưởng {self.responsible_unit} chưa ký phiên bản này; hãy bấm «Xin chữ ký» ở đầu màn hình soạn."
            )
            findings.append(Finding("blocker", "responsible_unit", message))
        if not self.attachments and not self.legal_basis:
            findings.append(
                Finding(
                    "warning",
                    "attachments",
                    "Chưa có tư liệu, tài liệu chứng minh; Điều 11 yêu cầu kèm tư liệu, hồ sơ, lập luận.",
                )
            )
        return findings
