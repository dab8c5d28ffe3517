"""An import from an old portal, its rows, and the pictures and files that came with it."""

from datetime import datetime

from django.conf import settings
from django.db import models
from wagtail.models import Page

from base.models import PortalFile, PortalImage, PortalSite
from base.models.files import random_name
from legalref.models import ImportBatch
from workflows.models import PublicationBundle


class SiteImport(models.Model):
    """One export of an old portal: what would become of it, who began to write it, and whether it was taken back.

    `hosts`: the names of the old portal, the usual one first, as its links have them. `sections`: {category of the
    old portal, folded: key of the section here}; `section` takes what no category leads elsewhere. `scheme`: the
    encoding before Unicode that a person confirmed, `checking.AS_IS` for letters that are right as they are.
    `rows_linked`: the number of the last row whose links were compared. `asked_at`: when what the job
    does now was asked for, None for the dry run of an upload. `message`: why the export cannot be read, what the work
    waits for, or what was left out of it.
    """

    class State(models.TextChoices):
        CHECKING = "checking", "Đang kiểm tra"
        UNREADABLE = "unreadable", "Không đọc được tệp"
        CHECKED = "checked", "Đã kiểm tra, chưa ghi gì"
        WRITING = "writing", "Đang tạo bản nháp"
        WRITTEN = "written", "Đã tạo bản nháp trong các hồ sơ đăng"
        UNDOING = "undoing", "Đang thu hồi"
        UNDONE = "undone", "Đã thu hồi"
        DISCARDED = "discarded", "Đã bỏ, chưa ghi gì"

    # What the periodic job carries on with; what may still be thrown away.
    IN_WORK = (State.CHECKING, State.WRITING, State.UNDOING)
    DISCARDABLE = (State.CHECKING, State.UNREADABLE, State.CHECKED)

    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    section = models.ForeignKey(
        Page, verbose_name="chuyên mục chung", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField("tình trạng", max_length=12, choices=State.choices, default=State.CHECKING)
    format = models.CharField("dạng", max_length=12)
    source = models.FileField("tệp xuất", upload_to=random_name, blank=True)
    source_name = models.CharField("tên tệp xuất", max_length=200)
    source_digest = models.CharField("mã băm của tệp xuất", max_length=64, db_index=True)
    package = models.FileField("tệp ZIP", upload_to=random_name, blank=True)
    package_name = models.CharField("tên tệp ZIP", max_length=200, blank=True)
    hosts = models.JSONField("tên miền cũ", default=list)
    sections = models.JSONField("chuyên mục theo tên cũ", default=dict, blank=True)
    places = models.JSONField("chỗ của từng phần trong trang đã lưu", default=dict, blank=True)
    takes_documents = models.BooleanField("đề xuất văn bản vào sổ", default=True)
    scheme = models.CharField("bảng mã đã xác nhận", max_length=10, blank=True)
    suspected_scheme = models.CharField("bảng mã nghi ngờ", max_length=10, blank=True)
    rows_checked = models.PositiveIntegerField("số mục đã đọc", default=0)
    is_read = models.BooleanField("đã đọc hết", default=False)
    rows_linked = models.PositiveIntegerField("số mục đã so liên kết", default=0)
    message = models.TextField("thông báo", blank=True)
    batch = models.ForeignKey(
        ImportBatch, verbose_name="lô văn bản", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người tải lên", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("tải lên lúc")
    asked_at = models.DateTimeField("giao việc lúc", null=True)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người cho ghi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    begun_at = models.DateTimeField("cho ghi lúc", null=True)
    written_at = models.DateTimeField("ghi xong lúc", null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người thu hồi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField("thu hồi lúc", null=True)
    undo_reason = models.CharField("lý do thu hồi", max_length=300, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "đợt chuyển từ cổng cũ"
        verbose_name_plural = "đợt chuyển từ cổng cũ"
        ordering = ["-pk"]

    def __str__(self):
        return f"Đợt chuyển {self.pk} · {self.source_name}"

    @property
    def waits_since(self) -> datetime:
        """When what the job does now was asked for."""
        return self.asked_at or self.made_at

    @property
    def owner_site(self) -> PortalSite:
        return self.site


class MovedRow(models.Model):
    """One page of the old portal: what was read of it, what would become of it, what became of it.

    `identity` tells it from every other page of the old portals of a site. `values`: its parts, dates and files, as
    `checking.py` stores them; emptied when the import is finished. `addresses`: its old paths, the usual one first.
    `is_complete`: it lacks nothing that a submission asks for. `has_open_links`: its text leads to pages that had no
    draft when it was written. `redirects`: the keys of the proposals that redirect its old addresses.
    """

    class Outcome(models.TextChoices):
        NEW = "new", "Thành bản nháp"
        SAME = "same", "Đã chuyển ở đợt trước"
        LEFT = "left", "Để lại, không phải bài"
        WRONG = "wrong", "Có lỗi, không chuyển"

    batch = models.ForeignKey(SiteImport, verbose_name="đợt", on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("thứ tự")
    outcome = models.CharField("kết quả", max_length=5, choices=Outcome.choices)
    identity = models.CharField("mã ở cổng cũ", max_length=300)
    title = models.CharField("tiêu đề", max_length=255, blank=True)
    category = models.CharField("chuyên mục cũ", max_length=200, blank=True)
    author = models.CharField("tác giả", max_length=120, blank=True)
    published_at = models.DateTimeField("đăng ở cổng cũ lúc", null=True)
    addresses = models.JSONField("địa chỉ cũ", default=list)
    section = models.ForeignKey(Page, verbose_name="chuyên mục", null=True, on_delete=models.SET_NULL, related_name="+")
    symbol = models.CharField("số, ký hiệu văn bản", max_length=160, blank=True)
    values = models.JSONField("nội dung đọc được", default=dict, blank=True)
    problems = models.JSONField("lỗi", default=list, blank=True)
    remarks = models.JSONField("lưu ý", default=list, blank=True)
    is_complete = models.BooleanField("đủ để gửi duyệt", default=True)
    page = models.ForeignKey(Page, verbose_name="bản nháp", null=True, on_delete=models.SET_NULL, related_name="+")
    revision = models.PositiveBigIntegerField("phiên bản đã ghi", null=True)
    has_open_links = models.BooleanField("còn liên kết phải nối", default=False)
    redirects = models.JSONField("đề nghị chuyển hướng", default=list, blank=True)
    bundle = models.ForeignKey(
        PublicationBundle, verbose_name="hồ sơ đăng", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "mục của đợt chuyển"
        verbose_name_plural = "mục của đợt chuyển"
        ordering = ["batch", "number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="one_moved_row_a_number")]
        indexes = [
            models.Index(fields=["batch", "outcome", "number"], name="moved_row_by_outcome"),
            models.Index(fields=["identity"], name="moved_row_by_identity"),
        ]

    def __str__(self):
        return f"Mục {self.number}: {self.title}"


class MovedFile(models.Model):
    """A picture or file of the ZIP that became one of the portal: pages that show the same one share it."""

    batch = models.ForeignKey(SiteImport, verbose_name="đợt", on_delete=models.CASCADE, related_name="files")
    path = models.CharField("tên trong ZIP", max_length=250)
    image = models.ForeignKey(PortalImage, verbose_name="ảnh", null=True, on_delete=models.SET_NULL, related_name="+")
    file = models.ForeignKey(PortalFile, verbose_name="tệp", null=True, on_delete=models.SET_NULL, related_name="+")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "tệp chuyển sang"
        verbose_name_plural = "tệp chuyển sang"
        constraints = [models.UniqueConstraint(fields=["batch", "path"], name="one_moved_file_a_path")]

    def __str__(self):
        return self.path
