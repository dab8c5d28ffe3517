"""Pictures and files of the ZIP become those of the portal: examined, scanned and stored as uploads, once an import."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from wagtail.log_actions import log

from accounts.roles import site_collection
from base.files.upload_forms import demand_storable
from base.models import PortalFile, PortalImage

from ..models import MovedFile, SiteImport
from .given import Given


@dataclass
class Store:
    """Where the pictures and files of an import are stored.

    `stored`: names in the storage that the transaction that runs now has added, for who must take them back. `refused`:
    what did not pass the checks, as sentences, by the name in the ZIP.
    """

    batch: SiteImport
    given: Given
    stored: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def image(self, path: str, alt: str, *, by) -> PortalImage | None:
        """Return the picture of a name in the ZIP; None for one that does not pass the checks of uploads."""
        return self._item(path, "image", by, lambda file: self._new_image(path, alt, file, by))

    def file(self, path: str, label: str, *, by) -> PortalFile | None:
        """Return the file of a name in the ZIP; None for one that does not pass the checks of uploads."""
        return self._item(path, "file", by, lambda file: self._new_file(path, label, file, by))

    def _item(self, path: str, kind: str, by, make):
        if path in self.refused:
            return None
        known = MovedFile.objects.filter(batch=self.batch, path=path).select_related(kind).first()
        if known is not None and getattr(known, kind) is not None:
            return getattr(known, kind)
        try:
            if path not in self.given.entries:
                raise ValidationError("Không còn trong ZIP.")
            examined = self.given.examined(path, picture=kind == "image")
            examined.file.notes = examined.notes
            demand_storable(examined.file, by=by, site=self.batch.site)
        except ValidationError as error:
            self.refused[path] = f"«{path}» không qua kiểm tra tệp: {' '.join(error.messages)}"
            return None
        item = make(examined.file)
        self.stored.append(item.file.name)
        log(instance=item, action="wagtail.create", user=by, content_changed=True)
        MovedFile.objects.update_or_create(batch=self.batch, path=path, defaults={kind: item})
        return item

    def _new_image(self, path: str, alt: str, file, by) -> PortalImage:
        image = PortalImage(
            title=(alt or PurePosixPath(path).stem)[:255],
            file=file,
            description=alt[:200],
            collection=site_collection(self.batch.site),
            uploaded_by_user=by,
        )
        image.save()
        return image

    def _new_file(self, path: str, label: str, file, by) -> PortalFile:
        made = PortalFile(
            title=(label or PurePosixPath(path).stem)[:255],
            file=file,
            collection=site_collection(self.batch.site),
            uploaded_by_user=by,
        )
        made._set_document_file_metadata()
        made.save()
        return made
