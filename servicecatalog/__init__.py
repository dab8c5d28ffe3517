"""Administrative procedures and the public services that the sites offer by them (Quy chế Điều 12; NĐ 63/2010).

`models/` holds procedures (one record for all sites), the pages of the catalogue, levels by scheme, dossiers as
figures, and counts of use. `levels.py` says which level a service has on a day, `dossiers.py` what state a dossier is
in; nothing here knows who applies: the portal settles no dossiers, the one-stop system does.
"""
