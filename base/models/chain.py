"""Sealed chains: the row that tells where a chain ends, and what every sealed row can tell (`base/chain/`)."""

from collections.abc import Sequence

from django.db import models

from ..queries.savepoints import savepoints_made

# What reading or sealing a value raises that its column could not hold.
UNREADABLE = (AttributeError, TypeError, ValueError)


class Link(models.Model):
    """A row of a chain: `seal` covers what the row holds and `previous_seal`, the seal of the row before it."""

    class Meta:
        abstract = True

    def computed_seal(self) -> str:
        """Return the seal of the row as it stands, a SHA-256 in hexadecimal; each kind of row says what it covers."""
        raise NotImplementedError

    def is_sealed(self) -> bool:
        """Tell whether the row still is what was sealed."""
        try:
            return self.computed_seal() == self.seal
        except UNREADABLE:
            return False


class Chain(models.Model):
    """The tip of a chain: its last seal and the number of its links; locked while it grows, so that it never forks.

    A model of its own for each chain; `NAME` is in its row and in the statements outside the database, `LABEL` in
    the daily mail.
    """

    NAME = LABEL = ""

    name = models.CharField(max_length=30, unique=True)
    seal = models.CharField(max_length=64, blank=True)
    count = models.BigIntegerField(default=0)

    never_deleted = True

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @classmethod
    def tip(cls) -> tuple[int, str]:
        """Return (number of links, last seal); (0, "") before the first."""
        return cls.objects.filter(name=cls.NAME).values_list("count", "seal").first() or (0, "")

    @classmethod
    def lock(cls):
        """Return the tip, locked until the transaction ends; made on first use."""
        rows = cls.objects.select_for_update().filter(name=cls.NAME)
        if not (found := rows.first()):
            with savepoints_made():
                cls.objects.get_or_create(name=cls.NAME)
            found = rows.get()
        return found

    def append(self, rows: Sequence[Link]) -> None:
        """Seal new rows in their order, store them and move the tip on; call it on what `lock` returned."""
        for row in rows:
            row.previous_seal = self.seal
            self.seal, self.count = row.computed_seal(), self.count + 1
            row.seal = self.seal
        if rows:
            type(rows[0]).objects.bulk_create(rows)
            self.save(update_fields=["seal", "count"])
