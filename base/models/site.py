"""The city's site and its component sites: what a Wagtail `Site` row cannot say."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.models import Page, Site

from ..queries.prepared import Prepared, given
from .unit import OrganisationUnit, Validity

_HOME = Prepared(lambda: Page.objects.filter(translation_key=given("key"), locale_id=given("locale")))
_SOURCE_HOME = Prepared(
    lambda: Page.objects.filter(translation_key=given("key"), locale__language_code=given("language"))
)


class PortalSite(Validity):
    """The city's site or a component site (Trang thông tin thành phần, Quy chế Điều 9).

    A site is known by the translation key of its home page, never by its host: hosts change owner.
    `approval_mode` says who approves here (Quy chế Điều 20): the city's board, or a ward approver by delegation.
    A frozen site stays readable under a banner that names its successor; a closed one redirects. A discarded one was
    prepared and never opened (`home/opening/discarding.py`): nothing is left of it but its row. A practice site is for
    training, with the real screens, and never opens: no page, file or record of it is ever public (decision 0075).
    """

    class Kind(models.TextChoices):
        CITY = "city", "Trang thành phố"
        WARD = "ward", "Trang phường, xã"
        PRACTICE = "practice", "Trang thực hành"

    # (value, name) of the kinds that readers know, of which something is asked.
    PUBLIC_KINDS = [choice for choice in Kind.choices if choice[0] != "practice"]

    class Approval(models.TextChoices):
        CENTRAL = "central", "Ban Biên tập thành phố duyệt"
        DELEGATED = "delegated", "Người được ủy quyền của phường, xã duyệt"

    class State(models.TextChoices):
        PREPARED = "prepared", "Đang chuẩn bị"
        OPEN = "open", "Đang hoạt động"
        FROZEN = "frozen", "Ngừng cập nhật"
        CLOSED = "closed", "Đã đóng"
        DISCARDED = "discarded", "Hồ sơ mở trang đã bỏ"

    # The states in which a site takes what is new, and those in which readers do not know of it.
    TAKING = (State.PREPARED, State.OPEN)
    UNKNOWN = (State.PREPARED, State.DISCARDED)

    unit = models.OneToOneField(
        OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="portal_site"
    )
    kind = models.CharField("loại", max_length=10, choices=Kind.choices)
    name = models.CharField("tên trang", max_length=200)
    name_en = models.CharField("tên tiếng Anh", max_length=200, blank=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=80, unique=True)
    home_key = models.UUIDField("khóa trang chủ", unique=True, editable=False)
    parent = models.ForeignKey(
        "self",
        verbose_name="thuộc trang",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="components",
    )
    wagtail_site = models.OneToOneField(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="portal_site", editable=False
    )
    approval_mode = models.CharField(
        "ai duyệt",
        max_length=10,
        choices=Approval.choices,
        default=Approval.CENTRAL,
        help_text="Điều 20: mặc định Ban Biên tập thành phố duyệt; có thể ủy quyền cho phường, xã.",
    )
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.PREPARED)
    successor = models.ForeignKey(
        "self",
        verbose_name="trang kế thừa",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
    )
    state_note = models.CharField("lý do, căn cứ", max_length=300, blank=True)
    state_changed_on = models.DateField("từ ngày", null=True, blank=True)

    class Meta:
        verbose_name = "trang thành phần"
        verbose_name_plural = "các trang"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="city"), name="one_city_site"),
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="practice"), name="one_practice_site"),
            models.CheckConstraint(
                condition=~Q(kind="practice") | Q(state="prepared", wagtail_site__isnull=True),
                name="practice_site_never_opens",
            ),
        ]

    def __str__(self):
        return self.name

    def name_in(self, language_code: str | None) -> str:
        """Return its name in a language; the Vietnamese one where there is no other."""
        return (language_code == "en" and self.name_en) or self.name

    @property
    def is_city(self) -> bool:
        return self.kind == self.Kind.CITY

    @property
    def is_practice(self) -> bool:
        return self.kind == self.Kind.PRACTICE

    @property
    def role_sites(self) -> tuple[int, ...]:
        """The keys of the sites whose roles have effect here: its own and the city's; its own alone for practice."""
        return (self.pk,) if self.is_practice or not self.parent_id else (self.pk, self.parent_id)

    @property
    def depth_of_items(self) -> int:
        """How deep in the tree the pages of its sections are: below its front page and a section."""
        return 4 if self.is_city else 5

    def homes(self):
        """The home pages in all languages."""
        return Page.objects.filter(translation_key=self.home_key)

    def home_page(self, locale=None):
        """The home page in `locale` (default: the source language), or None."""
        if locale is not None:
            return _HOME.first(key=self.home_key, locale=locale.pk)
        return _SOURCE_HOME.first(key=self.home_key, language=settings.LANGUAGE_CODE)


class SiteHost(Validity):
    """A host name a site answers on, with the dates of its right to it."""

    site = models.ForeignKey(PortalSite, on_delete=models.CASCADE, related_name="hosts")
    hostname = models.CharField("tên miền", max_length=255)
    port = models.PositiveIntegerField("cổng", default=443)
    is_primary = models.BooleanField("tên miền chính", default=True)

    class Meta:
        verbose_name = "tên miền"
        verbose_name_plural = "tên miền"
        ordering = ["-is_primary", "hostname"]

    def __str__(self):
        return self.hostname
