"""The keys of the portal, apart from what they open: encrypted, in a folder of their own (`PORTAL_BACKUP_KEYS`).

A backup of the data without the keys is unreadable where it is personal, and does not verify; the keys alone are of no
use. So they never lie in the folder of the backups. Without `PORTAL_BACKUP_KEYS` they are not written at all, and a
person has to keep them: `docs/operations.md`, "Secrets".
"""

import io
import json
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from ...chain import keys
from ...chain.canonical_json import canonical
from . import age_file
from .target import BackupFailed, Target, file_digest

FILE = "portal-keys.age"
# What the file holds, as a SHA-256: the machine that writes cannot open it.
STATED = "portal-keys.sha256"


def demand(there: Target) -> None:
    """Raise BackupFailed when keys and data would lie in one folder."""
    if not settings.PORTAL_BACKUP_KEYS:
        return
    folder, data = Path(settings.PORTAL_BACKUP_KEYS).resolve(), there.folder.resolve()
    if folder == data or data in folder.parents or folder in data.parents:
        raise BackupFailed(
            "PORTAL_BACKUP_KEYS phải là thư mục ở nơi khác hẳn PORTAL_BACKUP: khóa không để cùng dữ liệu."
        )


def write(recipients: list) -> Path | None:
    """Write the keys of today; those that were other ones stay beside them, under the day on which they were written.

    Return the file of today.
    """
    if not settings.PORTAL_BACKUP_KEYS:
        return None
    folder = Path(settings.PORTAL_BACKUP_KEYS)
    path = folder / FILE
    unfinished = path.with_suffix(".new")
    try:
        held_now = held()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(unfinished, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            age_file.encrypt([json.dumps(held_now).encode()], file, recipients)
            file.flush()
            os.fsync(file.fileno())
        _set_aside(path, digest_of(held_now))
        unfinished.replace(path)
        (folder / STATED).write_text(digest_of(held_now), encoding="ascii")
    except OSError as error:
        raise BackupFailed(
            f"Đã sao lưu dữ liệu, nhưng không ghi được khóa vào {folder}: {error.strerror}. Hãy gắn ổ giữ khóa "
            "rồi chạy lại."
        ) from error
    return path


def held() -> dict:
    """Return every key of the portal: that of Django, those of personal data, those that sign the chains."""
    audit = settings.PORTAL_AUDIT_KEYS
    return {
        "written_at": timezone.now().isoformat(),
        "SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_PERSONAL_KEYS": list(settings.PORTAL_PERSONAL_KEYS),
        "audit_keys": audit.read_text(encoding="ascii") if audit.exists() else "",
    }


def digest_of(secrets: dict) -> str:
    """Return the SHA-256 of the keys alone, whenever they were written."""
    return sha256(canonical({name: value for name, value in secrets.items() if name != "written_at"})).hexdigest()


def chain_keys(secrets: dict) -> dict[str, bytes]:
    """Return the keys of the chains that are among the secrets, by their numbers. Raises BackupFailed."""
    try:
        return keys.parsed(secrets["audit_keys"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BackupFailed("Tệp khóa của cổng không đúng dạng: không đọc được khóa ký.") from error


def _set_aside(path: Path, digest: str) -> None:
    """Give the file of earlier keys a name of its own, unless it holds the same keys."""
    stated = path.with_name(STATED)
    if path.exists() and not (stated.exists() and stated.read_text(encoding="ascii").strip() == digest):
        day = timezone.localtime(datetime.fromtimestamp(path.stat().st_mtime, tz=UTC))
        path.rename(path.with_name(f"{path.stem}-{day:%Y-%m-%d}-{file_digest(path)[:8]}{path.suffix}"))


def read(path: Path, identities: list) -> dict:
    """Return the keys of a file that `write` wrote. Raises BackupFailed."""
    try:
        text = b"".join(age_file.decrypt(io.BytesIO(path.read_bytes()), identities))
        return json.loads(text)
    except OSError as error:
        raise BackupFailed(f"Không đọc được tệp khóa {path}: {error.strerror}.") from error
    except age_file.WrongKey as error:
        raise BackupFailed(f"Khóa riêng không mở được tệp khóa {path.name}.") from error
    except (age_file.Damaged, ValueError) as error:
        raise BackupFailed(f"Tệp khóa {path.name} bị hỏng.") from error
