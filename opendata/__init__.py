"""Open data: what is public, for programs, as an API, as files and as a catalogue (NĐ 224/2026/NĐ-CP Điều 12).

1. `reading/`: each set of data is read by one function, in the order of its changes; only what readers can find now.
2. `sets.py`: the sets, with the dictionary of their columns, from which all that follows is made. 3. `api.py`,
described in `openapi.py`: page after page of a set, and one thing of it. 4. `files.py`: a whole set as CSV or JSON.
5. `catalogue.py`: all sets in the words of DCAT-AP. 6. `page.py`: the page «Dữ liệu mở» for people.
"""
