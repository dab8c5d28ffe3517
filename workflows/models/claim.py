"""Who has a review or a take-down in hand."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from wagtail.models import WorkflowState

from .takedown import TakeDown


class WorkClaim(models.Model):
    """One person has one piece of work in hand: the review of a page or record, or a take-down.

    It tells colleagues, and takes no right from any of them. A claim of a review lasts as long as the review, through
    every return; of one that has ended it says nothing any more. `given_by`: who assigned it; the person themselves
    when they claimed it.
    """

    workflow_state = models.OneToOneField(
        WorkflowState, verbose_name="việc duyệt", null=True, on_delete=models.CASCADE, related_name="claim"
    )
    takedown = models.OneToOneField(
        TakeDown, verbose_name="đề nghị gỡ bỏ", null=True, on_delete=models.CASCADE, related_name="claim"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người xử lý", on_delete=models.PROTECT, related_name="work_claims"
    )
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người giao", on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField("lúc")
    note = models.CharField("ghi chú", max_length=300, blank=True)

    class Meta:
        verbose_name = "việc đã nhận"
        verbose_name_plural = "việc đã nhận"
        constraints = [
            models.CheckConstraint(
                condition=Q(workflow_state__isnull=True, takedown__isnull=False)
                | Q(workflow_state__isnull=False, takedown__isnull=True),
                name="claim_of_a_review_or_a_takedown",
            )
        ]

    def __str__(self):
        return f"{self.person}: {self.takedown or self.workflow_state}"

    @property
    def is_own(self) -> bool:
        """Claimed by the person themselves."""
        return self.person_id == self.given_by_id
