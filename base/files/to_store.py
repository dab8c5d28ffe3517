"""Bring files and archive of a portal that has folders into its object store (`manage.py files_to_store`).

1. Every file of the folder is compared with what lies in the bucket under its name: by its bytes, then by its SHA-256.
2. What is missing, or is another content, is written, and read back. 3. The folders stay as they are, for a person to
remove. It may be repeated, also while the portal serves: what came meanwhile goes with the next time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages


@dataclass
class Moved:
    """What was done: files that lay there already, files and bytes that were written."""

    there: int = 0
    written: int = 0
    bytes_written: int = 0


def move() -> Moved:
    """Write what the bucket lacks of the folders of media and archive; return what was done.

    Raises ImproperlyConfigured where no object store is set, StoreAway where it does not take a file or gives
    another content back.
    """
    if not settings.PORTAL_S3_BUCKET:
        raise ImproperlyConfigured("Chưa đặt PORTAL_S3_BUCKET: không có kho tệp để chuyển vào.")
    done = Moved()
    for alias, folder in (("default", settings.MEDIA_ROOT), ("archive", settings.ARCHIVE_ROOT)):
        store = storages[alias]
        there = {name: size for name, _moment, size in store.listed()}
        for path in _files_in(Path(folder)):
            name = path.relative_to(folder).as_posix()
            if there.get(name) == path.stat().st_size and store.has_content_of(name, path):
                done.there += 1
                continue
            store.replace_checked(name, path)
            done.written += 1
            done.bytes_written += path.stat().st_size
    return done


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; those with a dot in front are marks, or were never finished."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
