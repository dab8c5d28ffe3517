"""Putting a backup back: into a folder and a database that are empty, never over what is there.

1. The backup is looked at: manifest, key, signature, checksums. 2. The target must be empty. 3. Files and database are
decrypted into it, each content compared with its SHA-256. 4. The journals of what was taken down, erased or revoked
come from the newest backup of the folder and from `journals`: they know what has happened since. 5. What is to be
compared and done again in the new portal is written into `restore.json`; `home/restored.py` does it there, as a
process of its own.

A portal that was put back has everything below one folder, as `environment` says.
"""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.conf import settings

from . import checking, children, secret_keys
from .dumping import POSTGRESQL, SQLITE, into_postgresql, into_sqlite, is_empty
from .taking import ARCHIVE, GONE, GONE_SHARED, MEDIA, SEALS
from .target import DATABASE, Backup, BackupFailed, Target, read

PLAN = "restore.json"
MOVED_FROM = "moved-from.sqlite3"
PLACES = {SEALS: "seals", MEDIA: "media", ARCHIVE: "archive", GONE: "gone/entries", GONE_SHARED: "gone-shared"}
JOURNALS = (GONE, GONE_SHARED)


@dataclass(frozen=True)
class Plan:
    """What the new portal is compared with (`counts`, `tips`), and the moment from which things are replayed.

    `moves`: the database comes from SQLite and goes to PostgreSQL, by the file MOVED_FROM. `by_hand`: what a person has
    to look at.
    """

    backup: str
    made_at: str
    counts: dict[str, int]
    tips: dict[str, list]
    moves: bool
    by_hand: list[str] = field(default_factory=list)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def environment(into: Path, url: str, secrets: dict) -> dict[str, str]:
    """Return the environment of the portal that is put back: all below one folder, with the keys of the old one."""
    places = {
        "PORTAL_VAR": into,
        "PORTAL_SEALS": into / "seals",
        "PORTAL_AUDIT_KEYS": into / "audit_keys",
        "PORTAL_GONE": into / "gone",
        "PORTAL_GONE_SHARED": into / "gone-shared",
        "PORTAL_PAGES": into / "pages",
    }
    return children.environment(
        **{name: str(path) for name, path in places.items()},
        DATABASE_URL=url,
        PORTAL_CACHE_URL="",
        PORTAL_BACKUP="",
        # Files are put back into folders; `manage.py files_to_store` takes them from there.
        PORTAL_S3_BUCKET="",
        PORTAL_BACKUP_S3_BUCKET="",
        SECRET_KEY=secrets["SECRET_KEY"],
        PORTAL_PERSONAL_KEYS=",".join(secrets["PORTAL_PERSONAL_KEYS"]),
    )


def restore(
    there: Target,
    backup: Backup,
    into: Path,
    url: str,
    identities: list,
    *,
    key_file: Path | None = None,
    journals: Iterable[Path] = (),
) -> dict[str, str]:
    """Put a backup into an empty folder and database; return the environment of the new portal.

    `url`: DATABASE_URL of the target, "" for SQLite in the folder. `key_file`: the keys of the portal as the backup
    wrote them; without, those of this machine. `journals`: folders `var` whose journals count too. Raises BackupFailed.
    """
    secrets = secret_keys.read(key_file, identities) if key_file else secret_keys.held()
    known = secret_keys.chain_keys(secrets)
    checking.demand_genuine(backup, known)
    facts, files = checking.contents(backup, identities)
    _demand_empty(into, url, facts["database"])
    _demand_room(into, backup)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _write_secrets(into, secrets)
        _put_back(there, files, into, identities)
        newest, by_hand = _newer(there, backup, known)
        _put_newer_journals(there, newest, into, identities, journals)
        moves = _put_database(backup, facts["database"], into, url, identities)
    except OSError as error:
        raise BackupFailed(
            f"Không ghi được vào {into}: {error.strerror}. Hãy dọn chỗ, xóa thư mục này (và cơ sở dữ liệu đích) "
            "rồi chạy lại."
        ) from error
    plan = Plan(backup.name, backup.manifest["made_at"], facts["counts"], facts["tips"], moves, by_hand)
    write_plan(into, plan)
    return environment(into, url, secrets)


def write_plan(into: Path, plan: Plan) -> None:
    """Write what is still to be done in the portal that was put back into a folder."""
    (into / PLAN).write_text(json.dumps(vars(plan), ensure_ascii=False), encoding="utf-8")


