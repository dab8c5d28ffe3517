"""Search over everything public: pages of all sites and the legal registers.

1. Text and queries become plain ASCII tokens in Python (`vietnam/analysis.py`), so that no database spoils Vietnamese.
2. Readers search the public index (`base/public/index/searching.py`); the page is `models/`, an answer `results.py`.
3. What is meant: words that mean the same (`meanings.py`), slips of typing (`spelling.py`), people (`contacts.py`).
4. What is found is shown with the typed words marked (`showing.py`).
5. The administration searches Wagtail's index, which keeps the same tokens (`backends/`) and follows by a job.
"""
