"""How often public pages are used, counted without personal data (decisions 0040 and 0063).

1. `beacon.py`: takes a view before Django, and notes files that are fetched from a page.
2. `readers.py`: whether a person's browser sent it, and what is known of the visitor.
3. `visitors.py`: whether the same visitor did it a moment ago, or said it today.
4. `counting.py`: gathers in memory and writes once a second. A room above names its pages (`register_counted`) and
   includes `base/parts/counter.html` in them.
5. `words.py`: which words are looked for.
"""
