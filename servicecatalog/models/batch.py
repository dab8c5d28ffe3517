"""A batch (lô): procedures and services that one person submits and another approves as one act."""

from django.conf import settings
from django.db import models

from base.models import PortalSite

from .offering import ServiceOffering
from .procedure import Procedure


class CatalogueBatch(models.Model):
    """Drafts of procedures and services that are decided together; `batches.py` has the actions.

    Procedures become public before the services that are offered by them.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Chờ duyệt"
        APPROVED = "approved", "Đã duyệt, đang đăng"
        PUBLISHED = "published", "Đã đăng"
        RETURNED = "returned", "Trả lại"

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang quản lý", on_delete=models.PROTECT, related_name="catalogue_batches"
    )
    title = models.CharField("nội dung lô", max_length=300)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.SUBMITTED)
    procedures = models.ManyToManyField(Procedure, verbose_name="thủ tục", blank=True, related_name="batches")
    offerings = models.ManyToManyField(ServiceOffering, verbose_name="dịch vụ", blank=True, related_name="batches")
    versions = models.JSONField("phiên bản đã gửi", default=list, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người gửi", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("gửi lúc")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người quyết định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True, blank=True)
    reason = models.CharField("lý do trả lại", max_length=300, blank=True)

    class Meta:
        verbose_name = "lô thủ tục, dịch vụ"
        verbose_name_plural = "lô thủ tục, dịch vụ"
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return self.title
