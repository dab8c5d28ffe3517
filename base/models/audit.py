"""The audit trail: one row a fact, append-only, sealed into a chain (Quy chế Điều 8; Thông tư 12/2022/TT-BTTTT)."""

from django.db import models
from django.utils import timezone

from ..chain.canonical_json import digest, moment
from .chain import Chain, Link


class AuditEntry(models.Model):
    """Who did what to what, when, from where, with which result.

    Holds ids and text, no foreign keys: deleting an account, a page or a ward changes nothing here. Never holds what a
    citizen wrote, a password, a token, a telephone number or an e-mail address (`audit.clean`). Permanent: the law
    asks for 24 months at least, and nothing in the portal deletes an entry.
    """

    class Result(models.TextChoices):
        OK = "ok", "được"
        REFUSED = "refused", "bị từ chối"
        FAILED = "failed", "không thành"

    at = models.DateTimeField("lúc", default=timezone.now)
    actor_id = models.BigIntegerField("số tài khoản", null=True)
    actor_name = models.CharField("người thực hiện", max_length=200, blank=True)
    actor_text = models.CharField("vai trò, quyết định", max_length=500, blank=True)
    site_slug = models.CharField("trang", max_length=80, blank=True)
    action = models.CharField("việc", max_length=80)
    object_type = models.CharField("loại đối tượng", max_length=80, blank=True)
    object_id = models.CharField("số đối tượng", max_length=60, blank=True)
    object_label = models.CharField("đối tượng", max_length=300, blank=True)
    before = models.CharField("mã băm trước", max_length=64, blank=True)
    after = models.CharField("mã băm sau", max_length=64, blank=True)
    address = models.CharField("địa chỉ mạng", max_length=45, blank=True)
    request_id = models.CharField("số yêu cầu", max_length=16, blank=True)
    session = models.CharField("phiên", max_length=12, blank=True)
    result = models.CharField("kết quả", max_length=10, choices=Result.choices, default=Result.OK)
    detail = models.JSONField("chi tiết", default=dict, blank=True)
    # By a key that the database does not know: an entry put in by its administrator has none (`chain/keys.py`).
    signature = models.CharField("chữ ký của cổng", max_length=80, blank=True)

    append_only = True

    class Meta:
        verbose_name = "dòng nhật ký kiểm tra"
        verbose_name_plural = "nhật ký kiểm tra"
        ordering = ["-at", "-id"]
        # Each ends in the order of the list, so that a page of it is read from the index and never sorted.
        indexes = [
            models.Index(fields=["at", "id"], name="audit_at"),
            models.Index(fields=["site_slug", "at", "id"], name="audit_site"),
            models.Index(fields=["actor_id", "at", "id"], name="audit_actor"),
            models.Index(fields=["action", "at", "id"], name="audit_action"),
            models.Index(fields=["object_type", "object_id", "at", "id"], name="audit_object"),
            models.Index(fields=["request_id"], name="audit_request"),
            models.Index(
                fields=["result", "at", "id"], name="audit_not_ok", condition=models.Q(result__in=["refused", "failed"])
            ),
        ]
        # An entry put in once more carries the signature of the first.
        constraints = [
            models.UniqueConstraint(fields=["signature"], name="audit_signed_once", condition=~models.Q(signature=""))
        ]

    def __str__(self):
        return f"{self.action} · {self.object_label or self.object_type}"


class AuditSeal(Link):
    """One link of the chain: the digest of an entry, bound to the seal before it.

    `sequence` counts without a gap from 1 and is the order of the trail: the system clock may jump, it does not.
    """

    sequence = models.BigIntegerField("thứ tự", primary_key=True)
    entry_id = models.BigIntegerField("dòng nhật ký", unique=True)
    digest = models.CharField("mã băm", max_length=64)
    previous_seal = models.CharField("niêm phong trước", max_length=64, blank=True)
    seal = models.CharField("niêm phong", max_length=64, unique=True)
    sealed_at = models.DateTimeField("niêm phong lúc")

    append_only = True

    class Meta:
        verbose_name = "niêm phong nhật ký"
        verbose_name_plural = "niêm phong nhật ký"
        ordering = ["sequence"]

    def __str__(self):
        return f"{self.sequence}"

    def computed_seal(self):
        return digest([self.sequence, self.entry_id, self.digest, moment(self.sealed_at), self.previous_seal])


class AuditChain(Chain):
    """The tip of the chain of the audit trail."""

    NAME, LABEL = "audit", "Nhật ký kiểm tra"

    class Meta:
        verbose_name = "đầu chuỗi nhật ký kiểm tra"
        verbose_name_plural = "đầu chuỗi nhật ký kiểm tra"
