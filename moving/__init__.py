"""Moving in from an old portal: its pages become drafts in dossiers, its old addresses redirects, by two persons.

1. `reading/`: one module a format; each yields the pages of an export as plain rows (`reading/rows.py`).
2. `checking.py` is the dry run: row by row what would become of a page, and what of it would be lost.
3. `writing.py`: some rows a transaction become drafts, pictures and files (`pages/`), proposals of redirects, and a
dossier of `workflows/publishing/bundles/`, which one person submits and another approves. 4. `documents.py` proposes
legal documents among the pages to the register, as a lot. 5. `undoing.py` takes an import back while nothing of it was
public; what people touched since is theirs (`drafts.py`). `imports.py` has the actions and what the job carries on; a
killed process loses no row and repeats none.
"""
