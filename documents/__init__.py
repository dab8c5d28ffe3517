"""Word files read: a stranger's .docx becomes parts of text, and what was lost on the way. No Django.

1. `reading.read_parts` reads an open file and writes JSON; the sandbox runs it (`base/sandbox/serve.py`).
2. `strict` turns the strict format into the usual one; `fixing` corrects what Word files get wrong, in one walk.
3. `styles`, `numbers`, `lists`, `pieces`, `relations` say what a paragraph is.
4. mammoth makes HTML of it, `blocks` cuts that into parts; `facts` says what became of what is no part.
"""
