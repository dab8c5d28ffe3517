"""What is measured when it is asked for: the checks, the periodic work, mail, room on the disk, and what rooms add.

A measure is read from the database or the machine at a look of the monitoring; what costs much is held by each process
for a minute (`holds_seconds`), and the checks are those that the job `watch_checks` made. What counts requests is
`meter.py`.
"""

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from ...models import CheckState, JobHeartbeat, OutgoingMail
from .. import health

# What the job that runs each minute found longer ago is not shown: then a look runs the checks itself.
FOUND_LATELY = timedelta(minutes=3)
A_MINUTE = 60


@dataclass(frozen=True)
class Measure:
    """A gauge: `name` as OpenMetrics wants it, its description, the name of its one label or "" for none.

    `read`: → (value of the label, number) pairs. `holds_seconds`: how long a process shows what it has read.
    """

    name: str
    text: str
    label: str
    read: Callable[[], Iterable[tuple[str, float]]]
    holds_seconds: int = 0


_measures: list[Measure] = []
# Name → when this process read it (seconds of `time.monotonic`), and what.
_read: dict[str, tuple[float, list[tuple[str, float]]]] = {}


def register_measure(measure: Measure) -> None:
    """Let a room add a measure; called once, from its `AppConfig.ready`."""
    _measures.append(measure)


def measures() -> list[Measure]:
    """Return those of this room, then those of the rooms above."""
    return [*_OWN, *_measures]


def figures_of(measure: Measure) -> list[tuple[str, float]]:
    """Return what a measure says, as this process read it at most `holds_seconds` ago."""
    moment, found = _read.get(measure.name, (None, []))
    now = time.monotonic()
    if moment is None or now - moment >= measure.holds_seconds:
        found = list(measure.read())
        _read[measure.name] = now, found
    return found


def read_anew() -> None:
    """Let the next look read every measure."""
    _read.clear()


def _checks() -> Iterable[tuple[str, float]]:
    rank = {health.OK: 0, health.WARNING: 1, health.FAILED: 2}
    seen = CheckState.objects.filter(seen_at__gt=timezone.now() - FOUND_LATELY)
    found = seen.values_list("name", "state") or [(one.check, one.state) for one in health.findings_now()]
    return [(name, rank[state]) for name, state in found]


def _job_ages() -> Iterable[tuple[str, float]]:
    now = timezone.now()
    ended = JobHeartbeat.objects.exclude(last_finished=None).values_list("name", "last_finished")
    return [(name, (now - moment).total_seconds()) for name, moment in ended]


def _failed_jobs() -> Iterable[tuple[str, float]]:
    rows = JobHeartbeat.objects.exclude(last_result="").values_list("name", "last_result")
    return [(name, float(result == JobHeartbeat.FAILED)) for name, result in rows]


def _mails() -> Iterable[tuple[str, float]]:
    counts = dict(OutgoingMail.objects.values_list("state").order_by("state").annotate(Count("pk")))
    return [(state, counts.get(state, 0)) for state in OutgoingMail.State.values]


def _room() -> Iterable[tuple[str, float]]:
    return [("", shutil.disk_usage(settings.MEDIA_ROOT.parent).free)]


_OWN = [
    Measure("portal_check_state", "Checks of /readyz: 0 ok, 1 warning, 2 failed.", "check", _checks, A_MINUTE // 4),
    Measure("portal_job_age_seconds", "Seconds since a periodic job last ended.", "job", _job_ages),
    Measure("portal_job_failed", "1 where the last run of a periodic job failed.", "job", _failed_jobs),
    Measure("portal_mails", "Outgoing mails by state.", "state", _mails),
    Measure("portal_disk_free_bytes", "Bytes left on the disk of the portal.", "", _room),
]
