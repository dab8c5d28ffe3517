"""Levels of online services: coded values in named, dated schemes, never one number (three generations of law)."""

from django.db import models
from django.utils.translation import get_language

from base.models.unit import Validity, ValidityQuerySet

from .taxonomy import SHARED_LIST


class LevelScheme(Validity):
    """A vocabulary of levels with the days on which it is law: `nd43`, `nd42`, `nd224`."""

    code = models.SlugField("mã", max_length=20, unique=True)
    name = models.CharField("tên", max_length=200)
    legal_source = models.CharField("căn cứ", max_length=300)

    objects = ValidityQuerySet.as_manager()

    permissions_by_capability = SHARED_LIST

    class Meta:
        verbose_name = "hệ mức độ dịch vụ"
        verbose_name_plural = "hệ mức độ dịch vụ"
        ordering = ["valid_from"]

    def __str__(self):
        return self.name

    @property
    def mark(self) -> str:
        """Its code as people write the law behind it: `nd43` → "NĐ 43"."""
        return f"NĐ {self.code[2:]}" if self.code.startswith("nd") else self.code


class ServiceLevel(models.Model):
    """One value of a scheme.

    `axis` tells the level of the service itself from the four proactive levels of NĐ 224/2026 Điều 16, which are
    another scale and never a successor of the old 1–4. `rank` orders the values of an axis, the most online last.
    """

    class Axis(models.TextChoices):
        DELIVERY = "delivery", "Mức độ cung cấp"
        PROACTIVE = "proactive", "Dịch vụ công chủ động"

    scheme = models.ForeignKey(LevelScheme, verbose_name="hệ", on_delete=models.PROTECT, related_name="levels")
    axis = models.CharField("trục", max_length=10, choices=Axis.choices, default=Axis.DELIVERY)
    code = models.SlugField("mã", max_length=30)
    name = models.CharField("tên", max_length=120)
    name_en = models.CharField("tên tiếng Anh", max_length=120, blank=True)
    description = models.TextField("nghĩa")
    description_en = models.TextField("nghĩa, tiếng Anh", blank=True)
    is_online = models.BooleanField("nộp trực tuyến được", default=False)
    rank = models.PositiveSmallIntegerField("bậc", default=0)

    permissions_by_capability = SHARED_LIST

    class Meta:
        verbose_name = "mức độ dịch vụ"
        verbose_name_plural = "mức độ dịch vụ"
        ordering = ["scheme__valid_from", "axis", "rank"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="one_level_a_code")]

    def __str__(self):
        return f"{self.name} ({self.scheme.mark})"

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (self.name_en if get_language() == "en" else "") or self.name

    @property
    def meaning(self) -> str:
        """What it means, in the language of the page."""
        return (self.description_en if get_language() == "en" else "") or self.description


class LevelMapping(models.Model):
    """What a level of one scheme becomes in the next one while no person has decided it for the service itself.

    An approximate one is shown, and flagged for review in the office.
    """

    source = models.ForeignKey(ServiceLevel, verbose_name="từ", on_delete=models.CASCADE, related_name="mapped_to")
    target = models.ForeignKey(ServiceLevel, verbose_name="thành", on_delete=models.CASCADE, related_name="mapped_from")
    is_approximate = models.BooleanField("gần đúng, cần rà soát", default=True)
    note = models.CharField("ghi chú", max_length=300, blank=True)

    permissions_by_capability = SHARED_LIST

    class Meta:
        verbose_name = "quy đổi mức độ"
        verbose_name_plural = "quy đổi mức độ"
        constraints = [models.UniqueConstraint(fields=["source"], name="one_mapping_a_level")]

    def __str__(self):
        return f"{self.source} → {self.target}"
