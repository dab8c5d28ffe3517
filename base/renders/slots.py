"""How many renders run at once, counted over all processes of the machine."""

import fcntl
import os
import time
from pathlib import Path

# How often who waits looks for a free slot.
LOOK_EVERY_SECONDS = 0.002


class Slots:
    """One thread's view of `count` slots, which are locked files in a folder.

    The kernel gives the lock of a process back that died, so no slot is ever lost. Each thread opens the files for
    itself: locks belong to the opened file.
    """

    def __init__(self, folder: Path, count: int):
        folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        names = [*(f"slot-{number}" for number in range(count)), "turn"]
        self._opened = [os.open(folder / name, flags, 0o600) for name in names]
        # Whoever has the last one looks for a free slot. Else a process that gives one back would have it again at
        # once, and the others, who look now and then, none as long as it has work.
        *self._files, self._turn = self._opened
        self._held: int | None = None

    @property
    def is_for_forms(self) -> bool:
        """Tell whether a form may be worked on in the slot that is held: one slot, the last taken, is for pages alone.

        A form may wait long for the database, where reading waits for nothing.
        """
        return len(self._files) == 1 or self._held != self._files[-1]

    def take(self) -> None:
        """Wait for a free slot and hold it."""
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            self._held = self._found()
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _found(self) -> int:
        while True:
            for file in self._files:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                return file
            time.sleep(LOOK_EVERY_SECONDS)

    def give_back(self) -> None:
        """Free the slot that is held."""
        if self._held is not None:
            fcntl.flock(self._held, fcntl.LOCK_UN)
            self._held = None

    def close(self) -> None:
        """Close the files; what is held is free."""
        for file in self._opened:
            os.close(file)
        self._opened, self._held = [], None


class NoSlots:
    """For work that is bounded by its threads alone."""

    is_for_forms = True

    def take(self) -> None:
        pass

    def give_back(self) -> None:
        pass
