"""Figures that more than one report shows, one definition each; `base/figures.py` has those of every room.

| Figure | Counts |
|---|---|
| on_time | deadlines that fell due in the period and were met by their last day |
| late | deadlines that fell due in the period and were met afterwards, or still run on the day of counting |
| days_late | of those late: working days from the last day to that of meeting it, or to the day of counting |
| median_late, worst_late | of those late: the middle and the largest of their days |
| versions | versions of pages and records that became public in the period, by the archive; each counts once |
| by two | of those: what two persons approved, not one alone in an emergency |

A deadline falls due on its last day as it is now: extended and paused ones by their new day, unless they were late
already (`was_late`). Cancelled ones count nowhere; one that runs and is not due yet waits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from base.figures import share_on_time
from base.models import PortalSite
from vietnam.dates import moments_of
from workflows.archive.copies import NO_VERSION
from workflows.models import ArchiveCopy, Deadline

# Of copies in the archive.
BY_TWO = ~Q(approved_by=F("submitted_by"))


@dataclass(frozen=True)
class OnTime:
    """How many deadlines that fell due were met in time, and how many late."""

    on_time: int = 0
    late: int = 0

    @property
    def due(self) -> int:
        return self.on_time + self.late

    @property
    def percent(self) -> float | None:
        """Met in time of those that fell due, in per cent; None where none did."""
        return share_on_time(self.on_time, self.due, digits=1)

    @staticmethod
    def sum(parts: Iterable["OnTime"]) -> "OnTime":
        """Add figures of different deadlines up."""
        parts = list(parts)
        return OnTime(sum(part.on_time for part in parts), sum(part.late for part in parts))


def due_between(first: date, last: date, day: date) -> QuerySet:
    """Return the deadlines that fell due from `first` to `last`, both included, as decided on `day`.

    What still runs and is not past its last day on that day is not decided and left out.
    """
    found = Deadline.objects.filter(last_day__gte=first, last_day__lte=last, cancelled=False)
    return found.exclude(met_on=None, last_day__gte=day)


def is_late(day: date) -> Q:
    """Return the condition that a deadline was met late, or runs late on a day."""
    return Q(was_late=True) | Q(last_day__lt=Coalesce(F("met_on"), Value(day)))


def on_time_by_site(sites: Sequence[PortalSite], first: date, last: date, day: date) -> dict[int, dict[str, OnTime]]:
    """Return site → code of the rule → what became of the deadlines that fell due in a period; one query."""
    found: dict[int, dict[str, OnTime]] = {site.pk: {} for site in sites}
    late = is_late(day)
    rows = due_between(first, last, day).filter(site__in=list(found)).order_by().values("site", "rule__code")
    for row in rows.annotate(on_time=Count("pk", filter=~late), late=Count("pk", filter=late)):
        found[row["site"]][row["rule__code"]] = OnTime(row["on_time"], row["late"])
    return found


def versions(sites: Iterable[PortalSite], first: date, last: date) -> QuerySet:
    """Return the archive's copies of the versions that sites published from `first` to `last`, both included."""
    begin, after = moments_of(first, last)
    found = ArchiveCopy.objects.filter(site_slug__in=[site.slug for site in sites], approved_at__gte=begin)
    earlier = ArchiveCopy.objects.filter(revision_id=OuterRef("revision_id"), pk__lt=OuterRef("pk"))
    # What has no version is signed, not published: score sheets, statements.
    return found.filter(approved_at__lt=after).exclude(revision_id=NO_VERSION).exclude(Exists(earlier))


def middle(days: Sequence[int]) -> float | None:
    """Return the median of numbers of days; None of none."""
    return median(days) if days else None
