"""Periodic work: which job is due, one runner a lane, and the heartbeat each run leaves.

1. A table of `Job` says what runs when (the portal's own is in `home/jobs.py`). 2. Each job has a lane: what
readers and editors wait for runs in `PROMPT`, what may take long in `LONG`. Each lane has a thread and a lease of its
own (`leases.py`): of several machines one works in a lane, and no long job makes a prompt one wait. 3. A job is due
when its latest due moment has passed since it last started; what was missed while nothing ran is therefore done once,
at the next start. 4. Its start, its end and its error are kept in `JobHeartbeat`. 5. A job that fails stops no other
job, and is tried again after `RETRY_AFTER`. 6. A job that works in steps lets the others of its lane run after each,
keeps in its heartbeat how far it is, and goes on in the next round, also after a restart.
"""

import logging
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock_time

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ..models import JobHeartbeat
from . import leases
from .leases import Locked

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=5)
# How late a run may end before `/readyz` calls it missing.
GRACE = timedelta(minutes=3)
ERROR_CHARACTERS = 4000
# A job that has steps is given the next one so soon.
STEP_PAUSE = timedelta(seconds=1)
# A database that was away, or held by another, is asked again so soon.
AGAIN_AFTER = timedelta(seconds=2)
STEP_SECONDS = 20.0
PROMPT, LONG = "prompt", "long"
DAYTIME = clock_time(7, 0), clock_time(20, 0)


