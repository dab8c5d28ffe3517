"""What amounts rest on: scales, base salary, income tax, budget; rows with a legal source and days, never changed."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

NOT_NEGATIVE = [MinValueValidator(0)]


class TariffQuerySet(models.QuerySet):
    """Tariffs by decision and day."""

    def decided(self):
        """Those the head agreed to."""
        return self.filter(accepted=True)

    def waiting(self):
        """Those that wait for the head."""
        return self.filter(decided_at=None)

    def valid_on(self, day: date):
        """Those that hold on a day, the newest first."""
        ended = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        return self.decided().filter(ended, valid_from__lte=day).order_by("-valid_from", "-pk")


class Tariff(models.Model):
    """Proposed by one person, decided by the head; holds from `valid_from` to `valid_to`, both days included.

    A row of law that came with the portal has no person: `proposed_by` is empty.
    """

    legal_source = models.CharField("căn cứ", max_length=300, help_text="Số, ngày văn bản; điều khoản.")
    valid_from = models.DateField("áp dụng từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người đề xuất", null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField("đề xuất lúc")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người quyết định", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    accepted = models.BooleanField("đồng ý", null=True)
    note = models.TextField("ý kiến", blank=True)

    objects = TariffQuerySet.as_manager()
    never_deleted = True

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether the head has not decided yet."""
        return self.decided_at is None

    @property
    def state_label(self) -> str:
        """How it stands, as text."""
        if self.is_open:
            return "chờ Trưởng ban quyết định"
        return "đã quyết định" if self.accepted else "không đồng ý"


class Scale(Tariff):
    """A scale (biểu mức chi): what each genre, portion, extra and tariff is worth on its days.

    By `coefficient` a line's rate is multiplied by a share (`unit_percent`) of the base salary; by `amount` the lines
    are in đồng. `is_illustration`: made for the demonstration, no legal act stands behind it.
    """

    class Way(models.TextChoices):
        COEFFICIENT = "coefficient", "Hệ số × giá trị đơn vị hệ số"
        AMOUNT = "amount", "Mức tiền (đồng)"

    name = models.CharField("tên biểu mức", max_length=200)
    way = models.CharField("cách tính", max_length=12, choices=Way.choices)
    unit_percent = models.DecimalField(
        "giá trị đơn vị hệ số (% lương cơ sở)",
        max_digits=5,
        decimal_places=2,
        default=Decimal(10),
        validators=NOT_NEGATIVE,
    )
    is_illustration = models.BooleanField("dữ liệu minh họa", default=False)

    class Meta:
        verbose_name = "biểu mức chi"
        verbose_name_plural = "biểu mức chi"
        ordering = ["-valid_from", "-pk"]

    def __str__(self):
        return self.name


class ScaleLine(models.Model):
    """One line of a scale: from the least to the most, and what is proposed as long as no user has looked.

    Of a genre a coefficient or đồng, by the scale; of a portion or an extra per cent of the genre; of a tariff đồng for
    one `unit` (trang, trường).
    """

    class Kind(models.TextChoices):
        GENRE = "genre", "Thể loại"
        PORTION = "portion", "Bằng tỷ lệ của thể loại"
        EXTRA = "extra", "Cộng thêm theo tỷ lệ"
        TARIFF = "tariff", "Tạo lập, chuyển đổi, số hóa"

    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField("nhóm", max_length=8, choices=Kind.choices)
    code = models.SlugField("mã", max_length=30)
    label = models.CharField("nội dung", max_length=200)
    unit = models.CharField("đơn vị tính", max_length=40, blank=True)
    least = models.DecimalField("thấp nhất", max_digits=12, decimal_places=2, validators=NOT_NEGATIVE)
    usual = models.DecimalField("đề xuất", max_digits=12, decimal_places=2, validators=NOT_NEGATIVE)
    most = models.DecimalField("cao nhất", max_digits=12, decimal_places=2, validators=NOT_NEGATIVE)
    sort_order = models.PositiveSmallIntegerField(default=0)

    never_deleted = True

    class Meta:
        verbose_name = "dòng của biểu mức"
        verbose_name_plural = "dòng của biểu mức"
        ordering = ["scale", "sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scale", "code"], name="one_line_a_code"),
            models.CheckConstraint(
                condition=Q(least__lte=models.F("usual")) & Q(usual__lte=models.F("most")), name="line_in_order"
            ),
        ]

    def __str__(self):
        return self.label


class BaseSalary(Tariff):
    """The monthly base salary (mức lương cơ sở) by law."""

    amount = models.PositiveIntegerField("mức lương cơ sở (đồng/tháng)")

    class Meta:
        verbose_name = "mức lương cơ sở"
        verbose_name_plural = "mức lương cơ sở"
        ordering = ["-valid_from", "-pk"]

    def __str__(self):
        return f"Lương cơ sở từ {self.valid_from:%d/%m/%Y}"


class TaxRule(Tariff):
    """Personal income tax withheld from a payment to a person without a labour contract."""

    percent = models.DecimalField("tỷ lệ khấu trừ (%)", max_digits=5, decimal_places=2, validators=NOT_NEGATIVE)
    threshold = models.PositiveIntegerField("từ mức chi mỗi lần (đồng)")

    class Meta:
        verbose_name = "mức khấu trừ thuế"
        verbose_name_plural = "mức khấu trừ thuế"
        ordering = ["-valid_from", "-pk"]

    def __str__(self):
        return f"Khấu trừ thuế từ {self.valid_from:%d/%m/%Y}"


class Budget(Tariff):
    """What may be spent from one budget line between two days; above it the portal warns, it forbids nothing."""

    line = models.CharField("dòng kinh phí", max_length=200, help_text="Ví dụ: Chi nhuận bút, chương 799 khoản 171.")
    amount = models.PositiveBigIntegerField("kinh phí được giao (đồng)")

    class Meta:
        verbose_name = "kinh phí"
        verbose_name_plural = "kinh phí"
        ordering = ["-valid_from", "-pk"]

    def __str__(self):
        return f"{self.line}, từ {self.valid_from:%d/%m/%Y}"
