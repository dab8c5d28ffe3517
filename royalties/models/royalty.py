"""An item (khoản): what is proposed for one publication, picture or work, and who shares it."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from base.models import PortalSite

from .contributor import Contributor
from .statement import Statement
from .tariff import ScaleLine


class Royalty(models.Model):
    """What is proposed, and later decided, for one thing; all that the amount rests on is stored with it.

    `rate` is the coefficient, or how many pages or fields; `unit_value` the đồng of one; `portion` per cent of the
    genre that a translation or a republication gets. `amount` is the outcome in whole đồng, computed once by the scale
    of `made_on` and again only when a person changes the item. `month` is the first day of the month it belongs to.
    """

    class Kind(models.TextChoices):
        TEXT = "text", "Tin, bài"
        PICTURE = "picture", "Ảnh"
        TRANSLATION = "translation", "Bản dịch"
        WORK = "work", "Tạo lập, số hóa"

    class State(models.TextChoices):
        PROPOSED = "proposed", "Đề xuất"
        EXCLUDED = "excluded", "Không chi"
        LISTED = "listed", "Trong bảng kê"

    kind = models.CharField("loại", max_length=12, choices=Kind.choices)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.PROPOSED)
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    page_id = models.BigIntegerField("bài", null=True, blank=True)
    picture_id = models.BigIntegerField("ảnh", null=True, blank=True)
    title = models.CharField("tên tin, bài, việc", max_length=300)
    section = models.CharField("chuyên mục", max_length=200, blank=True)
    made_on = models.DateField("ngày đăng, ngày hoàn thành")
    month = models.DateField("tháng", editable=False)
    line = models.ForeignKey(
        ScaleLine, verbose_name="thể loại", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    genre = models.CharField("thể loại", max_length=200, blank=True)
    legal_source = models.CharField("căn cứ", max_length=300, blank=True)
    rate = models.DecimalField(
        "hệ số, số lượng", max_digits=10, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)]
    )
    unit_value = models.PositiveIntegerField("đơn giá (đồng)", default=0)
    portion = models.DecimalField("tỷ lệ của thể loại (%)", max_digits=5, decimal_places=2, default=Decimal(100))
    extra = models.DecimalField("cộng thêm (%)", max_digits=5, decimal_places=2, default=Decimal(0))
    amount = models.PositiveBigIntegerField("thành tiền (đồng)", default=0)
    reason = models.CharField("lý do điều chỉnh, không chi", max_length=300, blank=True)
    statement = models.ForeignKey(
        Statement, verbose_name="bảng kê", null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    proposed_at = models.DateTimeField("đề xuất lúc")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người sửa", null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField("sửa lúc", null=True)
    # Who made and who submitted the page: what stands there under a name that is not known may be theirs.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="người soạn, gửi duyệt", related_name="+")

    # Of no site: what is written down of it is read by those who read the trail of the city, not by the ward's people.
    owner_site = None
    never_deleted = True

    class Meta:
        verbose_name = "khoản nhuận bút, thù lao"
        verbose_name_plural = "khoản nhuận bút, thù lao"
        ordering = ["made_on", "pk"]
        indexes = [models.Index(fields=["month", "state"]), models.Index(fields=["page_id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["page_id"], condition=Q(picture_id=None, page_id__isnull=False), name="one_item_a_publication"
            ),
            models.UniqueConstraint(
                fields=["picture_id"], condition=Q(picture_id__isnull=False), name="one_item_a_picture"
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        self.month = self.made_on.replace(day=1)
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """Whether it may be changed: no statement that waits or was decided names it."""
        return self.statement_id is None

    @property
    def is_work(self) -> bool:
        """Whether it is thù lao for making or digitising information, not a royalty of an author."""
        return self.kind == self.Kind.WORK


class Share(models.Model):
    """What one contributor gets of an item: their part in per cent, and the đồng it comes to."""

    royalty = models.ForeignKey(Royalty, on_delete=models.CASCADE, related_name="shares")
    contributor = models.ForeignKey(
        Contributor, verbose_name="người hưởng", on_delete=models.PROTECT, related_name="shares"
    )
    part = models.DecimalField("phần (%)", max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    amount = models.PositiveBigIntegerField("số tiền (đồng)", default=0)

    class Meta:
        verbose_name = "phần của người hưởng"
        verbose_name_plural = "phần của người hưởng"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["royalty", "contributor"], name="one_share_a_contributor"),
        ]

    def __str__(self):
        return f"{self.contributor}: {self.amount}"


class Adjustment(models.Model):
    """What was changed of an item, by whom, when and why; the amounts before and after in đồng."""

    royalty = models.ForeignKey(Royalty, on_delete=models.PROTECT, related_name="adjustments")
    before = models.PositiveBigIntegerField("trước (đồng)")
    after = models.PositiveBigIntegerField("sau (đồng)")
    reason = models.CharField("lý do", max_length=300)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người sửa", on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("lúc")

    append_only = True

    class Meta:
        verbose_name = "lần điều chỉnh"
        verbose_name_plural = "lần điều chỉnh"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.royalty}: {self.reason}"
