"""How many follow what, never who: what is followed by fewer than `LEAST` is not named."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from base.models import PortalSite

from . import following
from .models import Subscriber, Subscription

LEAST = 5


@dataclass(frozen=True)
class Line:
    """Something that is followed, and by how many."""

    label: str
    url: str
    count: int


@dataclass(frozen=True)
class Figures:
    """What a person of the office sees: lines, the most followed first; what few follow only in sum.

    `people`: how many are told at all, by frequency; `suppressed`: letter boxes that take no mails, by reason.
    """

    lines: list[Line]
    few: int
    searches: int
    people: list[tuple[str, int]]
    suppressed: list[tuple[str, int]]
    waiting: int


def figures(sites: Iterable[PortalSite]) -> Figures:
    """Return who follows what on some sites; documents and fields, which all sites share, count everywhere."""
    keys = {site.pk for site in sites}
    counts = Counter(Subscription.objects.counting().values_list("followed", flat=True))
    searches = sum(number for key, number in counts.items() if key.startswith(following.SEARCH))
    lines, few = [], 0
    for key, number in counts.items():
        if key.startswith(following.SEARCH):
            continue
        if number < LEAST:
            few += 1
            continue
        found = following.find(key)
        if found is not None and (not found.site_ids or set(found.site_ids) & keys):
            lines.append(Line(found.label, found.url, number))
    people = Counter(Subscriber.objects.filter(state=Subscriber.State.ACTIVE).values_list("frequency", flat=True))
    suppressed = Subscriber.objects.filter(state=Subscriber.State.SUPPRESSED)
    reasons = Counter(suppressed.values_list("suppressed_for", flat=True))
    return Figures(
        lines=sorted(lines, key=lambda line: (-line.count, line.label)),
        few=few,
        searches=searches,
        people=[(str(label), people[value]) for value, label in Subscriber.Frequency.choices],
        suppressed=[(str(label), reasons[value]) for value, label in Subscriber.Suppressed.choices],
        waiting=Subscriber.objects.filter(state=Subscriber.State.UNCONFIRMED).count(),
    )
