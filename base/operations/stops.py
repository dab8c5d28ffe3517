"""When the portal did not run: known afterwards, by the gaps in its periodic work, and kept.

1. The job `note_stops`, the first of its lane, asks when another prompt job last ended (`JobHeartbeat`). 2. Where that
is longer ago than `STOPPED_AFTER`, nothing ran meanwhile: no process, or no database. The gap is kept as a row, since
the heartbeats themselves know of each job its last run only. 3. The very first row has no length: from then on stops
are noted. A stop of the web server alone is not seen here; monitoring asks `/readyz`.
"""

from datetime import datetime, timedelta

from django.db.models import F, Max, Min

from ..models import JobHeartbeat, PortalStop
from .periodic import PROMPT

JOB = "note_stops"
# A restart, or the way of the jobs to another machine, is shorter.
STOPPED_AFTER = timedelta(minutes=5)


def note(*, on: datetime) -> PortalStop | None:
    """Keep the gap in the periodic work that has just ended; return it, None where there is none."""
    known = PortalStop.objects.aggregate(until=Max("ended_at"))["until"]
    if known is None:
        return PortalStop.objects.create(began_at=on, ended_at=on)
    others = JobHeartbeat.objects.filter(lane=PROMPT).exclude(name=JOB)
    last = others.aggregate(last=Max("last_finished"))["last"]
    # What ran last before a gap that is kept already says nothing new.
    began = max(known, last) if last else known
    if on - began <= STOPPED_AFTER:
        return None
    return PortalStop.objects.create(began_at=began, ended_at=on)


def between(first: datetime, after: datetime) -> list[PortalStop]:
    """Return the gaps that reach into a time, the earliest first; the row from which on they are noted is none."""
    found = PortalStop.objects.filter(began_at__lt=after, ended_at__gt=first)
    return list(found.filter(ended_at__gt=F("began_at")))


def noted_since() -> datetime | None:
    """Return from when on gaps are noted; None before the first run of the job."""
    return PortalStop.objects.aggregate(since=Min("began_at"))["since"]
