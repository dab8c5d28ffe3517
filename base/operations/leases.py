"""A lease: the right to do one kind of work alone for a while, kept as a row, on SQLite and PostgreSQL alike.

1. `hold(lane)` takes the row when it is free, its time is over, or its holder was a process of this machine that is
gone; each taking raises the fencing number. 2. While it is held, a thread prolongs it on a connection of its own, so
that neither a long job nor the end of a connection loses it. 3. `Lease.demand` raises Lost as soon as another process
holds the row: a process that was cut off for longer than a lease starts nothing more, and the record of a run names its
fencing number. Moments are those of the database, so that the system clocks of several machines do not matter.
"""

import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.models import F, Q
from django.db.models.functions import Now

from ..models import Lease as LeaseRow

logger = logging.getLogger(__name__)

# How long the death of a machine keeps its work from the others; a process of the same machine is followed at once.
LEASE = timedelta(seconds=60)
RENEW_SECONDS = 15.0
_FREE = ""


class Locked(Exception):
    """Another process holds the lease."""


class Lost(Exception):
    """The lease went to another process: start nothing more."""


@dataclass(frozen=True)
class Lease:
    """A lease that is held: `lane` (what work), `owner` (which process), `fence` (the number of this taking)."""

    lane: str
    owner: str
    fence: int

    def is_held(self) -> bool:
        """Whether it is ours still; asks the database."""
        return LeaseRow.objects.filter(lane=self.lane, owner=self.owner, fence=self.fence).exists()

    def prolong(self) -> bool:
        """Make it last a whole LEASE from now; False when another process has it."""
        mine = LeaseRow.objects.filter(lane=self.lane, owner=self.owner, fence=self.fence)
        return bool(mine.update(expires_at=Now() + LEASE))

    def demand(self) -> None:
        """Prolong it. Raises Lost."""
        if not self.prolong():
            raise Lost(f"Quyền chạy việc định kỳ ({self.lane}) đã sang tiến trình khác.")


@contextlib.contextmanager
def hold(lane: str, *, wait_seconds: float = 0) -> Iterator[Lease]:
    """Hold the lease of `lane` in the block. Raises Locked when another process has it after `wait_seconds`."""
    until = time.monotonic() + wait_seconds
    while (lease := _take(lane)) is None:
        if time.monotonic() >= until:
            raise Locked("Một tiến trình khác đang chạy việc định kỳ.")
        time.sleep(0.1)
    ended = threading.Event()
    renewing = threading.Thread(target=_renew, args=(lease, ended), name=f"lease-{lane}", daemon=True)
    renewing.start()
    try:
        yield lease
    finally:
        ended.set()
        renewing.join(RENEW_SECONDS)
        _release(lease)


def is_alive(lane: str) -> bool:
    """Whether some process holds the lease of `lane` now."""
    return LeaseRow.objects.filter(lane=lane, expires_at__gt=Now()).exclude(owner=_FREE).exists()


def _take(lane: str) -> Lease | None:
    row, _ = LeaseRow.objects.get_or_create(lane=lane)
    free = Q(owner=_FREE) | Q(expires_at=None) | Q(expires_at__lte=Now())
    if _is_gone(row.owner):
        free |= Q(owner=row.owner, fence=row.fence)
    owner = f"{_here()}/{secrets.token_hex(4)}"
    # The process that changes the row first has it: the others then find another fencing number.
    if not LeaseRow.objects.filter(free, lane=lane, fence=row.fence).update(
        owner=owner, fence=F("fence") + 1, expires_at=Now() + LEASE
    ):
        return None
    return Lease(lane, owner, row.fence + 1)


def _release(lease: Lease) -> None:
    try:
        LeaseRow.objects.filter(lane=lease.lane, owner=lease.owner, fence=lease.fence).update(owner=_FREE)
    except DatabaseError:
        # It ends by itself.
        logger.warning("Không trả được quyền chạy việc định kỳ (%s)", lease.lane)


def _renew(lease: Lease, ended: threading.Event) -> None:
    while not ended.wait(RENEW_SECONDS):
        try:
            if not lease.prolong():
                return
        except DatabaseError:
            logger.warning("Không gia hạn được quyền chạy việc định kỳ (%s), sẽ thử lại", lease.lane)
        finally:
            connection.close()


# --- Which process ---------------------------------------------------------------------------------


def _here() -> str:
    """Name this process so that others of the machine can tell whether it lives: boot, namespace, number, start."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}/{os.getpid()}/{process_start(os.getpid())}"
    except OSError:
        return f"?/?/{os.getpid()}/?"


def _is_gone(owner: str) -> bool:
    """Whether the owner was a process of this machine that has ended; False when that cannot be known."""
    try:
        boot, namespace, number, started = owner.rsplit("/", 1)[0].rsplit("/", 3)
        if _here().rsplit("/", 2)[0] != f"{boot}/{namespace}" or not number.isdecimal() or started == "?":
            return False
        return process_start(int(number)) != started
    except ValueError:
        return False
    except OSError:
        return True


def process_start(number: int) -> str:
    """The moment a process began, in ticks since the machine's start: numbers of processes come again, with another."""
    return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
