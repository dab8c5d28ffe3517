"""News of the city on the sites of wards: what stands where, and what a ward does not show (decision 0106).

1. `standing.py`: what the city shows on wards' sites, for the people of the city and of each ward.
2. `refusing.py`: a person of a ward proposes to leave a page off, or to show it again, with a reason; another decides
   on the road of the shared records (`workflows/publishing/record_changes.py`). The city is told, and reads why.
3. What follows from it is in the public index (`base/public/index/places.py`): lists, feeds, search and mails.
"""
