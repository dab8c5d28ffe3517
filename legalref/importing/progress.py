"""The progress of a batch while its one transaction runs: a small file, as its rows are not visible before the end."""

import contextlib
import os
from pathlib import Path

from django.conf import settings

from ..models import ImportBatch


def note(batch: ImportBatch, done: int, total: int) -> None:
    """Write down that `done` of `total` rows are worked off; a full disk stops nothing."""
    place = _place(batch)
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_suffix(f".{os.getpid()}")
        fresh.write_text(f"{done} {total}")
        fresh.replace(place)


def remove(batch: ImportBatch) -> None:
    """Remove the file of a batch."""
    with contextlib.suppress(OSError):
        _place(batch).unlink(missing_ok=True)


def of(batch: ImportBatch) -> tuple[int, int]:
    """Return (done, total) of the work in progress, (0, 0) when nothing is known of it."""
    try:
        done, total = _place(batch).read_text().split()
        return int(done), int(total)
    except (OSError, ValueError):
        return 0, 0


def _place(batch: ImportBatch) -> Path:
    return settings.VAR_DIR / "imports" / str(batch.pk)
