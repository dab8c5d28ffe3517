"""The folder that backups go to: what lies in it, who may write, what stays how long.

    .portal-backup                  the mark: for which portal the folder was prepared
    lock                            held by the process that writes
    backups/20261201-190000/        one backup, named by its moment in UTC
        manifest.json               what belongs to it, with sizes and SHA-256; signed by the portal
        database.age                the dump of the database, encrypted
        contents.age                every file by name with its object; rows of each table; tips of the chains
        objects.txt                 the objects that it needs, one a line: name, bytes
    objects/ab/abcd….0123….age      one content, encrypted; the name: its SHA-256, then half of that of what lies here
    unfinished/                     what a run that goes on, or died, has written

A content that several backups have lies here once. A backup exists once its folder has its name, which is the last
thing that its run does; nothing is removed before.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ...chain.canonical_json import canonical

MARK = ".portal-backup"
NAMED = "%Y%m%d-%H%M%S"
MANIFEST, DATABASE, CONTENTS, OBJECTS = "manifest.json", "database.age", "contents.age", "objects.txt"
FORMAT = 1
ENDING = ".age"
READ_BYTES = 1024 * 1024


class BackupFailed(Exception):
    """A backup cannot be made, or is not what it was; the text says why and what to do, in Vietnamese."""


@dataclass(frozen=True)
class Backup:
    """One whole backup: its folder and what its manifest says."""

    folder: Path
    manifest: dict

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def made_at(self) -> datetime:
        """The moment that the database is of."""
        return datetime.fromisoformat(self.manifest["made_at"])

    def objects(self) -> Iterator[tuple[str, int]]:
        """Yield (name, bytes) of the objects that it needs."""
        with open(self.folder / OBJECTS, encoding="ascii") as lines:
            for line in lines:
                name, size = line.split()
                yield name, int(size)


class Target:
    """The folder of the backups. Methods raise BackupFailed where it is not there, or not ours."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        self.unfinished = self.folder / "unfinished"
        self._backups, self._objects = self.folder / "backups", self.folder / "objects"

    def prepare(self, portal: str) -> None:
        """Make the folder one for the backups of a portal."""
        if (self.folder / MARK).exists():
            self.demand(portal)
            return
        if self.folder.is_dir() and any(self.folder.iterdir()):
            raise BackupFailed(f"Thư mục {self.folder} không trống; hãy chọn một thư mục mới, trống cho bản sao lưu.")
        for folder in (self.folder, self._backups, self._objects):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / MARK).write_text(f"{portal}\n", encoding="ascii")

    def demand(self, portal: str | None = None) -> None:
        """Raise BackupFailed unless the folder was prepared; with `portal`, for that portal."""
        try:
            found = (self.folder / MARK).read_text(encoding="ascii").strip()
        except OSError as error:
            raise BackupFailed(
                f"Thư mục sao lưu {self.folder} chưa được chuẩn bị, hoặc ổ đĩa của nó chưa gắn. Lần đầu, hãy gắn ổ rồi "
                "chạy: manage.py backup --prepare."
            ) from error
        if portal is not None and found != portal:
            raise BackupFailed(f"Thư mục {self.folder} giữ bản sao lưu của một cổng khác; hãy chọn thư mục khác.")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from writing meanwhile; what a run that died left is removed first."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BackupFailed("Một lần sao lưu khác đang chạy; hãy đợi lần đó xong.") from error
            self._clear()
            yield
        finally:
            os.close(handle)

    def _clear(self) -> None:
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self.unfinished.mkdir(mode=0o700)

    # --- Backups ---------------------------------------------------------------------------------

    def backups(self) -> list[Backup]:
        """Return the whole backups, the oldest first; raises BackupFailed for one whose manifest is damaged."""
        return [read(folder) for folder in self.folders()]

    def sound_backups(self) -> list[Backup]:
        """Return those of the whole backups whose manifests can be read."""
        found = []
        for folder in self.folders():
            with contextlib.suppress(BackupFailed):
                found.append(read(folder))
        return found

    def newest(self, is_wanted: Callable[[Backup], bool] = lambda _backup: True) -> Backup | None:
        """Return the newest backup whose manifest can be read, of those that are wanted."""
        for folder in reversed(self.folders()):
            with contextlib.suppress(BackupFailed):
                backup = read(folder)
                if is_wanted(backup):
                    return backup
        return None

    def named(self, name: str) -> Backup:
        """Return the backup of a name; "" for the newest."""
        folders = {folder.name: folder for folder in self.folders()}
        if not folders:
            raise BackupFailed(f"Thư mục {self.folder} chưa có bản sao lưu nào.")
        if name and name not in folders:
            raise BackupFailed(f"Không có bản sao lưu «{name}»; đang có: {', '.join(folders)}.")
        return read(folders[name or max(folders)])

    def folders(self) -> list[Path]:
        """Return the folders of the whole backups, the oldest first."""
        self.demand()
        return sorted(folder for folder in self._backups.iterdir() if (folder / MANIFEST).exists())

    def finish(self, folder: Path, name: str) -> Backup:
        """Give the folder of a run its name: from now on the backup exists."""
        place = self._backups / name
        folder.rename(place)
        flush(self._backups)
        return read(place)

    def remove(self, backups: Iterable[Backup]) -> int:
        """Remove backups and the objects that no other one needs; return how many objects went."""
        for backup in backups:
            # In one step: half a backup would be taken for a damaged one.
            going = self.unfinished / f"{backup.name}-removed"
            backup.folder.rename(going)
            shutil.rmtree(going)
        needed = {content_named(name) for backup in self.backups() for name, _size in backup.objects()}
        unneeded = [name for name in self.stored() if content_named(name) not in needed]
        for name in unneeded:
            self.path(name).unlink(missing_ok=True)
        return len(unneeded)

    # --- Objects ---------------------------------------------------------------------------------

    def path(self, name: str) -> Path:
        """Return where an object lies; where it was damaged and written anew, another one of the same content."""
        place = self._objects / name[:2] / f"{name}{ENDING}"
        if place.exists():
            return place
        return next(iter(sorted(place.parent.glob(f"{content_named(name)}.*{ENDING}"))), place)

    def stored(self) -> Iterator[str]:
        """Yield the names of all objects that lie here, also of those that no backup needs."""
        for folder in self._objects.iterdir():
            for entry in os.scandir(folder):
                if entry.name.endswith(ENDING):
                    yield entry.name.removesuffix(ENDING)

    def trusted(self) -> dict[str, tuple[str, int]]:
        """Return {SHA-256 of a content: (name of its object, bytes)} of what whole backups need and is here.

        What another run wrote and did not end may not have reached the disk: it is written anew.
        """
        found = {}
        for backup in self.sound_backups():
            for name, size in backup.objects():
                found[content_named(name)] = (name, size)
        here = set(self.stored())
        return {content: stated for content, stated in found.items() if stated[0] in here}

    def take_in(self, written: Path, name: str) -> None:
        """Give a written object its name."""
        place = self._objects / name[:2] / f"{name}{ENDING}"
        place.parent.mkdir(exist_ok=True, mode=0o700)
        written.replace(place)

    def set_aside(self, paths: Iterable[Path]) -> None:
        """Take damaged objects out of the way, so that the next run writes their contents anew."""
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                path.rename(path.with_suffix(".damaged"))


