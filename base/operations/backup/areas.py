"""Where the files of a backup are read from: a folder, or the bucket of an object store."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.files.storage import storages

from .target import READ_BYTES, file_digest, pieces_of


@dataclass(frozen=True)
class Found:
    """A file of an area: its name there, its bytes, and what is another one once the file has changed."""

    name: str
    size: int
    mark: list


class Folder:
    """The files below a folder, without those that are being written."""

    def __init__(self, folder: Path):
        self.folder = folder

    def each(self) -> Iterator[Found]:
        """Yield the files in the order of their names."""
        for path in sorted(self._walk()):
            try:
                state = path.stat()
            except FileNotFoundError:
                continue
            mark = [state.st_size, state.st_mtime_ns, state.st_ino]
            yield Found(str(path.relative_to(self.folder)), state.st_size, mark)

    def _walk(self) -> Iterator[Path]:
        for place, folders, names in os.walk(self.folder):
            folders.sort()
            yield from (Path(place) / name for name in names if not name.endswith(".new"))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises FileNotFoundError."""
        return pieces_of(self.folder / name)

    def digest(self, name: str) -> str:
        """Return the SHA-256 of a file, which is read for it. Raises FileNotFoundError."""
        return file_digest(self.folder / name)


class Bucket:
    """The files of one folder of the bucket (`base/files/object_store.py`); `alias`: that of its storage."""

    def __init__(self, alias: str):
        self.store = storages[alias]

    def each(self) -> Iterator[Found]:
        """Yield the files in the order of their names. Raises StoreAway."""
        for name, written_at, size in self.store.listed():
            yield Found(name, size, [size, written_at.isoformat()])

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises FileNotFoundError, StoreAway."""
        with self.store.open(name) as handle:
            while piece := handle.read(READ_BYTES):
                yield piece

    def digest(self, _name: str) -> str:
        """Return "": each reading goes over the network."""
        return ""


Area = Folder | Bucket
