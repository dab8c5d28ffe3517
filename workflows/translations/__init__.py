"""Translations (bản dịch) on the one road to publication: an English page is a page, written, submitted and approved.

1. `starting.start`: a person begins the translation of a public Vietnamese page, as a draft with a title and an address
   in English. 2. It is submitted like any page; who submits says whether it follows the Vietnamese page as it is public
   now (`sources.version_to_follow`, kept in the declaration of that version). 3. `sources.findings`: nothing is public
   in translation alone. 4. `marks.note_published`: when a source becomes public with other words, its translations are
   marked, and a deadline begins (`marks.RULE`); after its last day readers are told above the translation. A version
   that follows the new source ends it.

A translation leaves public view with its source: `publishing/takedown/subjects.py: reach`, what became public since
`publishing/takedown/carrying_out.py`, for end dates `publishing/schedules.py: reach_of_end`. One that waits for its
hour loses it then, and does not appear without a public source (`publishing/schedules.py: obstacle`). Why
wagtail-localize does not write here: decision 0094.
"""
