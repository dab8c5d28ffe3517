"""Web addresses of others that public content leads to, and what came of asking them."""

from hashlib import sha256

from django.db import models


class OutsideLink(models.Model):
    """One address outside the portal; only `workflows/upkeep/outside_links.py` makes, asks and removes rows.

    `seen_at`: when public content was last seen to lead there; `asked_at`: when the server was last asked; `status`:
    the number it answered with, empty without an answer; `failures`: how often in a row it did not give the page.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Chưa kiểm tra"
        WORKS = "works", "Mở được"
        UNSURE = "unsure", "Máy chủ không cho chương trình xem"
        FAILS = "fails", "Không mở được"
        CLOSED = "closed", "Không phải địa chỉ công khai"

    digest = models.CharField("mã băm", max_length=64, unique=True)
    address = models.TextField("địa chỉ")
    host = models.CharField("máy chủ", max_length=255)
    seen_at = models.DateTimeField("thấy trong nội dung lúc", db_index=True)
    asked_at = models.DateTimeField("kiểm tra lúc", null=True, db_index=True)
    state = models.CharField("kết quả", max_length=10, choices=State.choices, default=State.WAITING)
    status = models.PositiveSmallIntegerField("mã trả lời", null=True)
    reason = models.CharField("lý do", max_length=200, blank=True)
    failing_since = models.DateTimeField("không mở được từ lúc", null=True)
    failures = models.PositiveSmallIntegerField("số lần liền không mở được", default=0)

    class Meta:
        verbose_name = "liên kết ra ngoài"
        verbose_name_plural = "liên kết ra ngoài"
        ordering = ["pk"]

    def __str__(self):
        return self.address

    @staticmethod
    def digest_of(address: str) -> str:
        """Return by what an address is found: it may be longer than an index takes."""
        return sha256(address.encode()).hexdigest()
