"""Alerts across the pages of chosen sites, and days of national mourning: who raises them, where, until when.

1. `contents.py`: what an alert says, where and until when. `raising.py`: who is on duty (trực ban) raises, changes and
   ends one alone, with a reason; a second person looks at it afterwards (`approval.second_look`) and may end it.
2. `proposing.py`: others propose the same, a second person confirms. `following.py`: an outage raises and ends one.
3. `putting.py`, where all of it comes true: the row, its version, the sealed copy, the log line, and the banners of the
   sites that show it (`banners.py`), from which every page reads. `mourning.py`: grey days, by two persons.
"""
