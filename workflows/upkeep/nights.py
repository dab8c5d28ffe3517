"""When the portal looks at what is public: at night, by local time."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

# From the evening to the morning; what is begun before midnight belongs to that day's night.
BEGINS, ENDS = time(22), time(5)


def night_of(moment: datetime) -> date | None:
    """Return the day whose night it is, or None by day."""
    local = timezone.localtime(moment)
    if local.time() >= BEGINS:
        return local.date()
    return local.date() - timedelta(days=1) if local.time() < ENDS else None
