"""The nightly backup, and who is told when it fails.

One failed run is tried again by the jobs after five minutes and told to no person. From the second in succession on
the technical admins and `PORTAL_AUDIT_MAIL` get a mail, then one a day as long as it goes on, and one when it is well
again. What was told is noted on the disk, as the database may be what fails.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from accounts.roles import technical_addresses
from base.operations.backup import taking
from base.operations.backup.target import BackupFailed
from base.operations.notices import notify

FAILURES_BEFORE_MAIL = 2
AGAIN_AFTER = timedelta(hours=24)


def back_up(*, on: datetime) -> str:
    """Make a backup where the settings name a place for it; return its name, "" without a place.

    Raises BackupFailed, so that it is seen as a failed job.
    """
    if not settings.PORTAL_BACKUP:
        return ""
    try:
        taken = taking.take(on=on)
    except BackupFailed as error:
        _note_failure(str(error), on)
        raise
    _note_success(taken.backup.name, on)
    return taken.backup.name


def _note_failure(reason: str, on: datetime) -> None:
    state = _read()
    state["count"] = state.get("count", 0) + 1
    state.setdefault("since", on.isoformat())
    last_mail = state.get("mailed_at")
    is_time = last_mail is None or datetime.fromisoformat(last_mail) + AGAIN_AFTER <= on
    if state["count"] >= FAILURES_BEFORE_MAIL and is_time:
        since = datetime.fromisoformat(state["since"])
        notify(_addresses(), "backup_failed", {"reason": reason, "since": since, "count": state["count"]})
        state["mailed_at"] = on.isoformat()
    _state_file().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _state_file().write_text(json.dumps(state), encoding="utf-8")


def _note_success(name: str, on: datetime) -> None:
    state = _read()
    if "mailed_at" in state:
        since = datetime.fromisoformat(state["since"])
        notify(_addresses(), "backup_well", {"name": name, "since": since, "on": on})
    _state_file().unlink(missing_ok=True)


def _addresses() -> list[str]:
    return sorted({*technical_addresses(), *settings.PORTAL_AUDIT_MAIL})


def _read() -> dict:
    try:
        return json.loads(_state_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _state_file() -> Path:
    return Path(settings.VAR_DIR) / "backup" / "failures.json"
