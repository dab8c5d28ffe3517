"""The keys of the portal, apart from what they open: encrypted, in a folder of their own (`PORTAL_BACKUP_KEYS`).

A backup of the data without the keys is unreadable where it is personal, and does not verify; the keys alone are of no
use. So they never lie in the folder of the backups. Without `PORTAL_BACKUP_KEYS` they are not written at all, and a
person has to keep them: `docs/operations.md`, "Secrets".
"""

import io
import json
import os
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from . import age_file
from .target import BackupFailed, Target

FILE = "portal-keys.age"


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
    """Write the keys of today beside those of earlier days, where they changed; return the file."""
    if not settings.PORTAL_BACKUP_KEYS:
        return None
    folder = Path(settings.PORTAL_BACKUP_KEYS)
    path = folder / FILE
    unfinished = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open(unfinished, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            age_file.encrypt([json.dumps(held()).encode()], file, recipients)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
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
