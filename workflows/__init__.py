"""Approval, take-down, deadlines and the archive: the only way to publish something and to take it down.

1. A person submits with the declaration of accuracy (`approval.submit`), another returns or approves
   (`approval.send_back`, `approval.approve`); `finish.py` passes a finished workflow to the action of its last task.
2. `approval.publish_approved` keeps the sealed copy (`copies.seal`), opens the gate, publishes, meets deadlines.
3. `takedown.propose` -> `takedown.decide` -> page gone with 410 (`middleware.py`), kept with a note, or sent to edit;
   `takedown.restore` brings it back through approval.
4. `arrangement.py` orders, moves and unschedules; `deadlines/` says when a thing is due.
"""
