"""Who does the periodic work: one row a lane, see `base/operations/leases.py`."""

from django.db import models


class Lease(models.Model):
    """The right of one process to do the work of a lane until `expires_at`; an empty owner means no process.

    `fence` is raised at each taking: what an earlier holder still writes can be told by its lower number.
    """

    lane = models.CharField("Làn việc", max_length=40, unique=True)
    owner = models.CharField("Tiến trình đang giữ", max_length=200, blank=True)
    fence = models.BigIntegerField("Lần giữ thứ", default=0)
    expires_at = models.DateTimeField("Giữ đến", null=True, blank=True)

    class Meta:
        verbose_name = "Quyền chạy việc định kỳ"
        verbose_name_plural = "Quyền chạy việc định kỳ"
        ordering = ["lane"]

    def __str__(self) -> str:
        return f"{self.lane} ({self.fence})"
