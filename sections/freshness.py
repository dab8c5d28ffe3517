"""Sections that have fallen silent: the duty to keep a section up to date, as a deadline (Điều 10.1.a).

1. The board says for each section and kind of site after how many days without news it is stale (`FreshnessAmount`);
for those mandatory sections that have no amount of their own the deadline rule DL-FRESH may name one for all. What has
neither is not measured. 2. `amounts`: what holds on a day. 3. `run_deadlines` runs every morning: the deadline of a
section counts from its newest change, the next change meets it and starts it anew, so that a silent ward is on the
boards, in the work queue and in the digest like all that is due. A running deadline keeps the amount under which it
started.
"""

from dataclasses import dataclass
from datetime import date, datetime

from base.models import PortalSite
from workflows import deadlines
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import Deadline, DeadlineRule

from . import catalogue, completeness
from .models import FreshnessAmount

NOT_MEASURED = "Chuyên mục không còn được đo mức cập nhật."


@dataclass(frozen=True)
class Amounts:
    """What holds for every section on one day: the rule DL-FRESH, and the amounts by (section's key, kind of site)."""

    rule: DeadlineRule | None
    by_section: dict[tuple[str, str], FreshnessAmount]

    @property
    def is_set(self) -> bool:
        """Whether anything is measured at all."""
        return self.rule is not None and (self.rule.amount is not None or bool(self.by_section))

    def own(self, section: catalogue.Section, site_kind: str) -> FreshnessAmount | None:
        """Return the section's own amount, or None."""
        return self.by_section.get((section.key, site_kind)) if self.rule else None

    def days(self, section: catalogue.Section, site_kind: str) -> int | None:
        """Return the calendar days that a section may go without news on a kind of site ("city", "ward").

        None when the board has set nothing, so that nothing is measured.
        """
        if (own := self.own(section, site_kind)) is not None:
            return own.days
        return self.rule.amount if self.rule and FRESH_RULE in section.deadline_rules else None


def amounts(on: date | datetime | None = None) -> Amounts:
    """Return what holds on a local date for all sections, by two queries: for lists and measures of many sites."""
    try:
        rule = deadlines.find_rule(FRESH_RULE, on)
    except deadlines.NoDeadline:
        return Amounts(None, {})
    return Amounts(rule, {(row.section_key, row.site_kind): row for row in FreshnessAmount.objects.all()})


def has_own_amounts() -> bool:
    """Tell whether the board has set an amount for any section: then DL-FRESH is measured without one of its own."""
    return FreshnessAmount.objects.exists()


def run_deadlines(*, on: date | datetime | None = None) -> list[Deadline]:
    """Start the deadlines of all measured sections, meet those whose section has news; return those that run.

    What is not measured any more (its amount was taken away, its site has closed) has no deadline left.
    """
    day = deadlines.local_date(on)
    known = amounts(day)
    is_open = PortalSite.objects.filter(state=PortalSite.State.OPEN).select_related("unit")
    sites = list(is_open) if known.is_set else []
    found = completeness.reports(sites, day, with_deadlines=False)
    before = {row.object_id: row for row in Deadline.objects.open().filter(rule__code=FRESH_RULE)}
    running = [
        _update(row, before.get(str(row.page.pk)), site, known, on)
        for site in sites
        for row in found[site.pk]
        if row.is_live and row.newest_on and known.days(row.section, site.kind) is not None
    ]
    measured = {deadline.pk for deadline in running}
    for deadline in Deadline.objects.open().filter(rule__code=FRESH_RULE).exclude(pk__in=measured):
        deadlines.cancel_deadline(deadline, reason=NOT_MEASURED, on=on)
    return running


def _update(
    row: completeness.SectionReport, running: Deadline | None, site: PortalSite, known: Amounts, on
) -> Deadline:
    if running is not None and running.started_on == row.newest_on:
        return running
    if running is not None:
        deadlines.meet(running, on=row.newest_on)
    title, own = f"Cập nhật chuyên mục «{row.section.label}»", known.own(row.section, site.kind)
    if own is None:
        return deadlines.start(row.page, known.rule, on=row.newest_on, site=site, unit=site.unit, title=title)
    last_day, _sentence = deadlines.period_end(
        row.newest_on, own.days, DeadlineRule.Unit.CALENDAR_DAY, event=known.rule.start_event
    )
    return deadlines.start_until(
        row.page,
        known.rule,
        on=row.newest_on,
        until=last_day,
        site=site,
        unit=site.unit,
        title=f"{title} ({own.days} ngày một lần: {own.legal_source})",
    )
