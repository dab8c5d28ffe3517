"""The life of a document after it was issued: its status on any day, what acts on it, and what its repeal reaches.

1. `start_duties`: on which sites it must stand, with the deadlines, by rules that are data; `mark_for_site`: the same
by a person, for exceptions. 2. `relate`: one document acts on another, noted by
one person; a second person's word (`agreeing.py`) makes it count.
3. `status`, `refresh_status`: what follows for a day (for many documents: `as_of.py`). 4. `affected`: what a repeal
would reach, before anything is written. 5. `repeal`: a relation that ends the document, with the documents that lapse
with it; once a second person agreed, their status, and one take-down task a page. 6. `undo_repeal`: takes back exactly
what it set.

That a page cites a repealed document is a warning only (the Decision itself cites a circular replaced before
it): nothing is taken down but by the decision of a second person on a task.
"""

from .posting import RuleOutcome, outcomes, register_dissemination, start_duties
from .publishing_duty import mark_for_site
from .reaching import affected
from .refreshing import refresh_status
from .relating import (
    let_count,
    may_agree,
    may_note,
    may_see_waiting,
    refuse_circle,
    relate,
    site_of_note,
    status,
    with_consequences,
)
from .repealing import open_due_tasks, open_tasks_of, repeal
from .rules import ONE_PERSON, RULES, STATED_BY_THE_SOURCE
from .undoing import Undone, take_back, undo_repeal

__all__ = [
    "ONE_PERSON",
    "RULES",
    "RuleOutcome",
    "STATED_BY_THE_SOURCE",
    "Undone",
    "affected",
    "let_count",
    "mark_for_site",
    "may_agree",
    "may_note",
    "may_see_waiting",
    "open_due_tasks",
    "open_tasks_of",
    "outcomes",
    "refresh_status",
    "register_dissemination",
    "refuse_circle",
    "relate",
    "repeal",
    "site_of_note",
    "start_duties",
    "status",
    "take_back",
    "undo_repeal",
    "with_consequences",
]
