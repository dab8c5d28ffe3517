"""A second place for backups: a bucket of an object store, elsewhere than the folder (`PORTAL_BACKUP_S3_BUCKET`).

1. Once a backup is in the folder, what the bucket lacks of it is written: contents first, the manifest last, so that
none comes before its files (`send`). 2. All that was written is read back and compared. 3. What is older than the terms
goes, by what the bucket itself holds: a folder that was emptied empties no bucket. 4. `fetch` brings one back into an
empty folder, from which `manage.py restore --from` works. The bucket has the names of the folder (`target.py`).
"""

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from ...files.storage import StoreAway
from . import retention
from .target import (
    CONTENTS,
    DATABASE,
    ENDING,
    MANIFEST,
    MARK,
    OBJECTS,
    Backup,
    BackupFailed,
    Target,
    content_named,
    digest_of,
)

PARTS = (DATABASE, CONTENTS, OBJECTS, MANIFEST)


def is_set() -> bool:
    """Tell whether the settings name a bucket for backups."""
    return bool(settings.PORTAL_BACKUP_S3_BUCKET)


def send(there: Target, backup: Backup, portal: str, *, on: datetime) -> list[str]:
    """Write what the bucket lacks of a backup, then remove what has come to its term; return the names of that.

    Raises BackupFailed with what to do; what was sent before stays, and the next run goes on with the rest.
    """
    store = storages["backup"]
    try:
        _demand(store, portal)
        here = {name: size for name, _moment, size in store.listed()}
        for name, size in backup.objects():
            if here.get(_place(name)) != size:
                store.replace_checked(_place(name), there.path(name))
        for part in PARTS:
            store.replace_checked(f"backups/{backup.name}/{part}", backup.folder / part)
        return _end(store, on=on)
    except StoreAway as error:
        raise BackupFailed(
            f"Bản sao lưu {backup.name} đã có trong thư mục nhưng chưa gửi trọn vào kho S3 sao lưu: {error} "
            "Lần sau sẽ gửi tiếp phần còn thiếu."
        ) from error


def fetch(name: str, into: Path) -> str:
    """Bring a backup, "" for the newest, into an empty folder; return its name. Raises BackupFailed."""
    store = storages["backup"]
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BackupFailed(f"Thư mục {into} không trống; hãy nêu một thư mục mới hoặc trống.")
    try:
        names = _names(store)
        if not names or (name and name not in names):
            raise BackupFailed(f"Kho S3 sao lưu không có bản này; đang có: {', '.join(names) or 'chưa có bản nào'}.")
        wanted = name or names[-1]
        for part in PARTS:
            _bring(store, f"backups/{wanted}/{part}", into / "backups" / wanted / part)
        for line in (into / "backups" / wanted / OBJECTS).read_text(encoding="ascii").splitlines():
            stored = line.split()[0]
            _bring(store, _place(stored), into / _place(stored))
        (into / MARK).write_text(f"{store.read_mark()}\n", encoding="ascii")
    except FileNotFoundError as error:
        raise BackupFailed("Kho S3 sao lưu thiếu một phần của bản này: không dùng bản này.") from error
    except StoreAway as error:
        raise BackupFailed(f"Chưa lấy được bản sao lưu: {error}") from error
    return wanted


def newest_manifest() -> dict | None:
    """Return what the manifest of the newest backup in the bucket says; None without one. Raises StoreAway."""
    store = storages["backup"]
    names = _names(store)
    return _manifest(store, names[-1]) if names else None


def _demand(store, portal: str) -> None:
    """Raise BackupFailed for the bucket of another portal; one of none becomes that of this portal."""
    found = store.read_mark()
    if found and found != portal:
        raise BackupFailed("Kho S3 sao lưu giữ bản sao lưu của một cổng khác; hãy chọn kho khác.")
    if not found:
        store.write_mark(portal)


def _place(name: str) -> str:
    return f"objects/{name[:2]}/{name}{ENDING}"


def _bring(store, place: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with store.open(place) as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)


def _names(store) -> list[str]:
    """The whole backups of the bucket, the oldest first."""
    paths = [Path(name) for name, _moment, _size in store.listed("backups/")]
    return sorted(path.parent.name for path in paths if path.name == MANIFEST)


def _manifest(store, name: str) -> dict:
    with store.open(f"backups/{name}/{MANIFEST}") as handle:
        return json.load(handle)


def _end(store, *, on: datetime) -> list[str]:
    """Remove the backups whose term is over, and the contents that no other one needs; nothing where one is damaged."""
    backups = [Backup(Path(name), _manifest(store, name)) for name in _names(store)]
    if any(backup.manifest.get("digest") != digest_of(backup.manifest) for backup in backups):
        return []
    going = retention.expired(backups)
    for backup in going:
        # The manifest first: half a backup is none.
        for part in reversed(PARTS):
            store.remove(f"backups/{backup.name}/{part}")
    if going:
        names = {backup.name for backup in going}
        needed = {
            content_named(stored)
            for backup in backups
            if backup.name not in names
            for stored in _objects(store, backup.name)
        }
        for place, _moment, _size in list(store.listed("objects/")):
            if content_named(Path(place).name) not in needed:
                store.remove(place)
    return [backup.name for backup in going]


def _objects(store, name: str) -> Iterator[str]:
    with store.open(f"backups/{name}/{OBJECTS}") as handle:
        for line in handle.read().decode("ascii").splitlines():
            yield line.split()[0]
