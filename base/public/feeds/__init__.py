"""Feeds in Atom (RFC 4287) of every public list: what was published, changed and corrected last, and what went.

1. `atom.py` writes a feed: entries, and for what went a mark without a title (RFC 6721). 2. `lists.py` reads the lists
whose rows are in the public index: a section, a site, one unit of a site. Rooms with rows of their own call `atom.py`.
"""
