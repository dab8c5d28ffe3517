"""Dossiers (hồ sơ) as figures: code, procedure, states and days; nothing about the applicants.

The portal decides no dossiers: the one-stop system does, and reports them by file or through the API.
"""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from base.models import PortalSite

from .procedure import Procedure


class Channel(models.TextChoices):
    """How a dossier came (kênh)."""

    IN_PERSON = "in_person", "Trực tiếp"
    ONLINE = "online", "Trực tuyến"
    POST = "post", "Bưu chính công ích"


class DossierStatus(models.IntegerChoices):
    """The ten coded states of QCVN 120:2019/BTTTT."""

    REGISTERED = 1, "Mới đăng ký"
    RECEIVED = 2, "Được tiếp nhận"
    REFUSED = 3, "Không được tiếp nhận"
    IN_PROGRESS = 4, "Đang xử lý"
    PAPERS_WANTED = 5, "Yêu cầu bổ sung giấy tờ"
    PAYMENT_WANTED = 6, "Yêu cầu thực hiện nghĩa vụ tài chính"
    WITHDRAWN = 7, "Công dân yêu cầu rút hồ sơ"
    STOPPED = 8, "Dừng xử lý"
    FINISHED = 9, "Đã xử lý xong"
    RETURNED = 10, "Đã trả kết quả"


class DossierSource(models.Model):
    """A system of a unit that may push dossiers of one site: its token, of which only the hash is kept.

    The token works once a second person has confirmed it (`tokens.py`). `unit_codes`: the identification codes
    that the dossiers it pushes must begin with, a line each; empty: any.
    """

    class Standing(models.TextChoices):
        WAITING = "waiting", "Chờ xác nhận"
        IN_USE = "in_use", "Đang dùng"
        EXPIRED = "expired", "Hết hạn"
        REVOKED = "revoked", "Đã thu hồi"

    name = models.CharField("tên hệ thống", max_length=120)
    owner_site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    unit_codes = models.TextField("mã định danh của đơn vị", blank=True)
    token_digest = models.CharField("mã băm của khóa", max_length=64, unique=True, editable=False)
    token_hint = models.CharField("bốn ký tự cuối", max_length=4, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người cấp", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("cấp lúc")
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người xác nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    expires_on = models.DateField("hết hạn", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người thu hồi",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    last_used_at = models.DateTimeField("dùng lần cuối", null=True, blank=True)

    class Meta:
        verbose_name = "khóa nạp hồ sơ"
        verbose_name_plural = "khóa nạp hồ sơ"
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.name} · {self.owner_site}"

    def standing(self, on: date) -> Standing:
        """Return how the token stands on a local day; its last day is a day of use."""
        if self.revoked_at is not None:
            return self.Standing.REVOKED
        if self.expires_on is not None and self.expires_on < on:
            return self.Standing.EXPIRED
        return self.Standing.IN_USE if self.confirmed_at else self.Standing.WAITING

    def allowed_codes(self) -> list[str]:
        """Return the identification codes that its dossiers must have; none: any."""
        return self.unit_codes.split()


class DossierSummary(models.Model):
    """A dossier as its code names it; what follows from its events is written by `keeping.py` only.

    `due_on` is the day promised or computed, moved by the pauses; `promised_on` the day that the one-stop system gave.
    `counted_from` is when the limit began to run (again); `stopped_at` since when it is paused. `ended_at` is when the
    unit finished with it: completed, stopped, withdrawn or refused.
    """

    code = models.CharField("mã hồ sơ", max_length=35, unique=True)
    owner_site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="dossiers")
    procedure = models.ForeignKey(
        Procedure, verbose_name="thủ tục", null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers"
    )
    procedure_code = models.CharField("mã thủ tục", max_length=10, blank=True)
    channel = models.CharField("kênh", max_length=10, choices=Channel.choices, default=Channel.IN_PERSON)
    status = models.PositiveSmallIntegerField("trạng thái", choices=DossierStatus.choices, null=True)
    status_since = models.DateTimeField("từ lúc", null=True)
    changed_at = models.DateTimeField("thay đổi gần nhất lúc", null=True)
    registered_at = models.DateTimeField("đăng ký lúc", null=True)
    received_at = models.DateTimeField("tiếp nhận lúc", null=True)
    counted_from = models.DateTimeField("tính hạn từ lúc", null=True)
    promised_on = models.DateField("ngày hẹn trả", null=True, blank=True)
    due_on = models.DateField("hạn trả", null=True, blank=True)
    stopped_at = models.DateTimeField("dừng tính hạn từ lúc", null=True)
    finished_at = models.DateTimeField("xử lý xong lúc", null=True)
    ended_at = models.DateTimeField("kết thúc lúc", null=True)
    returned_at = models.DateTimeField("trả kết quả lúc", null=True)
    reappointed_on = models.DateField("hẹn lại", null=True, blank=True)
    apologised_at = models.DateTimeField("xin lỗi lúc", null=True, blank=True)
    set_aside = models.PositiveSmallIntegerField("số lần cập nhật không hợp lệ", default=0)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    updated_at = models.DateTimeField("cập nhật lúc", auto_now=True)

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["owner_site", "received_at"]),
            models.Index(fields=["owner_site", "status", "due_on"]),
            models.Index(fields=["ended_at"]),
        ]

    def __str__(self):
        return self.code


