"""The look of a site: its colours and the style sheet that sets them, alerts across its pages, days of mourning.

1. `contrast.py`: a colour is chosen with others in mind that the style sheet fixes; which pairs are read by too few.
2. `stylesheet.py`: the address of a style sheet says its colours, so it never changes and any cache may keep it.
   `icon.py`: the emblem where no page is read.
3. `alerts.py`: the bars across every page and the days on which pages are grey, as the banner of the site says.
4. The rows are `base/models/look.py` and `banner.py`; two persons change them (`home/look/`), the frame shows them.
"""
