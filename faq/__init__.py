"""Questions and answers (hỏi – đáp): from a citizen's question to the public answer (Quy chế Điều 10.1.d).

1. `handling/intake.py`: a question gets its number, its secret and its 15 working days.
2. `classify`, then out of scope (`reject`, at once) or to a unit (`assign`).
3. `draft`, `submit`, `sign` by the unit's head, `reply`; on the way interim notices and pauses.
4. What is of common interest becomes an anonymised page (`FaqPage`) and is published like any other page.

What else people send: comments on consultations (`commenting/`), articles to be published (`contributing/`), forms that
they fill in (`filling/`).

The question with its contact data (`Question`, `QuestionContact`) is never public; only the page is.
"""
