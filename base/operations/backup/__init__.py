"""Backups of the whole portal, and putting one back: by files of an open format, which this code is not needed to open.

1. `taking.py`: database in one snapshot (`dumping.py`), files by their content (`target.py`), encrypted to public keys
(`age_file.py`), the manifest signed; the portal holds no key that opens them. 2. `checking.py`: read back before the
backup counts. 3. `retention.py`: what stays how long. 4. `secret_keys.py`: the keys of the portal, elsewhere. 5.
`restoring.py`: into an empty folder and an empty database; `moving.py`: from SQLite to PostgreSQL. 6. `ended.py`: the
journal of what must not come back with an older copy. What the rooms above check and do again after a restore:
`home/restored.py`.
"""
