"""Dossiers (hồ sơ) as figures: code, procedure, states and days; nothing about whoever handed them in.

The portal settles no dossiers: the one-stop system does, and tells it here by file or through the API.
"""

from django.conf import settings
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
    SETTLED = 9, "Đã xử lý xong"
    RETURNED = 10, "Đã trả kết quả"


class DossierSource(models.Model):
    """A system of a unit that may push dossiers of one site: its token, of which only the hash is kept."""

    name = models.CharField("tên hệ thống", max_length=120)
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField("mã băm của khóa", max_length=64, unique=True, editable=False)
    token_hint = models.CharField("bốn ký tự cuối", max_length=4, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người cấp", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("cấp lúc")
    expires_on = models.DateField("hết hạn", null=True, blank=True)
    revoked_at = models.DateTimeField("thu hồi lúc", null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người thu hồi", null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    last_used_at = models.DateTimeField("dùng lần cuối", null=True, blank=True)

    class Meta:
        verbose_name = "khóa nạp hồ sơ"
        verbose_name_plural = "khóa nạp hồ sơ"
        ordering = ["-made_at"]

    def __str__(self):
        return f"{self.name} · {self.site}"


class DossierSummary(models.Model):
    """A dossier as its code names it; what follows from its events is written by `dossiers.py` only.

    `due_on` is the day promised, moved by the pauses; `promised_on` the day the one-stop system gave, if it gave one.
    """

    code = models.CharField("mã hồ sơ", max_length=35, unique=True)
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="dossiers")
    procedure = models.ForeignKey(
        Procedure, verbose_name="thủ tục", null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers"
    )
    procedure_code = models.CharField("mã thủ tục", max_length=10, blank=True)
    channel = models.CharField("kênh", max_length=10, choices=Channel.choices, default=Channel.IN_PERSON)
    status = models.PositiveSmallIntegerField("trạng thái", choices=DossierStatus.choices, default=1)
    status_since = models.DateTimeField("từ lúc", null=True)
    registered_at = models.DateTimeField("đăng ký lúc", null=True)
    received_at = models.DateTimeField("tiếp nhận lúc", null=True)
    promised_on = models.DateField("ngày hẹn trả", null=True, blank=True)
    due_on = models.DateField("hạn trả", null=True, blank=True)
    finished_at = models.DateTimeField("xử lý xong lúc", null=True)
    returned_at = models.DateTimeField("trả kết quả lúc", null=True)
    reappointed_on = models.DateField("hẹn lại", null=True, blank=True)
    apologised_at = models.DateTimeField("xin lỗi lúc", null=True, blank=True)
    set_aside = models.PositiveSmallIntegerField("số lần cập nhật không hợp lệ", default=0)
    imported_from = models.CharField("nguồn", max_length=120, blank=True)
    updated_at = models.DateTimeField("cập nhật lúc", auto_now=True)

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        ordering = ["-received_at", "-pk"]
        indexes = [models.Index(fields=["site", "received_at"]), models.Index(fields=["site", "status", "due_on"])]

    def __str__(self):
        return self.code


class DossierEvent(models.Model):
    """One update of a dossier as it was pushed: the state it went into, when; kept in whatever order they arrive.

    `key` is the sender's own name of the update: sent twice, it is one. The dossier's state is what follows from its
    events in the order of `at` and `sequence`, so the order of arrival does not matter.
    """

    dossier = models.ForeignKey(DossierSummary, on_delete=models.CASCADE, related_name="events")
    key = models.CharField("khóa của lần cập nhật", max_length=80)
    status = models.PositiveSmallIntegerField("trạng thái", choices=DossierStatus.choices)
    at = models.DateTimeField("lúc")
    sequence = models.PositiveIntegerField("thứ tự trong hồ sơ", default=0)
    source = models.ForeignKey(DossierSource, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField("dữ kiện kèm theo", default=dict, blank=True)
    arrived_at = models.DateTimeField("nhận lúc", auto_now_add=True)

    class Meta:
        verbose_name = "cập nhật hồ sơ"
        verbose_name_plural = "cập nhật hồ sơ"
        ordering = ["dossier", "at", "sequence", "key"]
        constraints = [models.UniqueConstraint(fields=["dossier", "key"], name="one_dossier_event_a_key")]

    def __str__(self):
        return f"{self.dossier_id}: {self.status}"
