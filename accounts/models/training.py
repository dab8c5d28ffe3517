"""The register of training (Quy chế Điều 15): what was held, who was there."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from .appointment import Recorded
from .board import BoardMember


class Training(Recorded):
    """One training (lớp đào tạo, bồi dưỡng) that was held; both days included."""

    class Field(models.TextChoices):
        EDITING = "editing", "Biên tập, đưa tin"
        TECHNICAL = "technical", "Quản trị kỹ thuật"
        SECURITY = "security", "An toàn thông tin"
        LAW = "law", "Pháp luật"

    title = models.CharField("nội dung", max_length=200)
    field = models.CharField("lĩnh vực", max_length=10, choices=Field.choices)
    document = models.CharField("theo kế hoạch, công văn", max_length=200)
    organiser = models.CharField("đơn vị tổ chức", max_length=200)
    held_from = models.DateField("từ ngày")
    held_to = models.DateField("đến ngày", db_index=True)
    hours = models.PositiveSmallIntegerField("số giờ", null=True, blank=True)

    class Meta:
        verbose_name = "lớp đào tạo, bồi dưỡng"
        verbose_name_plural = "lớp đào tạo, bồi dưỡng"
        ordering = ["-held_to", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(held_to__gte=F("held_from")), name="training_ends_after_start")
        ]

    def __str__(self):
        return self.title


class Attendance(Recorded):
    """One person at one training; the last thing recorded of them counts.

    Either an account or a member of the board without one. `name` is the person's name of that time.
    """

    class Result(models.TextChoices):
        ATTENDED = "attended", "Có dự"
        CERTIFIED = "certified", "Có dự, được cấp chứng nhận"
        ABSENT = "absent", "Vắng"

    COUNTED = frozenset({Result.ATTENDED, Result.CERTIFIED})

    training = models.ForeignKey(Training, verbose_name="lớp", on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="tài khoản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    member = models.ForeignKey(
        BoardMember,
        verbose_name="thành viên Ban Biên tập không có tài khoản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attendances",
    )
    name = models.CharField("họ và tên", max_length=150)
    result = models.CharField("kết quả", max_length=10, choices=Result.choices)

    class Meta:
        verbose_name = "người dự lớp"
        verbose_name_plural = "người dự lớp"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["training", "person"], name="one_attendance_a_person"),
            models.UniqueConstraint(fields=["training", "member"], name="one_attendance_a_member"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, member__isnull=True) | Q(person__isnull=True, member__isnull=False),
                name="attendance_of_one",
            ),
        ]

    def __str__(self):
        return f"{self.name}: {self.training}"
