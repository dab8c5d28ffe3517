"""Whether readers find a page useful, and why not: counts by page and day, and what some of them wrote."""

from django.db import models
from wagtail.models import Page

from ..operations.encryption import EncryptedTextField
from .site import PortalSite


class PageOpinion(models.Model):
    """How many readers found a page useful or not on a local day, and on which site; nothing about any of them.

    Not part of the page: no version, no approval. Written by `base/public/opinions/saying.py` only.
    """

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(PortalSite, verbose_name="trang thành phần", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    useful = models.PositiveIntegerField("có ích", default=0)
    not_useful = models.PositiveIntegerField("chưa có ích", default=0)

    class Meta:
        verbose_name = "ý kiến về trang"
        verbose_name_plural = "ý kiến về trang"
        constraints = [models.UniqueConstraint(fields=["page", "day"], name="one_opinion_row_a_day")]
        indexes = [models.Index(fields=["day"])]

    def __str__(self):
        return f"{self.page_id} · {self.day:%d/%m/%Y}: {self.useful}/{self.not_useful}"


class OpinionReason(models.Model):
    """Why a reader found a page not useful; `text`: what they added, which may hold personal data and ends with a term.

    `place`: the address that was read, which may lie below that of the page.
    """

    class Reason(models.TextChoices):
        WRONG = "sai", "Thông tin sai hoặc đã cũ"
        MISSING = "thieu", "Thiếu điều tôi cần"
        UNCLEAR = "kho-hieu", "Khó hiểu"
        BROKEN = "hong", "Liên kết, tệp không mở được"
        HARD = "kho-dung", "Khó đọc, khó dùng trên máy của tôi"
        OTHER = "khac", "Lý do khác"

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    place = models.CharField("địa chỉ", max_length=300, blank=True)
    reason = models.CharField("lý do", max_length=10, choices=Reason.choices)
    has_text = models.BooleanField("có nói thêm", default=False)
    text = EncryptedTextField("nói thêm", blank=True)
    given_at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "lý do trang chưa có ích"
        verbose_name_plural = "lý do trang chưa có ích"
        ordering = ["-given_at", "-pk"]
        indexes = [models.Index(fields=["page", "given_at"], name="reasons_of_page")]

    def __str__(self):
        # Goes into logs: nothing of the text, which may name a person.
        return f"{self.page_id}: {self.get_reason_display()}"
