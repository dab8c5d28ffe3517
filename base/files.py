"""Pictures and files: who gets them, and what may be uploaded.

1. An upload is looked into before it is stored: is it what its name says, is it small enough to open.
2. It lies under a random name and belongs to the site of its collection.
3. It is public only while something public refers to it; until then its site's people alone get it.
4. When the last page that shows it is taken down, it is private again at once.
5. What was public once is neither replaced nor deleted (`models/files.py`).
"""

import re
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.views.decorators.http import require_safe
from PIL import Image, UnidentifiedImageError

from . import authority
from .models import PortalFile, PortalImage, PortalRendition
from .models.files import content_type_of

# A browser may show it again for this long without asking; whatever stands between asks every time, so that a
# file that was taken down leaves all shared caches at once.
BROWSER_SECONDS = 600
PUBLIC_CACHE = f"public, max-age={BROWSER_SECONDS}, s-maxage=0, must-revalidate"
PRIVATE_CACHE = "private, no-store"
# Whatever an uploaded file holds, it runs nothing and loads nothing.
FILE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; frame-ancestors 'self'"
)
SHOWN_INLINE = ("image/", "audio/", "video/", "application/pdf")

MB = 1024 * 1024
LARGEST_FILE = 50 * MB
LARGEST_BY_EXTENSION = {"mp4": 300 * MB, "mp3": 100 * MB, "zip": 100 * MB, "csv": 20 * MB, "txt": 5 * MB}
MOST_PACKED_ENTRIES = 10_000
LARGEST_UNPACKED = 500 * MB
LARGEST_RATIO = 120
SMALL_UNPACKED = 20 * MB
MOST_FRAMES = 60
MOST_PIXELS_OF_ALL_FRAMES = 120_000_000

# The folder that makes a packed document what its extension says.
OFFICE_FOLDERS = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
OPEN_DOCUMENT_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
PACKED = frozenset({"zip", *OFFICE_FOLDERS, *OPEN_DOCUMENT_TYPES})
IMAGE_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}


# --- Serving --------------------------------------------------------------------------------------


def is_public(file) -> bool:
    """Tell whether a picture, one of its renditions, or a file may be read by everybody now."""
    return _kept(file).is_public()


@require_safe
def serve(request, token: str, name: str):
    """Answer "/tep/<token>/<name>": the file, or 404 to whoever may not have it, as if it were not there."""
    item = find(token)
    if item is None or PurePosixPath(item.file.name).name != name:
        raise Http404
    kept = _kept(item)
    if kept.is_public():
        etag = quote_etag(token)
        response = get_conditional_response(request, etag=etag) or _send(request, item)
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = PUBLIC_CACHE
        return response
    if not (request.user.is_authenticated and authority.may_see(request.user, kept)):
        raise Http404
    response = _send(request, item)
    response.headers["Cache-Control"] = PRIVATE_CACHE
    return response


def find(token: str) -> PortalRendition | PortalImage | PortalFile | None:
    """Return what a random name stands for."""
    return (
        PortalRendition.objects.select_related("image").filter(token=token).first()
        or PortalImage.objects.filter(token=token).first()
        or PortalFile.objects.filter(token=token).first()
    )


def note_published(files: Iterable, on) -> None:
    """Write down that pictures and files became public at the moment `on`; the publishing verb calls it."""
    for file in files:
        type(file).objects.filter(pk=file.pk, first_public_at=None).update(first_public_at=on)


def _kept(file):
    return file.image if isinstance(file, PortalRendition) else file


def _send(request, item):
    name = PurePosixPath(item.file.name).name
    content_type = content_type_of(name)
    inline = content_type.startswith(SHOWN_INLINE)
    if settings.PORTAL_ACCEL_PREFIX:
        # The web server in front sends the file itself, from a location that nobody can ask for.
        response = HttpResponse(content_type=content_type)
        response.headers["X-Accel-Redirect"] = f"{settings.PORTAL_ACCEL_PREFIX.rstrip('/')}/{item.file.name}"
    else:
        try:
            response = _read(request, item.file, content_type)
        except FileNotFoundError:
            raise Http404 from None
    response.headers["Content-Disposition"] = content_disposition_header(not inline, name)
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-site"
    return response


def _read(request, file, content_type):
    """Return the whole file or, for players that seek, the one range they ask for."""
    size = file.size
    handle = file.storage.open(file.name, "rb")
    wanted = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", request.headers.get("Range", ""))
    if not wanted or wanted.groups() == ("", "") or "If-Range" in request.headers:
        response = FileResponse(handle, content_type=content_type)
        response.headers["Content-Length"] = str(size)
        response.headers["Accept-Ranges"] = "bytes"
        return response
    first, last = wanted.groups()
    if first:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    else:
        start, end = max(0, size - int(last)), size - 1
    if start > end:
        handle.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    handle.seek(start)
    response = FileResponse(_Part(handle, end - start + 1), content_type=content_type, status=206)
    response.headers["Content-Length"] = str(end - start + 1)
    response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    return response


class _Part:
    """The next `length` bytes of an open file."""

    def __init__(self, handle, length: int):
        self._handle, self._left = handle, length

    def read(self, size: int = -1) -> bytes:
        size = self._left if size < 0 else min(size, self._left)
        data = self._handle.read(size)
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._handle.close()


# --- Uploading ------------------------------------------------------------------------------------


