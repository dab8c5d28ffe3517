"""Where the contents of the archive lie, each under its own SHA-256: in a folder, or in the bucket of the object store.

A content is flushed to the disk, or acknowledged by the store, before `write` returns: only then a row names it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO

from django.core.files.base import File
from django.core.files.storage import storages

# In the store: long before the nightly job takes what no row names for old (`copies.purge_orphans`).
RENEWED_AFTER = timedelta(hours=6)


def renewed(digest: str) -> int | None:
    """Return the size of a content that is there, None of one that is not.

    It may be an orphan that is about to be removed: young again, it stays.
    """
    return storages["archive"].renewed(name_of(digest), RENEWED_AFTER)


def write(digest: str, source: BinaryIO) -> None:
    """Write what a file holds under its digest, in pieces. Raises OSError, and then no content has this name."""
    storages["archive"].replace(name_of(digest), File(source, name=digest))


def opened(digest: str) -> BinaryIO:
    """Return a content to be read and closed; raises FileNotFoundError when it is gone."""
    return storages["archive"].open(name_of(digest))


def stored() -> Iterator[tuple[str, datetime]]:
    """Yield the digest of each content that lies here, and when it was written or renewed."""
    for name, written_at, _size in storages["archive"].listed():
        yield name.rpartition("/")[2], written_at


def remove(digest: str) -> None:
    """Remove a content that no row names."""
    storages["archive"].remove(name_of(digest))


def name_of(digest: str) -> str:
    """Return where a content lies below the archive."""
    return f"{digest[:2]}/{digest}"
