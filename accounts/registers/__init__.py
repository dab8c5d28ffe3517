"""Registers about the people of the portal: the Editorial Board, training, accounts that are not used.

1. `board.py`: who belongs to the board, by which decision, who acts for whom (Quy chế Điều 13). 2. `training.py`: what
was held, who was there, who is due this year (Điều 15). 3. `unused.py`: an account without a sign-in is warned, then
suspended, and opened again by the technical admin (Điều 8). 4. `tables.py`: each of them as a spreadsheet.
5. `forms.py` and the views: the screens; `admin.py` adds them to the administration.

No register gives a right: rights follow from appointments alone (decision 0014). None of it is public.
"""
