"""«Trang này có ích không?» at the foot of every page: one press without scripts, cookies or a trace of who pressed.

1. `base/parts/useful.html`: the form, the same bytes for every reader.
2. `saying.py`: counts the press; thanks, or asks why not.
3. `figures.py`: what was said of a page and since when; what is old goes (`purge`).
"""
