"""The yearly review of the portal (báo cáo rà soát hằng năm): due before 1 December (Quy chế Điều 18.2; NĐ 43/2011).

1. From 1 October the job `draft_yearly_report` makes the draft and starts its deadline (`due.py`); people may do so
earlier. 2. `counting.py` says each figure, and what follows from it. 3. `reports.py`: people correct figures with a
reason, complete the text, count anew, submit; another person approves: the report is sealed with its papers
(`papers.py`, Word and PDF); it is sent to the department, which meets the deadline.
"""
