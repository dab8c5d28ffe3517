"""Wagtail's search backends with the analysis of `vietnam.analysis`: one for each database.

Their query compilers ask for tokens, their indexers write tokens; everything else is upstream's.
"""
