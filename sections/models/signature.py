"""The signature of a unit's head under a clarification (Quy chế Điều 11)."""

from django.db import models

from base.models import OrganisationUnit
from workflows.models import PreviewLink
from workflows.models.proposal import Proposal

from .clarification import ClarificationPage


class ClarificationSignature(Proposal):
    """A version of a clarification that the head of the unit it is about was asked to sign; no reader sees it.

    `revision_id` is the version they read, by the preview link `link`; what is saved later wants another signature.
    """

    page = models.ForeignKey(
        ClarificationPage, verbose_name="bài giải thích", on_delete=models.CASCADE, related_name="signatures"
    )
    revision_id = models.BigIntegerField("phiên bản")
    unit = models.ForeignKey(OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="+")
    link = models.ForeignKey(PreviewLink, verbose_name="bản để xem", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("tiêu đề", max_length=300)

    class Meta:
        verbose_name = "chữ ký bài giải thích, làm rõ"
        verbose_name_plural = "chữ ký bài giải thích, làm rõ"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["page"], condition=models.Q(decided_at=None), name="one_open_signature_a_clarification"
            )
        ]

    def __str__(self):
        return self.title

    @property
    def owner_site(self):
        return self.link.owner_site
