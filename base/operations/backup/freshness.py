"""How old the newest backup is: for `/readyz` and the dashboard of the technical admins."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from vietnam.dates import format_moment

from ...chain import keys
from ..health import FAILED, OK, WARNING, Finding
from . import bucket, taking
from .target import BackupFailed

CHECK = "backup"
# A day, and the time that one takes; then a person looks. Two days without one are a failure.
LATE_AFTER, MISSING_AFTER = timedelta(hours=26), timedelta(hours=50)


def check() -> Finding:
    """Compare the moment of the newest backup that the portal signed with now; readers lack nothing without one."""
    if not settings.PORTAL_BACKUP:
        if settings.PORTAL_DEMO:
            return Finding(CHECK, OK, "Dữ liệu minh họa, không sao lưu.")
        return Finding(CHECK, WARNING, "Chưa có nơi sao lưu (PORTAL_BACKUP): mất máy là mất dữ liệu.")
    try:
        known = keys.keys()
        newest = taking.target().newest(lambda backup: keys.is_genuine(backup.manifest, known))
    except (BackupFailed, OSError):
        return Finding(CHECK, FAILED, "Không đọc được nơi sao lưu: chưa chuẩn bị, hoặc ổ đĩa chưa gắn.", False)
    if newest is None:
        return Finding(CHECK, FAILED, "Chưa có bản sao lưu nào do cổng này ký.", stops_serving=False)
    made_at, detail = newest.made_at, f"Bản sao lưu mới nhất lúc {format_moment(newest.made_at)}."
    if bucket.is_set():
        try:
            manifest = bucket.newest_manifest()
        except (OSError, ValueError):
            return Finding(CHECK, FAILED, f"{detail} Không đọc được kho S3 sao lưu.", stops_serving=False)
        if manifest is None or not keys.is_genuine(manifest, known):
            detail += " Kho S3 chưa có bản sao lưu nào do cổng này ký."
            return Finding(CHECK, FAILED, detail, stops_serving=False)
        there = datetime.fromisoformat(manifest["made_at"])
        made_at, detail = min(made_at, there), f"{detail} Trong kho S3: lúc {format_moment(there)}."
    age = timezone.now() - made_at
    state = FAILED if age > MISSING_AFTER else WARNING if age > LATE_AFTER else OK
    return Finding(CHECK, state, detail, stops_serving=False)
