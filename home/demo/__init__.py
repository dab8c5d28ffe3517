"""The demo city: tables of plausible content, marked "dữ liệu minh họa", and the build that publishes them.

1. `people.py`: the cast, one person a role, none of them real.
2. `city_content.py`, `ward_content.py`, `english_content.py`, `records.py`: what the pages say.
3. `pictures.py`, `files.py`: pictures and files, made here, nothing downloaded.
4. `build.py`: everything goes public through the actions of the rooms, two persons each time; safe to run again.
"""
