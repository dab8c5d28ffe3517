"""When a public page is to be read through again, and by which unit."""

from django.conf import settings
from django.db import models
from wagtail.models import Page

from base.models import OrganisationUnit, PortalSite


class ReviewDate(models.Model):
    """The next review (rà soát định kỳ) of one public page; readers see nothing of it.

    Made and kept by `workflows/upkeep/review_dates.py` only. `counted_from`: the day of the publication or of the last
    review; `chosen_on`: the day that a person chose instead of the one that the page type's rule gives; `review_on`:
    the one of both that counts. `unit` answers for the page, `site` says in whose work queue it is.
    """

    page = models.OneToOneField(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(PortalSite, verbose_name="trang thông tin", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(
        OrganisationUnit, verbose_name="đơn vị chịu trách nhiệm", null=True, on_delete=models.PROTECT, related_name="+"
    )
    counted_from = models.DateField("tính từ ngày")
    chosen_on = models.DateField("ngày đã chọn", null=True)
    review_on = models.DateField("rà soát trước hết ngày", db_index=True)
    reviewed_at = models.DateTimeField("rà soát lúc", null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người rà soát", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField("ghi chú rà soát", blank=True)

    class Meta:
        verbose_name = "lịch rà soát"
        verbose_name_plural = "lịch rà soát"
        ordering = ["review_on", "pk"]

    def __str__(self):
        return f"Rà soát «{self.page.title}»"

    def note_last_day(self, day) -> None:
        """Follow the deadline when the calendar moves it."""
        self.review_on = day
        self.save(update_fields=["review_on"])
