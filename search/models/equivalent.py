"""Words that mean the same, abbreviations too: what readers type, and what pages and laws say instead."""

from django.core.exceptions import ValidationError
from django.db import models

from accounts.roles import DISPATCH, REVIEW, WRITE
from vietnam.analysis import query_terms
from vietnam.equivalents import MOST_EQUIVALENTS


class Equivalent(models.Model):
    """A word or phrase that readers type, and what it means; data of the whole city.

    `means`: one a line. A search for the phrase finds what says any of them; where it holds `is_both_ways`, a search
    for one of them finds the phrase too. `source`: the law that calls it so, or that people do.
    """

    phrase = models.CharField(
        "từ, cụm từ hoặc chữ viết tắt", max_length=80, unique=True, help_text="Như người dân gõ: sổ đỏ, giấy khai sinh."
    )
    means = models.TextField(
        "nghĩa là", max_length=600, help_text="Mỗi dòng một từ hoặc cụm từ; người tìm từ trên thấy cả trang nói từ này."
    )
    is_both_ways = models.BooleanField(
        "hai chiều",
        default=True,
        help_text="Người tìm từ ở «nghĩa là» cũng thấy trang nói từ trên. Bỏ chọn với tên gọi hẹp hơn hoặc cũ.",
    )
    source = models.CharField(
        "nguồn", max_length=200, help_text="Văn bản gọi như vậy (ghi số ký hiệu), hoặc «cách gọi hằng ngày»."
    )
    is_active = models.BooleanField("đang dùng", default=True)

    # Readers find other things by it: who writes may propose, the standing office keeps the list (Quy chế Điều 13.1).
    permissions_by_capability = {
        WRITE: ("add", "view"),
        REVIEW: ("add", "change", "view"),
        DISPATCH: ("add", "change", "delete", "view"),
    }

    class Meta:
        verbose_name = "từ đồng nghĩa, chữ viết tắt"
        verbose_name_plural = "từ đồng nghĩa, chữ viết tắt"
        ordering = ["phrase"]

    def __str__(self):
        return self.phrase

    @property
    def meanings(self) -> list[str]:
        """What the phrase means, one text each."""
        return [line.strip() for line in self.means.splitlines() if line.strip()]

    def clean(self):
        super().clean()
        words = set(_folded(self.phrase))
        if not words:
            raise ValidationError({"phrase": "Từ phải có ít nhất một chữ hoặc số; hãy gõ lại."})
        if len(self.meanings) > MOST_EQUIVALENTS:
            raise ValidationError({"means": f"Nhiều nhất {MOST_EQUIVALENTS} dòng; hãy bỏ bớt dòng ít dùng."})
        for line in self.meanings:
            found = set(_folded(line))
            if not found:
                raise ValidationError({"means": f"Dòng «{line}» không có chữ hay số nào; hãy sửa hoặc bỏ dòng này."})
            if words <= found:
                raise ValidationError(
                    {"means": f"Trang nói «{line}» đã được thấy khi tìm «{self.phrase}»; hãy bỏ dòng này."}
                )


def _folded(text: str) -> list[str]:
    return [term[-1] for term in query_terms(text)]
