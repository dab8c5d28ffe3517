"""Procedures that come as a file: XLSX or CSV for those who type, JSON for programs.

1. `data.py`: a procedure with all its parts as plain data, and back; the JSON format. 2. `columns.py`: the same as the
cells of a table in Vietnamese. 3. `reading.py`: a file → numbered items. 4. `bringing.py`: `check` is the dry run (row,
column, what is wrong and how to correct it); `write` makes drafts and submits them as one batch of two persons.
"""
