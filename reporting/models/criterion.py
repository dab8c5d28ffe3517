"""The provincial list of criteria by which the sites are scored, as data of the board."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from accounts.roles import DISPATCH, SCORE
from base.models import PortalSite
from base.models.unit import Validity
from sections import catalogue


class Criterion(Validity):
    """One criterion (tiêu chí): what is looked at, by which measure, and how many points it may give.

    A site scores by the criteria that are valid on the last day of the month. `late_points`: what a section gives that
    is there and not up to date. `rules`: codes of deadline rules, parted by spaces; none means all of them. A signed
    sheet keeps the words and points that it was signed with.
    """

    class Measure(models.TextChoices):
        SECTION = "section", "Chuyên mục: có nội dung và cập nhật"
        DEADLINES = "deadlines", "Thời hạn: tỷ lệ đúng hạn trong tháng"
        FINDINGS = "findings", "Nội dung đang đăng: không còn lỗi phải sửa"
        ENGLISH = "english", "Bản tiếng Anh của chuyên mục"
        MANUAL = "manual", "Người chấm ghi điểm"

    code = models.SlugField("mã", max_length=60, unique=True)
    label = models.CharField("tiêu chí", max_length=300)
    group = models.CharField("nhóm", max_length=200)
    site_kind = models.CharField(
        "áp dụng cho",
        max_length=10,
        choices=PortalSite.PUBLIC_KINDS,
        blank=True,
        help_text="Để trống: trang thành phố và trang phường, xã.",
    )
    measure = models.CharField("cách đo", max_length=12, choices=Measure.choices)
    section_key = models.CharField("chuyên mục", max_length=40, blank=True)
    rules = models.CharField(
        "quy tắc thời hạn",
        max_length=300,
        blank=True,
        help_text="Các mã cách nhau bằng dấu cách, ví dụ: DL-DOC-OWN DL-DOC-SCOPE. Để trống: mọi thời hạn.",
    )
    max_points = models.DecimalField("điểm tối đa", max_digits=6, decimal_places=2, validators=[MinValueValidator(0)])
    late_points = models.DecimalField(
        "điểm khi có mà chưa cập nhật", max_digits=6, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    legal_source = models.CharField("căn cứ", max_length=300)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)

    permissions_by_capability = {SCORE: ("view",), DISPATCH: ("add", "change", "view")}

    class Meta:
        verbose_name = "tiêu chí chấm điểm"
        verbose_name_plural = "tiêu chí chấm điểm"
        ordering = ["sort_order", "pk"]

    def __str__(self):
        return self.label

    def clean(self):
        super().clean()
        asks_for_section = self.measure in (self.Measure.SECTION, self.Measure.ENGLISH)
        if asks_for_section and catalogue.section(self.section_key) is None:
            raise ValidationError({"section_key": "Hãy chọn một chuyên mục của danh mục, hoặc chọn cách đo khác."})
        if not asks_for_section and self.section_key:
            raise ValidationError({"section_key": "Cách đo này không cần chuyên mục; hãy để trống."})
        if self.late_points and self.max_points is not None and self.late_points > self.max_points:
            raise ValidationError(
                {"late_points": "Điểm khi chưa cập nhật không quá điểm tối đa; hãy sửa một trong hai."}
            )

    @property
    def rule_codes(self) -> frozenset[str]:
        """The codes of the deadline rules that count; empty for all."""
        return frozenset(self.rules.split())
