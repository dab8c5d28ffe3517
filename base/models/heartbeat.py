"""What the periodic work leaves behind: when each job last ran, when nothing ran, and what the checks found."""

from django.db import models

from vietnam.dates import format_moment


class JobHeartbeat(models.Model):
    """The last run of one periodic job; `/readyz` reads it, `home/jobs.py` writes it.

    A row whose `last_started` is later than its `last_finished` is a run that is going on,
    or that died: the process that holds the lock of the jobs may run it again.
    """

    OK = "ok"
    FAILED = "failed"
    RESULTS = [(OK, "Xong"), (FAILED, "Lỗi")]

    name = models.CharField("Tên việc", max_length=100, unique=True)
    last_started = models.DateTimeField("Bắt đầu lần cuối", null=True, blank=True)
    last_finished = models.DateTimeField("Kết thúc lần cuối", null=True, blank=True)
    last_result = models.CharField("Kết quả lần cuối", max_length=20, choices=RESULTS, blank=True)
    last_error = models.TextField("Lỗi lần cuối", blank=True)
    # Where a job that works in steps goes on; empty between its runs.
    progress = models.JSONField("Đã làm đến đâu", default=dict, blank=True)
    # In which lane it ran, and by which taking of the lane's lease (see `base/operations/leases.py`).
    lane = models.CharField("Làn việc", max_length=40, blank=True)
    fence = models.BigIntegerField("Lần giữ làn thứ", default=0)
    # The moment by which the next run must have ended; empty for work that is done once.
    expected_by = models.DateTimeField("Lần sau phải xong trước", null=True, blank=True)

    class Meta:
        verbose_name = "Nhịp việc định kỳ"
        verbose_name_plural = "Nhịp việc định kỳ"
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_last_result_display() or 'chưa chạy'}"

    @property
    def is_unfinished(self) -> bool:
        """True while a run goes on, and after a run that died."""
        if self.last_started is None:
            return False
        return self.last_finished is None or self.last_finished < self.last_started


class PortalStop(models.Model):
    """A gap in the periodic work: the portal did not run (`base/operations/stops.py`).

    The first row of all has no length; from its moment on gaps are noted.
    """

    began_at = models.DateTimeField("Từ")
    ended_at = models.DateTimeField("Đến", db_index=True)

    never_deleted = True

    class Meta:
        verbose_name = "Lần cổng ngừng chạy"
        verbose_name_plural = "Các lần cổng ngừng chạy"
        ordering = ["began_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ended_at__gte=models.F("began_at")), name="stop_ends_after_begin")
        ]

    def __str__(self) -> str:
        return f"{format_moment(self.began_at)} – {format_moment(self.ended_at)}"


class CheckState(models.Model):
    """What a check of `/readyz` found last, since when, and what was mailed (`base/operations/watching/alarms.py`).

    Written by one job alone; a check that is no longer made loses its row.
    """

    STATES = [("ok", "Bình thường"), ("warning", "Cần xem"), ("failed", "Hỏng")]

    name = models.CharField("Kiểm tra", max_length=60, unique=True)
    state = models.CharField("Tình trạng", max_length=10, choices=STATES)
    detail = models.TextField("Nội dung", blank=True)
    since = models.DateTimeField("Từ lúc")
    seen_at = models.DateTimeField("Xem lần cuối")
    times = models.PositiveIntegerField("Số lần liền nhau", default=0)
    # The state that people were reported; empty when they know nothing of it, or that it is over.
    reported = models.CharField("Đã báo", max_length=10, choices=STATES, blank=True)

    class Meta:
        verbose_name = "Tình trạng kiểm tra"
        verbose_name_plural = "Tình trạng các kiểm tra"
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_state_display()}"
