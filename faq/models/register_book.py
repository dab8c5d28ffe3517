"""The books of the numbers under which citizens' matters are kept."""

from django.db import models


class RegisterBook(models.Model):
    """The last number of a series in a year; its row is locked while one is given, so there are no gaps."""

    class Series(models.TextChoices):
        QUESTION = "HD", "hỏi – đáp"
        COMMENT = "GY", "góp ý"
        REQUEST = "YC", "yêu cầu về dữ liệu cá nhân"
        COMPLAINT = "DC", "phản ánh cần đính chính"
        CONTRIBUTION = "CT", "bài gửi cộng tác"
        FORM = "BM", "biểu mẫu"

    series = models.CharField("loại", max_length=4, choices=Series.choices)
    year = models.PositiveSmallIntegerField("năm")
    last_number = models.PositiveIntegerField("số đã cấp", default=0)

    class Meta:
        verbose_name = "sổ tiếp nhận"
        verbose_name_plural = "sổ tiếp nhận"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="one_book_a_series_and_year")]

    def __str__(self):
        return f"{self.series}-{self.year}: {self.last_number}"
