"""What is left of a question once its contact data are gone."""

from django.db import models

from faq.models.question import Question


class RetainedText(models.Model):
    """A question as it stays when its contact data are purged: freed of personal data by a person beforehand.

    Without one the purge takes the published text, or covers by itself what it knows and what looks like it.
    """

    question = models.OneToOneField(
        Question, verbose_name="câu hỏi", on_delete=models.PROTECT, related_name="retained_text"
    )
    title = models.CharField("tiêu đề", max_length=200)
    text = models.TextField("nội dung")
    made_by_name = models.CharField("người soạn", max_length=200)
    made_at = models.DateTimeField("soạn lúc")

    class Meta:
        verbose_name = "bản ẩn danh để lưu"
        verbose_name_plural = "các bản ẩn danh để lưu"

    def __str__(self):
        return f"Bản ẩn danh của {self.question}"
