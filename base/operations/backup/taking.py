"""Making a backup: every step in its order.

1. Only one run at a time (`Target.held`); there must be a public key and room. 2. The seals first: the tips outside
must not know links that the dump lacks. 3. The database in one snapshot. 4. Then the folders: each row of the dump
finds its file, as files are written before their rows. 5. The journals of what ended last: they may know more than the
dump, never less. 6. The list of contents, the manifest. 7. All of it is read back from the disk (`checking.py`). 8.
The folder gets its name, and the backup exists. 9. What is older than the terms goes. 10. The keys go elsewhere
(`secret_keys.py`). 11. Where a bucket elsewhere is set, the backup goes there too (`bucket.py`).

A run that fails or dies leaves the earlier backups as they were. Files that were not changed since the last run (place,
size, moment, number) are not read again; their contents are known by what that run noted in `seen.json`. Where the
files are in an object store, they are read from there (`areas.py`).
"""

import errno
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from ...chain import keys, tips
from ...files.storage import StoreAway
from ...models import Installation
from .. import installation
from . import age_file, age_keys, bucket, checking, retention, secret_keys
from .areas import Area, Bucket, Folder, Found
from .dumping import Dump, compressed, dumped
from .target import (
    CONTENTS,
    DATABASE,
    FORMAT,
    OBJECTS,
    Backup,
    BackupFailed,
    Target,
    digest_of,
    file_digest,
    named_by,
    write_manifest,
)

# More than this must stay free on the disk of the backups.
ROOM_LEFT_BYTES = 256 * 1024**2
SEALS, MEDIA, ARCHIVE, GONE, GONE_SHARED = "seals", "media", "archive", "gone", "gone-shared"


@dataclass(frozen=True)
class Stored:
    """One file of the portal in a backup: in which area, under which name, its content."""

    area: str
    path: str
    size: int
    sha256: str
    object: str


@dataclass
class Taken:
    """What a run did: the backup, how many files it holds, how many contents and bytes it wrote, seconds."""

    backup: Backup
    files: int = 0
    written: int = 0
    bytes_written: int = 0
    seconds: float = 0.0
    removed: list[str] = field(default_factory=list)


def areas() -> dict[str, Area]:
    """Return what belongs to a backup beside the database, by the name of its area."""
    in_store = bool(settings.PORTAL_S3_BUCKET)
    return {
        SEALS: Folder(Path(settings.PORTAL_SEALS)),
        MEDIA: Bucket("default") if in_store else Folder(Path(settings.MEDIA_ROOT)),
        ARCHIVE: Bucket("archive") if in_store else Folder(Path(settings.ARCHIVE_ROOT)),
        GONE: Folder(Path(settings.PORTAL_GONE) / "entries"),
        GONE_SHARED: Folder(Path(settings.PORTAL_GONE_SHARED)),
    }


def target() -> Target:
    """Return the folder that the settings name. Raises BackupFailed when they name none."""
    if not settings.PORTAL_BACKUP:
        raise BackupFailed("Chưa có nơi sao lưu: hãy đặt PORTAL_BACKUP (một thư mục ở ổ đĩa khác) trong .env.")
    return Target(Path(settings.PORTAL_BACKUP))


def portal_key() -> str:
    """Return the name of the portal whose database this is."""
    if not Installation.objects.exists():
        installation.demand()
    return Installation.objects.get().key


def prepare() -> Target:
    """Make the folder that the settings name one for the backups of this portal; return it."""
    there = target()
    there.prepare(portal_key())
    return there


