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
        self._slots, self._forms = _opened(folder, "slot", count), _opened(folder, "form", count)
        # The process that has it looks for a free slot. Else a process that gives one back would have it again at once,
        # and the others, which look now and then, none as long as it has work.
        self._turn = _open(folder / "turn")
        self._opened = [*self._slots, *self._forms, self._turn]
        self._held: int | None = None

    def take(self) -> None:
        """Wait for a free slot and hold it."""
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            self._held = self._found()
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _found(self) -> int:
        while True:
            for number, file in enumerate(self._slots):
                if _is_locked_now(file):
                    return number
            time.sleep(LOOK_EVERY_SECONDS)

    def note_form(self) -> None:
        """Let others know that what is held is a form's, until it is given back."""
        fcntl.flock(self._forms[self._held], fcntl.LOCK_EX)

    def give_back(self) -> None:
        """Free the slot that is held."""
        if self._held is not None:
            for file in (self._forms[self._held], self._slots[self._held]):
                fcntl.flock(file, fcntl.LOCK_UN)
            self._held = None

    def close(self) -> None:
        """Close the files; what is held is free."""
        for file in self._opened:
            os.close(file)
        self._opened, self._held = [], None


class Reserve:
    """One slot more, for pages, while forms hold all others: they may wait long for the database, reading does not."""

    def __init__(self, folder: Path, count: int):
        self._forms, self._reserve = _opened(folder, "form", count), _open(folder / "reserve")

    def take(self) -> bool:
        """Hold it where forms hold all other slots and no other process holds it; tell whether it is held."""
        return all(map(self._is_held, self._forms)) and _is_locked_now(self._reserve)

    def _is_held(self, form: int) -> bool:
        try:
            fcntl.flock(form, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.flock(form, fcntl.LOCK_UN)
        return False

    def give_back(self) -> None:
        """Free it."""
        fcntl.flock(self._reserve, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the files; what is held is free."""
        for file in (*self._forms, self._reserve):
            os.close(file)


class NoSlots:
    """For work that is bounded by its threads alone."""

    def take(self) -> None:
        pass

    def note_form(self) -> None:
        pass

    def give_back(self) -> None:
        pass


def _opened(folder: Path, name: str, count: int) -> list[int]:
    folder.mkdir(parents=True, exist_ok=True)
    return [_open(folder / f"{name}-{number}") for number in range(count)]


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _is_locked_now(file: int) -> bool:
    """Lock a file unless another has it; tell whether it is locked by this one now."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