def check_document(file) -> None:
    """Look into an uploaded document.

    `file`: an open uploaded file with name and size; it is rewound.
    Raises ValidationError, in a sentence that names the mend.
    """
    extension = _extension(file)
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        allowed = ", ".join(settings.WAGTAILDOCS_EXTENSIONS)
        raise ValidationError(f"Loại tệp «.{extension}» không được nhận; hãy chuyển sang một trong: {allowed}.")
    _check_size(file, LARGEST_BY_EXTENSION.get(extension, LARGEST_FILE))
    file.seek(0)
    head = file.read(8192)
    if extension in PACKED:
        _check_packed(file, extension)
    elif extension in ("csv", "txt"):
        _check_text(file, extension)
    elif not _SIGNATURES[extension](head):
        raise ValidationError(_not_what_it_says(extension))
    file.seek(0)


def check_image(file) -> None:
    """Look into an uploaded picture without decoding it: format, pixels, frames.

    Raises ValidationError, in a sentence that names the mend.
    """
    extension = _extension(file)
    if extension not in IMAGE_FORMATS:
        allowed = ", ".join(settings.WAGTAILIMAGES_EXTENSIONS)
        raise ValidationError(f"Loại ảnh «.{extension}» không được nhận; hãy chuyển sang một trong: {allowed}.")
    _check_size(file, settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE)
    file.seek(0)
    try:
        with Image.open(file, formats=[IMAGE_FORMATS[extension]]) as image:
            pixels = image.width * image.height
            if pixels > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                most = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000
                raise ValidationError(
                    f"Ảnh có {pixels // 1_000_000} triệu điểm ảnh, nhiều nhất là {most} triệu; "
                    "hãy thu nhỏ ảnh rồi tải lại."
                )
            _check_frames(image, pixels)
    except Image.DecompressionBombError:
        raise ValidationError("Ảnh quá lớn để mở an toàn; hãy thu nhỏ ảnh rồi tải lại.") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ValidationError(_not_what_it_says(extension)) from None
    file.seek(0)


def _check_frames(image, pixels: int) -> None:
    """Count frames one by one and stop early: a picture may claim any number of them."""
    for number in range(1, MOST_FRAMES + 2):
        if number > MOST_FRAMES or number * pixels > MOST_PIXELS_OF_ALL_FRAMES:
            raise ValidationError(
                f"Ảnh động có quá nhiều khung hình (nhiều nhất {MOST_FRAMES}); hãy dùng ảnh tĩnh hoặc đoạn phim mp4."
            )
        try:
            image.seek(number)
        except EOFError:
            return


def _extension(file) -> str:
    return PurePosixPath(file.name.replace("\\", "/")).suffix.lower().removeprefix(".")


def _check_size(file, most: int) -> None:
    if not file.size:
        raise ValidationError("Tệp rỗng; hãy chọn lại tệp có nội dung.")
    if file.size > most:
        raise ValidationError(
            f"Tệp nặng {filesizeformat(file.size)}, nhiều nhất là {filesizeformat(most)}; hãy nén hoặc chia nhỏ tệp."
        )


def _not_what_it_says(extension: str) -> str:
    return (
        f"Nội dung tệp không phải là «.{extension}»; hãy mở tệp bằng phần mềm soạn thảo, "
        f"lưu lại đúng dạng «.{extension}» rồi tải lên."
    )


def _check_packed(file, extension: str) -> None:
    """Look into a packed file: is it what it says, does it stay small when opened, can it be looked into."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
            names = {entry.filename for entry in entries}
            unpacked = sum(entry.file_size for entry in entries)
            if any(entry.flag_bits & 1 for entry in entries):
                raise ValidationError("Tệp có mật khẩu, người đọc không mở được; hãy bỏ mật khẩu rồi tải lại.")
            too_dense = unpacked > SMALL_UNPACKED and unpacked > LARGEST_RATIO * file.size
            if len(entries) > MOST_PACKED_ENTRIES or unpacked > LARGEST_UNPACKED or too_dense:
                raise ValidationError(
                    "Tệp nén phình quá lớn khi mở, có thể gây hại; hãy tạo lại từ tài liệu gốc hoặc chia nhỏ."
                )
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise ValidationError("Tệp có macro; hãy lưu lại thành tệp không có macro rồi tải lên.")
            if extension in OFFICE_FOLDERS and not (
                "[Content_Types].xml" in names and any(name.startswith(OFFICE_FOLDERS[extension]) for name in names)
            ):
                raise ValidationError(_not_what_it_says(extension))
            if extension in OPEN_DOCUMENT_TYPES and not (
                "mimetype" in names
                and packed.getinfo("mimetype").file_size < 200
                and packed.read("mimetype").strip() == OPEN_DOCUMENT_TYPES[extension]
            ):
                raise ValidationError(_not_what_it_says(extension))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise ValidationError(_not_what_it_says(extension)) from None


def _check_text(file, extension: str) -> None:
    file.seek(0)
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            f"Tệp «.{extension}» không dùng bảng mã UTF-8 (Điều 7.3); hãy lưu lại với mã UTF-8 rồi tải lên."
        ) from None
    if "\0" in text:
        raise ValidationError(_not_what_it_says(extension))


_SIGNATURES = {
    "pdf": lambda head: b"%PDF-" in head[:1024],
    "mp3": lambda head: head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] and head[1] & 0xE0 == 0xE0),
    "mp4": lambda head: head[4:8] == b"ftyp",
}
