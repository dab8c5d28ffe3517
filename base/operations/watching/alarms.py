"""Since when a check finds what it finds, and who is informed: what lasts is mailed once, and again when it is over.

1. The job `watch_checks` runs all checks each minute and keeps state, sentence and since when (`CheckState`).
2. A check that failed or warned `LASTING` runs in a row is mailed, that it is well again after as many: what comes and
   goes within minutes is not. What was mailed as a warning is mailed again when it fails, not the other way round.
3. All that is new in a run is one mail to the technical administrators.
"""

from datetime import datetime

from django.db import transaction

from ...files.scans import alarm_addresses
from ...models import CheckState
from .. import health
from ..notices import notify

# Runs in a row with one state before people are informed.
LASTING = 3
_RANK = {"": 0, health.OK: 0, health.WARNING: 1, health.FAILED: 2}


def watch(*, on: datetime, findings: list[health.Finding] | None = None) -> list[CheckState]:
    """Run all checks, keep what they find, mail what is new; return what was mailed.

    `findings`: in the place of a run, for who has made one.
    """
    # Outside of the transaction: a query that fails would end it, and slow checks would keep others from writing.
    found = health.findings_now() if findings is None else findings
    return _store(found, on)


@transaction.atomic
def _store(found: list[health.Finding], on: datetime) -> list[CheckState]:
    known = CheckState.objects.select_for_update().in_bulk(field_name="name")
    reported = []
    for finding in found:
        row = known.pop(finding.check, None) or CheckState(name=finding.check, since=on)
        _note(row, finding, on)
        if _is_news(row):
            row.reported = "" if row.state == health.OK else row.state
            reported.append(row)
        row.save()
    # A check that this version no longer makes.
    CheckState.objects.filter(pk__in=[row.pk for row in known.values()]).delete()
    if reported:
        worst = max(reported, key=lambda row: _RANK[row.state])
        notify(alarm_addresses(), "checks_alarm", {"rows": reported, "is_over": worst.state == health.OK, "on": on})
    return reported


def _note(row: CheckState, finding: health.Finding, on: datetime) -> None:
    if row.state != finding.state:
        row.state, row.since, row.times = finding.state, on, 0
    row.detail, row.seen_at, row.times = finding.detail, on, row.times + 1


def _is_news(row: CheckState) -> bool:
    if row.times < LASTING or row.state == row.reported:
        return False
    return bool(row.reported) if row.state == health.OK else _RANK[row.state] > _RANK[row.reported]
