"""Work on files of strangers, done by a child process with little memory and little time.

1. `client.py` (in the portal's process) hands a task to a child and waits no longer than it was told.
2. `pictures.py`, `pdfs.py`, `texts.py`, `recognition.py`, `fetching.py` and `documents/` (in the child) do it; they
know neither database nor settings.
3. A child that takes too long, needs too much or dies is replaced; the portal's process never grows with a file.
"""
