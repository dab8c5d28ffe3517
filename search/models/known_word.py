"""The words that public things are called by, for what was typed with a slip."""

from django.db import models


class KnownWord(models.Model):
    """A word, or two words that stand beside each other, without marks; written by a job (`search.known_words`).

    `spellings`: of one word all its spellings, the most frequent first, with blanks between; of two words the most
    frequent. `count`: how many public things have it in title or summary.
    """

    words = models.CharField(max_length=80, unique=True)
    spellings = models.CharField(max_length=200)
    count = models.PositiveIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "từ đã biết của tìm kiếm"
        verbose_name_plural = "các từ đã biết của tìm kiếm"

    def __str__(self):
        return self.words