# --- The manifest ----------------------------------------------------------------------------------


def read(folder: Path) -> Backup:
    """Return the backup of a folder. Raises BackupFailed when its manifest is not what was written."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        stated = manifest["digest"]
        is_whole = stated == digest_of(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupFailed(_damaged(folder)) from error
    if not is_whole:
        raise BackupFailed(_damaged(folder))
    if manifest.get("format") != FORMAT:
        raise BackupFailed(
            f"Bản sao lưu {folder.name} do một bản khác của cổng làm; hãy dùng đúng bản đó để khôi phục."
        )
    return Backup(folder, manifest)


def _damaged(folder: Path) -> str:
    return (
        f"Tệp kê khai của bản sao lưu {folder.name} bị hỏng hoặc bị sửa: không dùng bản này. "
        "Hãy chọn một bản sao lưu khác."
    )


def digest_of(manifest: dict) -> str:
    """Return the SHA-256 of what a manifest states."""
    stated = {name: value for name, value in manifest.items() if name not in ("digest", "signature", "key")}
    return sha256(canonical(stated)).hexdigest()


def write_manifest(folder: Path, manifest: dict) -> None:
    """Write the manifest of a backup, on the disk when this returns."""
    with open(folder / MANIFEST, "w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    flush(folder)


def content_named(name: str) -> str:
    """Return the SHA-256 of the content that an object of this name holds."""
    return name.partition(".")[0]


def named_by(moment: datetime) -> str:
    """Return the name of a backup of a moment: 20261201-190000, in UTC."""
    return moment.astimezone(UTC).strftime(NAMED)


def flush(folder: Path) -> None:
    """Flush the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pieces_of(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, a piece at a time."""
    with open(path, "rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = sha256()
    for piece in pieces_of(path):
        found.update(piece)
    return found.hexdigest()
