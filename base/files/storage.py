"""Where pictures and files lie, in a folder: a file is there whole or not at all. Otherwise: `object_store.py`."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

from ..gate import Refused

PIECE = 1024**2
NO_ROOM = (
    "Máy chủ không ghi được tệp (hết chỗ, kho tệp đang khóa hoặc không trả lời); hãy báo cán bộ kỹ thuật rồi tải lại "
    "sau."
)
ROOM_RESERVED = 20 * 1024 * 1024


class StorageFailed(Refused, OSError):
    """The file could not be written; nothing of it is left."""


class StoreAway(OSError):
    """The object store does not answer, or refuses; what was typed is given back (`base/views.py`)."""


class WholeFileStorage(FileSystemStorage):
    """Writes beside the place and renames: a full disk or a killed process leaves no half and no empty file."""

    def _save(self, name, content):
        place = self.path(name)
        temporary = None
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".tam-", dir=os.path.dirname(place))
            with os.fdopen(handle, "wb") as target:
                for chunk in content.chunks():
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            # A link, unlike a rename, refuses to take the place of a file that came first.
            name = self._placed(temporary, name)
            os.chmod(self.path(name), self.file_permissions_mode or 0o644)
        except OSError as error:
            raise StorageFailed(NO_ROOM) from error
        finally:
            if temporary is not None:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
            with contextlib.suppress(OSError):
                # Only when it is empty: nothing came of it.
                os.rmdir(os.path.dirname(place))
        return str(name).replace("\\", "/")

    def _placed(self, temporary: str, name: str) -> str:
        while True:
            try:
                os.link(temporary, self.path(name))
                return name
            except FileExistsError:
                name = self.get_available_name(name)

    def has_room(self, size: int) -> bool:
        """Tell whether a file of `size` bytes can be written now."""
        try:
            os.makedirs(self.location, exist_ok=True)
            state = os.statvfs(self.location)
        except OSError:
            return False
        return os.access(self.location, os.W_OK) and state.f_bavail * state.f_frsize > size + ROOM_RESERVED

    def listed(self) -> Iterator[tuple[str, datetime, int]]:
        """Yield the name of each file ("<random>/<name>"), when it was written, and its bytes."""
        root = Path(self.location)
        for path in root.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):
                if path.is_file():
                    state = path.stat()
                    moment = datetime.fromtimestamp(state.st_mtime, tz=UTC)
                    yield path.relative_to(root).as_posix(), moment, state.st_size

    def remove(self, name: str) -> None:
        """Remove a file that nothing names, and its folder with the last one in it."""
        place = Path(self.path(name))
        place.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            place.parent.rmdir()

    def part(self, name: str, start: int, length: int):
        """Return what gives `length` bytes of a file from `start` on, to be closed. Raises FileNotFoundError."""
        handle = self.open(name, "rb")
        handle.seek(start)
        return _Part(handle, length)


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


class ContentFolder(FileSystemStorage):
    """The archive's folder: a name always has the same content, so that a write may be done twice.

    The methods that the archive uses are those of `PrivateObjects`.
    """

    @property
    def location(self) -> str:
        """The folder that the settings name at this moment."""
        return os.path.abspath(settings.ARCHIVE_ROOT)

    def replace(self, name: str, content: File) -> None:
        """Write a content in pieces, flushed to the disk before its name is there. Raises OSError."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{id(content)}")
        with temporary.open("wb") as handle:
            shutil.copyfileobj(content, handle, PIECE)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)

    def renewed(self, name: str, after: timedelta) -> int | None:
        """Return the size of a content, None of one that is not there; it gets the moment of now, however old it is."""
        path = Path(self.path(name))
        if not path.exists():
            return None
        os.utime(path)
        return path.stat().st_size

    def listed(self) -> Iterator[tuple[str, datetime, int]]:
        """Yield the name of each content, when it was written or renewed, and its bytes."""
        root = Path(self.location)
        for path in root.glob("??/*"):
            state = path.stat()
            yield path.relative_to(root).as_posix(), datetime.fromtimestamp(state.st_mtime, tz=UTC), state.st_size

    def remove(self, name: str) -> None:
        """Remove a content that is there. Raises FileNotFoundError."""
        Path(self.path(name)).unlink()
