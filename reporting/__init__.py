"""Figures of all rooms, the score sheet of each site, the reports that the board owes (Quy chế Điều 9, 18.2, 22, 23).

1. `scoring/`: what each mandatory section of each site is today, the provincial list of criteria, and the score sheet
   of a site and month: measured by the job, corrected with a reason, signed by the head, sealed.
2. `timeliness/`: who met what in time, by unit, site, kind and person, down to the items; contribution for rewards.
3. `yearly/`: the yearly review of the portal, drafted from figures, approved by two persons, as Word and PDF.
4. `figures.py`: the definitions that more than one of these show. `staffing.py`: who is missing where, asked of the
   room that keeps units.
"""
