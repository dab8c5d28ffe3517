"""Legal documents and their life: the register, what each document says, whether it is in force, who cites it.

1. A person enters a document (`models/document.py`, `forms.py`); its text becomes articles (`structure.py`); it goes
   public by approval like every page, and is listed in the register of its site (`models/library.py`).
2. `lifecycle.mark_for_site` says on which site it must be published, and starts the deadline (Quy chế Điều 10.1.c).
3. `lifecycle.relate` and `effect.py`: dates and relations become a status with its reason, for any day.
4. `lifecycle.affected`, then `lifecycle.repeal`: the pages that cite it (`citations/`) are shown, then proposed
   for take-down (Điều 21.2); `lifecycle.undo_repeal` takes that back.
"""
