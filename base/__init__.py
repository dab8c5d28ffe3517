"""The frame every page shares.

1. Units, sites and host names with validity and successors (`models/unit.py`, `models/site.py`, `sites.py`).
2. The base page: responsibility, source, Dublin Core, preflight (`models/page.py`).
3. The gate: nothing becomes public or vanishes while it is shut (`gate.py`, `signal_handlers.py`).
4. What a person may see, touch or refer to (`authority.py`, `admin/viewsets.py`); which files are public (`files/`).
5. What readers get: frame, lists, index, copies of pages (`public/`), drawn by `templates/`.
"""
