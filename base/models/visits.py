"""How often pages are read: one row a page and day, and one a site and month; nothing about persons."""

from django.db import models
from wagtail.models import Page

from .site import PortalSite


class VisitCount(models.Model):
    """How often a page was read on a local day; written by `base/public/usage/counting.py` only.

    After some months the days of a month become one row, on its first day (`base/public/usage/visits.py`).
    """

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    count = models.PositiveIntegerField("số lượt", default=0)

    class Meta:
        verbose_name = "lượt truy cập trang"
        verbose_name_plural = "lượt truy cập trang"
        constraints = [models.UniqueConstraint(fields=["page", "day"], name="one_visit_row_a_day")]
        indexes = [models.Index(fields=["day"])]

    def __str__(self):
        return f"{self.page_id} · {self.day:%d/%m/%Y}: {self.count}"


class SiteVisits(models.Model):
    """How often the pages of a site were read in a month, as last summed up; a month that is over stays as it is.

    `month`: its first day. `day_count`: those of the local day of `counted_at`.
    """

    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.CASCADE, related_name="visits")
    month = models.DateField("tháng")
    count = models.PositiveBigIntegerField("số lượt", default=0)
    day_count = models.PositiveIntegerField("số lượt trong ngày", default=0)
    counted_at = models.DateTimeField("cộng lúc")

    class Meta:
        verbose_name = "lượt truy cập theo tháng"
        verbose_name_plural = "lượt truy cập theo tháng"
        constraints = [models.UniqueConstraint(fields=["site", "month"], name="one_visit_row_a_month")]

    def __str__(self):
        return f"{self.site_id} · {self.month:%m/%Y}: {self.count}"
