"""Answers as readers see them: the library, a page, whether it was useful, figures."""
