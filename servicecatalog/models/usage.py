"""How often services are used, and how satisfied people were: one row a page and day, nothing about persons."""

from django.db import models
from wagtail.models import Page


class UsageCount(models.Model):
    """How often something was done with a service on a local day; written by `base/public/usage/counting.py` only."""

    class Kind(models.TextChoices):
        VIEW = "view", "Lượt xem"
        DOWNLOAD = "download", "Lượt tải biểu mẫu"
        OUTGOING = "outgoing", "Lượt đến nơi nộp hồ sơ"
        GUIDE = "guide", "Lượt xem hướng dẫn"

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    kind = models.CharField("loại", max_length=10, choices=Kind.choices)
    count = models.PositiveIntegerField("số lượt", default=0)

    class Meta:
        verbose_name = "lượt sử dụng dịch vụ"
        verbose_name_plural = "lượt sử dụng dịch vụ"
        constraints = [models.UniqueConstraint(fields=["page", "day", "kind"], name="one_usage_row_a_day")]
        indexes = [models.Index(fields=["day"])]

    def __str__(self):
        return f"{self.page_id} · {self.day:%d/%m/%Y} · {self.get_kind_display()}: {self.count}"


class Satisfaction(models.Model):
    """How many people were how satisfied with a service on a day (TT 32/2017 Điều 12: three steps)."""

    class Step(models.IntegerChoices):
        VERY = 3, "Rất hài lòng"
        SATISFIED = 2, "Hài lòng"
        NOT = 1, "Chưa hài lòng"

    page = models.ForeignKey(Page, verbose_name="trang", on_delete=models.CASCADE, related_name="+")
    day = models.DateField("ngày")
    step = models.PositiveSmallIntegerField("mức", choices=Step.choices)
    count = models.PositiveIntegerField("số người", default=0)

    class Meta:
        verbose_name = "đánh giá dịch vụ"
        verbose_name_plural = "đánh giá dịch vụ"
        constraints = [models.UniqueConstraint(fields=["page", "day", "step"], name="one_satisfaction_row_a_day")]

    def __str__(self):
        return f"{self.page_id} · {self.day:%d/%m/%Y} · {self.get_step_display()}: {self.count}"
