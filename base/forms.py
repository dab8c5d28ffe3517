"""The upload forms of pictures and files, for pages, choosers and the multiple uploader alike."""

from django.core.exceptions import ValidationError
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

from .files import check_document, check_image
from .models.files import NOT_REPLACED


class GuardedUpload:
    """Mixin: look into the upload, and refuse to put another content in the place of a public one."""

    def clean_file(self):
        file = self.cleaned_data["file"]
        if "file" in self.changed_data and file:
            if self.instance.pk and self.instance.was_public():
                raise ValidationError(NOT_REPLACED)
            self.look_into(file)
        return file


class PortalImageForm(GuardedUpload, BaseImageForm):
    def look_into(self, file):
        check_image(file)


class PortalFileForm(GuardedUpload, BaseDocumentForm):
    def look_into(self, file):
        check_document(file)
