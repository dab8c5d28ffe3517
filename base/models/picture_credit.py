"""The credit of a picture: who took it, where it comes from, on what terms it is used."""

from django.db import models
from django.utils.translation import gettext as _


class PictureCredit(models.Model):
    """What stands below a picture, part by part. A photographer of a picture of the portal's `own` gets royalties."""

    class Licence(models.TextChoices):
        OWN = "own", "Ảnh của trang, cộng tác viên chụp cho trang"
        PERMITTED = "permitted", "Được phép sử dụng"
        OPEN = "open", "Giấy phép mở, ghi nguồn là dùng được"
        FREE = "free", "Không còn hoặc không có bản quyền"

    photographer = models.CharField(
        "người chụp, tác giả ảnh",
        max_length=120,
        blank=True,
        help_text="Hiện dưới ảnh; nhiều người cách nhau bằng dấu phẩy.",
    )
    source = models.CharField("nguồn ảnh", max_length=200, blank=True, help_text="Nơi cung cấp; hiện dưới ảnh.")
    licence = models.CharField(
        "quyền sử dụng",
        max_length=10,
        choices=Licence.choices,
        blank=True,
        help_text="Chỉ ảnh của trang, cộng tác viên chụp cho trang mới tính nhuận bút cho người chụp.",
    )

    class Meta:
        abstract = True

    @property
    def credit(self) -> str:
        """What stands below the picture: "Ảnh: Cán bộ mẫu 01 · Phòng VHTT"; "" when nothing is known."""
        by = _("Ảnh: %(name)s") % {"name": self.photographer} if self.photographer else ""
        terms = _("giấy phép mở") if self.licence == self.Licence.OPEN else ""
        return " · ".join(part for part in (by, self.source, terms) if part)
