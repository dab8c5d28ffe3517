"""The text that a file or a picture of paper holds, for the search."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from wagtail.models import ReferenceIndex

from ..files.kinds import kinds_of
from .files import PortalFile, PortalImage


class Recognition(models.TextChoices):
    """What became of words that a program has to recognise on sheets of paper, "" where there is no need."""

    NONE = "", "không cần nhận dạng"
    WAITING = "waiting", "chờ nhận dạng"
    AGAIN = "again", "chờ nhận dạng lại"
    DONE = "done", "nhận dạng tự động"
    EMPTY = "empty", "không nhận ra chữ nào"
    REFUSED = "refused", "không nhận dạng được"


# Of what has sheets to be read yet.
UNREAD = (Recognition.WAITING, Recognition.AGAIN)


class FileText(models.Model):
    """What a Word, PDF or text file says, as read once; `digest` is that of the content it was read from.

    `suspected_scheme` names an encoding before Unicode that no user has confirmed: such text is not searched. A scan
    without letters has `sheets`, of which the first `sheets_read` have been recognised (`files/recognising.py`).
    """

    # Characters kept of a file; a full text is read from the file itself.
    MOST_CHARACTERS = 200_000

    file = models.OneToOneField(PortalFile, verbose_name="tệp", on_delete=models.CASCADE, related_name="stored_text")
    digest = models.CharField("mã băm SHA-256", max_length=64)
    text = models.TextField("chữ trong tệp", blank=True)
    suspected_scheme = models.CharField("bảng mã nghi ngờ", max_length=10, blank=True)
    confirmed_scheme = models.CharField("bảng mã đã xác nhận", max_length=10, blank=True)
    recognition = models.CharField("nhận dạng chữ", max_length=10, choices=Recognition.choices, blank=True)
    sheets = models.PositiveIntegerField("số trang quét", default=0)
    sheets_read = models.PositiveIntegerField("số trang đã nhận dạng", default=0)
    notes = models.TextField("lưu ý", blank=True)
    read_at = models.DateTimeField("đọc lúc")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "chữ trong tệp"
        verbose_name_plural = "chữ trong tệp"
        indexes = [
            models.Index(fields=["read_at"], name="file_text_unread", condition=Q(recognition__in=UNREAD)),
        ]

    def __str__(self):
        return f"Chữ trong «{self.file}»"

    @property
    def is_present(self) -> bool:
        """Whether it was read from the content that the file has now."""
        return self.digest == self.file.digest

    @property
    def is_recognised(self) -> bool:
        """Whether a program recognised the words, which may be wrong."""
        return bool(self.text) and self.recognition != Recognition.NONE

    @classmethod
    def shown_by(cls, obj) -> str:
        """Return the texts of the files and pictures that a page or record shows, for its entry in the search.

        One query at most.
        """
        keys = _shown(obj)
        if not any(keys.values()):
            return ""
        files = cls.objects.filter(file__in=keys[PortalFile], digest=F("file__digest"), suspected_scheme="")
        pictures = PictureText.objects.filter(picture__in=keys[PortalImage], digest=F("picture__digest"))
        texts = [rows.exclude(text="").order_by().values_list("text", "id") for rows in (files, pictures)]
        found = texts[0].union(texts[1], all=True).order_by("id")
        return "\n".join(text for text, _key in found)[: cls.MOST_CHARACTERS]


class PictureText(models.Model):
    """What a picture of paper says, as recognised by a program; "" for any other picture that was looked at."""

    picture = models.OneToOneField(
        PortalImage, verbose_name="hình ảnh", on_delete=models.CASCADE, related_name="stored_text"
    )
    digest = models.CharField("mã băm SHA-256", max_length=64)
    text = models.TextField("chữ trong ảnh", blank=True)
    read_at = models.DateTimeField("nhận dạng lúc")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = "chữ trong ảnh"
        verbose_name_plural = "chữ trong ảnh"

    def __str__(self):
        return f"Chữ trong ảnh «{self.picture}»"

    @property
    def is_present(self) -> bool:
        """Whether it was read from the content that the picture has now."""
        return self.digest == self.picture.digest

    @property
    def is_recognised(self) -> bool:
        """Whether a program recognised any words, which may be wrong."""
        return bool(self.text)


def kinds_shown_by(obj) -> str:
    """Return the kinds of the files that a page or record shows, "pdf word"; no query without files."""
    keys = _shown(obj)[PortalFile]
    return kinds_of(PortalFile.objects.filter(pk__in=keys).values_list("file", flat=True)) if keys else ""


def _shown(obj) -> dict[type, set[str]]:
    """Return the keys of the files and of the pictures that a page or record refers to."""
    models_by_type = {ContentType.objects.get_for_model(model).pk: model for model in (PortalFile, PortalImage)}
    keys: dict[type, set[str]] = {PortalFile: set(), PortalImage: set()}
    for content_type_id, key, *_paths in ReferenceIndex._extract_references_from_object(obj):
        if content_type_id in models_by_type:
            keys[models_by_type[content_type_id]].add(key)
    return keys
