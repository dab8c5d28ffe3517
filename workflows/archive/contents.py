"""Where the contents of the archive lie, each under its own SHA-256: in a folder, or in the bucket of the object store.

A content is flushed to the disk, or acknowledged by the store, before `write` returns: only then a row names it.
"""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages

PIECE = 1024**2
# In the store: long before the nightly job takes what no row names for old (`copies.purge_orphans`).
RENEWED_AFTER = timedelta(hours=6)


def renewed(digest: str) -> int | None:
    """Return the size of a content that is there, None of one that is not.

    It may be an orphan that is about to be removed: young again, it stays.
    """
    if settings.PORTAL_S3_BUCKET:
        return storages["archive"].renewed(_name(digest), RENEWED_AFTER)
    path = path_of(digest)
    if not path.exists():
        return None
    os.utime(path)
    return path.stat().st_size


def write(digest: str, source: BinaryIO) -> None:
    """Write what a file holds under its digest, in pieces of a megabyte. Raises OSError, and then leaves nothing."""
    if settings.PORTAL_S3_BUCKET:
        storages["archive"].replace(_name(digest), File(source, name=digest))
        return
    path = path_of(digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{id(source)}")
    with temporary.open("wb") as handle:
        shutil.copyfileobj(source, handle, PIECE)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def opened(digest: str) -> BinaryIO:
    """Return a content to be read and closed; raises FileNotFoundError when it is gone."""
    return storages["archive"].open(_name(digest)) if settings.PORTAL_S3_BUCKET else path_of(digest).open("rb")


def stored() -> Iterator[tuple[str, datetime]]:
    """Yield the digest of each content that lies here, and when it was written or renewed."""
    if settings.PORTAL_S3_BUCKET:
        for name, written_at, _size in storages["archive"].listed():
            yield name.rpartition("/")[2], written_at
        return
    for path in Path(settings.ARCHIVE_ROOT).glob("??/*"):
        yield path.name, datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def remove(digest: str) -> None:
    """Remove a content that no row names."""
    if settings.PORTAL_S3_BUCKET:
        storages["archive"].remove(_name(digest))
    else:
        path_of(digest).unlink()


def path_of(digest: str) -> Path:
    """Return where a content lies in the archive's folder."""
    return Path(settings.ARCHIVE_ROOT) / _name(digest)


def _name(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
