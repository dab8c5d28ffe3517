"""Dossiers (hồ sơ đăng): a decision, its news, a service, an answer and an alert are reviewed and published as one.

1. `make`, `put_in`, `take_out`: drafts of one's sites, pages and records of any kind, are put together.
2. `submit`: one person declares every version accurate (Quy chế Điều 20.2). Another item, or one item less, takes the
   dossier out of review; a version saved since makes it wait for another submission. `recall` takes it back.
3. `send_back`: a second person returns it with a reason.
4. `approve`: a second person, who neither put it together nor wrote any of it, publishes exactly these versions through
   `approval.publish_bundle`, in one transaction: all become public, or none. Where the dossier has an hour
   (`publish_at`), it waits for it approved; `hours.py` publishes it then.

What is only proposed, an alert or a change of a shared record, is an item as well (`proposals.py`).
"""

from .collecting import CLOSED, MOST_ITEMS, NO_TITLE, NOTHING, drop, make, may_change, put_in, take_out
from .deciding import approve, concerned, deciders, in_hand, may_decide, may_return, send_back
from .items import in_order, outdated, waiting_versions
from .submitting import findings, recall, submit

__all__ = [
    "CLOSED",
    "MOST_ITEMS",
    "NOTHING",
    "NO_TITLE",
    "approve",
    "concerned",
    "deciders",
    "drop",
    "findings",
    "in_hand",
    "in_order",
    "make",
    "may_change",
    "may_decide",
    "may_return",
    "outdated",
    "put_in",
    "recall",
    "send_back",
    "submit",
    "take_out",
    "waiting_versions",
]
