"""Organisation units over time: city, offices, wards and communes, schools; who holds a post in them, what became of
them.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q


class ValidityQuerySet(models.QuerySet):
    """Rows with `valid_from` and `valid_to`, both inclusive, empty meaning open."""

    def valid(self, on):
        """Rows that are valid on the given local date."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=on),
            Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        )


class Validity(models.Model):
    """Dates from and to which a row counts; both inclusive, empty meaning open."""

    valid_from = models.DateField("có từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    objects = ValidityQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self):
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": "Ngày kết thúc phải sau ngày bắt đầu; hãy sửa một trong hai ngày."})

    def has_ended(self, on) -> bool:
        """Tell whether its last day is before the given local date."""
        return self.valid_to is not None and self.valid_to < on

    def is_valid(self, on) -> bool:
        """Tell whether the row counts on the given local date."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or self.valid_to >= on)


class UnitQuerySet(ValidityQuerySet):
    """Units by day, and by what readers may know of them."""

    def known(self, on):
        """Those that readers may know of by a day, former ones too: none that is to come, nor one whose site is being
        prepared, which one person proposes and a second opens or returns, or was never opened.
        """
        begun = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
        return self.filter(begun).exclude(portal_site__state__in=("prepared", "discarded"))

    def public(self, on):
        """Those that readers may find on a day."""
        return self.known(on).valid(on)

    def real(self):
        """All but the unit of the practice site, and of a site that was never opened."""
        return self.exclude(portal_site__kind="practice").exclude(portal_site__state="discarded")


class OrganisationUnit(Validity):
    """A unit that supplies content or answers for it (Quy chế Điều 2, Điều 13).

    A closed unit keeps its row, its documents and its old pages; `UnitSuccession` names who came after it, `UnitAct`
    by which decision. `responsible_person` is written by `home/units/` where a post says so.
    """

    never_deleted = True

    class Kind(models.TextChoices):
        CITY = "city", "Thành phố"
        PARTY = "party", "Cơ quan Đảng"
        COUNCIL = "council", "Hội đồng nhân dân"
        OFFICE = "office", "Phòng"
        COMMITTEE = "committee", "Ban"
        SECTOR = "sector", "Cơ quan ngành dọc"
        MASS_ORGANISATION = "mass_organisation", "Đoàn thể"
        PUBLIC_UNIT = "public_unit", "Đơn vị sự nghiệp"
        SCHOOL = "school", "Trường học"
        WARD = "ward", "Phường"
        COMMUNE = "commune", "Xã"
        EXTERNAL = "external", "Cơ quan khác"

    name = models.CharField("tên đơn vị", max_length=200)
    name_en = models.CharField("tên tiếng Anh", max_length=200, blank=True)
    authority_name = models.CharField(
        "tên cơ quan", max_length=200, blank=True, help_text="Ví dụ: Ủy ban nhân dân phường Mỹ Long."
    )
    short_name = models.CharField("tên ngắn", max_length=80, blank=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=80, unique=True)
    kind = models.CharField("loại", max_length=20, choices=Kind.choices)
    symbol = models.CharField("ký hiệu văn bản", max_length=20, blank=True)
    gso_code = models.CharField("mã đơn vị hành chính", max_length=10, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name="trực thuộc",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    address = models.CharField("địa chỉ", max_length=255, blank=True)
    phone = models.CharField("điện thoại", max_length=40, blank=True)
    fax = models.CharField("fax", max_length=40, blank=True)
    email = models.EmailField("thư điện tử chính thức", blank=True)
    website = models.URLField("trang thông tin", blank=True)
    responsible_person = models.CharField("người chịu trách nhiệm nội dung", max_length=120, blank=True)
    duties = models.TextField("chức năng, nhiệm vụ", blank=True)
    reception_hours = models.CharField("giờ tiếp dân", max_length=200, blank=True)
    facts = models.JSONField("số liệu giới thiệu", default=list, blank=True)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"
        ordering = ["sort_order", "name"]

    def __str__(self):
        return self.name

    @property
    def full_name(self) -> str:
        """The name of the authority, as printed in header and footer."""
        return self.authority_name or self.name


class UnitSuccession(models.Model):
    """Who follows a closed, merged or renamed unit, from which day and by which legal act."""

    predecessor = models.ForeignKey(OrganisationUnit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(OrganisationUnit, on_delete=models.PROTECT, related_name="precessions")
    effective_on = models.DateField("từ ngày")
    share = models.DecimalField("phần chuyển sang (%)", max_digits=5, decimal_places=2, default=100)
    legal_act = models.CharField("theo văn bản", max_length=200)

    never_deleted = True

    class Meta:
        verbose_name = "kế thừa đơn vị"
        verbose_name_plural = "kế thừa đơn vị"
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="one_succession_a_pair"),
            models.CheckConstraint(
                condition=~Q(predecessor=models.F("successor")), name="unit_does_not_succeed_itself"
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


class UnitAct(models.Model):
    """What one decision did to a unit; written once, when a second person has confirmed it.

    `unit` is the one that was made, renamed, split or ended, or that takes others in. `former_name` is what it was
    called before; `others` are those that it took in, or that were made out of it.
    """

    class Kind(models.TextChoices):
        FOUNDED = "founded", "Thành lập"
        RENAMED = "renamed", "Đổi tên"
        MERGED = "merged", "Sáp nhập, hợp nhất"
        SPLIT = "split", "Chia, tách"
        ENDED = "ended", "Giải thể, chấm dứt"

    kind = models.CharField("việc", max_length=10, choices=Kind.choices)
    unit = models.ForeignKey(OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="acts")
    others = models.ManyToManyField(
        OrganisationUnit, verbose_name="đơn vị liên quan", blank=True, related_name="acts_of_others"
    )
    former_name = models.CharField("tên trước đó", max_length=200, blank=True)
    effective_on = models.DateField("từ ngày")
    legal_act = models.CharField("theo văn bản", max_length=200)

    never_deleted = True
    names_what_is_done = True

    class Meta:
        verbose_name = "quyết định về đơn vị"
        verbose_name_plural = "quyết định về đơn vị"
        ordering = ["-effective_on", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.unit}"


class PostHolder(Validity):
    """A person in a post (chức danh) of a unit for a term; kept once, shown wherever the unit is (NĐ 43/2011 Điều
    10.1.a, 10.1.k).

    Who leaves gets a last day and stays. `is_head`: of all posts of the unit the first; `answers_for_content`: the
    person whom the footer names.
    """

    unit = models.ForeignKey(OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="holders")
    name = models.CharField("họ và tên", max_length=120)
    post = models.CharField("chức vụ", max_length=160)
    is_head = models.BooleanField("đứng đầu đơn vị", default=False)
    answers_for_content = models.BooleanField(
        "chịu trách nhiệm nội dung của trang", default=False, help_text="Chân trang nêu tên người này."
    )
    duties = models.TextField("nhiệm vụ được phân công", max_length=1000, blank=True)
    biography = models.TextField("tiểu sử tóm tắt", max_length=2000, blank=True)
    phone = models.CharField("điện thoại cơ quan", max_length=40, blank=True)
    email = models.EmailField("thư điện tử chính thức", blank=True)
    reception_days = models.CharField(
        "ngày tiếp dân", max_length=200, blank=True, help_text="Ví dụ: thứ Năm hằng tuần, 07 giờ 30 đến 11 giờ 30."
    )
    legal_act = models.CharField("theo quyết định", max_length=200, blank=True)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)

    never_deleted = True

    class Meta:
        verbose_name = "người giữ chức vụ"
        verbose_name_plural = "người giữ chức vụ"
        ordering = ["-is_head", "sort_order", "pk"]
        indexes = [models.Index(fields=["unit", "valid_to"], name="holder_of_unit")]

    def __str__(self):
        return f"{self.name}, {self.post}"

    @property
    def is_leader(self) -> bool:
        """Shown among the leaders, whose life and duties must be public."""
        return self.is_head or bool(self.biography.strip() and self.duties.strip())
