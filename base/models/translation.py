"""What a public translation was made from, and since when its source says something else."""

from datetime import date, timedelta

from django.db import models
from wagtail.models import Page

from .site import PortalSite


class TranslationMark(models.Model):
    """Which version of the Vietnamese page a translation follows; made and kept by `workflows/translations/marks.py`.

    `source_version`: the key of that version, None while it is not known. `changed_on`: the day since which the
    public source says something else, None where it does not. `late_from`: the day from which readers are told so above
    the translation; None while nothing has changed, or the office has set no period.
    """

    page = models.OneToOneField(Page, verbose_name="bản dịch", on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(PortalSite, verbose_name="trang thông tin", on_delete=models.CASCADE, related_name="+")
    source_version = models.BigIntegerField("phiên bản gốc", null=True)
    changed_on = models.DateField("bản gốc thay đổi ngày", null=True, db_index=True)
    late_from = models.DateField("báo cho người đọc từ ngày", null=True)

    class Meta:
        verbose_name = "tình trạng bản dịch"
        verbose_name_plural = "tình trạng bản dịch"
        ordering = ["pk"]

    def __str__(self):
        return f"Bản dịch «{self.page.title}»"

    def note_last_day(self, day: date) -> None:
        """Follow the deadline when the calendar moves it: readers are told from the day after."""
        self.late_from = day + timedelta(days=1)
        self.save(update_fields=["late_from"])