def take(*, on: datetime | None = None) -> Taken:
    """Make a backup; return what was done. Raises BackupFailed with the reason, and then has changed no earlier one."""
    began, there = time.monotonic(), target()
    there.demand(portal_key())
    recipients = _recipients()
    secret_keys.demand(there)
    # Wrong ones are told before anything is written.
    retention.terms()
    with there.held():
        run = _Run(there, recipients)
        try:
            taken = run.take()
            taken.removed = retention.apply(there, on=on or timezone.now())
        except OSError as error:
            raise BackupFailed(_reason(error, there)) from error
        finally:
            shutil.rmtree(there.unfinished, ignore_errors=True)
            run.clear()
        secret_keys.write(recipients)
        if bucket.is_set():
            taken.removed += bucket.send(there, taken.backup, portal_key(), on=on or timezone.now())
    taken.seconds = time.monotonic() - began
    return taken


def _recipients() -> list:
    if not settings.PORTAL_BACKUP_RECIPIENTS:
        raise BackupFailed(
            "Chưa có khóa công khai để mã hóa bản sao lưu: hãy tạo cặp khóa (manage.py backup --new-key) rồi đặt "
            "PORTAL_BACKUP_RECIPIENTS trong .env."
        )
    try:
        return [age_keys.read_public(text) for text in settings.PORTAL_BACKUP_RECIPIENTS]
    except age_keys.BadKey as error:
        raise BackupFailed(f"PORTAL_BACKUP_RECIPIENTS: {error}") from error


def _reason(error: OSError, there: Target) -> str:
    if isinstance(error, StoreAway):
        return f"Không đọc được tệp để sao lưu: {error} Bản sao lưu trước vẫn nguyên."
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"Hết chỗ trên ổ đĩa khi sao lưu vào {there.folder}: hãy dọn chỗ hoặc giảm PORTAL_BACKUP_TERMS. "
            "Bản sao lưu trước vẫn nguyên."
        )
    return f"Không ghi được bản sao lưu vào {there.folder}: {error.strerror}. Bản sao lưu trước vẫn nguyên."


