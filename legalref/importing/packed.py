"""The ZIP that comes with a table: bounded like an uploaded archive, each of its files looked at like an upload."""

from hashlib import sha256

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import TemporaryUploadedFile

from base.files.checks.archives import MOST_FILES
from base.files.checks.common import MB, Examined, extension_of
from base.files.checks.examine import LARGEST_FILE, examine_document
from base.files.checks.names import check_name
from base.files.checks.packages import Package, nothing_after
from vietnam import text

# Of one file in the ZIP: it is written to the disk before it is looked at.
LARGEST_INSIDE = LARGEST_FILE
DOCUMENTS = ("pdf", "docx", "txt", "xlsx", "odt", "ods", "csv", "pptx")


class Packed:
    """An open ZIP; names are compared in composed letters, however the sender's machine wrote them."""

    def __init__(self, file):
        self.package = Package(file, "zip")
        if not nothing_after(file):
            raise ValidationError("Có dữ liệu lạ sau phần nén của tệp zip; hãy nén lại từ tài liệu gốc.")
        entries = [entry for entry in self.package.entries if not entry.is_dir()]
        if not entries:
            raise ValidationError("Tệp nén không có tệp nào bên trong; hãy nén lại.")
        if len(entries) > MOST_FILES:
            raise ValidationError(f"Tệp nén có {len(entries)} tệp, nhiều nhất là {MOST_FILES}; hãy chia nhỏ.")
        self.entries = {}
        for entry in entries:
            self.entries.setdefault(key_of(_sent_name(entry)), entry)

    def has(self, path: str) -> bool:
        """Tell whether a file of this name is in it."""
        return key_of(path) in self.entries

    def __iter__(self):
        return iter(self.entries)

    def opened(self, path: str) -> TemporaryUploadedFile:
        """Return a file of the ZIP as an upload of its own, on disk; raises ValidationError when it cannot be."""
        entry = self.entries[key_of(path)]
        name = key_of(_sent_name(entry)).rsplit("/", 1)[-1]
        check_name(name)
        if extension_of(name) not in DOCUMENTS:
            raise ValidationError(f"«{name}» không thuộc loại được nhận; hãy dùng một trong: {', '.join(DOCUMENTS)}.")
        if entry.file_size > LARGEST_INSIDE:
            raise ValidationError(f"«{name}» nặng hơn {LARGEST_INSIDE // MB} MB; hãy giảm dung lượng rồi nén lại.")
        copy = TemporaryUploadedFile(text.nfc(name), "", entry.file_size, None)
        for chunk in self.package.chunks(entry, LARGEST_INSIDE):
            copy.write(chunk)
        copy.flush()
        copy.seek(0)
        return copy

    def digest_of(self, path: str) -> str:
        """Return the SHA-256 of a file of the ZIP as it came."""
        found = sha256()
        for chunk in self.package.chunks(self.entries[key_of(path)], LARGEST_INSIDE):
            found.update(chunk)
        return found.hexdigest()

    def examined(self, path: str) -> Examined:
        """Return a file of the ZIP as an upload would be stored; raises ValidationError as an upload does."""
        return examine_document(self.opened(path))


def _sent_name(entry) -> str:
    """Return the name as the sender saw it: some programs write UTF-8 without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def key_of(path: str) -> str:
    """How names of files are compared: composed letters, forward slashes, no "./" in front."""
    return text.nfc(path).replace("\\", "/").strip().removeprefix("./").strip("/")


def add(archive, path: str, file) -> None:
    """Write an open file into an archive that is being made, in pieces."""
    with archive.open(path, "w", force_zip64=False) as target:
        for chunk in iter(lambda: file.read(MB), b""):
            target.write(chunk)
