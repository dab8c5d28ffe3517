"""When a page changes by itself: at midnight, and at the moments that stand on it.

What a page says of a day (open, over, this week, in force) is right until the day is over, so every page turns at
midnight without saying so. What it says of an hour (an alert until 14:00, an outage from 22:00) it names itself:
`Frame.turns` for what stands around every page, `BasePage.turns` for its own.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.utils import timezone


def next_turn(now: datetime, moments: Iterable[datetime | None] = ()) -> datetime:
    """Return the next moment after `now` at which a page changes by itself: one of `moments`, midnight at the latest.

    `moments`: aware; those that are past and None count for nothing.
    """
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    midnight = timezone.make_aware(datetime.combine(tomorrow, time.min))
    return min((moment for moment in (*moments, midnight) if moment is not None and moment > now), default=midnight)
