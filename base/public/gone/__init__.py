"""The journal of what went from public view: it outlasts the loss of the database.

1. `noting.py`: an action that takes down or hides notes addresses and titles, in its transaction, before the commit.
2. `journal.py`: the entry goes to the disk, then a counter in shared memory rises, for all processes of the machine.
3. A cached page has the counter. Where that has risen, its text is searched for what went (`removals.py`) before a
   reader gets it; this needs no database.
4. While the database is away, the address of what went answers 410 from here (`base/views.py`).
5. After a restored backup, `manage.py replay_gone` takes down again what the journal names.
"""

from .noting import note_back, note_closed, note_gone, note_replaced, note_words

__all__ = ["note_back", "note_closed", "note_gone", "note_replaced", "note_words"]
