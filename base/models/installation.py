"""Which portal a database belongs to: one row, see `base/operations/installation.py`."""

from django.db import models


class Installation(models.Model):
    """The name that the folders of this portal have too, and the digests of the keys that sign its audit trail."""

    key = models.CharField("Tên của cổng", max_length=40, unique=True)
    audit_keys = models.JSONField("Khóa ký nhật ký", default=list)
    started_at = models.DateTimeField("Khởi động lần đầu", auto_now_add=True)

    class Meta:
        verbose_name = "Cổng đã cài đặt"
        verbose_name_plural = "Cổng đã cài đặt"

    def __str__(self) -> str:
        return self.key
