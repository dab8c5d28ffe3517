"""The statement of a month (bảng kê chi trả nhuận bút, thù lao)."""

from django.conf import settings
from django.db import models

from base.operations.encryption import EncryptedTextField

from .contributor import Contributor


class Statement(models.Model):
    """The items of a month that are paid together; frozen by the head's decision.

    From submission on its lines hold what will be paid, as text and đồng; `digest` is that of the lines, and of what
    the archive keeps (`copy_id`). A statement that was sent back keeps its row and gives its items free.
    """

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Trình Trưởng ban"
        RETURNED = "returned", "Trả lại"
        DECIDED = "decided", "Đã quyết định"
        PAID = "paid", "Đã chi"

    FROZEN = frozenset({State.DECIDED, State.PAID})
    # Of no site: its archive copy is read by the screens of royalties alone, not by all who work for the city.
    owner_site = None

    number = models.CharField("số bảng kê", max_length=40, unique=True)
    month = models.DateField("tháng")
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.SUBMITTED)
    budget_line = models.CharField("dòng kinh phí", max_length=200, blank=True)
    total = models.PositiveBigIntegerField("tổng cộng (đồng)", default=0)
    tax = models.PositiveBigIntegerField("thuế khấu trừ (đồng)", default=0)
    net = models.PositiveBigIntegerField("thực nhận (đồng)", default=0)
    legal_sources = models.TextField("căn cứ", blank=True)
    over_budget = models.PositiveBigIntegerField("vượt kinh phí (đồng)", default=0)
    digest = models.CharField("mã băm các dòng", max_length=64)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người lập", on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("trình lúc")
    remark = models.TextField("ý kiến của người lập", blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người quyết định", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    note = models.TextField("ý kiến của người quyết định", blank=True)
    copy_id = models.BigIntegerField("bản lưu trữ", null=True)
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người chi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    paid_on = models.DateField("ngày chi", null=True)
    voucher = models.CharField("chứng từ chi", max_length=120, blank=True)

    never_deleted = True

    class Meta:
        verbose_name = "bảng kê nhuận bút, thù lao"
        verbose_name_plural = "bảng kê nhuận bút, thù lao"
        ordering = ["-month", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("submitted_by")),
                name="statement_of_two_persons",
            ),
        ]

    def __str__(self):
        return f"Bảng kê {self.number}"

    @property
    def is_frozen(self) -> bool:
        return self.state in self.FROZEN


class StatementLine(models.Model):
    """What one person gets for one item: text of that day, so that nothing that changes later changes it."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    contributor = models.ForeignKey(Contributor, on_delete=models.PROTECT, related_name="+")
    royalty_id = models.BigIntegerField("khoản")
    is_work = models.BooleanField("thù lao tạo lập, số hóa", default=False)
    byline = models.CharField("tên, bút danh", max_length=150)
    full_name = EncryptedTextField("họ và tên", blank=True)
    organisation = models.CharField("đơn vị", max_length=200, blank=True)
    title = models.CharField("tên tin, bài, việc", max_length=300)
    section = models.CharField("chuyên mục", max_length=200, blank=True)
    made_on = models.DateField("ngày đăng")
    genre = models.CharField("thể loại", max_length=200, blank=True)
    rate = models.DecimalField("hệ số, số lượng", max_digits=10, decimal_places=2)
    unit_value = models.PositiveIntegerField("đơn giá (đồng)")
    portion = models.DecimalField("tỷ lệ (%)", max_digits=5, decimal_places=2)
    extra = models.DecimalField("cộng thêm (%)", max_digits=5, decimal_places=2)
    part = models.DecimalField("phần (%)", max_digits=5, decimal_places=2)
    amount = models.PositiveBigIntegerField("thành tiền (đồng)")
    tax = models.PositiveBigIntegerField("thuế khấu trừ (đồng)", default=0)
    net = models.PositiveBigIntegerField("thực nhận (đồng)", default=0)

    # Emptied of nothing and never gone; the encrypted name may be written anew under another key.
    never_deleted = True

    class Meta:
        verbose_name = "dòng của bảng kê"
        verbose_name_plural = "dòng của bảng kê"
        ordering = ["statement", "is_work", "byline", "pk"]

    def __str__(self):
        return f"{self.byline}: {self.title}"