@dataclass(frozen=True)
class Job:
    """One periodic job: `run` gets the moment of the round, `every` or `daily_at` (local time) says when.

    `run` must be safe to repeat: a run that died is run again. A job in steps also gets the progress that its last step
    returned ({} at first) and works for about `STEP_SECONDS`: `run(on, progress) -> progress`, {} when it is done.
    """

    name: str
    label: str
    run: Callable[..., object]
    every: timedelta | None = None
    daily_at: clock_time | None = None
    lane: str = PROMPT
    in_steps: bool = False
    # It writes to people: what was missed is made up for in `DAYTIME` only.
    in_daytime: bool = False

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

    The caller holds the lease of the job's lane, so an unfinished run is one that died.
    """
    if job.in_daytime and not DAYTIME[0] <= timezone.localtime(on).time() < DAYTIME[1]:
        return False
    if heartbeat is None or heartbeat.last_started is None:
        return True
    if heartbeat.last_started < job.latest_due(on):
        return True
    if heartbeat.last_started > on + GRACE:
        # The system clock stood ahead and was put right: what ran then has not run yet.
        return True
    if heartbeat.progress:
        return heartbeat.last_started + STEP_PAUSE <= on
    went_wrong = heartbeat.is_unfinished or heartbeat.last_result == JobHeartbeat.FAILED
    return went_wrong and heartbeat.last_started + RETRY_AFTER <= on


def run_table(table: Sequence[Job], *, on: datetime, wait_seconds: float = 0) -> list[JobHeartbeat]:
    """Run the jobs of `table` that are due at `on`, lane by lane, in the table's order.

    Returns the heartbeats of the jobs that ran. Raises Locked when another process still works in a lane after
    `wait_seconds`. An error inside a job is kept in its heartbeat and not raised.
    """
    return [ran for lane in lanes_of(table) for ran in run_lane(table, lane, on=on, wait_seconds=wait_seconds)]


def run_lane(table: Sequence[Job], lane: str, *, on: datetime, wait_seconds: float = 0) -> list[JobHeartbeat]:
    """Do what `run_table` does, for the jobs of one lane."""
    with leases.hold(lane, wait_seconds=wait_seconds) as lease:
        known = {heartbeat.name: heartbeat for heartbeat in JobHeartbeat.objects.all()}
        due = [job for job in table if job.lane == lane and is_due(job, known.get(job.name), on)]
        return _run_each(due, known, lease, on)


def run_now(jobs: Sequence[Job], *, on: datetime, wait_seconds: float = 0) -> list[JobHeartbeat]:
    """Run all of `jobs` whether due or not, those in steps to their end; otherwise as `run_table`."""
    ran = []
    for lane in lanes_of(jobs):
        with leases.hold(lane, wait_seconds=wait_seconds) as lease:
            for job in (job for job in jobs if job.lane == lane):
                heartbeat, *_ = _run_each([job], {}, lease, on) or [None]
                while heartbeat is not None and heartbeat.progress:
                    heartbeat, *_ = _run_each([job], {job.name: heartbeat}, lease, on) or [None]
                ran += [heartbeat] if heartbeat is not None else []
    return ran


def lanes_of(table: Sequence[Job]) -> list[str]:
    """Return the lanes of a table, in the order of their first jobs."""
    return list(dict.fromkeys(job.lane for job in table))


def remove_unknown_jobs(table: Sequence[Job]) -> None:
    """Mark the jobs that left the table as no longer expected."""
    names = [job.name for job in table]
    try:
        JobHeartbeat.objects.exclude(name__in=names).update(expected_by=None)
    except DatabaseError:
        logger.exception("Không đọc được nhịp việc định kỳ")


def run_forever(table: Sequence[Job], *, stop: threading.Event) -> None:
    """In each lane run what is due, sleep until the next due moment, and so on until `stop` is set.

    A database that is away for a while is waited for. A lane that ends by an error ends the others too, and the error
    is raised: the supervisor then starts all anew.
    """
    remove_unknown_jobs(table)
    first, *others = lanes_of(table)
    broken: list[BaseException] = []

    def beside(lane: str) -> None:
        try:
            _run_lane_forever(table, lane, stop)
        except BaseException as error:
            broken.append(error)
            stop.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=beside, args=(lane,), name=f"jobs-{lane}") for lane in others]
    for thread in threads:
        thread.start()
    try:
        _run_lane_forever(table, first, stop)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    if broken:
        raise broken[0]


def _run_lane_forever(table: Sequence[Job], lane: str, stop: threading.Event) -> None:
    jobs = [job for job in table if job.lane == lane]
    while not stop.is_set():
        now = timezone.now()
        pause = min(job.next_due(now) for job in jobs) - now
        try:
            if any(heartbeat.progress for heartbeat in run_lane(table, lane, on=now)):
                pause = STEP_PAUSE
        except Locked:
            logger.debug("Một tiến trình khác đang chạy việc định kỳ (%s)", lane)
        except DatabaseError:
            logger.exception("Không ghi được nhịp việc định kỳ, thử lại sau")
            pause = min(pause, AGAIN_AFTER)
        _drop_broken_connection()
        stop.wait(min(60.0, max(0.5, pause.total_seconds() - (timezone.now() - now).total_seconds())))


def _run_each(jobs: Sequence[Job], known: dict, lease: leases.Lease, on: datetime) -> list[JobHeartbeat]:
    """Run jobs one after another, as long as the lease is ours."""
    ran = []
    for job in jobs:
        try:
            heartbeat = _begin(job, lease, on=on)
        except leases.Lost:
            logger.warning("Quyền chạy việc định kỳ (%s) đã sang tiến trình khác, dừng lượt này", lease.lane)
            break
        ran.append(_run(job, known.get(job.name), heartbeat, lease, on=on))
    return ran


@transaction.atomic
def _begin(job: Job, lease: leases.Lease, *, on: datetime) -> JobHeartbeat:
    """Write down that a run begins. Raises leases.Lost.

    The lease's row stays locked until this is committed, so the next holder of the lease writes afterwards.
    """
    lease.demand()
    begun = {"last_started": on, "lane": job.lane, "fence": lease.fence}
    return JobHeartbeat.objects.update_or_create(name=job.name, defaults=begun)[0]


def _run(
    job: Job, before: JobHeartbeat | None, heartbeat: JobHeartbeat, lease: leases.Lease, *, on: datetime
) -> JobHeartbeat:
    progress = before.progress if before is not None and job.in_steps else {}
    began = time.monotonic()
    try:
        outcome = job.run(on, progress) if job.in_steps else job.run(on)
    except Exception as error:
        # The next job must run whatever went wrong in this one.
        logger.exception("Việc định kỳ %s hỏng", job.name)
        heartbeat.last_result = JobHeartbeat.FAILED
        heartbeat.last_error = _described(error)
        heartbeat.progress = {}
        _drop_broken_connection()
    else:
        level = logging.INFO if outcome else logging.DEBUG
        logger.log(level, "Việc định kỳ %s xong sau %.1f giây: %s", job.name, time.monotonic() - began, outcome)
        heartbeat.last_result = JobHeartbeat.OK
        heartbeat.last_error = ""
        heartbeat.progress = outcome if job.in_steps else {}
    heartbeat.last_finished = max(on, timezone.now())
    # The next step of a job may find many others due before it.
    next_due = heartbeat.last_finished if heartbeat.progress else job.next_due(heartbeat.last_finished)
    heartbeat.expected_by = next_due + GRACE
    _note_end(heartbeat, lease)
    return heartbeat


def _note_end(heartbeat: JobHeartbeat, lease: leases.Lease) -> None:
    """Write down how a run ended, unless another process has run the job meanwhile."""
    ended = {
        name: getattr(heartbeat, name)
        for name in ("last_result", "last_error", "progress", "last_finished", "expected_by")
    }
    if not JobHeartbeat.objects.filter(pk=heartbeat.pk, lane=lease.lane, fence=lease.fence).update(**ended):
        logger.warning("Việc định kỳ %s: tiến trình khác đã chạy việc này", heartbeat.name)


def _drop_broken_connection() -> None:
    """The next question opens a new connection; inside a transaction the connection is its owner's."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _described(error: Exception) -> str:
    """The error's class and text first, so that it is read first; then where it came from."""
    lines = traceback.format_exception(error)
    return f"{type(error).__name__}: {error}\n\n{''.join(lines)}"[:ERROR_CHARACTERS]


def _local_midnight(on: datetime) -> datetime:
    return timezone.localtime(on).replace(hour=0, minute=0, second=0, microsecond=0)
