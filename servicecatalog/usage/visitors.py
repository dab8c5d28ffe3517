"""Who has been counted already: digests in memory, shared by the processes of one machine, gone by midnight.

1. A visitor is his network and his browser's name. With what he did they go into a digest keyed by a random salt; only
   the digest is kept, with the moment until which it counts.
2. The salt is made anew every local day, and all digests of the day before go with it. Both live in memory alone: a
   piece of it that the processes share (`/dev/shm`), so that a reload answered by another process counts once, too.
   Nothing is written to a disk, and without the salt a digest says nothing.
3. The memory has a name while a process uses it: the last one to end in order takes the name away (`leave`). What
   processes leave that are killed (SIZE_BYTES) is used again by the next ones.
4. The table has a fixed size. When it is full, what would have been forgotten soonest makes room: such a visitor is
   counted twice. So is one who comes back by another machine.

No request waits long here: when another process holds the table for more than a few milliseconds, a visitor counts as
new.
"""

import contextlib
import fcntl
import mmap
import os
import secrets
import stat
import struct
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from django.utils import timezone

SHARED_MEMORY = Path("/dev/shm")
WAYS = 8
SETS = 16_384
_HEAD = struct.Struct("<8sI32s")
_ROOM_OF_HEAD = 64
_SET = struct.Struct(f"<{WAYS}Q{WAYS}I")
_ENDS_AT = 8 * WAYS
SIZE_BYTES = _ROOM_OF_HEAD + SETS * _SET.size
_MARK = b"portal 1"
_HOLD_TRIES, _HOLD_SECONDS = 20, 0.0005
_OPEN_TRIES = 5


class Days:
    """The local day of a moment, worked out once a day."""

    def __init__(self):
        self._known = (0.0, 0.0, None)

    def of(self, moment: float):
        """Return the local date of a moment (seconds since 1970)."""
        begins, ends, day = self._known
        if not begins <= moment < ends:
            local = datetime.fromtimestamp(moment, timezone.get_default_timezone())
            begins = local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
            day = local.date()
            self._known = (begins, begins + 86_400, day)
        return day


class Visitors:
    """The table of one machine at `path` (see `shared_path`), or of this process alone without one.

    `clock`: seconds since 1970.
    """

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time):
        self._clock, self._days, self._lock = clock, Days(), Lock()
        self._path = path
        self._file = _joined(path) if path is not None else None
        self._memory = mmap.mmap(-1 if self._file is None else self._file, SIZE_BYTES)

    @property
    def is_shared(self) -> bool:
        """Whether other processes see the same table."""
        return self._file is not None

    def is_first(self, *marks: str, seconds: float) -> bool:
        """Tell whether this was not said within the last `seconds` of the same marks on this local day; note it."""
        now = self._clock()
        day = self._days.of(now).toordinal()
        with self._lock, self._held() as is_held:
            return not is_held or self._note(self._digest(day, marks), int(now), int(now + seconds))

    def leave(self) -> bool:
        """Stop sharing; take the memory's name away when no other process shares it, and tell whether so.

        This process goes on with the memory as it is. Two that leave at the same moment cannot both find the other one
        there: each first says that it is gone, then looks.
        """
        if self._file is None:
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            # Others share it; or it was closed already, at the end of the process.
            return False
        try:
            is_named = _is_at(self._file, self._path)
            if is_named:
                self._path.unlink()
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        return is_named

    def close(self) -> None:
        """Let the memory go."""
        self._memory.close()
        if self._file is not None:
            os.close(self._file)

    def _digest(self, day: int, marks: tuple[str, ...]) -> int:
        mark, known_day, salt = _HEAD.unpack_from(self._memory)
        if mark != _MARK or known_day != day:
            salt = secrets.token_bytes(32)
            self._memory[:] = bytes(SIZE_BYTES)
            _HEAD.pack_into(self._memory, 0, _MARK, day, salt)
        words = "\0".join(marks).encode("utf-8", "replace")
        return int.from_bytes(blake2b(words, key=salt, digest_size=8).digest())

    def _note(self, digest: int, now: int, until: int) -> bool:
        place = _ROOM_OF_HEAD + digest % SETS * _SET.size
        row = _SET.unpack_from(self._memory, place)
        ends = row[WAYS:]
        for way in range(WAYS):
            if row[way] == digest and ends[way] > now:
                return False
        way = ends.index(min(ends))
        struct.pack_into("<Q", self._memory, place + 8 * way, digest)
        struct.pack_into("<I", self._memory, place + _ENDS_AT + 4 * way, until)
        return True

    @contextlib.contextmanager
    def _held(self) -> Iterator[bool]:
        """Hold the table against the other processes; yield False when one of them does not let go."""
        if self._file is None:
            yield True
            return
        for _ in range(_HOLD_TRIES):
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_HOLD_SECONDS)
                continue
            try:
                yield True
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)
            return
        yield False


def shared_path(name: str) -> Path | None:
    """Return where the processes of a portal find their table; None where the machine has no shared memory."""
    digest = blake2b(name.encode(), digest_size=8).hexdigest()
    return SHARED_MEMORY / f"portal-usage-{digest}" if SHARED_MEMORY.is_dir() else None


def _joined(path: Path) -> int | None:
    """Open the memory at a path and say that this process shares it; None when there is none to be had.

    The record lock (`lockf`) says who shares the memory, `flock` who holds the table: they do not meet.
    """
    for _ in range(_OPEN_TRIES):
        file = _opened(path)
        if file is None:
            return None
        with contextlib.suppress(OSError):
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            if _is_at(file, path):
                return file
        # The last one to leave took the name away between the two.
        os.close(file)
        time.sleep(_HOLD_SECONDS)
    return None


def _is_at(file: int, path: Path) -> bool:
    """Whether an open file is still the one at its path."""
    try:
        return os.path.samestat(os.fstat(file), path.lstat())
    except FileNotFoundError:
        return False


def _opened(path: Path) -> int | None:
    """Open the memory at a path, of the right size and nobody else's; None when there is none to be had."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    known = os.fstat(file)
    is_own = stat.S_ISREG(known.st_mode) and known.st_uid == os.geteuid() and not known.st_mode & 0o077
    try:
        if is_own and known.st_size != SIZE_BYTES:
            os.ftruncate(file, SIZE_BYTES)
    except OSError:
        is_own = False
    if not is_own:
        os.close(file)
        return None
    return file
