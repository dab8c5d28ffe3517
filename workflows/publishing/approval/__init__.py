"""Approval: from a draft to the public page, always by two persons (Quy chế Điều 20).

1. `submit`: the preflight has no blockers, the person declares the content accurate, the site's workflow starts; what
   was edited while it waits is submitted anew in one act, in place of the older version; `recall` takes it back.
2. `send_back`: a reviewer who neither wrote nor submitted it returns it with a reason.
3. `approve`: a person who neither wrote nor submitted it approves exactly the version submitted.
4. `publish_approved`: keeps the sealed copy, opens the gate, publishes that version, meets its deadlines.
   On the practice site the approval is all: nothing becomes public there, and nothing is archived (`note_practised`).
5. `publish_due`: publishes what was approved for a later time.
6. `emergency_publish`: the head alone, with a reason; open until `second_look`.
"""

from .checking import blockers, findings, findings_at_submission, findings_of, needs_remark, unanswered
from .deciding import approve, note_practised, publish_approved, send_back
from .declaring import (
    CHECKED,
    DECLARATION,
    WHOLE_DECLARATION,
    declaration_of,
    declare,
    demand_declaration,
    is_declared_version,
)
from .emergency import ask_second, emergency_publish, may_look, second_look
from .later import publish_due
from .publishing import NOT_OPEN, register_after_publication
from .rights import (
    Rights,
    acts_for_board,
    approving_roles,
    current_state,
    is_practice,
    may_approve,
    may_decide,
    may_return,
    may_review,
    rights_of,
    task_states_to_review,
    those_he_may_approve,
    waiting_review,
)
from .site_workflow import workflow_for
from .submitting import is_edited_since, may_recall, may_renew, recall, submit, waits_already
from .together import demand_bundle, publish_bundle

__all__ = [
    "CHECKED",
    "DECLARATION",
    "NOT_OPEN",
    "Rights",
    "WHOLE_DECLARATION",
    "acts_for_board",
    "approve",
    "approving_roles",
    "ask_second",
    "blockers",
    "current_state",
    "declaration_of",
    "declare",
    "demand_bundle",
    "demand_declaration",
    "emergency_publish",
    "findings",
    "findings_at_submission",
    "findings_of",
    "is_declared_version",
    "is_edited_since",
    "is_practice",
    "may_approve",
    "may_decide",
    "may_look",
    "may_recall",
    "may_renew",
    "may_return",
    "may_review",
    "needs_remark",
    "note_practised",
    "publish_approved",
    "publish_bundle",
    "publish_due",
    "recall",
    "register_after_publication",
    "rights_of",
    "second_look",
    "send_back",
    "submit",
    "task_states_to_review",
    "those_he_may_approve",
    "unanswered",
    "waiting_review",
    "waits_already",
    "workflow_for",
]
