"""Administrative procedures and the public services that the sites offer by them (Quy chế Điều 12; NĐ 63/2010).

`models/` holds procedures (one record for all sites), the pages of the catalogue, levels by scheme, dossiers as
figures, and counts of use. `catalogue/levels.py` says which level a service has on a day, `dossiers/` what state a
dossier is in; nothing here knows who applies: the portal decides no dossiers, the one-stop system does.
"""
