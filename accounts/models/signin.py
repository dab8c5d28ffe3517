"""What signing in leaves behind: former passwords, recovery codes, sessions, counts, requests, text that was kept."""

import json

from django.conf import settings
from django.db import models

from base.operations.encryption import UNREADABLE, EncryptedTextField
from vietnam.dates import format_moment


class PasswordHistory(models.Model):
    """A former password of a person, as its hash: it may not come back soon."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="former_passwords")
    encoded = models.CharField(max_length=128)
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = "mật khẩu cũ"
        verbose_name_plural = "mật khẩu cũ"
        ordering = ["-ended_at", "-pk"]

    def __str__(self):
        return f"Mật khẩu cũ của {self.user}"


class RecoveryCode(models.Model):
    """One of the ten codes for the day the telephone is lost; only its digest is kept, and it works once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "mã khôi phục"
        verbose_name_plural = "mã khôi phục"
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="one_recovery_code_once")]

    def __str__(self):
        return f"Mã khôi phục của {self.user}"


class PortalSession(models.Model):
    """One session of a person at one browser. The key itself is not kept, only its digest.

    `verified_at`: the second factor was shown; `entered_at`: every step of signing in was done. A session with `ended`
    opens nothing any more, whatever Django's own session row says.
    """

    class End(models.TextChoices):
        SIGNED_OUT = "signed_out", "đã đăng xuất"
        IDLE = "idle", "để không quá lâu"
        TOO_OLD = "too_old", "quá thời hạn một phiên"
        ELSEWHERE = "elsewhere", "được kết thúc từ một phiên khác"
        CREDENTIALS = "credentials", "mật khẩu, xác thực hoặc quyết định giao quyền đã thay đổi"
        REPLACED = "replaced", "được thay bằng một phiên mới"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="portal_sessions")
    key_digest = models.CharField(max_length=64, unique=True)
    started = models.DateTimeField("bắt đầu")
    last_seen = models.DateTimeField("hoạt động gần nhất")
    verified_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField("địa chỉ mạng", max_length=45, blank=True)
    network = models.CharField(max_length=45, blank=True)
    agent = models.CharField("trình duyệt", max_length=80, blank=True)
    ended = models.DateTimeField("kết thúc", null=True, blank=True)
    why = models.CharField("lý do", max_length=15, choices=End.choices, blank=True)

    class Meta:
        verbose_name = "phiên đăng nhập"
        verbose_name_plural = "phiên đăng nhập"
        ordering = ["-last_seen", "-pk"]
        indexes = [models.Index(fields=["user", "ended"], name="session_of_user")]

    def __str__(self):
        return f"Phiên của {self.user}"


class JoinedSignIn(models.Model):
    """The account at the identity provider by which a person comes in too; they joined it to their own themselves.

    Only a digest of the provider's name for the person is stored: it may be their personal identification number.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="joined_sign_in")
    digest = models.CharField(max_length=64, unique=True)
    issuer = models.CharField("nơi cấp", max_length=255)
    joined_at = models.DateTimeField("gắn lúc")
    last_used_at = models.DateTimeField("dùng gần nhất", null=True, blank=True)

    class Meta:
        verbose_name = "tài khoản đăng nhập chung"
        verbose_name_plural = "tài khoản đăng nhập chung"

    def __str__(self):
        return f"Tài khoản đăng nhập chung của {self.user}"


class AttemptCount(models.Model):
    """How often something failed lately: wrong passwords and codes, requests for a new password.

    `key` says what and where; `network` the place alone, where several keys of one place are counted together.
    """

    scope = models.CharField(max_length=20)
    key = models.CharField(max_length=120)
    network = models.CharField(max_length=45, blank=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "số lần thử"
        verbose_name_plural = "số lần thử"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="one_count_a_scope_and_key")]
        indexes = [models.Index(fields=["scope", "network", "last_at"], name="counts_of_a_network")]

    def __str__(self):
        return f"{self.scope}: {self.count}"


class ResetRequest(models.Model):
    """A request for a new password; whether the name belongs to a user is looked up later, by a job."""

    typed = models.CharField(max_length=254)
    address = models.CharField(max_length=45, blank=True)
    asked_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "yêu cầu đặt lại mật khẩu"
        verbose_name_plural = "yêu cầu đặt lại mật khẩu"
        indexes = [models.Index(fields=["handled_at"], name="reset_unhandled")]

    def __str__(self):
        return f"Yêu cầu đặt lại mật khẩu lúc {format_moment(self.asked_at)}"


class RescuedText(models.Model):
    """The form a user had open when their session ended, as it was typed.

    Seen by the person and, when it is of content, by the reviewers of `site`. `is_personal`: of a form in which data of
    citizens may stand; its writer alone sees it, and it is removed sooner. `fields` is a list of [name, value], which
    lies encrypted in `sealed_fields`.
    """

    # Counted among the records with personal data (`base/operations/personal_records.py`); what is over is deleted,
    # not emptied.
    PERSONAL = ("sealed_fields",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rescued_texts")
    site = models.ForeignKey(
        "base.PortalSite", on_delete=models.SET_NULL, null=True, blank=True, related_name="rescued_texts"
    )
    label = models.CharField("nội dung", max_length=255)
    path = models.CharField("địa chỉ màn hình", max_length=500)
    # Which form of which open window it is, as that calls itself; "" where none said so.
    window = models.CharField(max_length=40, blank=True)
    object_type = models.CharField(max_length=100, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    sealed_fields = EncryptedTextField(blank=True)
    is_personal = models.BooleanField(default=False)
    stored_at = models.DateTimeField("giữ lúc")

    class Meta:
        verbose_name = "văn bản giữ lại"
        verbose_name_plural = "văn bản giữ lại"
        ordering = ["-stored_at", "-pk"]

    def __str__(self):
        return self.label

    @property
    def fields(self) -> list:
        """The form as it was typed; [] when no key opens it."""
        if self.sealed_fields in ("", UNREADABLE):
            return []
        return json.loads(self.sealed_fields)

    @classmethod
    def rows_with_personal_data(cls):
        """The rows in which data of citizens may stand."""
        return cls._base_manager.filter(is_personal=True)
