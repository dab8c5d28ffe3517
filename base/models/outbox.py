"""Mail on its way: what was said in a transaction, and whether it has left."""

from django.db import models
from django.utils import timezone


class OutgoingMail(models.Model):
    """One mail to one recipient, written in the transaction that asked for it and delivered by
    `base/operations/mail.py`.

    `message` is the mail as it leaves, with a Message-ID that never changes: a receiver that gets it twice after a
    crash folds the two into one. Subject, recipient and message are personal data and are emptied after delivery
    (`mail.purge`, at once where it says `purge_when_sent`); what stays says only that a mail left, and when.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Chờ gửi"
        SENDING = "sending", "Đang gửi"
        SENT = "sent", "Đã gửi"
        DEAD = "dead", "Không gửi được"

    # Given by a sender that must not tell a person twice; of several mails with one key and recipient the first counts.
    key = models.CharField("khóa", max_length=120, blank=True)
    message_id = models.CharField("mã thư", max_length=200)
    sender = models.CharField("người gửi", max_length=320)
    recipient = models.CharField("người nhận", max_length=320, blank=True)
    subject = models.CharField("tiêu đề", max_length=300, blank=True)
    message = models.BinaryField("nội dung thư", default=b"")
    purge_when_sent = models.BooleanField("xóa ngay khi gửi xong", default=False)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField("gửi từ lúc", default=timezone.now)
    # Counted from the writing of the mail, or from the last time a user asked to try again.
    trying_since = models.DateTimeField("bắt đầu thử lúc", default=timezone.now)
    attempts = models.PositiveIntegerField("số lần thử", default=0)
    last_error = models.CharField("lỗi lần cuối", max_length=300, blank=True)
    claimed_at = models.DateTimeField("nhận gửi lúc", null=True, blank=True)
    created_at = models.DateTimeField("viết lúc", auto_now_add=True)
    sent_at = models.DateTimeField("gửi lúc", null=True, blank=True)
    dismissed_at = models.DateTimeField("bỏ qua lúc", null=True, blank=True)

    permissions_by_capability = {"administer": ("change", "view")}

    class Meta:
        verbose_name = "thư gửi đi"
        verbose_name_plural = "thư gửi đi"
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "not_before"], name="outgoing_mail_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "recipient"], condition=~models.Q(key=""), name="outgoing_mail_once_a_key"
            )
        ]

    def __str__(self) -> str:
        return f"Thư số {self.pk}"

    @property
    def masked_recipient(self) -> str:
        """The address as far as a user who looks for an error must see it: "n…@example.invalid"."""
        name, at, domain = self.recipient.partition("@")
        return f"{name[:1]}…{at}{domain}" if at else "(đã xóa)"
