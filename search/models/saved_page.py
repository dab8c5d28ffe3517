"""The pages that wait for the search of the administration."""

from django.db import models


class SavedPage(models.Model):
    """A page that was saved and waits until the search of the administration has it (`updates.py`)."""

    page_id = models.BigIntegerField(primary_key=True)
    saved_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "trang chờ lập chỉ mục"
        verbose_name_plural = "các trang chờ lập chỉ mục"

    def __str__(self):
        return str(self.page_id)
