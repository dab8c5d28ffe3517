"""The life of a question, one action a step, in the order in which they happen (Quy chế Điều 10.1.d).

1. `intake`: number, secret, deadline, acknowledgement. 2. `classifying`: a question or spam, alone or merged, in scope
or not. 3. `assigning`: which unit answers, who has it in hand. 4. `interim`: notices and pauses on the way.
5. `answering`: `draft`, `submit`, `sign`, `reply`. 6. `publication.prepare_page`, or `afterwards`: `close`, `reopen`.

Each action locks the question, checks right and state (`states.py`), writes one event and one line of the log (`steps`)
and returns what it changed. What the asker is told leaves through the outbox, in the same transaction (`notices.py`).
"""
