"""Whether this machine has the folders and keys of the portal whose database it uses.

Several web servers are one portal: they share the database, uploaded files, archive, seals, shared cache and the keys
that sign the audit trail. Where one has folders of its own, files that were uploaded there are missing elsewhere, and
what one signs the others take for forged. So: 1. the first start names the portal in the database and in each folder
(`MARK`); 2. each later start compares them and the keys (`demand`), and refuses with the reason; 3. `adopt` names them
anew after a person has made sure, as when a folder was put back from a backup.
"""

import secrets
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import Storage, storages
from django.db import DatabaseError, transaction

from ..chain import keys
from ..files.storage import StoreAway
from ..models import Installation
from . import leases

MARK = ".portal"


def folders() -> dict[str, Path | Storage]:
    """Return the folders that all machines of the portal share, by what they hold; in an object store its storages."""
    in_store = bool(settings.PORTAL_S3_BUCKET)
    found = {
        "tệp tải lên": storages["default"] if in_store else Path(settings.MEDIA_ROOT),
        "kho lưu trữ": storages["archive"] if in_store else Path(settings.ARCHIVE_ROOT),
        "niêm phong": Path(settings.PORTAL_SEALS),
        "sổ chung những gì đã gỡ": Path(settings.PORTAL_GONE_SHARED),
    }
    cache = settings.CACHES["default"]
    if cache["BACKEND"].endswith("FileBasedCache"):
        found["bộ nhớ đệm chung"] = Path(cache["LOCATION"])
    return found


def demand() -> None:
    """Stop the start of a machine that lacks what its portal shares; a database or store that is away stops nothing.

    Raises ImproperlyConfigured with the reasons and the way out.
    """
    try:
        reasons = _compare()
    except (DatabaseError, StoreAway):
        return
    if reasons:
        raise ImproperlyConfigured(
            "Máy này không dùng chung dữ liệu của cổng: "
            + " ".join(reasons)
            + " Hãy gắn thư mục và chép tệp khóa dùng "
            "chung của các máy; nếu dữ liệu vừa được khôi phục đúng từ bản sao lưu, hãy chạy: manage.py adopt_folders."
        )


def adopt() -> list[str]:
    """Name folders and keys of this machine as those of the portal; return descriptions of what differed before."""
    before = _compare()
    row = Installation.objects.first() or Installation(pk=1, key=secrets.token_hex(16))
    _name(row)
    keys.demand()
    row.audit_keys = _digests()
    row.save()
    return before


def _compare() -> list[str]:
    if not Installation.objects.exists():
        # All processes of the first start come here at once.
        with leases.hold("installation", wait_seconds=30):
            if not Installation.objects.exists():
                return _begin()
    with transaction.atomic():
        row = Installation.objects.select_for_update().get()
        reasons = [
            f"Thư mục {what} ({path}) không mang dấu của cổng này."
            for what, path in folders().items()
            if _mark_of(path) != row.key
        ]
        here = _digests()
        if missing := [digest for digest in row.audit_keys if digest not in here]:
            reasons.append(
                f"Tệp khóa ký nhật ký ({settings.PORTAL_AUDIT_KEYS}) thiếu {len(missing)} khóa mà cổng đã dùng."
            )
        elif here != row.audit_keys:
            row.audit_keys = here
            row.save(update_fields=["audit_keys"])
        return reasons


def _begin() -> list[str]:
    """Name the portal at its first start, unless a folder belongs to another one."""
    taken = [
        f"Thư mục {what} ({path}) mang dấu của một cổng khác." for what, path in folders().items() if _mark_of(path)
    ]
    if taken:
        return taken
    row = Installation(pk=1, key=secrets.token_hex(16))
    _name(row)
    keys.demand()
    row.audit_keys = _digests()
    row.save()
    return []


def _name(row: Installation) -> None:
    for place in folders().values():
        if isinstance(place, Path):
            place.mkdir(parents=True, exist_ok=True)
            (place / MARK).write_text(f"{row.key}\n")
        else:
            place.write_mark(row.key)


def _mark_of(place: Path | Storage) -> str:
    """Return the portal whose place this is, "" of none. Raises StoreAway where a store does not answer."""
    if not isinstance(place, Path):
        return place.read_mark()
    try:
        return (place / MARK).read_text().strip()
    except OSError:
        return ""


def _digests() -> list[str]:
    return [sha256(b"portal audit key" + key).hexdigest()[:32] for key in keys.keys().values()]
