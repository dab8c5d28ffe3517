"""The way every upload goes: name, size, family, and out comes the file to store."""

from django.conf import settings
from django.core.exceptions import ValidationError

from . import archives, images, media, office, pdf, text
from .common import MB, Examined, extension_of, refuse_size
from .names import check_name

LARGEST_FILE = 50 * MB
LARGEST_BY_EXTENSION = {"mp4": 300 * MB, "mp3": 100 * MB, "zip": 100 * MB, "csv": 20 * MB, "txt": 5 * MB}

FAMILIES = {
    "pdf": pdf.examine,
    **dict.fromkeys(office.EXTENSIONS, office.examine),
    "zip": archives.examine,
    "csv": text.examine,
    "txt": text.examine,
    "mp3": media.examine,
    "mp4": media.examine,
}


def examine_document(file) -> Examined:
    """Look into an uploaded document; return the file to store and notes for the reviewer.

    `file`: an open uploaded file with name and size. Raises ValidationError, in a sentence that says how to fix it.
    """
    check_name(file.name)
    extension = extension_of(file.name)
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise ValidationError(unknown_document(extension))
    refuse_size(file.size, LARGEST_BY_EXTENSION.get(extension, LARGEST_FILE))
    return _examined(FAMILIES[extension], file, extension)


def examine_image(file) -> Examined:
    """Look into an uploaded picture: format, pixels and frames before anything is decoded, then what goes with it.

    The picture comes back upright and without EXIF, place and comments; its colour profile stays. Raises
    ValidationError, in a sentence that says how to fix it.
    """
    check_name(file.name)
    extension = extension_of(file.name)
    if extension not in settings.WAGTAILIMAGES_EXTENSIONS or extension not in images.FORMATS:
        raise ValidationError(unknown_image(extension))
    refuse_size(file.size, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
    return _examined(images.examine, file, extension)


def unknown_document(extension: str) -> str:
    """Say that no document of this kind is taken, and which are."""
    allowed = ", ".join(settings.WAGTAILDOCS_EXTENSIONS)
    return f"Loại tệp «.{extension}» không được nhận; hãy chuyển sang một trong: {allowed}."


def unknown_image(extension: str) -> str:
    """Say the same of a picture."""
    allowed = ", ".join(settings.WAGTAILIMAGES_EXTENSIONS)
    return f"Loại ảnh «.{extension}» không được nhận; hãy chuyển sang một trong: {allowed}."


def _examined(family, file, extension: str) -> Examined:
    file.seek(0)
    result = family(file, extension)
    file.seek(0)
    result.file.seek(0)
    return result
