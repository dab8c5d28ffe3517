"""Publication deadlines a page meets: which rule, counted from which day.

A page type says so in its `duties()`; `workflows` starts and meets the deadlines when the page is published.
The days themselves are data (`workflows.DeadlineRule`), never numbers here.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Duty:
    """One deadline: the rule's code (e.g. "DL-PLAN"), the day it counts from, what it is about."""

    rule: str
    started_on: date
    title: str


def duties_of(page) -> list[Duty]:
    """Return the deadlines that publishing `page` meets, the earliest start first; [] for other types."""
    found = page.duties() if hasattr(page, "duties") else []
    return sorted(found, key=lambda duty: (duty.started_on, duty.rule))
