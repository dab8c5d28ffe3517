"""Dossiers of the demo: illustrative, some in every state, told as a one-stop system would tell them.

The unit codes are made up after the pattern of Quyết định 20/2020/QĐ-TTg and belong to no real unit.
"""

from datetime import date, datetime, time, timedelta

from base.models import PortalSite
from servicecatalog.dossiers import recording
from servicecatalog.dossiers.updates import Update
from servicecatalog.models import Channel, DossierSummary
from workflows import deadlines

SOURCE = "Dữ liệu minh họa"
UNIT_CODES = {"long-xuyen": "H01.99.00", "my-long": "H01.99.01", "my-hoa-hung": "H01.99.02"}
# Procedure, working days promised.
KINDS = (("1.001193", 1), ("2.000815", 1), ("1.004873", 3), ("1.000894", 5), ("1.004859", 3), ("1.001612", 3))
CHANNELS = (Channel.IN_PERSON, Channel.ONLINE, Channel.IN_PERSON, Channel.POST)
# (state, working days after the receipt); None: a letter of apology that names the fifth day after the last.
WAYS = (
    ((2, 0), (4, 0), (9, 1), (10, 2)),
    ((2, 0), (4, 0), (9, 1), (10, 1)),
    ((1, 0), (2, 0), (4, 1), (9, 2), (10, 3)),
    ((2, 0), (5, 0), (4, 4), (9, 6), (10, 7)),
    ((2, 0), (4, 0), (6, 1), (4, 3), (9, 4), (10, 4)),
    ((2, 0), (4, 1), (None, 2), (9, 9), (10, 10)),
    ((1, 0), (3, 1)),
    ((2, 0), (4, 0), (7, 2)),
    ((2, 0), (4, 0), (9, 1)),
)
# What is still on its way: (working days ago, way).
OPEN_ONES = (
    (0, ((1, 0),)),
    (0, ((2, 0),)),
    (1, ((2, 0), (4, 0))),
    (12, ((2, 0), (4, 1))),
    (4, ((2, 0), (5, 1))),
    (6, ((2, 0), (4, 0), (6, 2))),
    (9, ((2, 0), (4, 1), (None, 4))),
)
FINISHED_ONES, EVERY_WORKDAYS, FIRST_WORKDAYS_AGO = 45, 3, 15


def record_all(sites: dict[str, PortalSite], now: datetime) -> int:
    """Record the dossiers of the demo; return how many. Does nothing when there are any."""
    if DossierSummary.objects.filter(is_illustrative=True).exists():
        return 0
    made = 0
    for place, (slug, unit_code) in enumerate(UNIT_CODES.items()):
        if slug not in sites:
            continue
        plan = [*OPEN_ONES]
        plan += [
            (FIRST_WORKDAYS_AGO + EVERY_WORKDAYS * number, WAYS[(number + place) % len(WAYS)])
            for number in range(FINISHED_ONES)
        ]
        updates = [
            update
            for number, (days_ago, way) in enumerate(plan)
            for update in _dossier(unit_code, number + place, deadlines.workdays_after(now, -days_ago), way, now)
        ]
        recording.record(updates, site=sites[slug], imported_from=SOURCE, is_illustrative=True)
        made += len(plan)
    return made


def _dossier(unit_code: str, number: int, day: date, way, now: datetime) -> list[Update]:
    """The updates of one dossier that came on a day; what would lie in the future has not happened yet."""
    procedure, promised = KINDS[number % len(KINDS)]
    code = f"{unit_code}-{day:%y%m%d}-{number + 1:04}"
    due = deadlines.workdays_after(day, promised)
    updates = []
    for step, (state, days) in enumerate(way):
        moment = datetime.combine(deadlines.workdays_after(day, days) if days else day, time(8), deadlines.VIETNAM)
        moment = min(moment + timedelta(minutes=20 * step + number), now)
        first = {"procedure_code": procedure, "channel": CHANNELS[number % len(CHANNELS)]} if step == 0 else {}
        if state == 2:
            first["promised_on"] = due
        letter = {"reappointed_on": deadlines.workdays_after(due, 5)} if state is None else {}
        updates.append(Update(f"minh-hoa-{step}", code, moment, state, step, **first, **letter))
    return updates