def read_plan() -> Plan:
    """Return the plan of the portal that was put back here. Raises BackupFailed when there is none."""
    try:
        return Plan(**json.loads((Path(settings.VAR_DIR) / PLAN).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupFailed("Thư mục dữ liệu này không vừa được khôi phục (thiếu restore.json).") from error


# --- What must hold before ---------------------------------------------------------------------------


def _demand_empty(into: Path, url: str, kind: str) -> None:
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise BackupFailed(f"Thư mục đích {into} không trống: không ghi đè. Hãy nêu một thư mục mới hoặc trống.")
    if not url:
        if kind == POSTGRESQL:
            raise BackupFailed(
                "Bản sao lưu lấy từ PostgreSQL; hãy nêu cơ sở dữ liệu đích trống: PORTAL_RESTORE_DATABASE_URL=postgres://…"
            )
    elif not url.startswith(("postgres://", "postgresql://")):
        raise BackupFailed("Cơ sở dữ liệu đích phải là postgres://…; bỏ trống để dùng SQLite trong thư mục đích.")
    elif not is_empty(url):
        raise BackupFailed("Cơ sở dữ liệu đích không trống: không ghi đè. Hãy tạo một cơ sở dữ liệu mới (createdb).")


def _demand_room(into: Path, backup: Backup) -> None:
    existing = next(folder for folder in [into, *into.parents] if folder.exists())
    needed = backup.manifest["bytes"] + 4 * backup.manifest["parts"][DATABASE]["bytes"]
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise BackupFailed(
            f"Ổ đĩa của {into} chỉ còn {free // 1024**2} MB, cần khoảng {needed // 1024**2} MB. Chưa ghi gì; "
            "hãy chọn nơi khác."
        )


# --- Putting back --------------------------------------------------------------------------------------


def _write_secrets(into: Path, secrets: dict) -> None:
    for name, text in (("audit_keys", secrets["audit_keys"]), ("secret_key", secrets["SECRET_KEY"])):
        if text:
            with open(into / name, "x", encoding="ascii") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(text)


def _put_back(there: Target, files: list[dict], into: Path, identities: list, *, again: bool = False) -> None:
    """Write files to their places; `again`: where another version may be, which is replaced."""
    for folder in PLACES.values():
        (into / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    for file in files:
        place = into / PLACES[file["area"]] / _inner(file["path"])
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "wb" if again else "xb") as target:
            for piece in checking.content_of(there, file, identities):
                target.write(piece)
        os.chmod(place, 0o600 if file["area"] in JOURNALS else 0o644)


def _inner(name: str) -> PurePosixPath:
    """The name of a file below its folder. Raises BackupFailed for one that leads elsewhere."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise BackupFailed("Bản sao lưu có tên tệp trỏ ra ngoài thư mục: không dùng bản này.")
    return path


def _newer(there: Target, backup: Backup, known: dict[str, bytes]) -> tuple[Backup | None, list[str]]:
    """Return the newest backup behind one that the portal signed, and a line for each that is not believed."""
    passed = []
    for folder in reversed(there.folders()):
        if folder.name <= backup.name:
            break
        try:
            newer = read(folder)
            checking.demand_genuine(newer, known)
        except BackupFailed as error:
            passed.append(f"không lấy sổ của bản mới hơn {folder.name}; {error}")
        else:
            return newer, passed
    return None, passed


def _put_newer_journals(
    there: Target, newest: Backup | None, into: Path, identities: list, journals: Iterable[Path]
) -> None:
    if newest is not None:
        _facts, files = checking.contents(newest, identities)
        _put_back(there, [file for file in files if file["area"] in JOURNALS], into, identities, again=True)
    for folder in journals:
        found = [folder / PLACES[area] for area in JOURNALS if (folder / PLACES[area]).is_dir()]
        if not found:
            raise BackupFailed(f"--journal {folder}: không thấy sổ (gone/entries, gone-shared) trong thư mục này.")
        for place in found:
            shutil.copytree(place, into / place.relative_to(folder), dirs_exist_ok=True)


def _put_database(backup: Backup, kind: str, into: Path, url: str, identities: list) -> bool:
    """Write the database; return whether it still has to be moved to another kind."""
    pieces = checking.decrypted(backup.folder / DATABASE, identities)
    if kind == POSTGRESQL:
        into_postgresql(pieces, url)
        return False
    into_sqlite(pieces, into / (MOVED_FROM if url else "portal.sqlite3"))
    return kind == SQLITE and bool(url)
