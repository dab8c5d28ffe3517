"""Which addresses asked a moment ago: for pages and the administration as all processes of the machine know it."""

import logging
import mmap
import os
import struct
from hashlib import blake2b
from pathlib import Path

logger = logging.getLogger(__name__)

# An address that did not ask for so long is as good as one that never did.
RECENT_SECONDS = 20.0
PLACES = 1 << 17
# Times are kept as whole tenths of a second of the monotonic clock that all processes share; 0 is never.
_TENTHS = 10
_TIME = struct.Struct("=I")
_TWO_PLACES = struct.Struct("=II")


class Asked:
    """When addresses asked last: a table of times that all processes map, two places of it for each address.

    An address is recent where both of its times are. Two others may have left those: where 2,000 asked within 20
    seconds, one new address in a thousand counts as recent by mistake, and waits like those. Only times are kept, at
    places that `key` decides: no address can be read out of them, and no client can choose whose places it fills.

    `folder`: where the table lies; None: memory of this process alone.
    """

    def __init__(self, folder: Path | None = None, key: str = ""):
        self._key = blake2b(key.encode()).digest()
        self._times = _mapped(folder / "asked") if folder else _own()

    def is_recent(self, address: str, now: float) -> bool:
        """Tell whether an address asked within the last RECENT_SECONDS; `now`: monotonic seconds."""
        tenths = _tenths(now)
        ages = [tenths - _TIME.unpack_from(self._times, place)[0] for place in self._places(address)]
        # A time from before the machine started anew may lie in the future.
        return all(0 <= age < RECENT_SECONDS * _TENTHS for age in ages)

    def note(self, address: str, now: float) -> None:
        """Note that an address asks."""
        for place in self._places(address):
            _TIME.pack_into(self._times, place, _tenths(now))

    def _places(self, address: str) -> list[int]:
        digest = blake2b(address.encode(), key=self._key, digest_size=_TWO_PLACES.size).digest()
        return [number % PLACES * _TIME.size for number in _TWO_PLACES.unpack(digest)]


def _tenths(now: float) -> int:
    """Whole tenths of a second, never 0: a machine that has just started counts from there."""
    return (int(now * _TENTHS) + int(RECENT_SECONDS * _TENTHS) + 1) & 0xFFFFFFFF


def _own() -> mmap.mmap:
    return mmap.mmap(-1, PLACES * _TIME.size)


def _mapped(path: Path) -> mmap.mmap:
    """The table in a file; one of this process alone where the disk has no room for it."""
    try:
        return _opened(path)
    except OSError:
        logger.exception("no table of who asked in %s", path)
        return _own()


def _opened(path: Path) -> mmap.mmap:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = PLACES * _TIME.size
        if os.fstat(file).st_size < size:
            # Written, not only made longer: its place on the disk must be there when the disk is full.
            os.pwrite(file, bytes(size), 0)
        return mmap.mmap(file, size)
    finally:
        os.close(file)
