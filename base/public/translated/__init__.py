"""What readers of a translation see besides its words: that its source has changed, and what is taken from the source.

`behind`: the note above a translation that has not followed its source in time. `same`: dates, numbers, states and
files that are the same in each language, which a translation shows as its source has them.
"""
