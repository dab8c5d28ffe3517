"""How often something was tried lately, counted in the database: exactly, by all processes together.

The caller states the limits as data and gives the keys, which are digests or numbers, never what a user typed. 1.
`Attempts`: one row a scope and key in the table of counts. A lock ends by itself, as long as the caller does not count
refused attempts. 2. `Window`: rows of another table, each with its moment (`at`). What must not cost a write is counted
in memory, less exactly (`throttle.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Count, F, Max, QuerySet

QUARTER_OF_AN_HOUR = timedelta(minutes=15)
FIRST_DELAY_SECONDS = 4
NO_WAIT = timedelta(0)
# Longer than any window.
RETENTION = timedelta(days=1)

_tables: list[type[models.Model]] = []


def register_table(table: type[models.Model]) -> None:
    """Let a room above say where attempts are counted, one row a scope and key; called from its `AppConfig.ready`."""
    _tables[:] = [table]


@dataclass(frozen=True)
class Attempts:
    """Something that is counted: its name in the table, and what is permitted; None: it is only counted.

    `most`: after this many attempts one waits until `window` is over, counted from the last attempt. `slow_from`: from
    this many on each further attempt waits 4, 8, 16 … seconds. A count is dropped after a `window` without attempts.

    >>> Attempts("password", slow_from=5, most=10).wait_after(6, timedelta(seconds=3))
    datetime.timedelta(seconds=5)
    """

    scope: str
    most: int | None = None
    slow_from: int | None = None
    window: timedelta = QUARTER_OF_AN_HOUR

    def wait_after(self, count: int, since_last: timedelta) -> timedelta:
        """Return how long to wait yet after `count` attempts, the last of them `since_last` ago."""
        if self.most is not None and count >= self.most:
            delay = self.window
        elif self.slow_from is not None and count >= self.slow_from:
            delay = timedelta(seconds=FIRST_DELAY_SECONDS * 2 ** (count - self.slow_from))
        else:
            return NO_WAIT
        return max(NO_WAIT, delay - since_last)

    def wait(self, key: str, *, on: datetime) -> timedelta:
        """Return how long nothing may be tried under a key."""
        row = self._row(key, on)
        return self.wait_after(row.count, on - row.last_at) if row else NO_WAIT

    def count(self, key: str, *, on: datetime) -> int:
        """Return how many there were lately under a key."""
        row = self._row(key, on)
        return row.count if row else 0

    def in_network(self, network: str, *, on: datetime) -> tuple[int, datetime | None]:
        """Return how many keys were tried lately from a network that was given to `add`, and when the last one was."""
        found = self._rows(on).filter(network=network).aggregate(keys=Count("pk"), last=Max("last_at"))
        return found["keys"], found["last"]

    @transaction.atomic
    def add(self, key: str, *, on: datetime, network: str = "") -> int:
        """Count one more under a key; return how many there were lately."""
        table = _tables[0].objects
        row, _made = table.select_for_update().get_or_create(
            scope=self.scope, key=key, defaults={"last_at": on, "network": network}
        )
        is_fresh = row.last_at > on - self.window
        table.filter(pk=row.pk).update(count=F("count") + 1 if is_fresh else 1, last_at=on)
        return row.count + 1 if is_fresh else 1

    def reset(self, key: str) -> None:
        """Delete the count of a key."""
        _tables[0].objects.filter(scope=self.scope, key=key).delete()

    def _rows(self, on: datetime) -> QuerySet:
        return _tables[0].objects.filter(scope=self.scope, last_at__gt=on - self.window)

    def _row(self, key: str, on: datetime):
        return self._rows(on).filter(key=key).first()


def purge_old(*, on: datetime) -> int:
    """Remove the counts that mean nothing any more; return how many rows went."""
    return _tables[0].objects.filter(last_at__lt=on - RETENTION).delete()[0]


@dataclass(frozen=True)
class Window:
    """At most `most` rows within `period`, each counted from its own moment."""

    most: int
    period: timedelta

    def is_full(self, rows: QuerySet, *, on: datetime) -> bool:
        """Tell whether as many of the rows are as young as that."""
        return self._young(rows, on).count() >= self.most

    def wait(self, rows: QuerySet, *, on: datetime) -> timedelta:
        """Return how long it is until one more may come: until enough of the rows are too old to count."""
        moments = list(self._young(rows.order_by("-at"), on).values_list("at", flat=True))
        return moments[-1] + self.period - on if len(moments) >= self.most else NO_WAIT

    def _young(self, rows: QuerySet, on: datetime) -> QuerySet:
        return rows.filter(at__gt=on - self.period)[: self.most]
