"""Which level a service has on a day: the scheme that is law then, and in it what was decided or what follows.

The one definition of a service's level. In the scheme of the day the site's own row wins over that of the procedure;
where neither has one, the level of the scheme before is mapped on (`LevelMapping`), and flagged when the mapping is
approximate and no person has decided since.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from base.public.site_cache import memory_of

from ..models import LevelMapping, LevelScheme, ServiceLevel

DELIVERY, PROACTIVE = ServiceLevel.Axis.DELIVERY, ServiceLevel.Axis.PROACTIVE


@dataclass(frozen=True)
class LevelShown:
    """A level as it is shown: `is_mapped` when it follows from an older scheme, `needs_review` when only nearly."""

    level: ServiceLevel
    scheme: LevelScheme
    is_mapped: bool = False
    needs_review: bool = False
    reason: str = ""

    @property
    def label(self) -> str:
        return self.level.label


class Levels:
    """The schemes and mappings, read once for many services (two queries). A scheme without levels says nothing."""

    def __init__(self):
        self.levels = {level.pk: level for level in ServiceLevel.objects.select_related("scheme")}
        schemes = {level.scheme_id: level.scheme for level in self.levels.values()}
        self.schemes = sorted(schemes.values(), key=lambda scheme: scheme.valid_from or date.min)
        self.mapped = {row.source_id: row for row in LevelMapping.objects.all()}

    def scheme_on(self, day: date) -> LevelScheme | None:
        """Return the scheme that is law on a local day, or None before the first."""
        return next((scheme for scheme in reversed(self.schemes) if scheme.is_valid(day)), None)

    def on(
        self, rows: Iterable, own: Iterable = (), day: date | None = None, axis: str = DELIVERY
    ) -> LevelShown | None:
        """Return the level on a local day (today for None) from the procedure's `rows` and the site's `own`; or None.

        Rows are `ProcedureLevel` and `OfferingLevel`.
        """
        day = day or timezone.localdate()
        scheme = self.scheme_on(day)
        if scheme is None:
            return None
        own, rows = self._of(own, axis), self._of(rows, axis)
        place = self.schemes.index(scheme)
        # A row counts in its own scheme on its days; an older scheme counts as it stood on its last day.
        for older in reversed(self.schemes[: place + 1]):
            last = day if older == scheme else older.valid_to
            decided = self._decided(own, older, last) or self._decided(rows, older, last)
            if decided is not None:
                return self._carried(decided, self.schemes[self.schemes.index(older) + 1 : place + 1])
        return None

    def _of(self, rows, axis: str) -> list:
        return [row for row in rows if row.level_id in self.levels and self.levels[row.level_id].axis == axis]

    def _decided(self, rows, scheme: LevelScheme, day: date | None):
        fitting = [
            row
            for row in rows
            if self.levels[row.level_id].scheme_id == scheme.pk
            and (row.valid_from is None or day is None or row.valid_from <= day)
            and (row.valid_to is None or day is None or day <= row.valid_to)
        ]
        return max(fitting, key=lambda row: row.valid_from or date.min, default=None)

    def _carried(self, row, schemes: list[LevelScheme]) -> LevelShown | None:
        level, is_mapped, doubtful = self.levels[row.level_id], False, False
        for scheme in schemes:
            step = self.mapped.get(level.pk)
            if step is None or self.levels[step.target_id].scheme_id != scheme.pk:
                return None
            level, is_mapped, doubtful = self.levels[step.target_id], True, doubtful or step.is_approximate
        return LevelShown(level, level.scheme, is_mapped, doubtful, "" if is_mapped else row.reason)


def known_levels(request=None) -> Levels:
    """Return the schemes and mappings, kept between requests until a site changes."""
    memory = memory_of(request)
    found = memory.get("levels") if memory is not None else None
    if found is None:
        found = Levels()
        if memory is not None:
            memory.keep("levels", found, memory.all_sites)
    return found


def level_on(
    offering, day: date | None = None, *, levels: Levels | None = None, axis: str = DELIVERY
) -> LevelShown | None:
    """Return the level of a service page on a local day (today for None), or None when none is known."""
    levels = levels or Levels()
    return levels.on(offering.procedure.levels.all(), offering.levels.all(), day, axis)


def level_of(procedure, day: date | None = None, *, levels: Levels | None = None) -> LevelShown | None:
    """Return the level of a procedure on all sites that say nothing of their own, or None."""
    levels = levels or Levels()
    return levels.on(procedure.levels.all(), (), day)
