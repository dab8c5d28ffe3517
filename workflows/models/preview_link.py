"""The link by which a person without an account reads one version of a draft."""

from django.conf import settings
from django.db import models
from django.utils.crypto import get_random_string

from base.models import PortalSite
from base.operations.encryption import EncryptedTextField

KEY_LENGTH = 24


def new_key() -> str:
    """Return a random name that cannot be guessed (142 bits)."""
    return get_random_string(KEY_LENGTH)


class PreviewLink(models.Model):
    """One link to one version of a page (`workflows/drafts/previews.py`).

    `key` alone opens nothing: the address also carries a signature over key, version and end, so that neither a copy of
    this table nor a changed row opens anything. `revision_id` never changes: what is drafted later is not shown.
    """

    class End(models.TextChoices):
        """Why a link ended before its time."""

        REVOKED = "revoked", "thu hồi"
        PUBLISHED = "published", "trang đã đăng"
        REMOVED = "removed", "trang đã gỡ hoặc xóa"

    key = models.CharField("tên ngẫu nhiên", max_length=32, unique=True, default=new_key, editable=False)
    owner_site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    page_id = models.BigIntegerField("số trang", db_index=True)
    revision_id = models.BigIntegerField("phiên bản")
    title = models.CharField("tiêu đề", max_length=300)
    recipient = models.CharField("gửi cho", max_length=200)
    reason = models.CharField("lý do", max_length=300)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người tạo", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("tạo lúc")
    until = models.DateTimeField("hết hạn lúc")
    ended_at = models.DateTimeField("kết thúc lúc", null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người thu hồi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_because = models.CharField("vì sao kết thúc", max_length=10, choices=End.choices, blank=True)
    opened_count = models.PositiveIntegerField("số lần mở", default=0)
    last_opened_at = models.DateTimeField("mở lần cuối", null=True)

    never_deleted = True

    class Meta:
        verbose_name = "liên kết xem trước"
        verbose_name_plural = "liên kết xem trước"
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"Xem trước «{self.title}»"


class PreviewAnswer(models.Model):
    """What the reader of a link said of the version it shows (`workflows/drafts/preview_answers.py`); never public."""

    link = models.ForeignKey(PreviewLink, verbose_name="liên kết", on_delete=models.PROTECT, related_name="answers")
    name = EncryptedTextField("họ tên, cơ quan", blank=True)
    text = EncryptedTextField("ý kiến")
    at = models.DateTimeField("lúc")
    closed_at = models.DateTimeField("đã xem xét lúc", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người xem xét", null=True, on_delete=models.PROTECT, related_name="+"
    )
    name_purged_at = models.DateTimeField("xóa tên lúc", null=True, editable=False)

    never_deleted = True
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "ý kiến của người xem trước"
        verbose_name_plural = "ý kiến của người xem trước"
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["link", "at"], name="answers_of_link")]

    def __str__(self):
        # Goes into logs: nothing of who said what.
        return f"Ý kiến về {self.link}"
