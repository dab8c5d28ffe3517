"""What the name server said last of the domain that mails are sent from."""

from django.db import models


class SenderRecord(models.Model):
    """One text record of the sending domain, as it was at `answered_at`; None: it was never answered."""

    class Method(models.TextChoices):
        SPF = "spf", "SPF"
        DKIM = "dkim", "DKIM"
        DMARC = "dmarc", "DMARC"

    class State(models.TextChoices):
        RIGHT = "right", "đúng"
        WRONG = "wrong", "sai"
        MISSING = "missing", "không có"
        UNKNOWN = "unknown", "chưa biết"

    method = models.CharField(max_length=5, choices=Method.choices, primary_key=True)
    name = models.CharField(max_length=253)
    state = models.CharField(max_length=7, choices=State.choices)
    answered_at = models.DateTimeField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "bản ghi tên miền gửi thư"
        verbose_name_plural = "bản ghi tên miền gửi thư"

    def __str__(self):
        return f"{self.get_method_display()} của {self.name}"
