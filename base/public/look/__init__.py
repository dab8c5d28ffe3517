"""The look of a site: its colours, whether they can be read in both themes, and the small style sheet that sets them.

1. `contrast.py`: a colour is chosen with others in mind that the style sheet fixes; which pairs are read by too few.
2. `stylesheet.py`: the address of a style sheet says its colours, so it never changes and any cache may keep it.
3. The rows are `base/models/look.py`; two persons change them (`home/look/`), the frame shows them.
"""
