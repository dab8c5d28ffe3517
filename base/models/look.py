"""What a site looks like: emblem, colours, licence, order of its menu; changed by two persons (`home/look/`)."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from ..public.look import contrast
from .files import PortalImage
from .site import PortalSite

# Of an emblem: pixels of each side, bytes, how much longer one side may be than the other.
SHORTEST_SIDE, LONGEST_SIDE, MOST_BYTES, LONGEST_TO_SHORTEST = 96, 1024, 300 * 1024, 2.0
NOT_A_COLOUR = "Hãy ghi màu dạng # và sáu chữ số thập lục phân, ví dụ #8a1b1f; hoặc để trống."
MADE_FOR_DARK = ("dark_accent", "dark_text")


def _colour(name: str, **options) -> models.CharField:
    validators = [RegexValidator(rf"^{contrast.COLOUR.pattern}$", NOT_A_COLOUR)]
    return models.CharField(name, max_length=7, blank=True, validators=validators, **options)


class OfSite(models.Model):
    """What readers see on every page of one site: one row a site, never deleted."""

    never_deleted = True

    class Meta:
        abstract = True

    def __str__(self):
        return self.site.name

    @property
    def owner_site(self) -> PortalSite:
        return self.site


class SiteLook(OfSite):
    """The emblem, the colours and the licence of a site; what is empty is the city's, of the city the portal's own.

    `accent`: bars, buttons and the name of the authority on light; `dark_accent`, `dark_text`: the same on dark, made
    from `accent` where they are empty.
    """

    shows_files = True

    site = models.OneToOneField(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="look")
    emblem = models.ForeignKey(
        PortalImage, verbose_name="biểu trưng", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accent = _colour("màu chính")
    dark_accent = _colour("màu chính trên nền tối")
    dark_text = _colour("màu chữ nhấn trên nền tối")
    licence = models.CharField("giấy phép thiết lập trang", max_length=255, blank=True, db_default="", default="")

    class Meta:
        verbose_name = "biểu trưng, màu sắc"
        verbose_name_plural = "biểu trưng, màu sắc các trang"
        ordering = ["pk"]

    def clean(self):
        """Refuse colours that cannot be read, and an emblem of a shape or weight that no page can show."""
        errors = {}
        for field in contrast.PAIRS:
            colour = getattr(self, field)
            if colour and contrast.COLOUR.fullmatch(colour) and (problem := contrast.problem(field, colour)):
                errors[field] = problem
        if not self.accent and (self.dark_accent or self.dark_text):
            errors["accent"] = "Hãy chọn màu chính trước khi chọn màu cho nền tối."
        if self.emblem is not None and (problem := problem_of_emblem(self.emblem)):
            errors["emblem"] = problem
        if errors:
            raise ValidationError(errors)

    @property
    def colours(self) -> dict[str, str]:
        """The colours by their field, those for dark made where they are empty; {} without an accent."""
        if not self.accent:
            return {}
        made = {name: getattr(self, name) or contrast.nearest(name, self.accent) for name in MADE_FOR_DARK}
        return {"accent": self.accent, **made}

    @property
    def samples(self) -> list[contrast.Sample]:
        """The colours as letters on a ground, for who decides about them; [] without an accent."""
        return contrast.samples(**self.colours) if self.accent else []


class SiteMenu(OfSite):
    """The order of a site's menu: names in the address of its sections; what is not named follows in its own order."""

    site = models.OneToOneField(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="menu")
    order = models.JSONField("thứ tự", default=list, blank=True)

    class Meta:
        verbose_name = "thứ tự trình đơn"
        verbose_name_plural = "thứ tự trình đơn các trang"
        ordering = ["pk"]


def problem_of_emblem(image: PortalImage) -> str:
    """Say what a page cannot show of a picture as an emblem, and what to do; "" for one that fits."""
    sides = sorted((image.width, image.height))
    if not image.file.name.endswith((".png", ".webp")):
        return "Biểu trưng cần là ảnh PNG hoặc WebP; hãy xuất lại từ bản gốc, nền trong."
    if sides[0] < SHORTEST_SIDE or sides[1] > LONGEST_SIDE:
        return (
            f"Ảnh {image.width} × {image.height} điểm; mỗi cạnh cần từ {SHORTEST_SIDE} đến {LONGEST_SIDE} điểm, "
            "hãy xuất lại với kích thước đó."
        )
    if sides[1] > sides[0] * LONGEST_TO_SHORTEST:
        return "Cạnh dài hơn hai lần cạnh ngắn; hãy cắt bỏ phần trống quanh biểu trưng."
    if (image.file_size or 0) > MOST_BYTES:
        return f"Ảnh nặng quá {MOST_BYTES // 1024} kB; hãy xuất lại nhẹ hơn, vì mọi trang đều tải ảnh này."
    return ""


def look_of(site: PortalSite | None) -> SiteLook | None:
    """Return the row of a site, or None."""
    return getattr(site, "look", None)


def licence_of(site: PortalSite | None, city: PortalSite | None) -> str:
    """Return the licence under which a site is run, else the city's: its number, who gave it and when; "" for none."""
    return next((look.licence for look in (look_of(site), look_of(city)) if look is not None and look.licence), "")


def menu_order_of(site: PortalSite | None) -> list[str]:
    """Return the order of a site's menu; [] for the order of the portal."""
    menu = getattr(site, "menu", None)
    return menu.order if menu is not None else []
