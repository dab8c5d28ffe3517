"""What readers looked for, counted by day and without saying who."""

from django.db import models


class SearchCount(models.Model):
    """How often some words were looked for on a local day, by what became of it; written by the counter of uses.

    `words`: without marks, in small letters (`search.searched.countable`). `kind`: something was found, nothing was, or
    a result was opened. What is rare is deleted at the end of its month.
    """

    words = models.CharField(max_length=80)
    day = models.DateField()
    kind = models.CharField(max_length=10)
    count = models.PositiveIntegerField(default=0)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "lượt tìm kiếm"
        verbose_name_plural = "lượt tìm kiếm"
        constraints = [models.UniqueConstraint(fields=["words", "day", "kind"], name="one_count_a_search")]
        indexes = [models.Index(fields=["day", "words"], name="searches_of_day")]

    def __str__(self):
        return f"{self.words} {self.day}"
