"""Search over everything public: pages of all sites and the legal registers.

1. Text and queries become plain ASCII tokens in Python (`vietnam/analysis.py`), so that no database spoils Vietnamese.
2. Wagtail's index keeps those tokens (`backends/`); the administration's own searches use it too.
3. The search page (`models.py`) asks for live pages of its language and site, exact spelling before folded.
4. What is found is shown with the typed words marked (`results.py`).
"""
