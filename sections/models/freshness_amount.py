"""How long a section may go without news, by kind of site: amounts that the board keeps as data (Điều 10.1.a)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.roles import DISPATCH, WRITE
from base.models import PortalSite

from .. import catalogue

LONGEST_DAYS = 365


def section_choices() -> list[tuple[str, str]]:
    """The sections with content of their own, in the order of the catalogue: those that an amount can be set for."""
    return [(row.key, row.label) for row in catalogue.SECTIONS if row.page_type not in ("", catalogue.SITEMAP)]


class FreshnessAmount(models.Model):
    """After how many calendar days without news a section of one kind of site is stale.

    The Regulation says "thường xuyên" and names no number, so the board names it with its source. A section without an
    amount falls under the rule DL-FRESH, if that has a number; else nothing is measured.
    """

    section_key = models.CharField("chuyên mục", max_length=40, choices=section_choices)
    site_kind = models.CharField("loại trang", max_length=10, choices=PortalSite.PUBLIC_KINDS)
    days = models.PositiveSmallIntegerField(
        "số ngày",
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)],
        help_text="Số ngày theo lịch, từ lần cập nhật gần nhất; hạn rơi vào ngày nghỉ thì sang ngày làm việc kế tiếp.",
    )
    legal_source = models.CharField(
        "căn cứ",
        max_length=300,
        help_text="Văn bản hoặc kết luận đặt mức này, ví dụ: Quy chế Điều 10.1.a, kết luận họp Ban Biên tập ngày …",
    )

    permissions_by_capability = {DISPATCH: ("add", "change", "delete", "view"), WRITE: ("view",)}

    class Meta:
        verbose_name = "mức cập nhật chuyên mục"
        verbose_name_plural = "mức cập nhật chuyên mục"
        ordering = ["section_key", "site_kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["section_key", "site_kind"],
                name="one_amount_a_section_and_kind",
                violation_error_message="Chuyên mục này đã có mức cho loại trang đó; hãy sửa mức đang có.",
            )
        ]

    def __str__(self):
        return f"{self.get_section_key_display()} · {self.get_site_kind_display()}: {self.days} ngày"
