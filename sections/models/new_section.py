"""The register of new sections (chuyên mục mới, Quy chế Điều 16.1): by which direction, paid from what."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from base.models import PortalSite

from .index import SectionIndexPage


class NewSection(models.Model):
    """One section that no law asks for: the document that directs it, the proposal and the budget line that pay for it.

    The section itself is a page and becomes public by two persons as every page; this row is never public. `amount` is
    whole đồng; None while no expenditure is proposed.
    """

    page = models.OneToOneField(
        SectionIndexPage, verbose_name="mục", null=True, on_delete=models.SET_NULL, related_name="new_section"
    )
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="new_sections")
    title = models.CharField("tên mục", max_length=255)
    directing_document = models.CharField("văn bản chỉ đạo", max_length=200)
    directed_on = models.DateField("ngày văn bản chỉ đạo")
    proposal = models.CharField("văn bản đề xuất kinh phí", max_length=200, blank=True)
    budget_line = models.CharField("nguồn, khoản mục kinh phí", max_length=200, blank=True)
    amount = models.PositiveBigIntegerField("kinh phí (đồng)", null=True, blank=True)
    decision = models.CharField("văn bản quyết định kinh phí", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("ghi lúc")

    class Meta:
        verbose_name = "chuyên mục mới"
        verbose_name_plural = "chuyên mục mới"
        ordering = ["-directed_on", "-pk"]

    def __str__(self):
        return self.title

    @property
    def state_label(self) -> str:
        """What became of the section, as shown."""
        if self.page is None:
            return "Bản nháp đã xóa"
        if self.page.live:
            opened = self.page.first_published_at
            return f"Đã mở từ {timezone.localtime(opened):%d/%m/%Y}" if opened else "Đã mở"
        return "Đã gỡ" if self.page.first_published_at else "Bản nháp"

    @property
    def is_funded(self) -> bool:
        """Whether the expenditure, if any is proposed, was decided."""
        return self.amount is None or bool(self.decision)
