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
