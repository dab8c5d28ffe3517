"""Timeliness and contribution (Quy chế Điều 22.2, 23.1): who met what in time, down to the items; figures for rewards.

1. `lateness`: the deadlines that fell due in a period, summed by site, unit, kind and person, with the middle and the
longest delay, and each item. 2. `contribution`: what each person and unit has published, answered and approved.
3. `questions`: the figures of questions by field and by officer. The screens: `views`.
"""
