"""A Word file becomes the draft of a page ("Nhập từ .docx"), in two steps.

1. `uploads.py`: the file is examined, scanned and kept for some hours (`take_in`). 2. `reading.py`: a child process
makes parts of it (`documents/reading.py`); what comes back is cleaned here. 3. `report.py` says what was left out or
changed, `drafting.py: preview` shows it, with the questions that a person has to answer (old letters, names of tables,
descriptions of pictures). 4. `drafting.py: make_draft` or `add_to_draft` writes the version, pictures included; it goes
through approval like any other.
"""
