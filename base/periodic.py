"""Periodic work: which job is due, one runner at a time, and the heartbeat each run leaves.

1. A table of `Job` says what runs when (the portal's own stands in `home/jobs.py`). 2. `run_table` takes
the lock, so that of several machines one works at a time. 3. A job is due when its latest due moment has
passed since it last started; what was missed while nothing ran is therefore done once, at the next start.
4. Its start, its end and its error are kept in `JobHeartbeat`. 5. A job that fails stops no other job, and
is tried again after `RETRY_AFTER`.
"""

import contextlib
import fcntl
import hashlib
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from .models import JobHeartbeat

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=5)
# How late a run may end before `/readyz` calls it missing.
GRACE = timedelta(minutes=3)
ERROR_CHARACTERS = 4000
# Any number that no other advisory lock of this database uses.
ADVISORY_LOCK_KEY = 4_102_020


class Locked(Exception):
    """Another process is doing the periodic work."""


@dataclass(frozen=True)
class Job:
    """One periodic job: `run` gets the moment of the round, `every` or `daily_at` (local time) says when.

    `run` must be safe to repeat: a run that died is run again.
    """

    name: str
    label: str
    run: Callable[[datetime], object]
    every: timedelta | None = None
    daily_at: clock_time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.daily_at is None):
            raise ValueError(f"Việc {self.name}: cần đúng một trong hai: every hoặc daily_at")

    def latest_due(self, on: datetime) -> datetime:
        """Return the last moment up to `on` at which the job had to start.

        Intervals are counted from local midnight: a job of every minute is due at second 0.
        """
        midnight = _local_midnight(on)
        if self.every is not None:
            return midnight + self.every * ((on - midnight) // self.every)
        today = midnight.replace(hour=self.daily_at.hour, minute=self.daily_at.minute)
        return today if today <= on else today - timedelta(days=1)

    def next_due(self, on: datetime) -> datetime:
        """Return the first moment after `on` at which the job has to start."""
        latest = self.latest_due(on)
        if self.every is None:
            return latest + timedelta(days=1)
        return min(latest + self.every, _local_midnight(on) + timedelta(days=1))


def is_due(job: Job, heartbeat: JobHeartbeat | None, on: datetime) -> bool:
    """True when `job` must run at `on`.

    Whoever asks holds the lock, so a run that is unfinished is one that died.
    """
    if heartbeat is None or heartbeat.last_started is None:
        return True
    if heartbeat.last_started < job.latest_due(on):
        return True
    went_wrong = heartbeat.is_unfinished or heartbeat.last_result == JobHeartbeat.FAILED
    return went_wrong and heartbeat.last_started + RETRY_AFTER <= on


def run_table(table: Sequence[Job], *, on: datetime, wait_seconds: float = 0) -> list[JobHeartbeat]:
    """Run the jobs of `table` that are due at `on`, in the table's order.

    Returns the heartbeats of the jobs that ran. Raises Locked when another process still works after
    `wait_seconds`. An error inside a job is kept in its heartbeat and raised to nobody.
    """
    with lock(wait_seconds=wait_seconds):
        known = {heartbeat.name: heartbeat for heartbeat in JobHeartbeat.objects.all()}
        return [_run(job, on=on) for job in table if is_due(job, known.get(job.name), on)]


def run_now(jobs: Sequence[Job], *, on: datetime, wait_seconds: float = 0) -> list[JobHeartbeat]:
    """Run all of `jobs` whether due or not; otherwise as `run_table`."""
    with lock(wait_seconds=wait_seconds):
        return [_run(job, on=on) for job in jobs]


def run_forever(table: Sequence[Job], *, stop: threading.Event) -> None:
    """Run what is due, sleep until the next due moment, and so on until `stop` is set.

    A database that is away for a while is waited for.
    """
    _forget_strangers(table)
    while not stop.is_set():
        now = timezone.now()
        pause = min(job.next_due(now) for job in table) - now
        try:
            run_table(table, on=now)
        except Locked:
            logger.debug("Một tiến trình khác đang chạy việc định kỳ")
        except DatabaseError:
            logger.exception("Không ghi được nhịp việc định kỳ, thử lại sau")
        _drop_broken_connection()
        stop.wait(min(60.0, max(0.5, pause.total_seconds() - (timezone.now() - now).total_seconds())))


@contextlib.contextmanager
def lock(*, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lock of the periodic work on this database; the death of the holder frees it.

    PostgreSQL: an advisory lock of the connection. SQLite: a lock on a file beside the other state, since
    only processes of one machine share such a database. Raises Locked.
    """
    held = _advisory_lock if connection.vendor == "postgresql" else _file_lock
    until = time.monotonic() + wait_seconds
    with contextlib.ExitStack() as stack:
        while not stack.enter_context(held()):
            stack.close()
            if time.monotonic() >= until:
                raise Locked("Một tiến trình khác đang chạy việc định kỳ.")
            time.sleep(0.1)
        yield


def lock_file() -> Path:
    """Return the file whose lock stands for an SQLite database: one file a database."""
    database = hashlib.sha256(str(connection.settings_dict["NAME"]).encode()).hexdigest()[:12]
    return settings.VAR_DIR / f"jobs-{database}.lock"


def _run(job: Job, *, on: datetime) -> JobHeartbeat:
    heartbeat, _ = JobHeartbeat.objects.update_or_create(name=job.name, defaults={"last_started": on})
    began = time.monotonic()
    try:
        outcome = job.run(on)
    except Exception as error:
        # The next job must run whatever went wrong in this one.
        logger.exception("Việc định kỳ %s hỏng", job.name)
        heartbeat.last_result = JobHeartbeat.FAILED
        heartbeat.last_error = _described(error)
        _drop_broken_connection()
    else:
        level = logging.INFO if outcome else logging.DEBUG
        logger.log(level, "Việc định kỳ %s xong sau %.1f giây: %s", job.name, time.monotonic() - began, outcome)
        heartbeat.last_result = JobHeartbeat.OK
        heartbeat.last_error = ""
    heartbeat.last_finished = max(on, timezone.now())
    heartbeat.expected_by = job.next_due(heartbeat.last_finished) + GRACE
    heartbeat.save()
    return heartbeat


def _drop_broken_connection() -> None:
    """The next question opens a new connection; inside a transaction the connection is its owner's."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _described(error: Exception) -> str:
    """The error's class and text first, so that it is read first; then where it came from."""
    lines = traceback.format_exception(error)
    return f"{type(error).__name__}: {error}\n\n{''.join(lines)}"[:ERROR_CHARACTERS]


def _forget_strangers(table: Sequence[Job]) -> None:
    """A job that left the table is expected by nobody."""
    names = [job.name for job in table]
    try:
        JobHeartbeat.objects.exclude(name__in=names).update(expected_by=None)
    except DatabaseError:
        logger.exception("Không đọc được nhịp việc định kỳ")


def _local_midnight(on: datetime) -> datetime:
    return timezone.localtime(on).replace(hour=0, minute=0, second=0, microsecond=0)


@contextlib.contextmanager
def _advisory_lock() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK_KEY])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        # A connection that broke has given its lock back by itself.
        if held and connection.connection is not None and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK_KEY])


@contextlib.contextmanager
def _file_lock() -> Iterator[bool]:
    path = lock_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
