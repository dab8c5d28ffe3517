"""The steps of a dossier as a table (QCVN 120:2019/BTTTT, Thông tư 18/2019/TT-BTTTT): ten states and what may follow.

`NEXT` is the one place that says which state may follow which. In `STANDING_STILL` the unit waits for the citizen, and
the time limit does not run; completed papers (5 → 4) start it again (NĐ 61/2018/NĐ-CP).
"""

from ..models import DossierStatus as Status

# A dossier that is submitted online is registered first; at the counter it is received at once.
BEGINNINGS = frozenset({Status.REGISTERED, Status.RECEIVED})

NEXT: dict[Status, frozenset[Status]] = {
    Status.REGISTERED: frozenset({Status.RECEIVED, Status.REFUSED, Status.WITHDRAWN}),
    Status.RECEIVED: frozenset({Status.IN_PROGRESS, Status.PAPERS_WANTED, Status.WITHDRAWN}),
    Status.REFUSED: frozenset(),
    Status.IN_PROGRESS: frozenset(
        {Status.PAPERS_WANTED, Status.PAYMENT_WANTED, Status.WITHDRAWN, Status.STOPPED, Status.FINISHED}
    ),
    Status.PAPERS_WANTED: frozenset({Status.IN_PROGRESS, Status.WITHDRAWN, Status.STOPPED}),
    Status.PAYMENT_WANTED: frozenset({Status.IN_PROGRESS, Status.WITHDRAWN, Status.STOPPED}),
    Status.WITHDRAWN: frozenset(),
    Status.STOPPED: frozenset(),
    Status.FINISHED: frozenset({Status.RETURNED}),
    Status.RETURNED: frozenset(),
}

RUNNING = frozenset({Status.RECEIVED, Status.IN_PROGRESS})
STANDING_STILL = frozenset({Status.PAPERS_WANTED, Status.PAYMENT_WANTED})
# The unit has done with it; only handing over the result may follow.
ENDED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.FINISHED, Status.RETURNED})
FINAL = frozenset(state for state, following in NEXT.items() if not following)


def may_follow(now: int | None, following: int) -> bool:
    """Tell whether a dossier in a state (None: not known yet) may go into another."""
    return following in (BEGINNINGS if now is None else NEXT[Status(now)])
