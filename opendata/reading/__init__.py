"""What each set of data is read from: public rows alone, in the order in which they changed, some at a time.

`asked.py` says what is asked and how rows follow each other; each other module reads one set.
"""