class DossierEvent(models.Model):
    """One update of a dossier as it was sent: the state it went into, or a letter of apology with the new day.

    Kept in whatever order they arrive. `key` is the sender's own name of the update: sent twice, it is one. What the
    dossier is follows from its events in the order of `at`, `sequence` and `key`, so the order of arrival does not
    matter; one that is no allowed step at its place stays with the reason in `set_aside`.
    """

    dossier = models.ForeignKey(DossierSummary, on_delete=models.CASCADE, related_name="events")
    key = models.CharField("khóa của lần cập nhật", max_length=80)
    status = models.PositiveSmallIntegerField("trạng thái", choices=DossierStatus.choices, null=True, blank=True)
    at = models.DateTimeField("lúc")
    sequence = models.PositiveIntegerField("thứ tự trong hồ sơ", default=0)
    procedure_code = models.CharField("mã thủ tục", max_length=10, blank=True)
    channel = models.CharField("kênh", max_length=10, choices=Channel.choices, blank=True)
    promised_on = models.DateField("ngày hẹn trả", null=True, blank=True)
    reappointed_on = models.DateField("hẹn lại ngày", null=True, blank=True)
    set_aside = models.CharField("lý do không tính", max_length=200, blank=True)
    source = models.ForeignKey(DossierSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    imported_from = models.CharField("tệp", max_length=120, blank=True)
    arrived_at = models.DateTimeField("nhận lúc", auto_now_add=True)

    class Meta:
        verbose_name = "cập nhật hồ sơ"
        verbose_name_plural = "cập nhật hồ sơ"
        ordering = ["dossier", "at", "sequence", "key"]
        constraints = [models.UniqueConstraint(fields=["dossier", "key"], name="one_dossier_event_a_key")]

    def __str__(self):
        return f"{self.dossier_id}: {self.get_status_display() or 'xin lỗi, hẹn lại'}"


class ReportClosing(models.Model):
    """From when on reports close their figures on which day of a period's last month (Thông tư 01/2020/TT-VPCP).

    Without a day a period ends with the calendar. A period begins the day after the one before it ended.
    """

    valid_from = models.DateField("áp dụng từ ngày", unique=True)
    closing_day = models.PositiveSmallIntegerField(
        "chốt số liệu vào ngày",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(28)],
        help_text="Ngày trong tháng cuối của kỳ, từ 1 đến 28. Để trống: hết ngày cuối tháng.",
    )
    legal_source = models.CharField("căn cứ", max_length=300)

    class Meta:
        verbose_name = "ngày chốt số liệu báo cáo"
        verbose_name_plural = "ngày chốt số liệu báo cáo"
        ordering = ["-valid_from"]

    def __str__(self):
        return f"{self.valid_from:%d/%m/%Y}: {self.closing_day or 'cuối tháng'}"
