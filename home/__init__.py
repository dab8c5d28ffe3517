"""The front pages of the city and of its component sites, and the life of such a site (Quy chế Điều 9).

1. `opening.open_ward` prepares a site whole: unit, home page, mandatory sections, groups, collection, workflow, host;
   everything is a draft and belongs to one dossier (`Opening`).
2. `opening.submit_opening`, then `opening.approve_opening` by a second person: the site is public at once.
3. `opening.merge_wards` and `opening.close_ward` are dossiers of the same kind: the old site is frozen under a banner,
   its people and open work go to the successor; a closed site leads its readers there.
4. `setting_up.py` prepares an empty portal; `demo/` holds the tables of the demo city and its build.
5. `jobs.py` is the table of periodic work.
"""
