"""The journal of what must not come back with an older copy of the database: what was erased, revoked, replaced.

What was taken down is in a journal of its own, which readers' pages ask (`base/public/gone/`). 1. An action calls
`note` in its transaction: a line that names things by model and key, never a personal datum, is on the disk before the
commit; a second line says that it was committed. 2. The rooms register what repeats it (`register_replay`). 3. After a
restore `replay` calls these for what was noted since. What may not have been committed is for a person.

The files lie in the folder that the machines of the portal share (`PORTAL_GONE_SHARED`), one a month.
"""

import fcntl
import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

logger = logging.getLogger(__name__)

FILE, FILES_READ = "ended-{:%Y-%m}.log", "ended-????-??.log"
# As long as a backup may be kept from which the portal is restored.
RETENTION_DAYS = 400
NOT_CERTAIN = "không chắc việc này đã được ghi trước khi mất dữ liệu: hãy kiểm tra rồi làm lại nếu đúng"
UNKNOWN = "bản này của cổng không biết cách làm lại việc này"


@dataclass(frozen=True)
class Ended:
    """One entry: `kind` says what ended, `label` and `key` of what (model, primary key), `at` seconds since 1970."""

    number: str
    at: int
    kind: str
    label: str
    key: int | str
    facts: dict = field(default_factory=dict)
    is_done: bool = False

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, tz=timezone.get_default_timezone())

    def __str__(self) -> str:
        return f"{self.kind}: {self.label} {self.key}"


@dataclass(frozen=True)
class Replay:
    """How a kind is done again: `stands(entry)` tells whether what ended stands again, `again(entry, on)` ends it.

    `again` returns "" when it is done, else why a person must act.
    """

    stands: Callable[[Ended], bool]
    again: Callable[[Ended, datetime], str]


_replays: dict[str, Replay] = {}


def register_replay(kind: str, *, stands: Callable[[Ended], bool], again: Callable[[Ended, datetime], str]) -> None:
    """Let a room say how what it notes under a kind is done again; called once, from its `AppConfig.ready`."""
    _replays[kind] = Replay(stands, again)


def note(kind: str, thing, **facts) -> None:
    """Note in the transaction of an action that a thing ended. Never fails: a full disk must not keep a right alive."""
    number = secrets.token_hex(8)
    entry = {"number": number, "at": int(time.time()), "kind": kind, "label": thing._meta.label, "key": thing.pk}
    _write({**entry, "facts": facts})
    transaction.on_commit(lambda: _write({"done": number}))


def since(moment: datetime) -> list[Ended]:
    """Return the entries from a moment on, the oldest first."""
    found, done = [], set()
    for line in _lines():
        if "done" in line:
            done.add(line["done"])
        elif line["at"] >= moment.timestamp():
            found.append(line)
    return [Ended(**line, is_done=line["number"] in done) for line in found]


def replay(moment: datetime, *, on: datetime, dry_run: bool = False) -> list[tuple[Ended, str]]:
    """Do again what ended since a moment and stands again; return each with "" or why a person must act.

    Safe to repeat: what has ended is left alone. With `dry_run` nothing changes.
    """
    found = []
    for entry in since(moment):
        if entry.kind not in _replays:
            found.append((entry, UNKNOWN))
        elif _replays[entry.kind].stands(entry):
            is_clear = entry.is_done and not dry_run
            found.append((entry, _again(entry, on) if is_clear else "" if entry.is_done else NOT_CERTAIN))
    return found


def prune(*, on: datetime) -> int:
    """Remove the files of months that ended before the longest term of a backup; return how many."""
    oldest, removed = on.timestamp() - RETENTION_DAYS * 86_400, 0
    for path in _files():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _again(entry: Ended, on: datetime) -> str:
    try:
        with transaction.atomic():
            return _replays[entry.kind].again(entry, on)
    except Exception as error:
        # One that cannot be repeated must not keep the others from being repeated; a person is asked.
        logger.exception("Không làm lại được: %s", entry)
        return f"không làm lại được ({type(error).__name__}): hãy làm lại bằng tay"


def _write(line: dict) -> None:
    try:
        with _held(Path(settings.PORTAL_GONE_SHARED) / FILE.format(timezone.localtime())) as handle:
            os.write(handle, json.dumps(line, ensure_ascii=False).encode() + b"\n")
            os.fsync(handle)
    except OSError:
        logger.exception("Sổ những gì không được trở lại sau khi khôi phục không ghi được: %s", line)


@contextmanager
def _held(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _lines() -> Iterator[dict]:
    for path in _files():
        for line in path.read_bytes().splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                # Cut off by a crash: what it would have named was not committed.
                continue
            if isinstance(found, dict):
                yield found


def _files() -> list[Path]:
    return sorted(Path(settings.PORTAL_GONE_SHARED).glob(FILES_READ))