class _Run:
    """One run: what is known already, and what it has written so far."""

    def __init__(self, there: Target, recipients: list):
        self.there, self.recipients = there, recipients
        self.folder = there.unfinished / "backup"
        self.work = Path(settings.VAR_DIR) / "backup"
        self.work.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.clear()
        self.trusted = there.trusted()
        self.seen, self.now_seen = _read_seen(self.work), {}
        self.objects: dict[str, int] = {}
        self.new: set[str] = set()
        self.bytes_written = 0

    def clear(self) -> None:
        """Remove what this run, or one that died, left in the folder of work."""
        for path in self.work.glob("database.sqlite3*"):
            path.unlink(missing_ok=True)

    def take(self) -> Taken:
        self.folder.mkdir(mode=0o700)
        self._demand_room()
        places = areas()
        stored = list(self._files(SEALS, places[SEALS]))
        stated = {name: list(tip) for name, tip in tips.tips().items()}
        with dumped(self.work) as dump:
            self._write(self.folder / DATABASE, dump.pieces)
        for area in (MEDIA, ARCHIVE, GONE, GONE_SHARED):
            stored += self._files(area, places[area])
        facts = {"counts": dump.counts, "tips": stated, "database": dump.kind}
        self._write(self.folder / CONTENTS, compressed(_lines([facts, *(vars(file) for file in stored)])))
        (self.folder / OBJECTS).write_text(
            "".join(f"{name} {size}\n" for name, size in sorted(self.objects.items())), encoding="ascii"
        )
        # One wait for all that was written: a file at a time takes a hundred times as long.
        os.sync()
        write_manifest(self.folder, self._manifest(dump, stored))
        checking.check_written(self.there, self.folder, self.new)
        backup = self.there.finish(self.folder, self._free_name(dump.made_at))
        _write_seen(self.work, self.now_seen)
        return Taken(backup, len(stored), len(self.new), self.bytes_written)

    def _free_name(self, moment: datetime) -> str:
        newest = self.there.newest()
        name = named_by(moment)
        if newest is not None and newest.name >= name:
            raise BackupFailed(f"Đã có bản sao lưu {newest.name}, không cũ hơn lúc này; hãy kiểm tra đồng hồ của máy.")
        return name

    def _demand_room(self) -> None:
        free = shutil.disk_usage(self.there.folder).free
        needed = ROOM_LEFT_BYTES + _database_bytes()
        if free < needed:
            raise BackupFailed(
                f"Ổ đĩa của {self.there.folder} chỉ còn {free // 1024**2} MB, cần ít nhất {needed // 1024**2} MB. "
                "Bản sao lưu trước vẫn nguyên."
            )

    def _manifest(self, dump: Dump, stored: list[Stored]) -> dict:
        parts = {
            name: {"bytes": (self.folder / name).stat().st_size, "sha256": file_digest(self.folder / name)}
            for name in (DATABASE, CONTENTS, OBJECTS)
        }
        manifest = {
            "format": FORMAT,
            "portal": portal_key(),
            "made_at": dump.made_at.isoformat(),
            "finished_at": timezone.now().isoformat(),
            "database": dump.kind,
            "files": len(stored),
            "bytes": sum(file.size for file in stored),
            "parts": parts,
            "recipients": list(settings.PORTAL_BACKUP_RECIPIENTS),
        }
        return keys.sign({**manifest, "digest": digest_of(manifest)})

    # --- Files -----------------------------------------------------------------------------------

    def _files(self, area: str, place: Area) -> Iterator[Stored]:
        """Store what lies in an area; what goes meanwhile is left out."""
        for found in place.each():
            try:
                yield self._file(area, place, found)
            except FileNotFoundError:
                continue

    def _file(self, area: str, place: Area, found: Found) -> Stored:
        content = self._known(f"{area}/{found.name}", found.mark) or place.digest(found.name)
        if content not in self.trusted:
            # The content that was written counts: a log may have grown since it was read.
            content = self._store(place.pieces(found.name))
        self.now_seen[f"{area}/{found.name}"] = [*found.mark, content]
        stored_as, stored_bytes = self.trusted[content]
        self.objects[stored_as] = stored_bytes
        return Stored(area, found.name, found.size, content, stored_as)

    def _known(self, key: str, mark: list[int]) -> str:
        """The SHA-256 that an earlier run noted of a file that has not changed since; "" when there is none."""
        found = self.seen.get(key)
        return found[-1] if found and found[:-1] == mark and found[-1] in self.trusted else ""

    def _store(self, pieces: Iterator[bytes]) -> str:
        plain, unfinished = sha256(), self.there.unfinished / "object"
        encrypted, size = self._write(unfinished, _hashed(pieces, plain))
        content = plain.hexdigest()
        if content in self.trusted:
            unfinished.unlink()
            return content
        name = f"{content}.{encrypted[:32]}"
        self.there.take_in(unfinished, name)
        self.trusted[content] = (name, size)
        self.new.add(name)
        return content

    def _write(self, path: Path, pieces: Iterator[bytes]) -> tuple[str, int]:
        """Write pieces encrypted; return the SHA-256 of what lies on the disk then, and its bytes."""
        with open(path, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            hashing = _Hashing(file)
            age_file.encrypt(pieces, hashing, self.recipients)
        self.bytes_written += hashing.size
        return hashing.digest.hexdigest(), hashing.size


class _Hashing:
    """A file that is written, with the SHA-256 and number of the bytes written."""

    def __init__(self, file):
        self.file, self.digest, self.size = file, sha256(), 0

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.digest.update(data)
        self.size += len(data)


def _hashed(pieces: Iterator[bytes], digest) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _lines(rows: list[dict]) -> Iterator[bytes]:
    for row in rows:
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _database_bytes() -> int:
    """About how much the dump of the database may take at most."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database()) / 2")
        return int(cursor.fetchone()[0])


def _read_seen(work: Path) -> dict[str, list]:
    try:
        return json.loads((work / "seen.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write_seen(work: Path, seen: dict[str, list]) -> None:
    unfinished = work / "seen.json.new"
    unfinished.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(work / "seen.json")
