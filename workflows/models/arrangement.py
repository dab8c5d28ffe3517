"""The proposal to move a page: a second person decides it."""

from django.db import models
from wagtail.models import Page

from .proposal import Proposal


class MoveProposal(Proposal):
    """A page proposed to stand under another; open until a second person has decided."""

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Page, verbose_name="chuyển đến", on_delete=models.CASCADE, related_name="+")
    title = models.CharField("tiêu đề", max_length=300)

    class Meta:
        verbose_name = "đề nghị chuyển trang"
        verbose_name_plural = "đề nghị chuyển trang"
        ordering = ["-proposed_at"]

    def __str__(self):
        return self.title
