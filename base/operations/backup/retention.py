"""How long backups stay: the newest of each of the last days, weeks and months (`PORTAL_BACKUP_TERMS`).

What was erased on the portal is in older backups until they go: the longest term here is the longest that it stays.
"""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from .ended import RETENTION_DAYS
from .target import Backup, Target

# A backup of a day, an ISO week, a month.
PERIODS = ("%Y-%m-%d", "%G-%V", "%Y-%m")
DAYS_OF_PERIODS = (1, 7, 31)


def terms() -> tuple[int, int, int]:
    """Return how many days, weeks and months keep a backup. Raises ImproperlyConfigured."""
    try:
        days, weeks, months = (int(text) for text in settings.PORTAL_BACKUP_TERMS)
    except ValueError as error:
        raise ImproperlyConfigured("PORTAL_BACKUP_TERMS phải là ba số: ngày, tuần, tháng; ví dụ 7,5,12.") from error
    if days < 1 or weeks < 0 or months < 0:
        raise ImproperlyConfigured("PORTAL_BACKUP_TERMS: phải giữ ít nhất một ngày.")
    longest = max(amount * length for amount, length in zip((days, weeks, months), DAYS_OF_PERIODS, strict=True))
    if longest > RETENTION_DAYS:
        raise ImproperlyConfigured(
            f"PORTAL_BACKUP_TERMS: giữ lâu nhất {RETENTION_DAYS} ngày (12 tháng): sổ những gì đã gỡ, xóa, thu hồi chỉ "
            "giữ chừng ấy, bản cũ hơn đưa trở lại điều đã gỡ."
        )
    return days, weeks, months


def expired(backups: list[Backup]) -> list[Backup]:
    """Return those of the backups, given the oldest first, whose term is over; never the newest."""
    staying: set[str] = set()
    for amount, period in zip(terms(), PERIODS, strict=True):
        newest_of = {f"{timezone.localtime(backup.made_at):{period}}": backup.name for backup in backups}
        staying |= set(list(newest_of.values())[len(newest_of) - amount :] if amount else [])
    return [backup for backup in backups if backup.name not in staying]


def apply(there: Target, *, on: datetime) -> list[str]:
    """Remove what has come to its term; return the names. Of a damaged manifest nothing is known, so nothing goes."""
    backups = there.sound_backups()
    if len(backups) != len(there.folders()):
        return []
    going = expired(backups)
    there.remove(going)
    return [backup.name for backup in going]
