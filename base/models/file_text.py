"""The text that a file holds, for the search."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F
from wagtail.models import ReferenceIndex

from .files import PortalFile


class FileText(models.Model):
    """What a Word, PDF or text file says, as read once; `digest` is that of the content it was read from.

    `suspected_scheme` names an encoding before Unicode that no user has confirmed: such text is not searched.
    """

    # Characters kept of a file; a full text is read from the file itself.
    MOST_CHARACTERS = 200_000

    file = models.OneToOneField(PortalFile, verbose_name="tệp", on_delete=models.CASCADE, related_name="stored_text")
    digest = models.CharField("mã băm SHA-256", max_length=64)
    text = models.TextField("chữ trong tệp", blank=True)
    suspected_scheme = models.CharField("bảng mã nghi ngờ", max_length=10, blank=True)
    confirmed_scheme = models.CharField("bảng mã đã xác nhận", max_length=10, blank=True)
    notes = models.TextField("lưu ý", blank=True)
    read_at = models.DateTimeField("đọc lúc")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "chữ trong tệp"
        verbose_name_plural = "chữ trong tệp"

    def __str__(self):
        return f"Chữ trong «{self.file}»"

    @classmethod
    def shown_by(cls, obj) -> str:
        """Return the texts of the files that a page or record shows, for its entry in the search; one query at most."""
        type_id = ContentType.objects.get_for_model(PortalFile).pk
        found = ReferenceIndex._extract_references_from_object(obj)
        keys = {key for content_type_id, key, *_paths in found if content_type_id == type_id}
        if not keys:
            return ""
        texts = cls.objects.filter(file__in=keys, digest=F("file__digest"), suspected_scheme="").order_by("file")
        return "\n".join(texts.values_list("text", flat=True))[: cls.MOST_CHARACTERS]
