"""Which document the draft of a dissemination article was proposed for."""

from django.db import models

from legalref.models import LegalDocument

from .article import ArticlePage


class DisseminationDraft(models.Model):
    """An article that was drafted by itself for a document; once a document, also when the draft was thrown away."""

    document = models.OneToOneField(LegalDocument, on_delete=models.CASCADE, related_name="dissemination_draft")
    page = models.ForeignKey(ArticlePage, null=True, on_delete=models.SET_NULL, related_name="+")
    proposed_at = models.DateTimeField("lúc", auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "bài tuyên truyền soạn sẵn"
        verbose_name_plural = "bài tuyên truyền soạn sẵn"

    def __str__(self):
        return str(self.document)
