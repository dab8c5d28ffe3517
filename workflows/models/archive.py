"""The sealed archive: one row an approved version, append-only, chained (Quy chế Điều 21.1)."""

from django.db import models
from django.utils import timezone

from base.chain.canonical_json import digest
from base.models.chain import Chain, Link


class ArchiveCopy(Link):
    """A sealed copy of an approved version: text, files, metadata, who approved, until when it is kept.

    Holds ids and text, no foreign keys: it outlives the page, the unit and the account. The files lie under their
    own digests in the archive's folder; `seal` chains this row to the one before it.
    """

    object_type = models.CharField("loại", max_length=80)
    object_id = models.CharField("số", max_length=40)
    revision_id = models.BigIntegerField("phiên bản")
    title = models.CharField("tiêu đề", max_length=300)
    site_slug = models.CharField("trang", max_length=80, blank=True)
    language = models.CharField("ngôn ngữ", max_length=12, blank=True)
    address = models.CharField("địa chỉ", max_length=500, blank=True)
    metadata = models.JSONField("dữ liệu mô tả", default=dict)
    content_digest = models.CharField("mã băm nội dung", max_length=64)
    html_digest = models.CharField("mã băm trang", max_length=64, blank=True)
    files = models.JSONField("tệp", default=list)
    submitted_by = models.CharField("người gửi", max_length=200, blank=True)
    approved_by = models.CharField("người duyệt", max_length=200)
    ground = models.CharField("căn cứ đăng", max_length=300, blank=True)
    approved_at = models.DateTimeField("duyệt lúc")
    retention_class = models.CharField("nhóm lưu trữ", max_length=30)
    retention_until = models.DateField("lưu đến ngày", null=True)
    previous_seal = models.CharField("niêm phong trước", max_length=64, blank=True)
    seal = models.CharField("niêm phong", max_length=64, unique=True)

    append_only = True
    # Rows may go only when their time is over and a disposal decision names them.
    disposal_table = "workflows_disposal"

    class Meta:
        verbose_name = "bản lưu trữ"
        verbose_name_plural = "bản lưu trữ"
        ordering = ["pk"]
        indexes = [models.Index(fields=["object_type", "object_id"]), models.Index(fields=["revision_id"])]

    def __str__(self):
        return f"{self.title} ({timezone.localtime(self.approved_at):%d/%m/%Y})"

    def computed_seal(self):
        names = {field.attname for field in self._meta.concrete_fields} - {"id", "seal"}
        local = self.approved_at.astimezone(timezone.get_default_timezone())
        return digest({name: getattr(self, name) for name in names} | {"approved_at": local.isoformat()})


class Disposal(models.Model):
    """What is left of an archive copy destroyed after its retention (tiêu hủy): seal, digests, who decided, by what.

    The database lets a copy go only when a row here names it, and a row here only with two different persons.
    """

    copy_id = models.BigIntegerField("bản lưu trữ", unique=True)
    title = models.CharField("tiêu đề", max_length=300)
    previous_seal = models.CharField(max_length=64, blank=True)
    seal = models.CharField(max_length=64)
    object_type = models.CharField("loại", max_length=80, blank=True)
    object_id = models.CharField("số", max_length=40, blank=True)
    content_digest = models.CharField("mã băm nội dung", max_length=64, blank=True)
    html_digest = models.CharField("mã băm trang", max_length=64, blank=True)
    retention_until = models.DateField("đã lưu đến ngày", null=True)
    list_number = models.BigIntegerField("danh mục tiêu hủy", null=True)
    decision = models.CharField("quyết định tiêu hủy", max_length=200)
    proposed_by_id = models.BigIntegerField("số tài khoản người lập", null=True)
    proposed_by = models.CharField("người lập danh mục", max_length=200, blank=True)
    decided_by_id = models.BigIntegerField("số tài khoản người quyết định", null=True)
    decided_by = models.CharField("người quyết định", max_length=200)
    decided_at = models.DateTimeField("lúc", auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = "quyết định tiêu hủy"
        verbose_name_plural = "quyết định tiêu hủy"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(proposed_by_id__isnull=False, decided_by_id__isnull=False)
                & ~models.Q(decided_by_id=models.F("proposed_by_id")),
                name="destroyed_by_two_persons",
            )
        ]

    def __str__(self):
        return self.title


class ChainTip(Chain):
    """The tip of the archive's chain."""

    NAME, LABEL = "archive", "Kho lưu trữ"

    class Meta:
        verbose_name = "đầu chuỗi niêm phong"
        verbose_name_plural = "đầu chuỗi niêm phong"
