"""The folder in which the processes of one web server add up what they count.

The library keeps one file for each process and kind; they must outlive a worker that is started again, and end with
the server. So each server has a folder, named by its first process: its number, and when it began.
"""

import os
import shutil
from pathlib import Path

from ..leases import process_start

# What the library reads when it is first imported; `config/wsgi.py` sets it.
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_own: list[Path] = []


def share(place: Path) -> Path:
    """Make the folder of this server below `place` and return it; remove those of servers that ended."""
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        if not _is_alive(old.name):
            shutil.rmtree(old, ignore_errors=True)
    own = place / _name(os.getppid())
    own.mkdir(exist_ok=True)
    _own[:] = [own]
    return own


def own_folder() -> Path | None:
    """Return the folder of this server; None in a process that serves nothing."""
    return _own[0] if _own else None


def _is_alive(name: str) -> bool:
    number = name.partition("-")[0]
    try:
        return number.isdecimal() and _name(int(number)) == name
    except OSError:
        return False


def _name(number: int) -> str:
    return f"{number}-{process_start(number)}"
