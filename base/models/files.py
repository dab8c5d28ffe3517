"""Pictures and files: stored under random names, served only through `base/files/serving.py`."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, SourceImageIOError
from wagtail.models import Collection, DraftStateMixin, ReferenceIndex

from vietnam import text

from ..files import scanner
from ..files.resize import make_smaller
from ..gate import Refused
from ..locking import without_waiting
from ..queries.prepared import Prepared, given
from ..queries.savepoints import savepoints_made
from ..sandbox.client import SandboxFailure
from .picture_credit import PictureCredit
from .site import PortalSite

logger = logging.getLogger(__name__)

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
    """Return a random name that cannot be guessed (103 bits)."""
    return get_random_string(TOKEN_LENGTH, _TOKEN_LETTERS)


def stored_name(instance, filename: str) -> str:
    """Return where a file lies: "<random>/<name without diacritics>.<extension>".

    At first the random name is that of the address, so that whatever asks a storage for an address gets the guarded
    one. A content that takes the place of another lies apart, so that the older one stays as it was.
    """
    return _path(instance.token if instance._state.adding else new_token(), filename)


def random_name(instance, filename: str) -> str:
    """Return where a file that has no address of its own lies, "<random>/<name>"."""
    return _path(new_token(), filename)


def _path(folder: str, filename: str) -> str:
    path = PurePosixPath(filename.replace("\\", "/"))
    stem = text.slug(path.stem)[:LONGEST_STEM].strip("-") or "tep"
    extension = text.slug(path.suffix)[:10]
    return f"{folder}/{stem}.{extension}" if extension else f"{folder}/{stem}"


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


NOT_CHANGED = (
    "Tệp này đang (hoặc đã từng) được đăng nên nội dung, tên và mô tả của nó chỉ đổi được khi có người thứ hai duyệt: "
    "hãy dùng «Đề nghị thay tệp» ở trang của tệp."
)
NOT_DELETED = (
    "Tệp này đang (hoặc đã từng) được đăng nên không xóa được: hãy bỏ tệp khỏi bài và gửi duyệt; "
    "tệp tự đóng với người đọc khi không còn bài nào đang đăng dùng đến."
)
NOT_WHILE_WAITING = (
    "Tệp này đi cùng một bài đang chờ duyệt hoặc đã hẹn giờ đăng nên chưa đổi, chưa xóa được: hãy rút bài đó rồi đổi "
    "tệp và gửi duyệt lại."
)
INFECTED = "Tệp có mã độc ({name}) nên không được nhận; hãy quét máy đang dùng rồi lấy lại tệp từ nguồn tin cậy."


@dataclass(frozen=True)
class WaitingVersion:
    """A version of a page or record that waits for a decision or for its hour, with a file as it is.

    `way_out`: how it is withdrawn, described for the administration; `url`: where.
    """

    subject: models.Model
    title: str
    way_out: str
    url: str = ""


# A room above says which versions wait with a picture or file: function(item) → list of `WaitingVersion`.
_waiting: list[Callable[["StoredFile"], list[WaitingVersion]]] = []


def register_waiting(function: Callable[["StoredFile"], list[WaitingVersion]]) -> None:
    """Let a room above say which versions wait with a picture or file; called once, when it is ready."""
    if function not in _waiting:
        _waiting.append(function)


# What is above the models says which public rows do not show a file that they refer to: function(rows, references) →
# the rows that do; each reference as (key of the row, key of its content type, path in the model).
_showing: list[Callable[[models.QuerySet, list[tuple]], models.QuerySet]] = []


def register_showing(function: Callable[[models.QuerySet, list[tuple]], models.QuerySet]) -> None:
    """Let rows be left out that refer to a picture or file and do not show it; called once, at the start."""
    if function not in _showing:
        _showing.append(function)


class ScanState(models.TextChoices):
    """What the malware scanner said of a content."""

    UNSCANNED = "unscanned", "chưa quét mã độc"
    CLEAN = "clean", "sạch"
    INFECTED = "infected", "có mã độc"


class StoredFile(models.Model):
    """What pictures and files have in common: the random name, the digest, the owner, when it is public.

    A file is public while something public refers to it and the scanner has nothing against it, and never otherwise.
    Once public, its content, title and description change only by two persons
    (`workflows/publishing/file_changes.py`), and it is not deleted: that would change what was approved without an
    approval, or destroy the record.
    """

    token = models.CharField("tên ngẫu nhiên", max_length=32, unique=True, default=new_token, editable=False)
    digest = models.CharField("mã băm SHA-256", max_length=64, blank=True, editable=False)
    first_public_at = models.DateTimeField("đăng lần đầu", null=True, editable=False)
    scan_state = models.CharField(
        "kết quả quét mã độc", max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED, editable=False
    )
    scan_finding = models.CharField("tên mã độc", max_length=200, blank=True, editable=False)
    scan_signature = models.CharField("phiên bản mẫu nhận dạng", max_length=120, blank=True, editable=False)
    scanned_at = models.DateTimeField("quét lúc", null=True, editable=False)
    notes = models.TextField("lưu ý về tệp", blank=True, editable=False)

    class Meta:
        abstract = True

    # What a reader sees of it; `signal_handlers.py` refuses to change these of what is or was public.
    shown_fields = ("title", "file")

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        fresh = bool(self.file) and not self.file._committed
        if fresh or (self.file and not self.digest):
            changed = self._look_at_content()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], *changed}
        super().save(*args, **kwargs)

    def _look_at_content(self) -> set[str]:
        """Take the digest of a new content and ask the scanner, unless the form has; return the fields set.

        While the scanner is away the content stays unscanned: not served, until the rescan has seen it.
        """
        stored, before = self.file._committed, self.digest
        try:
            self.digest = digest_of(self.file)
            content = self.file.file
            scan = getattr(content, "scan", None)
            self.notes = "\n".join(getattr(content, "notes", []))
            if scan is None and scanner.is_configured():
                scan = scanner.scan(self.file)
        except FileNotFoundError:
            return set()
        except scanner.ScannerDown:
            scan = None
        finally:
            if stored:
                self.file.close()
        if scan is not None and scan.virus:
            raise Refused(INFECTED.format(name=scan.virus))
        self.note_scan(scan)
        described = self.note_new_content() if self.digest != before else set()
        return {"digest", "notes", "scan_state", "scan_finding", "scan_signature", "scanned_at", *described}

    def note_new_content(self) -> set[str]:
        """Put down, without saving, what readers see of a content that is new; return the fields set."""
        return set()

    def note_scan(self, scan: "scanner.Scan | None", on=None) -> None:
        """Put the result of a scan on the row, without saving it; None is: not scanned."""
        if scan is None:
            self.scan_state, self.scan_finding, self.scan_signature, self.scanned_at = ScanState.UNSCANNED, "", "", None
            return
        self.scan_state = ScanState.INFECTED if scan.virus else ScanState.CLEAN
        self.scan_finding, self.scan_signature = scan.virus[:200], scan.signature[:120]
        self.scanned_at = on or timezone.now()

    def delete(self, *args, **kwargs):
        self.refuse_deletion()
        return super().delete(*args, **kwargs)

    def refuse_deletion(self) -> None:
        """Raise Refused when the file may not be deleted any more, or not now."""
        if self.was_public():
            raise Refused(NOT_DELETED)
        if self.waiting_versions():
            raise Refused(NOT_WHILE_WAITING)

    def waiting_versions(self) -> list[WaitingVersion]:
        """Return the versions that wait for a decision, or for their hour, with this file as it is."""
        return [version for function in _waiting for version in function(self)]

    def shown(self) -> dict:
        """Return what a reader sees of it besides its content: the texts, and of a picture the point of interest."""
        fields = (self._meta.get_field(name) for name in self.shown_fields if name != "file")
        return {field.name: field.get_prep_value(field.value_from_object(self)) for field in fields}

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
    def address_name(self) -> str:
        """The last part of its address; a replacement keeps it."""
        return PurePosixPath(self.file.name).name

    @property
    def url(self) -> str:
        """The guarded address, "/tep/<token>/<name>"; it stays when the content is replaced."""
        return reverse("file", args=[self.token, self.address_name])

    def is_servable(self) -> bool:
        """Tell whether the scanner has nothing against it; where none is set up, only what was found is refused."""
        if self.scan_state == ScanState.INFECTED:
            return False
        return self.scan_state == ScanState.CLEAN or not scanner.is_configured()

    def is_public(self) -> bool:
        """Tell whether the public may read it now: servable, and something public refers to it; some small queries."""
        return self.is_servable() and self.is_shown()

    def is_shown(self) -> bool:
        """Tell whether something public shows it."""
        return any(rows.exists() for rows in self._sources(only_public=True, only_shown=True))

    def public_sources(self) -> list:
        """Return the public pages and records that refer to it, also those that do not show it (`register_showing`)."""
        return [row for rows in self._sources(only_public=True) for row in rows]

    def was_public(self) -> bool:
        """Tell whether the file is public or ever was."""
        return self.first_public_at is not None or any(rows.exists() for rows in self._sources(only_public=False))

    def _sources(self, *, only_public: bool, only_shown: bool = False):
        """Yield querysets of the rows that refer to the file and are public (or once were), all or those that show it.

        A model with drafts says it by `live`. Any other row is internal (a signed statement, a report),
        unless its model declares `shows_files = True`.
        """
        references: dict[int, list[tuple]] = {}
        rows = ReferenceIndex.get_references_to(self)
        for base, *reference in rows.values_list("base_content_type", "object_id", "content_type", "model_path"):
            references.setdefault(base, []).append(tuple(reference))
        for content_type, found in references.items():
            model = ContentType.objects.get_for_id(content_type).model_class()
            if model is None:
                continue
            rows = model._base_manager.filter(pk__in={key for key, *_place in found})
            for function in _showing if only_shown else ():
                rows = function(rows, found)
            if issubclass(model, DraftStateMixin):
                yield rows.filter(live=True) if only_public else rows.exclude(first_published_at=None)
                if not only_public:
                    yield rows.filter(live=True)
            elif getattr(model, "shows_files", False):
                yield rows


class PortalImage(PictureCredit, StoredFile, AbstractImage):
    """A picture; `description` is its alternative text unless the page gives its own."""

    admin_form_fields = (
        "title",
        "file",
        "description",
        "photographer",
        "source",
        "licence",
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

    shown_fields = (
        "title",
        "file",
        "description",
        "photographer",
        "source",
        "licence",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    def get_upload_to(self, filename):
        return stored_name(self, filename)

    def with_sizes(self, stored: list | None = None) -> "PortalImage":
        """Read all its sizes by one query, so that none is looked for by itself; return it.

        `stored`: what `stored_sizes` gave, for no query.
        """
        self.prefetched_renditions = _SIZES.made_of(self.stored_sizes() if stored is None else stored, image=self.pk)
        for rendition in self.prefetched_renditions:
            # For its alternative text Wagtail asks for the picture.
            rendition.image = self
        return self

    def stored_sizes(self) -> list:
        """Return its sizes as the database has them: one query."""
        return _SIZES.stored(image=self.pk)

    def get_rendition(self, filter):
        """Return the picture in another size; itself when that cannot be made or stored now.

        No room, no memory, no time, or on SQLite another writer: a reader never waits for a writer.
        """
        wanted = Filter(spec=filter) if isinstance(filter, str) else filter
        if (found := self.find_existing_renditions(wanted).get(wanted)) is not None:
            return found
        try:
            with without_waiting():
                return super().get_rendition(wanted)
        except RENDITION_FAILURES as error:
            return self._instead(wanted, error)

    def get_renditions(self, *filters):
        """Return several sizes by their names, each as `get_rendition` does."""
        wanted = [Filter(spec=one) if isinstance(one, str) else one for one in filters]
        found = self.find_existing_renditions(*wanted)
        if len(found) == len(wanted):
            return {one.spec: rendition for one, rendition in found.items()}
        try:
            with without_waiting():
                return super().get_renditions(*filters)
        except RENDITION_FAILURES as error:
            logger.warning("Renditions of picture %s not made: %s", self.pk, error)
            specs = [one.spec if isinstance(one, Filter) else one for one in filters]
            return {spec: self.get_rendition(spec) for spec in specs}

    def create_rendition(self, filter):
        """Make a size; raises SandboxFailure where the file was replaced meanwhile: it would show the former one."""
        with savepoints_made():
            return self._create_rendition(filter)

    def _create_rendition(self, filter):
        made = super().create_rendition(filter)
        with transaction.atomic():
            rows = PortalImage.objects.select_for_update(no_key=True, of=("self",)).filter(pk=self.pk)
            is_same = rows.values_list("file", flat=True).first() == self.file.name
            if not is_same:
                made.delete()
        if not is_same:
            raise SandboxFailure("The file was replaced while this size was made.")
        return made

    def create_renditions(self, *filters):
        # One after the other: Wagtail reads the whole picture into memory and starts threads.
        return {one: self.create_rendition(one) for one in filters}

    def generate_rendition_file(self, filter, *, source=None):
        return make_smaller(self, filter)

    def _instead(self, filter, error) -> "PortalRendition":
        """A rendition that is not stored: the picture as it was uploaded, under its own address."""
        spec = filter.spec if isinstance(filter, Filter) else filter
        logger.warning("Rendition %s of picture %s not made: %s", spec, self.pk, error)
        return PortalRendition(image=self, filter_spec=spec, file=self.file.name, width=self.width, height=self.height)

    @property
    def default_alt_text(self):
        """The description; never the title, which is often a file name that says nothing."""
        return self.description


RENDITION_FAILURES = (SandboxFailure, OSError, SourceImageIOError, OperationalError)


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


_SIZES = Prepared(lambda: PortalRendition.objects.filter(image_id=given("image")).order_by("pk"))


class PortalFile(StoredFile, AbstractDocument):
    """A document offered for download."""

    file = models.FileField("tệp", upload_to=stored_name)
    # Of the present content: since when the portal has it, and its pages where it is a PDF that could be read
    # (`base/files/texts.py`). Readers see both beside the file.
    content_at = models.DateTimeField("nội dung từ", null=True, editable=False)
    pages = models.PositiveIntegerField("số trang", null=True, editable=False)

    admin_form_fields = ("title", "file", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = "tệp"
        verbose_name_plural = "tệp"

    @property
    def content_type(self):
        return content_type_of(self.filename)

    def note_new_content(self):
        self.content_at, self.pages = timezone.now(), None
        return {"content_at", "pages"}

    def clean(self):
        """Leave the extension to the upload form: Wagtail would complain of it a second time."""


class FileEdit(models.Model):
    """Who changed what readers will see of a picture or file that only the site's people have seen yet.

    The user who did is one of the writers of the pages that show it (`workflows/publishing/writing.py: writers`).
    `before`, `after`: digests of what is shown, content and texts.
    """

    append_only = True

    file_type = models.CharField("loại", max_length=100)
    file_id = models.BigIntegerField("số tệp")
    by_id = models.BigIntegerField("số tài khoản người sửa", null=True)
    by_name = models.CharField("người sửa", max_length=200)
    before = models.CharField("mã băm trước khi sửa", max_length=64)
    after = models.CharField("mã băm sau khi sửa", max_length=64)
    edited_at = models.DateTimeField("sửa lúc")

    class Meta:
        verbose_name = "lần sửa tệp"
        verbose_name_plural = "các lần sửa tệp"
        ordering = ["file_type", "file_id", "pk"]
        indexes = [models.Index(fields=["file_type", "file_id"], name="edits_of_a_file")]

    def __str__(self):
        return f"{self.by_name} · {self.file_type} {self.file_id}"


class FileVersion(models.Model):
    """A content that a picture or file had before another took its place; the row outlives the file.

    `path`: where its bytes lie; empty when only the site's own people ever saw them, and they are gone.
    """

    append_only = True

    file_type = models.CharField("loại", max_length=100)
    file_id = models.BigIntegerField("số tệp")
    number = models.PositiveIntegerField("phiên bản")
    title = models.CharField("tên", max_length=255)
    description = models.TextField("mô tả", blank=True)
    name = models.CharField("tên tệp", max_length=255)
    path = models.CharField("nơi lưu", max_length=255, blank=True)
    digest = models.CharField("mã băm SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("dung lượng (byte)")
    was_public = models.BooleanField("đã từng đăng")
    next_digest = models.CharField("mã băm của nội dung thay vào", max_length=64)
    by_id = models.BigIntegerField("số tài khoản người thay", null=True)
    by_name = models.CharField("người thay", max_length=200)
    approved_by_name = models.CharField("người duyệt", max_length=200, blank=True)
    reason = models.TextField("lý do")
    replaced_at = models.DateTimeField("thay lúc")

    class Meta:
        verbose_name = "phiên bản tệp"
        verbose_name_plural = "phiên bản tệp"
        ordering = ["file_type", "file_id", "number"]
        constraints = [models.UniqueConstraint(fields=["file_type", "file_id", "number"], name="one_file_version")]

    def __str__(self):
        return f"{self.title} · {self.number}"
