"""The proposal to move a page: a second person decides it."""

from django.conf import settings
from django.db import models
from wagtail.models import Page


class MoveProposal(models.Model):
    """A page proposed to stand under another; open until a second person has decided."""

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Page, verbose_name="chuyển đến", on_delete=models.CASCADE, related_name="+")
    title = models.CharField("tiêu đề", max_length=300)
    reason = models.TextField("lý do")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("đề nghị lúc")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    accepted = models.BooleanField("đồng ý", null=True)
    note = models.TextField("ý kiến", blank=True)

    class Meta:
        verbose_name = "đề nghị chuyển trang"
        verbose_name_plural = "đề nghị chuyển trang"
        ordering = ["-proposed_at"]

    def __str__(self):
        return self.title

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
