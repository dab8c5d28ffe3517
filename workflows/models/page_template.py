"""A page to start from: the texts that every page of its kind has, with the places to fill in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from base.models import PortalSite


class PageTemplate(models.Model):
    """One template (`workflows/drafts/page_templates.py`).

    `page_type` is the label of a page model, `content` its texts by the names of its fields, as a version keeps them.
    It holds text only: no picture, file, link to a page or citation, so that it can name nothing that its user may not
    see. Without a site it is there for all sites.
    """

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField("tên mẫu", max_length=120)
    description = models.CharField("dùng khi nào", max_length=300, blank=True)
    page_type = models.CharField("loại trang", max_length=80)
    content = models.JSONField("nội dung", default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người lập",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField("lập lúc")
    retired_at = models.DateTimeField("thôi dùng lúc", null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người cho thôi dùng",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = "mẫu bài"
        verbose_name_plural = "mẫu bài"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner_site", "page_type", "name"], condition=Q(retired_at=None), name="one_template_a_name"
            ),
            models.UniqueConstraint(
                fields=["page_type", "name"],
                condition=Q(retired_at=None, owner_site=None),
                name="one_template_a_name_for_all",
            ),
        ]

    def __str__(self):
        return self.name
