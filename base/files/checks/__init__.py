"""What may be uploaded: looked into by content, never believed by name.

1. `examine_document` / `examine_image` (`examine.py`): the name, the size, then the family the file belongs to.
2. One module a family (`images pdf office archives text media`) refuses what runs, loads, hides or bursts.
3. The same module takes out who made it, where and with what, as far as nothing signed is broken.
4. Whatever must be decoded or parsed as a whole is done by a child process (`base/sandbox/`).
Refusals are ValidationErrors that say how to fix the file; what is only doubtful comes back as a note for the reviewer.
"""
