"""Which portal a database belongs to (`base/operations/installation.py`), and what the machines that serve it share."""

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


class RateLevel(models.Model):
    """The tokens left in a bucket of all web servers, see `base/operations/machines/levels.py`.

    `digest` stands for a network or for the word of a form; neither can be read out of it. `is_taken`: whether the last
    who asked got one.
    """

    kind = models.CharField("Loại giới hạn", max_length=40)
    digest = models.CharField("Mã băm", max_length=64)
    level = models.FloatField("Số lượt còn")
    is_taken = models.BooleanField("Lượt cuối được nhận")
    at = models.DateTimeField("Tính đến", db_index=True)

    class Meta:
        verbose_name = "Giới hạn chung của các máy"
        verbose_name_plural = "Giới hạn chung của các máy"
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="one_level_a_bucket")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class WebMachine(models.Model):
    """A machine that serves the portal, see `base/operations/machines/alike.py`.

    `facts`: digests of what all machines must have alike, by what it is called. `joined_at`: since when it has served
    with these facts without a break; of two that differ the later one steps back.
    """

    name = models.CharField("Máy", max_length=300, unique=True)
    facts = models.JSONField("Thiết lập phải giống nhau", default=dict)
    joined_at = models.DateTimeField("Phục vụ từ")
    seen_at = models.DateTimeField("Thấy lần cuối")

    class Meta:
        verbose_name = "Máy phục vụ"
        verbose_name_plural = "Các máy phục vụ"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
