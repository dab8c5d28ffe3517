"""What editors want readers to see first for some words."""

from django.core.exceptions import ValidationError
from django.db import models
from wagtail.models import Page

from accounts.roles import DISPATCH, REVIEW, WRITE
from vietnam.analysis import query_terms


class BestBet(models.Model):
    """A public page that stands above the results of some queries; data of the whole city.

    `queries`: one a line, each as a reader types it; a query counts as a whole, with marks or without. Nothing is shown
    of a page that is not public.
    """

    queries = models.TextField(
        "khi người đọc tìm",
        max_length=600,
        help_text="Mỗi dòng một cách gõ, ví dụ: tạm trú; có dấu hay không dấu đều được.",
    )
    page = models.ForeignKey(Page, verbose_name="trang nên xem trước", on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField("đang dùng", default=True)

    permissions_by_capability = {
        WRITE: ("add", "view"),
        REVIEW: ("add", "change", "view"),
        DISPATCH: ("add", "change", "delete", "view"),
    }

    class Meta:
        verbose_name = "trang nên xem trước"
        verbose_name_plural = "trang nên xem trước"
        ordering = ["queries", "pk"]

    def __str__(self):
        return f"{'; '.join(self.lines)} → {self.page}"

    @property
    def lines(self) -> list[str]:
        """The queries, one text each."""
        return [line.strip() for line in self.queries.splitlines() if line.strip()]

    def clean(self):
        super().clean()
        for line in self.lines or [""]:
            if not query_terms(line):
                raise ValidationError({"queries": f"Dòng «{line}» không có chữ hay số nào; hãy sửa hoặc bỏ dòng này."})
        if self.page_id and not self.page.live:
            raise ValidationError({"page": "Trang này chưa công khai; hãy chọn một trang đang công khai."})
