"""Sections that have fallen silent: the duty to keep a mandatory section up to date, as a deadline (Điều 10.1.a).

The Board says in the deadline rule DL-FRESH after how many days without news a section is stale; until it has, nothing
is measured. `run_deadlines` runs every morning: the deadline of a section counts from its newest change, the next
change meets it and starts it anew, so that a silent ward is on the boards, in the work queue and in the digest like
all that is due.
"""

from datetime import date, datetime

from base.models import PortalSite
from workflows import deadlines
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import Deadline

from . import completeness


def run_deadlines(*, on: date | datetime | None = None) -> list[Deadline]:
    """Start the deadlines of all measured sections, meet those whose section has news; return those that run."""
    day = deadlines.local_date(on)
    try:
        rule = deadlines.find_rule(FRESH_RULE, day)
    except deadlines.NoDeadline:
        return []
    if rule.amount is None:
        return []
    return [
        _update(row, site, rule, on)
        for site in PortalSite.objects.filter(state=PortalSite.State.OPEN).select_related("unit")
        for row in completeness.report(site, day)
        if FRESH_RULE in row.section.deadline_rules and row.is_live and row.newest_on
    ]


def _update(row: completeness.SectionReport, site: PortalSite, rule, on) -> Deadline:
    running = Deadline.objects.for_subject(row.page).open().filter(rule__code=FRESH_RULE).first()
    if running is not None and running.started_on == row.newest_on:
        return running
    if running is not None:
        deadlines.meet(running, on=row.newest_on)
    title = f"Cập nhật chuyên mục «{row.section.label}»"
    return deadlines.start(row.page, rule, on=row.newest_on, site=site, unit=site.unit, title=title)
