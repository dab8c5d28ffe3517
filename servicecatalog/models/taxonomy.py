"""What the catalogue is arranged by: ngành, lĩnh vực, life events, who may apply. Data of the whole city."""

from django.db import models
from django.utils.translation import get_language

from accounts.roles import DISPATCH, WRITE

# The city's lists are maintained by the standing office (Quy chế Điều 13.1); writers may look things up in them.
SHARED_LIST = {WRITE: ("view",), DISPATCH: ("add", "change", "view")}


class Named(models.Model):
    """A name in two languages with a place in addresses and in the order of its list."""

    name = models.CharField("tên", max_length=200, unique=True)
    name_en = models.CharField("tên tiếng Anh", max_length=200, blank=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=100, unique=True)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)

    permissions_by_capability = SHARED_LIST

    class Meta:
        abstract = True
        ordering = ["sort_order", "name"]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (self.name_en if get_language() == "en" else "") or self.name


class Sector(Named):
    """A branch of administration (ngành): Tư pháp, Xây dựng (Thông tư 32/2017/TT-BTTTT Điều 6)."""

    class Meta(Named.Meta):
        verbose_name = "ngành"
        verbose_name_plural = "ngành"


class ServiceField(Named):
    """A field (lĩnh vực) inside a branch: Hộ tịch, Chứng thực."""

    sector = models.ForeignKey(Sector, verbose_name="ngành", on_delete=models.PROTECT, related_name="fields")

    class Meta(Named.Meta):
        verbose_name = "lĩnh vực dịch vụ"
        verbose_name_plural = "lĩnh vực dịch vụ"


class LifeEvent(Named):
    """A reason in a citizen's life to come: "Sinh con", "Kết hôn"."""

    icon = models.CharField("biểu tượng", max_length=40, blank=True)

    class Meta(Named.Meta):
        verbose_name = "sự kiện trong đời"
        verbose_name_plural = "sự kiện trong đời"


class ApplicantKind(Named):
    """Who may apply (đối tượng thực hiện): one of the seven kinds of the national database of procedures."""

    class Meta(Named.Meta):
        verbose_name = "đối tượng thực hiện"
        verbose_name_plural = "đối tượng thực hiện"
