"""The progress of a batch while its one transaction runs, whose rows are not visible before the end.

It is in the cache of all machines: the periodic work may run on another one than the screen.
"""

from django.core.cache import cache

from ..models import ImportBatch

# A batch that says nothing for so long has ended.
SECONDS = 3600


def note(batch: ImportBatch, done: int, total: int) -> None:
    """Write down that `done` of `total` rows are worked off; a full disk stops nothing."""
    try:
        cache.set(_key(batch), (done, total), SECONDS)
    except OSError:
        # The next row tries again.
        return


def remove(batch: ImportBatch) -> None:
    """Remove what was written down of a batch."""
    cache.delete(_key(batch))


def of(batch: ImportBatch) -> tuple[int, int]:
    """Return (done, total) of the work in progress, (0, 0) when nothing is known of it."""
    return cache.get(_key(batch)) or (0, 0)


def _key(batch: ImportBatch) -> str:
    return f"import-progress-{batch.pk}"
