"""How long things are kept, and how what has run out of time is destroyed (Quy chế Điều 21.1; Luật Lưu trữ)."""

from django.db import models
from django.db.models import F, Q

NEWS = "news"


class RetentionClass(models.Model):
    """A class of archive copies and how many years they are kept after approval; without a number, permanently."""

    key = models.SlugField("mã", max_length=30, unique=True)
    label = models.CharField("nhóm lưu trữ", max_length=150)
    years = models.PositiveSmallIntegerField("số năm lưu", null=True, blank=True)
    source = models.CharField("căn cứ", max_length=300)

    class Meta:
        verbose_name = "thời hạn lưu trữ"
        verbose_name_plural = "thời hạn lưu trữ"
        ordering = ["label"]

    def __str__(self):
        return self.label

    @property
    def term(self) -> str:
        """The term as people say it: "10 năm", "vĩnh viễn"."""
        return "vĩnh viễn" if self.years is None else f"{self.years} năm"


class RetentionRule(models.Model):
    """Which class the copies of a kind of content get; without a rule the model's own `retention_class` counts."""

    object_type = models.CharField("loại nội dung", max_length=80, unique=True)
    retention_class = models.ForeignKey(
        RetentionClass, verbose_name="nhóm lưu trữ", on_delete=models.PROTECT, related_name="rules"
    )

    class Meta:
        verbose_name = "nhóm lưu trữ của loại nội dung"
        verbose_name_plural = "nhóm lưu trữ của loại nội dung"
        ordering = ["object_type"]

    def __str__(self):
        return self.object_type


class DisposalList(models.Model):
    """A list of archive copies proposed for destruction by one person and decided by another (tiêu hủy).

    Holds ids and text of both, so that it outlives their accounts. Only after `decided`, with number, date and file of
    the decision, are the copies gone.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", "Chờ quyết định"
        DESTROYED = "destroyed", "Đã tiêu hủy"
        REFUSED = "refused", "Không đồng ý"
        WITHDRAWN = "withdrawn", "Đã rút"

    reason = models.CharField("lý do", max_length=500)
    state = models.CharField("tình trạng", max_length=12, choices=State.choices, default=State.PROPOSED)
    proposed_by_id = models.BigIntegerField("số tài khoản người lập")
    proposed_by_name = models.CharField("người lập", max_length=200)
    proposed_at = models.DateTimeField("lập lúc")
    decided_by_id = models.BigIntegerField("số tài khoản người quyết định", null=True)
    decided_by_name = models.CharField("người quyết định", max_length=200, blank=True)
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    decision_number = models.CharField("số quyết định", max_length=100, blank=True)
    decision_date = models.DateField("ngày quyết định", null=True)
    decision_file_name = models.CharField("tệp quyết định", max_length=200, blank=True)
    decision_file_digest = models.CharField("mã băm tệp quyết định", max_length=64, blank=True)
    note = models.CharField("ý kiến", max_length=500, blank=True)

    never_deleted = True

    class Meta:
        verbose_name = "danh mục tiêu hủy"
        verbose_name_plural = "danh mục tiêu hủy"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by_id=None) | ~Q(decided_by_id=F("proposed_by_id")), name="disposal_by_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="destroyed")
                | (~Q(decided_by_id=None) & ~Q(decision_number="") & ~Q(decision_file_digest="")),
                name="destroyed_by_decision_only",
            ),
        ]

    def __str__(self):
        return f"Danh mục tiêu hủy số {self.pk}"


class DisposalItem(models.Model):
    """One copy on a list, as it stood when the list was made; `is_struck` when the decision spares it."""

    list = models.ForeignKey(DisposalList, on_delete=models.PROTECT, related_name="items")
    copy_id = models.BigIntegerField("bản lưu trữ")
    title = models.CharField("tiêu đề", max_length=300)
    object_type = models.CharField("loại", max_length=80)
    site_slug = models.CharField("trang", max_length=80, blank=True)
    approved_at = models.DateTimeField("duyệt lúc")
    retention_class = models.CharField("nhóm lưu trữ", max_length=30)
    retention_until = models.DateField("lưu đến ngày")
    seal = models.CharField("niêm phong", max_length=64)
    is_struck = models.BooleanField("giữ lại", default=False)

    never_deleted = True

    class Meta:
        verbose_name = "mục của danh mục tiêu hủy"
        verbose_name_plural = "mục của danh mục tiêu hủy"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["list", "copy_id"], name="one_item_a_copy")]

    def __str__(self):
        return self.title
