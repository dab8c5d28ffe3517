"""How long contact data stay after a matter has ended (decision 0032)."""

from datetime import date, datetime, timedelta

from workflows import deadlines

CONTACT_DAYS = 365


def purge_day(ended_at: datetime) -> date:
    """Return the local day from which the contact of a matter that ended at a moment is purged."""
    return deadlines.local_date(ended_at) + timedelta(days=CONTACT_DAYS)
