"""Organisation units and the people in their posts, as data that the portal's people keep (Quy chế Điều 2, 4, 13).

1. `acts`: a unit is founded, renamed, merged with others, split or ended, each by a decision with its day. One person
   proposes it, another person confirms it (`workflows.publishing.record_changes`), and only then `carrying_out` does
   it; no unit is ever deleted. Wards and communes go another way: their sites by a dossier (`home/opening/`).
2. `posts`: who holds which post from when to when, with duties, telephone and days of reception; by two persons too.
   A new head ends the term of the former one, and the footer names who answers for the content.
3. `usage`: where a unit and its people are shown. `staffing`: which site or unit lacks a contributor, an approver or a
   head.
4. `views`, `forms`: the screens (`/quan-tri/don-vi/`).
"""
