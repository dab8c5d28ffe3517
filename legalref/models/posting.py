"""The rules by which a document has to be posted somewhere, kept as data (Quy chế Điều 10.1.b, 10.1.c)."""

from django.core.exceptions import ValidationError
from django.db import models

from accounts.roles import DISPATCH, WRITE
from vietnam.dates import format_short

from .issuing import DocumentType, Family, IssuingBody


class PostingRuleQuerySet(models.QuerySet):
    """Rules by whether they are used."""

    def in_use(self):
        """The rules that the board uses, the oldest first."""
        return self.filter(is_active=True).order_by("pk")


class PostingRule(models.Model):
    """Where documents have to be posted as soon as they are in the register, and which of them.

    A document issued before `issued_from` starts nothing, so that an old register can be brought in. Empty conditions
    mean any. `target` says where; the deadline rule follows from it, so that no number of days stands here.
    """

    class Target(models.TextChoices):
        ISSUER = "issuer", "Trang của cơ quan ban hành"
        NAMED = "named", "Các trang ghi ở «Trang thuộc phạm vi điều chỉnh» của văn bản"
        CITY = "city", "Trang thành phố"
        COMPONENTS = "components", "Trang của mọi phường, xã"
        DISSEMINATION = "dissemination", "Bài tuyên truyền (văn bản đánh dấu «Cần tuyên truyền»)"

    name = models.CharField("tên quy tắc", max_length=200, unique=True)
    target = models.CharField("phải có ở", max_length=15, choices=Target.choices)
    issued_from = models.DateField(
        "văn bản ban hành từ ngày",
        help_text="Văn bản ban hành trước ngày này không bắt đầu thời hạn nào, nên nhập được sổ cũ.",
    )
    issued_until = models.DateField("đến hết ngày", null=True, blank=True)
    issuer = models.ForeignKey(
        IssuingBody,
        verbose_name="cơ quan ban hành",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Để trống: mọi cơ quan.",
    )
    document_type = models.ForeignKey(
        DocumentType,
        verbose_name="loại văn bản",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Để trống: mọi loại.",
    )
    family = models.CharField(
        "nhóm", max_length=20, choices=Family.choices, blank=True, help_text="Để trống: mọi nhóm."
    )
    for_components_only = models.BooleanField(
        "chỉ văn bản áp dụng cho mọi phường, xã",
        default=False,
        help_text="Văn bản có đánh dấu «Hiện trong sổ văn bản của mọi phường, xã».",
    )
    legal_source = models.CharField("căn cứ", max_length=300)
    is_active = models.BooleanField("đang dùng", default=True)

    objects = PostingRuleQuerySet.as_manager()

    permissions_by_capability = {DISPATCH: ("add", "change", "delete", "view"), WRITE: ("view",)}

    class Meta:
        verbose_name = "quy tắc đăng văn bản"
        verbose_name_plural = "quy tắc đăng văn bản"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        if self.issued_from and self.issued_until and self.issued_until < self.issued_from:
            raise ValidationError({"issued_until": "Ngày kết thúc phải từ ngày bắt đầu trở đi; hãy sửa một ngày."})

    @property
    def conditions(self) -> str:
        """For which documents the rule is, as people read it: days of issue, issuer, type, family."""
        parts = [f"ban hành từ {format_short(self.issued_from)}"]
        if self.issued_until:
            parts.append(f"đến hết {format_short(self.issued_until)}")
        parts += [str(one) for one in (self.issuer, self.document_type) if one is not None]
        parts += [self.get_family_display()] if self.family else []
        return "; ".join([*parts, *["áp dụng cho mọi phường, xã"] * self.for_components_only])

    def holds_for(self, document) -> bool:
        """Tell whether the rule holds for a version of a document: by its day of issue, issuer, type and family."""
        return not self.why_not(document)

    def why_not(self, document) -> str:
        """Say why the rule does not hold for a version of a document that has a day of issue; "" when it holds."""
        issued = f"văn bản ban hành ngày {format_short(document.issued_on)}"
        if document.issued_on < self.issued_from:
            return f"{issued}, quy tắc chỉ cho văn bản ban hành từ {format_short(self.issued_from)}"
        if self.issued_until and document.issued_on > self.issued_until:
            return f"{issued}, quy tắc chỉ cho văn bản ban hành đến hết {format_short(self.issued_until)}"
        if self.issuer_id not in (None, document.main_issuer_id):
            return f"quy tắc chỉ cho văn bản của {self.issuer}"
        if self.document_type_id not in (None, document.document_type_id):
            return f"quy tắc chỉ cho loại {self.document_type}"
        if self.family not in ("", document.family):
            return f"quy tắc chỉ cho nhóm {self.get_family_display()}"
        if self.for_components_only and not document.for_components:
            return "văn bản không đánh dấu «Hiện trong sổ văn bản của mọi phường, xã»"
        return ""
