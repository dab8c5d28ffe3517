"""Forms that were sent: so that the same sending twice has one effect."""

from django.db import models


class Submission(models.Model):
    """One sending of one form that was carried out, and what its sender was told.

    `digest` covers the form, the key it carried and what was typed, not the text itself: nothing personal is kept.
    """

    digest = models.CharField(max_length=64, unique=True)
    outcome = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "biểu mẫu đã gửi"
        verbose_name_plural = "biểu mẫu đã gửi"

    def __str__(self):
        return self.digest[:12]
