"""Pictures and files: stored under random names, served only through `base/files.py`."""

import hashlib
from pathlib import PurePosixPath

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.crypto import get_random_string
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import Collection, DraftStateMixin, ReferenceIndex

from vietnam import text

from ..gate import Refused
from .site import PortalSite

TOKEN_LENGTH = 20
LONGEST_STEM = 60
_TOKEN_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SITE_COLLECTION_DEPTH = 2


# Said by us, not by the machine the portal runs on: what a system's table lacks would be sent as unknown.
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
}
OTHER_CONTENT_TYPE = "application/octet-stream"


def new_token() -> str:
    """Return a random name that nobody can guess (103 bits)."""
    return get_random_string(TOKEN_LENGTH, _TOKEN_LETTERS)


def stored_name(instance, filename: str) -> str:
    """Return where a file lies: "<token>/<name without diacritics>.<extension>".

    Below MEDIA_URL this is also its public address, so that whatever asks a storage for an address gets the
    guarded one.
    """
    path = PurePosixPath(filename.replace("\\", "/"))
    stem = text.slug(path.stem)[:LONGEST_STEM].strip("-") or "tep"
    extension = text.slug(path.suffix)[:10]
    return f"{instance.token}/{stem}.{extension}" if extension else f"{instance.token}/{stem}"


def digest_of(file) -> str:
    """Return the SHA-256 of an open or openable file as 64 hexadecimal digits; the file is rewound."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in iter(lambda: file.read(1024 * 1024), b""):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def content_type_of(filename: str) -> str:
    """Return the content type to send a file of this name with."""
    extension = PurePosixPath(filename).suffix.lower().removeprefix(".")
    return CONTENT_TYPES.get(extension) or OTHER_CONTENT_TYPE


NOT_REPLACED = (
    "Tệp này đang (hoặc đã từng) được đăng nên không thay được nội dung tại chỗ: "
    "hãy tải lên tệp mới thay vì thay thế, chọn tệp mới trong bài rồi gửi duyệt."
)
NOT_DELETED = (
    "Tệp này đang (hoặc đã từng) được đăng nên không xóa được: hãy bỏ tệp khỏi bài và gửi duyệt; "
    "tệp tự đóng với người đọc khi không còn bài nào đang đăng dùng đến."
)


class Kept(models.Model):
    """What pictures and files have in common: the random name, the digest, the owner, when it is public.

    A file is public while something public refers to it, and never otherwise. Once public, it can be neither
    replaced nor deleted: that would change what was approved without an approval, or destroy the record.
    """

    token = models.CharField("tên ngẫu nhiên", max_length=32, unique=True, default=new_token, editable=False)
    digest = models.CharField("mã băm SHA-256", max_length=64, blank=True, editable=False)
    first_public_at = models.DateTimeField("đăng lần đầu", null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        if self.file and not self.file._committed:
            changed = {"digest"}
            self.digest = digest_of(self.file)
            if self.pk is not None:
                self.refuse_replacement()
                # Another content gets another address: no cache can mistake one for the other.
                self.token = new_token()
                changed.add("token")
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], *changed}
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self.refuse_deletion()
        return super().delete(*args, **kwargs)

    def refuse_replacement(self) -> None:
        """Raise Refused when the content may not change any more."""
        if self.was_public():
            raise Refused(NOT_REPLACED)

    def refuse_deletion(self) -> None:
        """Raise Refused when the file may not be deleted any more."""
        if self.was_public():
            raise Refused(NOT_DELETED)

    @property
    def owner_site(self) -> PortalSite | None:
        """The site whose collection holds it; the root collection is the city's, shared with all."""
        cached = getattr(self, "_owner_site", None)
        if cached is not None and cached[0] == self.collection_id:
            return cached[1]
        sites = PortalSite.objects.select_related("unit")
        collection = self.collection
        if collection.depth < _SITE_COLLECTION_DEPTH:
            site = sites.filter(kind=PortalSite.Kind.CITY).first()
        else:
            top = collection.path[: _SITE_COLLECTION_DEPTH * Collection.steplen]
            site = sites.filter(slug__in=Collection.objects.filter(path=top).values("name")).first()
        self._owner_site = (self.collection_id, site)
        return site

    @property
    def url(self) -> str:
        """The guarded address, "/tep/<token>/<name>"."""
        return self.file.url

    def is_public(self) -> bool:
        """Tell whether something public refers to the file now; two or three small queries."""
        return any(rows.exists() for rows in self._sources(only_public=True))

    def was_public(self) -> bool:
        """Tell whether the file is public or ever was."""
        return self.first_public_at is not None or any(rows.exists() for rows in self._sources(only_public=False))

    def _sources(self, *, only_public: bool):
        """Yield querysets of the rows that refer to the file and are public (or once were).

        A model with drafts says it by `live`. Any other row is internal (a signed statement, a report),
        unless its model declares `shows_files = True`.
        """
        keys: dict[int, set[str]] = {}
        references = ReferenceIndex.get_references_to(self).values_list("base_content_type", "object_id")
        for content_type, key in references.distinct():
            keys.setdefault(content_type, set()).add(key)
        for content_type, found in keys.items():
            model = ContentType.objects.get_for_id(content_type).model_class()
            if model is None:
                continue
            rows = model._base_manager.filter(pk__in=found)
            if issubclass(model, DraftStateMixin):
                yield rows.filter(live=True) if only_public else rows.exclude(first_published_at=None)
                if not only_public:
                    yield rows.filter(live=True)
            elif getattr(model, "shows_files", False):
                yield rows


class PortalImage(Kept, AbstractImage):
    """A picture; `description` is its alternative text unless the page gives its own."""

    credit = models.CharField(
        "tác giả, nguồn ảnh", max_length=200, blank=True,
        help_text="Hiện dưới ảnh; ghi người chụp hoặc nơi cung cấp.",
    )  # fmt: skip

    admin_form_fields = (
        "title",
        "file",
        "description",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = "hình ảnh"
        verbose_name_plural = "hình ảnh"

    def get_upload_to(self, filename):
        return stored_name(self, filename)

    @property
    def default_alt_text(self):
        """The description; never the title, which is often a file name that says nothing."""
        return self.description


class PortalRendition(AbstractRendition):
    """A picture in another size; as public as its picture."""

    image = models.ForeignKey(PortalImage, on_delete=models.CASCADE, related_name="renditions")
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)

    class Meta:
        verbose_name = "bản thu nhỏ"
        verbose_name_plural = "bản thu nhỏ"
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_a_size")
        ]

    def get_upload_to(self, filename):
        return stored_name(self, filename)


class PortalFile(Kept, AbstractDocument):
    """A document offered for download."""

    file = models.FileField("tệp", upload_to=stored_name)

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = "tệp"
        verbose_name_plural = "tệp"

    @property
    def content_type(self):
        return content_type_of(self.filename)
