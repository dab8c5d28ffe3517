"""Articles of units without a site (bài của đơn vị): divisions, unions, schools write for the city's site.

1. `writing.py`: a contributor of the unit writes; only they and the unit's head see it. They send it with the
   declaration of accuracy, or take it back; the head of the unit goes on with what another of the unit left.
2. `handling.py`: the standing office gives it back with a reason, does not use it, or makes a draft of it below a
   section. The draft's first version is its writer's, so they decide nothing of it; it goes the way of every draft.
3. `seeing.py`: who sees which of them.
"""
