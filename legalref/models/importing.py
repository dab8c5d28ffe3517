"""Batches of documents that come as a table, with their files in a ZIP."""

from datetime import datetime

from django.conf import settings
from django.db import models

from accounts.roles import DISPATCH, REVIEW, WRITE
from base.models import PortalFile, PortalSite
from base.models.files import random_name

from .document import LegalDocument
from .relation import DocumentRelation


class ImportBatch(models.Model):
    """One table that was submitted: what it would do, who confirmed it, who approved it, and whether it was undone.

    Until it is written the register has nothing of it; then its documents are drafts like any other. `asked_at`: when
    what the job does now was asked for, None for the dry run of an upload.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Đang kiểm tra"
        UNREADABLE = "unreadable", "Không đọc được tệp"
        CHECKED = "checked", "Đã kiểm tra, chờ xác nhận"
        CONFIRMED = "confirmed", "Đang ghi vào sổ"
        WRITTEN = "written", "Đã ghi thành bản nháp, chờ người thứ hai duyệt"
        APPROVED = "approved", "Đã duyệt, đang đăng"
        PUBLISHED = "published", "Đã đăng"
        UNDO_PROPOSED = "undo_proposed", "Đề nghị thu hồi, chờ người thứ hai quyết định"
        UNDOING = "undoing", "Đang thu hồi"
        UNDONE = "undone", "Đã thu hồi"
        DISCARDED = "discarded", "Đã bỏ, chưa ghi gì"

    # What the periodic job carries on with.
    IN_WORK = (State.CHECKING, State.CONFIRMED, State.APPROVED, State.UNDOING)
    DISCARDABLE = (State.CHECKING, State.UNREADABLE, State.CHECKED)
    FINISHED = (State.UNDONE, State.DISCARDED)

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="trang quản lý", on_delete=models.PROTECT, related_name="import_batches"
    )
    state = models.CharField("tình trạng", max_length=20, choices=State.choices, default=State.CHECKING)
    table = models.FileField("bảng", upload_to=random_name, blank=True)
    table_name = models.CharField("tên tệp bảng", max_length=200)
    table_digest = models.CharField("mã băm của bảng", max_length=64)
    package = models.FileField("tệp ZIP", upload_to=random_name, blank=True)
    package_name = models.CharField("tên tệp ZIP", max_length=200, blank=True)
    scheme = models.CharField("bảng mã đã xác nhận", max_length=10, blank=True)
    suspected_scheme = models.CharField("bảng mã nghi ngờ", max_length=10, blank=True)
    takes_text = models.BooleanField("lấy toàn văn từ tệp", default=False)
    rows_total = models.PositiveIntegerField("số dòng", default=0)
    rows_checked = models.PositiveIntegerField("số dòng đã kiểm tra", default=0)
    message = models.TextField("thông báo", blank=True)
    notes = models.JSONField("lưu ý về tệp", default=list, blank=True)

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người tải lên", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("tải lên lúc")
    asked_at = models.DateTimeField("giao việc lúc", null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người xác nhận", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True)
    written_at = models.DateTimeField("ghi xong lúc", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người duyệt", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("duyệt lúc", null=True)
    undo_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người đề nghị thu hồi",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undo_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)
    undo_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người quyết định thu hồi",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField("thu hồi lúc", null=True)

    permissions_by_capability = {WRITE: ("add", "view"), REVIEW: ("view",), DISPATCH: ("add", "view")}
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "lô nhập văn bản"
        verbose_name_plural = "lô nhập văn bản"
        ordering = ["-pk"]

    def __str__(self):
        return f"Lô {self.pk} · {self.table_name}"

    @property
    def waits_since(self) -> datetime:
        """When what the job does now was asked for."""
        return self.asked_at or self.made_at


class ImportRow(models.Model):
    """One row of a table: what was read, what is wrong with it, what it would do or has done.

    `values` holds what was read, by field; it is emptied when the batch is finished. `revision_before` is the version
    the document had before the batch changed it, None for a document the batch made.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "Thêm mới"
        CHANGED = "changed", "Sửa văn bản đã có"
        SAME = "same", "Không có gì mới"
        WRONG = "wrong", "Có lỗi, không nhập"

    # What is written when the batch is confirmed.
    WRITTEN = (Outcome.NEW, Outcome.CHANGED)

    batch = models.ForeignKey(ImportBatch, verbose_name="lô", on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("dòng")
    outcome = models.CharField("kết quả", max_length=10, choices=Outcome.choices)
    label = models.CharField("văn bản", max_length=300, blank=True)
    identity = models.CharField("khóa so sánh", max_length=300, blank=True)
    key = models.CharField("số và ký hiệu", max_length=300, blank=True)
    type_id_then = models.BigIntegerField("loại văn bản", null=True)
    issuer_id_then = models.BigIntegerField("cơ quan ban hành", null=True)
    issued_on = models.DateField("ngày ban hành", null=True)
    values = models.JSONField("giá trị", default=dict, blank=True)
    problems = models.JSONField("lỗi", default=list, blank=True)
    remarks = models.JSONField("lưu ý", default=list, blank=True)
    changes = models.JSONField("cột thay đổi", default=list, blank=True)
    document = models.ForeignKey(
        LegalDocument, verbose_name="văn bản trong sổ", null=True, on_delete=models.SET_NULL, related_name="import_rows"
    )
    revision = models.PositiveBigIntegerField("phiên bản đã ghi", null=True)
    revision_before = models.PositiveBigIntegerField("phiên bản trước đó", null=True)
    has_relations = models.BooleanField("còn quan hệ phải ghi", default=False)
    is_published = models.BooleanField("đã đăng", default=False)
    is_decided = models.BooleanField("đã xét đăng", default=False)
    is_undone = models.BooleanField("đã xét thu hồi", default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "dòng nhập văn bản"
        verbose_name_plural = "dòng nhập văn bản"
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_row_a_number")]
        indexes = [models.Index(fields=["batch", "outcome"])]

    def __str__(self):
        return f"Dòng {self.number}: {self.label}"


class ImportedFile(models.Model):
    """A file of the ZIP that became a file of the portal: by its digest the same file is known again."""

    batch = models.ForeignKey(ImportBatch, verbose_name="lô", on_delete=models.CASCADE, related_name="files")
    path = models.CharField("tên trong ZIP", max_length=250)
    source_digest = models.CharField("mã băm của bản trong ZIP", max_length=64, db_index=True)
    file = models.ForeignKey(PortalFile, verbose_name="tệp", on_delete=models.CASCADE, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "tệp nhập"
        verbose_name_plural = "tệp nhập"
        constraints = [models.UniqueConstraint(fields=["batch", "path"], name="one_file_a_path")]

    def __str__(self):
        return self.path


class ImportedRelation(models.Model):
    """A relation that a batch recorded when it was published; undoing the batch takes exactly these back."""

    row = models.ForeignKey(ImportRow, verbose_name="dòng", on_delete=models.CASCADE, related_name="relations")
    relation = models.ForeignKey(DocumentRelation, verbose_name="quan hệ", on_delete=models.PROTECT, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "quan hệ nhập"
        verbose_name_plural = "quan hệ nhập"

    def __str__(self):
        return str(self.relation)
