"""Take-down (gỡ bỏ, Quy chế Điều 21.2): removal from public view while the archive copy stays.

1. `propose`: a person says what happened; one `TakeDown` a page, its translations and its public descendants under
   one group; each starts the archival-unpublish task, or waits for a running approval (`start_waiting`). So for a
   record that is no page and says that it `may_be_taken_down` by itself (a procedure).
2. `decide`: a second person takes the page down, keeps it with a note, or sends it to edit.
3. `carry_out`: what the decision does; the page, its aliases and the files only it used are gone for the public,
   and `workflows/middleware.py` answers its address with 410.
4. `restore`: the archived version comes back as a new draft through approval.
5. `expire_due`: what was approved with an end date goes when the date has come.
6. `emergency_remove`: the head alone, with a reason; open until a second person has looked.
7. `take_down_records`: records that are no pages (documents of the register), as one act of two persons.
"""

from .carrying_out import carry_out
from .deciding import NO_NOTE, decide, decide_group, decisions_on, leads_somewhere
from .emergency import emergency_remove
from .expiring import expire_due
from .grounds import AT_ONCE_GROUNDS
from .proposing import already_proposed, propose, withdraw
from .removing import take_down_again, take_down_records
from .restoring import restore
from .rights import may_decide, may_decide_on, may_propose_on, register_what_waits, task_states_to_decide, undecided
from .starting import start_task, start_waiting
from .subjects import reach

__all__ = [
    "AT_ONCE_GROUNDS",
    "NO_NOTE",
    "already_proposed",
    "carry_out",
    "decide",
    "decide_group",
    "decisions_on",
    "emergency_remove",
    "expire_due",
    "leads_somewhere",
    "may_decide",
    "may_decide_on",
    "may_propose_on",
    "propose",
    "reach",
    "register_what_waits",
    "restore",
    "start_task",
    "start_waiting",
    "take_down_again",
    "take_down_records",
    "task_states_to_decide",
    "undecided",
    "withdraw",
]
