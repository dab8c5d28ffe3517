"""What the families share: limits, refusals, and a path to a file that may be in memory only."""

import contextlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.template.defaultfilters import filesizeformat

from ...sandbox.client import NO_WALL, NO_WALL_WORDS, SandboxFailure

MB = 1024 * 1024
MOST_IN_MEMORY = 2 * MB


@dataclass
class Examined:
    """A file that may be stored: perhaps a cleaned copy of the upload, and what the reviewer should know."""

    file: object
    notes: list[str] = field(default_factory=list)


class Sized:
    """An open file that knows its size and its name, as an uploaded one does."""

    def __init__(self, handle, size: int, name: str = "tep"):
        self._handle, self.size, self.name = handle, size, name

    def __getattr__(self, name):
        return getattr(self._handle, name)

    def seekable(self) -> bool:
        return True


def extension_of(name: str) -> str:
    """Return the extension in lower case, without the dot."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower().removeprefix(".")


def refuse_size(size: int, most: int) -> None:
    """Refuse an empty file and one that is too large (bytes)."""
    if not size:
        raise ValidationError("Tệp rỗng; hãy chọn lại tệp có nội dung.")
    if size > most:
        raise ValidationError(
            f"Tệp nặng {filesizeformat(size)}, nhiều nhất là {filesizeformat(most)}; hãy nén hoặc chia nhỏ tệp."
        )


def not_what_it_says(extension: str) -> ValidationError:
    """The refusal of a content that is not what the name says."""
    return ValidationError(
        f"Nội dung tệp không phải là «.{extension}»; hãy mở tệp bằng phần mềm soạn thảo, "
        f"lưu lại đúng dạng «.{extension}» rồi tải lên."
    )


def cut_short() -> ValidationError:
    """The refusal of a file whose end is missing."""
    return ValidationError("Tệp bị cụt hoặc hỏng, không mở trọn vẹn được; hãy chép lại từ bản gốc rồi tải lên.")


def bursts() -> ValidationError:
    """The refusal of a packed file that is small only while it is shut."""
    return ValidationError("Tệp nén phình quá lớn khi mở, có thể gây hại; hãy tạo lại từ tài liệu gốc hoặc chia nhỏ.")


def not_opened(failure: SandboxFailure, otherwise: ValidationError) -> ValidationError:
    """The refusal of a file that no child opened: for want of a wall, else what it says of the file itself."""
    return ValidationError(NO_WALL_WORDS) if failure.kind == NO_WALL else otherwise


@contextlib.contextmanager
def on_disk(file) -> Iterator[str]:
    """Give the path of a file's content: its own when it has one, else a copy that is removed again."""
    if hasattr(file, "temporary_file_path"):
        file.seek(0)
        yield file.temporary_file_path()
        return
    with tempfile.NamedTemporaryFile(prefix="portal-upload-") as copy:
        file.seek(0)
        for chunk in iter(lambda: file.read(MB), b""):
            copy.write(chunk)
        copy.flush()
        yield copy.name
    file.seek(0)


def replaced(original, source) -> object:
    """Return an uploaded file with the name of `original` and the bytes of an open binary file `source`."""
    source.seek(0, io.SEEK_END)
    size = source.tell()
    source.seek(0)
    content_type = getattr(original, "content_type", "") or ""
    if size <= MOST_IN_MEMORY:
        return SimpleUploadedFile(original.name, source.read(), content_type)
    copy = TemporaryUploadedFile(original.name, content_type, size, None)
    for chunk in iter(lambda: source.read(MB), b""):
        copy.write(chunk)
    copy.flush()
    copy.seek(0)
    return copy
