"""Who issues documents, in which period it may issue law, and which types of documents there are."""

from django.core.exceptions import ValidationError
from django.db import models
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.search import index

from accounts.roles import ADMINISTER, DISPATCH, WRITE
from base.models import OrganisationUnit
from base.models.unit import Validity, ValidityQuerySet
from vietnam import document_numbers, text
from vietnam.dates import format_short


class Family(models.TextChoices):
    """The two families of documents, and what is no law of its own."""

    LEGAL = document_numbers.LEGAL, "Văn bản quy phạm pháp luật"
    ADMINISTRATIVE = document_numbers.ADMINISTRATIVE, "Văn bản hành chính"
    TECHNICAL = document_numbers.TECHNICAL, "Văn bản hợp nhất, bản sao"


class DocumentType(models.Model):
    """A type of document: its name, the letters in its symbol, the family it belongs to (both for a Quyết định)."""

    FAMILIES = [*Family.choices, (document_numbers.BOTH, "Cả hai")]

    name = models.CharField("tên loại", max_length=80, unique=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=80, unique=True)
    abbr = models.CharField(
        "chữ viết tắt", max_length=10, blank=True, help_text="Như trong ký hiệu: QĐ, TT, KH; để trống nếu không có."
    )
    family = models.CharField("nhóm", max_length=20, choices=FAMILIES)
    is_published = models.BooleanField(
        "được đăng", default=True, help_text="Giấy mời, phiếu gửi… không đăng công khai."
    )
    sort_order = models.PositiveIntegerField("thứ tự", default=0)

    permissions_by_capability = {DISPATCH: ("add", "change", "view"), ADMINISTER: ("add", "change", "view")}

    class Meta:
        verbose_name = "loại văn bản"
        verbose_name_plural = "loại văn bản"
        ordering = ["sort_order", "name"]

    def __str__(self):
        return self.name

    @property
    def abbr_in_symbol(self) -> str:
        """The letters of the type as a symbol has them: an official letter (công văn) has none."""
        return "" if self.abbr == document_numbers.WITHOUT_LETTERS else self.abbr


class IssuingBody(Validity, index.Indexed, ClusterableModel):
    """A body that issues documents, with the dates of its existence; a closed one keeps its documents.

    `unit` is its row among the city's units, if it has one.
    """

    name = models.CharField("tên cơ quan", max_length=200)
    slug = models.SlugField("tên trong địa chỉ", max_length=100, unique=True)
    symbol = models.CharField("ký hiệu", max_length=40, blank=True, help_text="Ví dụ: UBND, CP, BTTTT.")
    unit = models.ForeignKey(
        OrganisationUnit, verbose_name="đơn vị", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    predecessor = models.ForeignKey(
        "self",
        verbose_name="tiếp nối cơ quan",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="successors",
    )

    objects = ValidityQuerySet.as_manager()

    search_fields = [index.SearchField("name"), index.AutocompleteField("name"), index.FilterField("symbol")]
    permissions_by_capability = {
        WRITE: ("add", "view"),
        DISPATCH: ("add", "change", "view"),
        ADMINISTER: ("add", "change", "view"),
    }

    class Meta:
        verbose_name = "cơ quan ban hành"
        verbose_name_plural = "cơ quan ban hành"
        ordering = ["name"]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        self.name = text.nfc(self.name)
        if not self.slug:
            self.slug = text.slug(self.name)
        if self.predecessor_id and self.predecessor_id == self.pk:
            raise ValidationError(
                {"predecessor": "Cơ quan không tiếp nối chính mình; hãy chọn cơ quan khác hoặc để trống."}
            )
        self._refuse_circle()
        self._demand_documents_inside()

    def _refuse_circle(self) -> None:
        seen, before = {self.pk}, self.predecessor
        while before is not None and self.pk:
            if before.pk in seen:
                raise ValidationError(
                    {"predecessor": f"«{self.predecessor}» đã tiếp nối cơ quan này; hãy chọn cơ quan có trước nó."}
                )
            seen.add(before.pk)
            before = before.predecessor

    def _demand_documents_inside(self) -> None:
        """A closed body keeps its documents, so none may lie outside of its dates."""
        if not self.pk:
            return
        issued = self.documents.exclude(issued_on=None).order_by("issued_on")
        for name, outside in (
            ("valid_from", issued.filter(issued_on__lt=self.valid_from) if self.valid_from else issued.none()),
            ("valid_to", issued.filter(issued_on__gt=self.valid_to) if self.valid_to else issued.none()),
        ):
            document = outside.select_related("document_type").last()
            if document is not None:
                raise ValidationError(
                    {
                        name: f"{outside.count()} văn bản của cơ quan này nằm ngoài thời gian đó, ví dụ «{document}» "
                        f"ngày {format_short(document.issued_on)}; hãy sửa ngày, hoặc sửa văn bản trước."
                    }
                )

    def problem_on(self, on) -> str:
        """Explain why it cannot have issued anything on a day, and what to choose instead; "" when it can."""
        if on is None or self.is_valid(on):
            return ""
        if self.valid_to and on > self.valid_to:
            period = f"«{self}» kết thúc hoạt động sau ngày {format_short(self.valid_to)}"
            others = [body for body in self.successors.all() if body.is_valid(on)]
        else:
            period = f"«{self}» hoạt động từ ngày {format_short(self.valid_from)}"
            others = [body for body in (self.predecessor,) if body is not None and body.is_valid(on)]
        instead = " hoặc ".join(f"«{body}»" for body in others) or "cơ quan khác"
        return f"{period}; hãy kiểm tra ngày ban hành hoặc chọn {instead}."

    def may_issue_law(self, on) -> bool:
        """Tell whether it could issue legal normative documents on a day; True when no period is recorded."""
        periods = list(self.competences.all())
        return not periods or any(period.is_valid(on) for period in periods)


class LegalCompetence(Validity):
    """A period in which a body may issue legal normative documents (thẩm quyền ban hành VBQPPL)."""

    body = ParentalKey(IssuingBody, on_delete=models.CASCADE, related_name="competences")
    legal_source = models.CharField("căn cứ", max_length=300)

    class Meta:
        verbose_name = "thời gian được ban hành văn bản quy phạm pháp luật"
        verbose_name_plural = "thời gian được ban hành văn bản quy phạm pháp luật"

    def __str__(self):
        return self.legal_source
