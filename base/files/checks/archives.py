"""Zip archives: only documents, pictures and plans inside, each of them looked at."""

import tempfile

from django.conf import settings
from django.core.exceptions import ValidationError

from . import images, media, office, pdf, text
from .common import MB, Examined, Sized, extension_of
from .names import check_name
from .packages import Package, nothing_after

# Plans and maps come as archives; none of these is run by the machine that opens it.
PLANS = frozenset("tif tiff tfw jgw dwg dxf shp shx dbf prj cpg qgz kml geojson json gpkg".split())
PACKED_AGAIN = frozenset("zip rar 7z gz tgz bz2 xz tar cab arj lzh zst iso".split())
OLD_OFFICE = frozenset("doc xls ppt rtf".split())
MOST_LOOKED_INTO = 60
LARGEST_LOOKED_INTO = 40 * MB
MOST_FILES = 2_000

_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xd0\xcf\x11\xe0")
_PACKED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
# What begins the data of device, moment and place in a picture (EXIF, XMP).
_PERSONAL = (b"Exif\0\0", b"eXIf", b"EXIF", b"http://ns.adobe.com/xap/")
# The archive stays as it was sent, its pictures and films too.
PERSONAL = "có thông tin kèm theo (thiết bị, nơi ghi) mà tệp nén giữ nguyên; hãy tải riêng tệp này để hệ thống bỏ đi."
_DOCUMENTS = {
    "pdf": lambda file, _extension: pdf.look_into(file)[0],
    "csv": lambda file, extension: text.examine(file, extension).notes,
    "txt": lambda file, extension: text.examine(file, extension).notes,
    "mp3": lambda file, extension: media.examine(file, extension).notes,
    "mp4": lambda file, _extension: [PERSONAL] if media.personal_boxes(file) else [],
    **dict.fromkeys(office.EXTENSIONS, lambda file, extension: office.look_into(file, extension)[1]),
}


def examine(file, extension: str) -> Examined:
    """Take an archive of known files without packages in packages, programs, links or ways out of its folder."""
    package = Package(file, extension)
    if not nothing_after(file):
        raise ValidationError("Có dữ liệu lạ sau phần nén của tệp zip; hãy nén lại từ tài liệu gốc.")
    entries = [entry for entry in package.entries if not entry.is_dir()]
    if not entries:
        raise ValidationError("Tệp nén không có tệp nào bên trong; hãy nén lại.")
    if len(entries) > MOST_FILES:
        raise ValidationError(f"Tệp nén có {len(entries)} tệp, nhiều nhất là {MOST_FILES}; hãy chia nhỏ.")
    notes, looked_into = [], 0
    for entry in entries:
        name = entry.filename.rsplit("/", 1)[-1]
        check_name(name)
        inner = extension_of(name)
        first_bytes = package.first_bytes(entry)
        if inner in PACKED_AGAIN or (first_bytes.startswith(_PACKED) and inner not in (*office.EXTENSIONS, "qgz")):
            raise ValidationError(
                f"Trong tệp nén có một tệp nén khác («{name}»); hãy giải nén nó rồi nén chung, hoặc tải lên riêng."
            )
        if inner in OLD_OFFICE:
            raise ValidationError(
                f"Trong tệp nén có «{name}» thuộc dạng cũ có thể chứa macro; hãy lưu lại dạng docx, xlsx hoặc pdf."
            )
        if first_bytes.startswith(_PROGRAMS) or not _is_allowed(inner):
            raise ValidationError(
                f"Trong tệp nén có «{name}» là chương trình hoặc loại tệp không được nhận; hãy bỏ ra rồi nén lại."
            )
        if inner in _DOCUMENTS or inner in images.FORMATS:
            looked_into += 1
            if looked_into > MOST_LOOKED_INTO or entry.file_size > LARGEST_LOOKED_INTO:
                raise ValidationError(
                    f"Tệp nén quá lớn để xem hết bên trong (nhiều nhất {MOST_LOOKED_INTO} tài liệu, mỗi tài liệu "
                    f"{LARGEST_LOOKED_INTO // MB} MB); hãy chia thành nhiều tệp."
                )
            notes += [f"«{name}»: {note}" for note in _look_into(package, entry, name, inner)]
    return Examined(file, list(dict.fromkeys(notes))[:20])


def _is_allowed(extension: str) -> bool:
    """Tell whether a file inside may be: what is looked into, as far as it is taken by itself, and plans."""
    taken = (*settings.WAGTAILDOCS_EXTENSIONS, *settings.WAGTAILIMAGES_EXTENSIONS)
    return extension in PLANS or (extension in taken and (extension in _DOCUMENTS or extension in images.FORMATS))


def _look_into(package: Package, entry, name: str, extension: str) -> list[str]:
    """Ask the family of a packed file; its refusal names it. The packed file itself is left as it is."""
    with tempfile.SpooledTemporaryFile(2 * MB) as inner:
        for chunk in package.chunks(entry, LARGEST_LOOKED_INTO):
            inner.write(chunk)
        inner.seek(0)
        file = Sized(inner, entry.file_size, name)
        if not entry.file_size:
            return []
        try:
            if extension in images.FORMATS:
                data = inner.read()
                images.demand_shape(data, extension)
                return [PERSONAL] if any(mark in data for mark in _PERSONAL) else []
            return _DOCUMENTS[extension](file, extension)
        except ValidationError as error:
            raise ValidationError(f"Trong tệp nén, «{name}»: {error.messages[0]}") from None
