"""Who did something already: keyed digests of visitors, in memory alone, gone by midnight (decision 0063).

1. Network, browser and what was done go into a digest under a random key; only the digest stays. The key changes every
   local day, and the digests of the day before go with it.
2. `is_first`: a use counts once in half an hour. Each process remembers by itself, so a reload that another process
   answers counts once more.
3. `is_first_today`: what a visitor says counts once a day, whichever process hears it. The processes of one machine
   share a small file in its memory (`/dev/shm`): the day, its key, the digests one after the other. Without such a
   memory each process remembers by itself.
4. Both are bounded. The longest untouched use makes room; what a visitor says beyond `MOST_ANSWERS` counts as new.
"""

import contextlib
import fcntl
import os
import secrets
import stat
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from hashlib import blake2b
from io import FileIO
from pathlib import Path
from threading import Lock

from django.utils import timezone

SHARED_MEMORY = Path("/dev/shm")
# The same visitor, page and kind counts once in this time.
ONE_VISIT_SECONDS = 1800
DAY_SECONDS = 86_400
# About 10 MB in a process, and 1 MB that all share.
MOST_USES, MOST_ANSWERS = 65_536, 65_536
KEY_BYTES, DIGEST_BYTES = 32, 16


class Visitors:
    """What the visitors of one process did. `path`: of the shared file (`shared_path`); `clock`: seconds since 1970."""

    def __init__(self, path: Path | None = None, clock: Callable[[], float] = time.time):
        self._path, self._clock, self._lock = path, clock, Lock()
        self._day, self._key = date.min, b""
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def is_first(self, *marks: str, seconds: float = ONE_VISIT_SECONDS) -> bool:
        """Tell whether a visitor did this first within the last `seconds` and this local day; note it."""
        now = self._clock()
        with self._lock:
            self._begin(day_of(now))
            digest = _digest(self._key, marks)
            if self._until.get(digest, 0) > now:
                return False
            self._until.pop(digest, None)
            self._until[digest] = now + seconds
            while len(self._until) > MOST_USES or next(iter(self._until.values())) <= now:
                self._until.popitem(last=False)
        return True

    def is_first_today(self, *marks: str) -> bool:
        """Tell whether a visitor said this first on this local day, to any process of the machine; note it."""
        if self._path is not None:
            with contextlib.suppress(OSError), _held(self._path) as file:
                return _note(file, day_of(self._clock()), marks)
        return self.is_first(*marks, seconds=DAY_SECONDS)

    def take_back(self, *marks: str) -> None:
        """Let what a visitor said today count as new again: it had no effect."""
        if self._path is not None:
            with contextlib.suppress(OSError), _held(self._path) as file:
                _take_out(file, day_of(self._clock()), marks)
        with self._lock:
            self._until.pop(_digest(self._key, marks), None)

    def leave(self) -> None:
        """Take the shared file away at the end of the process; those that go on begin a new one."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _begin(self, day: date) -> None:
        if day == self._day:
            return
        self._day, self._key = day, secrets.token_bytes(KEY_BYTES)
        self._until.clear()
        if self._path is not None:
            with contextlib.suppress(OSError), _held(self._path) as file:
                _content(file, day)


def day_of(moment: float) -> date:
    """Return the local date of a moment (seconds since 1970)."""
    return datetime.fromtimestamp(moment, timezone.get_default_timezone()).date()


def shared_path(name: str) -> Path | None:
    """Return where the processes of a portal share what was said; None where the machine has no shared memory."""
    digest = blake2b(name.encode(), digest_size=8).hexdigest()
    return SHARED_MEMORY / f"portal-usage-{digest}" if SHARED_MEMORY.is_dir() else None


@contextlib.contextmanager
def _held(path: Path) -> Iterator[FileIO]:
    """Hold the file at a path against other threads and processes; OSError unless it is ours and no other user's."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(file, "r+b", buffering=0) as held:
        known = os.fstat(file)
        if not stat.S_ISREG(known.st_mode) or known.st_uid != os.geteuid() or known.st_mode & 0o077:
            raise PermissionError
        fcntl.flock(file, fcntl.LOCK_EX)
        yield held


def _note(file: FileIO, day: date, marks: tuple[str, ...]) -> bool:
    key, digests = _content(file, day)
    digest = _digest(key, marks)
    if digest in digests:
        return False
    if len(digests) < MOST_ANSWERS * DIGEST_BYTES:
        file.write(digest)
    return True


def _take_out(file: FileIO, day: date, marks: tuple[str, ...]) -> None:
    key, digests = _content(file, day)
    digest, size = _digest(key, marks), DIGEST_BYTES
    left = b"".join(one for at in range(0, len(digests), size) if (one := digests[at : at + size]) != digest)
    file.seek(-len(digests), os.SEEK_END)
    file.truncate()
    file.write(left)


def _content(file: FileIO, day: date) -> tuple[bytes, bytes]:
    """Return the day's key and the digests, one after the other; a file of another day is begun anew."""
    content, begins = file.read(), day.isoformat().encode()
    header = len(begins) + KEY_BYTES
    if not content.startswith(begins) or len(content) < header:
        content = begins + secrets.token_bytes(KEY_BYTES)
        file.seek(0)
        file.truncate()
        file.write(content)
    return content[len(begins) : header], content[header:]


def _digest(key: bytes, marks: tuple[str, ...]) -> bytes:
    words = "\0".join(marks).encode("utf-8", "replace")
    return blake2b(words, key=key, digest_size=DIGEST_BYTES).digest()
