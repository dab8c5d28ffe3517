"""The text that a file holds, for the search."""

from django.db import models

from .files import PortalFile


class FileText(models.Model):
    """What a Word, PDF or text file says, as read once; `digest` is that of the content it was read from.

    `suspected_scheme` names an encoding before Unicode that nobody has confirmed: such text is not searched.
    """

    file = models.OneToOneField(PortalFile, verbose_name="tệp", on_delete=models.CASCADE, related_name="kept_text")
    digest = models.CharField("mã băm SHA-256", max_length=64)
    text = models.TextField("chữ trong tệp", blank=True)
    suspected_scheme = models.CharField("bảng mã nghi ngờ", max_length=10, blank=True)
    confirmed_scheme = models.CharField("bảng mã đã xác nhận", max_length=10, blank=True)
    notes = models.TextField("lưu ý", blank=True)
    read_at = models.DateTimeField("đọc lúc")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "chữ trong tệp"
        verbose_name_plural = "chữ trong tệp"

    def __str__(self):
        return f"Chữ trong «{self.file}»"
