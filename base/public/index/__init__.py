"""The public index: what readers can find, one row for each thing and language (decision 0070).

1. A type of page says what its item is (`BasePage.own_facts`); `items.py` makes the row.
2. `readers_see_changed` (`writing.py`) is the last statement of an action that changes what readers see: it writes the
   rows of what changed and raises the generations of the sites that show it, in the action's transaction. Of several
   actions in one transaction it is so once, at the end (`changes_declared_once`).
3. Lists, feeds, the sitemap and front pages read rows by written SQL (`cards.py`): no page is made for them.
4. `places.py`: the other sites whose lists show a thing too, without a copy of it.
5. `rebuilding.py` writes all rows anew on a portal that runs, and says what must hold of them.
"""

from .writing import changes_declared_once, readers_see_changed

__all__ = ["changes_declared_once", "readers_see_changed"]
