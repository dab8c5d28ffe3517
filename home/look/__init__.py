"""The look of a site and the order of its menu, kept by its own people and by the board (Quy chế Điều 2, 9).

1. `proposing.py`: an emblem, colours, an order of the menu are proposed; another person confirms them on the road of
   the shared records (`workflows/publishing/record_changes.py`), where they can be put back too.
2. The emblem that comes with the software must not go live: `home/emblem.py` names it, `verify_portal` refuses it.
"""
