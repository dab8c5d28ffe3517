"""What a proposal by one person and its decision by another have in common."""

from django.conf import settings
from django.db import models


class Proposal(models.Model):
    """Proposed by one person with a reason; open until a second person has decided."""

    reason = models.TextField("lý do")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField("đề nghị lúc")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("quyết định lúc", null=True)
    accepted = models.BooleanField("đồng ý", null=True)
    note = models.TextField("ý kiến", blank=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.decided_at is None
