"""Zip packages: read with a limit on everything, and written anew without unpacking what stays."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator

from django.core.exceptions import ValidationError

from .common import MB, bursts, cut_short, not_what_it_says

MOST_ENTRIES = 10_000
LARGEST_UNPACKED = 500 * MB
LARGEST_RATIO = 120
SMALL_UNPACKED = 20 * MB
LONGEST_PATH = 240
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCAL_HEADER = 30
_OLD_STORE, _ENCRYPTED_PACKAGE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "EncryptedPackage".encode("utf-16-le")


class Package:
    """An open zip whose directory has been looked at; `entries` in their order, read within bounds."""

    most_entries, largest_unpacked = MOST_ENTRIES, LARGEST_UNPACKED

    def __init__(self, file, extension: str):
        self.file, self.extension = file, extension
        file.seek(0)
        if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
            # Something stands before the archive: a picture or a program that carries one.
            raise locked() if self._is_locked() else not_what_it_says(extension)
        try:
            self.zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError, struct.error):
            raise self._unreadable() from None
        self.entries = self.zip.infolist()
        self.names = {entry.filename: entry for entry in self.entries}
        self._refuse_deceit()

    def _is_locked(self) -> bool:
        """Tell whether this is an Office document under a password: a store of the older kind with one in it."""
        self.file.seek(0)
        if self.file.read(8) != _OLD_STORE:
            return False
        return any(_ENCRYPTED_PACKAGE in piece for piece in (self.file.read(MB), self._tail()))

    def _tail(self) -> bytes:
        self.file.seek(max(0, self.file.size - MB))
        return self.file.read(MB)

    def _unreadable(self) -> ValidationError:
        self.file.seek(0)
        return cut_short() if self.file.read(4) == b"PK\x03\x04" else not_what_it_says(self.extension)

    def _refuse_deceit(self) -> None:
        unpacked = sum(entry.file_size for entry in self.entries)
        packed = sum(entry.compress_size for entry in self.entries)
        if any(entry.flag_bits & 1 for entry in self.entries):
            raise locked()
        too_dense = unpacked > SMALL_UNPACKED and unpacked > LARGEST_RATIO * self.file.size
        # Entries that overlap are counted twice: together they are longer than the file.
        too_much = len(self.entries) > self.most_entries or unpacked > self.largest_unpacked
        if too_much or too_dense or packed > self.file.size:
            raise bursts()
        if len(self.names) != len(self.entries):
            raise ValidationError("Tệp nén có hai mục cùng tên; hãy nén lại từ tài liệu gốc.")
        if any(entry.compress_type not in METHODS for entry in self.entries):
            raise ValidationError("Tệp nén dùng kiểu nén lạ; hãy nén lại bằng kiểu zip thông thường.")
        for entry in self.entries:
            name = entry.filename
            parts = name.replace("\\", "/").split("/")
            if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\0" in entry.orig_filename:
                raise ValidationError("Tệp nén có mục trỏ ra ngoài thư mục của nó; hãy nén lại từ tài liệu gốc.")
            if len(name) > LONGEST_PATH:
                raise ValidationError("Tệp nén có mục tên quá dài; hãy đặt tên ngắn hơn rồi nén lại.")
            if stat.S_ISLNK(entry.external_attr >> 16):
                raise ValidationError("Tệp nén có liên kết tượng trưng (symlink); hãy nén lại từ tài liệu gốc.")

    def chunks(self, entry: zipfile.ZipInfo, most: int = LARGEST_UNPACKED) -> Iterator[bytes]:
        """Yield the content of an entry in pieces of at most one megabyte; refuse one that is longer than it says."""
        left = min(most, entry.file_size)
        try:
            with self.zip.open(entry) as handle:
                while data := handle.read(MB):
                    left -= len(data)
                    if left < 0:
                        raise bursts()
                    yield data
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise cut_short() from None

    def read(self, name: str, most: int) -> bytes:
        """Return the content of a small entry, b"" when there is none; refuse one larger than `most` bytes."""
        entry = self.names.get(name)
        if entry is None:
            return b""
        if entry.file_size > most:
            raise bursts()
        return b"".join(self.chunks(entry, most))

    def first_bytes(self, entry: zipfile.ZipInfo, length: int = 16) -> bytes:
        """Return the first bytes of an entry."""
        try:
            with self.zip.open(entry) as handle:
                return handle.read(length)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            raise cut_short() from None

    def rewritten(self, changes: dict[str, bytes], target) -> None:
        """Write the package to an open file with some entries' content changed; the others are copied packed."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in self.entries:
                if entry.filename in changes:
                    info = zipfile.ZipInfo(entry.filename, entry.date_time)
                    info.compress_type, info.external_attr = entry.compress_type, entry.external_attr
                    new.writestr(info, changes[entry.filename])
                else:
                    self._copy(entry, new)
            new.comment = b""

    def _copy(self, entry: zipfile.ZipInfo, new: zipfile.ZipFile) -> None:
        self.file.seek(entry.header_offset)
        first_bytes = self.file.read(_LOCAL_HEADER)
        if first_bytes[:4] != b"PK\x03\x04":
            raise cut_short()
        name_length, extra_length = struct.unpack("<HH", first_bytes[26:30])
        self.file.seek(entry.header_offset + _LOCAL_HEADER + name_length + extra_length)
        info = zipfile.ZipInfo(entry.filename, entry.date_time)
        info.compress_type, info.external_attr = entry.compress_type, entry.external_attr
        info.create_system = entry.create_system
        info.CRC, info.compress_size, info.file_size = entry.CRC, entry.compress_size, entry.file_size
        info.header_offset = new.fp.tell()
        new.fp.write(info.FileHeader(zip64=False))
        left = entry.compress_size
        while left:
            data = self.file.read(min(left, MB))
            if not data:
                raise cut_short()
            new.fp.write(data)
            left -= len(data)
        new.filelist.append(info)
        new.NameToInfo[info.filename] = info
        new.start_dir = new.fp.tell()
        new._didModify = True


def locked() -> ValidationError:
    """The refusal of a file that opens with a password only."""
    return ValidationError("Tệp có mật khẩu, người đọc không mở được; hãy bỏ mật khẩu rồi tải lại.")


def nothing_after(file) -> bool:
    """Tell whether the archive ends where its directory says, so that nothing hides behind it."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - 66_000))
    tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    return place >= 0 and place + 22 + struct.unpack("<H", tail[place + 20 : place + 22] or b"\0\0")[0] == len(tail)
