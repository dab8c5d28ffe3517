"""What questions are about (lĩnh vực): data of the whole city."""

from django.db import models
from django.utils.translation import get_language

from accounts.roles import DISPATCH, HANDLE_QUESTIONS, WRITE
from base.models import OrganisationUnit


class QuestionTopic(models.Model):
    """A field (lĩnh vực) of questions, and the unit that usually answers.

    `keywords` are words and phrases, one a line, by which a topic is suggested to the person who classifies. A proposal
    to amend the Regulation (Quy chế Điều 24) goes to the standing office whatever it says.
    """

    class Kind(models.TextChoices):
        QUESTION = "question", "Câu hỏi"
        AMENDMENT = "amendment", "Kiến nghị sửa đổi Quy chế"

    name = models.CharField("tên lĩnh vực", max_length=120, unique=True)
    name_en = models.CharField("tên tiếng Anh", max_length=120, blank=True)
    slug = models.SlugField("tên trong địa chỉ", max_length=80, unique=True)
    kind = models.CharField("loại", max_length=12, choices=Kind.choices, default=Kind.QUESTION)
    keywords = models.TextField(
        "từ khóa", blank=True, help_text="Mỗi dòng một từ hoặc cụm từ; có dấu hay không dấu đều được."
    )
    unit = models.ForeignKey(
        OrganisationUnit,
        verbose_name="đơn vị thường trả lời",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Bỏ trống khi tùy nơi được hỏi: phường, xã hoặc thành phố.",
    )
    is_active = models.BooleanField("đang dùng", default=True)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)

    # The city's list is kept by the standing office (Quy chế Điều 13.1); a topic in use is put aside, not deleted.
    permissions_by_capability = {
        HANDLE_QUESTIONS: ("view",),
        WRITE: ("add", "view"),
        DISPATCH: ("add", "change", "view"),
    }

    class Meta:
        verbose_name = "lĩnh vực câu hỏi"
        verbose_name_plural = "lĩnh vực câu hỏi"
        ordering = ["sort_order", "name"]

    def __str__(self):
        return self.name

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return (self.name_en if get_language() == "en" else "") or self.name
