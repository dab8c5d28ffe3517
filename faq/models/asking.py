"""What the asking form needs between its steps: files that were examined, and how often a sender has asked."""

from django.db import models

from base.models.chosen_file import ChosenContent
from base.models.files import ScanState


class DraftFile(ChosenContent):
    """A file chosen in the form, examined and scanned, until the question is sent; then it goes, used or not.

    `source` is a digest of the asker's network: how much one network may lay here.
    """

    digest = models.CharField("mã băm SHA-256", max_length=64)
    scan_state = models.CharField(
        "kết quả quét mã độc", max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED
    )
    scan_signature = models.CharField("phiên bản mẫu nhận dạng", max_length=120, blank=True)
    source = models.CharField(max_length=64)

    class Meta:
        verbose_name = "tệp chờ gửi kèm câu hỏi"
        verbose_name_plural = "tệp chờ gửi kèm câu hỏi"
        ordering = ["pk"]

    def __str__(self):
        return f"Tệp chờ số {self.pk}"


class Asking(models.Model):
    """One question that was sent by the form, as long as it counts for the limits: a day. Names no person.

    `stamp` is the mark of the form as it was drawn: it counts once. `network`, `mail` and `phone` are keyed digests.
    """

    stamp = models.CharField(max_length=64, unique=True, null=True)
    network = models.CharField(max_length=64, blank=True)
    mail = models.CharField(max_length=64, blank=True)
    phone = models.CharField(max_length=64, blank=True)
    is_proven = models.BooleanField(default=False)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "lần gửi câu hỏi"
        verbose_name_plural = "các lần gửi câu hỏi"
        indexes = [
            models.Index(fields=["network", "at"], name="asking_of_network"),
            models.Index(fields=["mail", "at"], name="asking_of_mail"),
            models.Index(fields=["phone", "at"], name="asking_of_phone"),
        ]

    def __str__(self):
        return f"Lần gửi số {self.pk}"
