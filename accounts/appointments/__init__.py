"""Accounts by decision: who is appointed to what, by which decision, from when to when (Quy chế Điều 8.1).

1. `decisions.record_decision`: the decision of the managing body, with its scan. `persons.create_account`: a person who
   has none yet.
2. `appoint`, `replace`, `delegate`: what the decision says of each person. Only the technical admin records, and never
   for themselves. The superuser records while there is no technical admin (`appointment_rights.py`).
3. `confirm`: a role that approves, decides on removals, acts in an emergency or administers takes effect only after
   a second person (the head, or another admin) has compared it with the decision.
4. `begin_and_end_due`: every minute, what has come to its first or past its last day.
   `appointment_notices.warn_ending`: every morning.
5. `end`, `revoke`, `end_site`, `end_unit`: how a right stops. Groups and `is_active` follow (`persons.sync_person`),
   sessions and links die, and the steps registered by `register_after_end` give the open work to other people.
6. `decisions.mark_sent`: the decision went to the department.

Rights are cut even when a step of `register_after_end` fails; the failure is logged.
"""

from .appointing import appoint, confirm, delegate, problems, replace
from .ending import apply_due, begin_and_end_due, end, end_site, end_unit, revoke, waiting_for_decision
from .following import register_after_end

__all__ = [
    "appoint",
    "begin_and_end_due",
    "confirm",
    "delegate",
    "end",
    "end_site",
    "end_unit",
    "register_after_end",
    "problems",
    "replace",
    "revoke",
    "apply_due",
    "waiting_for_decision",
]
