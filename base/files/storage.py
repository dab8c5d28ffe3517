"""Where pictures and files lie: a file is there whole or not at all."""

import contextlib
import os
import tempfile

from django.core.files.storage import FileSystemStorage

from ..gate import Refused

NO_ROOM = "Máy chủ không ghi được tệp (hết chỗ hoặc kho tệp đang khóa); hãy báo cán bộ kỹ thuật rồi tải lại sau."
ROOM_RESERVED = 20 * 1024 * 1024


class StorageFailed(Refused, OSError):
    """The file could not be written; nothing of it is left."""


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
