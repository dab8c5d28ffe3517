"""The proposal to change a picture or file that readers see, or saw: a second person decides it."""

from django.db import models
from django.db.models import Q

from base.models import PortalFile, PortalImage, PortalSite
from base.models.files import random_name

from .proposal import Proposal

MODELS = {model._meta.label: model for model in (PortalImage, PortalFile)}


class FileChange(Proposal):
    """New content, name or description of one picture or file; open until a second person has decided.

    `file` holds the proposed content until then; only those who work on the site get it. `before` and `digest`
    are SHA-256: of what the file was when the change was proposed, and of all that is proposed. The former texts stay
    in the row; the former content stays as a `FileVersion`.
    """

    file_type = models.CharField("loại", max_length=100)
    file_id = models.BigIntegerField("số tệp")
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    title = models.CharField("tên", max_length=255)
    description = models.CharField("mô tả", max_length=255, blank=True)
    photographer = models.CharField("người chụp", max_length=120, blank=True)
    source = models.CharField("nguồn ảnh", max_length=200, blank=True)
    licence = models.CharField("quyền sử dụng", max_length=10, blank=True)
    former_title = models.CharField("tên cũ", max_length=255)
    former_description = models.CharField("mô tả cũ", max_length=255, blank=True)
    former_photographer = models.CharField("người chụp cũ", max_length=120, blank=True)
    former_source = models.CharField("nguồn ảnh cũ", max_length=200, blank=True)
    former_licence = models.CharField("quyền sử dụng cũ", max_length=10, blank=True)
    file = models.FileField("nội dung mới", upload_to=random_name, max_length=255, blank=True)
    content_digest = models.CharField("mã băm SHA-256 của nội dung mới", max_length=64, blank=True)
    content_size = models.PositiveBigIntegerField("dung lượng (byte)", default=0)
    notes = models.TextField("lưu ý về tệp", blank=True)
    before = models.CharField("mã băm của tệp lúc đề nghị", max_length=64)
    digest = models.CharField("mã băm của đề nghị", max_length=64)

    class Meta:
        verbose_name = "đề nghị thay tệp"
        verbose_name_plural = "đề nghị thay tệp"
        ordering = ["-proposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["file_type", "file_id"], condition=Q(decided_at=None), name="one_open_file_change"
            )
        ]

    def __str__(self):
        return self.former_title

    @property
    def owner_site(self) -> PortalSite:
        return self.site

    @property
    def has_content(self) -> bool:
        return bool(self.content_digest)

    @property
    def item(self) -> PortalImage | PortalFile | None:
        """The picture or file that is to change."""
        model = MODELS.get(self.file_type)
        return model.objects.filter(pk=self.file_id).first() if model else None

    def is_servable(self) -> bool:
        """What the scanner did not pass was never stored here."""
        return bool(self.file)
